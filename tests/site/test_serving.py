"""Stopping the site: also while it starts, when a worker may not listen to its parent yet."""

import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.conftest import make_home
from tests.journeys.conftest import command, free_port

pytestmark = pytest.mark.database
LONG_ENOUGH = 60  # seconds, far beyond what starting or stopping takes


def children(pid: int) -> int:
    """How many processes a process has started and not seen the end of."""
    found = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            found += stat.read_text().rpartition(")")[2].split()[1] == str(pid)
        except OSError:  # gone meanwhile
            continue
    return found


def test_a_site_that_is_told_to_stop_while_it_starts_stops():
    home = make_home()
    served = command(home, "serve", "--port", str(free_port()))
    give_up = time.monotonic() + LONG_ENOUGH
    try:
        while children(served.pid) < 2 and time.monotonic() < give_up:  # two workers, just begun
            time.sleep(0.005)
        served.send_signal(signal.SIGTERM)
        told, _ = served.communicate(timeout=LONG_ENOUGH)
    finally:
        served.kill()
        shutil.rmtree(home, ignore_errors=True)
    assert served.returncode == 0, told
