"""A second implementation of the whole way from cells to words, in plain Python loops over plain dicts.

It shares no code with the product but the names of things: no frames, no floats where a decimal will do.
"""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

NUMBERED = {"VALUE", "APPROXIMATE"}
FAMILIES = {"212000": "municipality", "222000": "municipality", "232100": "region", "202100": "state"}
HIDDEN_AS = {
    "HIDDEN": "hidden",
    "BELOW_RULES": "hidden",
    "MAJORITY": "nearly_all",
    "NOT_APPLICABLE": "missing",
    "MISSING": "missing",
}

# A cell is (status name, number as text or None) under the key (place, measure, year).
Cells = dict[tuple[str, str, int], tuple[str, str | None]]


def kind_of(place: str) -> str:
    if len(place) > 10:
        return "school_unit"
    return FAMILIES.get(place[:6], "independent")


def class_of(pupils: str | None, classes: list[tuple[str, int, int | None]]) -> tuple[str, int, int | None] | None:
    if pupils is None:
        return None
    for name, low, high in classes:
        if Decimal(pupils) >= low and (high is None or Decimal(pupils) < high):
            return name, low, high
    return None


def group_members(cells: Cells, place: str, year: int, classes: dict[str, list]) -> tuple[str, list[str]]:
    """The id of a place's group and everybody in it."""
    kind = kind_of(place)
    own = cells.get((place, "pupil_count", year), ("MISSING", None))[1]
    size = class_of(own, classes.get(kind, []))
    found = []
    for other, measure, other_year in cells:
        if measure != "pupil_count" or other_year != year or other == "00" or kind_of(other) != kind:
            continue
        if size is not None:
            number = cells[other, measure, year][1]
            if number is None or class_of(number, [size]) is None:
                continue
        found.append(other)
    return (f"{kind}.{size[0]}" if size else kind), found


def values_of(cells: Cells, group: list[str], measure: str, year: int) -> list[float]:
    """Every exact number in the group, sorted."""
    found = []
    for place in group:
        status, number = cells.get((place, measure, year), ("MISSING", None))
        if status == "VALUE":
            found.append(float(number))
    return sorted(found)


def percentile(values: list[float], percent: int) -> float:
    """The first value with at least this share of all values at or below it."""
    for value in values:
        at_or_below = sum(other <= value for other in values)
        if Fraction(at_or_below, len(values)) >= Fraction(percent, 100):
            return value
    raise AssertionError("the last value has all of them below it")


def word(own, nation, floor: str | None, floor_small: str | None, small_base: bool) -> str:
    """Where a value stands beside riket. Numbers have one decimal, as text."""
    if own is None:
        return "missing"
    if own[0] not in NUMBERED:
        return HIDDEN_AS[own[0]]
    limit = floor_small if small_base else floor
    if nation is None or nation[0] not in NUMBERED or limit is None:
        return "not_comparable"
    tenths = round(10 * Decimal(own[1])) - round(10 * Decimal(nation[1]))
    if abs(tenths) < 10 * Decimal(limit):
        return "near"
    return "higher" if tenths > 0 else "lower"


def small_base(cells: Cells, place: str, year: int, limit: int) -> bool:
    _status, number = cells.get((place, "pupil_count", year), ("MISSING", None))
    return number is None or Decimal(number) < limit


def tally(words: list[str]) -> Counter:
    counted: Counter = Counter()
    for each in words:
        counted[each] += 1
    return counted
