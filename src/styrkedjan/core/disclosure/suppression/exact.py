"""The best pattern of a block: a program over patterns that learns, cut by cut, what safe means.

First the fractional program is taught until it learns little more. Its optimum is a bound, and shows where good
patterns lie. Then the whole program is solved, its pattern tried on the attacker, and taught again, until the pattern
is safe and so the best there is, or patience ends.
"""

import math
from dataclasses import dataclass

import highspy
import numpy as np

from styrkedjan.core.disclosure.suppression.blocks import Block
from styrkedjan.core.disclosure.suppression.cuts import Cut, Separator, bridgeless
from styrkedjan.core.disclosure.suppression.heuristic import Heuristic
from styrkedjan.core.disclosure.suppression.pattern import Patience
from styrkedjan.core.disclosure.suppression.programs import OPTIMAL, Attack, quiet_solver

SAME = 1e-6  # weights that differ by less, relatively, are the same
TAIL = 1e-3  # the fractional program has learnt little when its bound grew less than this
TAIL_ROUNDS = 4
ROUGH = 0.3  # how near its optimum the whole program is solved, of what is left to prove
KEPT = 4  # patterns that the whole program passed on its way are tried too, so many of the last
SLACK = 1e-6


@dataclass
class Found:
    """The best safe pattern so far, what its chosen cells weigh, and what no safe pattern can weigh less than."""

    hidden: np.ndarray
    weight: float
    bound: float

    @property
    def closed(self) -> bool:
        return self.bound >= self.weight * (1 - SAME) - SAME


class Search:
    """The search for the best pattern of one block."""

    def __init__(self, block: Block, patience: Patience) -> None:
        self.block, self.patience = block, patience
        self.heuristic = Heuristic(block, patience)
        self.separator = Separator(block, Attack(block, patience), Attack(block, patience))
        hidden = self.heuristic.pattern()
        self.found = Found(hidden, self._weight(hidden), 0.0)

    def bounded(self) -> Found:
        """Only the fractional program: a bound, and the patterns it hints at."""
        self.master = Master(self.block, self.patience)
        before, slow = 0.0, 0
        while self.patience.left > 0 and not self.found.closed and slow < TAIL_ROUNDS:
            if not self.master.solve():
                break
            self._raise_bound(self.master.bound)
            slow = slow + 1 if self.master.bound < before + TAIL * max(self.found.weight, 1.0) else 0
            before = self.master.bound
            cuts = self.separator.fractional(self.master.pattern)
            if not cuts:
                break
            self.master.learn(cuts)
        if not self.found.closed and self.patience.left > 0 and self.master.bound > 0:
            self._try(self.heuristic.pattern(likely=self.master.pattern))
        return self.found

    def best(self) -> Found:
        """The fractional program, then the whole one."""
        self.bounded()
        if self.found.closed or self.patience.left <= 0:
            return self.found
        self.master.fix(self.found)
        self.master.make_whole()
        likely, exactly = self.master.pattern, False
        while self.patience.left > 0 and not self.found.closed:
            gap = SAME if exactly else ROUGH * (1 - self.found.bound / self.found.weight)
            solved = self.master.solve_whole(self.found, gap)
            self._raise_bound(self.master.bound)
            if not solved or self.patience.left <= 0:
                break
            taught = self._teach(likely)
            if exactly and not taught:
                break  # solved exactly and safe: only rounding is left between the bound and the weight
            exactly = not taught
        return self.found

    def _teach(self, likely: np.ndarray) -> bool:
        """Try the patterns of the whole program on the attacker, and learn. False when the best of them is safe."""
        first, *others = (pattern > 0.5 for pattern in self.master.patterns)
        cuts = self.separator.whole(first, likely)
        if not cuts:
            self._try(first)
            return False
        self._try(self.heuristic.pattern(first))
        for other in others:
            cuts += self.separator.whole(other, likely)
        self.master.learn(cuts)
        return True

    def _weight(self, hidden: np.ndarray) -> float:
        return float(self.block.weight[hidden & ~self.block.primary].sum())

    def _try(self, hidden: np.ndarray) -> None:
        weight = self._weight(hidden)
        if weight < self.found.weight:
            self.found = Found(hidden, weight, min(self.found.bound, weight))

    def _raise_bound(self, bound: float) -> None:
        if self.block.whole_weights and math.isfinite(bound):
            bound = math.ceil(bound - SLACK * max(1.0, bound))
        self.found.bound = min(max(self.found.bound, bound), self.found.weight)


