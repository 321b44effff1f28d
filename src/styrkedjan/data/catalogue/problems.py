"""What is wrong in a catalogue file: where it stands, what was expected and what was found. In Swedish."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

LONGEST_SHOWN = 60


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in one file. ``key`` is the path to the value, ``sub_goals[3].text``; empty means the whole file."""

    file: str
    line: int
    key: str
    expected: str
    found: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, f"rad {self.line}", self.key) if part)
        return f"{where}: väntade {self.expected}, hittade {self.found}."


def show(value: Any) -> str:
    """A value as an error prints it: ”text”, 3, null, en lista."""
    if isinstance(value, str):
        text = value if len(value) <= LONGEST_SHOWN else value[:LONGEST_SHOWN].rstrip() + " …"
        return f"”{text}”" if text else "en tom text"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list | dict):
        return "en lista" if isinstance(value, list) else "nycklar med värden"
    return str(value)


def known(what: str, name: str, candidates: list[str] | tuple[str, ...] | frozenset[str] | set[str]) -> str:
    """”ett känt mått, kanske pupil_count”: what was expected, with the nearest known name when one is near."""
    near = get_close_matches(name, sorted(candidates), n=1)
    return f"{what}, kanske {near[0]}" if near else what
