"""The catalogue: one edition (utgåva) of the framework as frozen values.

The framework is data. Goals, sub-goals (delmål), success factors (framgångsfaktorer), indicators, operating
conditions (förutsättningar) and workshop scripts are read from ``catalogue/``; nothing here knows a wording.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from styrkedjan.core.catalogue.levels import ChainLevel, Wording
from styrkedjan.core.catalogue.limits import DisclosureRules
from styrkedjan.core.catalogue.self_assessment import SelfAssessmentForm
from styrkedjan.core.statistics import MarkTable, SchoolYear


@dataclass(frozen=True)
class NationalGoal:
    """National goal (nationell målsättning) of one school form."""

    id: str
    school_form: str
    text: str
    source: str


@dataclass(frozen=True)
class SubGoal:
    """Sub-goal (delmål). ``data_number`` is the number the statistics use, which is not the order of the source."""

    id: str
    school_form: str
    short_name: str
    text: str
    source: str
    data_number: int | None


@dataclass(frozen=True)
class FactorRow:
    """One row of a factor's table. A level without a cell is absent from ``cells``."""

    id: str
    name: str
    cells: dict[ChainLevel, str]


@dataclass(frozen=True)
class SuccessFactor:
    """Success factor (framgångsfaktor): why, how it shows, and the table of the governance chain.

    ``complete`` is False when the official text is only partly known. ``table_intro`` completes each cell,
    "Varje nivå i styrkedjan bidrar till … genom att på …".
    """

    id: str
    name: str
    wording: Wording
    complete: bool
    why: str
    how_it_shows: str
    table_intro: str
    rows: tuple[FactorRow, ...]
    source: str
    note: str


@dataclass(frozen=True)
class Continuation:
    """An id of this edition that continues one of the edition before; ``to`` is None when it has ended.

    ``note`` says what changed, in Swedish.
    """

    earlier: str
    to: str | None
    note: str


class Unit(StrEnum):
    """The unit of a measure. ``percent`` is 0-100, ``index`` 0-10, ``sek`` kronor, ``ksek`` tusen kronor,
    ``fte`` heltidstjänster, ``count`` people, ``ratio`` pupils per full-time post."""

    PERCENT = "percent"
    INDEX = "index"
    SEK = "sek"
    KSEK = "ksek"
    FTE = "fte"
    COUNT = "count"
    RATIO = "ratio"


class PeriodMeaning(StrEnum):
    """What a school year stands for in a source."""

    SCHOOL_YEAR = "school_year"
    FIRST_CALENDAR_YEAR = "first_calendar_year"
    SECOND_CALENDAR_YEAR = "second_calendar_year"


@dataclass(frozen=True)
class SeriesBreak:
    """A series break (brott i tidsserien): values before ``first_school_year`` are not joined to those from it on.

    ``note`` says why, in Swedish.
    """

    first_school_year: SchoolYear
    note: str


@dataclass(frozen=True)
class Measure:
    """A measure (mått) of the official table: an indicator of a sub-goal, or an operating condition.

    ``practical_floor`` is the smallest difference from riket that is worth a word, in the measure's unit;
    ``practical_floor_small`` holds for a place with few pupils. ``jump`` is the change between two school years that
    the import report points out (same unit; for counts and costs a percentage of the earlier value).
    """

    id: str
    official_label: str
    name: str
    short_name: str
    group: str  # sub-goal id, or "pupils" | "staff" | "costs"
    unit: Unit
    decimals: int
    source: str  # grades | national_tests | school_survey | staff | pupils | costs
    grade: int | None  # årskurs
    respondent: str | None  # pupils | staff | guardians
    period: PeriodMeaning
    definition: str
    breaks: tuple[SeriesBreak, ...]
    practical_floor: float | None
    practical_floor_small: float | None
    jump: float
    every_other_year: bool
    headline: bool  # shown first among operating conditions

    @property
    def is_indicator(self) -> bool:
        return self.group not in CONDITION_GROUPS


CONDITION_GROUPS = ("pupils", "staff", "costs")


@dataclass(frozen=True)
class WorkshopStep:
    """One step of a workshop script. ``minutes`` or ``clock`` ("10.25") says when; both may be empty."""

    id: str
    kind: str  # information | own_reflection | table_talk | check_out | reassembly | break
    title: str
    text: str
    questions: tuple[str, ...]
    minutes: int | None
    clock: str | None


@dataclass(frozen=True)
class WorkshopScript:
    """The script of a session: agenda and steps, tied to a success factor."""

    id: str
    title: str
    success_factor: str
    agenda: tuple[str, ...]
    steps: tuple[WorkshopStep, ...]
    source: str


@dataclass(frozen=True)
class GlossaryTerm:
    """One noun of the house: English name, Swedish term, and what it means in plain Swedish."""

    id: str
    swedish: str
    definition: str


@dataclass(frozen=True)
class StatisticsSource:
    """How one official source is read: title, sheet, marks, and the labels that each measure has had."""

    id: str
    name: str
    publisher: str
    licence: str
    url: str
    school_form: str
    title: str
    sheet: str
    marks: MarkTable
    mark_words: dict[str, str]  # status name -> the source's own explanation, in Swedish
    labels: dict[str, str]  # printed label -> measure id
    absent: dict[str, tuple[int, ...]]  # measure id -> autumn years in which the source has no such row

    def expected_measures(self, year: SchoolYear) -> frozenset[str]:
        """The measures that a file for this school year must hold."""
        return frozenset(m for m in self.labels.values() if year.autumn not in self.absent.get(m, ()))


@dataclass(frozen=True)
class Framework:
    """One edition of the framework, whole and checked."""

    id: str
    name: str
    published: str
    source: str
    school_forms: dict[str, str]  # id -> Swedish name
    national_goals: tuple[NationalGoal, ...]
    sub_goals: tuple[SubGoal, ...]
    success_factors: tuple[SuccessFactor, ...]
    measures: tuple[Measure, ...]
    unit_overview: tuple[str, ...]  # measure ids shown for each unit of an organiser
    self_assessment: SelfAssessmentForm
    previous_edition: str | None
    continues: tuple[Continuation, ...]

    @cached_property
    def factor_by_id(self) -> dict[str, SuccessFactor]:
        return {factor.id: factor for factor in self.success_factors}

    @cached_property
    def measure_by_id(self) -> dict[str, Measure]:
        return {measure.id: measure for measure in self.measures}

    def sub_goals_of(self, school_form: str) -> tuple[SubGoal, ...]:
        """The sub-goals of one school form, in the order of the source."""
        return tuple(goal for goal in self.sub_goals if goal.school_form == school_form)

    def measures_of(self, group: str) -> tuple[Measure, ...]:
        """The measures of a sub-goal or of a kind of operating condition, in the order of the catalogue."""
        return tuple(measure for measure in self.measures if measure.group == group)


@dataclass(frozen=True)
class Catalogue:
    """Everything under ``catalogue/``: the current framework edition and what stands beside the editions."""

    framework: Framework
    workshops: tuple[WorkshopScript, ...]
    glossary: tuple[GlossaryTerm, ...]
    sources: dict[str, StatisticsSource]
    disclosure: DisclosureRules
    words: dict[str, dict[str, str]]  # language -> key -> text
    digest: str  # of every file read: changes when any text changes
