"""One released value as a reader sees it: text, mark, explanation and the period it stands for."""

from dataclasses import dataclass

from styrkedjan.core.catalogue import Measure, PeriodMeaning
from styrkedjan.core.disclosure import ReleasedValue
from styrkedjan.core.statistics import SchoolYear, Status
from styrkedjan.render import swedish
from styrkedjan.render.words import Words


@dataclass(frozen=True)
class PrintedValue:
    """A value in words. ``text`` is never empty: a value that is not shown prints its mark's short word.

    ``key`` is (place key, measure id, autumn year), the way to its lineage; empty when there is no cell at all.
    """

    text: str
    shown: bool
    status: str
    explanation: str
    key: tuple[str, str, int] | tuple[()]


def printed_value(value: ReleasedValue | None, measure: Measure, words: Words) -> PrintedValue:
    """Print a value by its measure's unit and decimals, or its mark in words."""
    if value is None:
        return PrintedValue(words("mark.ABSENT.short"), False, "ABSENT", words("mark.ABSENT.long"), ())
    key = (value.place, value.measure, value.school_year.autumn)
    status = value.status.name
    if value.value is None:
        return PrintedValue(words(f"mark.{status}.short"), False, status, words(f"mark.{status}.long"), key)
    text = amount(value.value, measure)
    if value.status is Status.APPROXIMATE:
        return PrintedValue(words("value.about", value=text), True, status, words(f"mark.{status}.long"), key)
    return PrintedValue(text, True, status, "", key)


def amount(value: float, measure: Measure) -> str:
    """A number with its unit: 47,8 %, 138 700 kr, 8,0."""
    return swedish.quantity(value, measure.unit, measure.decimals)


def difference(value: float, measure: Measure, words: Words) -> str:
    """The size of a difference in words: 4,2 procentenheter, 0,3 steg."""
    number = swedish.number(abs(value), measure.decimals)
    return f"{number}{swedish.NO_BREAK_SPACE}{words(f'unit.{measure.unit}.difference')}"


def period(measure: Measure, year: SchoolYear, words: Words) -> str:
    """What the school year means for this measure: läsåret 2024/25, vårterminen 2025, kalenderåret 2024."""
    if measure.period is PeriodMeaning.FIRST_CALENDAR_YEAR:
        return words("period.first_calendar_year", year=year.autumn)
    if measure.period is PeriodMeaning.SECOND_CALENDAR_YEAR:
        return words("period.second_calendar_year", year=year.spring)
    return words("period.school_year", year=year)
