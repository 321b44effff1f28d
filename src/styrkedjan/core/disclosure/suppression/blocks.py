"""A table taken apart: the blocks that can be protected each for itself, as deviations from the true values.

An attacker's guess is the true table plus a deviation. Deviations fulfil every relation with total zero, and that of
a hidden cell lies between ``-down`` and ``up``. Cells that cannot deviate bind nothing together and fall away.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from styrkedjan.core.disclosure.cells import Table


@dataclass(frozen=True, slots=True)
class Need:
    """How far the attacker must be able to move one unsafe cell: up, down, and both together."""

    column: int
    up: float
    down: float
    spread: float

    @property
    def largest(self) -> float:
        return max(self.up, self.down, self.spread)

    @property
    def moves(self) -> tuple[tuple[int, float], ...]:
        """The moves that are demanded each for itself: direction and distance."""
        return tuple((sign, far) for sign, far in ((1, self.up), (-1, self.down)) if far > 0)


@dataclass(frozen=True, eq=False)
class Block:
    """Cells that hang together through relations, with capacities and needs in a unit that suits the solver.

    ``cells`` are positions in the table. Terms are sorted by row; term k of the matrix is ``coefficient[k]`` in
    ``row[k]``, ``column[k]``. ``primary`` cells are hidden whatever we choose.
    """

    cells: np.ndarray
    row: np.ndarray
    column: np.ndarray
    coefficient: np.ndarray
    rows: int
    up: np.ndarray
    down: np.ndarray
    weight: np.ndarray
    primary: np.ndarray
    needs: tuple[Need, ...]

    @property
    def size(self) -> int:
        return self.cells.size

    @cached_property
    def starts(self) -> np.ndarray:
        return np.searchsorted(self.row, np.arange(self.rows + 1)).astype(np.int32)

    @cached_property
    def whole_weights(self) -> bool:
        return bool((self.weight == np.round(self.weight)).all())

    def spread_over(self, prices: np.ndarray) -> np.ndarray:
        """What each column costs when each row has this price."""
        return np.bincount(self.column, self.coefficient * prices[self.row], self.size)

    def among(self, kept: np.ndarray) -> "Block":
        """The same block with the other cells published: only ``kept`` can deviate."""
        terms = kept[self.column]
        place = np.cumsum(kept) - 1
        used, row = np.unique(self.row[terms], return_inverse=True)
        return Block(
            cells=self.cells[kept],
            row=row.astype(np.int32),
            column=place[self.column[terms]].astype(np.int32),
            coefficient=self.coefficient[terms],
            rows=used.size,
            up=self.up[kept],
            down=self.down[kept],
            weight=self.weight[kept],
            primary=self.primary[kept],
            needs=tuple(Need(int(place[n.column]), n.up, n.down, n.spread) for n in self.needs),
        )


@dataclass(frozen=True)
class Division:
    """A table as blocks, and the positions of the unsafe cells that nothing can protect because nothing moves them."""

    blocks: tuple[Block, ...]
    stuck: np.ndarray


def divided(table: Table) -> Division:
    """Take a table apart into the blocks that hold unsafe cells with something to demand."""
    columns, sums = table.columns, table.sums
    movable = ~columns.fixed & ((columns.upper > columns.value) | (columns.lower < columns.value))
    movable = _movable(movable, sums.row, sums.column, len(table.relations))
    needy = columns.unsafe & (np.maximum(np.maximum(columns.lpl, columns.upl), columns.spl) > 0)
    terms = movable[sums.column]
    label = _labels(movable.size, sums.row[terms], sums.column[terms], len(table.relations))
    wanted = np.zeros(movable.size, dtype=bool)
    wanted[label[needy & movable]] = True
    kept = movable & wanted[label]
    return Division(tuple(_blocks(table, kept, label)), np.flatnonzero(needy & ~movable))


def _movable(movable: np.ndarray, row: np.ndarray, column: np.ndarray, rows: int) -> np.ndarray:
    """Without the cells that a relation alone determines, again and again until none is left."""
    while True:
        terms = movable[column]
        count = np.bincount(row[terms], minlength=rows)
        alone = column[terms][count[row[terms]] == 1]
        if not alone.size:
            return movable
        movable = movable.copy()
        movable[alone] = False


def _labels(size: int, row: np.ndarray, column: np.ndarray, rows: int) -> np.ndarray:
    """For each cell the smallest position among those it hangs together with."""
    label = np.arange(size)
    while True:
        smallest = np.full(rows, size)
        np.minimum.at(smallest, row, label[column])
        new = label.copy()
        np.minimum.at(new, column, smallest[row])
        new = new[new]  # a label's own label may already be smaller: chains halve each round
        if (new == label).all():
            return label
        label = new


def _blocks(table: Table, kept: np.ndarray, label: np.ndarray) -> Iterator[Block]:
    sums = table.sums
    cells = np.flatnonzero(kept)
    cells = cells[np.argsort(label[cells], kind="stable")]
    terms = np.flatnonzero(kept[sums.column])
    terms = terms[np.argsort(label[sums.column[terms]], kind="stable")]
    names, first_cell = np.unique(label[cells], return_index=True)
    first_term = np.searchsorted(label[sums.column[terms]], names)
    parts = zip(np.split(cells, first_cell[1:]), np.split(terms, first_term[1:]), strict=True)
    return (_block(table, *part) for part in parts) if cells.size else iter(())


def _block(table: Table, cells: np.ndarray, terms: np.ndarray) -> Block:
    columns, sums = table.columns, table.sums
    used, row = np.unique(sums.row[terms], return_inverse=True)
    order = np.argsort(row, kind="stable")
    levels = np.stack([columns.upl, columns.lpl, columns.spl])[:, cells] * columns.unsafe[cells]
    needy = np.flatnonzero(levels.max(axis=0) > 0)
    unit = float(np.median(levels.max(axis=0)[needy]))
    return Block(
        cells=cells,
        row=row[order].astype(np.int32),
        column=np.searchsorted(cells, sums.column[terms][order]).astype(np.int32),
        coefficient=sums.coefficient[terms][order],
        rows=used.size,
        up=(columns.upper - columns.value)[cells] / unit,
        down=(columns.value - columns.lower)[cells] / unit,
        weight=columns.weight[cells],
        primary=columns.unsafe[cells],
        needs=tuple(Need(int(each), *(levels[:, each] / unit).tolist()) for each in needy),
    )
