"""Packages: under licences that fit the product's own, all of them on its bill, and audited or said not to be."""

import re

import pytest

from scripts.audit import report
from scripts.licences import LOCKS, fits, licence_of, locked, main
from scripts.sbom import make_bill
from tests.house.source import PROJECT

RUNS_ON = PROJECT / "requirements.txt"


def test_every_licence_fits(capsys):
    assert main(["--quiet"]) == 0, capsys.readouterr().err


def test_every_package_of_every_lock_is_looked_at():
    for name in LOCKS:
        lines = [line for line in (PROJECT / name).read_text().splitlines() if "==" in line and line[:1].isalnum()]
        assert len(list(locked(PROJECT / name))) == len(lines) > 0


@pytest.mark.parametrize(
    "expression",
    ["MIT", "Apache-2.0 OR GPL-3.0-only", "MIT AND PSF-2.0", "(MIT OR Apache-2.0) AND 0BSD", "LGPL-3.0-only"],
)
def test_a_licence_that_fits_is_let_in(expression):
    assert fits(expression)


@pytest.mark.parametrize(
    "expression",
    ["", "GPL-3.0-only", "MIT AND GPL-3.0-only", "(MIT OR Apache-2.0) AND AGPL-3.0-only", "Proprietary",
     "Apache-2.0 WITH LLVM-exception", "UNKNOWN"],
)  # fmt: skip
def test_a_licence_that_does_not_fit_or_is_not_known_is_caught(expression):
    assert not fits(expression)


def test_a_package_nobody_has_looked_at_is_caught(tmp_path, capsys):
    lock = tmp_path / "requirements.txt"
    lock.write_text("jinja2==3.1.6 \\\n    --hash=sha256:00\nno-such-package-here==1.0 \\\n    --hash=sha256:00\n")
    assert main([str(lock)]) == 1
    said = capsys.readouterr()
    assert "no-such-package-here" in said.err and "jinja2" not in said.err and "jinja2" in said.out
    assert licence_of("jinja2") == "BSD-3-Clause"


@pytest.fixture(scope="module")
def bill() -> dict:
    return make_bill()


def test_the_bill_has_every_package_with_version_hashes_and_licence(bill):
    on_it = {each["name"]: each for each in bill["components"]}
    assert set(locked(RUNS_ON)) <= set(on_it)
    for name in locked(RUNS_ON):
        component = on_it[name]
        hashes = [found["content"] for each in component["externalReferences"] for found in each.get("hashes", [])]
        assert hashes and all(re.fullmatch("[0-9a-f]{64}", each) for each in hashes), name
        assert f"{name}=={component['version']}" in RUNS_ON.read_text().replace("[binary]", "")
        assert fits(component["licenses"][0]["expression"]), name


def test_the_bill_has_what_is_vendored_and_the_database(bill):
    names = {each["name"] for each in bill["components"]}
    assert {"postgresql", "@expo-google-fonts/source-sans-3", "@expo-google-fonts/source-serif-4"} <= names
    assert "pytest" not in names, "what only tests need is not on the bill of what the product runs on"


def test_a_package_that_was_not_looked_up_is_not_called_right():
    faults, unknown = report(
        [
            {"name": "a", "version": "1", "vulns": []},
            {"name": "b", "version": "2", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["3"]}]},
            {"name": "c", "skip_reason": "not found"},
        ]
    )
    assert faults == ["FAULT b 2: CVE-2026-1, mended in 3"] and unknown == ["c"]
