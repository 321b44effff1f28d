"""The reader against the official workbook for 2024/25, counted a second time without it."""

import os
import re
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest

from styrkedjan.core.statistics import SchoolYear, Tidy
from styrkedjan.data.sources.ufa_workbook import read_workbook
from tests.data.ufa_source import MEASURES, UFA_SOURCE

pytestmark = pytest.mark.real

SHARED = Path(os.environ.get("STYRKEDJAN_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
WORKBOOK = SHARED / "skolverket-ufa-grundskola" / "Underlag_for_analys.xlsx"


@pytest.fixture(scope="module")
def content() -> bytes:
    if not WORKBOOK.exists():
        pytest.skip("the official workbook is not here")
    return WORKBOOK.read_bytes()


@pytest.fixture(scope="module")
def tidy(content) -> Tidy:
    return read_workbook(content, WORKBOOK.name, UFA_SOURCE)


@pytest.fixture(scope="module")
def sheet_cells() -> dict[str, str | float]:
    """Every cell of the sheet by its reference, read from the XML as plain as can be."""
    if not WORKBOOK.exists():
        pytest.skip("the official workbook is not here")
    with zipfile.ZipFile(WORKBOOK) as archive:
        strings = [
            "".join(text.text or "" for text in item.iter() if text.tag.endswith("}t"))
            for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        ]
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    found: dict[str, str | float] = {}
    for reference, attributes, value in re.findall(r'<x:c r="([A-Z]+\d+)"([^>]*)><x:v>([^<]*)</x:v>', sheet):
        found[reference] = strings[int(value)] if 't="s"' in attributes else float(value)
    return found


def test_the_official_counts(tidy):
    observations, places = tidy.observations, tidy.places
    assert observations.height == 49 * 5_992
    assert observations["measure"].n_unique() == 49
    assert observations["value"].count() == 115_273
    assert dict(observations["mark"].drop_nulls().value_counts().rows()) == {
        ".": 137_605,
        "..": 25_225,
        "...": 12_262,
        "-": 3_243,
    }
    keys = places["place"]
    assert places.height == keys.n_unique() == 5_992
    assert keys.str.len_chars().eq(10).sum() == 875
    codes = keys.filter(keys.str.len_chars() == 19).str.slice(11)
    assert (len(codes), codes.n_unique()) == (5_116, 5_103)
    assert tidy.school_years == (SchoolYear(2024),)
    assert tidy.measure_labels == {measure.id: measure.official_label for measure in MEASURES}
    assert len(tidy.notes) == 9


def test_no_place_and_measure_twice(tidy):
    assert not tidy.observations.select("place", "measure", "school_year").is_duplicated().any()


def test_every_cell_is_the_one_in_the_file(tidy, sheet_cells):
    counted = Counter("number" if isinstance(cell, float) else cell for cell in sheet_cells.values())
    assert counted["number"] == tidy.observations["value"].count()
    for mark, count in tidy.observations["mark"].drop_nulls().value_counts().iter_rows():
        assert counted[mark] == count
    letters: dict[int, str] = {}
    for reference in sheet_cells:
        match = re.fullmatch(r"([A-Z]+)3", reference)
        if match:
            letters[_column_number(match[1])] = match[1]
    wrong = [
        (row, column)
        for row, column, value, mark in tidy.observations.select("row", "column", "value", "mark").iter_rows()
        if sheet_cells[f"{letters[column]}{row}"] != (mark if value is None else value)
    ]
    assert wrong == []
    for place, column in tidy.observations.filter(pl.col("row") == 5).select("place", "column").iter_rows():
        numbers = re.findall(r"\((\d{10}|\d{8})\)(?=: |$)", str(sheet_cells[f"{letters[column]}3"]))
        assert place == ("-".join(numbers) or "00")


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
