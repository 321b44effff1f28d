"""The lineage of one number in words: from what is shown back to the cell that it was read from."""

from dataclasses import dataclass

from styrkedjan.core.briefings import Lineage
from styrkedjan.render import swedish
from styrkedjan.render.briefings import PrintedSource, printed_source
from styrkedjan.render.printer import Printer
from styrkedjan.render.values import PrintedValue, period, printed_value


@dataclass(frozen=True)
class PrintedLineage:
    """A lineage page, ready to place. ``mark`` is what the source printed; empty for a plain number."""

    name: str
    place: str
    place_key: str
    measure_id: str
    value: PrintedValue
    exact: str
    mark: str
    mark_meaning: str
    year: str
    year_code: int
    period: str
    label: str
    sheet: str
    cell: str
    row: str
    column: str
    file: PrintedSource
    source_name: str
    publisher: str
    licence: str
    edition: str
    invented: bool
    decision: str


def printed_lineage(facts: Lineage, printer: Printer) -> PrintedLineage:
    """Put the lineage of one number into words."""
    value, measure, words = facts.value, facts.measure, printer.words
    shown = printed_value(value, measure, words)
    return PrintedLineage(
        name=measure.name,
        place=facts.place_name or words("place.nation"),
        place_key=value.place,
        measure_id=measure.id,
        value=shown,
        exact="" if value.value is None else f"{value.value:.15g}".replace(".", ","),
        mark=value.mark or "",
        mark_meaning=facts.source.mark_words.get(value.status.name, shown.explanation) if value.mark else "",
        year=str(value.school_year),
        year_code=value.school_year.autumn,
        period=period(measure, value.school_year, words),
        label=facts.label,
        sheet=facts.file.sheet,
        cell=value.cell,
        row=swedish.number(value.row, 0),
        column=swedish.number(value.column, 0) if value.column else "",
        file=printed_source(facts.file),
        source_name=facts.source.name,
        publisher=facts.source.publisher,
        licence=facts.source.licence,
        edition=facts.edition.version,
        invented=facts.edition.invented,
        decision=words("decision.shown" if value.has_number else "decision.hidden"),
    )
