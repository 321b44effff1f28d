"""The auditor: the attacker's intervals on tables worked out by hand, and planted leaks of every kind."""

import pytest

from styrkedjan.core.disclosure.auditor import audit
from styrkedjan.core.disclosure.cells import Axis, Relation, Table, crossed
from styrkedjan.core.refused import BadInput
from tests.core.tables_to_protect import cell

LEVELS = {"lpl": 1.0, "upl": 1.0}


def square(unsafe: int = 0) -> Table:
    """Three by three with totals: ids 0-2, 4-6 and 8-10 are the cells, 3, 7 and 11 the row sums, then column sums."""
    values, relations = crossed([[2, 9, 8], [7, 6, 30], [20, 21, 22]], [Axis.with_total(3), Axis.with_total(3)])
    cells = (
        cell(id_, value, "u" if id_ == unsafe else "s", **(LEVELS if id_ == unsafe else {}))
        for id_, value in enumerate(values.ravel())
    )
    return Table(tuple(cells), relations)


def sum_of_three() -> Table:
    cells = (cell(0, 3, "u", **LEVELS), cell(1, 5), cell(2, 8), cell(3, 16))
    return Table(cells, (Relation(((3, -1.0), (0, 1.0), (1, 1.0), (2, 1.0))),))


def interval(table: Table, *hidden: int):
    return audit(table, frozenset(hidden)).intervals[0]


def test_two_hidden_parts_of_a_sum_share_what_is_left():
    found = interval(sum_of_three(), 0, 1)
    assert (found.lower, found.upper, found.protected) == (0, 8, True)
    assert found.width == 8


def test_one_hidden_part_of_a_sum_is_given_away():
    found = interval(sum_of_three(), 0)
    assert (found.lower, found.upper, found.protected) == (3, 3, False)


def test_a_rectangle_protects_and_three_of_its_corners_do_not():
    assert interval(square(), 0, 1, 4, 5).protected
    found = interval(square(), 0, 1, 4)
    assert (found.lower, found.upper, found.protected) == (2, 2, False)


def test_the_bounds_of_the_hidden_cells_are_known_to_the_attacker():
    table = sum_of_three()
    known = Table((table.cells[0], cell(1, 5, lower=4.75, upper=5.25), *table.cells[2:]), table.relations)
    found = interval(known, 0, 1)
    assert (found.lower, found.upper, found.protected) == (2.75, 3.25, False)


def overlapping() -> Table:
    """A group, and the same group without one place, published as two sums of their own."""
    cells = (cell(0, 3, "u", **LEVELS), cell(1, 5, "u", **LEVELS), cell(2, 8), cell(3, 16), cell(4, 13))
    everyone = Relation(((3, -1.0), (0, 1.0), (1, 1.0), (2, 1.0)))
    all_but_one = Relation(((4, -1.0), (1, 1.0), (2, 1.0)))
    return Table(cells, (everyone, all_but_one))


def test_the_difference_of_two_groups_that_overlap_gives_the_place_between_them_away():
    table = overlapping()
    apart = Table(table.cells[:4], table.relations[:1])
    assert audit(apart, frozenset({0, 1, 2})).protected
    found = {each.id: each for each in audit(table, frozenset({0, 1, 2})).intervals}
    assert (found[0].lower, found[0].upper, found[0].protected) == (3, 3, False)
    assert found[1].protected
    assert audit(table, frozenset({0, 1, 2, 4})).protected


def test_a_sum_of_sums_gives_away_what_each_protects():
    values, relations = crossed([[4, 9], [6, 2]], [Axis.with_total(2), Axis.with_total(2)])
    cells = [cell(id_, value) for id_, value in enumerate(values.ravel())]
    cells[2] = cell(2, values.ravel()[2], "u", **LEVELS)
    table = Table(tuple(cells), relations)
    hidden = frozenset({2, 0, 1})  # the row sum of the first row, and both its parts
    assert not audit(table, hidden).protected


def test_an_unsafe_cell_that_is_not_hidden_is_not_protected():
    found = interval(sum_of_three(), 1, 2)
    assert (found.lower, found.upper, found.protected) == (3, 3, False)
    bare = Table((cell(0, 3, "u"), cell(1, 4)), ())
    assert not audit(bare, frozenset()).protected


def test_a_spread_is_demanded_of_both_sides_together():
    table = sum_of_three()
    wide = Table((cell(0, 3, "u", spl=9), *table.cells[1:]), table.relations)
    assert not interval(wide, 0, 1).protected
    assert interval(wide, 0, 2).protected


def test_every_hidden_cell_is_looked_at_when_asked_for():
    found = audit(sum_of_three(), frozenset({0, 1}), every=True)
    assert [each.id for each in found.intervals] == [0, 1]
    assert found.smallest_width == 8
    assert audit(sum_of_three(), frozenset()).smallest_width == 0
    assert audit(Table((cell(0, 1),), ()), frozenset()).smallest_width is None


def test_whole_numbers_narrow_what_can_be():
    cells = (cell(0, 3, "u", **LEVELS), cell(1, 2), cell(2, 13))
    table = Table(cells, (Relation(((2, -1.0), (0, 3.0), (1, 2.0))),))
    loose = audit(table, frozenset({0, 1})).intervals[0]
    assert loose.upper == pytest.approx(13 / 3)
    tight = audit(table, frozenset({0, 1}), whole=True).intervals[0]
    assert (tight.lower, tight.upper) == (1, 3)
    assert not tight.protected


def test_what_nobody_bounds_has_no_end():
    cells = (cell(0, 3, "u", upper=float("inf"), **LEVELS), cell(1, 5, upper=float("inf")), cell(2, -2, lower=-9.0))
    found = interval(Table(cells, (Relation(((2, -1.0), (0, 1.0), (1, -1.0))),)), 0, 1)
    assert (found.lower, found.upper, found.protected) == (0, float("inf"), True)


def test_a_pattern_for_another_table_is_refused():
    with pytest.raises(BadInput, match="cellen 99, som inte finns"):
        audit(sum_of_three(), frozenset({0, 99}))


def test_a_pattern_that_hides_what_must_be_published_is_refused():
    table = sum_of_three()
    fixed = Table((*table.cells[:3], cell(3, 16, "z")), table.relations)
    with pytest.raises(BadInput, match="cellen 3, som ska publiceras"):
        audit(fixed, frozenset({0, 3}))