class Master:
    """The program over patterns: the lightest pattern that fulfils the cuts learnt so far."""

    def __init__(self, block: Block, patience: Patience) -> None:
        self.block, self.patience = block, patience
        self.pattern = block.primary.astype(float)
        self.patterns: list[np.ndarray] = []
        self.costs = np.zeros(block.size)
        self.bound = 0.0
        self.solver = quiet_solver()
        ones = np.ones(block.size)
        nothing = np.array([], dtype=np.int32)
        self.solver.addCols(
            block.size, np.where(block.primary, 0.0, block.weight), block.primary * ones, ones, 0, nothing, nothing,
            np.array([]),
        )  # fmt: skip
        self.learn(list(bridgeless(block)))

    def learn(self, cuts: list[Cut]) -> None:
        """Add cuts."""
        if not cuts:
            return
        sizes = np.array([cut.columns.size for cut in cuts])
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32)
        self.solver.addRows(
            len(cuts),
            np.array([cut.least for cut in cuts]),
            np.full(len(cuts), highspy.kHighsInf),
            int(sizes.sum()),
            starts,
            np.concatenate([cut.columns for cut in cuts]).astype(np.int32),
            np.concatenate([cut.coefficients for cut in cuts]),
        )

    def solve(self) -> bool:
        """Solve the fractional program."""
        self._run()
        if self.solver.getModelStatus() != OPTIMAL:
            return False
        self._read()
        self.costs = np.array(self.solver.getSolution().col_dual)
        self.bound = self.solver.getInfo().objective_function_value
        return True

    def fix(self, found: Found) -> None:
        """Publish for good the cells whose hiding alone would lift the bound over what has been found."""
        room = found.weight - self.bound
        never = np.flatnonzero((self.costs > room * (1 + SAME) + SAME) & (self.pattern < 0.5) & ~self.block.primary)
        zeros = np.zeros(never.size)
        self.solver.changeColsBounds(never.size, never.astype(np.int32), zeros, zeros)

    def make_whole(self) -> None:
        """From now on a cell is hidden or not, nothing between."""
        every = np.arange(self.block.size, dtype=np.int32)
        kinds = np.full(self.block.size, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        self.solver.changeColsIntegrality(self.block.size, every, kinds)
        self.solver.setOptionValue("presolve", "on")
        self.solver.setOptionValue("mip_improving_solution_save", True)

    def solve_whole(self, found: Found, gap: float) -> bool:
        """Solve the whole program to within the gap, from the pattern found. False when it has no pattern to show."""
        start = highspy.HighsSolution()
        start.col_value = found.hidden.astype(float).tolist()
        self.solver.setSolution(start)
        self.solver.setOptionValue("mip_rel_gap", gap)
        self.solver.setOptionValue("time_limit", max(self.patience.left, 0.01))
        self._run()
        if self.solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            self.bound = math.inf  # all that is left out of the program weighs more than what was found
            return False
        info = self.solver.getInfo()
        self.bound = max(self.bound, info.mip_dual_bound)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return False
        self._read()
        saved = self.solver.getSavedMipSolutions()[-KEPT:]
        self.patterns = [self.pattern] + [np.array(each.col_value) for each in saved]
        return True

    def _read(self) -> None:
        self.pattern = np.clip(np.array(self.solver.getSolution().col_value), 0.0, 1.0)

    def _run(self) -> None:
        before = self.solver.getRunTime()
        self.solver.run()
        self.patience.spend(self.solver.getRunTime() - before)
