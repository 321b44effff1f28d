"""A table to protect: cells, the sums that bind them, and what an attacker is taken to know beforehand.

Everything here is a frozen value. ``Table`` checks itself when it is made, so what reads it can trust that relations
add up and that bounds hold the values; ``Columns`` and ``Sums`` are the same table as arrays, made once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from styrkedjan.core.refused import BrokenData

ADDS_UP = 1e-6  # how far a relation may be from its total, of the sum of its sizes: what decimal printing loses


class CellStatus(StrEnum):
    """What may be done with a cell. The letters are those of the JJ format."""

    SAFE = "s"  # may be published and may be hidden
    UNSAFE = "u"  # a primary cell: must be hidden and protected
    FIXED = "z"  # must be published


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what it holds, what hiding it costs, and what is known and demanded about it.

    ``lower`` and ``upper`` are what an attacker knows before seeing the table. ``lpl`` and ``upl`` are how far below
    and above ``value`` an attacker must be left in doubt when the cell is unsafe, ``spl`` how wide the doubt must be.
    """

    id: int
    value: float
    weight: float
    status: CellStatus
    lower: float
    upper: float
    lpl: float = 0.0
    upl: float = 0.0
    spl: float = 0.0


@dataclass(frozen=True, slots=True)
class Relation:
    """A sum that everyone knows: the coefficients times the cells' values are ``total``."""

    cells: tuple[tuple[int, float], ...]
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Columns:
    """The cells of a table as arrays, one position per cell in the order of the table."""

    id: np.ndarray
    value: np.ndarray
    weight: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    lpl: np.ndarray
    upl: np.ndarray
    spl: np.ndarray
    unsafe: np.ndarray
    fixed: np.ndarray


@dataclass(frozen=True, slots=True)
class Sums:
    """The relations of a table as a sparse matrix by rows: term k belongs to ``row[k]`` and cell ``column[k]``."""

    row: np.ndarray
    column: np.ndarray
    coefficient: np.ndarray
    total: np.ndarray


@dataclass(frozen=True)
class Table:
    """Cells and the relations between them, checked.

    Raises: ``BrokenData`` in Swedish for what contradicts itself: the same id twice, a relation that names a cell
    that is not there or does not add up, bounds that do not hold the value, a negative weight or protection level.
    """

    cells: tuple[Cell, ...]
    relations: tuple[Relation, ...]

    def __post_init__(self) -> None:
        _check_cells(self.columns)
        _check_relations(self)

    @cached_property
    def position(self) -> dict[int, int]:
        return {cell.id: place for place, cell in enumerate(self.cells)}

    @cached_property
    def primaries(self) -> frozenset[int]:
        return frozenset(cell.id for cell in self.cells if cell.status is CellStatus.UNSAFE)

    @cached_property
    def columns(self) -> Columns:
        def numbers(name: str) -> np.ndarray:
            return np.array([getattr(cell, name) for cell in self.cells], dtype=float)

        return Columns(
            id=np.array([cell.id for cell in self.cells], dtype=np.int64),
            **{name: numbers(name) for name in ("value", "weight", "lower", "upper", "lpl", "upl", "spl")},
            unsafe=np.array([cell.status is CellStatus.UNSAFE for cell in self.cells], dtype=bool),
            fixed=np.array([cell.status is CellStatus.FIXED for cell in self.cells], dtype=bool),
        )

    @cached_property
    def sums(self) -> Sums:
        terms = [
            (row, self.position[cell], coefficient)
            for row, relation in enumerate(self.relations)
            for cell, coefficient in relation.cells
            if coefficient
        ]
        row, column, coefficient = zip(*terms, strict=True) if terms else ((), (), ())
        return Sums(
            row=np.array(row, dtype=np.int32),
            column=np.array(column, dtype=np.int32),
            coefficient=np.array(coefficient, dtype=float),
            total=np.array([relation.total for relation in self.relations], dtype=float),
        )

    def weight_of(self, ids: frozenset[int]) -> float:
        """The weight of these cells together."""
        return float(sum(cell.weight for cell in self.cells if cell.id in ids))


