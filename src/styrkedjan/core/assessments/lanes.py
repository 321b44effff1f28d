"""A lane: one level's released answers to one row (or to a factor as a whole), and what can be said of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from styrkedjan.core.assessments.measures import (
    FEWEST,
    Pairs,
    ShareChange,
    Spread,
    agreement,
    bounds,
    median_steps,
    pairs,
    share_change,
    spread,
)
from styrkedjan.core.catalogue import ChainLevel, Scale
from styrkedjan.core.disclosure.answers import CellState, ReleasedAnswers

BANDS = 3
DISTRIBUTIONS = (CellState.SHOWN, CellState.BANDS)


@dataclass(frozen=True)
class Lane:
    """Released answers of one level. ``counts`` are per step, per band (low, middle, high), or empty when not shown.

    ``n_class`` is how many answers it rests on, as text; ``band`` the only band when nearly all lie in one. ``people``
    is how many have answered the form and ``rows`` how many rows the answers are to: in a factor as a whole each
    person has answered several. ``people`` is None when it is not told. Not ``outside_told``: the answers outside the
    scale are not shown, whatever there are of them.
    """

    level: ChainLevel
    state: CellState
    counts: tuple[int, ...] = ()
    outside: dict[str, int] = field(default_factory=dict)
    n_class: str = ""
    band: int | None = None
    people: int | None = None
    rows: int = 1
    outside_told: bool = True

    @property
    def is_distribution(self) -> bool:
        """Whether there are answers to draw as a distribution, in steps or in bands; also of many positions."""
        return (self.state in DISTRIBUTIONS and sum(self.counts) > 0) or self.of_positions

    @property
    def of_positions(self) -> bool:
        """Whether it is a distribution of positions: those of so many people together that they are drawn as one."""
        return self.state is CellState.POSITION and self.person_count >= FEWEST

    @property
    def is_position(self) -> bool:
        """Whether it is the position of a few, drawn as marks."""
        return self.state is CellState.POSITION and sum(self.counts) > 0 and not self.of_positions

    @property
    def person_count(self) -> int:
        """How many people the answers are of, at most: never as many as the answers when each person has several."""
        answers = sum(self.counts)
        known = answers // self.rows if self.people is None else self.people
        return min(answers, known)

    @property
    def is_hidden(self) -> bool:
        """Whether there are answers that are not shown, for somebody's sake."""
        return self.state in (CellState.TOO_FEW, CellState.PROTECTED)

    @property
    def answer_count(self) -> int | None:
        """How many answers on the scale; None when that is not shown."""
        return sum(self.counts) if self.counts else None

    @cached_property
    def median(self) -> tuple[int, int] | None:
        """The step (or band) in the middle, as lower and upper."""
        return median_steps(self.counts) if self.is_distribution else None

    @cached_property
    def agreement(self) -> float | None:
        """1 minus the normalised ordinal dispersion; None for fewer than five answers and where steps are not shown."""
        known = self.is_distribution and sum(self.counts) >= FEWEST
        return agreement(self.counts) if known else None

    @cached_property
    def spread(self) -> Spread | None:
        return spread(self.counts) if self.is_distribution else None

    def high(self, scale: Scale) -> int | None:
        """How many answered in the steps that count as high; None when that is not shown."""
        if not self.counts:
            return None
        return (
            self.counts[-1] if len(self.counts) == BANDS else sum(self.counts[scale.step_ids.index(scale.high_from) :])
        )

    def in_bands(self, scale: Scale) -> tuple[int, ...]:
        """The counts per band, whether they are released per step or per band."""
        return self.counts if self.state is CellState.BANDS else banded(self.counts, scale)


def banded(counts: Sequence[int], scale: Scale) -> tuple[int, ...]:
    """Counts per step as counts per band: below the middle, the middle, and above it."""
    high = scale.step_ids.index(scale.high_from)
    middle = high if scale.middle is None else scale.step_ids.index(scale.middle)
    return (sum(counts[:middle]), sum(counts[middle:high]), sum(counts[high:]))


def lane_of(released: ReleasedAnswers | None, level: ChainLevel, row: str) -> Lane | None:
    """What was released of a level's answers to a row or a factor; None when it was not asked."""
    cell = released.cell(level, row) if released else None
    if released is None or cell is None:
        return None
    group, rows = released.groups.get(level), row_count(released, level, row)
    people = group.sheet_count if group else None
    return Lane(
        level, cell.state, cell.counts, dict(cell.outside), cell.n_class, cell.band, people, rows, cell.outside_told
    )


def row_count(released: ReleasedAnswers, level: ChainLevel, row: str) -> int:
    """How many rows the answers of a cell are to: one, or for a factor as a whole those of it that have answers."""
    of_factor = (each for (at, each), cell in released.cells.items() if at is level and cell.state.has_counts)
    return max(1, sum(each.startswith(f"{row}.") for each in of_factor))


def beside(first: Lane, second: Lane, scale: Scale, each: int = 1) -> Pairs | None:
    """Two lanes' answers pair by pair, in bands when either is; None when either is too small or no distribution."""
    if not (first.is_distribution and second.is_distribution):
        return None
    if CellState.BANDS in (first.state, second.state):
        return pairs(first.in_bands(scale), second.in_bands(scale), each)
    return pairs(first.counts, second.counts, each)


def changed(before: Lane | None, now: Lane, scale: Scale) -> ShareChange | None:
    """How the share of high answers has changed between two rounds; None where that cannot be told."""
    if before is None or not (before.is_distribution and now.is_distribution):
        return None
    old, new = before.high(scale), now.high(scale)
    assert old is not None and new is not None, "a distribution has counts"
    return share_change((old, sum(before.counts)), (new, sum(now.counts)))


def if_all_had_answered(lane: Lane, asked: int, scale: Scale) -> tuple[int, int] | None:
    """Between which numbers the high answers would be if everybody asked had answered; None when not shown."""
    high, answered = lane.high(scale), lane.answer_count
    if high is None or answered is None or not (lane.is_distribution and lane.outside_told):
        return None
    return bounds(high, answered + sum(lane.outside.values()), asked)
