"""Import: the whole way to a published edition, against a bare reading of the same cells."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from python_calamine import CalamineWorkbook

from styrkedjan.core.access import OPERATOR
from styrkedjan.core.catalogue import StatisticsSource
from styrkedjan.data.sources.ufa_workbook import read_workbook
from styrkedjan.site.home import home
from tests.benchmarks.measuring import line, peak_megabytes, typical

TIMES = 7
PEAK = """
import sys
from styrkedjan.site.cli import main
assert main(["import", sys.argv[1]]) == 0
"""


def bench(workbook: Path) -> None:
    bare = typical(lambda: _read_cells(workbook), TIMES)
    reading = typical(lambda: read_workbook(workbook.read_bytes(), workbook.name, _source()), TIMES)
    measured = f"{reading / bare:.2f}x ({reading:.2f} s / {bare:.2f} s)"
    line("reading to a tidy table / bare python-calamine", measured, "2x", reading < 2 * bare)
    whole = typical(lambda: publish(workbook), TIMES, before=_empty)
    line("import / bare python-calamine", f"{whole / bare:.2f}x ({whole:.2f} s / {bare:.2f} s)", "3x", whole < 3 * bare)
    peak = peak_megabytes(PEAK, str(workbook))
    line("import, peak memory of the command", f"{peak:.0f} MB", "600 MB", peak < 600)


def _read_cells(workbook: Path) -> list:
    return CalamineWorkbook.from_path(str(workbook)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def publish(workbook: Path) -> None:
    """Read, check, land and publish, as the command does."""
    from styrkedjan.actions.statistics import Delivery
    from styrkedjan.actions.statistics import publish as publish_edition
    from styrkedjan.data.landing import land
    from styrkedjan.queries.catalogue import catalogue

    content = workbook.read_bytes()
    tidy = read_workbook(content, workbook.name, _source())
    landed = land(home() / "landing", content, workbook.name, str(workbook), datetime.now(UTC))
    measures = catalogue().framework.measure_by_id
    publish_edition(OPERATOR, home() / "statistics", measures, Delivery(tidy, landed, "xlsx"))


def _source() -> StatisticsSource:
    from styrkedjan.queries.catalogue import catalogue

    return catalogue().sources["ufa_compulsory"]


def _empty() -> None:
    """No edition, no places, no landed file: the dearest import there is."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE statistics_edition, source_file, school_unit, organiser")
    for folder in ("statistics", "landing"):
        shutil.rmtree(home() / folder, ignore_errors=True)
