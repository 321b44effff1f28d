"""``styrkedjan brev``: send the letters that are due, keep sending, or look at the queue."""

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
from styrkedjan.core.refused import WrongState
from styrkedjan.render.swedish import moment, plural
from styrkedjan.site.letters import Postman, mail_server
from styrkedjan.site.running import SITE, house

AT_A_TIME = 50
LISTED = 100
PAUSE = 1.0  # seconds: someone waits for the link to sign in with
PAUSE_WHEN_BROKEN = 15.0
START_AGAIN = "from styrkedjan.site.cli import main; raise SystemExit(main())"

log = logging.getLogger("styrkedjan")


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--folj", dest="follow", action="store_true", help="fortsätt skicka tills kommandot avbryts")
    what.add_argument("--lista", dest="list", action="store_true", help="visa kön")
    parser.add_argument("--foralder", dest="parent", type=int, default=0, help=argparse.SUPPRESS)
    parser.set_defaults(run=run_letters)


def run_letters(options: argparse.Namespace) -> int:
    """Send once, keep sending until told to stop, or list the queue."""
    with house():
        if options.list:
            _list()
        elif options.follow:
            _follow(options.parent)
        else:
            _send_due()
    return 0


@contextmanager
def sending_beside(owner: str) -> Iterator[None]:
    """Send letters in a process of its own, as the database's owner, for as long as the block lasts.

    Nothing is started where no e-mail server is named: letters wait, and the people pages say so.
    """
    if not os.environ.get("STYRKEDJAN_SMTP"):
        yield
        return
    command = [sys.executable, "-c", START_AGAIN, "brev", "--folj", "--foralder", str(os.getpid())]
    process = subprocess.Popen(command, env={**os.environ, SITE: owner})  # noqa: S603  (our own command)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _postman() -> Postman:
    from django.conf import settings

    if not settings.SMTP:
        raise WrongState(
            "ingen e-postserver är inställd, så breven väntar i kön. Sätt STYRKEDJAN_SMTP, till exempel till "
            "smtp://localhost:25."
        )
    return Postman(mail_server(settings.SMTP), settings.MAIL_FROM, settings.MAIL_REPLY_TO)


def _send_due() -> None:
    from styrkedjan.actions.access import letters
    from styrkedjan.queries.access.people import letter_queue

    postman, tried = _postman(), 0
    while some := letters.deliver(OPERATOR, AT_A_TIME, postman):
        tried += some
    waiting = letter_queue(OPERATOR).waiting
    print(f"{plural(tried, 'brev prövat', 'brev prövade')}, {waiting} väntar. Se kön med styrkedjan brev --lista.")


def _follow(parent: int) -> None:
    """Send what is due, letter by letter, until a signal says stop or the process that began this one is gone."""
    from django.db import DatabaseError, connection

    from styrkedjan.actions.access import letters

    postman, stop = _postman(), threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    while not stop.is_set() and (not parent or os.getppid() == parent):
        try:
            pause = 0.0 if letters.deliver(OPERATOR, 1, postman) else PAUSE
        except DatabaseError:  # the server restarts, or is upgraded: the letters are in it
            log.warning("Databasen svarar inte. Breven väntar.")
            connection.close()
            pause = PAUSE_WHEN_BROKEN
        stop.wait(pause)


def _list() -> None:
    from styrkedjan.queries.access.people import letter_queue, waiting_letters

    queue = letter_queue(OPERATOR)
    print(f"{queue.waiting} väntar, {queue.sent} skickade, {queue.given_up} kunde inte levereras.")
    for letter in waiting_letters(OPERATOR, LISTED):
        met = f"{plural(letter.attempts, 'försök', 'försök')}, {letter.problem}" if letter.problem else "inte prövat"
        print(f"  {letter.kind:14} {moment(letter.made_at)}  {met}, nästa försök {moment(letter.try_at)}")
