"""The viewer first: a query knows who is looking before it reads anything."""

import ast
from collections.abc import Iterator

from tests.house.source import Function, Source, is_public, obeyed, planted, sources

# Queries without a viewer, and why each may be.
OPEN = {
    "queries/catalogue.py catalogue": "the framework is public, and commands need it before anybody looks",
    "queries/assessments/leading.py frameworks_since": "the framework is public",
    "queries/catalogue.py framework_of": "the framework is public",
    "queries/catalogue.py success_factor": "the framework is public",
    "queries/catalogue.py workshop_script": "the framework is public",
    "queries/access/privacy.py privacy_register": "what is kept, why and how long is public",
    "queries/access/viewing.py viewing": "says who the viewer is",
    "queries/statistics.py current_version": "the key of every cache; says nothing of any place",
    "queries/statistics.py version_or_none": "is anything loaded; says nothing of any place",
    "queries/statistics.py state_of_editions": "the ETag of every page; says nothing of any place",
    "queries/statistics.py loaded_year": "which school years are loaded; says nothing of any place",
    "queries/statistics.py in_one_edition": "lends a version to queries that have asked",
    "queries/statistics.py manifest_of": "a cache per edition, read by queries that have asked",
    "queries/statistics.py observations_of": "a cache per edition, read by queries that have asked",
    "queries/statistics.py spread": "a cache per edition and group, read by queries that have asked",
}


def without_viewer(found: list[Source], may_be_open: dict[str, str]) -> Iterator[str]:
    names = set()
    for source in found:
        if source.layer != "queries":
            continue
        for function in filter(lambda each: is_public(each.name), source.top_functions):
            names.add(f"{source.name} {function.name}")
            if f"{source.name} {function.name}" not in may_be_open:
                yield from _problem(source, function)
    for name in sorted(may_be_open.keys() - names):
        yield f"{name} is listed as open but is not there: take it off the list in tests/house/test_viewer_first.py."


def _problem(source: Source, function: Function) -> Iterator[str]:
    where = f"{source.name}:{function.lineno} {function.name}"
    first = (function.args.posonlyargs + function.args.args)[:1]
    annotation = ast.unparse(first[0].annotation) if first and first[0].annotation else ""
    if annotation != "Viewer" or first[0].arg != "viewer":
        yield f"{where} reads without a viewer: take `viewer: Viewer` first, or list it with a reason."
    elif not any(isinstance(node, ast.Name) and node.id == "viewer" for node in ast.walk(function)):
        yield f"{where} never asks its viewer: `may(viewer, Permission.X).require()`, or pass it on."


def test_every_query_takes_the_viewer_first():
    obeyed(without_viewer(sources(), OPEN), "A query takes the viewer first and asks.")


def test_a_query_without_viewer_is_caught():
    assert list(without_viewer(planted(queries__x="def secrets():\n    return 1\n"), {}))
    assert list(without_viewer(planted(queries__x="def secrets(key: str, viewer: Viewer):\n    return viewer\n"), {}))


def test_a_query_that_never_asks_is_caught():
    assert list(without_viewer(planted(queries__x="def secrets(viewer: Viewer):\n    return 1\n"), {}))


def test_a_query_that_asks_is_right():
    asks = (
        "def one(viewer: Viewer):\n    may(viewer, P).require()\n\n\ndef two(viewer: Viewer):\n    return one(viewer)\n"
    )
    assert not list(without_viewer(planted(queries__x=asks), {}))


def test_a_stale_exception_is_caught():
    assert list(without_viewer(planted(queries__x=""), {"queries/x.py gone": "was there once"}))
