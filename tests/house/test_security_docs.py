"""SECURITY.md and the ASVS list: each threat is held by a test that exists, each requirement is answered for."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
import yaml

from tests.house.named_tests import known_tests, missing, named_in
from tests.house.source import PROJECT, obeyed

SECURITY = PROJECT / "SECURITY.md"
ASVS = PROJECT / "docs" / "asvs.yaml"
FLOWS = (
    "link by e-mail", "Passkeys", "Sessions", "SAML", "OpenID", "Invitations", "Working material", "Sharing",
    "Reading by an agency", "Statistics", "Audit trail", "Letters", "commands", "demo",
)  # fmt: skip
STRIDE = set("STRIDE")
# The standard's own counts. Source: OWASP Application Security Verification Standard 5.0.0, levels 1 and 2.
LEVELS = {1: 70, 2: 183}
CHAPTERS = 17
ANSWERS = {"yes", "no", "not applicable"}
LONG_ENOUGH = 15  # characters of a reason that says something


def threats(text: str) -> dict[str, list[tuple[str, str, str]]]:
    """Flow -> rows of kind, threat and what holds it, from the tables under the heading Threats."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    flow = ""
    for line in text.split("\n## Threats\n")[1].split("\n## ")[0].splitlines():
        if line.startswith("### "):
            found[flow := line[4:]] = []
        elif line.startswith("| ") and not line.startswith("| |"):
            kind, threat, held = (cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("| ")))
            found[flow].append((kind, threat, held))
    return found


def unheld(found: dict[str, list[tuple[str, str, str]]]) -> Iterator[str]:
    for flow, rows in found.items():
        if lacking := STRIDE - {kind for kind, _, _ in rows}:
            yield f"{flow} says nothing of {', '.join(sorted(lacking))}."
        for kind, threat, held in rows:
            if kind not in STRIDE:
                yield f"{flow}: {kind} is no letter of STRIDE."
            accepted = re.fullmatch(r"accepted: (.+)", held)
            if (accepted and len(accepted[1]) < LONG_ENOUGH) or (not accepted and not named_in(held)):
                yield f"{flow}: “{threat}” is neither held by a test nor accepted with a reason."
            yield from (f"{flow}: {problem}" for problem in missing(held))


def test_every_threat_is_held_by_a_test_or_accepted_with_a_reason():
    found = threats(SECURITY.read_text())
    assert sum(map(len, found.values())) > 100
    obeyed(unheld(found), "A threat is held by a test that exists, or accepted with the reason.")


@pytest.mark.parametrize("flow", FLOWS)
def test_every_flow_has_its_threats(flow):
    assert [title for title in threats(SECURITY.read_text()) if flow in title]


def test_the_rest_of_the_page_names_only_tests_that_exist():
    obeyed(missing(SECURITY.read_text()), "A test that is named exists.")


@pytest.mark.parametrize(
    "held", ["", "we are careful", "accepted: no", "`house/test_security_docs.py::test_that_is_not_there`"]
)
def test_a_threat_that_nothing_holds_is_caught(held):
    rows = [(kind, "x", "`house/test_docs.py::test_links_lead_somewhere`") for kind in "STRIDE"]
    assert list(unheld({"flow": [*rows, ("S", "y", held)]})) and not list(unheld({"flow": rows}))


def test_a_flow_with_a_letter_too_few_is_caught():
    held = "`house/test_docs.py::test_links_lead_somewhere`"
    assert list(unheld({"flow": [(kind, "x", held) for kind in "STRID"]}))


def test_known_tests_are_those_that_pytest_runs():
    assert "house/test_security_docs.py::test_known_tests_are_those_that_pytest_runs" in known_tests()
    assert not [name for name in known_tests() if "conftest" in name]


def requirements() -> list[dict]:
    """The rows of docs/asvs.yaml with their chapter."""
    read = yaml.safe_load(ASVS.read_text())
    return [row | {"chapter": chapter["id"]} for chapter in read["chapters"] for row in chapter["requirements"]]


def poor_answers(rows: list[dict]) -> Iterator[str]:
    for row in rows:
        if row["answer"] not in ANSWERS:
            yield f"{row['id']} is answered {row['answer']!r}, which is none of {sorted(ANSWERS)}."
        by, why = row.get("by", []), row.get("why", "")
        if row["answer"] == "yes" and not by:
            yield f"{row['id']} says yes and names nothing that shows it."
        if row["answer"] != "yes" and len(why) < LONG_ENOUGH:
            yield f"{row['id']} says {row['answer']} without a reason."
        yield from (f"{row['id']}: {problem}" for problem in missing(why))
        for shown in by:
            if "::" in shown:
                yield from (f"{row['id']}: {problem}" for problem in missing(shown))
            elif not (PROJECT / shown).exists():
                yield f"{row['id']}: {shown} is not there."


def test_every_requirement_is_answered():
    obeyed(poor_answers(requirements()), "A requirement is answered with what shows it, or with the reason.")


def test_every_requirement_of_level_one_and_two_is_there_once():
    rows = requirements()
    twice = [name for name, count in Counter(row["id"] for row in rows).items() if count > 1]
    assert not twice and Counter(row["level"] for row in rows) == LEVELS
    for row in rows:
        assert re.fullmatch(rf"{row['chapter']}\.\d+\.\d+", row["id"]), row["id"]
    assert {row["chapter"] for row in rows} == {f"v5.0.0-{number}" for number in range(1, CHAPTERS + 1)}


@pytest.mark.parametrize(
    "row",
    [
        {"answer": "yes"},
        {"answer": "yes", "by": ["src/not_there.py"]},
        {"answer": "yes", "by": ["house/test_security_docs.py::test_not_there"]},
        {"answer": "no"},
        {"answer": "not applicable", "why": "no"},
        {"answer": "perhaps", "by": ["README.md"]},
    ],
)
def test_a_poor_answer_is_caught(row):
    assert list(poor_answers([{"id": "v5.0.0-1.1.1", **row}]))


def test_good_answers_are_let_through():
    assert not list(poor_answers([{"id": "a", "answer": "yes", "by": ["README.md"]}]))
    assert not list(poor_answers([{"id": "a", "answer": "no", "why": "nobody has done it yet, and why"}]))
