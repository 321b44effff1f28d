"""Downloads: the numbers of a briefing as a file that a Swedish spreadsheet opens."""

import csv
import io

from styrkedjan.core.briefings import Briefing, Line
from styrkedjan.core.disclosure import ReleasedValue
from styrkedjan.core.places import NATION
from styrkedjan.render import swedish
from styrkedjan.render.printer import Printer
from styrkedjan.render.values import PrintedValue, period, printed_value

COLUMNS = (
    "plats", "platsnyckel", "mått", "måttets id", "läsår", "period", "värde", "tecken", "tecknets betydelse",
    "riket", "läget", "källfil", "blad", "cell", "sha256", "utgåva",
)  # fmt: skip


def briefing_csv(briefing: Briefing, printer: Printer) -> bytes:
    """Every number of a briefing with its mark and its source cell, then the units' overview.

    Where there is no number the cell says why in a word: an empty cell would be read as zero.
    Out: UTF-8 with a byte order mark, semicolons and decimal commas, as spreadsheets set to Swedish expect.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in briefing.lines:
        writer.writerow(_row(briefing, line, line.own, briefing.place.key, briefing.place.name, printer))
    for row in briefing.units:
        for measure in briefing.unit_measures:
            found = briefing.line(measure.id)
            if found is not None:
                value = row.values.get(measure.id)
                writer.writerow(_row(briefing, found, value, row.unit.key, row.unit.name, printer))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _row(
    briefing: Briefing, line: Line, value: ReleasedValue | None, key: str, name: str, printer: Printer
) -> tuple[str, ...]:
    measure, words = line.measure, printer.words
    own = printed_value(value, measure, words)
    source = briefing.edition.parts[value.part] if value else None
    is_place = key == briefing.place.key and key != NATION
    return (
        _safe(name),
        key,
        measure.name,
        measure.id,
        str(briefing.school_year),
        period(measure, briefing.school_year, words),
        _plain(value, own, measure.decimals),
        (value.mark or "") if value else "",
        own.explanation,
        _plain(line.nation, printed_value(line.nation, measure, words), measure.decimals),
        words(f"position.{line.position}") if is_place else "",
        _safe(source.name) if source else "",
        _safe(source.sheet) if source else "",
        value.cell if value else "",
        source.sha256 if source else "",
        briefing.edition.version,
    )


def _plain(value: ReleasedValue | None, printed: PrintedValue, decimals: int) -> str:
    """A number without unit or thousands space, or the word of its mark when there is none."""
    if value is None or value.value is None:
        return printed.text
    return swedish.number(value.value, decimals).replace(swedish.NARROW_SPACE, "").replace(swedish.MINUS, "-")


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
