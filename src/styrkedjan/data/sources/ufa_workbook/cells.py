"""Numbers and marks: the tidy observations, made row by row with few passes over the cells."""

from itertools import compress
from typing import Any

import numpy as np
import polars as pl

from styrkedjan.core.refused import BrokenData
from styrkedjan.core.statistics import TIDY_COLUMNS, MarkTable, Status
from styrkedjan.data.sources.ufa_workbook.layout import Column, MeasureRow
from styrkedjan.data.sources.ufa_workbook.sheet import NOTHING_CHANGED, Sheet, clean, is_blank

ELLIPSIS = "…"
ONE_FOR_NUMBERS = bytes([1]) + bytes(255)


class MarkCodes:
    """The printed forms met so far, each with a small code: 0 is a number, the others are marks."""

    def __init__(self, table: MarkTable) -> None:
        self.table = table
        self.marks: list[str | None] = [None]
        self.statuses: list[int] = [int(Status.VALUE)]
        self.by_print: dict[Any, int] = {}

    def add(self, printed: str) -> None:
        """Raises: BrokenData when the source has no such mark."""
        mark = clean(printed).replace(ELLIPSIS, "...")
        status = self.table.status(mark)
        if mark in self.marks:
            self.by_print[printed] = self.marks.index(mark)
        else:
            self.by_print[printed] = len(self.marks)
            self.marks.append(mark)
            self.statuses.append(int(status))


def observations_of(sheet: Sheet, columns: list[Column], measures: list[MeasureRow], marks: MarkTable) -> pl.DataFrame:
    """One row per place x measure, with TIDY_COLUMNS, in the order of the place keys as the store wants them.

    Raises: BrokenData naming the cell that is blank, holds an unknown mark or something that is no number.
    """
    codes = MarkCodes(marks)
    known = codes.by_print
    coded: list[bytes] = []
    numbers: list[float] = []
    for measure in measures:
        cells = _picked(sheet, measure.index, columns)
        try:
            row_codes = bytes([0 if cell.__class__ is float else known[cell] for cell in cells])
        except (KeyError, TypeError):  # a print not met before, or something that is neither number nor text
            cells = _plain_cells(sheet, cells, measure.index, columns, codes)
            row_codes = bytes([0 if cell.__class__ is float else known[cell] for cell in cells])
        coded.append(row_codes)
        numbers += compress(cells, row_codes.translate(ONE_FOR_NUMBERS))
    frame = _frame(columns, measures, np.frombuffer(b"".join(coded), np.uint8), numbers, codes)
    _refuse_infinite(sheet, frame)
    return frame


def _picked(sheet: Sheet, row: int, columns: list[Column]) -> list[Any]:
    """The row's cells in the order of ``columns``, which usually stand side by side."""
    cells = sheet.rows[row]
    first, last = columns[0].index, columns[-1].index
    if last - first + 1 == len(columns):
        return cells[first : last + 1]
    return [cells[column.index] for column in columns]


def _plain_cells(
    sheet: Sheet, cells: list[Any], row: int, columns: list[Column], codes: MarkCodes
) -> list[float | str]:
    """The cells as floats and texts only, every text with a code."""
    if not set(map(type, cells)) <= {float, str}:
        cells = [_plain(sheet, cell, row, column.index) for cell, column in zip(cells, columns, strict=True)]
    for text in {cell for cell in cells if cell.__class__ is str} - codes.by_print.keys():
        column = columns[cells.index(text)].index
        try:
            codes.add(_plain(sheet, text, row, column))
        except BrokenData as unknown:
            raise unknown if unknown.spot else sheet.broken(unknown.message, row, column) from None
    return cells


def _plain(sheet: Sheet, cell: Any, row: int, column: int) -> float | str:
    if is_blank(cell):
        raise sheet.broken(
            f"cellen är tom. En uppgift som saknas ska ha ett tecken. {NOTHING_CHANGED} Hämta tabellen på nytt.",
            row,
            column,
        )
    if isinstance(cell, float | str):
        return cell
    if isinstance(cell, int) and not isinstance(cell, bool):
        return float(cell)
    what = "sant eller falskt" if isinstance(cell, bool) else "ett datum eller klockslag"
    raise sheet.broken(
        f"cellen är {what} ({cell}) och inte ett tal eller ett tecken. {NOTHING_CHANGED} "
        "Kalkylprogrammet kan ha gjort om värdet: hämta tabellen på nytt.",
        row,
        column,
    )


def _frame(
    columns: list[Column], measures: list[MeasureRow], coded: np.ndarray, numbers: list[float], codes: MarkCodes
) -> pl.DataFrame:
    """Turn the cells, read measure by measure, into rows that stand place by place."""
    order = np.argsort([each.place for each in columns], kind="stable")
    column = np.repeat(order, len(measures))
    row = np.tile(np.arange(len(measures)), len(columns))
    values = np.zeros(len(coded))
    values[coded == 0] = numbers
    coded, values = _by_place(coded, order), _by_place(values, order)
    frame = pl.DataFrame(
        {
            "place": pl.Series([each.place for each in columns]).gather(column),
            "measure": pl.Series([each.id for each in measures], dtype=pl.String).gather(row),
            "school_year": np.array([each.year for each in columns], dtype=np.int16)[column],
            "status": np.array(codes.statuses, dtype=np.uint8)[coded],
            "value": values,
            "mark": pl.Series(codes.marks, dtype=pl.String).gather(coded.astype(np.uint32)),
            "row": np.array([each.index + 1 for each in measures], dtype=np.uint32)[row],
            "column": np.array([each.index + 1 for each in columns], dtype=np.uint32)[column],
        },
        schema=TIDY_COLUMNS,
    )
    return frame.with_columns(value=pl.when(pl.col("mark").is_null()).then(pl.col("value")))


def _by_place(cells: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Cells that stand measure by measure, put column by column in this order."""
    return cells.reshape(-1, len(order))[:, order].T.ravel()


def _refuse_infinite(sheet: Sheet, frame: pl.DataFrame) -> None:
    """``NaN`` and ``1e999`` are numbers to a spreadsheet reader, but no source means them."""
    if not frame["value"].is_finite().all():
        row, column = frame.filter(~pl.col("value").is_finite()).select("row", "column").row(0)
        raise sheet.broken(
            f"cellen är inget ändligt tal. {NOTHING_CHANGED} Hämta tabellen på nytt.", row - 1, column - 1
        )
