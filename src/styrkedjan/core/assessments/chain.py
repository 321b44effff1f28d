"""The chain view (styrkedjan i en självvärdering): every row with its levels side by side, from released answers alone.

What is not released is not here, so nothing that shows a chain view can give it away.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from styrkedjan.core.assessments.campaigns import OWN, Campaign, GroupKind, GroupState, factor_of
from styrkedjan.core.assessments.lanes import Lane, beside, changed, if_all_had_answered, lane_of
from styrkedjan.core.assessments.lineage import NOTHING_EARLIER, Link, Links
from styrkedjan.core.assessments.measures import ShareChange, Telling
from styrkedjan.core.assessments.talking import Gap, Question, factor_questions, row_questions
from styrkedjan.core.catalogue import ChainLevel, Framework, Scale, SubGoal, SuccessFactor
from styrkedjan.core.disclosure.answers import CellState, ReleasedAnswers

LOW_RESPONSE = 0.5  # below this nothing is said of change, and the bounds are
FAIR_RESPONSE = 0.7


@dataclass(frozen=True)
class SharedAnswer:
    """What a group has agreed on together (gemensam skattning): an answer's id, and a note. Open, not anonymous."""

    answer: str
    note: str = ""


@dataclass(frozen=True)
class Response:
    """How many of a level have answered, of those asked; ``answered`` is None when that is too few to say."""

    level: ChainLevel
    kind: GroupKind
    state: GroupState
    asked: int
    answered: int | None

    @property
    def share(self) -> float | None:
        """Answered of asked, 0-1; None when it is not known or nobody was asked."""
        return None if self.answered is None or not self.asked else self.answered / self.asked

    @property
    def is_low(self) -> bool:
        """Whether so few answered that the silent ones could turn the picture."""
        return self.kind is not GroupKind.POSITION and self.share is not None and self.share < LOW_RESPONSE


@dataclass(frozen=True)
class Change:
    """What can be told of a row since the campaign that this one repeats.

    ``link`` says which row it continues; ``before`` is that row's lane then. ``share`` is None where nothing can be
    told: other words, too few answers, a low response, or no distribution.
    """

    link: Link
    before: Lane | None
    share: ShareChange | None

    @property
    def telling(self) -> Telling:
        return self.share.telling if self.share else Telling.CANNOT


@dataclass(frozen=True)
class Cell:
    """One level's part of a row: its own words, its answers here, and what stands beside them.

    ``above`` is the organiser's total for the same level, ``bounds`` between which numbers the high answers would lie
    if everybody had answered (only when fewer than half did). ``elsewhere``: the place has nobody at this level, and
    ``here`` is what the organiser's have answered.
    """

    level: ChainLevel
    text: str
    here: Lane
    above: Lane | None
    change: Change | None
    shared: SharedAnswer | None
    bounds: tuple[int, int] | None
    elsewhere: bool = False


@dataclass(frozen=True)
class RowView:
    """One row, or a factor as a whole: its levels side by side, how they differ, and what to talk about."""

    id: str
    name: str
    cells: tuple[Cell, ...]
    gaps: tuple[Gap, ...]
    questions: tuple[Question, ...]
    comments: tuple[tuple[ChainLevel, str], ...] = ()

    @property
    def has_answers(self) -> bool:
        return any(cell.here.is_distribution or cell.here.is_position for cell in self.cells)


