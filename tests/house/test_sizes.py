"""Sizes and names: short functions, short files, and no file that is a drawer for everything."""

import ast
import re
import statistics
from collections.abc import Iterator

import pytest

from tests.house.source import PACKAGE, Source, obeyed, planted, sources

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MEDIAN_FUNCTION = 10
LONGEST_VIEW = 15
DRAWERS = {"utils", "util", "common", "helpers", "helper", "misc", "managers", "services", "repositories", "mixins"}
# Commands import what needs Django only once Django is set up on a database; nobody else has such a reason.
LATE_IMPORTS = "site/"


def length(node: ast.AST) -> int:
    return node.end_lineno - node.lineno + 1


def long_files(found: list[Source]) -> Iterator[str]:
    for source in found:
        lines = len(source.text.splitlines())
        if lines > LONGEST_FILE:
            yield f"{source.name} has {lines} lines: make it a package of the same name."


def long_functions(found: list[Source]) -> Iterator[str]:
    for source in found:
        for function in source.functions:
            if length(function) > LONGEST_FUNCTION:
                yield f"{source.name}:{function.lineno} {function.name} has {length(function)} lines: divide it."


def long_views(found: list[Source]) -> Iterator[str]:
    for source in found:
        for view in source.top_functions if source.name.endswith("/views.py") else ():
            if length(view) > LONGEST_VIEW:
                yield f"{source.name}:{view.lineno} {view.name} has {length(view)} lines: a view asks and renders."


def median_function(found: list[Source]) -> float:
    return statistics.median(length(function) for source in found for function in source.functions)


def drawers(names: list[str]) -> Iterator[str]:
    for name in names:
        parts = re.split(r"[/.]", name)
        if DRAWERS & set(parts):
            yield f"{name}: name the file by its noun, or put the function where it is used."


def late_imports(found: list[Source]) -> Iterator[str]:
    for source in found:
        if source.name.startswith(LATE_IMPORTS):
            continue
        for function in source.functions:
            if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function)):
                yield f"{source.name}:{function.lineno} {function.name} imports inside: move the import to the top."


def file_names() -> list[str]:
    return [path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*") if "__pycache__" not in path.parts]


def test_files_are_short():
    obeyed(long_files(sources()), f"A file has at most {LONGEST_FILE} lines.")


def test_functions_are_short():
    obeyed(long_functions(sources()), f"A function has at most {LONGEST_FUNCTION} lines.")


def test_views_are_short():
    obeyed(long_views(sources()), f"A view has at most {LONGEST_VIEW} lines.")


def test_the_middle_function_is_short():
    middle = median_function(sources())
    assert middle <= MEDIAN_FUNCTION, f"The median function has {middle} lines, more than {MEDIAN_FUNCTION}."


def test_no_drawers():
    obeyed(drawers(file_names()), "No file or folder is a drawer for everything.")


def test_imports_stand_at_the_top():
    obeyed(late_imports(sources()), "Only commands import late, because Django must be set up first.")


def test_a_long_file_is_caught():
    assert list(long_files(planted(core__x="a = 1\n" * 401)))
    assert not list(long_files(planted(core__x="a = 1\n" * 400)))


def test_a_long_function_is_caught():
    assert list(long_functions(planted(core__x="def f():\n" + "    a = 1\n" * 60)))
    assert not list(long_functions(planted(core__x="def f():\n" + "    a = 1\n" * 59)))


def test_a_long_method_is_caught():
    assert list(long_functions(planted(core__x="class C:\n    def f(self):\n" + "        a = 1\n" * 60)))


def test_a_long_view_is_caught():
    view = "def page(request):\n" + "    a = 1\n" * 15
    assert list(long_views(planted(pages__x__views=view)))
    assert not list(long_views(planted(pages__x__parts=view)))


def test_the_median_is_of_all_functions():
    assert median_function(planted(core__x="def f():\n    return 1\n\n\ndef g():\n" + "    a = 1\n" * 21)) == 12


@pytest.mark.parametrize("name", ["core/utils.py", "pages/common/views.py", "data/helpers.py", "render/services.py"])
def test_a_drawer_is_caught(name):
    assert list(drawers([name]))


def test_a_late_import_is_caught():
    late = "def f():\n    from styrkedjan.core import places\n    return places\n"
    assert list(late_imports(planted(queries__x=late)))
    assert not list(late_imports(planted(site__x=late)))
