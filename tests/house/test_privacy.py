"""Privacy: every column is described in catalogue/privacy.yaml, and what is personal is kept no longer than it says."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from styrkedjan.core.privacy import FOLLOWS_PERSON, Does, PrivacyTable
from styrkedjan.data.catalogue import load_privacy
from tests.house.source import PROJECT, obeyed

# In a process of its own: Django is set up once per process, and here it needs no server.
LIST_COLUMNS = """
import json, django
from django.apps import apps
django.setup()
models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label == "tables"]
print(json.dumps([[m._meta.db_table, field.column] for m in models for field in m._meta.concrete_fields]))
"""


@pytest.fixture(scope="module")
def columns(tmp_path_factory) -> set[tuple[str, str]]:
    """Every (table, column) that the models make."""
    surroundings = {
        "DJANGO_SETTINGS_MODULE": "styrkedjan.site.settings",
        "DATABASE_URL": "dbname=none",
        "STYRKEDJAN_SECRET_KEY": "none",
        "STYRKEDJAN_HOME": str(tmp_path_factory.mktemp("home")),
    }
    answer = subprocess.run(
        [sys.executable, "-c", LIST_COLUMNS], env={**os.environ, **surroundings}, capture_output=True, check=True
    )
    return {(table, column) for table, column in json.loads(answer.stdout)}


def differences(columns: set[tuple[str, str]], described: set[tuple[str, str]]) -> Iterator[str]:
    for table, column in sorted(columns - described):
        yield f"{table}.{column} is not described: say in catalogue/privacy.yaml what it holds, how long and why."
    for table, column in sorted(described - columns):
        yield f"{table}.{column} is described but is not there: take it out of catalogue/privacy.yaml."


def described() -> set[tuple[str, str]]:
    return {(table.name, rule.column) for table in tables_described() for rule in table.columns}


def tables_described() -> tuple[PrivacyTable, ...]:
    return load_privacy(PROJECT / "catalogue")


# Made by the database's own walls and not by a model, and what keeps count of migrations.
WITHOUT_MODEL, NOT_OURS = "access_secret", "django_migrations"
COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"


def without_end(tables: tuple[PrivacyTable, ...], run: set[str]) -> Iterator[str]:
    """Tables with personal data that no rule which is really run ever reaches, by itself or by what it follows.

    In: ``run``, the ids of the rules that the command follows.
    """
    by_name = {table.name: table for table in tables}
    nameless = any(rule.does is Does.NAMELESS and rule.id in run for rule in by_name[FOLLOWS_PERSON].rules)
    for table in filter(lambda each: each.is_personal, tables):
        rules = [*table.rules, *(by_name[table.follows].rules if table.follows not in ("", FOLLOWS_PERSON) else ())]
        ended = any(rule.does in (Does.REMOVE, Does.WEED) and rule.id in run for rule in rules)
        if not ended and not (table.follows == FOLLOWS_PERSON and nameless):
            yield f"{table.name} has personal data and no end: give it a rule in catalogue/privacy.yaml."


def test_every_column_is_described(columns):
    assert ("audit_event", "actor") in columns
    models = {(table, column) for table, column in described() if table != WITHOUT_MODEL}
    obeyed(differences(columns, models), "Every column of the database says why it is kept.")


@pytest.mark.database
def test_every_column_that_the_database_really_has_is_described(owner_connection):
    found = {(table, column) for table, column in owner_connection.execute(COLUMNS) if table != NOT_OURS}
    assert (WITHOUT_MODEL, "secret") in found
    obeyed(differences(found, described()), "Every column of the database says why it is kept.")


@pytest.mark.database
def test_personal_data_is_not_kept_for_ever(house, tables):
    obeyed(without_end(tables_described(), rules_run()), "Personal data goes when its time is up.")


def rules_run() -> set[str]:
    """The rules that the command follows, asked of itself."""
    from styrkedjan.actions.access import retention
    from styrkedjan.core.access import OPERATOR
    from tests.conftest import as_owner

    with as_owner():
        return set(retention.run(OPERATOR, trial=True))


@pytest.mark.parametrize("dropped", ["invitations", "audit_trail", "receipts", "letters", "ended_roles"])
def test_personal_data_without_an_end_is_caught(dropped):
    every = {rule.id for table in tables_described() for rule in table.rules}
    assert not list(without_end(tables_described(), every))
    assert list(without_end(tables_described(), every - {dropped} - {"letters_emptied"}))


def test_what_follows_nobody_is_caught():
    every = {rule.id for table in tables_described() for rule in table.rules}
    found = list(without_end(tables_described(), every - {"people_without_role"}))
    assert any(line.startswith("passkey ") for line in found)


def test_an_undescribed_column_is_caught(columns):
    models = {(table, column) for table, column in described() if table != WITHOUT_MODEL}
    problems = list(differences(columns | {("organiser", "phone")}, models))
    assert len(problems) == 1
    assert "organiser.phone is not described" in problems[0]


def test_a_column_that_is_gone_is_caught(columns):
    models = {(table, column) for table, column in described() if table != WITHOUT_MODEL}
    problems = list(differences(columns - {("audit_event", "actor")}, models))
    assert len(problems) == 1
    assert "audit_event.actor is described but is not there" in problems[0]
