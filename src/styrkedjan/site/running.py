"""What every command needs before it can read or write: a database, Django, and the tables as they should be.

Two roles use the database. The owner migrates and runs the operator's commands; the site's role owns nothing, and the
database's own walls bind it. Commands therefore run as the owner, and only what serves pages as the site.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import django
import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import InsufficientPrivilege

from styrkedjan.core.refused import BadInput, WrongState
from styrkedjan.site import postgres, rights
from styrkedjan.site.home import home

SETTINGS = "styrkedjan.site.settings"
SITE, OWNER = "DATABASE_URL", "DATABASE_OWNER_URL"
MIGRATING = 0x6D_69_67_72  # advisory lock: one command at a time changes the tables


@dataclass(frozen=True)
class Databases:
    """The two ways into one database. The same when only one has been named: then nothing can be served."""

    site: str
    owner: str


@contextmanager
def house(*, migrate: bool = True, as_site: bool = False) -> Iterator[Databases]:
    """Run the block with Django set up on a database, as its owner, or as the site's role when ``as_site``.

    The database is the one that DATABASE_URL names (for the site) and DATABASE_OWNER_URL (for the owner); when nobody
    has named one, the embedded server under the home folder is started for the block and stopped after it unless
    another command still uses it. A site never has the owner's address among its surroundings.
    Raises: WrongState when the database cannot be used, or when the site's role would be stronger than it may.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    before = {name: os.environ.get(name) for name in (SITE, OWNER)}
    with _databases() as databases:
        try:
            use(databases.owner)
            _set_up(databases, migrate)
            if as_site:
                use(databases.site)
                _refuse_too_strong(databases.site)
            yield databases
        finally:
            _hang_up()
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.update({name: value})


@contextmanager
def _databases() -> Iterator[Databases]:
    site, owner = os.environ.get(SITE), os.environ.get(OWNER)
    if owner:
        _parts_of(owner, OWNER)
    if site or owner:
        yield Databases(site or owner or "", owner or site or "")
        return
    with postgres.running(home()) as server:
        yield Databases(server.dsn, server.owner_dsn)


def use(address: str) -> None:
    """Make an address the one that Django, and every process started from here, uses."""
    os.environ[SITE] = address
    os.environ.pop(OWNER, None)
    from django.conf import settings
    from django.db import connections

    from styrkedjan.site import settings as written

    if settings.configured:
        connections.close_all()
        connections.settings["default"].update(dict.fromkeys(("USER", "PASSWORD", "HOST", "PORT"), ""))
        connections.settings["default"].update(written.database())


def _set_up(databases: Databases, migrate: bool) -> None:
    django.setup()
    if not migrate:
        return
    from django.db import DatabaseError, OperationalError
    from django.db.migrations.exceptions import MigrationSchemaMissing

    try:
        _migrate(databases)
    except (DatabaseError, MigrationSchemaMissing, psycopg.Error) as error:
        cause = error if isinstance(error, psycopg.Error) else error.__cause__
        unusable = (OperationalError, MigrationSchemaMissing, psycopg.OperationalError, InsufficientPrivilege)
        if not isinstance(error, unusable) and not isinstance(cause, InsufficientPrivilege):
            raise
        raise WrongState(
            f"databasen går inte att använda ({str(error).splitlines()[0]}). Inget har ändrats. Kontrollera att "
            f"servern är igång, och att {OWNER} (eller {SITE}, om bara en är satt) pekar på den med en användare som "
            "äger databasen."
        ) from error


def _migrate(databases: Databases) -> None:
    """Bring the tables and the site's rights up to date; several commands at once wait for the first."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    role = _role_of(databases.site) if databases.site != databases.owner else None
    connection.ensure_connection()
    if not pending and (role is None or rights.as_they_should_be(connection.connection, role)):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            call_command("migrate", verbosity=0, interactive=False)
            if role is not None and not rights.as_they_should_be(connection.connection, role):
                rights.give(connection.connection, role)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])


def _role_of(address: str) -> str:
    """The role that an address leads to; asked of the server when the address does not say."""
    named = _parts_of(address, SITE).get("user")
    if named:
        return str(named)
    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT current_user").fetchone()
        return str(row[0]) if row else ""


def _parts_of(address: str, name: str) -> dict[str, Any]:
    try:
        return conninfo_to_dict(address)
    except psycopg.ProgrammingError as error:  # its text repeats the address, with the password
        raise BadInput(
            f"{name} går inte att tolka. Skriv den som postgresql://användare@värd/databas eller som "
            "host=… dbname=… user=…"
        ) from error


def _refuse_too_strong(address: str) -> None:
    with psycopg.connect(address) as connection:
        found = rights.strength(connection)
    if found.too_strong:
        what = (
            "är superanvändare"
            if found.is_superuser
            else "kan gå förbi radskyddet"
            if found.bypasses
            else "äger tabellerna eller ingår i rollen som gör det"
        )
        raise WrongState(
            f"webbplatsen startas inte, eftersom databasrollen ”{found.role}” {what}. Då skyddar databasen inte den "
            "ena huvudmannens material från den andra. Ingen uppgift har ändrats. Gör två roller med det som "
            f"`styrkedjan db roller` skriver ut, sätt {SITE} till webbplatsens roll och {OWNER} till ägarens."
        )


def _hang_up() -> None:
    from django.db import connections

    connections.close_all()
