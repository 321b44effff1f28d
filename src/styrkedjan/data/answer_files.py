"""Files with answers that were collected elsewhere: an export from LimeSurvey, or any table as CSV or xlsx.

A file becomes heads and rows of texts, nothing more. What the columns are is for the core to say.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineWorkbook

from styrkedjan.core.refused import BrokenData, Spot
from styrkedjan.data.sources.ufa_workbook.archive import safe_archive

MOST_ROWS = 5_000
MOST_COLUMNS = 300
LONGEST_CELL = 20_000
NOTHING_DONE = "Inget har lästs in."
SAVE_AS_CSV = f"{NOTHING_DONE} Exportera svaren som CSV (UTF-8) eller xlsx och försök igen."
# How a file begins that is something else than a table, whatever its name says.
OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": "en äldre Excel- eller Word-fil",
    b"%PDF": "en PDF-fil",
    b"\x89PNG": "en bild",
    b"\xff\xd8\xff": "en bild",
    b"GIF8": "en bild",
    b"\x1f\x8b": "en packad fil",
}
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class AnswerFile:
    """A table of answers: the texts of its first row, and every row below as long as that one."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_answer_file(content: bytes, name: str) -> AnswerFile:
    """Read a file of answers. What it is is judged by its content, never by its name.

    Raises: BrokenData when it is no such table, is damaged, or is too large; the message names file and row.
    """
    if not content.strip():
        raise _refuse("filen är tom.", name)
    for beginning, kind in OTHER_KINDS.items():
        if content.startswith(beginning):
            raise _refuse(f"filen är {kind} och ingen tabell.", name)
    numbered = list(_workbook_rows(content, name) if content.startswith(b"PK") else _csv_rows(content, name))
    return _table(numbered, name)


def _refuse(what: str, name: str) -> BrokenData:
    return BrokenData(f"{what} {SAVE_AS_CSV}", Spot(name))


def _table(numbered: list[tuple[int, list[str]]], name: str) -> AnswerFile:
    filled = [(line, cells) for line, cells in numbered if any(cells)]
    if not filled:
        raise _refuse("filen är tom.", name)
    (_, heads), *rows = filled
    while heads and not heads[-1]:
        heads.pop()
    if len(heads) < 2:
        raise _refuse("filens första rad har bara en kolumn. Där ska rubrikerna stå.", name)
    if not rows:
        raise _refuse("filen har rubriker men inga svar.", name)
    if len(rows) > MOST_ROWS or len(heads) > MOST_COLUMNS:
        what = f"filen har {len(rows)} svar och {len(heads)} kolumner. Högst {MOST_ROWS} och {MOST_COLUMNS} läses."
        raise BrokenData(f"{what} {NOTHING_DONE} Dela upp filen.", Spot(name))
    return AnswerFile(_unlike(heads), tuple(_fitted(line, cells, len(heads), name) for line, cells in rows))


def _unlike(heads: list[str]) -> tuple[str, ...]:
    """The heads, each unlike the others: an empty one is called by its place, and a repeated one gets a number."""
    seen: Counter[str] = Counter()
    made = []
    for place, head in enumerate(heads, start=1):
        said = head or f"Kolumn {place}"
        seen[said] += 1
        made.append(said if seen[said] == 1 else f"{said} ({seen[said]})")
    return tuple(made)


def _fitted(line: int, cells: list[str], width: int, name: str) -> tuple[str, ...]:
    if any(cells[width:]):
        raise BrokenData(
            f"rad {line} har {len(cells)} kolumner, men rubrikerna är {width}. {NOTHING_DONE} Kontrollera att texter "
            "med skiljetecken står inom citattecken.",
            Spot(name),
        )
    return (*cells[:width], *[""] * (width - len(cells)))


def _csv_rows(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content, name).replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"\A\s*sep=.\n", "\n", text, flags=re.IGNORECASE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for row in reader:
            yield line, [_tidy(cell) for cell in row]
            line = reader.line_num + 1  # a cell may hold new lines
    except csv.Error as error:
        raise BrokenData(
            f"rad {line} går inte att dela upp i kolumner. {NOTHING_DONE} Kontrollera att citattecken står parvis.",
            Spot(name),
        ) from error


def _decoded(content: bytes, name: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _try(content, ("utf-16",), name)
    if b"\x00" in content:
        raise _refuse("filen är ingen text.", name)
    return _try(content, ("utf-8-sig", "cp1252"), name)


def _try(content: bytes, encodings: tuple[str, ...], name: str) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refuse("filens tecken går inte att läsa.", name)


def _delimiter(text: str) -> str:
    """The sign that parts the heads, looked for outside quotes: a head can be a whole question with commas in it."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    outside = re.sub(r'"(?:[^"]|"")*("|$)', "", first)
    counted = Counter(sign for sign in outside if sign in ";,\t")
    return counted.most_common(1)[0][0] if counted else ";"


def _workbook_rows(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    try:
        safe = safe_archive(content, name)
    except BrokenData as error:
        raise BrokenData(f"{error.message} Har den många svar: spara den som CSV i stället.") from error
    sheet = _first_sheet(safe, name)
    yield from ((line, [_tidy(_text(cell)) for cell in row]) for line, row in enumerate(sheet, start=1))


def _first_sheet(content: bytes, name: str) -> list[list[Any]]:
    """The cells of the first sheet that has any. The reader reports damage as errors of its own or as a panic."""
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = (workbook.get_sheet_by_name(each) for each in workbook.sheet_names)
        found = (sheet.to_python(skip_empty_area=False) for sheet in sheets)
        return next((rows for rows in found if any(cell not in ("", None) for row in rows for cell in row)), [])
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise _refuse("arbetsboken är skadad och går inte att läsa.", name) from error


def _text(cell: object) -> str:
    """A cell as it looks: 4 and not 4.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _tidy(cell: str) -> str:
    return _SPACE.sub(" ", cell.replace("\ufeff", "").replace("\x00", "")).strip()[:LONGEST_CELL]
