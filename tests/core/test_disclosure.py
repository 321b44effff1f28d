"""The number gate: what it lets out, and what it refuses."""

import math

import polars as pl
import pytest

from styrkedjan.core.disclosure import Distribution, release
from styrkedjan.core.raw import RawTable
from styrkedjan.core.refused import BrokenData
from styrkedjan.core.statistics import SchoolYear, Status
from tests.core.spec import RULES, observations

PLACE = "2120009901"
YEAR = SchoolYear(2024)

EVERY_STATUS = """
place       measure  year  value
2120009901  a        2024  12.5
2120009901  b        2024  ~100
2120009901  c        2024  ..
2120009901  d        2024  ...
2120009901  e        2024  -
2120009901  f        2024  *
2120009901  g        2024  .
"""


def test_every_status_comes_out_as_it_went_in():
    table = release(RawTable(observations(EVERY_STATUS).frame), RULES)
    found = {measure: table.value(PLACE, measure, YEAR) for measure in "abcdefg"}
    assert {m: (v.status.name, v.value, v.mark) for m, v in found.items()} == {
        "a": ("VALUE", 12.5, None),
        "b": ("APPROXIMATE", 100.0, "~100"),
        "c": ("HIDDEN", None, ".."),
        "d": ("MAJORITY", None, "..."),
        "e": ("BELOW_RULES", None, "-"),
        "f": ("NOT_APPLICABLE", None, "*"),
        "g": ("MISSING", None, "."),
    }
    assert (found["c"].part, found["c"].row, found["c"].column) == (0, 3, 2), "the way back to the source cell"


def test_what_is_not_there_is_none_and_not_zero():
    table = release(RawTable(observations(EVERY_STATUS).frame), RULES)
    assert table.value(PLACE, "a", SchoolYear(2023)) is None
    assert table.value("2120009902", "a", YEAR) is None
    assert table.history(PLACE, "a", (SchoolYear(2023), YEAR)) == (table.value(PLACE, "a", YEAR),)


CONTRADICTIONS = [(status, 5.0) for status in Status if not status.has_number]
CONTRADICTIONS += [(status, None) for status in Status if status.has_number]
CONTRADICTIONS += [(Status.VALUE, math.nan), (Status.VALUE, math.inf), (Status.HIDDEN, math.nan)]


@pytest.mark.parametrize(("status", "value"), CONTRADICTIONS)
def test_one_contradiction_stops_the_whole_table(status, value):
    frame = observations(EVERY_STATUS).frame
    broken = frame.with_columns(
        pl.when(pl.col("measure") == "a").then(pl.lit(int(status), pl.UInt8)).otherwise("status").alias("status"),
        pl.when(pl.col("measure") == "a").then(pl.lit(value, pl.Float64)).otherwise("value").alias("value"),
    )
    with pytest.raises(BrokenData, match="uppgiften a för 2120009901 läsåret 2024/25"):
        release(RawTable(broken), RULES)


def spread(*ticks: tuple[str, float, int]) -> pl.DataFrame:
    schema = {"measure": pl.String, "value": pl.Float64, "places": pl.UInt32}
    return pl.DataFrame(list(ticks), schema=schema, orient="row")


NOTHING = observations(EVERY_STATUS).frame.clear()


def test_nine_places_are_too_few_and_ten_are_enough():
    nine = [("nine", float(value), 1) for value in range(9)]
    ten = [("ten", float(value), 2) for value in range(5)]
    table = release(RawTable(NOTHING, spread(*nine, *ten)), RULES)
    assert table.too_few == {"nine"}
    assert set(table.distributions) == {"ten"}
    assert table.distributions["ten"].places == 10


def test_the_limit_is_the_catalogues_and_not_the_codes():
    nine = [("nine", float(value), 1) for value in range(9)]
    from dataclasses import replace

    assert set(
        release(RawTable(NOTHING, spread(*nine)), replace(RULES, minimum_places_in_distribution=9)).distributions
    )


# values -> p10 p50 p90, by the nearest rank: always a value that somebody has
RANKS = {
    tuple(range(1, 11)): (1, 5, 9),
    tuple(range(1, 12)): (2, 6, 10),
    tuple(range(1, 101)): (10, 50, 90),
    (7,) * 12: (7, 7, 7),
    (1,) * 9 + (100,): (1, 1, 1),
    (1,) * 8 + (100,) * 2: (1, 1, 100),
}


@pytest.mark.parametrize(("values", "expected"), RANKS.items())
def test_percentiles_are_published_values(values, expected):
    ticks = [("m", float(value), values.count(value)) for value in sorted(set(values), reverse=True)]
    found = release(RawTable(NOTHING, spread(*ticks)), RULES).distributions["m"]
    assert (found.p10, found.p50, found.p90) == expected
    assert found.ticks == tuple((value, count) for _, value, count in reversed(ticks)), "sorted"


@pytest.mark.parametrize(("value", "inside"), [(1.9, False), (2.0, True), (5.0, True), (9.0, True), (9.1, False)])
def test_the_middle_holds_its_own_ends(value, inside):
    assert Distribution(20, 2.0, 5.0, 9.0, ()).holds_middle(value) is inside


def test_a_table_without_rows_is_an_empty_table():
    table = release(RawTable(NOTHING), RULES)
    assert (table.values, table.distributions, table.too_few) == ({}, {}, frozenset())
