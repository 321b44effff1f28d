"""The official workbook "Underlag för analys" (UFA): one sheet where units are columns and measures are rows.

Nothing is found by a fixed position. A workbook is read in four steps, each of which may refuse it:
``archive`` (is this a harmless xlsx?), ``sheet`` (is it the right table?), ``layout`` (which column is which
place and läsår, which row is which measure?) and ``cells`` (numbers and marks).
"""

from styrkedjan.core.catalogue import StatisticsSource
from styrkedjan.core.statistics import Tidy
from styrkedjan.data.sources.ufa_workbook.archive import safe_archive
from styrkedjan.data.sources.ufa_workbook.cells import observations_of
from styrkedjan.data.sources.ufa_workbook.layout import columns_of, measure_rows_of, places_of
from styrkedjan.data.sources.ufa_workbook.sheet import open_sheet


def read_workbook(content: bytes, name: str, source: StatisticsSource) -> Tidy:
    """Read one UFA workbook, whole or not at all.

    In: the bytes of the file, the name to call it in messages, and how the source prints its table.
    Out: the tidy table; the file may hold several läsår.
    Raises: BrokenData in Swedish, naming the place, for anything that is not exactly such a workbook.
    """
    sheet = open_sheet(safe_archive(content, name), name, source)
    columns, first_row = columns_of(sheet)
    measures, notes = measure_rows_of(sheet, columns, first_row, source)
    return Tidy(
        source=source.id,
        title=sheet.title,
        sheet=sheet.name,
        observations=observations_of(sheet, columns, measures, source.marks),
        places=places_of(columns),
        measure_labels={measure.id: measure.label for measure in measures},
        notes=notes,
    )
