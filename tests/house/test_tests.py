"""Tests: real ones. Nothing is skipped for good, nothing of ours is mocked, and every test can fail."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.source import PROJECT, Function, Source, called_name, calls, is_import_of, obeyed, planted, sources

ASSERTING = re.compile(r"assert|check|expect|raises|fails|obeyed|refuse|warns")


def poor_tests(found: list[Source]) -> Iterator[str]:
    asserting = {each.name for source in found for each in source.functions if _asserts(each)}
    for source in found:
        yield from _mocks(source)
        yield from _times(source)
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and node.attr in {"skip", "xfail"} and _is_mark(node.value):
                yield f"{source.name}:{node.lineno} marks tests as {node.attr}: mend the test or take it away."
            if isinstance(node, ast.Call) and called_name(node) == "skipif" and len(node.args) + len(node.keywords) < 2:
                yield f"{source.name}:{node.lineno} skips without a reason: say what the machine lacks."
            if isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant) and node.test.value:
                yield f"{source.name}:{node.lineno} asserts what is always true."
        for function in source.functions:
            if function.name.startswith("test_"):
                yield from _cannot_fail(source, function, asserting)


def _times(source: Source) -> Iterator[str]:
    """A stopwatch in a test makes a busy machine red; the benchmarks measure, as ratios in one run."""
    if "benchmarks" in source.name:
        return
    for node in ast.walk(source.tree):
        named = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if named in {"perf_counter", "process_time"}:
            yield f"{source.name}:{node.lineno} times something: move it to tests/benchmarks, as a ratio."


def _asserts(function: Function) -> bool:
    asserts = any(isinstance(node, ast.Assert) for node in ast.walk(function))
    return asserts or any(ASSERTING.search(called_name(call)) for call in calls(function))


def _is_mark(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "mark"


def _mocks(source: Source) -> Iterator[str]:
    if is_import_of(source.imported, "unittest.mock", "mock", "pytest_mock"):
        yield f"{source.name} imports mock: let the real code run."
    for call in calls(source.tree):
        if called_name(call) == "setattr" and isinstance(call.func, ast.Attribute) and _is_ours(source, call):
            yield f"{source.name}:{call.lineno} puts something else in the place of our own code: let it run."


def _is_ours(source: Source, call: ast.Call) -> bool:
    """Is a function or class of our own replaced, and not only listened to or broken while the original still works?"""
    first, second = (*call.args, None, None)[:2]
    if isinstance(first, ast.Constant):
        return str(first.value).startswith("styrkedjan.")
    if not isinstance(first, ast.Name):
        return False
    module = next((name for name in source.imported if name.startswith("styrkedjan.") and _last(name) == first.id), "")
    if not module or any(ast.unparse(value).startswith(f"getattr({first.id}, ") for value in _assigned(source)):
        return False
    if not isinstance(second, ast.Constant):
        return True
    name = str(second.value)
    return _defines(module, name) and all(ast.unparse(value) != f"{first.id}.{name}" for value in _assigned(source))


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _assigned(source: Source) -> list[ast.expr]:
    return [node.value for node in ast.walk(source.tree) if isinstance(node, ast.Assign)]


def _defines(module: str, name: str) -> bool:
    """Does this module of ours make the function or class itself? A clock that it imports is not ours."""
    path = PROJECT / "src" / module.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    tree = Source(module, file.read_text() if file.exists() else "").tree
    return any(isinstance(node, Function | ast.ClassDef) and node.name == name for node in tree.body)


def _cannot_fail(source: Source, function: Function, asserting: set[str]) -> Iterator[str]:
    where = f"{source.name}:{function.lineno} {function.name}"
    asserts = [node.test for node in ast.walk(function) if isinstance(node, ast.Assert)]
    if not _asserts(function) and not any(called_name(call) in asserting for call in calls(function)):
        yield f"{where} asserts nothing, so it cannot fail on what it says."
    if asserts and all(map(_is_status_alone, asserts)) and not any(called_name(c) == "raises" for c in calls(function)):
        yield f"{where} looks at the status alone: look at what the page says."


def _is_status_alone(test: ast.expr) -> bool:
    text = ast.unparse(test)
    return re.fullmatch(r".*\bstatus_code == 200", text) is not None


def test_tests_are_real():
    obeyed(poor_tests(sources(PROJECT / "tests")), "A test runs the real code and can fail.")


@pytest.mark.parametrize(
    "text",
    [
        "import pytest\n@pytest.mark.skip\ndef test_x():\n    assert f()\n",
        "import pytest\n@pytest.mark.skipif(True)\ndef test_x():\n    assert f()\n",
        "import pytest\n@pytest.mark.xfail\ndef test_x():\n    assert f()\n",
        "def test_x():\n    assert True\n",
        "from unittest.mock import patch\n",
        "import unittest.mock\n",
        "def test_x(monkeypatch):\n    monkeypatch.setattr('styrkedjan.data.store.build', None)\n    assert f()\n",
        "from styrkedjan.data import store\ndef test_x(m):\n    m.setattr(store, 'build', None)\n    assert f()\n",
        "from styrkedjan.data import store\ndef test_x(m, n):\n    m.setattr(store, n, None)\n    assert f()\n",
        "def test_x(client):\n    assert client.get('/').status_code == 200\n",
        "def test_x():\n    f()\n",
        "import time\ndef test_x():\n    start = time.perf_counter()\n    assert time.perf_counter() - start < 1\n",
    ],
)
def test_a_poor_test_is_caught(text):
    assert list(poor_tests(planted(core__test_x=text)))


def test_a_real_test_is_right():
    text = "def test_x(page):\n    assert page.status_code == 200\n    assert 'Sök' in page.text\n"
    assert not list(poor_tests(planted(pages__test_x=text)))


@pytest.mark.parametrize(
    "text",
    [
        "real = store.build\nm.setattr(store, 'build', listening)\n",  # the original still does the work
        "real = getattr(store, step)\nm.setattr(store, step, done_and_then_broken)\n",
        "m.setattr(store, 'FORMAT', 2)\n",  # a constant
        "m.setattr(store, 'datetime', stopped_clock)\n",  # imported there, not ours
    ],
)
def test_what_may_be_put_in_the_place_of_something(text):
    assert not list(poor_tests(planted(data__test_x="from styrkedjan.data import store\n" + text)))
