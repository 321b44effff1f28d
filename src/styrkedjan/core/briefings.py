"""Briefings (underlag): everything that is known of one place and one school year, as one frozen value.

Pages, PDF and downloads all print this value, so they cannot say different numbers.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from styrkedjan.core.catalogue import (
    CONDITION_GROUPS,
    DisclosureRules,
    Framework,
    Measure,
    NationalGoal,
    StatisticsSource,
    SubGoal,
)
from styrkedjan.core.disclosure import Distribution, ReleasedTable, ReleasedValue
from styrkedjan.core.indicators import (
    PUPIL_COUNT,
    ComparisonGroup,
    Position,
    Segment,
    comparable,
    position,
    segments,
    within_middle,
)
from styrkedjan.core.places import NATION, Organiser, Place, SchoolUnit
from styrkedjan.core.statistics import SchoolYear, Status


@dataclass(frozen=True)
class SourceFile:
    """One file or answer that figures come from. ``sha256`` is of the bytes as they were fetched."""

    name: str
    sha256: str
    origin: str
    fetched_at: datetime
    title: str
    sheet: str
    school_years: tuple[SchoolYear, ...]


@dataclass(frozen=True)
class EditionFacts:
    """What a reader must know of the statistics edition behind the numbers. ``parts`` are indexed by a value's part."""

    version: str
    school_years: tuple[SchoolYear, ...]
    parts: tuple[SourceFile, ...]
    invented: bool


@dataclass(frozen=True)
class Lineage:
    """Where one number stands: the value as released and the way back to the cell it came from.

    ``place_name`` is empty for riket.
    """

    value: ReleasedValue
    place_name: str
    measure: Measure
    label: str
    source: StatisticsSource
    file: SourceFile
    edition: EditionFacts


@dataclass(frozen=True)
class Line:
    """One measure for the place: its value, the organiser's when the place is one of its units, riket's, and where it
    stands. ``history`` holds this and earlier school years, cut at breaks; ``comparable`` those of them that may be
    held beside the chosen year."""

    measure: Measure
    own: ReleasedValue | None
    organiser: ReleasedValue | None
    nation: ReleasedValue | None
    position: Position
    distribution: Distribution | None
    within_middle: bool | None
    history: tuple[Segment, ...]
    comparable: tuple[ReleasedValue, ...]
    nation_history: tuple[ReleasedValue, ...]

    @property
    def status(self) -> Status:
        return self.own.status if self.own else Status.MISSING


@dataclass(frozen=True)
class ConditionSection:
    """Operating conditions (förutsättningar) of one kind: ``pupils``, ``staff`` or ``costs``."""

    group: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class SubGoalSection:
    """One sub-goal (delmål) with its indicators."""

    sub_goal: SubGoal
    lines: tuple[Line, ...]

    @property
    def tally(self) -> Counter[Position]:
        """How many lines stand where."""
        return Counter(line.position for line in self.lines)


@dataclass(frozen=True)
class UnitRow:
    """A unit of the organiser with some of its values, keyed by measure id. ``moved``: also under another organiser."""

    unit: SchoolUnit
    values: dict[str, ReleasedValue]

    @property
    def moved(self) -> bool:
        return bool(self.unit.also_under)


