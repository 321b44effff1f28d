"""Fixtures that several kinds of tests share: a home, a database, and one small Sweden in it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

if TYPE_CHECKING:
    from styrkedjan.site.running import Databases
    from tests.world import World

PROJECT = Path(__file__).resolve().parents[1]
REAL = Path(os.environ.get("STYRKEDJAN_SHARED_DATA", PROJECT.parent / "shared" / "data"))
TESTER = "styrkedjan_tester"
UFA = REAL / "skolverket-ufa-grundskola" / "Underlag_for_analys.xlsx"


def make_home() -> Path:
    """A home that the database's own user can reach: pytest's folders are closed to it when root runs the tests."""
    path = Path(tempfile.mkdtemp(prefix="styrkedjan-test-"))
    path.chmod(0o755)
    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where official files must be there, a test that skips for want of them is an error of the set-up."""
    if os.environ.get("STYRKEDJAN_REQUIRE_REAL") and not UFA.exists():
        raise pytest.UsageError(f"{UFA} is not there, and STYRKEDJAN_REQUIRE_REAL says that it must be")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
    # What several connections do at once stays in the database's trail, which nobody can take rows from: the tests that
    # count every row of it come first.
    items.sort(key=lambda item: "/test_trail.py" not in item.nodeid)


@pytest.fixture(scope="session")
def real_workbook() -> bytes:
    """The official workbook, or skip."""
    if not UFA.exists():
        pytest.skip("the official workbook is not beside the project")
    return UFA.read_bytes()


@pytest.fixture(scope="session")
def databases() -> Iterator["Databases"]:
    """Django on a PostgreSQL server of our own, with empty tables, as the site's role. Gives the ways into it.

    The tests' own role can be the site's or the owner's (``as_owner``) within one transaction, and is the site's until
    it says otherwise. What proves the walls uses ``databases.site``, which is what the site really has.
    """
    home = make_home()
    os.environ["STYRKEDJAN_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("DATABASE_OWNER_URL", None)
    from styrkedjan.site import postgres, running

    with running.house(as_site=True) as databases:
        with psycopg.connect(postgres.status(home).admin_dsn, autocommit=True) as admin:
            admin.execute(f"CREATE ROLE {TESTER} LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS")
            admin.execute(f"GRANT {postgres.ROLE}, {postgres.OWNER} TO {TESTER}")
        running.use(make_conninfo(databases.site, user=TESTER, options=f"-c role={postgres.ROLE}"))
        yield databases
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def house(databases: "Databases") -> Path:
    """The home folder of a house that runs, as the site's role."""
    return Path(os.environ["STYRKEDJAN_HOME"])


@pytest.fixture
def owner_connection(databases: "Databases") -> Iterator[psycopg.Connection]:
    """A connection of its own as the database's owner, whom no policy binds; each statement stays at once."""
    with psycopg.connect(databases.owner, autocommit=True) as connection:
        yield connection


@contextmanager
def as_owner() -> Iterator[None]:
    """Let Django's connection be the database's owner for the block, also within a transaction under way."""
    from django.db import connection, transaction

    from styrkedjan.site import postgres

    with transaction.atomic(), connection.cursor() as cursor:  # an error takes the role back too
        cursor.execute(f"SET ROLE {postgres.OWNER}")
        yield
        cursor.execute(f"SET ROLE {postgres.ROLE}")


@pytest.fixture
def tables(house: Path) -> Iterator[Path]:
    """The house for a test that writes: everything is rolled back after it."""
    from django.db import transaction

    with transaction.atomic():
        yield house
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def world(house: Path) -> "World":
    """One small Sweden, published through the real action and kept for the session."""
    from tests.world import build

    return build(house)
