"""Indicators: evaluate a question against the observations, and say in words where a released value stands.

Evaluation reads raw numbers and hands them to the gate. Everything that speaks (positions, segments) reads
released values only.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import groupby

import polars as pl

from styrkedjan.core.catalogue import DisclosureRules, Measure, SizeClass
from styrkedjan.core.disclosure import Distribution, ReleasedValue
from styrkedjan.core.places import NATION, ORGANISER_TYPE_BY_PREFIX, OrganiserType, organiser_of, organiser_type
from styrkedjan.core.raw import Observations, RawTable
from styrkedjan.core.statistics import SchoolYear, Status

PUPIL_COUNT = "pupil_count"


@dataclass(frozen=True)
class ComparisonGroup:
    """Places that one place is held beside: same kind, similar size. ``size_class`` is None when size is no divider."""

    kind: str  # an OrganiserType, or "school_unit"
    size_class: SizeClass | None

    @property
    def id(self) -> str:
        return f"{self.kind}.{self.size_class.id}" if self.size_class else self.kind


def comparison_group(place: str, pupils: float | None, rules: DisclosureRules) -> ComparisonGroup:
    """The group that a place with this many pupils (None = not known) is compared with.

    Municipalities, regions and state bodies are each one group; independent organisers and school units are
    compared within their size class, or with all of their kind when their size is not known.
    """
    kind = "school_unit" if place != organiser_of(place) else str(organiser_type(place))
    return ComparisonGroup(kind, size_class_of(pupils, rules.size_classes.get(kind, ())))


def size_class_of(pupils: float | None, classes: tuple[SizeClass, ...]) -> SizeClass | None:
    """The size class that holds this number of pupils, or None."""
    if pupils is None:
        return None
    for size_class in classes:
        if size_class.from_pupils <= pupils and (size_class.below_pupils is None or pupils < size_class.below_pupils):
            return size_class
    return None


@dataclass(frozen=True)
class Question:
    """What a page wants to know: every measure for these places in every loaded year, and some for their units.

    ``places`` get all measures and years; the units of ``units_of`` get ``unit_measures`` in ``school_year``.
    """

    places: tuple[str, ...]
    school_year: SchoolYear
    units_of: str = ""
    unit_measures: tuple[str, ...] = ()


def evaluate(observations: Observations, question: Question, spread: pl.DataFrame | None = None) -> RawTable:
    """Collect the raw cells that a question asks for.

    In: ``observations`` of one edition; ``spread`` from :func:`spread_of` for the question's comparison group, None
    when no distribution is asked for.
    Out: RawTable with one row per cell that exists.
    """
    cells = [observations.of(place) for place in question.places]
    if question.units_of:
        cells.append(
            observations.of_units(question.units_of).filter(
                pl.col("measure").is_in(list(question.unit_measures)),
                pl.col("school_year") == question.school_year.autumn,
                ~pl.col("place").is_in(list(question.places)),
            )
        )
    readings = pl.concat(cells)
    return RawTable(readings) if spread is None else RawTable(readings, spread)


def members(observations: Observations, group: ComparisonGroup, year: SchoolYear) -> pl.Series:
    """The place keys of a comparison group in one school year.

    Size is the official number of pupils that year; a place whose number is hidden belongs to no size class.
    """
    pupils = observations.in_year(year).filter(pl.col("measure") == PUPIL_COUNT)
    chosen = pupils.filter(_is_of_kind(group.kind))
    if group.size_class:
        upper = group.size_class.below_pupils
        chosen = chosen.filter(pl.col("value") >= group.size_class.from_pupils)
        chosen = chosen.filter(pl.col("value") < upper) if upper is not None else chosen
    return chosen["place"]


def _is_of_kind(kind: str) -> pl.Expr:
    is_unit = pl.col("place").str.len_chars() > 10
    if kind == "school_unit":
        return is_unit
    kinds = (
        pl.col("place")
        .str.slice(0, 6)
        .replace_strict(ORGANISER_TYPE_BY_PREFIX, default=OrganiserType.INDEPENDENT, return_dtype=pl.String)
    )
    return ~is_unit & (pl.col("place") != NATION) & (kinds == kind)


def spread_of(observations: Observations, group: ComparisonGroup, year: SchoolYear) -> pl.DataFrame:
    """How many places of a group had each published value, per measure.

    Out: columns measure, value, places; exact values only, hidden and missing cells take no part.
    """
    return (
        observations.in_year(year)
        .filter(pl.col("status") == int(Status.VALUE))
        .join(members(observations, group, year).to_frame(), on="place", how="semi")
        .group_by("measure", "value")
        .agg(pl.len().alias("places"))
    )


class Position(StrEnum):
    """Where a value stands beside riket, in words and never as a verdict."""

    NEAR = "near"
    HIGHER = "higher"
    LOWER = "lower"
    NEARLY_ALL = "nearly_all"  # the source hid the value because nearly all pupils are included
    HIDDEN = "hidden"
    MISSING = "missing"
    NOT_COMPARABLE = "not_comparable"  # there is a number, but no number or no rule to hold it to

    @property
    def compared(self) -> bool:
        return self in (Position.NEAR, Position.HIGHER, Position.LOWER)


POSITION_OF_STATUS: dict[Status, Position] = {
    Status.HIDDEN: Position.HIDDEN,
    Status.BELOW_RULES: Position.HIDDEN,
    Status.MAJORITY: Position.NEARLY_ALL,
    Status.NOT_APPLICABLE: Position.MISSING,
    Status.MISSING: Position.MISSING,
}


def position(measure: Measure, own: ReleasedValue | None, nation: ReleasedValue | None, small_base: bool) -> Position:
    """Hold a value beside riket by the measure's own practical floor.

    The rule: a difference smaller than ``practical_floor`` (``practical_floor_small`` for a place with few pupils) is
    "nära riket"; otherwise higher or lower. Values are compared as a reader sees them, rounded to the measure's
    decimals, so that nobody who subtracts the printed numbers gets another answer.
    """
    if own is None:
        return Position.MISSING
    if own.value is None:
        return POSITION_OF_STATUS[own.status]
    floor = measure.practical_floor_small if small_base else measure.practical_floor
    if nation is None or nation.value is None or floor is None:
        return Position.NOT_COMPARABLE
    difference = _as_printed(own.value, measure.decimals) - _as_printed(nation.value, measure.decimals)
    if abs(difference) < Decimal(repr(floor)):
        return Position.NEAR
    return Position.HIGHER if difference > 0 else Position.LOWER


def _as_printed(value: float, decimals: int) -> Decimal:
    """Exactly the number that is printed: halves away from zero, and none of the noise of binary fractions."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Segment:
    """Values that may be joined by a line: same side of every break, oldest first. ``note`` says why it begins here."""

    values: tuple[ReleasedValue, ...]
    note: str = ""


