"""Suppression and audit against another solver and against trying everything, on generated tables."""

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog

from styrkedjan.core.disclosure.auditor import audit
from styrkedjan.core.disclosure.cells import CellStatus, Table
from styrkedjan.core.disclosure.suppression import quick, suppress
from styrkedjan.core.refused import WrongState
from tests.core.tables_to_protect import small_tables

SEEDS = range(4)
CLOSE = 1e-6


def interval(table: Table, hidden: frozenset[int], asked: int) -> tuple[float, float]:
    """The attacker's interval by scipy, over all cells at once, the published ones fixed at their values."""
    matrix = np.zeros((len(table.relations), len(table.cells)))
    for row, relation in enumerate(table.relations):
        for id_, coefficient in relation.cells:
            matrix[row, table.position[id_]] = coefficient
    totals = [relation.total for relation in table.relations]
    bounds = [(each.lower, each.upper) if each.id in hidden else (each.value, each.value) for each in table.cells]
    ends = []
    for sign in (1, -1):
        cost = np.zeros(len(table.cells))
        cost[table.position[asked]] = sign
        found = linprog(cost, A_eq=matrix, b_eq=totals, bounds=bounds, method="highs-ds")
        assert found.success, found.message
        ends.append(sign * found.fun)
    return ends[0], ends[1]


def is_safe(table: Table, hidden: frozenset[int]) -> bool:
    for each in table.cells:
        if each.status is not CellStatus.UNSAFE:
            continue
        lower, upper = interval(table, hidden, each.id)
        if upper < each.value + each.upl - CLOSE or lower > each.value - each.lpl + CLOSE:
            return False
        if upper - lower < each.spl - CLOSE:
            return False
    return True


def lightest(table: Table) -> float | None:
    """The weight of the lightest safe pattern, by trying them from the lightest on; None when there is none."""
    free = [each.id for each in table.cells if each.status is CellStatus.SAFE]
    sets = [frozenset(chosen) for size in range(len(free) + 1) for chosen in combinations(free, size)]
    everything = table.primaries | frozenset(free)
    if not is_safe(table, everything):
        return None
    for chosen in sorted(sets, key=table.weight_of):
        if is_safe(table, table.primaries | chosen):
            return table.weight_of(table.primaries | chosen)
    raise AssertionError("Hiding everything is safe, so some pattern is.")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_pattern_is_the_lightest_of_all(seed):
    for table in small_tables(seed):
        best = lightest(table)
        if best is None:
            with pytest.raises(WrongState, match="går inte att skydda"):
                suppress(table)
            with pytest.raises(WrongState, match="går inte att skydda"):
                quick(table)
            continue
        pattern = suppress(table)
        assert pattern.proven_optimal
        assert pattern.weight == pytest.approx(best)
        assert pattern.bound == pytest.approx(best)
        assert table.weight_of(pattern.suppressed) == pytest.approx(best)
        assert is_safe(table, pattern.suppressed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_heuristic_is_safe_and_its_bound_true(seed):
    for table in small_tables(100 + seed):
        best = lightest(table)
        if best is None:
            continue
        pattern = suppress(table, heuristic=True)
        assert is_safe(table, pattern.suppressed)
        assert is_safe(table, quick(table))
        assert pattern.bound <= best + CLOSE <= pattern.weight + 2 * CLOSE


@pytest.mark.parametrize("seed", SEEDS)
def test_the_auditor_says_what_another_solver_says(seed):
    random = np.random.default_rng(seed)
    for table in small_tables(200 + seed):
        may = [each.id for each in table.cells if each.status is not CellStatus.FIXED]
        hidden = frozenset(id_ for id_ in may if random.random() < 0.6)
        found = audit(table, hidden, every=True)
        assert {each.id for each in found.intervals} == hidden | table.primaries
        for each in found.intervals:
            lower, upper = interval(table, hidden, each.id)
            assert each.lower == pytest.approx(lower, abs=CLOSE)
            assert each.upper == pytest.approx(upper, abs=CLOSE)
        primaries_hidden = table.primaries <= hidden
        assert audit(table, hidden).protected == (primaries_hidden and is_safe(table, hidden))
