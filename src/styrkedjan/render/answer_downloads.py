"""Downloads: the released answers of one place, row by row, as CSV, XLSX and Parquet.

A number that is not shown is a word in CSV and XLSX and null in Parquet, never zero and never empty; the column "läge"
says why in all three. There is one place in a file, so that no file can be sorted into a ranking.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from xlsxwriter import Workbook

from styrkedjan.core.assessments.chain import Cell, ChainView, FactorView, RowView
from styrkedjan.core.disclosure.answers import CellState
from styrkedjan.render import answer_sentences as say
from styrkedjan.render import swedish
from styrkedjan.render.words import Words

SHEET = "Resultat"
SOURCE = "Styrkedjan, självvärdering. Frisläppta svar ur röjandekontrollen."
Number = int | float | None


@dataclass(frozen=True)
class AnswerFile:
    """What a file is made of: the chain view, the place's name, when it was released, and the words."""

    chain: ChainView
    place_name: str
    released_at: datetime
    words: Words

    @property
    def about(self) -> dict[str, str]:
        """What every row says of where it comes from."""
        campaign = self.chain.campaign
        days = (campaign.opens_at, campaign.closes_at, self.released_at)
        opened, closed, released = (each.astimezone(swedish.SWEDEN).date().isoformat() for each in days)
        return {
            "plats": self.place_name,
            "platsnyckel": self.chain.place,
            "omgång": campaign.title,
            "omgångens nyckel": campaign.key,
            "utgåva": campaign.edition,
            "öppnade": opened,
            "stängde": closed,
            "räknad": released,
            "källa": SOURCE,
        }


@dataclass(frozen=True)
class _Record:
    """One row of a file: its texts and its numbers, and the word that stands where a number is not shown."""

    texts: dict[str, str]
    numbers: dict[str, Number]
    word: str


def answers_csv(file: AnswerFile) -> bytes:
    """Out: UTF-8 with a byte order mark, semicolons and decimal commas, as spreadsheets set to Swedish expect."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    records = list(_records(file))
    writer.writerow(_heads(file))
    for record in records:
        numbers = (_printed(number, record.word) for number in record.numbers.values())
        writer.writerow([*map(_safe, record.texts.values()), *numbers])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def answers_xlsx(file: AnswerFile) -> bytes:
    """A workbook with one sheet of the answers and one of where they come from. Texts are never read as formulas."""
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"title": file.chain.campaign.title, "comments": SOURCE})
        head = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet = workbook.add_worksheet(SHEET)
        sheet.write_row(0, 0, _heads(file), head)
        sheet.freeze_panes(1, 0)
        for place, record in enumerate(_records(file), 1):
            values = (record.word if number is None else number for number in record.numbers.values())
            sheet.write_row(place, 0, [*record.texts.values(), *values])
        about = workbook.add_worksheet("Om filen")
        about.set_column(0, 1, 40)
        for place, pair in enumerate(file.about.items()):
            about.write_row(place, 0, pair)
    return content.getvalue()


def answers_parquet(file: AnswerFile) -> bytes:
    """The same columns with their types; where a number is not shown it is null."""
    records = list(_records(file))
    heads = _heads(file)
    measures = {"enighet"}
    columns = [
        pl.Series(
            head,
            [{**record.texts, **record.numbers}[head] for record in records],
            dtype=pl.Float64 if head in measures else pl.Int32 if head in _number_heads(file) else pl.String,
        )
        for head in heads
    ]
    content = io.BytesIO()
    pl.DataFrame(columns).write_parquet(content, metadata=file.about)
    return content.getvalue()


def _heads(file: AnswerFile) -> list[str]:
    told = ["nivå", "faktor", "rad", "radens id", "påstående", "läge", "förklaring", "antal svar, klass", "mitten"]
    return [*file.about, *told, *_number_heads(file)]


def _number_heads(file: AnswerFile) -> list[str]:
    scale = file.chain.scale
    steps = [f"{step.id} {step.name}" for step in scale.steps]
    bands = [f"grupp: {name}" for name in say.band_names(scale, file.words)]
    return [*steps, *bands, *(each.name for each in scale.outside), "antal svar", "enighet"]


def _records(file: AnswerFile) -> Iterator[_Record]:
    for factor in file.chain.factors:
        for row in ((factor.whole,) if factor.whole else ()) + factor.rows:
            yield from (_record(file, factor, row, cell) for cell in row.cells if not cell.elsewhere)


def _record(file: AnswerFile, factor: FactorView, row: RowView, cell: Cell) -> _Record:
    here, scale, words = cell.here, file.chain.scale, file.words
    response = next((each for each in file.chain.response if each.level is cell.level), None)
    whole = row is factor.whole
    texts = {
        "nivå": words(f"level.{cell.level}.name"),
        "faktor": factor.name or words("chain.own_statements"),
        "rad": "hela faktorn" if whole else row.name,
        "radens id": row.id,
        "påstående": cell.text,
        "läge": words(f"chain.state.{here.state}.short"),
        "förklaring": say.state_note(here, response, words) or say.of_people(here, words),
        "antal svar, klass": here.n_class or words(f"chain.state.{here.state}.short"),
        "mitten": say.median(here, scale, words) or words(f"chain.state.{here.state}.short"),
    }
    word = texts["läge"] if here.outside_told else words(f"chain.state.{CellState.PROTECTED}.short")
    return _Record(file.about | texts, dict(zip(_number_heads(file), _numbers(file, cell), strict=True)), word)


def _numbers(file: AnswerFile, cell: Cell) -> Iterator[Number]:
    here, scale = cell.here, file.chain.scale
    by_step = here.state in (CellState.SHOWN, CellState.POSITION)
    known = bool(here.counts)
    yield from here.counts if by_step else [None] * len(scale.steps)
    yield from here.in_bands(scale) if known else [None] * 3
    yield from (here.outside.get(each.id, 0) if known and here.outside_told else None for each in scale.outside)
    yield here.answer_count
    yield None if here.agreement is None else round(here.agreement, 4)


def _printed(number: Number, word: str) -> str:
    if number is None:
        return word
    return swedish.number(number, 0 if isinstance(number, int) else 2).replace(swedish.NARROW_SPACE, "")


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
