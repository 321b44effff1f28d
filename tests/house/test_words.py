"""Words: every key that the code asks for is in the words file, and no text in the file is left unused."""

import ast
import re
from collections.abc import Iterator

import jinja2
import pytest
from jinja2 import nodes

from styrkedjan.data.catalogue import load_catalogue
from tests.house.source import PACKAGE, PROJECT, Source, calls, obeyed, planted, sources

ANYTHING = "\0"  # stands for the part of a key that is only known when the code runs
COUNTED = (".one", ".many")
SWEDISH_LETTERS = re.compile("[åäöÅÄÖ]")
# Values whose own names make keys; the catalogue's check demands a text for each of them in every language.
NAMED_BY_VALUES = re.compile(
    r"(agency|event|level|organiser_type|period|permission|respondent|role|school_form|source|step|unit|wording)\.[a-z_]+"
    r"|mark\.[A-Z_]+\.(short|long)"
)
# Where Swedish may stand in the code of render, and why.
SWEDISH_ALLOWED = {
    "render/swedish.py": "how Swedish itself is written, not what a page says",
    "render/downloads.py": "the names of columns are part of the file's format",
    "render/answer_downloads.py": "the names of columns are part of the file's format",
    "render/charts/strip.py": "a chart describes itself, and is drawn in Swedish alone",
    "render/charts/trend.py": "a chart describes itself, and is drawn in Swedish alone",
}
GLUE = {"årskurs", "gäller"}  # kept on the line of its number, and between two texts of the words file


def python_keys(found: list[Source]) -> Iterator[tuple[str, str]]:
    """(where, key) for each ``words("...")`` and ``words.count("...")``; parts not known yet are ANYTHING."""
    for source in found:
        for call in calls(source.tree):
            kind = _kind(call.func)
            if not kind or not call.args:
                continue
            for key in _texts(call.args[0]):
                for ending in COUNTED if kind == "count" else ("",):
                    yield f"{source.name}:{call.lineno}", key + ending


def _kind(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute) and called.attr == "count" and _is_words(called.value):
        return "count"
    return "text" if _is_words(called) else ""


def _is_words(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == "words") or (
        isinstance(node, ast.Attribute) and node.attr == "words"
    )


def _texts(node: ast.expr) -> list[str]:
    """What a key may be: a text, a text with holes, or one of two. A name is looked for as a text elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else ANYTHING for part in node.values)]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    return []


def template_keys(name: str, text: str) -> Iterator[tuple[str, str]]:
    """The same for ``words('...')`` and ``count_words('...')`` in a template."""
    for call in jinja2.Environment().parse(text).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in {"words", "count_words"} and call.args:
            for ending in COUNTED if call.node.name == "count_words" else ("",):
                yield f"{name}:{call.lineno}", _template_text(call.args[0]) + ending


def _template_text(node: nodes.Expr) -> str:
    if isinstance(node, nodes.Const):
        return str(node.value)
    if isinstance(node, nodes.Concat):
        return "".join(_template_text(part) for part in node.nodes)
    return ANYTHING


def keys_asked_for() -> list[tuple[str, str]]:
    templates = ((path.relative_to(PACKAGE).as_posix(), path.read_text()) for path in PACKAGE.rglob("*.html"))
    return [*python_keys(sources()), *(pair for name, text in templates for pair in template_keys(name, text))]


def matches(key: str, text_key: str) -> bool:
    pattern = "[A-Za-z0-9_.]+".join(map(re.escape, key.split(ANYTHING)))
    return re.fullmatch(pattern, text_key) is not None


def unknown_keys(asked: list[tuple[str, str]], texts: dict[str, str]) -> Iterator[str]:
    for where, key in asked:
        if not any(matches(key, text_key) for text_key in texts):
            yield f"{where} asks for “{key.replace(ANYTHING, '…')}”: write it in catalogue/words.sv.yaml and .en.yaml."


def unused_texts(asked: list[tuple[str, str]], literals: set[str], texts: dict[str, str]) -> Iterator[str]:
    keys = {key for _, key in asked}
    for text_key in texts:
        if text_key in literals or NAMED_BY_VALUES.fullmatch(text_key):
            continue
        if not any(matches(key, text_key) for key in keys):
            yield f"“{text_key}” is never asked for: take it out of catalogue/words.sv.yaml and words.en.yaml."


def literals_of(found: list[Source]) -> set[str]:
    """Every whole text in the code: a key may be chosen first and asked for after."""
    return {
        node.value
        for source in found
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def texts_in_render(found: list[Source]) -> Iterator[str]:
    """Swedish that is written in the code of render instead of in the words file."""
    for source in found:
        if source.layer != "render" or source.name in SWEDISH_ALLOWED:
            continue
        for node in _outside_docstrings(source.tree):
            if isinstance(node.value, str) and SWEDISH_LETTERS.search(node.value) and node.value.strip() not in GLUE:
                yield f"{source.name}:{node.lineno} says “{node.value}”: move the text to catalogue/words.sv.yaml."


def _outside_docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    refusals = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.Raise) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings | refusals:
            yield node


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return load_catalogue(PROJECT / "catalogue").words["sv"]


def test_every_key_is_in_the_words_file(texts):
    asked = keys_asked_for()
    assert len(asked) > 40
    obeyed(unknown_keys(asked, texts), "A key that is asked for has a text.")


def test_every_text_is_used(texts):
    obeyed(unused_texts(keys_asked_for(), literals_of(sources()), texts), "A text in the words file is used.")


def test_render_takes_its_texts_from_the_words_file():
    obeyed(texts_in_render(sources()), "What users read stands in the words file.")


TEXTS = {"mark.ABSENT.in_table": "finns inte", "moved.one": "en har flyttat", "moved.many": "{count} har flyttat"}


@pytest.mark.parametrize(
    "line",
    [
        "words('mark.GONE')",
        "printer.words('mark.GONE')",
        "words(f'marks.{status}.short')",
        "words.count('move', 3)",
        "words('mark.ABSENT.in_table' if x else 'mark.GONE')",
    ],
)
def test_an_unknown_key_is_caught(line):
    assert len(set(unknown_keys(list(python_keys(planted(render__x=line))), TEXTS))) >= 1


@pytest.mark.parametrize(
    "line", ["words('mark.ABSENT.in_table')", "words(f'mark.{s}.in_table')", "words.count('moved', 3)"]
)
def test_a_known_key_is_right(line):
    assert not list(unknown_keys(list(python_keys(planted(render__x=line))), TEXTS))


def test_an_unknown_key_in_a_template_is_caught():
    assert list(unknown_keys(list(template_keys("x.html", "{{ words('marks.' ~ x) }}")), TEXTS))
    assert not list(unknown_keys(list(template_keys("x.html", "{{ words('mark.' ~ x ~ '.in_table') }}")), TEXTS))
    assert list(unknown_keys(list(template_keys("x.html", "{{ count_words('units', 2) }}")), TEXTS))


def test_an_unused_text_is_caught():
    asked = list(python_keys(planted(render__x="words('mark.ABSENT.in_table')")))
    assert len(list(unused_texts(asked, set(), TEXTS))) == 2
    assert len(list(unused_texts(asked, {"moved.one", "moved.many"}, TEXTS))) == 0


def test_a_swedish_text_in_render_is_caught():
    assert list(texts_in_render(planted(render__x="x = 'läsår'\n")))
    assert not list(texts_in_render(planted(render__x='"""Läsår."""\nraise BadInput("läsår")\n', core__y="x = 'å'\n")))


def test_templates_are_read():
    assert any(".html:" in where for where, _ in keys_asked_for())
