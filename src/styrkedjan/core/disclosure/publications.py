"""What has been said: every published cell as a statement about a sum over groups and rows.

A unit's cell is a sum over one group, the organiser's over all that roll up, a factor's over its rows. What was
released before is statements of the same kind, so overlapping groups ("all" and "all but one", before and after a
unit joined the total, one date and a later) are seen by whoever puts them side by side, and so by the auditor.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from styrkedjan.core.assessments.campaigns import GroupKind, factor_of
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.disclosure.answers.released import CellState, ReleasedAnswers, ReleasedCell, ReleasedGroup


@dataclass(frozen=True)
class PublishedSum:
    """A published cell, and of what it is the sum: groups of one level (by place) times rows.

    ``sheet_count`` is how many sheets those groups handed in together.
    """

    groups: frozenset[str]
    rows: tuple[str, ...]
    cell: ReleasedCell
    sheet_count: int

    @property
    def is_exact(self) -> bool:
        return self.cell.state is CellState.SHOWN


@dataclass(frozen=True)
class Publication:
    """Everything that one release has said about anonymous answers. Positions are never summed with them."""

    statements: tuple[PublishedSum, ...]

    @classmethod
    def of(cls, places: Mapping[str, ReleasedAnswers]) -> "Publication":
        """What these places' released answers say, read as anyone reads them."""
        return cls(tuple(statement for answers in places.values() for statement in _statements(answers)))

    def about(self, level: ChainLevel) -> Iterator[PublishedSum]:
        """The statements about one level."""
        return (statement for statement in self.statements if statement.cell.level == level)


def _statements(answers: ReleasedAnswers) -> Iterator[PublishedSum]:
    for level, group in answers.groups.items():
        if group.kind is GroupKind.POSITION or group.sheet_count is None:
            continue
        groups = frozenset(answers.parts.get(level, (answers.place,)))
        cells = [cell for cell in answers.cells.values() if cell.level == level]
        yield from _of_cells(cells, groups, group)


def _of_cells(cells: list[ReleasedCell], groups: frozenset[str], group: ReleasedGroup) -> Iterator[PublishedSum]:
    rows: dict[str, list[str]] = {}
    for cell in cells:
        rows.setdefault(factor_of(cell.row), []).append(cell.row)
    for cell in cells:
        of = tuple(rows[cell.row]) if cell.row in rows else (cell.row,)
        yield PublishedSum(groups, of, cell, group.sheet_count or 0)
