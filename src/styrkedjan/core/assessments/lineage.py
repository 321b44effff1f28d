"""Which row of an earlier campaign a row continues, through editions of the framework, and whether its words stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from styrkedjan.core.assessments.campaigns import Campaign, factor_of
from styrkedjan.core.catalogue import ChainLevel, Framework


@dataclass(frozen=True)
class Link:
    """The row of an earlier campaign that a cell continues. Answers are only compared when the words are the same.

    ``earlier`` is None when there is none. ``note`` says what has changed, when the catalogue does.
    """

    earlier: str | None
    comparable: bool
    note: str = ""


Links = Mapping[tuple[ChainLevel, str], Link]
NOTHING_EARLIER = Link(None, False)


def row_links(campaign: Campaign, earlier: Campaign, frameworks: Sequence[Framework]) -> Links:
    """For each cell and factor of a campaign: what it continues of an earlier one.

    In: ``frameworks``, the editions from the campaign's own back to the earlier one's; one when they are the same.
    """
    found: dict[tuple[ChainLevel, str], Link] = {}
    for level in campaign.levels:
        for row in campaign.rows:
            found[level, row] = _row_link(level, row, earlier, frameworks)
        own_then = {own.text: own.id for own in earlier.own_statements} if level in earlier.levels else {}
        for own in campaign.own_statements:
            found[level, own.id] = Link(own_then.get(own.text), own.text in own_then)
        for factor in dict.fromkeys(map(factor_of, campaign.rows)):
            rows = [row for row in campaign.rows if factor_of(row) == factor]
            found[level, factor] = _factor_link([found[level, row] for row in rows], earlier.rows)
    return found


def _row_link(level: ChainLevel, row: str, earlier: Campaign, frameworks: Sequence[Framework]) -> Link:
    cell, note = _cell_id(level, row), ""
    for framework in frameworks[:-1]:
        for each in framework.continues:
            if each.to == cell:
                cell, note = each.earlier, each.note
                break
    then = _row_of(cell)
    if then not in earlier.rows or level not in earlier.levels:
        return Link(None, False, note)
    same = _text(frameworks[0], level, row) == _text(frameworks[-1], level, then)
    return Link(then, same, note)


def _factor_link(links: Iterable[Link], earlier_rows: Iterable[str]) -> Link:
    """A factor as a whole is compared when every row of it is, and the earlier campaign asked no other row of it."""
    links = tuple(links)
    then = {link.earlier for link in links if link.earlier is not None}
    factors = {factor_of(row) for row in then}
    if len(factors) != 1 or not all(link.comparable for link in links):
        return NOTHING_EARLIER
    earlier_factor = factors.pop()
    whole = then == {row for row in earlier_rows if factor_of(row) == earlier_factor}
    return Link(earlier_factor, True) if whole else NOTHING_EARLIER


def _cell_id(level: ChainLevel, row: str) -> str:
    """``professional_development.3`` at a level is the cell ``professional_development.teaching.3``."""
    factor, _, number = row.rpartition(".")
    return f"{factor}.{level}.{number}"


def _row_of(cell: str) -> str:
    factor, _, number = cell.split(".") if cell.count(".") == 2 else (cell, "", "")
    return f"{factor}.{number}"


def _text(framework: Framework, level: ChainLevel, row: str) -> str:
    factor = framework.factor_by_id.get(factor_of(row))
    number = row.rpartition(".")[2]
    cells = next((each.cells for each in factor.rows if each.id == number), {}) if factor else {}
    return " ".join(cells.get(level, "").split())
