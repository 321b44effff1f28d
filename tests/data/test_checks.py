"""The import report: what a delivery holds, and what has changed since the edition before."""

import polars as pl
import pytest

from styrkedjan.core.catalogue import Unit
from styrkedjan.data import checks
from tests.core.spec import measure
from tests.data.tidy_tables import tidy

MEASURES = {
    "grades": measure("grades", jump=25.0),
    "index": measure("index", unit=Unit.INDEX, jump=2.0),
    "pupils": measure("pupils", unit=Unit.COUNT, decimals=0, jump=50.0),
}


def report(table: str, previous: str | None = None):
    before = None if previous is None else tidy(previous).observations
    return checks.report(tidy(table), "fil.xlsx", "ab" * 32, MEASURES, before)


HEAD = "place measure year value\n"

COUNTED = """
place                measure  year  value
00                   grades   2024  80
00                   index    2024  .
2120009901           grades   2024  ..
2120009901           index    2024  7.1
2120009901-90000001  grades   2024  ..
2120009901-90000001  index    2024  ~100
2120009902           grades   2024  ...
2120009902           index    2024  -
2120009902-90000001  grades   2024  .
2120009902-90000001  index    2024  .
2120009902-90000002  grades   2024  7
2120009902-90000002  index    2024  *
"""


def test_a_delivery_is_counted():
    counted = report(COUNTED).counted
    assert (counted.measures, counted.columns, counted.organisers) == (2, 6, 2)
    assert (counted.units, counted.unit_columns) == (2, 3), "a code under two organisers is one unit in two columns"
    assert counted.numbers == 4
    assert counted.marks == {".": 3, "..": 2, "...": 1, "-": 1, "*": 1, "~100": 1}
    assert counted.school_years == ("2024/25",)


def test_a_code_under_two_organisers_has_moved():
    assert report(COUNTED).moved == {"90000001": ("2120009901", "2120009902")}


def test_the_first_delivery_is_compared_with_nothing():
    first = report(COUNTED)
    assert (first.compared_with, first.new_places, first.gone_places) == ("", (), ())
    assert (first.change_count, first.jump_count) == (0, 0)


def test_an_older_year_than_all_that_is_loaded_is_compared_with_nothing():
    older = report(HEAD + "00 grades 2020 50", HEAD + "00 grades 2024 90")
    assert (older.compared_with, older.change_count, older.jump_count) == ("", 0, 0)


BEFORE = HEAD + "00 grades 2023 80\n2120009901 grades 2023 70\n2120009902 grades 2023 60"
AFTER = HEAD + "00 grades 2024 80\n2120009901 grades 2024 70\n2120009903 grades 2024 60"


def test_new_and_gone_are_counted_against_the_year_before():
    next_year = report(AFTER, BEFORE)
    assert next_year.compared_with == "2023/24"
    assert (next_year.new_places, next_year.gone_places) == (("2120009903",), ("2120009902",))
    assert next_year.change_count == 0, "another year is no change of the same year"


def test_a_revised_file_is_compared_with_its_own_year():
    revised = report(
        BEFORE.replace("2120009902", "2120009904"), AFTER.replace("2024", "2022") + BEFORE[len(HEAD) - 1 :]
    )
    assert revised.compared_with == "2023/24"
    assert (revised.new_places, revised.gone_places) == (("2120009904",), ("2120009902",))


CHANGED = [
    ("70", "70.5", "70", "70.5"),
    ("70", "..", "70", ".."),
    ("..", "70", "..", "70"),
    ("..", "...", "..", "..."),
    ("70", "~70", "70", "~70"),
    (".", "0", ".", "0"),
]


@pytest.mark.parametrize(("was", "now", "before", "after"), CHANGED)
def test_a_change_names_the_cell_before_and_after(was, now, before, after):
    head = HEAD + "00 grades 2024 80\n2120009901 grades 2024 "
    changed = report(head + now, head + was)
    assert changed.change_count == 1
    found = changed.changes[0]
    assert (found.place, found.measure, found.school_year) == ("2120009901", "grades", 2024)
    assert (found.before, found.after) == (before, after)


