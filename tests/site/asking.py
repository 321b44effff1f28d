"""Plain SQL on a connection as the site really has it: entering, and what is then seen and refused."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from tests.tenants import TENANT_TABLES, insert, sha256

CLOSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)


def enter(connection: psycopg.Connection, token: str) -> dict | None:
    return connection.execute("SELECT styrkedjan_enter(%s)", [token]).fetchone()[0]


def follow(connection: psycopg.Connection, link: str) -> dict | None:
    return connection.execute("SELECT styrkedjan_enter_by_invitation(%s)", [sha256(link)]).fetchone()[0]


def seen(connection: psycopg.Connection, table: str, column: str = "organiser") -> set:
    """What SELECT * gives, by one column: no filter at all."""
    cursor = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
    place = [each.name for each in cursor.description].index(column)
    return {row[place] for row in cursor}


def sees_nothing(connection: psycopg.Connection) -> bool:
    return not any(seen(connection, table) for table in TENANT_TABLES)


def refused(connection: psycopg.Connection, statement: str, *values: object) -> bool:
    """Whether the database says no, or finds no row; the transaction goes on."""
    try:
        with connection.transaction():
            return connection.execute(statement, values).rowcount == 0
    except CLOSED:
        return True


def share(connection: psycopg.Connection, organiser: str, version: UUID) -> None:
    insert(
        connection,
        "share",
        key=uuid4(),
        organiser=organiser,
        version_id=version,
        agency="skolverket",
        shared_by="x",
        shared_at=datetime.now(UTC),
        shared_by_name="x",
        withdrawn_by="",
    )
