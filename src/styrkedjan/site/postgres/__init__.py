"""The embedded PostgreSQL server: started by the command that needs it, stopped by the last that leaves.

Each command holds a shared lock on ``users.lock`` while it uses the server, and ``start.lock`` alone while it starts
or stops it. Locks die with their process, so a killed command never keeps the server, and never takes it from others.
The server listens on a Unix socket in a folder that only its user and root reach, and on nothing else.
"""

import fcntl
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from styrkedjan.core.refused import WrongState
from styrkedjan.site.postgres import binaries
from styrkedjan.site.postgres.cluster import (
    Cluster,
    cluster_at,
    in_plain_words,
    open_lock,
    prepare,
    starting_or_stopping,
    take_all,
)
from styrkedjan.site.postgres.process import ADMIN, DATABASE, OWNER, ROLE, Server, answering, bring_up, shut_down

__all__ = ["ADMIN", "DATABASE", "OWNER", "ROLE", "Server", "psql", "running", "start", "status", "stop"]


@contextmanager
def running(home: Path) -> Iterator[Server]:
    """A server for as long as the block lasts, shared with every other command that uses the same home.

    Raises: Refused, in Swedish, when it cannot be started.
    """
    cluster = _prepared(home)
    with open_lock(cluster, "users.lock") as users:
        with in_plain_words(cluster.folder), starting_or_stopping(cluster):
            fcntl.flock(users, fcntl.LOCK_SH)
            server = bring_up(cluster)
        try:
            yield server
        finally:
            with in_plain_words(cluster.folder), starting_or_stopping(cluster):
                if take_all(users) and not cluster.keep.exists():
                    shut_down(cluster)


def start(home: Path) -> Server:
    """Start the server and let it run until ``stop``. Raises: Refused when it cannot be started."""
    cluster = _prepared(home)
    with in_plain_words(cluster.folder), starting_or_stopping(cluster):
        server = bring_up(cluster)
        cluster.keep.touch()
        return server


def stop(home: Path) -> bool:
    """Stop the server. Out: False when none was running. Raises: WrongState while another command uses it."""
    cluster = cluster_at(home)
    if not cluster.folder.exists():
        return False
    with in_plain_words(cluster.folder), starting_or_stopping(cluster), open_lock(cluster, "users.lock") as users:
        cluster.keep.unlink(missing_ok=True)
        if not take_all(users):
            raise WrongState(
                f"Databasen i {cluster.folder} används just nu av ett annat kommando och har inte stoppats. "
                "Avsluta det kommandot, så stannar databasen av sig själv."
            )
        return shut_down(cluster)


def status(home: Path) -> Server | None:
    """The server when one is running and answers; starts nothing."""
    cluster = cluster_at(home)
    with in_plain_words(cluster.folder):
        return answering(cluster)


def psql(home: Path, args: Sequence[str] = ()) -> int:
    """Run psql as the database's owner, with psql's own ``args`` (``-U styrkedjan``: the site). Out: its exit code."""
    with running(home) as server:
        program = binaries.psql(binaries.chosen(cluster_at(home).major))
        where = {"PGHOST": str(server.socket_dir), "PGPORT": str(server.port), "PGUSER": OWNER, "PGDATABASE": DATABASE}
        with _interrupts_left_to_the_child():
            return subprocess.call([program, *args], env=os.environ | where)  # noqa: S603


def _prepared(home: Path) -> Cluster:
    cluster = cluster_at(home)
    with in_plain_words(cluster.folder):
        prepare(cluster)
    return cluster


@contextmanager
def _interrupts_left_to_the_child() -> Iterator[None]:
    """Ctrl-C in psql ends a question, not the session; a handler, unlike ignoring, is not inherited by the child."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
