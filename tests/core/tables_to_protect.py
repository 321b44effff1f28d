"""Invented tables for suppression and audit: every shape that the engine must manage, from a seed."""

from collections.abc import Iterable, Iterator

import numpy as np

from styrkedjan.core.disclosure.cells import Axis, Cell, CellStatus, Relation, Table, crossed

LARGE = 1e6


def cell(id_: int, value: float, status: str = "s", **more: float) -> Cell:
    """A cell whose weight is its value, with no upper bound to speak of."""
    kept = {"weight": abs(value), "lower": 0.0, "upper": LARGE} | more
    return Cell(id_, float(value), status=CellStatus(status), **kept)


def tree(leaves: int, fan: int) -> Axis:
    """Leaves grouped by so many at a time, and the groups again, up to one total."""
    groups, level, following = [], list(range(leaves)), leaves
    while len(level) > 1:
        above = [tuple(level[start : start + fan]) for start in range(0, len(level), fan)]
        groups += above
        level = list(range(following, following + len(above)))
        following += len(above)
    return Axis(leaves, tuple(groups))


def magnitudes(seed: int, axes: list[Axis], *, zeros: float = 0.15, level: float = 0.15, few: int = 4) -> Table:
    """A table of amounts where cells of few contributors are unsafe, zeros are published and weights are values."""
    random = np.random.default_rng(seed)
    shape = [axis.leaves for axis in axes]
    contributors = random.poisson(random.gamma(1.2, 8.0, size=shape))
    contributors[random.random(shape) < zeros] = 0
    amounts = np.round(contributors * random.lognormal(2.0, 0.8, size=shape)).clip(min=contributors)
    values, relations = crossed(amounts, axes)
    counts, _ = crossed(contributors, axes)
    cells = []
    for id_, (value, count) in enumerate(zip(values.ravel().tolist(), counts.ravel().tolist(), strict=True)):
        if value == 0:
            cells.append(cell(id_, 0, "z", upper=0.0))
        elif count < few:
            cells.append(cell(id_, value, "u", lpl=level * value, upl=level * value))
        else:
            cells.append(cell(id_, value))
    return Table(tuple(cells), relations)


def small_tables(seed: int) -> Iterator[Table]:
    """One small table of each shape, with bounds, levels and statuses drawn by chance."""
    random = np.random.default_rng(seed)
    for axes in (
        [Axis.with_total(5)],
        [tree(4, 2)],
        [Axis.with_total(2), Axis.with_total(3)],
        [Axis.with_total(2), tree(3, 2)],
        [Axis(2, ((0, 1),)), Axis(2, ((0, 1),)), Axis(1, ())],
    ):
        leaves = random.integers(0, 12, size=[axis.leaves for axis in axes])
        values, relations = crossed(leaves, axes)
        yield _drawn(random, values.ravel(), relations)
    yield _linked(random)
    yield _differences(random)


def _drawn(random: np.random.Generator, values: Iterable[float], relations: tuple[Relation, ...]) -> Table:
    cells = []
    for id_, value in enumerate(map(float, values)):
        status = random.choice(["s", "u", "z"], p=[0.66, 0.26, 0.08])
        lower, upper = value - random.integers(0, 9), value + random.integers(0, 9)
        if random.random() < 0.4:
            lower, upper = min(0.0, value), LARGE
        if value == 0 and random.random() < 0.5:
            lower = upper = 0.0
            status = "s"
        levels = random.integers(0, 4, size=3).astype(float) if status == "u" else np.zeros(3)
        weight = float(random.choice([value if value > 0 else 1.0, 1.0, random.integers(0, 9)]))
        cells.append(Cell(id_, value, weight, CellStatus(status), float(lower), float(upper), *levels.tolist()))
    return Table(tuple(cells), relations)


def _linked(random: np.random.Generator) -> Table:
    """Two ways of adding the same five numbers up, which share cells without one being inside the other."""
    parts = random.integers(0, 12, size=5).astype(float)
    sums = [(0, 1, 2), (3, 4), (0, 3), (1, 2, 4), (0, 1, 2, 3, 4)]
    values = [*parts, *(parts[list(each)].sum() for each in sums)]
    relations = tuple(Relation(((5 + place, -1.0), *((part, 1.0) for part in each))) for place, each in enumerate(sums))
    return _drawn(random, values, relations)


def _differences(random: np.random.Generator) -> Table:
    """Relations with factors other than one, and totals other than zero."""
    a, b, c, d = random.integers(1, 12, size=4).astype(float)
    relations = (
        Relation(((0, 2.0), (1, -1.0), (4, 1.0)), float(2 * a - b + 3)),
        Relation(((1, 1.0), (2, 1.0), (3, -0.5)), float(b + c - d / 2)),
        Relation(((0, 1.0), (2, -1.0), (3, 1.0), (5, 3.0)), float(a - c + d + 6)),
    )
    return _drawn(random, [a, b, c, d, 3.0, 2.0], relations)
