"""What may be shown of the answers to a self-assessment: values that carry nothing of what they hide."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from styrkedjan.core.assessments.campaigns import GroupKind, GroupState
from styrkedjan.core.catalogue import ChainLevel

LOW, MIDDLE, HIGH = range(3)

# From how many answers each class of n begins; the first begins where anything is shown at all.
N_CLASSES = (10, 20, 50, 100)


class CellState(StrEnum):
    """How much of a cell is shown, and why not more."""

    SHOWN = "shown"  # a count per step
    BANDS = "bands"  # a count per band: low, middle, high
    GATHERED = "gathered"  # nearly all in one band: which, and no counts
    POSITION = "position"  # a count per step, of the few who hold a role
    TOO_FEW = "too_few"
    PROTECTED = "protected"  # hidden so that nothing can be computed, about this cell or another
    NO_ANSWERS = "no_answers"

    @property
    def has_counts(self) -> bool:
        return self in (CellState.SHOWN, CellState.BANDS, CellState.POSITION)


@dataclass(frozen=True)
class ReleasedGroup:
    """Who has answered at a place and level. ``sheet_count`` is None when they are too few to say how many.

    The organiser's group at a level is what its total is made of; ``parts`` of ReleasedAnswers says of whom.
    """

    level: ChainLevel
    kind: GroupKind
    state: GroupState
    asked_count: int
    sheet_count: int | None


@dataclass(frozen=True)
class ReleasedCell:
    """What a place and level has answered to a row, or to a factor (then ``row`` is the factor's id).

    ``counts`` are per step, or per band when the state is BANDS, and empty when the state has none. ``outside`` are
    the answers outside the scale, by id; only beside counts. ``n_class`` is how many answered on the scale, roughly
    ("10–19"), empty when that is not told. ``band`` (0 low, 1 middle, 2 high) is where the answers are GATHERED.
    Not ``outside_told``: the counts are told and the answers outside the scale are not, whatever there are of them.
    """

    level: ChainLevel
    row: str
    state: CellState
    counts: tuple[int, ...] = ()
    outside: Mapping[str, int] = field(default_factory=dict)
    n_class: str = ""
    band: int | None = None
    outside_told: bool = True

    @property
    def answer_count(self) -> int | None:
        """How many answered on the scale; None when that is not told."""
        return sum(self.counts) if self.state.has_counts else None


@dataclass(frozen=True)
class ReleasedComment:
    """A comment, as it was written. Nothing says who wrote it, and the order of comments says nothing either."""

    level: ChainLevel
    row: str
    text: str


@dataclass(frozen=True)
class ReleasedAnswers:
    """What may be shown of one place. Only the gate makes one.

    ``cells`` are by level and row, or level and factor. ``parts`` are, for an organiser, the places whose groups its
    total at each level is made of; the organiser's own key stands there for small groups counted together.
    """

    place: str
    groups: Mapping[ChainLevel, ReleasedGroup]
    cells: Mapping[tuple[ChainLevel, str], ReleasedCell]
    comments: tuple[ReleasedComment, ...] = ()
    parts: Mapping[ChainLevel, tuple[str, ...]] = field(default_factory=dict)

    def cell(self, level: ChainLevel, row: str) -> ReleasedCell | None:
        """The cell; None when the row was not asked at the level, or nothing of the group is shown."""
        return self.cells.get((level, row))

    def without_positions(self) -> "ReleasedAnswers":
        """What is anonymous alone: for readers who do not lead."""
        groups = {level: group for level, group in self.groups.items() if group.kind is not GroupKind.POSITION}
        cells = {key: cell for key, cell in self.cells.items() if cell.state is not CellState.POSITION}
        return replace(self, groups=groups, cells=cells)

    def to_json(self) -> dict[str, Any]:
        """As what JSON can hold."""
        return {
            "place": self.place,
            "groups": [asdict(group) for group in self.groups.values()],
            "cells": [_cell_json(cell) for cell in self.cells.values()],
            "comments": [asdict(comment) for comment in self.comments],
            "parts": {str(level): list(places) for level, places in self.parts.items()},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ReleasedAnswers":
        """The value that ``to_json`` wrote."""
        groups = [_group(each) for each in stored["groups"]]
        cells = [_cell(each) for each in stored["cells"]]
        return cls(
            place=stored["place"],
            groups={group.level: group for group in groups},
            cells={(cell.level, cell.row): cell for cell in cells},
            comments=tuple(
                ReleasedComment(ChainLevel(each["level"]), each["row"], each["text"]) for each in stored["comments"]
            ),
            parts={ChainLevel(level): tuple(places) for level, places in stored["parts"].items()},
        )


def _group(stored: Mapping[str, Any]) -> ReleasedGroup:
    return ReleasedGroup(
        ChainLevel(stored["level"]),
        GroupKind(stored["kind"]),
        GroupState(stored["state"]),
        stored["asked_count"],
        stored["sheet_count"],
    )


def _cell_json(cell: ReleasedCell) -> dict[str, Any]:
    written: dict[str, Any] = {"level": str(cell.level), "row": cell.row, "state": str(cell.state)}
    told = {"counts": list(cell.counts), "outside": dict(cell.outside), "n_class": cell.n_class, "band": cell.band}
    untold = {} if cell.outside_told else {"outside_told": False}
    return written | {name: value for name, value in told.items() if value or value == 0} | untold


def _cell(stored: Mapping[str, Any]) -> ReleasedCell:
    return ReleasedCell(
        ChainLevel(stored["level"]),
        stored["row"],
        CellState(stored["state"]),
        tuple(stored.get("counts", ())),
        stored.get("outside", {}),
        stored.get("n_class", ""),
        stored.get("band"),
        stored.get("outside_told", True),
    )


@dataclass(frozen=True)
class DisclosureReport:
    """The auditor's word on a whole release.

    ``cells`` is how many there are; ``hidden_first`` how many the rules for a single cell hide and ``hidden_second``
    how many more so that nothing can be computed. ``audited`` of the hidden were attacked: ``sampled`` when not all.
    ``smallest_interval`` is the narrowest that remains of any attacked cell; None when none was hidden. ``method`` is
    "exact" when every pattern was searched for the best, else "heuristic". ``faults`` say what an attacker could do.
    ``seconds`` are the caller's, who has a clock.
    """

    cells: int
    hidden_first: int
    hidden_second: int
    audited: int
    sampled: bool
    smallest_interval: float | None
    refused: bool
    method: str
    faults: tuple[str, ...] = ()
    seconds: float | None = None

    def to_json(self) -> dict[str, Any]:
        """As what JSON can hold."""
        return asdict(self) | {"faults": list(self.faults)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "DisclosureReport":
        """The value that ``to_json`` wrote."""
        return cls(**(dict(stored) | {"faults": tuple(stored["faults"])}))


@dataclass(frozen=True)
class AnswerRelease:
    """A whole release: what may be shown of the organiser and of each unit, and the auditor's report on it."""

    places: Mapping[str, ReleasedAnswers]
    report: DisclosureReport


def n_class(answer_count: int, minimum: int) -> str:
    """Roughly how many answered: 5–9, 10–19, … 100 eller fler."""
    starts = (minimum, *(start for start in N_CLASSES if start > minimum))
    at = max(place for place, start in enumerate(starts) if start <= answer_count)
    if at == len(starts) - 1:
        return f"{starts[at]} eller fler"
    return f"{starts[at]}–{starts[at + 1] - 1}"
