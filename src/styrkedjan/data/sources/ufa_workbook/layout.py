"""Which column is which place and läsår, and which row is which measure."""

from collections.abc import Callable
from typing import Any, NamedTuple

import polars as pl

from styrkedjan.core.catalogue import StatisticsSource
from styrkedjan.core.places import NATION
from styrkedjan.core.refused import BadInput, BrokenData, Spot
from styrkedjan.core.statistics import TIDY_PLACE_COLUMNS, SchoolYear, cell_name
from styrkedjan.data.sources.ufa_labels import (
    NATION_LABEL,
    PlaceLabel,
    match_measures,
    normalise,
    parse_place_label,
)
from styrkedjan.data.sources.ufa_workbook.sheet import NOTHING_CHANGED, Sheet, clean, has_values, is_blank

GRAMMAR = "”NAMN (tio siffror): HUVUDMAN” eller ”NAMN (tio siffror): SKOLA (åtta siffror)”"


class Column(NamedTuple):
    """One column of values: where it stands (0-based), and whose it is."""

    index: int
    place: str
    organiser_label: str
    unit_label: str
    year: int


class MeasureRow(NamedTuple):
    """One row of values: where it stands (0-based), the measure's id and its label as printed."""

    index: int
    id: str
    label: str


def columns_of(sheet: Sheet) -> tuple[list[Column], int]:
    """The columns of the table, and the index of the first row under the two header rows.

    Raises: BrokenData for a label outside the grammar, a column without label or läsår, or the same column twice.
    """
    label_row = _label_row(sheet)
    year_row = _year_row(sheet, label_row)
    columns = _read_columns(sheet, label_row, year_row)
    _refuse_missing_places(sheet, columns, label_row)
    return columns, year_row + 1


def places_of(columns: list[Column]) -> pl.DataFrame:
    """The places in the order of the source, with TIDY_PLACE_COLUMNS."""
    first = {column.place: column for column in reversed(columns)}
    ordered = [first[place] for place in dict.fromkeys(column.place for column in columns)]
    return pl.DataFrame(
        {
            "place": [column.place for column in ordered],
            "organiser_label": [column.organiser_label for column in ordered],
            "unit_label": [column.unit_label for column in ordered],
        },
        schema=TIDY_PLACE_COLUMNS,
    )


def measure_rows_of(
    sheet: Sheet, columns: list[Column], first_row: int, source: StatisticsSource
) -> tuple[list[MeasureRow], tuple[str, ...]]:
    """The rows of measures, and the texts of the notes under them.

    Raises: BrokenData for an unknown, repeated or vanished measure, and for rows whose label and values do not meet.
    """
    valued, bare = _split_rows(sheet, first_row)
    known = {normalise(label) for label in source.labels}
    _refuse_bare_measures(sheet, bare, max(valued, default=-1), known)
    labels = [str(sheet.rows[row][0]).strip() for row in valued]
    years = [SchoolYear(year) for year in {column.year for column in columns}]
    ids = match_measures(labels, source, years, _spot_of_label(sheet, valued))
    measures = [MeasureRow(row, ids[label], label) for row, label in zip(valued, labels, strict=True)]
    return measures, tuple(str(sheet.rows[row][0]).strip() for row in bare)


def _spot_of_label(sheet: Sheet, valued: list[int]) -> Callable[[int], Spot]:
    """Where the label at a position among the measures stands; the whole sheet when there are no measures."""

    def spot(position: int) -> Spot:
        return Spot(sheet.file, sheet.name, cell_name(valued[position] + 1, 1) if valued else "")

    return spot


def _label_row(sheet: Sheet) -> int:
    for index, row in enumerate(sheet.rows):
        if has_values(row) and any(isinstance(cell, str) and parse_place_label(cell) for cell in row[1:]):
            return index
    raise sheet.broken_sheet(
        f"ingen rad anger enheter. Varje kolumn ska ha en etikett som ”{NATION_LABEL}”, {GRAMMAR}. "
        f"{NOTHING_CHANGED} Hämta tabellen på nytt."
    )


def _year_row(sheet: Sheet, label_row: int) -> int:
    for index in range(label_row + 1, len(sheet.rows)):
        if has_values(sheet.rows[index]):
            return index
    raise sheet.broken(f"under enheterna finns varken läsår eller mått. {NOTHING_CHANGED}", label_row, 0)


def _read_columns(sheet: Sheet, label_row: int, year_row: int) -> list[Column]:
    columns: list[Column] = []
    seen: dict[tuple[str, int], int] = {}
    years: dict[object, int | None] = {}
    labels, printed_years = sheet.rows[label_row], sheet.rows[year_row]
    carried: PlaceLabel | None = None
    for index in range(1, len(labels)):
        label, printed_year = labels[index], printed_years[index]
        unlabelled = is_blank(label)
        if unlabelled and is_blank(printed_year):
            carried = None
            _refuse_values_in(sheet, index, label_row, year_row)
            continue
        place = carried if unlabelled else parse_place_label(label)
        if place is None:
            raise _bad_label(sheet, clean(label), label_row, index)
        if printed_year not in years:
            years[printed_year] = _year(printed_year)
        year = years[printed_year]
        if year is None:
            raise _bad_year(sheet, printed_year, year_row, index)
        column = Column(index, place.place, place.organiser_label, place.unit_label, year)
        if (column.place, year) in seen:
            raise _repeated_column(sheet, clean(label), column, label_row, seen[(column.place, year)])
        seen[(column.place, year)] = index
        carried = place
        columns.append(column)
    return columns


