"""The right sheet of the workbook, by its name or by the title in column A."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from styrkedjan.core.catalogue import StatisticsSource
from styrkedjan.core.refused import BrokenData, Spot
from styrkedjan.core.statistics import cell_name

NOTHING_CHANGED = "Inget har ändrats."
MAX_NAMED = 8


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet, every row equally long and starting in A1; ``name`` is what the tab says."""

    file: str
    name: str
    title: str
    rows: list[list[Any]]

    def broken(self, message: str, row: int, column: int) -> BrokenData:
        """The refusal for the cell at these 0-based positions."""
        return BrokenData(message, Spot(self.file, self.name, cell_name(row + 1, column + 1)))

    def broken_sheet(self, message: str) -> BrokenData:
        """The refusal for the sheet as a whole."""
        return BrokenData(message, Spot(self.file, self.name))


def clean(cell: object) -> str:
    """The text of a cell with runs of white space (also no-break spaces and line breaks) as one space."""
    return " ".join(cell.split()) if isinstance(cell, str) else "" if cell is None else str(cell)


def is_blank(cell: object) -> bool:
    """True for an empty cell and for one that holds white space only."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def has_values(row: list[Any]) -> bool:
    """True when anything stands to the right of column A. Counting empty cells first is many times faster."""
    return row[1:].count("") < len(row) - 1 and any(not is_blank(cell) for cell in row[1:])


def open_sheet(content: bytes, name: str, source: StatisticsSource) -> Sheet:
    """The sheet that holds the source's table.

    Raises: BrokenData when there is no such sheet, or when the title says that it is another table.
    """
    workbook = _guarded(lambda: CalamineWorkbook.from_filelike(BytesIO(content)), name)
    names = list(workbook.sheet_names)
    if source.sheet in names:
        sheet = _read(workbook, source.sheet, name)
        if not _is_title(sheet.title, source):
            raise _wrong_title(sheet, source)
        return sheet
    for candidate in names:
        sheet = _read(workbook, candidate, name)
        if _is_title(sheet.title, source):
            return sheet
    raise _no_such_sheet(names, name, source)


def _read(workbook: CalamineWorkbook, sheet: str, file: str) -> Sheet:
    rows = _guarded(lambda: workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False), file)
    title = next((clean(row[0]) for row in rows if row and not is_blank(row[0])), "")
    return Sheet(file, sheet, title, rows)


def _guarded(read: Any, file: str) -> Any:
    """What ``read`` gives. The spreadsheet reader reports damage as exceptions of its own or as a panic."""
    try:
        return read()
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise BrokenData(
            f"arbetsboken är skadad och går inte att läsa. {NOTHING_CHANGED} "
            "Hämta tabellen på nytt som Excel (xlsx) och försök igen.",
            Spot(file),
        ) from error


def _is_title(title: str, source: StatisticsSource) -> bool:
    return title.casefold().startswith(clean(source.title).casefold())


def _wrong_title(sheet: Sheet, source: StatisticsSource) -> BrokenData:
    if not sheet.title:
        return sheet.broken_sheet(
            f"kolumn A är tom. Där ska tabellens rubrik stå: ”{source.title}”. {NOTHING_CHANGED} "
            "Hämta tabellen på nytt."
        )
    row = next(i for i, cells in enumerate(sheet.rows) if cells and not is_blank(cells[0]))
    return sheet.broken(
        f"rubriken är ”{sheet.title}”. Här läses bara ”{source.title}”, så filen gäller en annan tabell eller en annan "
        f"skolform. {NOTHING_CHANGED} Välj rätt tabell i statistikdatabasen och hämta den på nytt.",
        row,
        0,
    )


def _no_such_sheet(names: list[str], file: str, source: StatisticsSource) -> BrokenData:
    listed = ", ".join(f"”{each}”" for each in names[:MAX_NAMED]) or "(inga blad)"
    more = f" och {len(names) - MAX_NAMED} till" if len(names) > MAX_NAMED else ""
    return BrokenData(
        f"det finns inget blad som heter ”{source.sheet}” och inget blad vars kolumn A börjar med rubriken "
        f"”{source.title}”. Bladen heter {listed}{more}. {NOTHING_CHANGED} Välj rätt fil och försök igen.",
        Spot(file),
    )
