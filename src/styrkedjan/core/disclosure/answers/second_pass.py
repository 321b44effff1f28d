"""The second pass: what must be hidden beside the sensitive cells, so that no total gives them away.

Rows of the same factor and units of the same organiser have totals, so a level is one table for each factor, units x
rows, with both margins. The pattern here has one simple shape: where a row of a place is hidden, the place's factor
total is hidden too. Then nothing binds the rows of a place to each other, and what an attacker can compute is for
each row the sum over the places hidden in it, and no more. That sum must itself be one that could be shown, and leave
each sensitive cell in it as open as the rules demand; if it is not, the lightest other places are hidden with it.
"""

from dataclasses import dataclass

import numpy as np

from styrkedjan.core.catalogue import AnswerRules
from styrkedjan.core.disclosure.answers.counted import Counted
from styrkedjan.core.disclosure.answers.first_pass import ALL_BUT, Verdict, Verdicts


@dataclass(frozen=True, eq=False)
class Openness:
    """Which cells of a level show their counts: groups x rows, groups x factors, and the same for the total.

    A cell that nobody answered is open: that it is empty is no secret.
    """

    rows: np.ndarray
    factors: np.ndarray
    total_rows: np.ndarray
    total_factors: np.ndarray


def second_pass(level: Counted, verdicts: Verdicts, rules: AnswerRules, out: np.ndarray | None = None) -> Openness:
    """Choose what to hide.

    In: ``out``, groups x rows, the cells that are out already and can protect nothing.
    """
    open_rows = verdicts.rows <= Verdict.FINE
    total_rows = verdicts.total_rows <= Verdict.FINE
    if len(level.rolling) > 1:
        open_rows[~level.told] = False
        sensitive = verdicts.rows >= Verdict.FEW
        for row in np.flatnonzero(sensitive[level.rolling].any(axis=0) & total_rows).tolist():
            column = _Column(level, verdicts, rules, row, open_rows, None if out is None else out[:, row])
            partners = column.partners()
            if partners is None:
                total_rows[row] = False
            else:
                open_rows[partners, row] = False
    elif len(level.rolling) == 1:
        total_rows = open_rows[level.rolling[0]].copy()
    return closed_upwards(level, verdicts, open_rows, total_rows)


def closed_upwards(level: Counted, verdicts: Verdicts, open_rows: np.ndarray, total_rows: np.ndarray) -> Openness:
    """The pattern in which a factor total is hidden wherever one of its rows is."""
    factors = verdicts.factors <= Verdict.FINE
    total_factors = verdicts.total_factors <= Verdict.FINE
    for at, members in enumerate(level.rows_of):
        factors[:, at] &= open_rows[:, members].all(axis=1)
        total_factors[at] &= total_rows[members].all()
    return Openness(open_rows, factors, total_rows, total_factors)


def bounds(verdicts: np.ndarray, sheets: np.ndarray, told: np.ndarray, rules: AnswerRules) -> tuple[np.ndarray, ...]:
    """Least and most answers on the scale that a reader takes a hidden cell to have, from what is said of it."""
    few = told & (verdicts == Verdict.FEW)
    least = np.where(few, 1, np.where(told, rules.minimum_answers, 0))
    return least, np.where(few, np.minimum(sheets, rules.minimum_answers - 1), sheets)


class _Column:
    """One row of the framework over the places that its total is made of, and what hides what in it."""

    def __init__(
        self,
        level: Counted,
        verdicts: Verdicts,
        rules: AnswerRules,
        row: int,
        open_rows: np.ndarray,
        out: np.ndarray | None,
    ) -> None:
        at = level.rolling
        self.at, self.steps = at, level.steps[at, row]
        self.hidden = ~open_rows[at, row]
        found = verdicts.rows[at, row]
        self.least, self.most = bounds(found, level.sheets[at], level.told[at], rules)
        self.sensitive = found >= Verdict.FEW
        self.enough = rules.minimum_answers
        self.needs = np.minimum(rules.narrowest_interval, self.most)
        self.free = ~self.hidden & (found == Verdict.FINE)
        if out is not None:
            self.free &= ~out[at]
        # hiding a row hides the place's factor too, unless another row of it already does
        answers = self.steps.sum(axis=1)
        factor = next((members for members in level.rows_of if row in members), None)
        whole = np.zeros(at.size) if factor is None else open_rows[np.ix_(at, factor)].all(axis=1)
        self.weight = answers * (1 + whole)

    def partners(self) -> np.ndarray | None:
        """The places to hide beside the sensitive ones; None when not even all of them are enough."""
        chosen: list[int] = []
        while not self._safe(chosen, np.array([], dtype=int))[0]:
            rest = np.setdiff1d(np.flatnonzero(self.free), chosen)
            if not rest.size:
                return None
            safe = self._safe(chosen, rest)
            if safe.any():
                enough = rest[safe]
                chosen.append(int(enough[self.weight[enough].argmin()]))
                break
            chosen.append(int(rest[self.steps[rest].sum(axis=1).argmax()]))
        for each in sorted(chosen, key=lambda at: -self.weight[at]):
            fewer = [at for at in chosen if at != each]
            if self._safe(fewer, np.array([], dtype=int))[0]:
                chosen = fewer
        return self.at[np.array(chosen, dtype=int)]

    def _safe(self, chosen: list[int], one_more: np.ndarray) -> np.ndarray:
        """Is every sensitive place open enough with these hidden, and each one of ``one_more`` (or none of them)?

        In each answer the hidden cells sum to what is known, so a cell can have of it what fits within its own bounds
        and what the bounds of the others leave.
        """
        base = self.hidden.copy()
        base[chosen] = True
        extra = one_more if one_more.size else None
        sums = [self.steps[base].sum(axis=0)[None], self.least[base].sum()[None], self.most[base].sum()[None]]
        if extra is not None:
            sums = [total + more[extra] for total, more in zip(sums, (self.steps, self.least, self.most), strict=True)]
        known, least, most = (np.asarray(total)[:, None] for total in sums)  # known: tries x 1 x steps
        answers = known.sum(axis=2)
        own_least, own_most = self.least[self.sensitive], self.most[self.sensitive]
        upper = np.minimum(own_most, answers - (least - own_least))
        lower = np.maximum(own_least, answers - (most - own_most))
        elsewhere = answers[:, :, None] - known
        highest = np.minimum(known, upper[:, :, None])
        lowest = np.maximum(lower[:, :, None] - elsewhere, known - (most - own_most)[:, :, None]).clip(min=0)
        wide = (highest - lowest).max(axis=2) >= self.needs[self.sensitive]
        doubted = np.minimum(elsewhere, upper[:, :, None]).min(axis=2) >= np.minimum(1 + ALL_BUT, upper)
        sound = (answers - known.max(axis=2) > ALL_BUT) & (answers >= self.enough)
        return (wide & doubted & sound).all(axis=1)
