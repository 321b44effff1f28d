"""A briefing is put together whole: every measure has a line, whatever the numbers."""

from collections import Counter

import pytest

from styrkedjan.core.briefings import is_small_base
from styrkedjan.core.statistics import SchoolYear, Status
from tests.core.briefing_spec import MEASURES, MOVED, ORGANISER, SWEDEN, UNIT, briefing
from tests.core.spec import RULES, released


@pytest.mark.parametrize("text", [SWEDEN, "place measure year value\n00 grades 2024 80"], ids=["some", "nothing"])
def test_every_measure_of_the_framework_has_a_line(text):
    whole = briefing(text)
    assert [line.measure.id for line in whole.lines] == [found.id for found in MEASURES]
    assert [block.group for block in whole.conditions] == ["pupils", "staff", "costs"]
    assert [block.sub_goal.id for block in whole.sections] == ["compulsory.safety", "compulsory.other"]
    assert sum(whole.statuses.values()) == len(MEASURES)
    assert whole.goal.text == "ja", "the goal of the school form, not the first in the file"


def test_an_organisers_lines():
    whole = briefing()
    assert {line.measure.id: str(line.position) for line in whole.lines} == {
        "pupil_count": "not_comparable",
        "teachers": "nearly_all",
        "cost": "not_comparable",
        "grades": "lower",
        "calm": "higher",
        "other": "missing",
    }
    assert [line.organiser for line in whole.lines] == [None] * 6, "an organiser has no organiser above it"
    assert whole.sections[0].tally == Counter({"lower": 1, "higher": 1})
    assert whole.statuses == Counter({Status.VALUE: 4, Status.MAJORITY: 1, Status.MISSING: 1})
    assert not whole.small_base and not whole.is_unit and whole.organiser is ORGANISER
    assert whole.line("nothing") is None


def test_a_unit_gets_its_organisers_values_and_no_units():
    whole = briefing(place=UNIT)
    grades = whole.line("grades")
    assert (grades.own.status, grades.organiser.value, grades.nation.value) == (Status.HIDDEN, 75.0, 80.0)
    assert grades.position == "hidden"
    assert whole.units == () and whole.is_unit and whole.organiser is ORGANISER


def test_a_line_of_another_place_is_never_taken():
    whole = briefing(place=UNIT)
    assert whole.line("teachers").own is None and whole.line("teachers").status is Status.MISSING
    assert whole.line("teachers").organiser.status is Status.MAJORITY


@pytest.mark.parametrize(
    ("pupils", "small"), [("149", True), ("150", False), ("0", True), ("..", True), (".", True), ("~100", True)]
)
def test_few_pupils_or_a_hidden_number_is_a_small_base(pupils, small):
    assert is_small_base(released(pupils), RULES) is small
    assert is_small_base(None, RULES) is True


def test_a_small_base_needs_twice_the_difference():
    unit_calm = briefing(place=UNIT).line("calm")
    assert (unit_calm.own.value, str(unit_calm.position)) == (7.5, "near")
    organiser_calm = briefing().line("calm")
    assert (organiser_calm.own.value, str(organiser_calm.position)) == (7.5, "higher")


def test_a_hidden_number_of_pupils_counts_as_a_small_base():
    hidden = briefing(SWEDEN.replace("pupil_count  2024  400", "pupil_count  2024  ..  "))
    assert hidden.small_base and str(hidden.line("calm").position) == "near"


def test_history_ends_at_the_year_asked_about_and_is_cut_at_breaks():
    grades = briefing().line("grades")
    assert [[value.value for value in piece.values] for piece in grades.history] == [[60.0], [70.0, 75.0]]
    assert [value.value for value in grades.nation_history] == [79.0, 80.0]
    before = briefing(school_year=SchoolYear(2023))
    assert [[value.value for value in piece.values] for piece in before.line("grades").history] == [[60.0], [70.0]]
    assert before.earlier_years == (SchoolYear(2022),)


def test_units_have_rows_with_what_is_known_of_them():
    rows = {row.unit.key: row for row in briefing().units}
    assert list(rows) == [UNIT.key, MOVED.key]
    assert {key: value.value for key, value in rows[UNIT.key].values.items()} == {"pupil_count": 149.0, "grades": None}
    assert rows[MOVED.key].values["pupil_count"].status is Status.MISSING
    assert (rows[UNIT.key].moved, rows[MOVED.key].moved) == (False, True)


def test_a_small_group_shows_no_distribution_and_no_middle():
    whole = briefing()
    assert whole.line("grades").distribution is None and whole.line("grades").within_middle is None


def test_a_large_group_shows_where_the_place_stands():
    many = "\n".join(
        f"21200099{number:02d} pupil_count 2024 500\n21200099{number:02d} calm 2024 {number / 10}"
        for number in range(10, 30)
    )
    whole = briefing(SWEDEN + many)
    calm = whole.line("calm")
    assert (calm.distribution.places, calm.distribution.p10, calm.distribution.p90) == (21, 1.2, 2.8)
    assert calm.within_middle is False
