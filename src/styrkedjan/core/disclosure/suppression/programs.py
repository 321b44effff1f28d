"""Linear programs on a block: how far an attacker can move a cell, and the cheapest way to let him.

Both keep their solver between questions, and where the answer to each move was found: asked again, under other
capacities or prices, it is most often a few steps away.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from styrkedjan.core.disclosure.suppression.blocks import Block
from styrkedjan.core.disclosure.suppression.pattern import Patience

ENOUGH = 1e-7  # a distance counts as reached this far from it, relatively: the solver's own tolerance
STILL = 1e-9  # a deviation below this is none
Move = tuple[int, int, float]  # a column, up (1) or down (-1), and how far
OPTIMAL = highspy.HighsModelStatus.kOptimal


@dataclass(frozen=True)
class Reach:
    """How far a cell could be moved, the deviations that do it, and the prices of the rows that prove it."""

    distance: float
    deviations: np.ndarray
    prices: np.ndarray


class Attack:
    """The attacker's program: move one cell as far as the capacities of the hidden cells allow."""

    def __init__(self, block: Block, patience: Patience) -> None:
        self.block, self.patience = block, patience
        self.up, self.down = block.up.copy(), block.down.copy()
        self.solver = solver_for(block, -self.down, self.up, block.starts, block.column, block.coefficient)
        self.solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self.every = np.arange(block.size, dtype=np.int32)
        self.starts = Starts()

    def allow(self, up: np.ndarray, down: np.ndarray) -> None:
        """From now on, cells deviate at most this far."""
        self.up, self.down = up, down
        self.solver.changeColsBounds(self.block.size, self.every, -down, up)

    def allow_only(self, hidden: np.ndarray) -> None:
        """From now on, only these cells deviate."""
        self.allow(np.where(hidden, self.block.up, 0.0), np.where(hidden, self.block.down, 0.0))

    def reach(self, column: int, sign: int, distance: float) -> Reach | None:
        """Move the cell up (sign 1) or down (-1), and stop at the distance. None when the solver gave up."""
        highest = min(self.up[column], distance) if sign > 0 else self.up[column]
        lowest = min(self.down[column], distance) if sign < 0 else self.down[column]
        self.solver.changeColBounds(column, -lowest, highest)
        self.solver.changeColCost(column, float(sign))
        solved = self.starts.solve(self.solver, (column, sign), self.patience)
        self.solver.changeColBounds(column, -self.down[column], self.up[column])
        self.solver.changeColCost(column, 0.0)
        if not solved:
            return None
        solution = self.solver.getSolution()
        deviations = np.array(solution.col_value)
        return Reach(sign * deviations[column], deviations, np.array(solution.row_dual))

    def reach_together(self, moves: Sequence[Move]) -> np.ndarray | None:
        """Deviations that make as much of these moves as one guess can, each counted until it is made.

        At most one move per cell. None when the solver gave up.
        """
        up, down, gain = self.up.copy(), self.down.copy(), np.zeros(self.block.size)
        for column, sign, distance in moves:
            side = up if sign > 0 else down
            side[column] = min(side[column], distance)
            gain[column] = sign / distance
        self.solver.changeColsBounds(self.block.size, self.every, -down, up)
        self.solver.changeColsCost(self.block.size, self.every, gain)
        solved = self.starts.solve(self.solver, tuple(moves), self.patience)
        self.solver.changeColsBounds(self.block.size, self.every, -self.down, self.up)
        self.solver.changeColsCost(self.block.size, self.every, np.zeros(self.block.size))
        return np.array(self.solver.getSolution().col_value) if solved else None


class Router:
    """The protector's program: the cheapest cells to hide so that one cell can be moved so far."""

    def __init__(self, block: Block, patience: Patience) -> None:
        self.block, self.patience = block, patience
        size, terms = block.size, np.repeat(block.column, 2)
        terms[1::2] += size  # each cell twice: the way up, and the way down with the opposite coefficient
        coefficients = np.repeat(block.coefficient, 2)
        coefficients[1::2] *= -1
        self.capacity = np.concatenate([block.up, block.down])
        self.solver = solver_for(block, np.zeros(2 * size), self.capacity, 2 * block.starts, terms, coefficients)
        self.every = np.arange(2 * size, dtype=np.int32)
        self.starts = Starts()

    def allow_only(self, hidden: np.ndarray) -> None:
        """From now on, only these cells deviate."""
        self.capacity = np.concatenate([np.where(hidden, each, 0.0) for each in (self.block.up, self.block.down)])
        self.solver.changeColsBounds(self.every.size, self.every, np.zeros(self.every.size), self.capacity)

    def price(self, prices: np.ndarray) -> None:
        """From now on, a unit of each cell costs its price, whichever way it goes."""
        self.solver.changeColsCost(self.every.size, self.every, np.concatenate([prices, prices]))

    def route(self, column: int, sign: int, distance: float) -> np.ndarray | None:
        """The cheapest deviations with this cell at the distance; None when there are none."""
        size = self.block.size
        there, back = (column, column + size) if sign > 0 else (column + size, column)
        if self.capacity[there] < distance * (1 - ENOUGH):
            return None
        distance = min(distance, self.capacity[there])
        self.solver.changeColBounds(there, distance, distance)
        self.solver.changeColBounds(back, 0.0, 0.0)
        solved = self.starts.solve(self.solver, (column, sign), self.patience)
        for each in (there, back):
            self.solver.changeColBounds(each, 0.0, self.capacity[each])
        if not solved:
            return None
        values = np.array(self.solver.getSolution().col_value)
        return values[:size] - values[size:]


def solver_for(
    block: Block, lower: np.ndarray, upper: np.ndarray, starts: np.ndarray, columns: np.ndarray, values: np.ndarray
) -> highspy.Highs:
    """A solver whose variables fulfil every relation of the block with total zero."""
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = lower.size, block.rows
    program.col_cost_ = np.zeros(lower.size)
    program.col_lower_, program.col_upper_ = lower, upper
    program.row_lower_ = program.row_upper_ = np.zeros(block.rows)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_, program.a_matrix_.index_, program.a_matrix_.value_ = starts, columns, values
    solver = quiet_solver()
    solver.passModel(program)
    solver.setOptionValue("presolve", "off")  # presolve would throw away the basis of the question before
    return solver


def quiet_solver() -> highspy.Highs:
    """HiGHS on one thread: the same answers every time, and no waiting for a second core."""
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    return solver


class Starts:
    """Where the answer to each move was found last."""

    def __init__(self) -> None:
        self.bases: dict[Hashable, highspy.HighsBasis] = {}

    def solve(self, solver: highspy.Highs, move: Hashable, patience: Patience) -> bool:
        """Solve, and from scratch should the warm start fail. True when an optimum was found."""
        if move in self.bases:
            solver.setBasis(self.bases[move])
        for _ in range(2):
            before = solver.getRunTime()
            solver.run()
            patience.spend(solver.getRunTime() - before)
            status = solver.getModelStatus()
            if status == OPTIMAL:
                self.bases[move] = solver.getBasis()
                return True
            if status == highspy.HighsModelStatus.kInfeasible:
                return False
            solver.clearSolver()
        return False
