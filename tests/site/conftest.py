"""Two organisers in the real database, and a connection to it as the site has it."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.tenants import Tenants, two_tenants


@pytest.fixture(scope="module")
def tenants(databases) -> Iterator[Tenants]:
    with psycopg.connect(databases.owner, autocommit=True) as owner, two_tenants(owner) as made:
        yield made


@pytest.fixture
def site(databases) -> Iterator[psycopg.Connection]:
    """As the site's role, in a transaction that is rolled back."""
    with psycopg.connect(databases.site) as connection:
        yield connection
        connection.rollback()
