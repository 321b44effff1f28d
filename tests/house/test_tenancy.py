"""Tenancy: a table with an organiser has only managers that name a scope, and the database guards its rows too."""

from collections.abc import Iterator

import pytest

from tests.house.source import obeyed

pytestmark = pytest.mark.database

# Tables with an organiser that is no tenant: the register of places itself, the same for everyone.
PUBLIC = {"organiser", "school_unit"}
GUARDS = """
    SELECT c.relname, c.relrowsecurity, EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid)
    FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
"""


def tenant_models(found: list) -> list:
    """The models whose rows belong to an organiser."""
    columns = {model: {field.column for field in model._meta.concrete_fields} for model in found}
    return [
        model
        for model in found
        if columns[model] & {"organiser", "organiser_id"} and model._meta.db_table not in PUBLIC
    ]


def unscoped(found: list) -> Iterator[str]:
    from styrkedjan.tables._scoped import Scoped

    for model in tenant_models(found):
        for manager in model._meta.managers:
            if not isinstance(manager, Scoped):
                yield f"{model.__name__}.{manager.name} gives every tenant's rows: make it a Scoped."


def unguarded(found: list, guards: dict[str, tuple[bool, bool]]) -> Iterator[str]:
    for model in tenant_models(found):
        table = model._meta.db_table
        if guards.get(table) != (True, True):
            yield f"{table} has no row-level security: give it policies in a migration."


def without_rights(tables: set[str], known: set[str]) -> Iterator[str]:
    for table in sorted(tables ^ known):
        yield f"{table}: every table stands in site/rights.py, with what the site may do to it, and no other does."


@pytest.fixture
def found(house) -> list:
    from django.apps import apps

    return list(apps.get_app_config("tables").get_models())


@pytest.fixture
def guards(owner_connection) -> dict[str, tuple[bool, bool]]:
    return {name: (on, has) for name, on, has in owner_connection.execute(GUARDS)}


def test_every_tenant_table_has_scoped_managers_alone(found):
    assert {model._meta.db_table for model in tenant_models(found)} >= {"role_grant", "share", "audit_event"}
    obeyed(unscoped(found), "A tenant table has no manager that gives all its rows.")


def test_every_tenant_table_is_guarded_by_the_database(found, guards):
    obeyed(unguarded(found, guards), "Every tenant table has row-level security.")


def test_every_table_has_its_rights(guards):
    from styrkedjan.site.rights import CLOSED, TABLES

    obeyed(without_rights(set(guards), {*TABLES, *CLOSED}), "The site has the rights that are written down.")


def test_no_manager_gives_everything_without_a_scope(found):
    for model in tenant_models(found):
        with pytest.raises(TypeError, match="belongs to tenants"):
            model.scoped.all()


def test_a_model_without_scope_or_guard_is_caught(house):
    from django.apps.registry import Apps
    from django.db import models

    class Letter(models.Model):
        organiser = models.CharField(max_length=10)

        class Meta:
            app_label = "planted"
            apps = Apps()

    assert len(list(unscoped([Letter]))) == 1
    assert list(unguarded([Letter], {}))
    assert list(unguarded([Letter], {"planted_letter": (True, False)})), "policies are part of it"
    assert list(unguarded([Letter], {"planted_letter": (False, True)})), "so is their being in force"
    assert not list(unguarded([Letter], {"planted_letter": (True, True)}))


def test_a_table_without_rights_is_caught():
    assert len(list(without_rights({"a", "b"}, {"b", "c"}))) == 2
