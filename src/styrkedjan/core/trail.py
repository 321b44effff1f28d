"""The audit trail (händelselogg) as an organiser reads it: what happened, who did it, and whether it can be trusted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from styrkedjan.core.access import Event, Role


@dataclass(frozen=True)
class TrailFilter:
    """Which events to see. Empty and None are all; days are Swedish days, both included."""

    event: Event | None = None
    person: str = ""
    first_day: date | None = None
    last_day: date | None = None


class Subject(StrEnum):
    """What kind of thing an event was about."""

    PAPER = "paper"
    SHARE = "share"
    INVITATION = "invitation"
    GRANT = "grant"
    PERSON = "person"
    OTHER = "other"


@dataclass(frozen=True)
class About:
    """What an event was about, as far as it still stands: what to call it, and the place of what can be opened."""

    subject: Subject
    key: str
    text: str = ""
    role: str = ""
    place: str = ""


@dataclass(frozen=True)
class TrailEntry:
    """One event. ``actor_name`` is what the actor is called now, None when she has been removed."""

    sequence: int
    at: datetime
    actor: str
    actor_name: str | None
    roles: tuple[Role, ...]
    event: str
    place: str
    place_name: str
    about: About
    facts: Mapping[str, object]
    hash: str


@dataclass(frozen=True)
class ChainState:
    """How much of the chain was worked out anew, and whether it held. ``checked`` of ``total`` events, the latest."""

    total: int
    checked: int
    is_whole: bool
    last_sequence: int
    last_hash: str


@dataclass(frozen=True)
class TrailChoices:
    """What a trail can be narrowed to: people as (key, name) in name order, and kinds of events."""

    people: tuple[tuple[str, str], ...]
    events: tuple[Event, ...]


@dataclass(frozen=True)
class TrailPage:
    """Some events of one organiser's trail, newest first; ``older`` is the number to go on before, 0 at the end."""

    organiser: str
    organiser_name: str
    entries: tuple[TrailEntry, ...]
    older: int
    chain: ChainState
