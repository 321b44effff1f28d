"""Swedish for numbers, dates and small words: what every page, chart and document prints.

Thousands are parted by a narrow no-break space, a unit follows after a no-break space and minus is a real minus,
so that a number never breaks over a line end. Source: Språkrådet, Svenska skrivregler (2017), kap. 12.
"""

from collections.abc import Sequence
from datetime import date as Date
from datetime import datetime, time
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from styrkedjan.core.catalogue import Unit

SWEDEN = ZoneInfo("Europe/Stockholm")
NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"

MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)
COUNT_WORDS = ("noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")
SUFFIXES: dict[Unit, str] = {Unit.PERCENT: "%", Unit.SEK: "kr", Unit.KSEK: "tkr"}


def number(value: float, decimals: int) -> str:
    """A number with a fixed count of decimals: ``number(-1234.5, 1)`` is −1 234,5.

    Halves are rounded away from zero, on the digits that Python prints: 2.675 with two decimals is 2,68.
    Raises: ValueError when the value is not finite.
    """
    exact = Decimal(repr(value))
    if not exact.is_finite():
        raise ValueError(f"{value} is not a number that can be printed")
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,f}".replace(",", NARROW_SPACE).replace(".", ",")
    return MINUS + text if rounded < 0 else text


def quantity(value: float, unit: Unit, decimals: int) -> str:
    """A number with its unit when the unit is printed: 47,8 %, 138 700 kr, 139 tkr; a plain number otherwise."""
    text = number(value, decimals)
    suffix = SUFFIXES.get(unit)
    return f"{text}{NO_BREAK_SPACE}{suffix}" if suffix else text


def date(day: Date) -> str:
    """A date in words: 24 november 2026. The caller has already chosen the time zone."""
    return f"{day.day}{NO_BREAK_SPACE}{MONTHS[day.month - 1]} {day.year}"


def clock(moment: datetime | time) -> str:
    """The time of day: 10.32. The caller has already chosen the time zone."""
    return f"{moment.hour}.{moment.minute:02d}"


def plural(count: int, one: str, many: str) -> str:
    """A count with its noun: ``plural(1, "enhet", "enheter")`` is 1 enhet, with 18 it is 18 enheter."""
    return f"{number(count, 0)}{NO_BREAK_SPACE}{one if count == 1 else many}"


def join_words(words: Sequence[str], last: str = "och") -> str:
    """Words in a row: a, b och c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def capitalise(text: str) -> str:
    """The text with a large first letter; the rest stays as it was (IKT stays IKT)."""
    return text[:1].upper() + text[1:]


def count_word(count: int, neuter: bool = False) -> str:
    """A count in words from noll to tolv, in digits beyond that. ``neuter`` makes one ett."""
    if count == 1 and neuter:
        return "ett"
    return COUNT_WORDS[count] if 0 <= count < len(COUNT_WORDS) else number(count, 0)


def moment(when: datetime) -> str:
    """A moment in Swedish time: 24 november 2026 kl. 10.32. In: an aware datetime."""
    local = when.astimezone(SWEDEN)
    return f"{date(local.date())} kl.{NO_BREAK_SPACE}{clock(local)}"