def _year(printed: object) -> int | None:
    try:
        return SchoolYear.parse(printed).autumn if isinstance(printed, str) else None
    except BadInput:
        return None


def _refuse_values_in(sheet: Sheet, column: int, label_row: int, year_row: int) -> None:
    for row in range(year_row + 1, len(sheet.rows)):
        if not is_blank(sheet.rows[row][column]):
            raise sheet.broken(
                "kolumnen har värden men ingen enhet. "
                f"{NOTHING_CHANGED} Hämta tabellen på nytt utan att flytta eller ta bort kolumner.",
                label_row,
                column,
            )


def _bad_label(sheet: Sheet, label: str, row: int, column: int) -> BrokenData:
    if not label:
        message = "kolumnen har ett läsår men ingen enhet, och kolumnen till vänster har ingen enhet att föra vidare."
    else:
        message = f"”{label}” är ingen enhet som går att känna igen. Väntat: ”{NATION_LABEL}”, {GRAMMAR}."
    return sheet.broken(f"{message} {NOTHING_CHANGED} Hämta tabellen på nytt.", row, column)


def _bad_year(sheet: Sheet, printed: Any, row: int, column: int) -> BrokenData:
    what = "läsåret saknas" if is_blank(printed) else f"”{clean(printed)}” är inget läsår"
    return sheet.broken(
        f"{what}. Raden under enheterna ska ange läsår i varje kolumn, till exempel 2024/25. {NOTHING_CHANGED} "
        "Hämta tabellen på nytt.",
        row,
        column,
    )


def _repeated_column(sheet: Sheet, label: str, column: Column, row: int, earlier: int) -> BrokenData:
    whose = column.unit_label or column.organiser_label or NATION_LABEL
    hint = "" if label else " Kolumnen saknar egen etikett och har samma läsår som en kolumn till vänster."
    return sheet.broken(
        f"”{whose}” ({column.place}) har mer än en kolumn för läsåret {SchoolYear(column.year)}: den första är cell "
        f"{cell_name(row + 1, earlier + 1)}.{hint} {NOTHING_CHANGED} Hämta tabellen på nytt.",
        row,
        column.index,
    )


def _refuse_missing_places(sheet: Sheet, columns: list[Column], label_row: int) -> None:
    with_nation = {column.year for column in columns if column.place == NATION}
    lacking = sorted({column.year for column in columns} - with_nation)
    if lacking:
        years = ", ".join(str(SchoolYear(year)) for year in lacking)
        raise sheet.broken_sheet(
            f"kolumnen ”{NATION_LABEL}” saknas för läsåret {years} (rad {label_row + 1}). {NOTHING_CHANGED} "
            "Ta med riket när tabellen hämtas."
        )
    if all(column.place == NATION for column in columns):
        raise sheet.broken_sheet(
            f"tabellen har riket men inga huvudmän eller skolenheter (rad {label_row + 1}). {NOTHING_CHANGED} "
            "Ta med huvudmän och skolenheter när tabellen hämtas."
        )


def _split_rows(sheet: Sheet, first_row: int) -> tuple[list[int], list[int]]:
    """Rows with label and values, and rows with a label only. Values without a label are refused."""
    valued, bare = [], []
    for index in range(first_row, len(sheet.rows)):
        row = sheet.rows[index]
        valued_row = has_values(row)
        if valued_row and is_blank(row[0]):
            raise sheet.broken(
                "raden har värden men ingen etikett som säger vilket mått det är. "
                f"{NOTHING_CHANGED} Hämta tabellen på nytt utan att flytta celler.",
                index,
                0,
            )
        if valued_row:
            valued.append(index)
        elif not is_blank(row[0]):
            bare.append(index)
    return valued, bare


def _refuse_bare_measures(sheet: Sheet, bare: list[int], last: int, known: set[str]) -> None:
    """A label without values is a note when it stands last, and a sign of shifted rows when it is a measure's."""
    groups = {label.split(":")[0] + ":" for label in known if ":" in label}
    for row in bare:
        label = normalise(sheet.rows[row][0])
        if row < last or label in known or any(label.startswith(group) for group in groups):
            raise sheet.broken(
                f"raden ”{label[:120]}” har en etikett men inga värden. Raderna kan ha förskjutits. "
                f"{NOTHING_CHANGED} Hämta tabellen på nytt utan att flytta celler.",
                row,
                0,
            )
