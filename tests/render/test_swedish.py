"""Swedish numbers, dates and words, by table."""

from datetime import UTC, date, datetime, time

import pytest

from styrkedjan.core.catalogue import Unit
from styrkedjan.render import swedish


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (8, 1, "8,0"),
        (8.04, 1, "8,0"),
        (8.05, 1, "8,1"),  # half away from zero, though the float lies just above or below
        (2.675, 2, "2,68"),
        (1.005, 2, "1,01"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "−3"),
        (-0.04, 1, "0,0"),  # never minus nothing
        (-0.0, 0, "0"),
        (-1234.5, 1, "−1\u202f234,5"),
        (999, 0, "999"),
        (999.95, 1, "1\u202f000,0"),
        (4320, 0, "4\u202f320"),
        (1104634, 0, "1\u202f104\u202f634"),
        (1e16, 0, "10\u202f000\u202f000\u202f000\u202f000\u202f000"),
        (1e-7, 3, "0,000"),
        (138700.0, 0, "138\u202f700"),
    ],
)
def test_number(value, decimals, expected):
    assert swedish.number(value, decimals) == expected


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="not a number"):
        swedish.number(value, 1)


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "expected"),
    [
        (47.8, Unit.PERCENT, 1, "47,8\u00a0%"),
        (138700, Unit.SEK, 0, "138\u202f700\u00a0kr"),
        (138.7, Unit.KSEK, 1, "138,7\u00a0tkr"),
        (8, Unit.INDEX, 1, "8,0"),
        (380.1, Unit.FTE, 1, "380,1"),
        (4320, Unit.COUNT, 0, "4\u202f320"),
        (11.44, Unit.RATIO, 1, "11,4"),
    ],
)
def test_quantity(value, unit, decimals, expected):
    assert swedish.quantity(value, unit, decimals) == expected


def test_every_unit_can_be_printed():
    assert all(swedish.quantity(1, unit, 0).startswith("1") for unit in Unit)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 24), "24\u00a0november 2026"),
        (date(2027, 1, 1), "1\u00a0januari 2027"),
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), "31\u00a0december 2025"),
    ],
)
def test_date(day, expected):
    assert swedish.date(day) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [(time(10, 32), "10.32"), (time(8, 5), "8.05"), (datetime(2026, 1, 1, 0, 0, tzinfo=UTC), "0.00")],
)
def test_clock(moment, expected):
    assert swedish.clock(moment) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "0\u00a0enheter"), (1, "1\u00a0enhet"), (18, "18\u00a0enheter"), (1234, "1\u202f234\u00a0enheter")],
)
def test_plural(count, expected):
    assert swedish.plural(count, "enhet", "enheter") == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), ""),
        (("a",), "a"),
        (("a", "b"), "a och b"),
        (("a", "b", "c"), "a, b och c"),
        (["å", "ä", "ö"], "å, ä och ö"),
    ],
)
def test_join_words(words, expected):
    assert swedish.join_words(words) == expected


def test_join_words_with_another_last_word():
    assert swedish.join_words(("ja", "nej"), last="eller") == "ja eller nej"


@pytest.mark.parametrize(
    ("text", "expected"), [("", ""), ("åtta av tio", "Åtta av tio"), ("iKT", "IKT"), ("ISO 26000", "ISO 26000")]
)
def test_capitalise(text, expected):
    assert swedish.capitalise(text) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "noll"), (1, "en"), (8, "åtta"), (12, "tolv"), (13, "13"), (-1, "−1"), (1500, "1\u202f500")],
)
def test_count_word(count, expected):
    assert swedish.count_word(count) == expected


def test_one_thing_is_ett_when_neuter():
    assert [swedish.count_word(n, neuter=True) for n in (1, 2)] == ["ett", "två"]
