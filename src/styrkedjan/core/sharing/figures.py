"""Own figures (egna siffror): rows that the organiser vouches for, typed or read from a CSV file.

They never pass among the official numbers: a value is kept and shown as a text of digits, with its own source.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from styrkedjan.core.refused import BadInput
from styrkedjan.core.sharing.texts import one_line
from styrkedjan.core.statistics import SchoolYear

MOST_FIGURES = 500
LARGEST_FILE = 200_000  # bytes
YEARS = range(1980, 2100)
LONGEST = {"name": 200, "school_year": 20, "value": 40, "unit": 40, "source": 300}
REQUIRED = ("name", "school_year", "value", "source")

COLUMNS = {"name": "benämning", "school_year": "läsår", "value": "värde", "unit": "enhet", "source": "källa"}
# Other heads that people write. Compared without case and surrounding space.
HEADS = {head: column for column, head in COLUMNS.items()} | {
    "benamning": "name",
    "namn": "name",
    "mått": "name",
    "lasar": "school_year",
    "varde": "value",
    "kalla": "source",
}
PLAIN_NUMBER = re.compile(r"-?[0-9]{1,12}(?:[.,][0-9]{1,6})?")
THOUSANDS = re.compile(r"-?[0-9]{1,3}(?: [0-9]{3})+(?:,[0-9]{1,6})?")
SPACES = re.compile(r"[\u00a0\u202f\u2009]")
FORMULA = ("=", "+", "-", "@", "\t", "\r")

# How a file begins that is something else than text, whatever its name says.
OTHER_KINDS = {
    b"PK\x03\x04": "en Excel- eller zip-fil",
    b"\xd0\xcf\x11\xe0": "en äldre Excel- eller Word-fil",
    b"%PDF": "en PDF-fil",
    b"\x89PNG": "en bild",
    b"\xff\xd8\xff": "en bild",
    b"GIF8": "en bild",
    b"\x1f\x8b": "en packad fil",
}
SAVE_AS_CSV = "Inget har sparats. Spara som CSV (kommaavgränsad eller semikolonavgränsad, UTF-8) och försök igen."


@dataclass(frozen=True)
class Figure:
    """One figure. ``value`` is digits with a decimal point and as many decimals as were written."""

    name: str
    school_year: SchoolYear
    value: str
    unit: str
    source: str

    def to_json(self) -> dict[str, str]:
        return {column: str(getattr(self, column)) for column in COLUMNS}

    @classmethod
    def from_json(cls, row: Mapping[str, str]) -> "Figure":
        """Read what ``to_json`` wrote."""
        return cls(**{**row, "school_year": SchoolYear.parse(row["school_year"])})

    @property
    def printed(self) -> str:
        """The value as Swedes write it, thousands apart: 1 234,5."""
        whole, _, decimals = self.value.lstrip("-").partition(".")
        grouped = f"{int(whole):,}".replace(",", "\u202f")
        return ("\u2212" if self.value.startswith("-") else "") + grouped + (f",{decimals}" if decimals else "")

    @property
    def line(self) -> str:
        """The whole figure on one line, to compare versions by."""
        value = f"{self.printed}\u00a0{self.unit}".strip()
        return f"{self.name}, {self.school_year}: {value} ({self.source})"


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row. ``line`` is the row's line in the file or in the form, 1-based."""

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        return f"Rad {self.line}: {self.text}"


@dataclass(frozen=True)
class FigureTable:
    """What rows were found to say: the figures that could be read, and every problem with the others."""

    figures: tuple[Figure, ...]
    problems: tuple[Problem, ...]


def figures_in(rows: Iterable[tuple[int, Mapping[str, str]]]) -> FigureTable:
    """Read rows of texts; empty rows are passed over.

    In: pairs of line and a row, keyed as COLUMNS.
    """
    figures: dict[tuple, int] = {}
    found: list[Figure] = []
    problems: list[Problem] = []
    for line, row in rows:
        cells = {column: one_line(row.get(column) or "") for column in COLUMNS}
        if not any(cells.values()):
            continue
        wrong = list(_problems(line, cells))
        figure = None if wrong else Figure(**{**cells, "school_year": _year(cells), "value": _value(cells["value"])})
        if figure is not None:
            first = figures.setdefault((figure.name.casefold(), figure.school_year, figure.unit), line)
            if first != line:
                wrong.append(
                    Problem(line, "name", f"”{figure.name}” för {figure.school_year} står redan på rad {first}.")
                )
            found.append(figure)
        problems += wrong
    if len(found) > MOST_FIGURES:
        problems.append(Problem(MOST_FIGURES + 1, "name", f"högst {MOST_FIGURES} siffror får plats i ett material."))
    return FigureTable(tuple(found[:MOST_FIGURES]), tuple(problems))


