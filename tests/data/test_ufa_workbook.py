"""The reader of the official workbook: the same table however it is laid out, and a clear no to a broken one."""

import datetime as dt
import math
from dataclasses import replace

import polars as pl
import pytest

from styrkedjan.core.refused import BrokenData
from styrkedjan.core.statistics import TIDY_COLUMNS, TIDY_PLACE_COLUMNS, SchoolYear, Status, Tidy
from styrkedjan.data.sources.ufa_workbook import read_workbook
from tests.data.archives import replaced
from tests.data.ufa_source import (
    MEASURES,
    NATION,
    NOTES,
    ORGANISER,
    OTHER_SCHOOL,
    SCHOOL,
    TITLE,
    UFA_SOURCE,
    small_grid,
    xlsx,
)

FIRST = 4  # index of the first row of measures
LABELS = 2  # index of the row of units
YEARS = 3


def read(rows, sheet=UFA_SOURCE.sheet, source=UFA_SOURCE) -> Tidy:
    return read_workbook(xlsx(rows, sheet), "fil.xlsx", source)


def cells(tidy: Tidy) -> pl.DataFrame:
    """What the cells say, without where they stood."""
    return tidy.observations.drop("row", "column").sort("place", "measure", "school_year")


def refused(rows, *parts, cell=None, source=UFA_SOURCE) -> str:
    with pytest.raises(BrokenData) as caught:
        read(rows, source=source)
    message = caught.value.message
    for part in ("fil.xlsx", "Inget har ändrats.", *parts):
        assert part in message, message
    if cell:
        assert caught.value.spot.cell == cell
        assert f"cell {cell}" in message
    return message


def test_a_workbook_becomes_a_tidy_table():
    tidy = read(small_grid())
    assert dict(tidy.observations.schema) == {
        name: dtype() if isinstance(dtype, type) else dtype for name, dtype in TIDY_COLUMNS.items()
    }
    assert tidy.observations.height == len(MEASURES) * 4
    assert (tidy.source, tidy.title, tidy.sheet) == (UFA_SOURCE.id, TITLE, UFA_SOURCE.sheet)
    assert tidy.school_years == (SchoolYear(2024),)
    assert tidy.notes == NOTES
    assert tidy.measure_labels == {measure.id: measure.official_label for measure in MEASURES}


def test_places_keep_the_order_and_the_printed_names():
    tidy = read(small_grid())
    assert list(tidy.places.schema) == list(TIDY_PLACE_COLUMNS)
    assert tidy.places.rows() == [
        ("00", "", ""),
        ("2120990010", "EKDALENS KOMMUN", ""),
        ("2120990010-90000001", "EKDALENS KOMMUN", "EKSKOLAN"),
        ("2120990010-90000002", "EKDALENS KOMMUN", "BJÖRKSKOLAN"),
    ]


def test_numbers_stay_exact_and_marks_keep_their_print():
    rows = small_grid()
    rows[FIRST][1] = 0.123456789012345
    observed = {(row["place"], row["measure"]): row for row in read(rows).observations.iter_rows(named=True)}
    number = observed["00", "pupil_count"]
    assert number == {
        "place": "00",
        "measure": "pupil_count",
        "school_year": 2024,
        "status": Status.VALUE,
        "value": 0.123456789012345,
        "mark": None,
        "row": 5,
        "column": 2,
    }
    expected = [(".", Status.MISSING), ("..", Status.HIDDEN), ("...", Status.MAJORITY), ("-", Status.BELOW_RULES)]
    for measure, (mark, status) in zip(MEASURES, expected, strict=False):
        cell = observed["2120990010-90000002", measure.id]
        assert (cell["mark"], cell["status"], cell["value"]) == (mark, status, None)


def test_every_value_carries_its_own_cell():
    rows = small_grid()
    tidy = read(rows)
    for place, measure, row, column in tidy.observations.select("place", "measure", "row", "column").iter_rows():
        assert tidy.measure_labels[measure] == rows[row - 1][0]
        label = rows[LABELS][column - 1]
        assert label == NATION if place == "00" else place.split("-")[-1] in label


def moved(rows, order):
    """The grid with its columns of units in another order."""
    return [[row[0], *(row[i] if i < len(row) else None for i in order)] if len(row) > 1 else row for row in rows]


