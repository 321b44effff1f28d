"""The tests that documents name: which there are, and which of the named are not."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from tests.house.source import PROJECT, is_public, sources

TEST = re.compile(r"(?<![\w/])([\w/]+\.py)::(\w+)")


@lru_cache(maxsize=1)
def known_tests() -> frozenset[str]:
    """Every test there is, as ``folder/test_file.py::test_name``, its folder under ``tests/``."""
    found = sources(PROJECT / "tests")
    return frozenset(
        f"{source.name}::{function.name}"
        for source in found
        for function in source.top_functions
        if is_public(function.name) and function.name.startswith("test_") and Path(source.name).name.startswith("test_")
    )


def named_in(text: str) -> list[str]:
    """The tests that a text names."""
    return [f"{file}::{name}" for file, name in TEST.findall(text)]


def missing(text: str) -> Iterator[str]:
    """What is named in a text and is not there."""
    for name in named_in(text):
        if name not in known_tests():
            yield f"{name} is named and is not there: name the test that holds it now."
