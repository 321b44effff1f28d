"""Earlier publications beside what is counted now: those that speak of the same answers, and those of another date."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from styrkedjan.core.catalogue import AnswerRules, ChainLevel, Scale
from styrkedjan.core.disclosure.answers.counted import Counted
from styrkedjan.core.disclosure.answers.first_pass import ALL_BUT, Verdict, bands_of, judged
from styrkedjan.core.disclosure.answers.released import CellState, n_class
from styrkedjan.core.disclosure.publications import Publication, PublishedSum

Told = tuple[ChainLevel, str, str]  # level, place, row


@dataclass(frozen=True)
class Before:
    """What is out already. ``same`` speaks of the answers that are counted now.

    ``between`` are cells that may not be shown now: put beside what was said of another date, they would give away
    the few answers that came between.
    """

    same: tuple[Publication, ...] = ()
    between: frozenset[Told] = frozenset()


def before(earlier: Sequence[Publication], levels: Iterable[Counted], scale: Scale, rules: AnswerRules) -> Before:
    """Sort earlier publications by whether they agree with what is counted now."""
    by_level = {level.level: level for level in levels}
    same: list[Publication] = []
    between: set[Told] = set()
    for publication in earlier:
        agreeing = []
        for statement in publication.statements:
            level = by_level.get(statement.cell.level)
            now = level and _now(statement, level)
            if level is None or now is None or _agrees(statement, now, scale, rules):
                agreeing.append(statement)
            elif not _is_told_apart(statement, now, level.step_count, rules):
                between.update(_overlapping(statement, level))
        same.append(Publication(tuple(agreeing)))
    return Before(tuple(same), frozenset(between))


@dataclass(frozen=True, eq=False)
class _Now:
    """What the groups and rows of an earlier statement hold now."""

    counts: np.ndarray
    sheet_count: int


def _now(statement: PublishedSum, level: Counted) -> _Now | None:
    places, rows = level.positions
    if not (statement.groups <= places.keys() and set(statement.rows) <= rows.keys()):
        return None
    groups = [places[place] for place in statement.groups]
    counts = level.counts[np.ix_(groups, [rows[row] for row in statement.rows])].sum(axis=(0, 1))
    return _Now(counts, int(level.sheets[groups].sum()))


def _agrees(statement: PublishedSum, now: _Now, scale: Scale, rules: AnswerRules) -> bool:
    cell, steps = statement.cell, now.counts[: len(scale.steps)]
    answered = int(steps.sum())
    if now.sheet_count != statement.sheet_count:
        return False
    if cell.state is CellState.SHOWN:
        if not cell.outside_told:
            return steps.tolist() == [*cell.counts]
        outside = [cell.outside.get(answer.id, 0) for answer in scale.outside]
        return now.counts.tolist() == [*cell.counts, *outside]
    if cell.state is CellState.GATHERED:
        off = steps[bands_of(scale) != cell.band].sum()
        return off <= ALL_BUT and n_class(answered, rules.minimum_answers) == cell.n_class
    if cell.state is CellState.NO_ANSWERS:
        return answered == 0
    if len(statement.rows) > 1:
        return True
    return (answered < rules.minimum_answers) == (cell.state is CellState.TOO_FEW)


def _is_told_apart(statement: PublishedSum, now: _Now, step_count: int, rules: AnswerRules) -> bool:
    """Are the answers that came between many and mixed enough to be shown by themselves?"""
    if not statement.is_exact:
        return True
    more = now.counts[:step_count] - np.array(statement.cell.counts)
    return bool((more >= 0).all()) and judged(more, rules) == Verdict.FINE and len(statement.rows) == 1


def _overlapping(statement: PublishedSum, level: Counted) -> Iterator[Told]:
    for row in statement.rows:
        yield from ((level.level, place, row) for place in statement.groups)
        if not statement.groups.isdisjoint(level.places[at] for at in level.rolling):
            yield level.level, level.organiser, row


def known_cells(before: Before, level: Counted) -> np.ndarray:
    """Groups x rows: the cells whose counts are out already."""
    out = np.zeros(level.answered.shape, dtype=bool)
    places, rows = level.positions
    for statement in (each for publication in before.same for each in publication.about(level.level)):
        if statement.is_exact and len(statement.groups) == len(statement.rows) == 1:
            place, row = next(iter(statement.groups)), statement.rows[0]
            if place in places and row in rows:
                out[places[place], rows[row]] = True
    return out
