"""Inequalities that every safe pattern fulfils: what a pattern that is not safe is taught by.

A pattern is 0 or 1 for each cell. Whatever the prices of the rows, the attacker moves a cell at most as far as the sum
over the cells of what its capacity is worth at those prices, so a demanded move gives: the worth of the hidden cells
is at least the distance. No rounding in the solver can make such a cut wrong, since it holds for all prices.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from styrkedjan.core.disclosure.suppression.blocks import Block, Need
from styrkedjan.core.disclosure.suppression.programs import ENOUGH, Attack, Reach

VIOLATED = 1e-4  # a cut is worth adding when a pattern misses it by this
NEGLIGIBLE = 1e-6  # a coefficient below this is moved over to the other side
GRAIN = 9  # decimals of prices: they are simple fractions, and solvers leave noise behind
GLIMPSE = 1e-3  # what a published cell is taken to deviate, to see which of them would help most
LIKELIES = (0.0, 0.4, 0.8)  # shares of the fractional pattern that published cells are given: a deeper cut each time
FEWER = 0.7  # guessing at many moves at once goes on while it leaves fewer than this share


@dataclass(frozen=True)
class Cut:
    """The sum of the coefficients over the hidden cells is at least ``least``."""

    columns: np.ndarray
    coefficients: np.ndarray
    least: float = 1.0

    def missed_by(self, pattern: np.ndarray) -> float:
        """How far the pattern is from fulfilling it."""
        return self.least - float(self.coefficients @ pattern[self.columns])


def bridgeless(block: Block) -> Iterator[Cut]:
    """In each relation, no hidden cell is alone.

    An unsafe cell that must move needs another cell to move with it. Any other hidden cell that is alone cannot
    move, and a pattern without it is as safe and no heavier.
    """
    must_move = np.zeros(block.size, dtype=bool)
    must_move[[need.column for need in block.needs]] = True
    for start, end in zip(block.starts[:-1], block.starts[1:], strict=True):
        columns = block.column[start:end]
        primaries = columns[block.primary[columns]]
        free = columns[~block.primary[columns]]
        if primaries.size == 1 and must_move[primaries[0]]:
            yield Cut(free, np.ones(free.size))
        if not primaries.size:
            for column in free:
                yield Cut(free, np.where(free == column, -1.0, 1.0), 0.0)


def capacity_cut(block: Block, worth: np.ndarray, distance: float) -> Cut | None:
    """The cut that says that the hidden cells are worth the distance. None when the unsafe cells are worth it alone."""
    least = distance - float(worth[block.primary].sum())
    if least <= ENOUGH * distance:
        return None
    # one cell that is worth all that is missing does what a larger one does
    coefficients = np.where(block.primary, 0.0, np.minimum(worth, least) / least)
    small = coefficients < NEGLIGIBLE
    columns = np.flatnonzero(~small)
    return Cut(columns, coefficients[columns], 1.0 - float(coefficients[small].sum()))


def worth(block: Block, prices: np.ndarray, column: int, sign: int) -> np.ndarray:
    """How far each cell's capacity can move the column at these prices of the rows."""
    rate = -block.spread_over(np.round(prices, GRAIN))
    rate[column] += sign
    with np.errstate(invalid="ignore"):
        gained = np.maximum(rate * block.up, -rate * block.down)
    return np.where(np.abs(rate) < NEGLIGIBLE**2, 0.0, gained)


class Separator:
    """Finds the cuts that a pattern, whole or fractional, does not fulfil."""

    def __init__(self, block: Block, attack: Attack, together: Attack) -> None:
        self.block, self.attack, self.together = block, attack, together

    def fractional(self, pattern: np.ndarray) -> list[Cut]:
        """The cuts missed by a fractional pattern.

        Capacities are cut off at the distance before they are shared out, since that is what the cut will do to them.
        """
        found = []
        for need in self.block.needs:
            for sign, distance in need.moves:
                found += self._glimpsed(need, sign, distance, pattern)
            if need.spread > need.up + need.down:
                found += self._spread(need, *self._capped(need.spread, pattern))
        return [cut for cut in found if cut.missed_by(pattern) > VIOLATED]

    def whole(self, hidden: np.ndarray, likely: np.ndarray) -> list[Cut]:
        """At least one missed cut for every demanded move that a pattern does not allow; none when it is safe."""
        found = []
        up, down = (np.where(hidden, capacity, 0.0) for capacity in (self.block.up, self.block.down))
        glimpses = [np.where(hidden, 1.0, np.maximum(share * likely, GLIMPSE)) for share in LIKELIES]
        for need, sign, distance in self._doubtful(hidden):
            self.attack.allow(up, down)
            reach = self.attack.reach(need.column, sign, distance)
            if reach is None or reach.distance >= distance * (1 - ENOUGH):
                continue
            found += self._cut(need, sign, distance, reach)
            for glimpse in glimpses:
                found += self._glimpsed(need, sign, distance, glimpse)
        for need in self.block.needs:
            if need.spread > need.up + need.down:
                found += self._spread(need, up, down)
        return [cut for cut in found if cut.missed_by(hidden) > 0]

    def _doubtful(self, hidden: np.ndarray) -> list[tuple[Need, int, float]]:
        """The demanded moves that no guess at many of them at once has made."""
        waiting = [(need, sign, distance) for need in self.block.needs for sign, distance in need.moves]
        self.together.allow_only(hidden)
        while waiting:
            first = {need.column: (need.column, sign, distance) for need, sign, distance in reversed(waiting)}
            deviations = self.together.reach_together(list(first.values()))
            if deviations is None:
                return waiting
            left = [move for move in waiting if move[1] * deviations[move[0].column] < move[2] * (1 - ENOUGH)]
            if len(left) > FEWER * len(waiting):
                return left
            waiting = left
        return waiting

    def _glimpsed(self, need: Need, sign: int, distance: float, pattern: np.ndarray) -> list[Cut]:
        self.attack.allow(*self._capped(distance, pattern))
        reach = self.attack.reach(need.column, sign, distance)
        if reach is None or reach.distance >= distance * (1 - VIOLATED):
            return []
        return self._cut(need, sign, distance, reach)

    def _capped(self, distance: float, pattern: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Up and down, shared out by the pattern; never unlimited but for unsafe cells, which are wholly hidden."""
        primary = self.block.primary
        up, down = (
            np.where(primary, capacity, np.minimum(capacity, distance) * pattern)
            for capacity in (self.block.up, self.block.down)
        )
        return up, down

    def _cut(self, need: Need, sign: int, distance: float, reach: Reach) -> list[Cut]:
        cut = capacity_cut(self.block, worth(self.block, reach.prices, need.column, sign), distance)
        return [cut] if cut else []

    def _spread(self, need: Need, up: np.ndarray, down: np.ndarray) -> list[Cut]:
        self.attack.allow(up, down)
        reaches = [self.attack.reach(need.column, sign, need.spread) for sign in (1, -1)]
        if any(reach is None for reach in reaches) or sum(reach.distance for reach in reaches) >= need.spread * (
            1 - ENOUGH
        ):
            return []
        both = sum(
            worth(self.block, reach.prices, need.column, sign) for reach, sign in zip(reaches, (1, -1), strict=True)
        )
        cut = capacity_cut(self.block, both, need.spread)
        return [cut] if cut else []