SAME_TABLE = {
    "blank rows above": lambda rows: [[], [], [], *rows],
    "blank row between the headers": lambda rows: [*rows[:3], [], [" ", "  "], *rows[3:]],
    "blank row under the headers": lambda rows: [*rows[:4], [], *rows[4:]],
    "no blank row under the title": lambda rows: [rows[0], *rows[2:]],
    "blank rows between measures": lambda rows: [*rows[:10], [], ["  "], *rows[10:]],
    "no notes": lambda rows: rows[: FIRST + len(MEASURES)],
    "measures in another order": lambda rows: [*rows[:FIRST], *rows[FIRST : FIRST + 49][::-1], *rows[FIRST + 49 :]],
    "units in another order": lambda rows: moved(rows, (3, 1, 4, 2)),
    "an empty column between": lambda rows: moved(rows, (1, 2, 99, 3, 4)),
    "empty cells to the right": lambda rows: [[*row, None, " "] for row in rows],
    "one character for three dots": lambda rows: [["…" if cell == "..." else cell for cell in row] for row in rows],
    "white space around marks": lambda rows: [
        [f" {cell}\xa0" if isinstance(cell, str) and set(cell) <= {".", "-"} else cell for cell in row] for row in rows
    ],
    "white space inside labels": lambda rows: [
        [cell.replace(" ", " \xa0 ") if isinstance(cell, str) and len(cell) > 8 else cell for cell in row]
        for row in rows
    ],
    "a heading in the corner": lambda rows: [*rows[:2], ["huvudman", *rows[2][1:]], ["läsår", *rows[3][1:]], *rows[4:]],
}


@pytest.mark.parametrize("change", SAME_TABLE.values(), ids=SAME_TABLE.keys())
def test_layout_does_not_matter(change):
    assert cells(read(change(small_grid()))).equals(cells(read(small_grid())))


def test_whole_numbers_are_numbers():
    rows = [
        [int(cell) if isinstance(cell, float) and cell.is_integer() else cell for cell in row] for row in small_grid()
    ]
    assert cells(read(rows)).equals(cells(read(small_grid())))


def test_another_sheet_name_is_found_by_its_title():
    tidy = read(small_grid(), sheet="Blad1")
    assert tidy.sheet == "Blad1"
    assert cells(tidy).equals(cells(read(small_grid())))


@pytest.mark.parametrize(
    ("label", "place"),
    [
        ("AB SKOLA (GAMLA): NORR (5569990010): HUVUDMAN", ("5569990010", "AB SKOLA (GAMLA): NORR", "")),
        ("SKOLENHET HUVUDMAN AB (5569990010): HUVUDMAN", ("5569990010", "SKOLENHET HUVUDMAN AB", "")),
        (
            "EK (1): A (5569990010): SKOLENHET: HUVUDMAN (B) (90000003)",
            ("5569990010-90000003", "EK (1): A", "SKOLENHET: HUVUDMAN (B)"),
        ),
        ("X (5569990010): HUVUDMAN (90000003)", ("5569990010-90000003", "X", "HUVUDMAN")),
    ],
)
def test_names_may_hold_parentheses_colons_and_the_words_of_the_grammar(label, place):
    rows = small_grid()
    rows[LABELS][4] = label
    assert read(rows).places.row(3) == place


def two_years():
    """Every unit with two läsår, its label standing in the first of the two columns only."""
    rows = []
    for index, row in enumerate(small_grid()):
        if len(row) == 1 or not row:
            rows.append(row)
        elif index == LABELS:
            rows.append([row[0], *(cell for label in row[1:] for cell in (label, None))])
        elif index == YEARS:
            rows.append([row[0], *["2023/24", "2024/25"] * 4])
        else:
            rows.append([row[0], *(cell for value in row[1:] for cell in (value, "."))])
    return rows


def test_a_merged_label_is_carried_to_the_next_year():
    tidy = read(two_years())
    assert tidy.school_years == (SchoolYear(2023), SchoolYear(2024))
    assert tidy.places.height == 4
    assert tidy.observations.height == len(MEASURES) * 8
    earlier = tidy.observations.filter(pl.col("school_year") == 2023).drop("school_year", "row", "column")
    alone = read(small_grid()).observations.drop("school_year", "row", "column")
    assert earlier.equals(alone)
    assert tidy.observations.filter(pl.col("school_year") == 2024)["mark"].unique().to_list() == ["."]


def test_years_may_stand_in_blocks():
    rows = small_grid()
    blocks = [[*row, *row[1:]] if len(row) > 1 else row for row in rows]
    blocks[YEARS] = [None, *["2023/24"] * 4, *["2024/25"] * 4]
    tidy = read(blocks)
    assert tidy.places.height == 4
    assert tidy.observations.height == len(MEASURES) * 8


