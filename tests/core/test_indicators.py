"""Comparison groups, evaluation, positions and segments."""

import pytest

from styrkedjan.core.disclosure import Distribution
from styrkedjan.core.indicators import (
    ComparisonGroup,
    Position,
    Question,
    comparison_group,
    evaluate,
    members,
    position,
    segments,
    size_class_of,
    spread_of,
    within_middle,
)
from styrkedjan.core.statistics import SchoolYear
from tests.core.spec import RULES, measure, observations, released, rows

YEAR = SchoolYear(2024)

GROUPS = """
place                pupils  group
2120009901           50      municipality
2120009901           -       municipality
2220009901           5000    municipality
2321009901           50      region
2021009901           50      state
5569990001           0       independent.small
5569990001           99      independent.small
5569990001           99.5    independent.small
5569990001           100     independent.large
5569990001           90000   independent.large
5569990001           -       independent
2120009901-90000001  99      school_unit.small
2120009901-90000001  100     school_unit.middle
2120009901-90000001  299     school_unit.middle
2120009901-90000001  300     school_unit
5569990001-90000002  -       school_unit
"""


@pytest.mark.parametrize("row", rows(GROUPS), ids=lambda row: f"{row['place']}:{row['pupils']}")
def test_a_place_is_compared_with_its_kind_and_size(row):
    pupils = None if row["pupils"] == "-" else float(row["pupils"])
    assert comparison_group(row["place"], pupils, RULES).id == row["group"]


def test_a_size_class_holds_its_lower_end_and_not_its_upper():
    classes = RULES.size_classes["school_unit"]
    ids = [(found := size_class_of(pupils, classes)) and found.id for pupils in (None, 0, 99, 100, 299, 300)]
    assert ids == [None, "small", "small", "middle", "middle", None]


SWEDEN = """
place                measure      year  value
00                   pupil_count  2024  100000
00                   m            2024  80
2120009901           pupil_count  2024  400
2120009901           m            2024  70
2120009901           m            2023  60
2120009901-90000001  pupil_count  2024  99
2120009901-90000001  m            2024  71
2120009901-90000001  n            2024  1
2120009901-90000002  pupil_count  2024  ..
2120009901-90000002  m            2024  72
2120009902           pupil_count  2024  .
2120009902           m            2024  70
5569990001           pupil_count  2024  100
5569990001           m            2024  ~100
5569990001-90000003  pupil_count  2024  100
5569990001-90000003  m            2024  ...
5569990002           pupil_count  2023  100
5569990002           m            2023  50
"""

MEMBERS = {
    "municipality": ["2120009901", "2120009902"],
    "region": [],
    "independent": ["5569990001"],
    "school_unit": ["2120009901-90000001", "2120009901-90000002", "5569990001-90000003"],
}


@pytest.mark.parametrize("kind", MEMBERS)
def test_the_members_of_a_kind_never_hold_riket(kind):
    assert members(observations(SWEDEN), ComparisonGroup(kind, None), YEAR).to_list() == MEMBERS[kind]


SIZED = {
    ("school_unit", "small"): ["2120009901-90000001"],
    ("school_unit", "middle"): ["5569990001-90000003"],
    ("independent", "small"): [],
    ("independent", "large"): ["5569990001"],
}


@pytest.mark.parametrize("key", SIZED)
def test_a_place_whose_number_is_hidden_belongs_to_no_size_class(key):
    kind, size = key
    size_class = next(found for found in RULES.size_classes[kind] if found.id == size)
    assert members(observations(SWEDEN), ComparisonGroup(kind, size_class), YEAR).to_list() == SIZED[key]


def test_a_spread_counts_exact_values_only():
    spread = spread_of(observations(SWEDEN), ComparisonGroup("municipality", None), YEAR)
    assert sorted(spread.rows()) == [("m", 70.0, 2), ("pupil_count", 400.0, 1)]
    independent = spread_of(observations(SWEDEN), ComparisonGroup("independent", None), YEAR)
    assert sorted(independent.rows()) == [("pupil_count", 100.0, 1)], "an approximate value is no exact value"
    units = spread_of(observations(SWEDEN), ComparisonGroup("school_unit", None), YEAR)
    assert sorted(units.filter(units["measure"] == "m").rows()) == [("m", 71.0, 1), ("m", 72.0, 1)]


