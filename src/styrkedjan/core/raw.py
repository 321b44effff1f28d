"""Raw numbers, before the gate. Only evaluation, the gate itself and queries may import this module."""

from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from styrkedjan.core.places import NATION, organiser_of
from styrkedjan.core.statistics import TIDY_COLUMNS, SchoolYear

OBSERVATION_COLUMNS = {**TIDY_COLUMNS, "part": pl.UInt8}


@dataclass(frozen=True)
class Observations:
    """Every observation of one edition of the statistics, sorted by place.

    ``frame`` has OBSERVATION_COLUMNS; ``part`` says which part of the edition (which source file) a row is from.
    Sorting by place key puts an organiser right before its own units, so both are one slice.
    """

    frame: pl.DataFrame

    @cached_property
    def _slices(self) -> dict[str, tuple[int, int]]:
        counts = self.frame.group_by("place", maintain_order=True).len()
        ends = counts["len"].cum_sum().to_list()
        return {
            place: (end - length, length)
            for place, end, length in zip(counts["place"].to_list(), ends, counts["len"].to_list(), strict=True)
        }

    @property
    def place_keys(self) -> tuple[str, ...]:
        """Every place with at least one cell, in key order."""
        return tuple(self._slices)

    @cached_property
    def unit_keys(self) -> dict[str, tuple[str, ...]]:
        """Organisation number -> the keys of its units."""
        units: dict[str, list[str]] = {}
        for key in self._slices:
            if key != NATION and key != organiser_of(key):
                units.setdefault(organiser_of(key), []).append(key)
        return {organiser: tuple(keys) for organiser, keys in units.items()}

    @cached_property
    def school_years(self) -> tuple[SchoolYear, ...]:
        """Loaded school years, oldest first."""
        return tuple(SchoolYear(year) for year in sorted(self.frame["school_year"].unique().to_list()))

    def of(self, place: str) -> pl.DataFrame:
        """The rows of one place; no rows when the edition does not hold it."""
        start, length = self._slices.get(place, (0, 0))
        return self.frame.slice(start, length)

    def years_of(self, place: str) -> tuple[SchoolYear, ...]:
        """The school years in which the place, or any of its units, has a cell; oldest first."""
        years = pl.concat([self.of(place)["school_year"], self.of_units(place)["school_year"]])
        return tuple(SchoolYear(year) for year in sorted(years.unique().to_list()))

    def of_units(self, organiser: str) -> pl.DataFrame:
        """The rows of every unit of one organiser, as one slice."""
        spans = [self._slices[key] for key in self.unit_keys.get(organiser, ())]
        if not spans:
            return self.frame.slice(0, 0)
        start = min(start for start, _ in spans)
        end = max(start + length for start, length in spans)
        return self.frame.slice(start, end - start)

    @cached_property
    def _by_year(self) -> dict[int, pl.DataFrame]:
        return {int(key[0]): part for key, part in self.frame.partition_by("school_year", as_dict=True).items()}

    def in_year(self, year: SchoolYear) -> pl.DataFrame:
        """The rows of one school year; no rows when it is not loaded."""
        return self._by_year.get(year.autumn, self.frame.slice(0, 0))


@dataclass(frozen=True)
class RawTable:
    """What a question gave before anything was checked for release.

    ``readings`` has OBSERVATION_COLUMNS: the cells asked for. ``spread`` has measure, value, places: how many places
    of the comparison group had each value in the year asked about. Nothing here may reach a page.
    """

    readings: pl.DataFrame
    spread: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(
            schema={"measure": pl.String, "value": pl.Float64, "places": pl.UInt32},
        )
    )


ANSWER_COLUMNS = {
    "place": pl.String,
    "level": pl.String,
    "row": pl.String,
    "answer": pl.String,  # id of a step, or of an answer outside the scale
    "count": pl.Int32,
}
GROUP_COLUMNS = {
    "place": pl.String,
    "level": pl.String,
    "kind": pl.String,  # GroupKind; a pooled group's place is the organiser
    "state": pl.String,  # GroupState
    "asked_count": pl.Int32,
    "sheet_count": pl.Int32,
    "rolls_up": pl.Boolean,
}


@dataclass(frozen=True)
class RawAnswers:
    """What was counted in one campaign, before anything was checked for release.

    ``tallies`` has ANSWER_COLUMNS and ``groups`` GROUP_COLUMNS; ``comments`` are (place, level, row, text).
    Nothing here may reach a page.
    """

    tallies: pl.DataFrame
    groups: pl.DataFrame
    comments: tuple[tuple[str, str, str, str], ...] = ()