@dataclass(frozen=True)
class Briefing:
    """The briefing (underlag) of one place and school year, from one edition of the statistics.

    ``place_years`` are the school years of the edition in which the place stands, oldest first. ``units`` are those
    that stand in ``school_year``.
    """

    place: Place
    school_form: str
    school_year: SchoolYear
    place_years: tuple[SchoolYear, ...]
    edition: EditionFacts
    framework_id: str
    framework_name: str
    goal: NationalGoal
    group: ComparisonGroup
    small_base: bool
    conditions: tuple[ConditionSection, ...]
    sections: tuple[SubGoalSection, ...]
    unit_measures: tuple[Measure, ...]
    units: tuple[UnitRow, ...]

    @property
    def organiser(self) -> Organiser:
        return self.place.organiser if isinstance(self.place, SchoolUnit) else self.place

    @property
    def is_unit(self) -> bool:
        return isinstance(self.place, SchoolUnit)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line, conditions first, in the order of the catalogue."""
        blocks = (*self.conditions, *self.sections)
        return tuple(line for block in blocks for line in block.lines)

    @property
    def indicator_lines(self) -> tuple[Line, ...]:
        return tuple(line for section in self.sections for line in section.lines)

    def line(self, measure_id: str) -> Line | None:
        """The line of one measure, or None."""
        return next((line for line in self.lines if line.measure.id == measure_id), None)

    @property
    def statuses(self) -> Counter[Status]:
        """How many measures have which status for the place itself."""
        return Counter(line.status for line in self.lines)

    @property
    def earlier_years(self) -> tuple[SchoolYear, ...]:
        return tuple(year for year in self.edition.school_years if year < self.school_year)


@dataclass(frozen=True)
class Setting:
    """What ``assemble`` needs besides the numbers: the place and what it is read against."""

    place: Place
    units: tuple[SchoolUnit, ...]
    school_form: str
    school_year: SchoolYear
    edition: EditionFacts
    group: ComparisonGroup
    framework: Framework
    rules: DisclosureRules
    unit_measures: tuple[str, ...]


def is_small_base(pupils: ReleasedValue | None, rules: DisclosureRules) -> bool:
    """Do the place's values rest on few pupils (litet underlag)? A number that is not shown counts as few."""
    return pupils is None or pupils.value is None or pupils.value < rules.small_base_pupils


def assemble(table: ReleasedTable, setting: Setting) -> Briefing:
    """Put released numbers together with the framework into a briefing.

    In: ``table`` from the gate, holding the place, riket, the organiser of a unit and the units of an organiser.
    Out: a Briefing in which every measure of the framework has a line, also those without a value.
    """
    framework = setting.framework
    place_years = table.years_of(setting.place.key)
    rows = (_unit_row(unit, table, setting) for unit in setting.units)
    return Briefing(
        place=setting.place,
        school_form=setting.school_form,
        school_year=setting.school_year,
        place_years=tuple(year for year in setting.edition.school_years if year in place_years),
        edition=setting.edition,
        framework_id=framework.id,
        framework_name=framework.name,
        goal=next(goal for goal in framework.national_goals if goal.school_form == setting.school_form),
        group=setting.group,
        small_base=is_small_base(table.value(setting.place.key, PUPIL_COUNT, setting.school_year), setting.rules),
        conditions=tuple(
            ConditionSection(group, _lines(framework.measures_of(group), table, setting)) for group in CONDITION_GROUPS
        ),
        sections=tuple(
            SubGoalSection(goal, _lines(framework.measures_of(goal.id), table, setting))
            for goal in framework.sub_goals_of(setting.school_form)
        ),
        unit_measures=tuple(framework.measure_by_id[measure] for measure in setting.unit_measures),
        units=tuple(row for row in rows if row.values),
    )


def _lines(measures: tuple[Measure, ...], table: ReleasedTable, setting: Setting) -> tuple[Line, ...]:
    return tuple(_line(measure, table, setting) for measure in measures)


def _line(measure: Measure, table: ReleasedTable, setting: Setting) -> Line:
    place, year = setting.place, setting.school_year
    years = tuple(known for known in setting.edition.school_years if known <= year)
    own = table.value(place.key, measure.id, year)
    nation = table.value(NATION, measure.id, year)
    distribution = table.distributions.get(measure.id)
    history = table.history(place.key, measure.id, years)
    small_base = is_small_base(table.value(place.key, PUPIL_COUNT, year), setting.rules)
    return Line(
        measure=measure,
        own=own,
        organiser=table.value(place.organiser.key, measure.id, year) if isinstance(place, SchoolUnit) else None,
        nation=nation,
        position=position(measure, own, nation, small_base),
        distribution=distribution,
        within_middle=within_middle(distribution, own),
        history=segments(measure, history),
        comparable=comparable(measure, history, year),
        nation_history=table.history(NATION, measure.id, years),
    )


def _unit_row(unit: SchoolUnit, table: ReleasedTable, setting: Setting) -> UnitRow:
    found = {measure: table.value(unit.key, measure, setting.school_year) for measure in setting.unit_measures}
    return UnitRow(unit, {measure: value for measure, value in found.items() if value is not None})
