"""Reads a JSON-stat 2.0 dataset: any order of dimensions, dense or sparse values, every form of status.

Source: the JSON-stat 2.0 format specification (dimension.category, value and status).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from styrkedjan.core.refused import BrokenData, Spot

MAX_CELLS = 5_000_000
KEPT = "Inget har ändrats. Hämta tabellen igen; är felet kvar behöver källan rätta det."


@dataclass(frozen=True)
class Dimension:
    """One dimension: the codes of its categories in order, and their printed labels."""

    code: str
    categories: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Cube:
    """A whole dataset. ``values`` is NaN where the source has null; ``marks`` is the position of the cell's status in
    ``mark_texts``, or -1. The last dimension varies fastest."""

    title: str
    notes: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    values: NDArray[np.float64]
    marks: NDArray[np.int32]
    mark_texts: tuple[str, ...]
    file: str

    def dimension(self, code: str) -> Dimension:
        """Raises BrokenData when the dataset has no such dimension."""
        for dimension in self.dimensions:
            if dimension.code == code:
                return dimension
        have = ", ".join(dimension.code for dimension in self.dimensions)
        raise BrokenData(f"svaret saknar dimensionen ”{code}” (har {have}). {KEPT}", Spot(self.file, cell="id"))

    def positions(self, code: str) -> NDArray[np.int64]:
        """For every cell, the position of its category in this dimension."""
        codes = [dimension.code for dimension in self.dimensions]
        sizes = [len(dimension.categories) for dimension in self.dimensions]
        at = codes.index(code)
        return np.arange(len(self.values)) // prod(sizes[at + 1 :]) % sizes[at]

    def spot(self, position: int) -> Spot:
        """Where a cell stands (0-based, as the source counts)."""
        return Spot(self.file, cell=f"value[{position}]")


def read_cube(document: Any, file: str) -> Cube:
    """Read a parsed JSON-stat dataset.

    Raises: BrokenData naming the path in the answer when the dataset contradicts itself.
    """
    if not isinstance(document, dict) or document.get("class") != "dataset":
        raise BrokenData(f"svaret är ingen tabell i formatet JSON-stat 2.0. {KEPT}", Spot(file, cell="class"))
    dimensions = _dimensions(document, file)
    count = prod(len(dimension.categories) for dimension in dimensions)
    if count > MAX_CELLS:
        raise BrokenData(f"tabellen har {count} celler, fler än {MAX_CELLS}. {KEPT}", Spot(file, cell="size"))
    values = _values(document.get("value"), count, file)
    marks, mark_texts = _marks(document.get("status"), count, file)
    notes = document.get("note") or ()
    return Cube(
        title=str(document.get("label", "")),
        notes=tuple(str(note) for note in ([notes] if isinstance(notes, str) else notes)),
        dimensions=dimensions,
        values=values,
        marks=marks,
        mark_texts=mark_texts,
        file=file,
    )


def _dimensions(document: dict[str, Any], file: str) -> tuple[Dimension, ...]:
    codes, sizes, described = document.get("id"), document.get("size"), document.get("dimension")
    if not (isinstance(codes, list) and isinstance(sizes, list) and isinstance(described, dict)):
        raise BrokenData(f"svaret saknar id, size eller dimension. {KEPT}", Spot(file, cell="id"))
    if len(codes) != len(sizes) or len(set(map(str, codes))) != len(codes):
        raise BrokenData(f"svarets id och size passar inte ihop. {KEPT}", Spot(file, cell="size"))
    return tuple(
        _dimension(code, size, described.get(code), Spot(file, cell=f"dimension.{code}"))
        for code, size in zip(codes, sizes, strict=True)
    )


def _dimension(code: Any, size: Any, described: Any, spot: Spot) -> Dimension:
    category = described.get("category") if isinstance(described, dict) else None
    if not isinstance(code, str) or not isinstance(category, dict):
        raise BrokenData(f"dimensionen beskrivs inte i svaret. {KEPT}", spot)
    labels = category.get("label") or {}
    index = category.get("index", list(labels))  # a dimension of one category may have a label alone
    if not isinstance(labels, dict) or not isinstance(index, (list, dict)):
        raise BrokenData(f"dimensionens koder går inte att läsa. {KEPT}", spot)
    if isinstance(index, dict):
        if sorted(index.values(), key=repr) != sorted(range(len(index)), key=repr):
            raise BrokenData(f"koderna står inte på platserna 0 till {len(index) - 1}. {KEPT}", spot)
        index = sorted(index, key=lambda value: index[value])
    if len(index) != size or len(set(map(str, index))) != len(index):
        raise BrokenData(f"{len(index)} koder, men size säger {size}. {KEPT}", spot)
    categories = tuple(str(value) for value in index)
    return Dimension(code, categories, tuple(str(labels.get(value, value)) for value in categories))


def _values(given: Any, count: int, file: str) -> NDArray[np.float64]:
    if isinstance(given, dict):
        given = _dense(given, count, file, "value")
    if not isinstance(given, list):
        raise BrokenData(f"svaret saknar value. {KEPT}", Spot(file, cell="value"))
    if len(given) != count:
        raise BrokenData(f"{len(given)} värden, men size ger {count} celler. {KEPT}", Spot(file, cell="value"))
    if not set(map(type, given)) <= {int, float, type(None)}:
        _refuse(given, lambda value: type(value) not in (int, float, type(None)), file, "är inget tal")
    try:
        values = np.array(given, dtype=np.float64)
    except OverflowError:
        _refuse(given, lambda value: isinstance(value, int) and abs(value) > 10**300, file, "är orimligt stort")
    if np.isinf(values).any():
        _refuse(given, lambda value: value in (float("inf"), float("-inf")), file, "är orimligt stort")
    return values


def _refuse(given: Sequence[Any], wrong: Callable[[Any], bool], file: str, why: str) -> None:
    position = next(position for position, value in enumerate(given) if wrong(value))
    shown = str(given[position])[:40]
    raise BrokenData(f"”{shown}” {why}. {KEPT}", Spot(file, cell=f"value[{position}]"))


def _marks(given: Any, count: int, file: str) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Status of every cell. The format allows one text for all, a list, or an object by position."""
    if isinstance(given, str) or (isinstance(given, list) and len(given) == 1):
        only = given if isinstance(given, str) else given[0]
        given = [only] * count
    if isinstance(given, dict):
        given = _dense(given, count, file, "status")
    if given is None:
        given = [None] * count
    if not isinstance(given, list) or len(given) != count:
        raise BrokenData(f"status har inte en plats för varje cell. {KEPT}", Spot(file, cell="status"))
    if not set(map(type, given)) <= {str, type(None)}:
        position = next(at for at, mark in enumerate(given) if not isinstance(mark, str | None))
        raise BrokenData(f"status är ingen text. {KEPT}", Spot(file, cell=f"status[{position}]"))
    texts = tuple(dict.fromkeys(mark for mark in given if mark))
    place_of = {text: place for place, text in enumerate(texts)} | {None: -1, "": -1}
    return np.fromiter(map(place_of.__getitem__, given), dtype=np.int32, count=count), texts


def _dense(sparse: dict[str, Any], count: int, file: str, part: str) -> list[Any]:
    """The list that an object by position stands for; positions it does not name are null."""
    dense: list[Any] = [None] * count
    for key, value in sparse.items():
        if not (key.isascii() and key.isdigit() and int(key) < count):
            raise BrokenData(f"platsen ”{key}” finns inte i tabellen. {KEPT}", Spot(file, cell=f"{part}[{key}]"))
        dense[int(key)] = value
    return dense
