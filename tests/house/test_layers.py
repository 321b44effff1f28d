"""Layers: what may import what. The contracts stand in pyproject.toml; here it is proved that they catch."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, PROJECT

RAW = "raw numbers stay behind the gate"
NO_DJANGO = "statistics, rendering and protocols know no Django"
PAGES = "pages reach numbers only through queries"

# What is written in which file, and the contract that must say no. An existing file gets the line at its end.
FAULTS = {
    "Django in core": ("core/places.py", "import django", "core is pure"),
    "the web in core": ("core/indicators.py", "import httpx", "core is pure"),
    "core reads data": ("core/briefings.py", "from styrkedjan.data import store", "layers"),
    "a query writes": ("queries/places.py", "from styrkedjan.actions import statistics", "layers"),
    "a table in a page": ("pages/start/views.py", "from styrkedjan.tables import places", PAGES),
    "data in a page": ("pages/places/views.py", "from styrkedjan.data import store", PAGES),
    "raw numbers in a page": ("pages/briefings/views.py", "from styrkedjan.core import raw", RAW),
    "raw numbers in a chart": ("render/charts/strip.py", "from styrkedjan.core.raw import RawTable", RAW),
    "raw numbers in data": ("data/store.py", "from styrkedjan.core.raw import Observations", RAW),
    "Django in data": ("data/checks.py", "from django.db import connection", NO_DJANGO),
    "Django in render": ("render/values.py", "import django", NO_DJANGO),
    "a new folder": ("utils/__init__.py", "", "layers"),
}


def lint(folder: Path) -> subprocess.CompletedProcess:
    """Run import-linter on the package under ``folder``/src by the contracts of ``folder``/pyproject.toml."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--config", folder / "pyproject.toml", "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
    )


def broken_contracts(answer: subprocess.CompletedProcess) -> set[str]:
    lines = answer.stdout.splitlines()
    return {line.removesuffix(" BROKEN") for line in lines if line.endswith(" BROKEN")}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package's Python files and the project's contracts."""
    only_python = shutil.ignore_patterns("__pycache__", "*.html", "*.css", "*.ttf", "*.woff2", "*.yaml", "*.typ")
    shutil.copytree(PACKAGE, tmp_path / "src" / "styrkedjan", ignore=only_python)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept():
    answer = lint(PROJECT)
    assert answer.returncode == 0, f"Move the code to its layer (docs/explanation/house.md):\n{answer.stdout}"
    assert "Contracts: 5 kept, 0 broken." in answer.stdout


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_import_is_caught(copy, fault):
    file, line, contract = FAULTS[fault]
    path = copy / "src" / "styrkedjan" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + f"\n{line}\n")
    answer = lint(copy)
    assert answer.returncode != 0
    said = answer.stdout + answer.stderr
    assert contract in broken_contracts(answer) or "utils" in said, said


def ruff(text: str, name: str) -> str:
    """What ruff says of a text as if it stood in this file of the project."""
    program = Path(sys.executable).with_name("ruff")
    return subprocess.run(
        [program, "check", "--no-cache", "--output-format", "concise", "--stdin-filename", PACKAGE / name, "-"],
        input=text,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    ).stdout


@pytest.mark.parametrize("line", ["from django.db import models", "from django.db.models import Q", "import django.db"])
def test_the_orm_in_a_page_is_caught(line):
    assert "TID251" in ruff(f"{line}\n", "pages/start/views.py")


def test_the_orm_in_a_query_is_where_it_belongs():
    assert "TID251" not in ruff("from django.db.models import Q\n", "queries/places.py")
