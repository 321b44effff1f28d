"""Fixtures that several kinds of tests share: a home, a database, and one small Sweden in it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.world import World

PROJECT = Path(__file__).resolve().parents[1]
REAL = Path(os.environ.get("STYRKEDJAN_SHARED_DATA", PROJECT.parent / "shared" / "data"))
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


@pytest.fixture(scope="session")
def real_workbook() -> bytes:
    """The official workbook, or skip."""
    if not UFA.exists():
        pytest.skip("the official workbook is not beside the project")
    return UFA.read_bytes()


@pytest.fixture(scope="session")
def house() -> Iterator[Path]:
    """Django on a PostgreSQL server of our own, with empty tables. Gives the home folder."""
    home = make_home()
    os.environ["STYRKEDJAN_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    from styrkedjan.site.running import house as running_house

    with running_house():
        yield home
    shutil.rmtree(home, ignore_errors=True)


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
