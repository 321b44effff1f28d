"""The colours of a chart, and the attributes that each kind of mark is painted with."""

from dataclasses import dataclass
from functools import cached_property

from styrkedjan.core.catalogue import ChainLevel

# One entry per kind of mark: which colour of the theme it takes, as fill or stroke, and what never varies.
# The class name in a page is "c-" and the kind; base.css gives the same colours from tokens.css.
PAINTS: dict[str, tuple[str, str, str]] = {
    "own": ("fill", "accent", ""),
    "own-open": ("stroke", "accent", ' stroke-width="2"'),
    "own-line": ("stroke", "accent", ' stroke-width="2" fill="none" stroke-linejoin="round" stroke-linecap="round"'),
    "ground": ("fill", "paper", ""),
    "nation": ("stroke", "ink", ' stroke-width="2" fill="none"'),
    "nation-line": ("stroke", "ink", ' stroke-width="1.2" fill="none" stroke-linejoin="round"'),
    "nation-mark": ("fill", "ink", ""),
    "tick": ("stroke", "soft", ' fill="none"'),
    "band": ("fill", "band", ""),
    "base": ("stroke", "line", ' fill="none"'),
    "break": ("stroke", "soft", ' stroke-dasharray="1 3" stroke-linecap="round" stroke-width="1.4"'),
    "hatch": ("stroke", "band", ' stroke-width="1" fill="none"'),
    "edge": ("stroke", "band", ' fill="none"'),
}
# Kind of text -> its colour, what never varies, and whether it stands clear of the lines behind it.
TEXTS: dict[str, tuple[str, str, bool]] = {
    "text": ("ink", "", False),
    "text-soft": ("soft", "", False),
    "text-own": ("accent", ' font-weight="600"', False),
    "value": ("accent", ' font-weight="600"', True),
    "mark": ("soft", "", True),
}


@dataclass(frozen=True)
class Theme:
    """Concrete colours of a chart. ``classes`` adds class names; ``font`` is written when the chart stands alone."""

    paper: str
    ink: str
    soft: str
    line: str
    band: str
    accent: str
    organiser: str
    principal: str
    teaching: str
    font: str
    classes: bool

    @cached_property
    def paint(self) -> dict[str, str]:
        """Kind of mark -> its attributes, with a space before."""
        return {
            kind: f'{self._class(kind)} {attribute}="{getattr(self, colour)}"{rest}'
            for kind, (attribute, colour, rest) in PAINTS.items()
        }

    @cached_property
    def text(self) -> dict[str, str]:
        """Kind of text -> its attributes, with a space before."""
        return {
            kind: f'{self._class(kind)} fill="{getattr(self, colour)}" font-size="12"{rest}'
            + (self._clear if clear else "")
            for kind, (colour, rest, clear) in TEXTS.items()
        }

    @cached_property
    def levels(self) -> dict[ChainLevel, str]:
        """Level of the chain -> the attributes that fill its shape."""
        return {level: f'{self._class(level.value)} fill="{getattr(self, level.value)}"' for level in ChainLevel}

    @cached_property
    def root(self) -> str:
        """Attributes of the svg element itself."""
        return f' font-family="{self.font}"' if self.font else ""

    @property
    def _clear(self) -> str:
        return f' stroke="{self.paper}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'

    def _class(self, kind: str) -> str:
        return f' class="c-{kind}"' if self.classes else ""


# The light half of tokens.css. A page overrides them through the classes; paper is white and has none.
SCREEN = Theme(
    paper="#fbfaf7",
    ink="#1d2326",
    soft="#5a6468",
    line="#dfdcd3",
    band="#838987",
    accent="#0b5d63",
    organiser="#0b5d63",
    principal="#a64d22",
    teaching="#5b4b9a",
    font="",
    classes=True,
)
PAPER = Theme(
    paper="#ffffff",
    ink="#1d2326",
    soft="#5a6468",
    line="#dfdcd3",
    band="#838987",
    accent="#0b5d63",
    organiser="#0b5d63",
    principal="#a64d22",
    teaching="#5b4b9a",
    font="Styrkedjan Sans, 'Source Sans 3', sans-serif",
    classes=False,
)
