"""School years, cell names, marks and the report as JSON."""

import json

import pytest

from styrkedjan.core.refused import BadInput, BrokenData
from styrkedjan.core.statistics import (
    Change,
    Counted,
    ImportReport,
    MarkTable,
    SchoolYear,
    Status,
    cell_name,
)

PARSED = {
    "2024/25": 2024,
    "2024/2025": 2024,
    "2024-25": 2024,
    "2024–25": 2024,
    " 2024 / 25 ": 2024,
    "2024": 2024,
    "1999/00": 1999,
    "1999/2000": 1999,
    "2009/10": 2009,
}


@pytest.mark.parametrize(("text", "autumn"), PARSED.items())
def test_a_school_year_is_read(text, autumn):
    assert SchoolYear.parse(text) == SchoolYear(autumn)


NOT_SCHOOL_YEARS = [
    "",
    "24/25",
    "2024/26",
    "2024/24",
    "2024/1925",
    "2024/3025",
    "2024/5",
    "läsåret",
    "2024/25/26",
    "２０２４",
]


@pytest.mark.parametrize("text", NOT_SCHOOL_YEARS)
def test_what_is_no_school_year_is_refused_in_words(text):
    with pytest.raises(BadInput, match="är inget läsår"):
        SchoolYear.parse(text)


def test_a_school_year_prints_as_it_is_read_and_sorts_by_time():
    for autumn in (1998, 1999, 2008, 2009, 2024):
        assert SchoolYear.parse(str(SchoolYear(autumn))) == SchoolYear(autumn)
    assert str(SchoolYear(1999)) == "1999/00"
    assert SchoolYear(2024).spring == 2025
    assert sorted([SchoolYear(2024), SchoolYear(1999)]) == [SchoolYear(1999), SchoolYear(2024)]


CELLS = {
    (1, 1): "A1",
    (5, 26): "Z5",
    (29, 27): "AA29",
    (29, 28): "AB29",
    (1, 702): "ZZ1",
    (1, 703): "AAA1",
    (53, 5993): "HVM53",
}


@pytest.mark.parametrize(("place", "name"), CELLS.items())
def test_a_cell_has_the_name_that_a_spreadsheet_gives_it(place, name):
    assert cell_name(*place) == name


def test_a_cell_name_leads_back_to_its_column():
    for column in range(1, 20_000, 37):
        back = 0
        for letter in cell_name(1, column)[:-1]:
            back = 26 * back + ord(letter) - 64
        assert back == column


def test_only_values_and_approximate_values_carry_numbers():
    assert [status.name for status in Status if status.has_number] == ["VALUE", "APPROXIMATE"]
    assert [int(status) for status in Status] == [0, 1, 2, 3, 4, 5, 6], "stored numbers never change meaning"


def test_an_unknown_mark_is_refused_by_name():
    marks = MarkTable("källan", {".": Status.MISSING})
    assert marks.status(".") is Status.MISSING
    with pytest.raises(BrokenData, match="okänt tecken ”#”"):
        marks.status("#")


def report() -> ImportReport:
    return ImportReport(
        file="fil.xlsx",
        sha256="ab" * 32,
        source="ufa",
        counted=Counted(1, 2, 3, 4, 5, 6, {".": 7}, ("2023/24", "2024/25")),
        new_places=("2120009901",),
        gone_places=("2120009902-90000001",),
        compared_with="2023/24",
        moved={"90000009": ("2120009903", "2120009904")},
        change_count=2,
        changes=(Change("2120009905", "m", 2024, "..", "5.5"),),
        jump_count=1,
        jumps=(Change("00", "m", 2024, "1", "99"),),
        extra_decimals={"m": 3},
    )


def test_a_report_survives_being_stored():
    assert ImportReport.from_json(json.loads(json.dumps(report().to_json()))) == report()


def test_a_report_names_every_place_it_speaks_of_once():
    assert report().named_places == (
        "2120009901",
        "2120009902-90000001",
        "2120009903",
        "2120009903-90000009",
        "2120009904",
        "2120009904-90000009",
        "2120009905",
        "00",
    )
