"""What every command needs before it can read or write: a database, Django, and the tables as they should be."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from psycopg.errors import InsufficientPrivilege

from styrkedjan.core.refused import WrongState
from styrkedjan.site import postgres
from styrkedjan.site.home import home

SETTINGS = "styrkedjan.site.settings"


@contextmanager
def house(*, migrate: bool = True) -> Iterator[None]:
    """Run the block with Django set up on a database.

    The database is the one that DATABASE_URL names; when nobody has named one, the embedded server under the home
    folder is started for the block and stopped after it unless another command still uses it.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if os.environ.get("DATABASE_URL"):
        _set_up(migrate)
        yield
        return
    with postgres.running(home()) as server:
        os.environ["DATABASE_URL"] = server.dsn
        try:
            _set_up(migrate)
            yield
        finally:
            del os.environ["DATABASE_URL"]
            _hang_up()


def _set_up(migrate: bool) -> None:
    django.setup()
    if not migrate:
        return
    from django.db import DatabaseError, OperationalError

    try:
        _migrate()
    except DatabaseError as error:
        if not isinstance(error, OperationalError) and not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        raise WrongState(
            f"databasen går inte att använda ({str(error).splitlines()[0]}). Inget har ändrats. Kontrollera att "
            "servern är igång, och att DATABASE_URL pekar på den med en användare som äger databasen."
        ) from error


def _migrate() -> None:
    """Bring the tables up to date; several commands at once wait for the first."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [0x6D_69_67_72])
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [0x6D_69_67_72])


def _hang_up() -> None:
    from django.db import connections

    connections.close_all()
