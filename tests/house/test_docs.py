"""Docs: the generated pages say what the code says now, and every link inside the docs leads somewhere."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import PROJECT, obeyed

GENERATOR = PROJECT / "docs" / "generate.py"
REFERENCE = PROJECT / "docs" / "reference"
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def generate(*arguments: str | Path) -> subprocess.CompletedProcess:
    command = [sys.executable, GENERATOR, *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)


def test_generated_pages_are_fresh():
    answer = generate("--check")
    assert answer.returncode == 0, f"Run `make docs` and look at what changed:\n{answer.stdout}{answer.stderr}"


def test_stale_and_missing_pages_are_caught(tmp_path):
    shutil.copytree(REFERENCE, tmp_path, dirs_exist_ok=True)
    for name in ("measures.md", "addresses.md"):
        (tmp_path / name).write_text((tmp_path / name).read_text() + "One line too many.\n")
    (tmp_path / "glossary.md").unlink()
    answer = generate("--check", "--folder", tmp_path)
    assert answer.returncode == 1
    assert {line.split()[0] for line in answer.stdout.splitlines()} == {"measures.md", "addresses.md", "glossary.md"}


def pages() -> list[Path]:
    folders = [PROJECT / "docs", PROJECT / "vendor"]
    return [*PROJECT.glob("*.md"), *(path for folder in folders for path in folder.rglob("*.md"))]


def dead_links(page: Path, text: str) -> Iterator[str]:
    for target in LINK.findall(text):
        if not (page.parent / target).exists():
            yield f"{page.name} links to {target}, which is not there."


def test_links_lead_somewhere():
    found = [(page, page.read_text()) for page in pages()]
    assert sum(len(LINK.findall(text)) for _, text in found) > 10
    obeyed((problem for page, text in found for problem in dead_links(page, text)), "A link leads somewhere.")


def test_a_dead_link_is_caught():
    assert list(dead_links(PROJECT / "README.md", "See [that](docs/not-there.md#part)."))
    assert not list(dead_links(PROJECT / "README.md", "See [that](pyproject.toml) and [this](https://example.org)."))


def misnumbered(names: list[str]) -> Iterator[str]:
    for number, name in enumerate(sorted(names), 1):
        if not re.fullmatch(rf"{number:03d}-[a-z0-9-]+\.md", name):
            yield f"{name}: decisions are numbered from 001 without gaps, as in {number:03d}-short-title.md."


def test_decisions_are_numbered():
    obeyed(misnumbered([path.name for path in (PROJECT / "docs" / "decisions").glob("*.md")]), "Decisions in order.")


def test_a_gap_among_decisions_is_caught():
    assert list(misnumbered(["001-a.md", "003-b.md"]))
    assert not list(misnumbered(["002-b.md", "001-a.md"]))
