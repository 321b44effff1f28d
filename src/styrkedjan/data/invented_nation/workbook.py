"""The workbook itself, in the official layout: units are columns, measures are rows, notes come last."""

from datetime import UTC, datetime
from io import BytesIO

from xlsxwriter import Workbook

from styrkedjan.core.catalogue import Measure, StatisticsSource
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.data.invented_nation.figures import FigureColumn

LABEL_ROW, YEAR_ROW, FIRST_MEASURE_ROW = 2, 3, 4
CREATED = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that the same nation gives the same bytes
NOTES = (
    "PÅHITTADE UPPGIFTER\nAlla huvudmän, skolor och siffror i den här arbetsboken är påhittade. "
    "Ingen av dem finns i verkligheten.",
    "TECKENFÖRKLARINGAR\n(.)   Det finns ingen uppgift\n(..)  Uppgiften är dold för att den bygger på få elever\n"
    "(…)  Nästan alla elever ingår, därför visas inte den exakta andelen\n"
    "(-)   För få har svarat på enkäten för att resultatet ska visas",
    "läsår:",
    "Elever, personal och resultat gäller läsåret. Kostnader gäller läsårets första kalenderår, enkätsvar dess andra.",
)


def workbook_of(
    source: StatisticsSource, measures: list[Measure], year: SchoolYear, columns: list[FigureColumn]
) -> bytes:
    """The xlsx of one läsår. The same arguments give the same bytes."""
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": source.title, "comments": NOTES[0], "created": CREATED})
        sheet = workbook.add_worksheet(source.sheet)
        sheet.write_string(0, 0, source.title)
        for row, measure in enumerate(measures, FIRST_MEASURE_ROW):
            sheet.write_string(row, 0, measure.official_label)
        for index, column in enumerate(columns, 1):
            sheet.write_string(LABEL_ROW, index, column.label)
            sheet.write_string(YEAR_ROW, index, str(year))
            for row, cell in enumerate(column.cells, FIRST_MEASURE_ROW):
                if isinstance(cell, str):
                    sheet.write_string(row, index, cell)
                else:
                    sheet.write_number(row, index, cell)
        for row, note in enumerate(NOTES, FIRST_MEASURE_ROW + len(measures) + 1):
            sheet.write_string(row, 0, note)
    return buffer.getvalue()
