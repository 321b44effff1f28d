"""What a reader can see of one level, as linear constraints on what she cannot see.

The unknowns are the answers of each group to each row, in every answer there is: the steps, the answers outside the
scale, and no answer at all. All that is published is a statement about sums of them. Nothing here knows the truth.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from styrkedjan.core.catalogue import AnswerRules, Scale
from styrkedjan.core.disclosure.answers.first_pass import ALL_BUT, bands_of
from styrkedjan.core.disclosure.answers.released import N_CLASSES, CellState, n_class
from styrkedjan.core.disclosure.publications import PublishedSum

Unknown = tuple[str, str]  # a group, by its place, and a row


@dataclass(frozen=True, eq=False)
class Constraint:
    """The answers in ``kinds`` of these unknowns together are between ``least`` and ``most``."""

    unknowns: tuple[Unknown, ...]
    kinds: tuple[int, ...]
    least: float
    most: float


@dataclass(eq=False)
class Sight:
    """The statements about one level, read: what is known outright, and what binds the rest."""

    statements: tuple[PublishedSum, ...]
    scale: Scale
    rules: AnswerRules
    known: dict[Unknown, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.step_count, self.kinds = len(self.scale.steps), len(self.scale.answer_by_id) + 1
        self.every = tuple(range(self.kinds))
        self.steps = self.every[: self.step_count]
        self.bands = bands_of(self.scale)
        self.sheets = _sheets(self.statements)
        self.most = float(max((statement.sheet_count for statement in self.statements), default=0))
        for statement in self.statements:
            alone = len(statement.groups) == len(statement.rows) == 1
            if statement.is_exact and statement.cell.outside_told and alone:
                self.known[next(iter(statement.groups)), statement.rows[0]] = self.vector(statement)
        self.summed = {
            (statement.groups, statement.rows[0])
            for statement in self.statements
            if len(statement.rows) == 1 and statement.is_exact and statement.cell.outside_told
        }

    def vector(self, statement: PublishedSum) -> np.ndarray:
        """The counts of an exact statement: steps, answers outside the scale, and those who gave none."""
        cell = statement.cell
        given = [*cell.counts, *(cell.outside.get(answer.id, 0) for answer in self.scale.outside)]
        return np.array([*given, statement.sheet_count * len(statement.rows) - sum(given)], dtype=float)

    def constraints(self) -> Iterator[Constraint]:
        """Everything that the statements say about what is not known outright."""
        seen: set[Unknown] = set()
        for statement in self.statements:
            unknowns = [(group, row) for group in sorted(statement.groups) for row in statement.rows]
            rest = tuple(each for each in unknowns if each not in self.known)
            seen.update(rest)
            if rest and not self._follows(statement):
                known = sum((self.known[each] for each in unknowns if each in self.known), np.zeros(self.kinds))
                yield from self._said(statement, rest, known)
        for group, row in sorted(seen):
            if group in self.sheets:
                yield Constraint(((group, row),), self.every, self.sheets[group], self.sheets[group])

    def _follows(self, statement: PublishedSum) -> bool:
        """Does an exact factor say nothing that its exact rows have not said?"""
        rows = statement.rows
        return statement.is_exact and len(rows) > 1 and all((statement.groups, row) in self.summed for row in rows)

    def _said(self, statement: PublishedSum, rest: tuple[Unknown, ...], known: np.ndarray) -> Iterator[Constraint]:
        state, steps = statement.cell.state, self.steps
        answered = float(known[list(steps)].sum())
        if state is CellState.SHOWN:
            left, told = self.vector(statement) - known, statement.cell.outside_told
            yield from (Constraint(rest, (kind,), left[kind], left[kind]) for kind in (self.every if told else steps))
        elif state is CellState.NO_ANSWERS:
            yield Constraint(rest, steps, 0, 0)
        elif state is CellState.BANDS:
            for band, count in enumerate(statement.cell.counts):
                of = tuple(np.flatnonzero(self.bands == band).tolist())
                left = count - known[list(of)].sum()
                yield Constraint(rest, of, left, left)
        elif state is CellState.GATHERED:
            off = tuple(np.flatnonzero(self.bands != statement.cell.band).tolist())
            yield Constraint(rest, off, 0, ALL_BUT - float(known[list(off)].sum()))
            least, most = self._class(statement.cell.n_class)
            yield Constraint(rest, steps, least - answered, most - answered)
        elif len(statement.rows) == len(statement.groups) == 1:  # of a factor or a total it says nothing of how many
            few = state is CellState.TOO_FEW
            least, most = (1, self.rules.minimum_answers - 1) if few else (self.rules.minimum_answers, np.inf)
            yield Constraint(rest, steps, least - answered, most - answered)

    def _class(self, text: str) -> tuple[float, float]:
        minimum = self.rules.minimum_answers
        starts = [minimum, *(start for start in N_CLASSES if start > minimum), np.inf]
        at = next(at for at, start in enumerate(starts) if n_class(int(start), minimum) == text)
        return starts[at], starts[at + 1] - 1


def _sheets(statements: Iterable[PublishedSum]) -> dict[str, float]:
    """How many sheets each group has: told for most, and for one group that is not told what the total leaves."""
    sheets: dict[str, float] = {}
    for statement in sorted(statements, key=lambda each: len(each.groups)):
        rest = statement.groups - sheets.keys()
        if len(rest) == 1:
            sheets[next(iter(rest))] = statement.sheet_count - sum(sheets[each] for each in statement.groups - rest)
    return sheets