@pytest.mark.parametrize("value", ["70", "..", "~100"])
def test_the_same_cell_is_no_change(value):
    table = HEAD + f"00 grades 2024 {value}"
    assert report(table, table).change_count == 0


def test_every_revised_year_of_a_file_is_looked_at():
    before = HEAD + "00 grades 2023 80\n00 grades 2024 81"
    after = HEAD + "00 grades 2023 79\n00 grades 2024 81"
    assert [(change.school_year, change.after) for change in report(after, before).changes] == [(2023, "79")]


def test_many_changes_are_counted_and_some_are_shown():
    lines = [f"21200099{number:02d} grades 2024" for number in range(50)]
    before, after = (HEAD + "\n".join(f"{line} {value}" for line in lines) for value in ("1", "2"))
    many = report(after, before)
    assert (many.change_count, len(many.changes)) == (50, checks.EXAMPLES)


# measure, the year before, now -> is it a jump? Percent and index in their own unit, counts in percent of what was.
JUMPS = [
    ("grades", "50", "75", False),
    ("grades", "50", "75.1", True),
    ("grades", "75.1", "50", True),
    ("grades", "7.2", "32.2", False),  # 25.000000000000004 in binary fractions
    ("index", "2.4", "4.4", False),
    ("grades", "50", "..", False),
    ("grades", "..", "99", False),
    ("index", "7.4", "5.4", False),
    ("index", "7.4", "5.3", True),
    ("pupils", "100", "150", False),
    ("pupils", "100", "151", True),
    ("pupils", "100", "49", True),
    ("pupils", "0", "0", False),
]


@pytest.mark.parametrize(("name", "was", "now", "jumps"), JUMPS)
def test_a_jump_is_more_than_the_measures_own(name, was, now, jumps):
    found = report(HEAD + f"2120009901 {name} 2024 {now}", HEAD + f"2120009901 {name} 2023 {was}")
    assert found.jump_count == int(jumps)
    if jumps:
        assert (found.jumps[0].before, found.jumps[0].after) == (was, now)


def test_a_jump_in_riket_comes_first_and_then_the_largest():
    before = HEAD + "00 grades 2023 10\n2120009901 grades 2023 10\n2120009902 grades 2023 10"
    after = HEAD + "00 grades 2024 40\n2120009901 grades 2024 80\n2120009902 grades 2024 90"
    assert [jump.place for jump in report(after, before).jumps] == ["00", "2120009902", "2120009901"]


def test_a_jump_is_seen_against_the_latest_year_before():
    before = HEAD + "00 grades 2021 10\n00 grades 2022 70"
    assert report(HEAD + "00 grades 2024 71", before).jump_count == 0


def test_finer_numbers_than_the_catalogue_prints_are_counted():
    table = HEAD + "00 grades 2024 80.55\n2120009901 grades 2024 80.5\n00 pupils 2024 10.5\n2120009901 index 2024 0.3"
    assert report(table).extra_decimals == {"grades": 1, "pupils": 1}


def test_ordinary_binary_noise_is_no_extra_decimal():
    lines = "\n".join(f"{2120000000 + number} grades 2024 {number / 10}" for number in range(1001))
    assert report(HEAD + lines).extra_decimals == {}


def test_a_measure_that_the_catalogue_does_not_know_does_not_stop_the_report():
    strange = report(HEAD + "00 strange 2024 99", HEAD + "00 strange 2023 1")
    assert (strange.jump_count, strange.extra_decimals, strange.counted.numbers) == (0, {}, 1)


def test_previous_observations_with_their_part_are_welcome():
    previous = tidy(BEFORE).observations.with_columns(pl.lit(0, pl.UInt8).alias("part"))
    assert checks.report(tidy(AFTER), "f", "s", MEASURES, previous).new_places == ("2120009903",)