def segments(measure: Measure, history: tuple[ReleasedValue, ...]) -> tuple[Segment, ...]:
    """Cut a history at the measure's breaks. Nothing may be drawn, joined or compared across a cut."""
    breaks = sorted(measure.breaks, key=lambda series_break: series_break.first_school_year)

    def breaks_passed(value: ReleasedValue) -> int:
        return sum(series_break.first_school_year <= value.school_year for series_break in breaks)

    pieces: list[Segment] = []
    for passed, values in groupby(sorted(history, key=lambda value: value.school_year), key=breaks_passed):
        note = breaks[passed - 1].note if pieces else ""
        pieces.append(Segment(tuple(values), note))
    return tuple(pieces)


def comparable(measure: Measure, history: tuple[ReleasedValue, ...], year: SchoolYear) -> tuple[ReleasedValue, ...]:
    """The values of a history that stand on the same side of every break as a school year, oldest first."""
    latest = max((cut.first_school_year for cut in measure.breaks if cut.first_school_year <= year), default=None)
    kept = [value for value in history if latest is None or value.school_year >= latest]
    return tuple(sorted(kept, key=lambda value: value.school_year))


def within_middle(distribution: Distribution | None, own: ReleasedValue | None) -> bool | None:
    """Does the value lie where eight of ten comparable places lie? None when that cannot be said."""
    if distribution is None or own is None or own.value is None:
        return None
    return distribution.holds_middle(own.value)
