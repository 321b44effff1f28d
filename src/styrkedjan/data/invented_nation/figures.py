"""The figures of one year: what every unit, organiser and the nation has, with the official marks.

Rules for marks, as the statistics describe them: a share with few pupils behind it is ``..``, one that nearly all
reach is ``...``, a survey with few answers is ``-``, and what does not exist is ``.``. A unit that a total would give
away takes the next smallest with it.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from styrkedjan.core.catalogue import Measure
from styrkedjan.data.invented_nation.masking import Amount, Cell, Share, cell_of, with_second_hidden
from styrkedjan.data.invented_nation.names import swedish_order
from styrkedjan.data.invented_nation.nation import InventedOrganiser, InventedUnit, Nation
from styrkedjan.data.invented_nation.recipes import Recipe, recipe_of
from styrkedjan.data.invented_nation.unit_year import UnitYear

NATION_LABEL = "RIKET: TOTALT"


class FigureColumn(NamedTuple):
    """One column of the workbook: its label, and its cells in the order of the measures."""

    label: str
    cells: list[Cell]


def figures_of(nation: Nation, measures: list[Measure], index: int, year: int, seed: int) -> list[FigureColumn]:
    """The columns of the year at this position: riket, then organisers, then units, each in Swedish order."""
    recipes = [recipe_of(measure) for measure in measures]
    years = [
        UnitYear(unit, unit.organiser_at(index), index, year, seed) for unit in nation.units if unit.is_open(index)
    ]
    by_organiser: dict[str, list[UnitYear]] = defaultdict(list)
    for each in years:
        by_organiser[each.organiser.key].append(each)
    organisers = sorted(nation.organisers, key=lambda organiser: swedish_order(organiser.name))
    columns = [FigureColumn(NATION_LABEL, _cells(measures, recipes, years, "nation"))]
    unit_columns: list[FigureColumn] = []
    for organiser in organisers:
        mine = sorted(by_organiser[organiser.key], key=lambda each: swedish_order(each.unit.name))
        kind = "municipality" if organiser.municipal else "company"
        columns.append(FigureColumn(_label(organiser), _cells(measures, recipes, mine, kind)))
        unit_columns += _unit_columns(organiser, mine, measures, recipes, columns[-1].cells)
        unit_columns += [
            FigureColumn(_label(organiser, unit), ["."] * len(measures)) for unit in _left(nation, organiser, index)
        ]
    return columns + unit_columns


def _left(nation: Nation, organiser: InventedOrganiser, index: int) -> Iterable[InventedUnit]:
    """Units that have left this organiser: their old column stays, without figures."""
    return (unit for unit in nation.units if unit.organiser is organiser and unit.organiser_at(index) is not organiser)


def _label(organiser: InventedOrganiser, unit: InventedUnit | None = None) -> str:
    return f"{organiser.name} ({organiser.key}): " + (f"{unit.name} ({unit.code})" if unit else "HUVUDMAN")


def _unit_columns(
    organiser: InventedOrganiser,
    mine: list[UnitYear],
    measures: list[Measure],
    recipes: list[Recipe],
    totals: list[Cell],
) -> list[FigureColumn]:
    kind = "municipal unit" if organiser.municipal else "company"
    rows = []
    for measure, recipe, total in zip(measures, recipes, totals, strict=True):
        figures = [each.figure(measure, recipe) for each in mine]
        cells = [cell_of(figure, measure, recipe, kind) for figure in figures]
        rows.append(with_second_hidden(cells, figures) if isinstance(total, float) else cells)
    return [FigureColumn(_label(organiser, each.unit), [row[i] for row in rows]) for i, each in enumerate(mine)]


def _cells(measures: list[Measure], recipes: list[Recipe], years: list[UnitYear], kind: str) -> list[Cell]:
    cells = []
    for measure, recipe in zip(measures, recipes, strict=True):
        figures = [figure for each in years if (figure := each.figure(measure, recipe)) is not None]
        cells.append(cell_of(_added(figures), measure, recipe, kind))
    return cells


def _added(figures: list[Share | Amount]) -> Share | Amount | None:
    if not figures:
        return None
    first = figures[0]
    if isinstance(first, Share):
        return Share(sum(each.base for each in figures), sum(each.part for each in figures))
    return Amount(sum(each.weight for each in figures), sum(each.total for each in figures))
