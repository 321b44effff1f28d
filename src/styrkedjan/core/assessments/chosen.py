"""Results of a self-assessment that have been chosen: for the own underlag, and as a paper to share.

They are a copy of what the gate has released, with the words of the framework beside, so that they can be read alone.
Only the chosen factors, no comments, and nothing that the release does not hold.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from styrkedjan.core.assessments.campaigns import Campaign, factor_of, form_for
from styrkedjan.core.assessments.lanes import row_count
from styrkedjan.core.catalogue import ChainLevel, Framework
from styrkedjan.core.disclosure.answers import ReleasedAnswers, ReleasedCell


@dataclass(frozen=True)
class ChosenCell:
    """What one level answered to one row, as released. ``shared`` is what its group agreed on together, if anything.

    For a factor as a whole ``people`` have answered ``rows`` rows each; 0 when that is not known.
    """

    level: ChainLevel
    state: str
    counts: tuple[int, ...]
    outside: Mapping[str, int]
    n_class: str
    band: int | None
    shared: str = ""
    people: int = 0
    rows: int = 0


@dataclass(frozen=True)
class ChosenRow:
    """One row of the table with the cells of its levels, in the chain's order."""

    row: str
    name: str
    cells: tuple[ChosenCell, ...]


@dataclass(frozen=True)
class ChosenFactor:
    """One chosen factor: its rows, and ``whole``, what each level answered to all of them together."""

    factor: str
    name: str
    whole: tuple[ChosenCell, ...]
    rows: tuple[ChosenRow, ...]

    @property
    def lines(self) -> Iterator[str]:
        """One line for each cell of each row, to compare versions by."""
        for row in self.rows:
            for cell in row.cells:
                counts = " ".join(map(str, cell.counts))
                yield " · ".join(part for part in (self.name, row.name, cell.level, cell.state, counts) if part)


@dataclass(frozen=True)
class ChosenResults:
    """The chosen factors of one counted campaign at one place. ``steps`` and ``outside`` name the scale's answers."""

    campaign: str
    title: str
    edition: str
    counted_on: str
    steps: tuple[str, ...]
    middle: int | None
    outside: Mapping[str, str]
    factors: tuple[ChosenFactor, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return _plain(asdict(self))

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "ChosenResults":
        """Read what ``to_json`` wrote. Raises: KeyError, TypeError or ValueError when it is something else."""
        factors = tuple(_factor(each) for each in row["factors"])
        return cls(**{**row, "steps": tuple(row["steps"]), "outside": dict(row["outside"]), "factors": factors})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, str) else value


def _factor(row: Mapping[str, Any]) -> ChosenFactor:
    rows = (ChosenRow(each["row"], each["name"], tuple(map(_cell, each["cells"]))) for each in row["rows"])
    return ChosenFactor(row["factor"], row["name"], tuple(map(_cell, row["whole"])), tuple(rows))


def _cell(row: Mapping[str, Any]) -> ChosenCell:
    counts, level = tuple(map(int, row["counts"])), ChainLevel(row["level"])
    return ChosenCell(**{**row, "level": level, "counts": counts, "outside": dict(row["outside"])})


def chosen_results(
    campaign: Campaign,
    framework: Framework,
    released: ReleasedAnswers,
    factors: Iterable[str],
    own_name: str,
    shared: Mapping[tuple[ChainLevel, str], str] | None = None,
) -> ChosenResults:
    """What has been chosen of one campaign's release at a place.

    In: ``factors``, ids, in any order; ``own_name``, what the campaign's own statements are called together;
    ``shared``, the answers' ids that groups have agreed on, by level and row.
    """
    assert campaign.counted_at is not None, "only what has been counted is released"
    scale, chosen = framework.self_assessment.scale, set(factors)
    names: dict[str, str] = {}
    rows: dict[str, dict[str, list[ChosenCell]]] = {}
    levels = tuple(level for level in ChainLevel if level in campaign.levels)
    for level in levels:
        for each in form_for(campaign, level, framework, own_name).statements:
            cell = released.cells.get((level, each.row))
            if each.factor not in chosen or cell is None:
                continue
            names |= {each.factor: each.factor_name, each.row: each.row_name or each.question}
            agreed = scale.answer_by_id.get((shared or {}).get((level, each.row), ""))
            cells = rows.setdefault(each.factor, {}).setdefault(each.row, [])
            cells.append(_chosen_cell(level, cell, agreed.name if agreed else ""))
    order = {row: number for number, row in enumerate((*campaign.rows, *(own.id for own in campaign.own_statements)))}
    return ChosenResults(
        campaign=campaign.key,
        title=campaign.title,
        edition=campaign.edition,
        counted_on=campaign.counted_at.date().isoformat(),
        steps=tuple(step.name for step in scale.steps),
        middle=scale.step_ids.index(scale.middle) if scale.middle else None,
        outside={each.id: each.name for each in scale.outside},
        factors=tuple(
            ChosenFactor(
                factor,
                names[factor],
                _whole(released, levels, factor),
                tuple(ChosenRow(row, names[row], tuple(held[row])) for row in sorted(held, key=order.__getitem__)),
            )
            for factor, held in sorted(rows.items(), key=lambda pair: _place_of(pair[0], order))
        ),
    )


def _whole(released: ReleasedAnswers, levels: Iterable[ChainLevel], factor: str) -> tuple[ChosenCell, ...]:
    found = ((level, released.cell(level, factor)) for level in levels)
    return tuple(_whole_cell(released, level, factor, cell) for level, cell in found if cell is not None)


def _whole_cell(released: ReleasedAnswers, level: ChainLevel, factor: str, cell: ReleasedCell) -> ChosenCell:
    group = released.groups.get(level)
    people = (group.sheet_count if group else None) or 0
    return replace(_chosen_cell(level, cell, ""), people=people, rows=row_count(released, level, factor))


def _place_of(factor: str, order: Mapping[str, int]) -> int:
    return min(number for row, number in order.items() if factor_of(row) == factor)


def _chosen_cell(level: ChainLevel, cell: ReleasedCell, shared: str) -> ChosenCell:
    return ChosenCell(level, str(cell.state), tuple(cell.counts), dict(cell.outside), cell.n_class, cell.band, shared)
