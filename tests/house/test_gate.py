"""The number gate: only the gate makes released numbers, and what shows numbers knows only released ones."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import Source, called_name, calls, is_import_of, obeyed, planted, sources

GATE = "core/disclosure/"
RELEASED = {"ReleasedTable", "ReleasedValue", "Distribution"} | {
    "ReleasedAnswers",
    "ReleasedCell",
    "ReleasedComment",
    "ReleasedGroup",
}
RAW = {"RawTable", "Observations", "OBSERVATION_COLUMNS", "RawAnswers", "ANSWER_COLUMNS", "GROUP_COLUMNS"}
SHOWING = ("pages", "render")


def made_outside_the_gate(found: list[Source]) -> Iterator[str]:
    for source in found:
        if source.name.startswith(GATE):
            continue
        for call in calls(source.tree):
            if called_name(call) in RELEASED:
                yield f"{source.name}:{call.lineno} makes a {called_name(call)}: only `release` in {GATE} may."


def raw_numbers_shown(found: list[Source]) -> Iterator[str]:
    for source in found:
        if source.layer not in SHOWING:
            continue
        names = {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name)}
        if is_import_of(source.imported, "styrkedjan.core.raw") or RAW & names:
            yield f"{source.name} reaches raw numbers: show what `release` gave."
        if is_import_of(source.imported, "styrkedjan.core.indicators.evaluate"):
            yield f"{source.name} evaluates: let a query do it, and release what it gives."


def evaluated_but_not_released(found: list[Source]) -> Iterator[str]:
    """A query that evaluates hands the raw table to the gate in the same function, so that none is left lying."""
    for source in found:
        for function in source.functions if source.layer == "queries" else ():
            made = {called_name(call) for call in calls(function)}
            if "evaluate" in made and "release" not in made:
                yield f"{source.name}:{function.lineno} {function.name} evaluates and does not release."


def test_only_the_gate_makes_released_numbers():
    obeyed(made_outside_the_gate(sources()), "What may be shown is made by the gate alone.")


def test_nothing_that_shows_knows_raw_numbers():
    obeyed(raw_numbers_shown(sources()), "Pages, charts and files show released numbers only.")


def test_every_question_goes_through_the_gate():
    obeyed(evaluated_but_not_released(sources()), "What is evaluated is released.")


@pytest.mark.parametrize("name", sorted(RELEASED))
def test_a_forged_release_is_caught(name):
    assert list(made_outside_the_gate(planted(queries__x=f"x = {name}(1)\n")))
    assert list(made_outside_the_gate(planted(queries__x=f"x = disclosure.{name}(1)\n")))
    assert not list(made_outside_the_gate(planted(core__disclosure__statistics=f"x = {name}(1)\n")))


@pytest.mark.parametrize(
    "line",
    [
        "from styrkedjan.core.raw import RawTable",
        "def draw(answers: RawAnswers): pass",
        "from styrkedjan.core import raw",
        "import styrkedjan.core.raw",
        "def draw(table: RawTable): pass",
        "from styrkedjan.core.indicators import evaluate",
    ],
)
def test_raw_numbers_in_a_chart_are_caught(line):
    assert list(raw_numbers_shown(planted(render__x=line + "\n")))
    assert list(raw_numbers_shown(planted(pages__x=line + "\n")))


def test_an_unreleased_question_is_caught():
    assert list(evaluated_but_not_released(planted(queries__x="def f(viewer):\n    return evaluate(o, q)\n")))
    assert not list(evaluated_but_not_released(planted(queries__x="def f():\n    return release(evaluate(o, q), r)\n")))