def keys(frame) -> list[tuple]:
    return sorted(frame.select("place", "measure", "school_year").rows())


def test_a_question_gets_the_places_in_every_year_and_the_units_in_one():
    question = Question(("2120009901", "00"), YEAR, units_of="2120009901", unit_measures=("m", "pupil_count"))
    assert keys(evaluate(observations(SWEDEN), question).readings) == [
        ("00", "m", 2024),
        ("00", "pupil_count", 2024),
        ("2120009901", "m", 2023),
        ("2120009901", "m", 2024),
        ("2120009901", "pupil_count", 2024),
        ("2120009901-90000001", "m", 2024),
        ("2120009901-90000001", "pupil_count", 2024),
        ("2120009901-90000002", "m", 2024),
        ("2120009901-90000002", "pupil_count", 2024),
    ]


def test_a_unit_that_is_asked_about_twice_comes_once():
    question = Question(("2120009901-90000001",), YEAR, units_of="2120009901", unit_measures=("m",))
    found = keys(evaluate(observations(SWEDEN), question).readings)
    assert len(found) == len(set(found)) == 4


@pytest.mark.parametrize("place", ["2120009999", "9999999999-00000000"])
def test_a_place_that_is_not_there_has_no_cells(place):
    seen = observations(SWEDEN)
    assert seen.of(place).is_empty() and seen.of_units(place).is_empty()
    assert evaluate(seen, Question((place,), YEAR)).readings.is_empty()


def test_observations_know_their_places_units_and_years():
    seen = observations(SWEDEN)
    assert seen.place_keys[0] == "00" and len(seen.place_keys) == 8
    assert seen.unit_keys["2120009901"] == ("2120009901-90000001", "2120009901-90000002")
    assert seen.school_years == (SchoolYear(2023), YEAR)
    assert seen.in_year(SchoolYear(1999)).is_empty()


# own and riket, whether the base is small -> position. The floor is 5,0, and 10,0 for a small base.
POSITIONS = """
own    nation  base   position
75.0   80.0    large  lower
75.1   80.0    large  near
85.0   80.0    large  higher
84.9   80.0    large  near
80.0   80.0    large  near
70.1   80.0    small  near
70.0   80.0    small  lower
90.0   80.0    small  higher
89.9   80.0    small  near
~100   80.0    large  higher
80.0   ~100    large  lower
80.0   .       large  not_comparable
80.0   ..      large  not_comparable
80.0   none    large  not_comparable
..     80.0    large  hidden
-      80.0    large  hidden
...    80.0    large  nearly_all
...    .       large  nearly_all
.      80.0    large  missing
*      80.0    large  missing
none   80.0    large  missing
none   none    small  missing
"""


@pytest.mark.parametrize("row", rows(POSITIONS), ids=lambda row: "_".join(row.values()))
def test_a_value_is_held_beside_riket(row):
    own, nation = (None if row[key] == "none" else released(row[key]) for key in ("own", "nation"))
    assert position(measure(), own, nation, row["base"] == "small") == row["position"]


# Differences of exactly the floor whose binary fractions are not: 5.6 - 5.3 is 0.2999999999999998.
NOISE = [(5.6, 5.3, 0.3), (8.1, 7.8, 0.3), (7.4, 7.1, 0.3), (85.3, 80.3, 5.0), (0.7, 0.1, 0.6), (4.4, 3.4, 1.0)]


@pytest.mark.parametrize(("own", "nation", "floor"), NOISE)
def test_exactly_the_floor_is_never_near(own, nation, floor):
    held = measure(floor=floor, floor_small=2 * floor)
    assert position(held, released(str(own)), released(str(nation)), False) is Position.HIGHER
    assert position(held, released(str(nation)), released(str(own)), False) is Position.LOWER


