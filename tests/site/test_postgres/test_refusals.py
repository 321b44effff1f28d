"""What the supervisor says no to, in plain words and with nothing lost."""

import os
from pathlib import Path

import pytest

from styrkedjan.core.refused import Refused, WrongState
from styrkedjan.site import postgres
from styrkedjan.site.postgres import binaries
from tests.site.test_postgres.commands import AS_ROOT, BECOME_NOBODY, ask, ended, needs_root, script, server_processes

pytestmark = pytest.mark.database


def test_stop_does_not_take_the_server_from_others(home):
    with postgres.running(home) as server:
        with pytest.raises(WrongState, match="används just nu"):
            postgres.stop(home)
        assert ask(server, "SELECT 1") == (1,)


@needs_root
def test_a_socket_folder_that_somebody_else_has_made_is_refused(home):
    deep = home / ("djup" * 20) / ("mapp" * 10)
    socket_dir = postgres.cluster_at(deep).socket_dir
    socket_dir.mkdir()
    os.chown(socket_dir, 12345, 12345)
    with pytest.raises(Refused, match="tillhör inte användaren"), postgres.running(deep):
        pass
    socket_dir.rmdir()


@needs_root
def test_somebody_elses_database_is_refused(home):
    postgres.start(home)
    look = "try:\n    postgres.start(home)\nexcept Refused as no:\n    print(no)"
    said = ended(script(BECOME_NOBODY + look, home))
    assert "tillhör användaren" in said
    assert "STYRKEDJAN_HOME" in said


def test_data_of_another_major_version_is_refused_and_untouched(home):
    with postgres.running(home) as server:
        pass
    version = server.data_dir / "PG_VERSION"
    real = version.read_text()
    version.write_text("14\n")
    with pytest.raises(WrongState, match=r"skapad med PostgreSQL 14.*Ingenting är ändrat"):
        postgres.start(home)
    assert server_processes(server.data_dir) == []
    version.write_text(real)
    postgres.start(home)


def test_data_of_the_systems_version_is_refused_by_the_wheel_and_opened_by_the_system(home, monkeypatch):
    if not binaries.embedded() or major_of_system() in (0, binaries.embedded().major):
        pytest.skip("needs two versions of PostgreSQL")
    monkeypatch.setenv("STYRKEDJAN_POSTGRES", str(binaries.system().folder))
    with postgres.running(home) as server:
        ask(server, "CREATE TABLE mark (x int)")
    monkeypatch.delenv("STYRKEDJAN_POSTGRES")
    with pytest.raises(WrongState, match="sätt STYRKEDJAN_POSTGRES=system"):
        postgres.start(home)
    monkeypatch.setenv("STYRKEDJAN_POSTGRES", "system")
    assert ask(postgres.start(home), "SELECT count(*) FROM mark") == (0,)


def test_a_folder_without_programs_is_refused(home, monkeypatch):
    monkeypatch.setenv("STYRKEDJAN_POSTGRES", str(home))
    with pytest.raises(Refused, match="Hittar ingen PostgreSQL"):
        postgres.start(home)


def test_a_long_log_is_set_aside_and_a_broken_start_shows_the_end_of_it(home):
    with postgres.running(home) as server:
        pass
    log = home / "postgres" / "postgres.log"
    os.truncate(log, 10_000_001)
    with (server.data_dir / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(Refused, match="no_such_setting"):
        postgres.start(home)
    assert log.with_suffix(".log.1").stat().st_size == 10_000_001
    assert log.stat().st_size < 10_000


def test_a_disk_too_small_for_a_database_is_told_in_plain_words(small_disk):
    disk = small_disk(8)
    with pytest.raises(Refused, match="Disken är full"):
        postgres.start(disk)
    assert not (disk / "postgres" / "data").exists()
    assert not (disk / "postgres" / "data.new").exists()


def test_a_full_disk_is_told_in_plain_words_and_loses_nothing(small_disk):
    disk = small_disk(80)
    ask(postgres.start(disk), "CREATE TABLE mark AS SELECT 7 AS x")
    postgres.stop(disk)
    fill(disk / "fill")
    with pytest.raises(Refused, match="Disken är full"):
        postgres.start(disk)
    (disk / "fill").unlink()
    assert ask(postgres.start(disk), "SELECT x FROM mark") == (7,)


def test_a_home_that_may_not_be_written_is_told_in_plain_words(home):
    locked = home / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    look = "try:\n    postgres.start(home)\nexcept Refused as no:\n    print(no)"
    said = ended(script(BECOME_NOBODY + look if AS_ROOT else look, locked))
    assert "kommer inte åt" in said
    assert str(locked) in said
    (home / "fil").touch()
    with pytest.raises(Refused, match="kan inte användas"):
        postgres.start(home / "fil")


def fill(path: Path) -> None:
    """Take what is left of a small disk."""
    with path.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(b"0" * 4096)


def major_of_system() -> int:
    found = binaries.system()
    return found.major if found and found.major >= binaries.OLDEST_MAJOR else 0
