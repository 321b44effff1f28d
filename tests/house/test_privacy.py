"""Privacy: every column of the database is described in catalogue/privacy.yaml, and nothing else is."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

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
    return {(rule.table, rule.column) for rule in load_privacy(PROJECT / "catalogue")}


def test_every_column_is_described(columns):
    assert ("audit_event", "actor") in columns
    obeyed(differences(columns, described()), "Every column of the database says why it is kept.")


def test_an_undescribed_column_is_caught(columns):
    problems = list(differences(columns | {("organiser", "phone")}, described()))
    assert len(problems) == 1
    assert "organiser.phone is not described" in problems[0]


def test_a_column_that_is_gone_is_caught(columns):
    problems = list(differences(columns - {("audit_event", "actor")}, described()))
    assert len(problems) == 1
    assert "audit_event.actor is described but is not there" in problems[0]
