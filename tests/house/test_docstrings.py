"""Docstrings: every public name of core, data and render says in a sentence what it is."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import Function, Source, is_public, obeyed, planted, sources

SPEAKING_LAYERS = ("core", "data", "render")
SENTENCE_ENDS = (".", "?", ":")


def missing_docstrings(found: list[Source]) -> Iterator[str]:
    for source in found:
        if source.text.strip() and not ast.get_docstring(source.tree):
            yield f"{source.name}: say in a sentence at the top what the file is for."
        if source.layer in SPEAKING_LAYERS:
            yield from _undocumented(source)


def _undocumented(source: Source) -> Iterator[str]:
    for node in source.tree.body:
        if isinstance(node, Function | ast.ClassDef) and is_public(node.name):
            yield from _problem(source, node, node.name)
        if isinstance(node, ast.ClassDef) and is_public(node.name):
            methods = (inner for inner in node.body if isinstance(inner, Function) and is_public(inner.name))
            for method in methods:
                if _takes_something(method):
                    yield from _problem(source, method, f"{node.name}.{method.name}")


def _takes_something(method: Function) -> bool:
    arguments = method.args
    return len(arguments.posonlyargs) + len(arguments.args) > 1 or bool(arguments.kwonlyargs)


def _problem(source: Source, node: Function | ast.ClassDef, name: str) -> Iterator[str]:
    text = ast.get_docstring(node)
    where = f"{source.name}:{node.lineno} {name}"
    if not text:
        yield f"{where} has no docstring: say in a sentence what it is or gives."
    elif not text.split("\n\n")[0].rstrip().endswith(SENTENCE_ENDS):
        yield f"{where}: the docstring begins with a whole sentence, and a sentence ends with a full stop."


def test_public_names_have_docstrings():
    obeyed(missing_docstrings(sources()), "Public functions, classes and methods of core, data and render speak.")


@pytest.mark.parametrize(
    "text",
    [
        '"""File."""\ndef f():\n    return 1\n',
        '"""File."""\ndef f():\n    """No stop"""\n',
        '"""File."""\nclass C:\n    a = 1\n',
        '"""File."""\nclass C:\n    """Good."""\n\n    def f(self, x):\n        return x\n',
        "def _f():\n    return 1\n",
    ],
)
def test_a_missing_sentence_is_caught(text):
    assert len(list(missing_docstrings(planted(core__x=text)))) == 1


def test_names_that_need_none():
    text = '"""File."""\ndef _f():\n    pass\n\n\nclass C:\n    """Good."""\n\n    def short(self):\n        return 1\n'
    assert not list(missing_docstrings(planted(core__x=text, pages__y='"""File."""\ndef f():\n    pass\n', data__z="")))
