"""Whole imports, as commands: killed at any moment, and two at once. The edition before always stands."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl
import psycopg
import pytest

from styrkedjan.data import store
from styrkedjan.site import postgres
from tests import world as small
from tests.conftest import make_home
from tests.site.command import Forks, environment, run, start

pytestmark = pytest.mark.database

FIRST, SECOND, THIRD = small.YEARS
KILLS = 20


@pytest.fixture
def home() -> Iterator[Path]:
    """A home with a running server, so that each command starts quickly."""
    folder = make_home()
    with postgres.running(folder):
        yield folder
    shutil.rmtree(folder)


def put(home: Path, name: str, content: bytes) -> Path:
    path = home / name
    path.write_bytes(content)
    return path


@contextmanager
def looking(home: Path) -> Iterator[Callable[[str], list[tuple]]]:
    """Ask several questions about one and the same moment."""
    with psycopg.connect(postgres.status(home).owner_dsn) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield lambda question: connection.execute(question).fetchall()


def ask(home: Path, question: str) -> list[tuple]:
    with looking(home) as asked:
        return asked(question)


CURRENT = "SELECT version, manifest FROM statistics_edition WHERE is_current"


def current(home: Path) -> tuple[str, store.Manifest]:
    """The one current edition, as it stands in the database."""
    [(version, manifest)] = ask(home, CURRENT)
    return version, store.Manifest.from_json(manifest)


def assert_one_whole_edition(home: Path) -> str:
    """The current edition reads whole, the places tables name its places, and each edition has its row in the trail."""
    with looking(home) as asked:
        [(version, content)] = asked(CURRENT)
        listed = asked("SELECT key FROM organiser WHERE listed UNION ALL SELECT key FROM school_unit WHERE listed")
        new = asked("SELECT count(*) FROM audit_event WHERE (facts->>'is_new')::boolean")
        editions = asked("SELECT count(*) FROM statistics_edition")
    manifest = store.Manifest.from_json(content)
    assert manifest.version == version
    places = set(store.read_observations(home / "statistics", manifest)["place"].unique().to_list()) - {"00"}
    assert {key for (key,) in listed} == places
    assert new == editions
    return version


READ_EVERYTHING = """
from styrkedjan.site.running import house
with house():
    from styrkedjan.core.access import ANYONE
    from styrkedjan.queries import briefings, indicators, places, statistics
    facts = statistics.edition_facts(ANYONE)
    statistics.editions(ANYONE)
    organisers = places.every_organiser(ANYONE)
    for year in facts.school_years:
        for organiser in organisers:
            whole = briefings.briefing(ANYONE, organiser.key, year)
            for row in whole.units[:2]:
                briefings.briefing(ANYONE, row.unit.key, year)
            indicators.indicator(ANYONE, organiser.key, "safety_grade_5_index", year)
        indicators.lineage(ANYONE, "00", "pupil_count", year)
    found = places.search(ANYONE, "skolan")
    print(facts.version, len(organisers), len(found.places) > 0)
"""


def read_everything(home: Path) -> str:
    """Every query of every page, in a process of its own: the version that it saw."""
    ended = subprocess.run(
        [sys.executable, "-c", READ_EVERYTHING], env=environment(home), capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    version, organisers, found = ended.stdout.split()
    assert (organisers, found) == ("17", "True")
    return version


def test_an_import_that_is_killed_leaves_the_edition_before(home):
    """Killed at random moments of its life: what is current is always one whole edition, and the rest goes on."""
    code, _, err = run(home, "import", put(home, "a.xlsx", small.workbook(FIRST)))
    assert code == 0, err
    before = assert_one_whole_edition(home)
    assert read_everything(home) == before
    moments, killed = random.Random(20241124), 0
    with Forks(home) as forks:
        whole_life = _whole_life(forks)
        for number in range(KILLS):
            revised = small.workbook(SECOND, {(small.STORKOPING, "girls_percent"): 50.0 + number / 10})
            pid = forks.begin("import", put(home, "b.xlsx", revised))
            time.sleep(whole_life * moments.uniform(0.1, 1.0))
            with suppress(ProcessLookupError):  # it was done before
                os.kill(pid, signal.SIGKILL)
            was_killed = forks.ended() == -signal.SIGKILL
            killed += was_killed
            now = assert_one_whole_edition(home)
            if was_killed and now != before:
                assert _says_published(home, now), "killed after its transaction, while the report was printed"
            before = now
    assert killed >= KILLS // 4, "many of the commands were killed and not done"
    assert read_everything(home) == before
    code, out, err = run(home, "import", put(home, "c.xlsx", small.workbook(THIRD)))
    assert code == 0, err
    assert f"Utgåva {assert_one_whole_edition(home)} gäller nu" in out
    assert not list((home / "statistics" / "parts").glob(".aside-*")), "what the killed ones left is cleared away"
    assert current(home)[1].school_years[-1] == THIRD


def _whole_life(forks: Forks) -> float:
    """How long an import takes that finds nothing new."""
    forks.begin("import", "a.xlsx")  # waits until the parent has started
    began = time.monotonic()
    assert forks.ended() == 0
    return time.monotonic() - began


def _says_published(home: Path, version: str) -> bool:
    return ask(home, f"SELECT count(*) FROM audit_event WHERE facts->>'version' = '{version}'") == [(1,)]


def test_two_imports_at_once_both_land(home):
    """They take turns: the second builds on the first, whichever that is."""
    put(home, "a.xlsx", small.workbook(FIRST))
    put(home, "b.xlsx", small.workbook(SECOND))
    commands = [start(home, "import", home / name) for name in ("a.xlsx", "b.xlsx")]
    told = [command.communicate(timeout=60) for command in commands]
    assert [command.returncode for command in commands] == [0, 0], told
    assert_one_whole_edition(home)
    assert current(home)[1].school_years == (FIRST, SECOND)
    assert ask(home, "SELECT count(*) FROM statistics_edition") == [(2,)]


def test_an_import_while_others_read_disturbs_nobody(home):
    """Readers of the edition before keep its parts: they are never written over or taken away."""
    assert run(home, "import", put(home, "a.xlsx", small.workbook(FIRST)))[0] == 0
    _, manifest = current(home)
    was = store.read_observations(home / "statistics", manifest)
    command = start(home, "import", put(home, "b.xlsx", small.workbook(FIRST, {(small.LILLAN, "girls_percent"): 1.5})))
    reads = 0
    while command.poll() is None:
        assert store.read_observations(home / "statistics", manifest).equals(was)
        assert_one_whole_edition(home)
        reads += 1
    assert command.returncode == 0 and reads > 3
    command.communicate()
    version, now = current(home)
    changed = store.read_observations(home / "statistics", now).filter(
        (pl.col("place") == small.LILLAN) & (pl.col("measure") == "girls_percent")
    )
    assert version != manifest.version and changed["value"].to_list() == [1.5]
