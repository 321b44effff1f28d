"""A safe pattern, fast: hide the cheapest way to move each unsafe cell, then publish again what is not needed.

The way is a linear program where a cell not yet hidden costs its weight by the unit it moves. That favours many small
moves, so the price is corrected by what each cell was used for, and the way is sought again.
Source: J.P. Kelly, B.L. Golden, A.A. Assad, "Cell suppression: disclosure protection for sensitive tabular data",
Networks 22 (1992), 397-417; the correction of prices is that of slope scaling, D. Kim, P.M. Pardalos, Operations
Research Letters 24 (1999), 195-203.
"""

import math

import numpy as np

from styrkedjan.core.disclosure.suppression.blocks import Block, Need
from styrkedjan.core.disclosure.suppression.pattern import Patience
from styrkedjan.core.disclosure.suppression.programs import ENOUGH, STILL, Attack, Router
from styrkedjan.core.disclosure.suppression.witnesses import Witnesses

CORRECTIONS = 2
HARDLY = 1e-6  # what a unit of a hidden cell costs, of the median weight: short ways are kept before roundabout ones


class Unprotectable(Exception):
    """A cell of the block that no pattern protects."""

    def __init__(self, column: int) -> None:
        super().__init__(column)
        self.column = column


def unprotectable(block: Block) -> list[int]:
    """The unsafe cells that are not protected even when everything in the block is hidden."""
    attack, found = Attack(block, Patience(math.inf)), []
    for need in block.needs:
        reaches = [
            attack.reach(need.column, sign, far)
            for sign, far in ((1, max(need.up, need.spread)), (-1, max(need.down, need.spread)))
        ]
        up, down = (reach.distance if reach else 0.0 for reach in reaches)
        nearly = 1 - ENOUGH
        if up < need.up * nearly or down < need.down * nearly or up + down < need.spread * nearly:
            found.append(need.column)
    return found


class Heuristic:
    """Builds safe patterns of one block, from nothing or from what is already hidden."""

    def __init__(self, block: Block, patience: Patience) -> None:
        self.block, self.patience = block, patience
        self.router = Router(block, patience)
        self.attack = Attack(block, patience)
        weights = block.weight[block.weight > 0]
        self.hardly = HARDLY * float(np.median(weights)) if weights.size else HARDLY
        self.needs = sorted(block.needs, key=lambda need: -need.largest)

    def pattern(self, hidden: np.ndarray | None = None, likely: np.ndarray | None = None) -> np.ndarray:
        """A safe pattern, and if patience lasts one that nothing can be taken from.

        In: cells hidden from the start, and how likely each cell is to be in a good pattern, 0 to 1.
        Raises: ``Unprotectable``.
        """
        hidden = self.block.primary.copy() if hidden is None else hidden | self.block.primary
        prices = self.block.weight * (1 - 0.99 * likely) if likely is not None else self.block.weight
        for need in self.needs:
            hidden = self._opened(need, hidden, prices)
        return reduced(self.block, hidden, self.patience)

    def _opened(self, need: Need, hidden: np.ndarray, prices: np.ndarray) -> np.ndarray:
        for sign, distance in need.moves:
            hidden = hidden | self._way(need.column, sign, distance, hidden, prices)
        for sign, distance in spread_moves(self.block, need, self.patience):
            hidden = hidden | self._way(need.column, sign, distance, hidden, prices)
        return hidden

    def _way(self, column: int, sign: int, distance: float, hidden: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The cells that the cheapest way found moves; none when the hidden ones do already."""
        self.attack.allow_only(hidden)
        reach = self.attack.reach(column, sign, distance)
        if reach and reach.distance >= distance * (1 - ENOUGH):
            return np.zeros_like(hidden)
        free = np.minimum(np.maximum(self.block.up, self.block.down), distance)
        prices = np.where(hidden, self.hardly, weights / free + self.hardly)
        best, cost = None, np.inf
        for _ in range(1 + CORRECTIONS):
            self.router.price(prices)
            way = self.router.route(column, sign, distance)
            if way is None:
                break
            moved = np.abs(way) > STILL
            found = float(weights[moved & ~hidden].sum())
            if found < cost:
                best, cost = moved, found
            if found <= 0:
                break
            used = np.maximum(np.abs(way), STILL)
            prices = np.where(hidden, self.hardly, np.where(moved, weights / used, prices) + self.hardly)
        if best is None:
            raise Unprotectable(column)
        return best


def spread_moves(block: Block, need: Need, patience: Patience) -> tuple[tuple[int, float], ...]:
    """How far to move up and down so that both together make the spread, as evenly as the whole block allows.

    Nothing when the moves demanded each for itself already make it.
    """
    if need.spread <= need.up + need.down:
        return ()
    attack = Attack(block, patience)
    highest, lowest = (attack.reach(need.column, sign, need.spread) for sign in (1, -1))
    if highest is None or lowest is None or highest.distance + lowest.distance < need.spread * (1 - ENOUGH):
        raise Unprotectable(need.column)
    down = min(max(need.spread / 2, need.spread - highest.distance, need.down), lowest.distance)
    up = min(need.spread - down, highest.distance)
    return tuple((sign, far) for sign, far in ((1, up), (-1, down)) if far > STILL)


def reduced(block: Block, hidden: np.ndarray, patience: Patience) -> np.ndarray:
    """The pattern without the cells that it does not need, the heaviest given back first.

    In: a safe pattern. Out: a safe pattern inside it, which is as small as can be if patience lasts.
    """
    inside = block.among(hidden)
    moves = [
        (need.column, *move) for need in inside.needs for move in (*need.moves, *spread_moves(inside, need, patience))
    ]
    witnesses = Witnesses(inside, moves, patience)
    open_ = np.ones(inside.size, dtype=bool)
    candidates = np.flatnonzero(~inside.primary)
    for column in candidates[np.argsort(-inside.weight[candidates], kind="stable")]:
        if patience.left <= 0:
            break
        open_[column] = False
        if not witnesses.without(column, open_):
            open_[column] = True
    kept = np.zeros(block.size, dtype=bool)
    kept[np.flatnonzero(hidden)[open_]] = True
    return kept
