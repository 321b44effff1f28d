"""What a self-assessment (självvärdering) asks with, as the catalogue has it."""

from dataclasses import dataclass
from functools import cached_property

from styrkedjan.core.catalogue.levels import ChainLevel, Wording


@dataclass(frozen=True)
class ScaleStep:
    """An answer that a statement can get: a step of the scale, or one outside it. ``meaning`` explains it."""

    id: str
    name: str
    meaning: str


@dataclass(frozen=True)
class Scale:
    """The scale (skala) of the self-assessment: data, so that an official one can replace it.

    A statement reads ``stem leads[level] cell``. ``steps`` go from lowest to highest; answers ``outside`` the scale
    never count into a distribution. ``middle`` is the step in the middle, None when there is none; ``high_from`` the
    first step that counts as high.
    """

    wording: Wording
    source: str
    stem: str
    leads: dict[ChainLevel, str]
    steps: tuple[ScaleStep, ...]
    outside: tuple[ScaleStep, ...]
    middle: str | None
    high_from: str

    @cached_property
    def answer_by_id(self) -> dict[str, ScaleStep]:
        """Every answer that can be given, by id."""
        return {answer.id: answer for answer in (*self.steps, *self.outside)}

    @cached_property
    def step_ids(self) -> tuple[str, ...]:
        return tuple(step.id for step in self.steps)

    def question(self, level: ChainLevel, cell: str) -> str:
        """A cell of the table as a question: "I vilken grad lyckas ni i undervisningen med att …?"."""
        return f"{self.stem} {self.leads[level]} {cell.rstrip('.')}{'' if cell.endswith('…') else '?'}"


@dataclass(frozen=True)
class Reflection:
    """The questions to think about after each factor, and whose they are."""

    source: str
    intro: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class ExpectedToMove:
    """Which sub-goals (delmål) each success factor is nearest to; ``note`` says whose reading that is."""

    wording: Wording
    note: str
    factors: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class SelfAssessmentForm:
    """What a self-assessment asks with: the scale, the reflection, and the sub-goals behind each factor."""

    scale: Scale
    reflection: Reflection
    expected_to_move: ExpectedToMove
