"""Suppression: patterns worked out by hand, what cannot be protected, and what is promised of larger tables."""

from dataclasses import replace

import pytest

from styrkedjan.core.disclosure.auditor import audit
from styrkedjan.core.disclosure.cells import Axis, CellStatus, Relation, Table, crossed
from styrkedjan.core.disclosure.suppression import quick, suppress
from styrkedjan.core.refused import BrokenData, WrongState
from tests.core.tables_to_protect import cell, magnitudes, tree
from tests.second_opinion.test_suppression import lightest


def row_of(*cells, total_status="s", **more) -> Table:
    """Cells and their total, which gets the next id."""
    total = cell(len(cells), sum(each.value for each in cells), total_status, **more)
    return Table((*cells, total), (Relation(((total.id, -1.0), *((each.id, 1.0) for each in cells))),))


def test_a_lone_unsafe_cell_takes_its_lightest_company():
    table = row_of(cell(0, 3, "u", lpl=1, upl=1), cell(1, 20), cell(2, 12), cell(3, 30))
    pattern = suppress(table)
    assert pattern.suppressed == {0, 2}
    assert (pattern.weight, pattern.bound, pattern.proven_optimal) == (15, 15, True)


def test_company_that_cannot_move_far_enough_is_not_enough():
    near = {"lower": 11.5, "upper": 12.5}
    table = row_of(cell(0, 3, "u", lpl=1, upl=1), cell(1, 20), cell(2, 12, **near), cell(3, 30))
    assert suppress(table).suppressed == {0, 1}


def test_two_unsafe_cells_protect_each_other():
    table = row_of(cell(0, 3, "u", lpl=1, upl=1), cell(1, 4, "u", lpl=1, upl=1), cell(2, 12))
    assert suppress(table).suppressed == {0, 1}


def test_a_zero_that_everyone_knows_protects_nothing():
    table = row_of(cell(0, 3, "u", lpl=1, upl=1), cell(1, 0, upper=0.0, weight=0.0), cell(2, 12))
    assert suppress(table).suppressed == {0, 2}


def test_a_table_of_two_ways_needs_a_rectangle():
    values, relations = crossed([[2, 9, 8], [7, 6, 30], [20, 21, 22]], [Axis.with_total(3), Axis.with_total(3)])
    cells = [cell(id_, value) for id_, value in enumerate(values.ravel())]
    cells[0] = replace(cells[0], status=CellStatus.UNSAFE, lpl=1.0, upl=1.0)
    pattern = suppress(Table(tuple(cells), relations))
    assert pattern.suppressed == {0, 1, 4, 5}
    assert pattern.weight == 2 + 9 + 7 + 6


def test_a_spread_is_reached_from_either_side():
    table = row_of(cell(0, 3, "u", spl=5), cell(1, 1, lower=0.0, upper=2.0), cell(2, 30, weight=30))
    pattern = suppress(table)
    assert pattern.suppressed == {0, 2}
    assert audit(table, pattern.suppressed).smallest_width >= 5


def test_an_unsafe_cell_without_levels_is_only_hidden():
    table = row_of(cell(0, 3, "u"), cell(1, 20), cell(2, 12))
    assert suppress(table).suppressed == {0}
    assert quick(table) == {0}


def test_an_unsafe_cell_in_no_relation_is_hidden_and_done():
    table = Table((cell(7, 3, "u", lpl=1, upl=1), cell(9, 4)), ())
    assert suppress(table).suppressed == {7}
    assert audit(table, frozenset({7})).protected


@pytest.mark.parametrize("choose", [suppress, quick])
def test_what_must_be_published_can_make_protection_impossible(choose):
    table = row_of(cell(0, 3, "u", lpl=1, upl=1), cell(1, 20, "z"), cell(2, 12, "z"), total_status="z")
    with pytest.raises(WrongState, match=r"Cellen 0 går inte att skydda"):
        choose(table)


@pytest.mark.parametrize("choose", [suppress, quick])
def test_an_attacker_who_knows_too_much_cannot_be_misled(choose):
    known = row_of(cell(0, 3, "u", lower=2.5, upper=3.5, lpl=1, upl=1), cell(1, 20), cell(2, 12))
    with pytest.raises(WrongState, match="Cellen 0 går"):
        choose(known)
    several = row_of(
        cell(0, 3, "u", lpl=1, upl=1, lower=2.5), cell(1, 4, "u", lpl=1, upl=1, lower=3.5), cell(2, 9), cell(3, 8)
    )
    with pytest.raises(WrongState, match="Cellerna 0, 1 går"):
        choose(several)


