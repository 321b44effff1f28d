"""The auditor: what an attacker can work out about each hidden cell, from nothing but the table and the pattern.

It shares no code with what chose the pattern. It poses the attacker's programs in his own terms, the cells' values
and not deviations from them, and asks for the smallest and the largest value of one cell at a time among all tables
that agree with what is published. It does not stop when a cell is protected: the interval is the whole truth.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import highspy
import numpy as np

from styrkedjan.core.disclosure.cells import CellStatus, Table
from styrkedjan.core.refused import BadInput, DamagedData

NEAR = 1e-6  # an end of an interval may miss what is demanded by this, of the sizes at hand
INFINITE = highspy.kHighsInf


@dataclass(frozen=True, slots=True)
class Interval:
    """What an attacker can say about one cell, and whether that is as little as the table demands."""

    id: int
    lower: float
    upper: float
    protected: bool

    @property
    def width(self) -> float:
        return self.upper - self.lower


@dataclass(frozen=True)
class Audit:
    """The attacker's interval for every cell that was asked about, in the order of the table."""

    intervals: tuple[Interval, ...]

    @property
    def protected(self) -> bool:
        return all(interval.protected for interval in self.intervals)

    @property
    def smallest_width(self) -> float | None:
        """The narrowest interval; None when no cell was asked about."""
        return min((interval.width for interval in self.intervals), default=None)


def audit(table: Table, suppressed: frozenset[int], *, every: bool = False, whole: bool = False) -> Audit:
    """Attack a pattern.

    In: the ids of the hidden cells. With ``every``, all hidden cells are attacked and not only the unsafe ones. With
    ``whole``, the attacker knows that values are whole numbers. Out: an unsafe cell that is not hidden has its own
    value as interval and is not protected; a safe cell has nothing to be protected from.
    Raises: ``BadInput`` for a cell that is not in the table or must be published.
    """
    _check(table, suppressed)
    asked = [cell.id in suppressed if every else False for cell in table.cells]
    asked = np.array(asked, dtype=bool) | table.columns.unsafe
    lower, upper = table.columns.value.copy(), table.columns.value.copy()
    for puzzle in _puzzles(table, suppressed):
        for place in np.flatnonzero(asked[puzzle.cells]):
            position = puzzle.cells[place]
            lower[position], upper[position] = puzzle.interval(int(place), whole)
    return Audit(tuple(_judged(table, at, lower[at], upper[at], suppressed) for at in np.flatnonzero(asked).tolist()))


def _check(table: Table, suppressed: frozenset[int]) -> None:
    unknown = sorted(suppressed - table.position.keys())
    if unknown:
        raise BadInput(f"Mönstret döljer cellen {unknown[0]}, som inte finns i tabellen. Hör filerna ihop?")
    published = [cell.id for cell in table.cells if cell.status is CellStatus.FIXED and cell.id in suppressed]
    if published:
        raise BadInput(f"Mönstret döljer cellen {published[0]}, som ska publiceras (status z).")


def _judged(table: Table, at: int, lower: float, upper: float, suppressed: frozenset[int]) -> Interval:
    cell = table.cells[at]
    if cell.status is not CellStatus.UNSAFE:
        return Interval(cell.id, float(lower), float(upper), True)
    doubt = NEAR * max(cell.upl, cell.lpl, cell.spl, 1e-3 * abs(cell.value))
    protected = (
        cell.id in suppressed
        and upper >= cell.value + cell.upl - doubt
        and lower <= cell.value - cell.lpl + doubt
        and upper - lower >= cell.spl - doubt
    )
    return Interval(cell.id, float(lower), float(upper), bool(protected))


def _puzzles(table: Table, suppressed: frozenset[int]) -> Iterator["_Puzzle"]:
    """The hidden cells in groups that no relation joins, each with the relations that bind it."""
    columns, sums = table.columns, table.sums
    hidden = np.isin(columns.id, list(suppressed))
    unknown = hidden[sums.column]
    rest = sums.total - np.bincount(
        sums.row[~unknown], sums.coefficient[~unknown] * columns.value[sums.column[~unknown]], sums.total.size
    )
    groups = _Groups(hidden.size)
    terms: dict[int, list[tuple[int, float]]] = {}
    for row, column, coefficient in zip(
        sums.row[unknown].tolist(), sums.column[unknown].tolist(), sums.coefficient[unknown].tolist(), strict=True
    ):
        terms.setdefault(row, []).append((column, coefficient))
        groups.join(column, terms[row][0][0])
    members: dict[int, list[int]] = {}
    for position in np.flatnonzero(hidden).tolist():
        members.setdefault(groups.of(position), []).append(position)
    rows: dict[int, list[int]] = {}
    for row, parts in terms.items():
        rows.setdefault(groups.of(parts[0][0]), []).append(row)
    for group, cells in members.items():
        bound = [(terms[row], float(rest[row])) for row in rows.get(group, ())]
        yield _Puzzle(np.array(cells), columns.lower[cells], columns.upper[cells], bound)


class _Groups:
    """Which positions hang together: each points towards the one that stands for its group."""

    def __init__(self, size: int) -> None:
        self.towards = list(range(size))

    def of(self, position: int) -> int:
        while self.towards[position] != position:
            self.towards[position] = self.towards[self.towards[position]]
            position = self.towards[position]
        return position

    def join(self, one: int, other: int) -> None:
        self.towards[self.of(one)] = self.of(other)


class _Puzzle:
    """The hidden cells of one group as unknowns, with what the published cells leave of each relation."""

    def __init__(
        self,
        cells: np.ndarray,
        lower: np.ndarray,
        upper: np.ndarray,
        bound: list[tuple[list[tuple[int, float]], float]],
    ) -> None:
        self.cells = cells
        sizes = np.abs(np.concatenate([lower, upper]))
        sizes = sizes[(sizes > 0) & np.isfinite(sizes)]
        # the solver's tolerance is one of units, so a table of small numbers is told in larger ones
        self.unit = unit = min(1.0, float(np.median(sizes))) if sizes.size else 1.0
        self.program = highspy.Highs()
        self.program.silent()
        self.program.setOptionValue("threads", 1)
        place = {position: number for number, position in enumerate(cells.tolist())}
        for number in range(cells.size):
            self.program.addVar(lower[number] / unit, upper[number] / unit)
        for terms, total in bound:
            columns = np.array([place[position] for position, _ in terms], dtype=np.int32)
            factors = np.array([coefficient for _, coefficient in terms])
            self.program.addRow(total / unit, total / unit, columns.size, columns, factors)

    def interval(self, place: int, whole: bool) -> tuple[float, float]:
        """The smallest and the largest that this unknown can be."""
        self.program.changeColCost(place, 1.0)
        lowest = self._end(place, highspy.ObjSense.kMinimize, whole)
        highest = self._end(place, highspy.ObjSense.kMaximize, whole)
        self.program.changeColCost(place, 0.0)
        return min(lowest, highest), highest

    def _end(self, place: int, sense: highspy.ObjSense, whole: bool) -> float:
        self.program.changeObjectiveSense(sense)
        if whole and self.unit == 1:
            for each in range(self.cells.size):
                self.program.changeColIntegrality(each, highspy.HighsVarType.kInteger)
        self.program.run()
        status = self.program.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:  # start anew: a warm start can lead astray
            self.program.clearSolver()
            self.program.run()
            status = self.program.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return self.program.getInfo().objective_function_value * self.unit
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return INFINITE if sense == highspy.ObjSense.kMaximize else -INFINITE
        raise DamagedData(
            "Granskningen av mönstret gick inte att fullfölja: lösaren gav inget svar. Inget har släppts."
        )
