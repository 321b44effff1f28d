"""``styrkedjan import`` and ``styrkedjan demo``: from a file or an address to a published edition and its report."""

import argparse
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, TextColumn

from styrkedjan.core.access import ANYONE, OPERATOR
from styrkedjan.core.catalogue import StatisticsSource
from styrkedjan.core.refused import BadInput, WrongState, reason
from styrkedjan.core.statistics import SchoolYear, Tidy
from styrkedjan.site.cli.demo import add_people
from styrkedjan.site.cli.progress import progress_bar
from styrkedjan.site.home import home
from styrkedjan.site.running import house

if TYPE_CHECKING:  # these know Django or the web, and wait until the command needs them
    from styrkedjan.actions.statistics import Publication
    from styrkedjan.data.landing import Landed

SOURCE = "ufa_compulsory"
LOCAL_FILE = "fil på den dator där statistiken lästes in"  # its path is nobody else's business
STEPS = 4
LARGEST_WORKBOOK = 50_000_000
Step = Callable[[str], None]


def run_import(options: argparse.Namespace) -> int:
    """Read a file or an address, publish it and print the report."""
    years = [SchoolYear.parse(text) for text in options.lasar]
    with house():
        with _progress() as step:
            publication = _import(options.file, years, step)
        _print_report(publication)
    return 0


def run_demo(options: argparse.Namespace) -> int:
    """Import the invented nation: real workbooks with invented values, by the same reader as the official file."""
    from styrkedjan.data.invented_nation import invented_workbooks

    with house():
        from styrkedjan.queries.catalogue import catalogue
        from styrkedjan.tables.statistics import StatisticsEdition

        if options.if_empty and StatisticsEdition.objects.filter(is_current=True).exists():
            _add_people_where_all_is_invented()
            return 0
        known = catalogue()
        with _progress(steps=STEPS * 3) as step:
            step("Hittar på en nation")
            workbooks = invented_workbooks(known.sources[SOURCE], known.framework.measures)
            for name, content in sorted(workbooks.items()):
                _publish_workbook(content, name, "påhittad av styrkedjan demo", step, invented=True)
        add_people()
    print(f"Den påhittade nationen är inläst i {home()}: {len(workbooks)} läsår. Alla namn och tal är påhittade.")
    return 0


def _add_people_where_all_is_invented() -> None:
    """A site that already has an edition gets the demo's people too, unless anything in it is real."""
    try:
        add_people()
    except WrongState:
        return


def _import(text: str, years: list[SchoolYear], step: Step) -> "Publication":
    if not re.match(r"https?://", text):
        step("Läser filen")
        path = Path(text)
        return _publish_workbook(_file_content(path), path.name, LOCAL_FILE, step)
    if text.split("?")[0].endswith(".px"):
        return _publish_table(text, years, step)
    from styrkedjan.data.landing import download

    step("Hämtar filen")
    content, name = download(text)
    return _publish_workbook(content, name, text, step)


def _file_content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_WORKBOOK:
            raise BadInput(f"{path.name} är större än 50 MB och läses inte in. Inget har ändrats.")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"filen {path} går inte att läsa: {reason(error)}. Inget har ändrats.") from error


def _publish_workbook(content: bytes, name: str, origin: str, step: Step, *, invented: bool = False) -> "Publication":
    from styrkedjan.data.landing import land
    from styrkedjan.data.sources.ufa_workbook import read_workbook

    step("Tolkar arbetsboken")
    tidy = read_workbook(content, name, _source())
    landed = land(home() / "landing", content, name, origin, datetime.now(UTC))
    return _publish(tidy, landed, "xlsx", step, invented)


def _publish_table(url: str, years: list[SchoolYear], step: Step) -> "Publication":
    from styrkedjan.data.sources.ufa_pxweb import fetch, land_fetched, read_answers

    step("Hämtar från statistikdatabasen")
    fetched = fetch(url, _source(), years or None)
    tidy = read_answers(fetched.answers, url, _source())
    landed = land_fetched(home() / "landing", fetched, datetime.now(UTC))
    return _publish(tidy, landed, "pxweb", step, invented=False)


def _publish(tidy: Tidy, landed: "Landed", kind: str, step: Step, invented: bool) -> "Publication":
    from styrkedjan.actions.statistics import Delivery, publish
    from styrkedjan.queries.catalogue import catalogue

    step("Kontrollerar och publicerar")
    delivery = Delivery(tidy, landed, kind, invented)
    return publish(OPERATOR, home() / "statistics", catalogue().framework.measure_by_id, delivery)


def _source() -> StatisticsSource:
    from styrkedjan.queries.catalogue import catalogue

    return catalogue().sources[SOURCE]


@contextmanager
def _progress(steps: int = STEPS) -> Iterator[Step]:
    """A progress bar on a terminal; nothing elsewhere."""
    with progress_bar(TextColumn("{task.description}"), BarColumn()) as progress:
        task = progress.add_task("Startar", total=steps)

        def step(text: str) -> None:
            progress.update(task, description=text, advance=1)

        yield step


def _print_report(publication: "Publication") -> None:
    from styrkedjan.queries.catalogue import catalogue
    from styrkedjan.queries.places import names_of
    from styrkedjan.render.import_report import printed_report
    from styrkedjan.render.words import Words

    known = catalogue()
    words = Words("sv", known.words["sv"])
    printed = printed_report(publication.report, known, names_of(ANYONE, publication.report.named_places), words)
    print(words("report.published" if publication.is_new else "report.unchanged", version=publication.version))
    for label, value in printed.facts:
        print(f"  {label:<34}{value}")
    for section in printed.sections:
        print(f"\n{section.title}")
        if section.text:
            print(f"  {section.text}")
        for row in section.rows:
            print(f"  {row}")