def test_small_numbers_are_protected_as_large_ones_are():
    for unit in (1e-6, 1.0, 1e7):
        table = row_of(
            cell(0, 3 * unit, "u", lpl=unit, upl=unit, upper=1e3 * unit),
            cell(1, 20 * unit, upper=1e3 * unit),
            cell(2, 12 * unit, upper=1e3 * unit),
            upper=1e3 * unit,
        )
        assert suppress(table).suppressed == {0, 2}
        assert audit(table, frozenset({0, 2})).protected
        assert not audit(table, frozenset({0})).protected


@pytest.mark.parametrize(
    ("cells", "relations", "says"),
    [
        ((cell(0, 3), cell(0, 4)), (), "Cellen 0 står två gånger"),
        ((cell(0, 3, lower=4.0),), (), "undre gräns som är större än värdet"),
        ((cell(0, 3, upper=2.0),), (), "övre gräns som är mindre än värdet"),
        ((cell(0, 3, "u", lpl=-1),), (), "skyddsnivå"),
        ((cell(0, 3, weight=-1),), (), "vikt"),
        ((cell(0, float("nan")),), (), "värde som inte är ett tal"),
        ((cell(0, 3),), (Relation(((5, 1.0),), 3.0),), "nämner cellen 5"),
        ((cell(0, 3),), (Relation(((0, 1.0), (0, 1.0)), 6.0),), "samma cell två gånger"),
        ((cell(0, 3), cell(1, 4)), (Relation(((0, 1.0), (1, -1.0))),), "Relation 1 går inte ihop"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(cells, relations, says):
    with pytest.raises(BrokenData, match=says):
        Table(cells, relations)


LARGER = {
    "two ways": [Axis.with_total(8), Axis.with_total(18)],
    "three ways": [Axis.with_total(4), Axis.with_total(5), Axis.with_total(6)],
    "two trees": [tree(9, 3), tree(16, 4)],
}


@pytest.mark.parametrize("shape", LARGER)
def test_larger_tables_are_solved_and_no_cell_is_hidden_in_vain(shape):
    table = magnitudes(5, LARGER[shape])
    pattern = suppress(table)
    assert pattern.proven_optimal
    assert audit(table, pattern.suppressed).protected
    heuristic = suppress(table, heuristic=True)
    assert audit(table, heuristic.suppressed).protected
    assert heuristic.bound <= pattern.weight <= heuristic.weight <= 1.2 * heuristic.bound
    for extra in heuristic.suppressed - table.primaries:
        assert not audit(table, heuristic.suppressed - {extra}).protected


def test_when_patience_ends_the_pattern_is_safe_and_the_bound_true():
    table = magnitudes(6, LARGER["three ways"])
    hurried = suppress(table, seconds=1e-9)
    assert audit(table, hurried.suppressed).protected
    assert not hurried.proven_optimal
    assert hurried.bound <= suppress(table).weight <= hurried.weight


def test_a_clock_ends_patience_too():
    ticks = iter(range(100_000))
    table = magnitudes(6, LARGER["three ways"])
    assert not suppress(table, seconds=3, clock=lambda: float(next(ticks))).proven_optimal


def test_blocks_that_nothing_joins_are_chosen_each_for_itself():
    one, other = magnitudes(1, [Axis.with_total(5)] * 2), magnitudes(2, [Axis.with_total(5)] * 2)
    moved = tuple(replace(each, id=each.id + 100) for each in other.cells)
    relations = tuple(Relation(tuple((id_ + 100, factor) for id_, factor in each.cells)) for each in other.relations)
    both = Table((*one.cells, *moved), (*one.relations, *relations))
    assert suppress(both).weight == suppress(one).weight + suppress(other).weight
    assert quick(both) == quick(one) | {id_ + 100 for id_ in quick(other)}


def test_the_same_table_gets_the_same_pattern():
    table = magnitudes(5, LARGER["two trees"])
    assert suppress(table) == suppress(table)
    assert quick(table) == quick(table)


@pytest.mark.parametrize("spread", [3.0, 8.0])
def test_an_attacker_without_upper_bounds_is_searched_to_the_end(spread):
    """A published cell that could deviate without end deviates not at all."""
    values, relations = crossed([[2, 9, 8], [7, 6, 30]], [Axis.with_total(2), Axis.with_total(3)])
    endless = float("inf")
    cells = [cell(id_, value, upper=endless) for id_, value in enumerate(values.ravel())]
    for at in (0, 5):
        cells[at] = replace(cells[at], status=CellStatus.UNSAFE, lpl=1.0, upl=1.0, spl=spread)
    table = Table(tuple(cells), relations)
    pattern = suppress(table)
    assert audit(table, pattern.suppressed).protected
    assert pattern.proven_optimal
    # the second opinion takes a bound that is far away instead of none
    far = Table(tuple(replace(each, upper=1e6) for each in cells), relations)
    assert pattern.weight == pytest.approx(lightest(far))
