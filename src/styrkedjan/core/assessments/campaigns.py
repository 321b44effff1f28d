"""A campaign (självvärdering): what is asked, of whom, how and when; and the groups that answer it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from styrkedjan.core.catalogue import ChainLevel, Framework
from styrkedjan.core.places import organiser_of

# Whoever has the form open when it closes gets so long to finish.
GRACE = timedelta(minutes=15)
OWN = "own"
MOST_OWN_STATEMENTS = 8


class Mode(StrEnum):
    """How a campaign is answered. Both can be chosen: first each alone, then the group together."""

    INDIVIDUAL = "individual"  # enskild reflektion
    SHARED = "shared"  # gemensam skattning


class GroupKind(StrEnum):
    """What the answers of a group are: anonymous, or the position (ställningstagande) of a role that few hold.

    POOLED is made when the answers are counted: small groups of one level together, at the organiser.
    """

    ANONYMOUS = "anonymous"
    POSITION = "position"
    POOLED = "pooled"


class GroupState(StrEnum):
    """What became of a group's answers when they were counted."""

    WAITING = "waiting"  # not counted yet
    KEPT = "kept"
    POOLED = "pooled"  # too few alone: counted together with other small groups
    TOO_FEW = "too_few"  # too few also together: not kept


class Phase(StrEnum):
    """Where a campaign is in its life."""

    PLANNED = "planned"
    OPEN = "open"
    GRACE = "grace"  # closed, but who was writing may finish
    CLOSED = "closed"  # and not counted yet
    COUNTED = "counted"


@dataclass(frozen=True)
class OwnStatement:
    """A statement that the campaign's own people have written; its ``id`` is own.1, own.2 and so on."""

    id: str
    text: str


@dataclass(frozen=True)
class Campaign:
    """A campaign (självvärderingsomgång).

    ``rows`` are ids of rows of the framework's factors (``professional_development.3``), in its order;
    ``edition`` is the framework edition that it is pinned to; ``previous`` the key of the campaign that it repeats.
    """

    key: str
    place: str
    title: str
    edition: str
    school_form: str
    language: str
    modes: frozenset[Mode]
    levels: tuple[ChainLevel, ...]
    rows: tuple[str, ...]
    own_statements: tuple[OwnStatement, ...]
    opens_at: datetime
    closes_at: datetime
    counted_at: datetime | None = None
    previous: str | None = None

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Campaign":
        """A campaign as the database's functions tell of it to those without an account: a row as JSON."""
        when = ("opens_at", "closes_at", "counted_at")
        return cls(
            key=told["key"],
            place=told["place"],
            title=told["title"],
            edition=told["edition"],
            school_form=told["school_form"],
            language=told["language"],
            modes=frozenset(map(Mode, told["modes"])),
            levels=tuple(map(ChainLevel, told["levels"])),
            rows=tuple(told["rows"]),
            own_statements=tuple(OwnStatement(**own) for own in told["own_statements"]),
            previous=told["previous_id"],
            **{name: told[name] and datetime.fromisoformat(told[name]) for name in when},
        )

    @property
    def organiser(self) -> str:
        return organiser_of(self.place)

    def phase(self, now: datetime) -> Phase:
        """Where the campaign is at this moment."""
        if self.counted_at is not None:
            return Phase.COUNTED
        if now < self.opens_at:
            return Phase.PLANNED
        if now < self.closes_at:
            return Phase.OPEN
        return Phase.GRACE if now < self.closes_at + GRACE else Phase.CLOSED


@dataclass(frozen=True)
class AnsweringGroup:
    """Those at one place and level who answer one campaign (svarsgrupp). ``code`` opens the form: it hangs on a wall.

    ``sheet_count`` is how many have handed in: live while it is open, and final when it has been counted.
    ``rolls_up`` says that the group is part of the organiser's total.
    """

    key: str
    campaign: str
    place: str
    level: ChainLevel
    kind: GroupKind
    asked_count: int
    code: str
    rolls_up: bool
    state: GroupState = GroupState.WAITING
    sheet_count: int = 0


@dataclass(frozen=True)
class Statement:
    """One statement (påstående) as a level is asked it: the row's cell at that level, or an own statement."""

    row: str  # factor.row or own.n
    factor: str  # "own" for an own statement
    factor_name: str
    row_name: str
    question: str


@dataclass(frozen=True)
class Form:
    """What one level is asked in one campaign, in order."""

    campaign: Campaign
    level: ChainLevel
    statements: tuple[Statement, ...]

    @cached_property
    def rows(self) -> tuple[str, ...]:
        return tuple(statement.row for statement in self.statements)


def factor_of(row: str) -> str:
    """The factor of a row's id: ``professional_development`` of ``professional_development.3``."""
    return row.rpartition(".")[0]


def group_kind(asked_count: int, most_in_a_position: int) -> GroupKind:
    """What the answers of so many people are."""
    return GroupKind.POSITION if asked_count <= most_in_a_position else GroupKind.ANONYMOUS


def form_for(campaign: Campaign, level: ChainLevel, framework: Framework, own_name: str) -> Form:
    """The statements of a level, in the framework's order and then the own ones.

    In: ``framework`` of the campaign's edition; ``own_name``, what the own statements are called together.
    """
    scale, chosen = framework.self_assessment.scale, frozenset(campaign.rows)
    of_framework = (
        Statement(f"{factor.id}.{row.id}", factor.id, factor.name, row.name, scale.question(level, row.cells[level]))
        for factor in framework.success_factors
        for row in factor.rows
        if f"{factor.id}.{row.id}" in chosen and level in row.cells
    )
    own = (Statement(each.id, OWN, own_name, "", each.text) for each in campaign.own_statements)
    return Form(campaign, level, (*of_framework, *own))