def _check_cells(columns: Columns) -> None:
    known, counts = np.unique(columns.id, return_counts=True)
    if known.size < columns.id.size:
        raise BrokenData(f"Cellen {known[counts > 1][0]} står två gånger. Varje cell ska ha ett eget nummer.")
    for wrong, what in (
        (~np.isfinite(columns.value), "har ett värde som inte är ett tal"),
        (~(np.isfinite(columns.weight) & (columns.weight >= 0)), "har en vikt som inte är noll eller mer"),
        (~(columns.lower <= columns.value), "har en undre gräns som är större än värdet"),
        (~(columns.value <= columns.upper), "har en övre gräns som är mindre än värdet"),
        (~_are_levels(columns), "har en skyddsnivå som inte är noll eller mer"),
    ):
        if wrong.any():
            raise BrokenData(f"Cellen {columns.id[wrong.argmax()]} {what}.")


def _are_levels(columns: Columns) -> np.ndarray:
    levels = np.stack([columns.lpl, columns.upl, columns.spl])
    return (np.isfinite(levels) & (levels >= 0)).all(axis=0)


def _check_relations(table: Table) -> None:
    for number, relation in enumerate(table.relations, 1):
        named = [cell for cell, _ in relation.cells]
        unknown = next((cell for cell in named if cell not in table.position), None)
        if unknown is not None:
            raise BrokenData(f"Relation {number} nämner cellen {unknown}, som inte finns i tabellen.")
        if len(set(named)) < len(named):
            raise BrokenData(f"Relation {number} nämner samma cell två gånger. Slå ihop dem till en term.")
    sums, values = table.sums, table.columns.value
    if not (np.isfinite(sums.coefficient).all() and np.isfinite(sums.total).all()):
        raise BrokenData("En relation har en koefficient eller en summa som inte är ett tal.")
    parts = sums.coefficient * values[sums.column]
    found = np.bincount(sums.row, parts, len(table.relations))
    size = np.bincount(sums.row, np.abs(parts), len(table.relations)) + np.abs(sums.total)
    wrong = np.abs(found - sums.total) > ADDS_UP * size
    if wrong.any():
        at = int(wrong.argmax())
        raise BrokenData(
            f"Relation {at + 1} går inte ihop: termerna blir {found[at]:g}, men det står {sums.total[at]:g}."
        )


@dataclass(frozen=True, slots=True)
class Axis:
    """One way to divide a table: leaves, then groups, each the sum of leaves or of groups before it."""

    leaves: int
    groups: tuple[tuple[int, ...], ...] = ()

    @property
    def size(self) -> int:
        return self.leaves + len(self.groups)

    @classmethod
    def with_total(cls, leaves: int) -> "Axis":
        """Leaves and their one total."""
        return cls(leaves, (tuple(range(leaves)),))


def crossed(leaves: np.ndarray, axes: Sequence[Axis]) -> tuple[np.ndarray, tuple[Relation, ...]]:
    """Every total of a table whose axes are crossed, and every relation between them.

    In: an array of values with one dimension per axis. Out: the array with the groups added along each axis, and the
    relations, where a cell's id is its position in the flattened array.
    """
    values = np.asarray(leaves, dtype=float)
    for dimension, axis in enumerate(axes):
        for group in axis.groups:
            total = values.take(group, axis=dimension).sum(axis=dimension, keepdims=True)
            values = np.concatenate([values, total], axis=dimension)
    ids = np.arange(values.size).reshape(values.shape)
    relations: list[Relation] = []
    for dimension, axis in enumerate(axes):
        lines = np.moveaxis(ids, dimension, 0).reshape(axis.size, -1)
        for place, group in enumerate(axis.groups, axis.leaves):
            sums = zip(lines[place].tolist(), lines[list(group)].T.tolist(), strict=True)
            relations += [Relation(((total, -1.0), *((part, 1.0) for part in parts))) for total, parts in sums]
    return values, tuple(relations)