@dataclass(frozen=True)
class FactorView:
    """A success factor: as a whole and row by row. ``sub_goals`` are those that it is expected to move.

    The own statements of a campaign come last as a factor of their own, ``own``, without a name and without a whole.
    """

    id: str
    name: str
    whole: RowView | None
    rows: tuple[RowView, ...]
    sub_goals: tuple[SubGoal, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class ChainView:
    """The chain view (kedjevy): a campaign's released answers at one place. ``sub_goals_note`` says whose reading."""

    campaign: Campaign
    place: str
    scale: Scale
    response: tuple[Response, ...]
    factors: tuple[FactorView, ...]
    sub_goals_note: str
    has_earlier: bool

    @property
    def lanes(self) -> Iterator[Lane]:
        """Every lane of every row, not of the factors as wholes."""
        return (cell.here for factor in self.factors for row in factor.rows for cell in row.cells)


@dataclass(frozen=True)
class _Sources:
    """What a chain view is made of; see ``chain_view``."""

    framework: Framework
    campaign: Campaign
    here: ReleasedAnswers
    above: ReleasedAnswers | None
    before: ReleasedAnswers | None
    links: Links
    shared: Mapping[tuple[ChainLevel, str], SharedAnswer]
    response: Mapping[ChainLevel, Response]
    low_before: frozenset[ChainLevel]

    @property
    def scale(self) -> Scale:
        return self.framework.self_assessment.scale


def chain_view(
    framework: Framework,
    campaign: Campaign,
    here: ReleasedAnswers,
    above: ReleasedAnswers | None = None,
    before: ReleasedAnswers | None = None,
    links: Links | None = None,
    shared_ratings: Mapping[tuple[ChainLevel, str], SharedAnswer] | None = None,
) -> ChainView:
    """The chain view of one place.

    In: ``framework`` of the campaign's edition; ``above``, the organiser's release of the same campaign when the place
    is a unit of it; ``before``, the same place's release of the campaign that this one repeats; ``links`` from this
    campaign's cells to that one's (see ``lineage``).
    """
    response = {each.level: each for each in _response(here)}
    low_before = frozenset(each.level for each in _response(before) if each.is_low) if before else frozenset()
    sources = _Sources(
        framework, campaign, here, above, before, links or {}, shared_ratings or {}, response, low_before
    )
    return ChainView(
        campaign,
        here.place,
        sources.scale,
        tuple(response[level] for level in campaign.levels if level in response),
        tuple(_factors(sources)),
        framework.self_assessment.expected_to_move.note,
        before is not None,
    )


def _response(released: ReleasedAnswers) -> tuple[Response, ...]:
    found = released.groups.values()
    return tuple(Response(each.level, each.kind, each.state, each.asked_count, each.sheet_count) for each in found)


def _factors(sources: _Sources) -> Iterator[FactorView]:
    chosen = dict.fromkeys(map(factor_of, sources.campaign.rows))
    for factor in sources.framework.success_factors:
        if factor.id in chosen:
            yield _factor(sources, factor)
    if sources.campaign.own_statements:
        texts = {own.id: own.text for own in sources.campaign.own_statements}
        rows = tuple(
            _row(sources, row, text, dict.fromkeys(sources.campaign.levels, text)) for row, text in texts.items()
        )
        yield FactorView(OWN, "", None, rows, (), _questions_of(rows))


def _factor(sources: _Sources, factor: SuccessFactor) -> FactorView:
    asked = [row for row in factor.rows if f"{factor.id}.{row.id}" in sources.campaign.rows]
    rows = tuple(_row(sources, f"{factor.id}.{row.id}", row.name, row.cells) for row in asked)
    whole = _row(sources, factor.id, factor.name, dict.fromkeys(sources.campaign.levels, ""), each=len(rows))
    moved = sources.framework.self_assessment.expected_to_move.factors.get(factor.id, ())
    goals = sources.framework.sub_goals_of(sources.campaign.school_form)
    sub_goals = tuple(goal for goal in goals if goal.id in moved)
    shown = whole if len(rows) > 1 and whole.has_answers else None
    return FactorView(factor.id, factor.name, shown, rows, sub_goals, _questions_of(rows))


def _questions_of(rows: Iterable[RowView]) -> tuple[Question, ...]:
    return factor_questions(question for row in rows for question in row.questions)


def _row(sources: _Sources, row: str, name: str, texts: Mapping[ChainLevel, str], each: int = 1) -> RowView:
    asked = (level for level in sources.campaign.levels if level in texts)
    cells = tuple(cell for level in asked if (cell := _cell(sources, level, row, texts[level])) is not None)
    lanes = tuple(cell.here for cell in cells)
    gaps = tuple(_gap(first, second, sources.scale, each) for first, second in combinations(lanes, 2))
    questions = row_questions(row, lanes, gaps, sources.scale)
    comments = tuple((comment.level, comment.text) for comment in sources.here.comments if comment.row == row)
    return RowView(row, name, cells, gaps, questions, comments)


def _cell(sources: _Sources, level: ChainLevel, row: str, text: str) -> Cell | None:
    """A level's part of a row; None when nobody at the place, nor at its organiser, was asked."""
    response, above = sources.response.get(level), lane_of(sources.above, level, row)
    lane = lane_of(sources.here, level, row)
    if response is None:
        return None if above is None else Cell(level, text, above, None, None, None, None, elsewhere=True)
    if lane is None:
        few = response.kind is not GroupKind.POSITION
        lane = Lane(level, CellState.TOO_FEW if few else CellState.NO_ANSWERS)
    return Cell(
        level,
        text,
        lane,
        above,
        _change(sources, lane, row, response.is_low),
        sources.shared.get((level, row)),
        if_all_had_answered(lane, response.asked, sources.scale) if response.is_low and "." in row else None,
    )


def _change(sources: _Sources, lane: Lane, row: str, low: bool) -> Change | None:
    if sources.before is None:
        return None
    link = sources.links.get((lane.level, row), NOTHING_EARLIER)
    before = lane_of(sources.before, lane.level, link.earlier) if link.earlier else None
    # A factor as a whole holds several answers of each person: its rows are compared, not the sum of them.
    told = link.comparable and not low and lane.level not in sources.low_before and "." in row
    return Change(link, before, changed(before, lane, sources.scale) if told else None)


def _gap(first: Lane, second: Lane, scale: Scale, each: int) -> Gap:
    found = beside(first, second, scale, each)
    if found is not None and found.delta < 0:
        return Gap(second.level, first.level, beside(second, first, scale, each))
    return Gap(first.level, second.level, found)