def _problems(line: int, cells: Mapping[str, str]) -> Iterator[Problem]:
    for column, text in cells.items():
        head = COLUMNS[column]
        if not text and column in REQUIRED:
            yield Problem(line, column, f"{head} saknas.")
        elif len(text) > LONGEST[column]:
            yield Problem(line, column, f"{head} är längre än {LONGEST[column]} tecken.")
        elif column == "school_year":
            yield from _year_problem(line, text)
        elif column == "value" and text:
            yield from _value_problem(line, text)


def _year_problem(line: int, text: str) -> Iterator[Problem]:
    try:
        year = SchoolYear.parse(text)
    except BadInput as error:
        yield Problem(line, "school_year", error.message)
        return
    if year.autumn not in YEARS:
        yield Problem(line, "school_year", f"läsåret {year} ligger utanför {YEARS[0]}–{YEARS[-1]}.")


def _value_problem(line: int, text: str) -> Iterator[Problem]:
    number = _plain_spaces(text)
    if re.fullmatch(r"-?[1-9][0-9]{0,2}\.[0-9]{3}", number):
        plain, comma = number.replace(".", ""), number.replace(".", ",")
        yield Problem(line, "value", f"”{text}” kan betyda både {plain} och {comma}. Skriv det som du menar.")
    elif not PLAIN_NUMBER.fullmatch(number) and not THOUSANDS.fullmatch(number):
        yield Problem(line, "value", f"”{text}” är inget tal. Skriv till exempel 47,8 utan enhet.")


def _plain_spaces(text: str) -> str:
    return SPACES.sub(" ", text).replace("\u2212", "-").replace("–", "-")


def _year(cells: Mapping[str, str]) -> SchoolYear:
    return SchoolYear.parse(cells["school_year"])


def _value(text: str) -> str:
    whole, _, decimals = _plain_spaces(text).replace(" ", "").replace(",", ".").partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{digits.lstrip('0') or '0'}" + (f".{decimals}" if decimals else "")


def read_csv(content: bytes) -> FigureTable:
    """Read a CSV file of figures: UTF-8 or Windows-1252, semicolons or commas, a row of heads first.

    Raises: BadInput when it is no such file. A row that cannot be read is a problem in what is given.
    """
    if len(content) > LARGEST_FILE:
        raise BadInput(
            f"Filen är större än {LARGEST_FILE // 1000} kB. Inget har sparats. Dela upp den på flera material."
        )
    text = _decoded(content)
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = re.sub(r"\A\s*sep=.\n", "\n", lines, flags=re.IGNORECASE)  # keeps the line numbers
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=_delimiter(lines), strict=True)
    try:
        return figures_in(_rows(reader))
    except csv.Error as error:
        raise BadInput(
            f"Rad {reader.line_num}: raden går inte att dela upp i kolumner. Kontrollera att citattecken står parvis. "
            "Inget har sparats."
        ) from error


def _decoded(content: bytes) -> str:
    for beginning, kind in OTHER_KINDS.items():
        if content.startswith(beginning):
            raise BadInput(f"Filen är {kind} och ingen CSV-fil, vad den än heter. {SAVE_AS_CSV}")
    if b"\x00" in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput(f"Filen är ingen vanlig text. {SAVE_AS_CSV}")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(f"Filens tecken går inte att läsa. {SAVE_AS_CSV}")


def _delimiter(text: str) -> str:
    """The sign that parts the heads; semicolon when there is none, so that what is said is about the heads."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    counted = Counter(sign for sign in first if sign in ";,\t")
    return counted.most_common(1)[0][0] if counted else ";"


def _rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, Mapping[str, str]]]:
    heads: list[str] | None = None
    line = 1
    for row in reader:
        if any(cell.strip() for cell in row):
            if heads is None:
                heads = _heads(row)
            else:
                yield line, {head: _unquoted(cell) for head, cell in zip(heads, row, strict=False) if head}
        line = reader.line_num + 1  # a cell may hold new lines: this is where the next row begins
    if heads is None:
        raise BadInput("Filen är tom. Inget har sparats.")


def _heads(row: list[str]) -> list[str]:
    heads = [HEADS.get(" ".join(cell.casefold().split()), "") for cell in row]
    if missing := [COLUMNS[column] for column in REQUIRED if column not in heads]:
        raise BadInput(
            f"Filens första rad ska ha rubrikerna {', '.join(COLUMNS.values())}. Det här saknas: {', '.join(missing)}. "
            "Inget har sparats."
        )
    if twice := [COLUMNS[head] for head, count in Counter(filter(None, heads)).items() if count > 1]:
        raise BadInput(f"Rubriken {twice[0]} står två gånger på filens första rad. Inget har sparats.")
    return heads


def _unquoted(cell: str) -> str:
    """A text without the sign that ``written_csv`` puts before what a spreadsheet would take for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def written_csv(figures: Iterable[Figure]) -> bytes:
    """The figures as a CSV file that ``read_csv`` reads back: UTF-8 with a byte order mark, semicolons."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS.values())
    for figure in figures:
        cells = figure.to_json() | {"value": figure.value.replace(".", ",")}
        writer.writerow([cell if column == "value" else no_formula(cell) for column, cell in cells.items()])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def no_formula(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
