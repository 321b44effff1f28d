"""From figures to printed cells: rounding and the official marks."""

from typing import NamedTuple

from styrkedjan.core.catalogue import Measure, Unit
from styrkedjan.data.invented_nation.recipes import Recipe

Cell = float | str

FEW_IN_A_GRADE = 10
FEW_PUPILS = 5
FEW_TEACHERS = 3.0
FEW_ANSWERS = 5


class Share(NamedTuple):
    """``part`` of ``base`` pupils."""

    base: int
    part: int


class Amount(NamedTuple):
    """A sum and what it is divided by: answers, teachers or pupils; a weight of 0 means that there is nothing."""

    weight: float
    total: float


def cell_of(figure: Share | Amount | None, measure: Measure, recipe: Recipe, kind: str) -> Cell:
    """The printed cell. ``kind`` is nation, municipality, company or municipal unit (which costs depend on)."""
    if recipe.kind == "cost" and kind in ("company", "municipal unit"):
        return ".." if kind == "company" and figure is not None else "."
    if figure is None or (figure.base if isinstance(figure, Share) else figure.weight) <= 0:
        return "."
    if isinstance(figure, Share):
        return _share_cell(figure, measure, recipe)
    if recipe.kind == "survey":
        return _rounded(figure.total / figure.weight, measure) if figure.weight >= FEW_ANSWERS else "-"
    if recipe.kind == "staff_share":
        few = FEW_IN_A_GRADE if recipe.of == "special" else FEW_TEACHERS
        return _rounded(figure.total / figure.weight, measure) if figure.weight >= few else ".."
    return _amount_cell(figure, measure, recipe)


def with_second_hidden(cells: list[Cell], figures: list[Share | Amount | None]) -> list[Cell]:
    """When one unit's share alone is hidden and the total is shown, the next smallest is hidden too."""
    shares = [(figure.base, i) for i, figure in enumerate(figures) if isinstance(figure, Share) and figure.base]
    hidden = [i for _base, i in shares if isinstance(cells[i], str)]
    shown = sorted((base, i) for base, i in shares if not isinstance(cells[i], str))
    if len(hidden) == 1 and shown:
        return [".." if i == shown[0][1] else cell for i, cell in enumerate(cells)]
    return cells


def _share_cell(share: Share, measure: Measure, recipe: Recipe) -> Cell:
    few = FEW_IN_A_GRADE if recipe.kind == "passed" else FEW_PUPILS
    if share.base < few or 1 <= share.part <= 4:
        return ".."
    if 1 <= share.base - share.part <= 4:
        return "..."
    return _rounded(100 * share.part / share.base, measure)


def _amount_cell(amount: Amount, measure: Measure, recipe: Recipe) -> Cell:
    if recipe.kind in ("amount", "ratio") and amount.weight < FEW_TEACHERS * 10:  # weight is the number of pupils
        return ".."
    if recipe.kind == "ratio":
        return _rounded(amount.weight / amount.total, measure) if amount.total > 0 else "."
    if recipe.kind == "cost" and recipe.of == "pupil":
        return _rounded(amount.total / amount.weight, measure)
    return _rounded(amount.total / 1000 if measure.unit is Unit.KSEK else amount.total, measure)


def _rounded(value: float, measure: Measure) -> float:
    if measure.unit is Unit.SEK:
        return float(round(value, -1 if value < 10_000 else -2))
    return float(round(value, measure.decimals))
