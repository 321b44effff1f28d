"""The official workbook, published to parts, against DuckDB and against the sheet's own XML."""

import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import polars as pl
import pytest

from styrkedjan.core.disclosure import release
from styrkedjan.core.indicators import ComparisonGroup, spread_of
from styrkedjan.core.raw import Observations, RawTable
from styrkedjan.core.statistics import SchoolYear, Status
from styrkedjan.data import checks, store
from tests.world import catalogue, tidy_of

pytestmark = pytest.mark.real

YEAR = SchoolYear(2024)
RAW = store.RawFile("ab" * 32, "Underlag_for_analys.xlsx", "i prov", "2026-11-24T09:00:00+00:00")


@pytest.fixture(scope="module")
def edition(real_workbook, tmp_path_factory) -> tuple[Path, store.Manifest]:
    """The official workbook as parts of an edition."""
    folder = tmp_path_factory.mktemp("store")
    return folder, store.build(folder, store.EMPTY, tidy_of(real_workbook), RAW, invented=False)


@pytest.fixture(scope="module")
def parts(edition) -> str:
    folder, manifest = edition
    return str(store.part_path(folder, manifest.parts[0].observations))


@pytest.fixture(scope="module")
def observations(edition) -> Observations:
    return Observations(store.read_observations(*edition))


def test_marks_are_counted_the_same_by_another_engine(parts, edition, real_workbook):
    counted = checks.count(tidy_of(real_workbook))
    rows = duckdb.sql(f"SELECT mark, count(*) FROM '{parts}' WHERE status <> 0 GROUP BY mark").fetchall()
    assert dict(rows) == counted.marks == {".": 137_605, "..": 25_225, "...": 12_262, "-": 3_243}
    per_status = dict(duckdb.sql(f"SELECT status, count(value) FROM '{parts}' GROUP BY status").fetchall())
    assert per_status == {0: 115_273, 2: 0, 3: 0, 4: 0, 6: 0}, "no hidden cell carries a number"
    assert duckdb.sql(f"SELECT count(*) FROM '{parts}'").fetchall() == [(49 * 5_992,)]


GROUPS = {
    "municipality": "length(place) = 10 AND substr(place, 1, 6) IN ('212000', '222000')",
    "region": "length(place) = 10 AND substr(place, 1, 6) = '232100'",
    "state": "length(place) = 10 AND substr(place, 1, 6) = '202100'",
    "independent": "length(place) = 10 AND substr(place, 1, 6) NOT IN ('212000', '222000', '232100', '202100')",
    "school_unit": "length(place) = 19",
}


def groups() -> list[tuple[ComparisonGroup, str]]:
    found = []
    for kind, where in GROUPS.items():
        found.append((ComparisonGroup(kind, None), where))
        for size in catalogue().disclosure.size_classes.get(kind, ()):
            upper = f"AND value < {size.below_pupils}" if size.below_pupils else ""
            inside = f"SELECT place FROM part WHERE measure = 'pupil_count' AND value >= {size.from_pupils} {upper}"
            found.append((ComparisonGroup(kind, size), f"{where} AND place IN ({inside})"))
    return found


@pytest.mark.parametrize(("group", "where"), groups(), ids=[group.id for group, _ in groups()])
def test_every_measures_percentiles_are_duckdbs(parts, observations, group, where):
    table = release(RawTable(observations.frame.clear(), spread_of(observations, group, YEAR)), catalogue().disclosure)
    rows = duckdb.sql(
        f"""
        WITH part AS (SELECT * FROM '{parts}')
        SELECT measure, count(*), quantile_disc(value, 0.1), quantile_disc(value, 0.5), quantile_disc(value, 0.9)
        FROM part WHERE status = 0 AND {where} GROUP BY measure
        """
    ).fetchall()
    enough = {row[0]: row[1:] for row in rows if row[1] >= 10}
    ours = {name: (found.places, found.p10, found.p50, found.p90) for name, found in table.distributions.items()}
    assert ours == enough
    assert table.too_few == {row[0] for row in rows if row[1] < 10}


NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def column_number(reference: str) -> int:
    number = 0
    for letter in reference:
        if letter.isdigit():
            break
        number = 26 * number + ord(letter) - 64
    return number


def sheet_cells(content: bytes):
    """(row, column, text, is a number) of every cell, streamed from the sheet's XML."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        strings = [
            "".join(text.text or "" for text in item.iter(f"{NAMESPACE}t"))
            for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        ]
        with archive.open("xl/worksheets/sheet1.xml") as sheet:
            row = 0
            for event, element in ElementTree.iterparse(sheet, events=("start", "end")):
                if event == "start":
                    row = int(element.get("r")) if element.tag == f"{NAMESPACE}row" else row
                elif element.tag == f"{NAMESPACE}c":
                    value = element.find(f"{NAMESPACE}v")
                    if value is not None:
                        is_text = element.get("t") == "s"
                        text = strings[int(value.text)] if is_text else value.text
                        yield row, column_number(element.get("r")), text, not is_text
                elif element.tag == f"{NAMESPACE}row":
                    element.clear()


MEANS = {".": Status.MISSING, "..": Status.HIDDEN, "...": Status.MAJORITY, "-": Status.BELOW_RULES}


def test_every_cell_of_the_official_sheet_is_what_was_published(real_workbook, observations):
    """49 x 5 992 cells, read a second time from the XML: place, measure, status, number and cell name."""
    published = {
        (row, column): (place, label, status, value, mark)
        for place, label, status, value, mark, row, column in observations.frame.join(_labels(), on="measure")
        .select("place", "label", "status", "value", "mark", "row", "column")
        .iter_rows()
    }
    assert len(published) == 49 * 5_992
    places: dict[int, str] = {}
    labels: dict[int, str] = {}
    seen: Counter = Counter()
    for row, column, text, is_number in sheet_cells(real_workbook):
        if row == 3 and column > 1:
            places[column] = _key(text)
        elif row > 4 and column == 1:
            labels[row] = text
        elif 5 <= row <= 53:
            place, label, status, value, mark = published[row, column]
            assert (place, label) == (places[column], labels[row])
            if is_number:
                assert (status, value, mark) == (Status.VALUE, float(text), None)
            else:
                assert (status, value, mark) == (MEANS[text], None, text)
            seen["cell"] += 1
    assert seen["cell"] == len(published)


def _labels() -> pl.DataFrame:
    printed = {measure_id: label for label, measure_id in catalogue().sources["ufa_compulsory"].labels.items()}
    return pl.DataFrame({"measure": list(printed), "label": list(printed.values())})


def _key(label: str) -> str:
    """The place key in a printed label, by cutting and not by a pattern."""
    if label == "RIKET: TOTALT":
        return "00"
    organiser, _, unit = label.partition("): ")
    number = organiser.rpartition("(")[2]
    return number if unit == "HUVUDMAN" else f"{number}-{unit.rpartition('(')[2].rstrip(')')}"