def test_every_pair_of_one_decimal_numbers_obeys_whole_number_arithmetic():
    held = measure(floor=0.3, floor_small=0.6)
    for own in range(101):
        for nation in range(0, 101, 7):
            difference = own - nation
            expected = "near" if abs(difference) < 3 else "higher" if difference > 0 else "lower"
            assert position(held, released(str(own / 10)), released(str(nation / 10)), False) == expected


# Finer than printed: the reader sees 80,1 and 75,1 and a rule that says 5,0.
AS_PRINTED = [("80.06", "75.14", "higher"), ("80.04", "75.06", "near"), ("80.05", "75.1", "higher")]


@pytest.mark.parametrize(("own", "nation", "expected"), AS_PRINTED)
def test_values_are_compared_as_they_are_printed(own, nation, expected):
    assert position(measure(), released(own), released(nation), False) == expected


def test_a_measure_without_a_floor_gets_no_word():
    assert position(measure(floor=None, floor_small=None), released("9"), released("1"), False) is (
        Position.NOT_COMPARABLE
    )
    assert position(measure(floor=5.0, floor_small=None), released("9"), released("1"), True) is (
        Position.NOT_COMPARABLE
    )


def test_only_three_positions_compare():
    assert [str(found) for found in Position if found.compared] == ["near", "higher", "lower"]


# breaks | years with a value ("~" after a year: hidden) -> pieces
SEGMENTS = {
    "no break": ((), "2020 2021 2022", ["2020 2021 2022"]),
    "no values": ((2021,), "", []),
    "before the first": ((2020,), "2020 2021", ["2020 2021"]),
    "long before": ((1999,), "2020 2021", ["2020 2021"]),
    "after the last": ((2025,), "2020 2021", ["2020 2021"]),
    "between": ((2021,), "2020 2021 2022", ["2020", "2021 2022"]),
    "at the last": ((2022,), "2020 2021 2022", ["2020 2021", "2022"]),
    "several": ((2021, 2023), "2020 2021 2022 2023 2024", ["2020", "2021 2022", "2023 2024"]),
    "several, told out of order": ((2023, 2021), "2020 2021 2022 2023", ["2020", "2021 2022", "2023"]),
    "two between the same years": ((2021, 2022), "2020 2023", ["2020", "2023"]),
    "a year that is not loaded": ((2022,), "2020 2023", ["2020", "2023"]),
    "hidden years": ((2022,), "2020 2021~ 2022~ 2023", ["2020 2021~", "2022~ 2023"]),
    "told out of order": ((2022,), "2023 2020 2022", ["2020", "2022 2023"]),
}


def history(text: str):
    return tuple(released(".." if "~" in year else "50", int(year[:4])) for year in text.split())


@pytest.mark.parametrize("name", SEGMENTS)
def test_a_history_is_cut_at_breaks(name):
    breaks, years, expected = SEGMENTS[name]
    pieces = segments(measure(breaks=breaks), history(years))
    printed = [
        " ".join(f"{value.school_year.autumn}{'' if value.has_number else '~'}" for value in piece.values)
        for piece in pieces
    ]
    assert printed == expected


def test_a_piece_says_why_it_begins_and_the_first_says_nothing():
    pieces = segments(measure(breaks=(2021, 2023)), history("2020 2021 2023"))
    assert [piece.note for piece in pieces] == ["", "Ändrat 2021.", "Ändrat 2023."]
    assert [piece.note for piece in segments(measure(breaks=(2019,)), history("2020"))] == [""]


def test_nothing_is_said_of_the_middle_without_both_parts():
    spread = Distribution(20, 2.0, 5.0, 9.0, ())
    assert within_middle(spread, released("5")) is True
    assert within_middle(spread, released("1")) is False
    assert within_middle(None, released("5")) is None
    assert within_middle(spread, released("..")) is None
    assert within_middle(spread, None) is None
