"""``styrkedjan sjalvvardering rakna``: count self-assessments whose time is up, and write reminders asked for."""

import argparse
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from styrkedjan.core.access import OPERATOR
from styrkedjan.render.swedish import plural
from styrkedjan.site.cli.letters import START_AGAIN
from styrkedjan.site.cli.quiet import solver_silent
from styrkedjan.site.running import SITE, house

PAUSE = 60.0  # seconds between two rounds

log = logging.getLogger("styrkedjan")


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("action", choices=["rakna"], help="räkna det vars tid är ute, och skriv begärda påminnelser")
    parser.add_argument("--folj", dest="follow", action="store_true", help="fortsätt varje minut tills det avbryts")
    parser.add_argument("--foralder", dest="parent", type=int, default=0, help=argparse.SUPPRESS)
    parser.set_defaults(run=run_assessments)


def run_assessments(options: argparse.Namespace) -> int:
    """Tend once, or every minute until told to stop. Exit code 1 when a self-assessment could not be counted."""
    with house():
        if options.follow:
            _follow(options.parent)
            return 0
        return _tend_once()


@contextmanager
def tending_beside(owner: str) -> Iterator[None]:
    """Tend in a process of its own, as the database's owner, for as long as the block lasts."""
    command = [sys.executable, "-c", START_AGAIN, "sjalvvardering", "rakna", "--folj", "--foralder", str(os.getpid())]
    process = subprocess.Popen(command, env={**os.environ, SITE: owner})  # noqa: S603  (our own command)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _tend_once() -> int:
    from styrkedjan.actions.assessments.tending import tend

    with solver_silent():
        done = tend(OPERATOR)
    counted = plural(done.counted, "självvärdering räknad", "självvärderingar räknade")
    print(f"{counted}, {plural(done.reminded, 'påmind om', 'påminda om')}.")
    if done.damaged:
        print(f"{plural(done.damaged, 'självvärdering', 'självvärderingar')} går inte att räkna. Loggen säger vilka.")
    return 1 if done.damaged else 0


def _follow(parent: int) -> None:
    """Tend every minute, until a signal says stop or the process that began this one is gone."""
    from django.db import DatabaseError, connection

    from styrkedjan.actions.assessments.tending import tend

    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    while not stop.is_set() and (not parent or os.getppid() == parent):
        try:
            tend(OPERATOR)
        except DatabaseError:  # the server restarts, or is upgraded: nothing is lost, and the next round comes
            log.warning("Databasen svarar inte. Självvärderingar räknas när den gör det.")
            connection.close()
        except Exception:  # whatever it is, the next round must come
            log.exception("Självvärderingar gick inte att räkna. Ett nytt försök görs om en minut.")
        _wait(stop, parent)


def _wait(stop: threading.Event, parent: int) -> None:
    """Until the next round. Looks each second whether the process that began this one is still there."""
    waited = 0.0
    while waited < PAUSE and not stop.wait(1.0) and (not parent or os.getppid() == parent):
        waited += 1.0
