"""``styrkedjan underlag``: one briefing as PDF, or every organiser's in parallel."""

import argparse
import multiprocessing
import os
import re
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from styrkedjan.core.access import ANYONE
from styrkedjan.core.places import search_key
from styrkedjan.core.refused import BadInput, WrongState, reason
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.site.cli.progress import progress_bar
from styrkedjan.site.running import house


def run_briefing(options: argparse.Namespace) -> int:
    """Write one PDF, or one per organiser."""
    year = SchoolYear.parse(options.lasar) if options.lasar else None
    if bool(options.place) == bool(options.folder):
        raise BadInput("skriv antingen en huvudman eller skolenhet, eller --all MAPP.")
    with house():
        return _all(options.folder, year, options.processer) if options.folder else _one(options, year)


def _one(options: argparse.Namespace, year: SchoolYear | None) -> int:
    from styrkedjan.queries.places import resolve

    place = resolve(ANYONE, options.place, year)
    if options.pdf and not options.pdf.name:
        raise BadInput(f"{options.pdf} är ingen fil. Skriv --pdf och namnet på filen.")
    path = options.pdf or Path(_file_name(place.name, place.key))
    _write(place.key, year, path)
    print(f"Underlaget för {place.name} ligger i {path}.")
    return 0


def _all(folder: Path, year: SchoolYear | None, processes: int) -> int:
    from styrkedjan.queries.places import every_organiser

    organisers = every_organiser(ANYONE, year)
    _make_folder(folder)
    jobs = [(place.key, year, folder / _file_name(place.name, place.key)) for place in organisers]
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("spawn")
    bar = progress_bar(TextColumn("Gör underlag"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ProcessPoolExecutor(processes or os.cpu_count() or 1, context, initializer=_set_up) as pool, bar as progress:
        task = progress.add_task("", total=len(jobs))
        try:
            for _ in pool.map(_job, jobs, chunksize=4):
                progress.advance(task)
        except BrokenProcessPool as error:
            raise WrongState(
                f"en av processerna dog innan alla underlag var klara. De färdiga ligger hela i {folder}. Kör igen."
            ) from error
    print(f"{len(jobs)} underlag ligger i {folder}.")
    return 0


def _set_up() -> None:
    import django

    django.setup()


def _job(job: tuple[str, SchoolYear | None, Path]) -> None:
    _write(*job)


def _write(key: str, year: SchoolYear | None, path: Path) -> None:
    """Write a PDF aside and then give it its name, so that a half file is never seen."""
    from styrkedjan.queries.briefings import briefing
    from styrkedjan.queries.catalogue import catalogue
    from styrkedjan.render.pdf import briefing_pdf

    content = briefing_pdf(briefing(ANYONE, key, year), catalogue())
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise WrongState(f"{path} gick inte att skriva: {reason(error)}. Inget halvt har lämnats kvar.") from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongState(f"mappen {folder} går inte att skapa: {reason(error)}.") from error


def _file_name(name: str, key: str) -> str:
    slug = re.sub(r"\s+", "-", search_key(name))[:60].strip("-")
    return f"underlag-{slug}-{key}.pdf"
