"""Files: what a committed file never says. Lock files carry hashes, and the product speaks of itself alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import PROJECT, committed_files, obeyed

# Written in two halves so that this file does not say them either.
REGISTRY_HOSTS = [
    "pypi" + ".org",
    "python" + "hosted",
    "npm" + "js",
    "registry." + "yarnpkg",
    "deb." + "debian.org",
    "security." + "debian.org",
    "crates" + ".io",
    "proxy." + "golang",
]
LOCAL_PLACES = re.compile(
    "|".join(["/wo" + r"rk/", r"\.lib" + "rary/", "/ro" + r"ot/", "/ho" + r"me/\w", "/Use" + r"rs/\w", "/tm" + "p/w/"])
)
WORKPLACE = re.compile(
    "|".join(["farm" + "-studio", "shared" + "/brief", "shared" + "/source", r"\bis" + r"sue #?\d", "Cla" + "ude"])
    + "|"
    + "|".join(
        ["Anth" + "ropic", "Chat" + "GPT", "Co" + "pilot", "language " + "model", r"\bTO" + "DO", r"\bFIX" + "ME"]
    )
)
BINARY = {".ttf", ".woff2", ".png", ".pdf", ".xlsx", ".parquet", ".ico"}


def forbidden(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        lowered = line.lower()
        for host in REGISTRY_HOSTS:
            if host in lowered:
                yield f"{name}:{number} names a registry's host ({host}): an ordinary client knows where it fetches."
        if match := LOCAL_PLACES.search(line):
            yield f"{name}:{number} names a place on somebody's machine ({match[0]}): write it from the project's root."
        if match := WORKPLACE.search(line):
            yield f"{name}:{number} speaks of how the work is done ({match[0]}): speak of the product alone."


def text_files() -> list[tuple[str, str]]:
    paths = [path for path in committed_files() if path.suffix not in BINARY]
    return [(path.relative_to(PROJECT).as_posix(), path.read_text()) for path in paths]


def test_no_file_says_what_it_should_not():
    found = text_files()
    assert len(found) > 200
    names = {name for name, _ in found}
    assert {"requirements.txt", "requirements-dev.txt", "Makefile", ".ci/run", "vendor/fetch.py"} <= names
    obeyed((problem for name, text in found for problem in forbidden(name, text)), "The product speaks of itself.")


def test_lock_files_are_hashed():
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-setup.txt"):
        pinned = [line for line in (PROJECT / name).read_text().splitlines() if re.match(r"[a-z]", line)]
        assert pinned, f"{name} locks nothing: run make lock."
        obeyed(unhashed((PROJECT / name).read_text()), f"Every package of {name} has a hash: run make lock.")


def unhashed(text: str) -> Iterator[str]:
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        if re.match(r"[A-Za-z0-9]", block) and "--hash=sha256:" not in block:
            yield block.split()[0]


@pytest.mark.parametrize("host", REGISTRY_HOSTS)
def test_a_registry_host_is_caught(host):
    assert list(forbidden("x", f"--index-url https://{host.upper()}/simple"))


@pytest.mark.parametrize(
    "line",
    [
        "see /wo" + "rk/main/src",
        "/ho" + "me/anna/skola.xlsx",
        "fixes is" + "sue #12",
        "# TO" + "DO: later",
        "written by Cla" + "ude",
    ],
)
def test_a_place_or_a_workplace_word_is_caught(line):
    assert list(forbidden("x", f"first\n{line}\n")) != []


def test_plain_text_is_right():
    assert not list(forbidden("x", "Läs in filen ~/Hämtningar/Underlag_for_analys.xlsx till /srv/styrkedjan.\n"))


def test_a_package_without_hash_is_caught():
    assert list(unhashed("jinja2==3.1.6 \\\n    --hash=sha256:00\ndjango==5.2\n")) == ["django==5.2"]


def test_what_git_ignores_is_not_read(tmp_path: Path):
    (tmp_path / ".gitignore").write_text("var/\n*.log\n")
    for name in ("var/x.txt", "a/b.log", "a/b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [path.name for path in committed_files(tmp_path)] == [".gitignore", "b.txt"]