def test_a_measure_that_the_source_lacked_that_year_may_be_absent():
    rows = small_grid("2022/23")
    del rows[FIRST + 4]
    source = _with(absent={MEASURES[4].id: (2022,)})
    assert read(rows, source=source).observations["measure"].n_unique() == len(MEASURES) - 1
    refused(small_grid("2023/24")[: FIRST + 4] + small_grid("2023/24")[FIRST + 5 :], "saknas", source=source)


def test_an_older_label_of_a_measure_is_read_as_the_same_measure():
    rows = small_grid()
    rows[FIRST][0] = "Elever: Antal"
    tidy = read(rows, source=_with(labels={"Elever: Antal": "pupil_count", **UFA_SOURCE.labels}))
    assert tidy.measure_labels["pupil_count"] == "Elever: Antal"


def _with(**changes):
    return replace(UFA_SOURCE, **changes)


def change(row, column, value):
    def apply(rows):
        width = max(len(each) for each in rows)
        rows[row] += [None] * (width - len(rows[row]))
        if column >= width:
            rows[row] += [None] * (column + 1 - width)
        rows[row][column] = value

    return apply


def drop_row(row):
    def apply(rows):
        del rows[row]

    return apply


def drop_column(column):
    def apply(rows):
        for row in rows:
            del row[column : column + 1]

    return apply


def swap_last_label_down(rows):
    """Every label in column A from the tenth measure on one row too far down."""
    labels = [row[0] if row else None for row in rows]
    for index in range(FIRST + 10, FIRST + 50):
        if not rows[index]:
            rows[index].append(None)
        rows[index][0] = labels[index - 1] if index > FIRST + 10 else None


