"""The audit trail in the real database: one unbroken chain per organiser, that nobody changes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from styrkedjan.core.access import OPERATOR, Event
from styrkedjan.core.audit_chain import Head, Link, verify
from tests.conftest import as_owner

pytestmark = pytest.mark.database

OURS, THEIRS = "5560000011", "5560000012"
INSERT = """
    INSERT INTO audit_event (key, organiser, sequence, at, actor, role, place, event, about, facts, previous_hash, hash)
    VALUES (%s, %s, %s, %s, 'prov', 'operator', %s, 'role_ended', %s, %s, %s, %s)
"""


def rows_of(connection: psycopg.Connection, organiser: str) -> tuple[list[Link], Head | None]:
    """One chain as it stands, with the facts as the database prints them."""
    columns = "key::text, organiser, sequence, at, actor, role, place, event, about, facts::text, previous_hash, hash"
    rows = connection.execute(
        f"SELECT {columns} FROM audit_event WHERE organiser = %s ORDER BY sequence", [organiser]
    ).fetchall()
    head = connection.execute(
        "SELECT organiser, first_sequence, first_previous_hash, last_sequence, last_hash FROM audit_head "
        "WHERE organiser = %s",
        [organiser],
    ).fetchone()
    return [Link(*row) for row in rows], Head(*head) if head else None


def add(connection: psycopg.Connection, organiser: str, about: str = "x", at: datetime | None = None, **facts) -> None:
    at = at or datetime.now(UTC)
    connection.execute(INSERT, [uuid4(), organiser, 0, at, organiser, about, Jsonb(facts), "", ""])


@pytest.fixture
def site(databases) -> Iterator[psycopg.Connection]:
    """A connection as the site really has it; what it writes stays."""
    with psycopg.connect(databases.site, autocommit=True) as connection:
        yield connection


@pytest.fixture
def undone(databases) -> Iterator[psycopg.Connection]:
    """The owner's connection, and nothing of what it does stays."""
    with psycopg.connect(databases.owner) as connection:
        yield connection
        connection.rollback()


def tell(organiser: str, about: str, **facts) -> None:
    from styrkedjan.actions._change import change

    with change(OPERATOR, Event.ROLE_ENDED, about=about, place=organiser) as told:
        told.update(facts)


def read_as_owner(organiser: str) -> tuple[list[Link], Head | None]:
    from django.db import connection

    with as_owner():
        connection.ensure_connection()
        return rows_of(connection.connection, organiser)


def test_the_python_and_the_database_hash_alike(tables):
    tell(OURS, "åäö ”citat” \\ snett", namn="Örjan \u2028 \x01 \"'", tal=[1, 2.50, 1e30, -0.0], sant=True, inget=None)
    tell(f"{OURS}-90000001", "en enhet", djup={"b": {"a": [], "längre nyckel": {}}, "a": 1})
    tell(THEIRS, "en annan kedja")
    rows, head = read_as_owner(OURS)
    assert [row.sequence for row in rows] == [1, 2] and head is not None
    assert rows[0].previous_hash == "" and rows[1].previous_hash == rows[0].hash and head.last_hash == rows[1].hash
    assert verify(rows, head) == []
    assert [row.sequence for row in read_as_owner(THEIRS)[0]] == [1], "each organiser has a chain of its own"


def test_what_is_taken_back_leaves_no_gap(tables):
    from styrkedjan.actions._change import change

    tell(OURS, "först")
    with (
        pytest.raises(RuntimeError, match="ångrat"),
        change(OPERATOR, Event.ROLE_ENDED, about="yttre", place=OURS),
    ):
        tell(OURS, "inre")
        raise RuntimeError("ångrat")
    tell(OURS, "sist")
    rows, head = read_as_owner(OURS)
    assert [row.about for row in rows] == ["först", "sist"] and verify(rows, head) == []


def test_the_database_numbers_the_rows_whatever_is_sent(undone):
    sent = [uuid4(), OURS, 77, datetime.now(UTC), OURS, "x", Jsonb({}), "påhittad", "påhittad"]
    undone.execute(INSERT, sent)
    rows, head = rows_of(undone, OURS)
    assert rows[-1].sequence == len(rows) and verify(rows, head) == []


def test_two_who_write_at_once_make_one_unbroken_chain(databases, owner_connection):
    organiser = "5560000013"

    def write(writer: int) -> None:
        with psycopg.connect(databases.site) as connection:
            for number in range(20):
                add(connection, organiser, f"{writer}/{number}")
                (connection.rollback if number % 5 == 4 else connection.commit)()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, range(2)))
    rows, head = rows_of(owner_connection, organiser)
    assert len(rows) == 32 and verify(rows, head) == []
    assert {row.about[0] for row in rows} == {"0", "1"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET about = 'annat'",
        "UPDATE audit_event SET about = 'annat' WHERE false",
        "DELETE FROM audit_event",
        "DELETE FROM audit_event WHERE false",
        "TRUNCATE audit_event",
        "INSERT INTO audit_event SELECT * FROM audit_event LIMIT 1 ON CONFLICT (key) DO UPDATE SET about = 'annat'",
    ],
)
@pytest.mark.parametrize("who", ["site", "owner"])
def test_nobody_changes_or_removes_a_row(databases, statement, who):
    with psycopg.connect(getattr(databases, who)) as connection:
        add(connection, OURS)
        with pytest.raises(psycopg.errors.InsufficientPrivilege) as refused:
            connection.execute(statement)
        assert who == "site" or "append-only" in str(refused.value)
        connection.rollback()


@pytest.mark.parametrize("table", ["audit_head", "audit_event"])
def test_the_site_moves_no_end_of_a_chain(site, table):
    for statement in (f"UPDATE {table} SET organiser = ''", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            site.execute(statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        site.execute("INSERT INTO audit_head VALUES ('5560000099', 1, '', 0, '')")


def test_a_separator_in_a_column_is_refused(site):
    with pytest.raises(psycopg.errors.CheckViolation, match="unit separator"):
        add(site, OURS, "ett\x1ftvå")


def test_what_has_had_its_time_is_weeded_from_the_start_and_the_chain_still_holds(undone):
    organiser, now = "5560000014", datetime.now(UTC)
    for age in (4000, 3900, 3, 3800, 1):
        add(undone, organiser, f"{age} dagar", now - timedelta(days=age))
    add(undone, "5560000015", "gammal", now - timedelta(days=4000))
    undone.execute("SELECT styrkedjan_weed_audit(%s)", [now - timedelta(days=3653)])
    rows, head = rows_of(undone, organiser)
    assert [row.about for row in rows] == ["3 dagar", "3800 dagar", "1 dagar"], "never from the middle"
    assert head is not None and head.first_sequence == 3 and verify(rows, head) == []
    rows, head = rows_of(undone, "5560000015")
    assert rows == [] and head is not None and verify(rows, head) == []
    add(undone, "5560000015", "ny")
    rows, head = rows_of(undone, "5560000015")
    assert [row.sequence for row in rows] == [2] and verify(rows, head) == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        undone.execute("DELETE FROM audit_event")


def test_the_site_weeds_nothing(site):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        site.execute("SELECT styrkedjan_weed_audit(now())")


def test_a_function_with_a_like_name_weeds_nothing(undone):
    undone.execute(
        "CREATE FUNCTION pg_temp.my_styrkedjan_weed_audit(x int) RETURNS void LANGUAGE plpgsql "
        "AS 'BEGIN DELETE FROM audit_event; END'"
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        undone.execute("SELECT pg_temp.my_styrkedjan_weed_audit(1)")
