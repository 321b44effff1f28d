"""Import by address: the same invented year from a web server as a workbook, and from the statistics database as a
table, is the same statistics in the house."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from styrkedjan.core.statistics import Tidy
from styrkedjan.data.catalogue import load_catalogue
from styrkedjan.data.invented_nation import invented_workbooks
from styrkedjan.data.sources.ufa_workbook import read_workbook
from tests.conftest import PROJECT, make_home
from tests.data.pxweb_server import Table, serving
from tests.site.command import run

pytestmark = pytest.mark.database
YEAR = 2024


@pytest.fixture(scope="module")
def workbook() -> bytes:
    known = load_catalogue(PROJECT / "catalogue")
    made = invented_workbooks(known.sources["ufa_compulsory"], known.framework.measures, years=(YEAR,))
    return next(iter(made.values()))


@pytest.fixture(scope="module")
def tidy(workbook: bytes) -> Tidy:
    known = load_catalogue(PROJECT / "catalogue")
    return read_workbook(workbook, "påhittat.xlsx", known.sources["ufa_compulsory"])


def test_a_workbook_and_a_table_by_address_give_the_same_report_but_for_the_file(workbook: bytes, tidy: Tidy) -> None:
    with _home() as home, _file_server(workbook) as address:
        code, from_file, complaint = run(home, "import", f"{address}/Underlag.xlsx")
        assert (code, complaint) == (0, "")
    with _home() as home, serving(_as_table(tidy), time.monotonic) as server:
        code, from_table, complaint = run(home, "import", server.table_url)
        assert (code, complaint) == (0, "")
        code, _, _ = run(home, "underlag", "2120009007", "--pdf", "ut.pdf")
        assert code == 0
        assert (home / "ut.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert _counts(from_file) == _counts(from_table)
    assert "Huvudmän" in from_file and "105" in from_file


def test_an_address_that_does_not_answer_changes_nothing() -> None:
    with _home() as home:
        code, out, complaint = run(home, "import", "http://127.0.0.1:9/Grundskola/Grundskola.px")
        assert (code, out) == (2, "")
        assert complaint.startswith("Det gick inte: ") and "Traceback" not in complaint


@contextmanager
def _home() -> Iterator[Path]:
    path = make_home()
    yield path
    shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _file_server(content: bytes) -> Iterator[str]:
    """Serves one file on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_address[1]}"
    http.shutdown()
    http.server_close()


def _as_table(tidy: Tidy) -> Table:
    """The same year as the statistics database would hold it, with codes that are not in the order of the file."""
    labels = tidy.measure_labels
    codes = {str(900 - at): label for at, label in enumerate(labels.values())}
    places = {row[0]: _label(*row) for row in tidy.places.iter_rows()}
    rows: Iterator[tuple] = tidy.observations.select("measure", "place", "school_year", "value", "mark").iter_rows()
    cells = {(labels[measure], place, year): mark if mark else value for measure, place, year, value, mark in rows}
    return Table(tidy.title, codes, places, (YEAR,), cells, order=("time", "level", "variable"))


def _label(place: str, organiser: str, unit: str) -> str:
    if place == "00":
        return "RIKET: TOTALT"
    return f"{organiser} ({place[:10]}): " + (f"{unit} ({place[11:]})" if unit else "HUVUDMAN")


def _counts(report: str) -> list[str]:
    """The lines of counts, which say nothing of which file they are from."""
    kept = ("Läsår", "Mått", "Kolumner", "Huvudmän", "Skolenhetskoder", "Tal", "Tecken")
    return sorted(line.strip() for line in report.splitlines() if line.strip().startswith(kept))
