"""The gate for official statistics: what its publisher has protected stays protected.

    observations --evaluate--> RawTable --release--> ReleasedTable --> page, chart, PDF, download

What is released here is official statistics that its publisher has already protected, so the first rule is that the
publisher's decision stands: a hidden cell keeps its mark and never gets a number. What we derive ourselves, the
spread of a comparison group, gets a rule of our own.
"""

from dataclasses import dataclass, field
from itertools import groupby

import polars as pl

from styrkedjan.core.catalogue import DisclosureRules
from styrkedjan.core.raw import OBSERVATION_COLUMNS, RawTable
from styrkedjan.core.refused import DamagedData
from styrkedjan.core.statistics import SchoolYear, Status, cell_name

CellKey = tuple[str, str, int]  # place key, measure id, autumn year


@dataclass(frozen=True)
class ReleasedValue:
    """One cell that may be shown: its status, its number when it has one, and where it came from.

    ``mark`` is what the source printed when it was not a plain number. ``part``, ``row`` and ``column`` are the
    lineage key inside the edition: source file and cell.
    """

    place: str
    measure: str
    school_year: SchoolYear
    status: Status
    value: float | None
    mark: str | None
    part: int
    row: int
    column: int

    @property
    def has_number(self) -> bool:
        return self.value is not None

    @property
    def cell(self) -> str:
        """The cell in its workbook (AB29), or the position in an answer from the statistics database (value[28])."""
        return cell_name(self.row, self.column) if self.column else f"value[{self.row - 1}]"


@dataclass(frozen=True)
class Distribution:
    """How a comparison group spreads on one measure: how many places, percentiles, and ticks without names.

    ``ticks`` are (value, number of places with exactly that published value), sorted.
    """

    places: int
    p10: float
    p50: float
    p90: float
    ticks: tuple[tuple[float, int], ...]

    def holds_middle(self, value: float) -> bool:
        """Does the value lie where eight of ten places lie?"""
        return self.p10 <= value <= self.p90


@dataclass(frozen=True)
class ReleasedTable:
    """Numbers that may be shown. Only ``release`` makes one.

    ``distributions`` lacks the measures whose comparison group was too small, and ``too_few`` names those.
    """

    values: dict[CellKey, ReleasedValue]
    distributions: dict[str, Distribution] = field(default_factory=dict)
    too_few: frozenset[str] = frozenset()

    def value(self, place: str, measure: str, year: SchoolYear) -> ReleasedValue | None:
        """The cell, or None when the edition has no such cell (the year or the place is not loaded)."""
        return self.values.get((place, measure, year.autumn))

    def years_of(self, place: str) -> frozenset[SchoolYear]:
        """The school years in which the place has any cell at all."""
        return frozenset(SchoolYear(year) for key, _, year in self.values if key == place)

    def history(self, place: str, measure: str, years: tuple[SchoolYear, ...]) -> tuple[ReleasedValue, ...]:
        """The place's cells on this measure in these years, those that exist."""
        found = (self.value(place, measure, year) for year in years)
        return tuple(value for value in found if value is not None)


def release(raw: RawTable, rules: DisclosureRules) -> ReleasedTable:
    """Let out what may be shown.

    In: ``raw`` from evaluation; ``rules`` from the catalogue.
    Out: a ReleasedTable in which a hidden cell has a mark and no number, and a group of fewer than
    ``rules.minimum_places_in_distribution`` places has no distribution.
    Raises: DamagedData when a cell says that it is hidden and still carries a number, or the other way round:
    such a table was put together wrongly and nothing of it is shown.
    """
    _refuse_contradictions(raw.readings)
    distributions, too_few = _release_spread(raw.spread, rules.minimum_places_in_distribution)
    return ReleasedTable(values=_release_values(raw.readings), distributions=distributions, too_few=too_few)


def _refuse_contradictions(readings: pl.DataFrame) -> None:
    numbered = [int(status) for status in Status if status.has_number]
    may_have = pl.col("status").is_in(numbered)
    has = pl.col("value").is_not_null()
    wrong = readings.filter((may_have != has) | (has & ~pl.col("value").is_finite()))
    if wrong.height:
        place, measure, year = wrong.select("place", "measure", "school_year").row(0)
        raise DamagedData(
            f"uppgiften {measure} för {place} läsåret {SchoolYear(year)} är både dold och har ett tal, "
            "eller ingetdera, eller ett tal som inte går att skriva. Ingenting visas. Läs in källfilen igen."
        )


def _release_values(readings: pl.DataFrame) -> dict[CellKey, ReleasedValue]:
    rows = readings.select(OBSERVATION_COLUMNS.keys()).iter_rows()
    return {
        (place, measure, year): ReleasedValue(
            place, measure, SchoolYear(year), Status(status), value, mark, part, row, column
        )
        for place, measure, year, status, value, mark, row, column, part in rows
    }


def _release_spread(spread: pl.DataFrame, minimum: int) -> tuple[dict[str, Distribution], frozenset[str]]:
    distributions: dict[str, Distribution] = {}
    too_few = set()
    rows = spread.sort("measure", "value").select("measure", "value", "places").iter_rows()
    for measure, group in groupby(rows, key=lambda row: row[0]):
        ticks = tuple((value, places) for _, value, places in group)
        places = sum(count for _, count in ticks)
        if places < minimum:
            too_few.add(measure)
            continue
        distributions[measure] = Distribution(
            places=places,
            p10=_nearest_rank(ticks, places, 0.10),
            p50=_nearest_rank(ticks, places, 0.50),
            p90=_nearest_rank(ticks, places, 0.90),
            ticks=ticks,
        )
    return distributions, frozenset(too_few)


def _nearest_rank(ticks: tuple[tuple[float, int], ...], places: int, share: float) -> float:
    """The smallest published value that at least this share of the places reach: always a value that somebody has.

    Source: Hyndman & Fan (1996), definition 1, "Sample quantiles in statistical packages", Am. Stat. 50:361.
    """
    seen = 0
    for value, count in ticks:
        seen += count
        if seen >= share * places - 1e-9:
            return value
    raise ValueError("a distribution without places has no quantile")
