"""Commands at once, and commands and servers that are killed."""

import subprocess
import time

import psycopg
import pytest

from styrkedjan.site import postgres
from tests.site.test_postgres.commands import (
    AS_ROOT,
    USE_UNTIL_TOLD,
    ask,
    ended,
    kill,
    needs_proc,
    script,
    server_processes,
)

pytestmark = pytest.mark.database


def test_four_commands_at_once_on_an_empty_home(home):
    make = "with postgres.running(home) as s, psycopg.connect(s.dsn) as c:\n    print(c.execute('SELECT 1').fetchone())"
    commands = [script(make, home) for _ in range(4)]
    assert [ended(command) for command in commands] == ["(1,)"] * 4
    assert server_processes(home / "postgres" / "data") == []


def test_commands_that_come_and_go_share_one_server_and_the_last_stops_it(home):
    first = script(USE_UNTIL_TOLD, home)
    pid = int(first.stdout.readline())
    second = script(USE_UNTIL_TOLD, home)
    assert int(second.stdout.readline()) == pid
    ended(first)
    assert postgres.status(home).pid == pid
    ended(second)
    assert server_processes(home / "postgres" / "data") == []


def test_a_killed_command_neither_keeps_the_server_nor_takes_it(home):
    killed, other = script(USE_UNTIL_TOLD, home), None
    pid = int(killed.stdout.readline())
    other = script(USE_UNTIL_TOLD, home)
    other.stdout.readline()
    kill(killed.pid)
    killed.communicate()
    assert postgres.status(home).pid == pid, "the server is no child of the command that started it"
    ended(other)
    assert server_processes(home / "postgres" / "data") == []


def test_a_server_left_by_a_killed_command_is_used_and_then_stopped(home):
    killed = script(USE_UNTIL_TOLD, home)
    pid = int(killed.stdout.readline())
    kill(killed.pid)
    killed.communicate()
    with postgres.running(home) as server:
        assert server.pid == pid
    assert server_processes(server.data_dir) == []


def test_a_killed_server_is_recovered_with_what_was_committed(home):
    server = postgres.start(home)
    ask(server, "CREATE TABLE mark AS SELECT generate_series(1, 20000) AS x")
    kill(server.pid)
    with postgres.running(home) as again:
        assert again.pid != server.pid
        assert ask(again, "SELECT count(*), sum(x) FROM mark") == (20000, 200010000)


@needs_proc
def test_a_backend_that_outlives_its_killed_server_does_not_stop_the_next(home):
    server = postgres.start(home)
    ask(server, "CREATE TABLE mark (x int)")
    busy = psycopg.connect(server.owner_dsn)
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000000)")
    time.sleep(0.1)
    kill(server.pid)
    with postgres.running(home) as again:
        assert ask(again, "SELECT count(*) FROM mark") == (0,)
    busy.close()


@needs_proc
def test_a_pid_that_now_belongs_to_another_program_is_not_believed(home):
    server = postgres.start(home)
    kill(server.pid)
    user = {"user": server.data_dir.stat().st_uid} if AS_ROOT else {}
    stranger = subprocess.Popen(["sleep", "30"], cwd="/", **user)
    pid_file = server.data_dir / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(str(server.pid), str(stranger.pid), 1))
    assert postgres.status(home) is None
    with postgres.running(home) as again:
        assert again.pid not in (server.pid, stranger.pid)
        assert ask(again, "SELECT 1") == (1,)
    assert stranger.poll() is None, "the stranger is left alone"
    stranger.kill()
    stranger.wait()


def test_half_made_data_is_made_again(home):
    half = home / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with postgres.running(home) as server:
        assert ask(server, "SELECT 1") == (1,)
    assert not half.exists()


@pytest.mark.parametrize("lost", [["styrkedjan", "styrkedjan_owner"], ["styrkedjan_owner"], []])
def test_data_whose_maker_was_killed_before_the_roles_is_finished(home, lost):
    server = postgres.start(home)
    with psycopg.connect(server.admin_dsn, autocommit=True) as connection:
        connection.execute("DROP DATABASE styrkedjan")
        for role in lost:
            connection.execute(f"DROP ROLE {role}")
    with postgres.running(home) as same:
        assert ask(same, "SELECT current_user", same.dsn) == ("styrkedjan",)
        owner = "SELECT current_user, pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        assert ask(same, owner, same.owner_dsn) == ("styrkedjan_owner", "styrkedjan_owner")
