"""The words files: every text that users see and that no template holds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The words of one language. A missing key or placeholder is a bug and fails loudly."""

    language: str
    texts: dict[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key, with its placeholders filled in."""
        return self.texts[key].format(**values)

    def count(self, key: str, number: int, /, **values: object) -> str:
        """The text for one or for many: ``key.one`` or ``key.many``, with ``{count}`` filled in."""
        return self(f"{key}.one" if number == 1 else f"{key}.many", count=number, **values)
