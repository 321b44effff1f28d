"""Suppression and audit on invented tables: time to the best pattern, what the heuristic costs, and how both grow."""

import time

from styrkedjan.core.disclosure.auditor import audit
from styrkedjan.core.disclosure.cells import Axis, Table
from styrkedjan.core.disclosure.suppression import Pattern, quick, suppress
from tests.benchmarks.measuring import line, seconds
from tests.core.tables_to_protect import magnitudes, tree

PATIENCE = 60.0
WITHIN = 1.2  # of the bound
SOLVED = {
    "two ways": [Axis.with_total(5), Axis.with_total(5)],
    "two ways, longer": [Axis.with_total(8), Axis.with_total(18)],
    "a tree and a row": [tree(18, 3), Axis.with_total(17)],
    "three ways": [Axis.with_total(6), Axis.with_total(7), Axis.with_total(8)],
}
BOUNDED = {
    "two trees": [tree(27, 3), tree(27, 3)],
    "three ways, longer": [Axis.with_total(9), Axis.with_total(10), Axis.with_total(10)],
}
GROWING = (9, 27, 81)  # leaves of one of two trees; the other has 16


def bench() -> None:
    """Measure and print."""
    for name, axes in SOLVED.items():
        table = magnitudes(1, axes)
        pattern, took = _timed(table, heuristic=False)
        line(_title("best pattern", name, table), _told(pattern, took), "proven", pattern.proven_optimal)
        _heuristic(name, table)
    for name, axes in BOUNDED.items():
        _heuristic(name, magnitudes(1, axes))
    _growth()


def _heuristic(name: str, table: Table) -> None:
    pattern, took = _timed(table, heuristic=True)
    checked = seconds(lambda: audit(table, pattern.suppressed))
    ratio = pattern.weight / pattern.bound
    what = f"{took:.1f} s, {ratio:.3f} of the bound, audit {checked:.2f} s"
    line(_title("heuristic", name, table), what, f"{WITHIN} of the bound, safe", _is_good(table, pattern))


def _is_good(table: Table, pattern: Pattern) -> bool:
    return pattern.weight <= WITHIN * pattern.bound and audit(table, pattern.suppressed).protected


def _growth() -> None:
    """The curve: the time of the heuristic and of the audit for each cell, as the table grows."""
    for leaves in GROWING:
        table = magnitudes(1, [tree(leaves, 3), tree(16, 4)])
        hidden: list[frozenset[int]] = []
        chosen = seconds(lambda table=table, hidden=hidden: hidden.append(quick(table)))
        attacked = seconds(lambda table=table, hidden=hidden: audit(table, hidden[0]))
        each = 1e3 / len(table.cells)
        what = f"{chosen * each:.2f} ms, audit {attacked * each:.2f} ms a cell"
        line(_title("quick", "two trees", table), what, "safe", audit(table, hidden[0]).protected)


def _timed(table: Table, *, heuristic: bool) -> tuple[Pattern, float]:
    start = time.perf_counter()
    pattern = suppress(table, heuristic=heuristic, seconds=PATIENCE, clock=time.monotonic)
    return pattern, time.perf_counter() - start


def _told(pattern: Pattern, took: float) -> str:
    return f"{took:.1f} s, {pattern.weight:.0f}, at least {pattern.bound:.0f}"


def _title(what: str, name: str, table: Table) -> str:
    return f"{what}, {name}, {len(table.cells)} cells"
