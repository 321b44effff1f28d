"""Spec tables: a tiny table of text becomes observations, measures and released values."""

import polars as pl

from styrkedjan.core.catalogue import AnswerRules, DisclosureRules, Measure, PeriodMeaning, SeriesBreak, SizeClass, Unit
from styrkedjan.core.disclosure import ReleasedValue
from styrkedjan.core.raw import OBSERVATION_COLUMNS, Observations
from styrkedjan.core.statistics import SchoolYear, Status

MARKS = {
    ".": Status.MISSING,
    "..": Status.HIDDEN,
    "...": Status.MAJORITY,
    "-": Status.BELOW_RULES,
    "*": Status.NOT_APPLICABLE,
}

RULES = DisclosureRules(
    minimum_places_in_distribution=10,
    small_base_pupils=150,
    size_classes={
        "independent": (SizeClass("small", "under 100 elever", 0, 100), SizeClass("large", "fler", 100, None)),
        "school_unit": (SizeClass("small", "under 100 elever", 0, 100), SizeClass("middle", "mellan", 100, 300)),
    },
    answers=AnswerRules(minimum_answers=5, minimum_answers_for_comments=10, most_in_a_position=4, narrowest_interval=5),
    references={},
)


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a table: the first line names the columns, blanks part the cells."""
    head, *body = [line.split() for line in table.strip().splitlines()]
    assert all(len(cells) == len(head) for cells in body), "every row has as many cells as the head"
    return [dict(zip(head, cells, strict=True)) for cells in body]


def cell(text: str) -> tuple[Status, float | None, str | None]:
    """What stands in a cell: a mark, a number, or a number that the source has rounded (~100)."""
    if text in MARKS:
        return MARKS[text], None, text
    if text.startswith("~"):
        return Status.APPROXIMATE, float(text[1:]), text
    return Status.VALUE, float(text), None


def observations(table: str) -> Observations:
    """A table of place, measure, year and value as the observations of an edition."""
    found = []
    for number, row in enumerate(rows(table)):
        status, value, mark = cell(row["value"])
        found.append((row["place"], row["measure"], int(row["year"]), int(status), value, mark, number + 1, 2, 0))
    frame = pl.DataFrame(found, schema=OBSERVATION_COLUMNS, orient="row")
    return Observations(frame.sort("place", maintain_order=True))


def released(text: str, year: int = 2024, place: str = "2120009901", measure: str = "m") -> ReleasedValue:
    """A released value."""
    status, value, mark = cell(text)
    return ReleasedValue(place, measure, SchoolYear(year), status, value, mark, part=0, row=5, column=28)


def measure(
    measure_id: str = "m",
    *,
    unit: Unit = Unit.PERCENT,
    decimals: int = 1,
    floor: float | None = 5.0,
    floor_small: float | None = 10.0,
    breaks: tuple[int, ...] = (),
    group: str = "compulsory.safety",
    period: PeriodMeaning = PeriodMeaning.SCHOOL_YEAR,
    jump: float = 25.0,
) -> Measure:
    """A measure of our own making."""
    return Measure(
        id=measure_id,
        official_label=measure_id,
        name=f"Måttet {measure_id}",
        short_name=f"kort {measure_id}",
        group=group,
        unit=unit,
        decimals=decimals,
        source="grades",
        grade=None,
        respondent=None,
        period=period,
        definition="",
        breaks=tuple(SeriesBreak(SchoolYear(year), f"Ändrat {year}.") for year in breaks),
        practical_floor=floor,
        practical_floor_small=floor_small,
        jump=jump,
        every_other_year=False,
        headline=False,
    )
