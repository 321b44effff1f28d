"""A lighter pattern, where there is one: the second pass as cell suppression on each factor's table.

The fast pattern hides the factor total of every place with a hidden row. Sometimes it costs less to hide another row,
or to let two hidden rows protect each other and show the total. The tables are units x rows of one factor, in the
step that most chose: who can place five answers there or elsewhere cannot tell the cell. What an attacker makes of
the steps together is for the auditor to say, who sees every pattern before it is used.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from styrkedjan.core.catalogue import AnswerRules
from styrkedjan.core.disclosure.answers.counted import Counted
from styrkedjan.core.disclosure.answers.first_pass import Verdict, Verdicts
from styrkedjan.core.disclosure.answers.second_pass import Openness, bounds
from styrkedjan.core.disclosure.cells import Cell, CellStatus, Relation, Table
from styrkedjan.core.disclosure.suppression import suppress
from styrkedjan.core.refused import WrongState

# Above so many cells in a table the best pattern takes longer to find than it is worth: tests/benchmarks/nation.py.
MOST_CELLS = 400
SECONDS = 1.0


@dataclass(frozen=True, eq=False)
class Lighter:
    """A pattern, and whether every table of it was searched to the end."""

    openness: Openness
    proven: bool


def lighter(level: Counted, verdicts: Verdicts, fast: Openness, rules: AnswerRules) -> Lighter:
    """The lighter of the fast pattern and the best one found, factor by factor."""
    proven = True
    openness = Openness(*(each.copy() for each in (fast.rows, fast.factors, fast.total_rows, fast.total_factors)))
    if len(level.rolling) < 2:  # one group is its own total: nothing binds it but its factors
        return Lighter(openness, proven)
    for factor in range(len(level.factors)):
        grid = _Grid(level, verdicts, rules, factor)
        if not grid.has_sensitive:
            continue
        if grid.size > MOST_CELLS:
            proven = False
            continue
        try:
            pattern = suppress(grid.table, seconds=SECONDS)
        except WrongState:
            continue  # the organiser's total is what must go, as the fast pattern knows
        proven &= pattern.proven_optimal
        if pattern.weight < grid.weight_of(fast) and grid.is_of_many(pattern.suppressed):
            grid.put(openness, pattern.suppressed)
    return Lighter(openness, proven)


class _Grid:
    """One factor as a table: the groups that roll up and the organiser, times the rows and the factor.

    A cell's id is its place in the grid; the last line is the organiser's, the last column the factor's.
    """

    def __init__(self, level: Counted, verdicts: Verdicts, rules: AnswerRules, factor: int) -> None:
        self.level, self.rules, self.factor = level, rules, factor
        self.at, self.rows = level.rolling, level.rows_of[factor]
        self.told = np.append(level.told[self.at], True)
        steps = _with_sums(level.steps[np.ix_(self.at, self.rows)])
        self.answers = steps.sum(axis=2)
        self.values = steps[:, :, steps[-1, -1].argmax()]
        of_groups = np.column_stack([verdicts.rows[np.ix_(self.at, self.rows)], verdicts.factors[self.at, factor]])
        of_total = np.append(verdicts.total_rows[self.rows], verdicts.total_factors[factor])
        self.found = np.vstack([of_groups, of_total])

    @property
    def size(self) -> int:
        return self.values.size

    @property
    def has_sensitive(self) -> bool:
        return bool((self.found >= Verdict.FEW).any())

    @property
    def weight(self) -> np.ndarray:
        """What hiding costs: the answers that are hidden, and of a factor what a row of it has."""
        weight = self.answers.astype(float)
        weight[:, -1] /= len(self.rows)
        weight[~self.told] = 0.0
        return weight

    @property
    def table(self) -> Table:
        return Table(tuple(self._cells()), tuple(self._relations()))

    def _cells(self) -> Iterator[Cell]:
        weight, sheets = self.weight, self.level.sheets[self.at]
        most = np.append(sheets, sheets.sum())[:, None] * np.append(np.ones(len(self.rows), int), len(self.rows))
        _, few = bounds(self.found, most, self.told[:, None], self.rules)
        most[:, :-1] = few[:, :-1]
        for id_ in range(self.size):
            line, column = divmod(id_, self.values.shape[1])
            value, sensitive = float(self.values[line, column]), self.found[line, column] >= Verdict.FEW
            status = CellStatus.UNSAFE if sensitive or not self.told[line] else CellStatus.SAFE
            upper = float(most[line, column])
            if self.told[line] and self.found[line, column] == Verdict.EMPTY:
                status, upper = CellStatus.FIXED, value
            doubt = min(float(self.rules.narrowest_interval), upper) if sensitive else 0.0
            yield Cell(id_, value, float(weight[line, column]), status, 0.0, upper, spl=doubt)

    def _relations(self) -> Iterator[Relation]:
        ids = np.arange(self.size).reshape(self.values.shape)
        for line in (*ids, *ids.T):
            yield Relation((*((part, 1.0) for part in line[:-1].tolist()), (int(line[-1]), -1.0)))

    def _open(self, openness: Openness) -> np.ndarray:
        groups = np.column_stack([openness.rows[np.ix_(self.at, self.rows)], openness.factors[self.at, self.factor]])
        return np.vstack([groups, np.append(openness.total_rows[self.rows], openness.total_factors[self.factor])])

    def weight_of(self, openness: Openness) -> float:
        return float(self.weight[~self._open(openness)].sum())

    def is_of_many(self, hidden: frozenset[int]) -> bool:
        """Is what a shown factor total gives of its hidden rows together from more people than the few?

        The rows of a place are answered by the same people: two rows of three answers are not six people's.
        """
        shown = ~np.isin(np.arange(self.size), list(hidden)).reshape(self.values.shape)
        given = shown[:, -1] & ~shown[:, :-1].all(axis=1)
        many = (~shown[:, :-1] & (self.found[:, :-1] == Verdict.FINE)).any(axis=1)
        return bool(many[given].all())

    def put(self, openness: Openness, hidden: frozenset[int]) -> None:
        """Write the pattern into the level's."""
        shown = ~np.isin(np.arange(self.size), list(hidden)).reshape(self.values.shape)
        openness.rows[np.ix_(self.at, self.rows)] = shown[:-1, :-1]
        openness.factors[self.at, self.factor] = shown[:-1, -1]
        openness.total_rows[self.rows], openness.total_factors[self.factor] = shown[-1, :-1], shown[-1, -1]


def _with_sums(steps: np.ndarray) -> np.ndarray:
    """The organiser's line added below, and the factor's column to the right."""
    steps = np.concatenate([steps, steps.sum(axis=0, keepdims=True)])
    return np.concatenate([steps, steps.sum(axis=1, keepdims=True)], axis=1)