BROKEN = {
    "another school form": (
        change(0, 0, "Underlag för analys för gymnasieskola efter mått, huvudman och läsår"),
        ("gymnasieskola", "annan skolform", TITLE),
        "A1",
    ),
    "no title": (change(0, 0, None), ("rubriken är", "Elever: Antal elever"), "A5"),
    "unknown measure": (
        change(FIRST + 3, 0, "Elever: Andel (%) med föräldrar med eftergymnasial utbildningsnivå"),
        ("okänt mått", "”Elever: Andel (%) med föräldrar med eftergymnasial utbildning”", "sources.yaml"),
        "A8",
    ),
    "other case is another label": (change(FIRST, 0, "Elever: antal elever"), ("okänt mått",), "A5"),
    "vanished measure": (drop_row(FIRST + 7), (MEASURES[7].official_label, "saknas", "2024/25"), None),
    "repeated measure": (
        change(FIRST + 5, 0, MEASURES[4].official_label),
        ("två gånger", MEASURES[4].official_label),
        "A10",
    ),
    "unknown mark": (change(FIRST + 9, 2, "*"), ("okänt tecken ”*”",), "C14"),
    "numeric text": (change(FIRST + 9, 3, "12,5"), ("okänt tecken ”12,5”",), "D14"),
    "numeric text with a point": (change(FIRST + 9, 3, "12.5"), ("okänt tecken ”12.5”",), "D14"),
    "four dots": (change(FIRST + 9, 3, "...."), ("okänt tecken ”....”",), "D14"),
    "blank cell": (change(FIRST + 24, 3, None), ("cellen är tom",), "D29"),
    "cell with a space": (change(FIRST + 24, 3, " "), ("cellen är tom",), "D29"),
    "boolean": (change(FIRST + 1, 2, True), ("sant eller falskt",), "C6"),
    "date": (change(FIRST + 1, 4, dt.date(2024, 12, 5)), ("datum",), "E6"),
    "organiser repeated": (
        change(LABELS, 3, ORGANISER),
        ("mer än en kolumn", "2024/25", "cell C3"),
        "D3",
    ),
    "unit repeated": (change(LABELS, 4, SCHOOL), ("EKSKOLAN", "mer än en kolumn", "cell D3"), "E3"),
    "unit without code": (change(LABELS, 4, "EKDALENS KOMMUN (2120990010): BJÖRKSKOLAN"), ("BJÖRKSKOLAN",), "E3"),
    "organiser without number": (change(LABELS, 2, "EKDALENS KOMMUN: HUVUDMAN"), ("ingen enhet",), "C3"),
    "code of seven digits": (change(LABELS, 4, OTHER_SCHOOL.replace("90000002", "9000002")), ("ingen enhet",), "E3"),
    "number among the units": (change(LABELS, 4, 17), ("”17.0”",), "E3"),
    "empty unit label": (change(LABELS, 4, None), ("mer än en kolumn", "saknar egen etikett"), "E3"),
    "empty first unit label": (change(LABELS, 1, None), ("ingen enhet att föra vidare",), "B3"),
    "values without unit": (change(FIRST + 2, 6, 3.0), ("värden men ingen enhet",), "G3"),
    "läsår missing": (change(YEARS, 4, None), ("läsåret saknas",), "E4"),
    "läsår that is none": (change(YEARS, 4, "2024/26"), ("”2024/26” är inget läsår",), "E4"),
    "läsår as a number": (change(YEARS, 4, 2024), ("inget läsår",), "E4"),
    "row of läsår missing": (drop_row(YEARS), ("är inget läsår",), "B4"),
    "row of units missing": (drop_row(LABELS), ("ingen rad anger enheter",), None),
    "values without label": (change(FIRST + 6, 0, None), ("värden men ingen etikett",), "A11"),
    "labels shifted": (swap_last_label_down, ("värden men ingen etikett",), "A15"),
    "nation missing": (drop_column(1), ("RIKET: TOTALT", "saknas", "2024/25"), None),
    "unknown measure without values": (
        change(FIRST + 49, 0, "Delmål 6: Något nytt"),
        ("etikett men inga värden",),
        "A54",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("breaking", "parts", "cell"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_table_is_refused_with_its_place(breaking, parts, cell):
    rows = small_grid()
    breaking(rows)
    refused(rows, *parts, cell=cell)


def test_a_label_without_values_between_measures_is_refused():
    rows = small_grid()
    rows.insert(FIRST + 8, ["En mellanrubrik"])
    refused(rows, "En mellanrubrik", "inga värden", cell="A13")


def test_a_known_label_without_values_is_refused():
    rows = small_grid()
    rows[FIRST + 48] = rows[FIRST + 48][:1]
    refused(rows, MEASURES[48].official_label[:60], "inga värden", cell="A53")


def test_values_among_the_notes_are_refused():
    rows = small_grid()
    rows[-4] = [*rows[-4], 1.0, 2.0, 3.0, 4.0]
    refused(rows, "okänt mått", NOTES[0], cell="A55")
    rows = small_grid()
    rows[-1] = [*rows[-1], 1.0, 2.0, 3.0, 4.0]
    refused(rows, NOTES[0], "inga värden", cell="A55")


def test_a_table_with_riket_only_is_refused():
    refused([row[:2] for row in small_grid()], "inga huvudmän eller skolenheter")


def test_riket_must_be_there_for_every_year():
    rows = two_years()
    for row in rows:
        del row[2:3]
    refused(rows, "RIKET: TOTALT", "2024/25")


def test_a_header_without_anything_under_it_is_refused():
    refused(small_grid()[:3], "varken läsår eller mått")
    refused(small_grid()[:4], "saknas")


def test_every_vanished_measure_is_counted():
    rows = small_grid()
    message = refused(rows[: FIRST + 40] + rows[FIRST + 49 :], "saknas", MEASURES[40].official_label)
    assert "och 4 till" in message


def test_an_empty_sheet_is_refused():
    refused([], "kolumn A är tom")


def test_a_number_that_is_none_is_refused():
    content = xlsx(small_grid())
    for written in (b"NaN", b"1e999", b"-inf"):
        broken = replaced(
            content, "xl/worksheets/sheet1.xml", b'<c r="B29"><v>24.5</v>', b'<c r="B29"><v>%s</v>' % written
        )
        with pytest.raises(BrokenData, match="cell B29"):
            read_workbook(broken, "fil.xlsx", UFA_SOURCE)


def test_a_wrong_sheet_lists_the_sheets():
    with pytest.raises(BrokenData) as caught:
        read([["något annat"]], sheet="Blad1")
    assert "”Blad1”" in caught.value.message
    assert UFA_SOURCE.title in caught.value.message


def test_error_values_of_a_spreadsheet_are_refused():
    content = replaced(
        xlsx(small_grid()), "xl/worksheets/sheet1.xml", b'<c r="B29"><v>24.5</v>', b'<c r="B29" t="e"><v>#DIV/0!</v>'
    )
    with pytest.raises(BrokenData, match="cell B29"):
        read_workbook(content, "fil.xlsx", UFA_SOURCE)


def test_the_mark_table_decides_what_a_mark_means():
    tidy = read(small_grid())
    by_mark = dict(tidy.observations.drop_nulls("mark").select("mark", "status").unique().rows())
    assert by_mark == {mark: int(status) for mark, status in UFA_SOURCE.marks.meanings.items()}
    assert not any(math.isnan(value) for value in tidy.observations["value"].drop_nulls())
