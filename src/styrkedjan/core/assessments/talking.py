"""Questions to talk about (att samtala om), chosen by written rules from what was released. Never verdicts.

The rules, in order; a row gives at most two questions and a factor at most three:

* ``gap``: two levels' answers differ (see ``Pairs.telling``).
* ``position``: a role's position lies two steps or more from the middle of another level's answers.
* ``camps``: the answers of a level lie in two camps.
* ``spread``: they are spread.
* ``unseen``: at least a quarter, and at least five, of a level answer that they do not know or cannot see.
* ``united_high`` and ``united_low``: the answers are united, with the middle on a high step or below the middle.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from styrkedjan.core.assessments.lanes import Lane
from styrkedjan.core.assessments.measures import FEWEST, Pairs, Spread, Telling
from styrkedjan.core.catalogue import ChainLevel, Scale
from styrkedjan.core.disclosure.answers import CellState

MOST_PER_ROW = 2
MOST_PER_FACTOR = 3
FAR = 2  # steps
UNSEEN_SHARE = 0.25
DONT_KNOW = "dont_know"


@dataclass(frozen=True)
class Question:
    """A question by one rule, about one or two levels: the first is the higher one of a gap, the position's of one."""

    rule: str
    row: str
    levels: tuple[ChainLevel, ...]


@dataclass(frozen=True)
class Gap:
    """Two levels beside each other. ``first`` is the one that answers higher; ``pairs`` is None when too few."""

    first: ChainLevel
    second: ChainLevel
    pairs: Pairs | None

    @property
    def telling(self) -> Telling:
        return self.pairs.telling if self.pairs else Telling.CANNOT


def row_questions(row: str, lanes: Sequence[Lane], gaps: Sequence[Gap], scale: Scale) -> tuple[Question, ...]:
    """The questions of one row, by the rules in their order."""
    found = (
        *(Question("gap", row, (gap.first, gap.second)) for gap in gaps if gap.telling is Telling.DIFFERS),
        *_far_positions(row, lanes),
        *(question for lane in lanes for question in _of_one(row, lane, scale)),
    )
    order = ("gap", "position", "camps", "spread", "unseen", "united_high", "united_low")
    return _one_of_each(sorted(found, key=lambda question: order.index(question.rule)))[:MOST_PER_ROW]


def factor_questions(of_rows: Iterable[Question]) -> tuple[Question, ...]:
    """The questions of a factor: the strongest of each of its rows, each rule once before any comes twice."""
    order = ("gap", "position", "camps", "unseen", "spread", "united_low", "united_high")
    ordered = sorted(of_rows, key=lambda question: order.index(question.rule))
    first = _one_of_each(_one_per_row(ordered))
    return (*first, *(question for question in ordered if question not in first))[:MOST_PER_FACTOR]


def _one_per_row(questions: Iterable[Question]) -> tuple[Question, ...]:
    by_row: dict[str, Question] = {}
    for question in questions:
        by_row.setdefault(question.row, question)
    return tuple(by_row.values())


def _one_of_each(questions: Iterable[Question]) -> tuple[Question, ...]:
    by_rule: dict[str, Question] = {}
    for question in questions:
        by_rule.setdefault(question.rule, question)
    return tuple(by_rule.values())


def _far_positions(row: str, lanes: Sequence[Lane]) -> Iterator[Question]:
    for held in lanes:
        for other in lanes:
            if held.is_position and other.state is not CellState.BANDS and other.median and _is_far(held, other.median):
                yield Question("position", row, (held.level, other.level))


def _is_far(position: Lane, median: tuple[int, int]) -> bool:
    """Whether every position taken lies two steps or more from the middle, on the same side of it."""
    taken = [step for step, count in enumerate(position.counts) if count]
    return min(taken) - median[1] >= FAR or median[0] - max(taken) >= FAR


def _of_one(row: str, lane: Lane, scale: Scale) -> Iterator[Question]:
    if lane.spread in (Spread.CAMPS, Spread.SPREAD):
        yield Question(str(lane.spread), row, (lane.level,))
    unseen, answered = lane.outside.get(DONT_KNOW, 0), sum(lane.counts) + sum(lane.outside.values())
    if lane.is_distribution and unseen >= FEWEST and unseen >= UNSEEN_SHARE * answered:
        yield Question("unseen", row, (lane.level,))
    if lane.spread is Spread.UNITED and lane.median:
        where = _where(lane, lane.median, scale)
        if where:
            yield Question(f"united_{where}", row, (lane.level,))


def _where(lane: Lane, median: tuple[int, int], scale: Scale) -> str:
    """high, low, or nothing when the middle of the answers lies at the middle of the scale."""
    in_bands = lane.state is CellState.BANDS
    high = 2 if in_bands else scale.step_ids.index(scale.high_from)
    middle = 1 if in_bands else high if scale.middle is None else scale.step_ids.index(scale.middle)
    if median[0] >= high:
        return "high"
    return "low" if median[1] < middle else ""
