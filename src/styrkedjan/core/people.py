"""People: which role fits which place, who has a role there, and who is invited."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from styrkedjan.core.access import ROLE_PERMISSIONS, Agency, Permission, Role
from styrkedjan.core.letters import LetterState
from styrkedjan.core.places import NATION, PLACE_KEY, organiser_of, unit_code_of
from styrkedjan.core.refused import BadInput

SWEDEN = ZoneInfo("Europe/Stockholm")
INVITATION_LIVES = timedelta(days=14)
LONGEST_NAME = 200


class PlaceKind(StrEnum):
    """Where a role can hold."""

    ORGANISER = "organiser"
    SCHOOL_UNIT = "school_unit"
    AGENCY = "agency"
    NATION = "nation"


ROLE_PLACES: dict[Role, frozenset[PlaceKind]] = {
    Role.QUALITY_LEAD: frozenset({PlaceKind.ORGANISER}),
    Role.SUPERINTENDENT: frozenset({PlaceKind.ORGANISER}),
    Role.BOARD_MEMBER: frozenset({PlaceKind.ORGANISER}),
    Role.PRINCIPAL: frozenset({PlaceKind.SCHOOL_UNIT}),
    Role.STAFF_MEMBER: frozenset({PlaceKind.SCHOOL_UNIT}),
    Role.DIALOGUE_LEAD: frozenset({PlaceKind.AGENCY}),
    Role.ANALYST: frozenset({PlaceKind.AGENCY, PlaceKind.NATION}),
    Role.CATALOGUE_EDITOR: frozenset({PlaceKind.AGENCY, PlaceKind.NATION}),
    Role.OPERATOR: frozenset({PlaceKind.NATION}),
}
MANAGING_ROLES = frozenset(role for role in Role if Permission.MANAGE_PEOPLE in ROLE_PERMISSIONS[role])


@dataclass(frozen=True)
class MemberRole:
    """One role (roll) that a person has, has had or will have at a place."""

    key: UUID
    role: Role
    place: str
    place_name: str
    starts_at: datetime
    ends_at: datetime | None
    granted_by: str
    organiser: str = ""

    def holds_at(self, now: datetime) -> bool:
        """Whether the role gives anything at this moment."""
        return holds(self.starts_at, self.ends_at, now)

    def has_ended(self, now: datetime) -> bool:
        """Whether the role is over; one that has not begun is not."""
        return self.ends_at is not None and self.ends_at <= now


@dataclass(frozen=True)
class Member:
    """A person (person) with her roles at one organiser, or her national ones."""

    key: UUID
    name: str
    email: str
    roles: tuple[MemberRole, ...]


class InvitationState(StrEnum):
    """What has become of an invitation."""

    OPEN = "open"
    USED = "used"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True)
class InvitationFacts:
    """An invitation (inbjudan) as those who manage people see it. ``letter`` is None once the letter is weeded out."""

    key: UUID
    email: str
    name: str
    role: Role
    place: str
    place_name: str
    role_starts_at: datetime
    role_ends_at: datetime | None
    invited_by: str
    made_at: datetime
    expires_at: datetime
    state: InvitationState
    letter: LetterState | None = None


@dataclass(frozen=True)
class Wanted:
    """Whom to invite to what. ``last_day`` is the last day that the role holds; None for until further notice."""

    email: str
    name: str
    role: Role
    place: str
    first_day: date | None = None
    last_day: date | None = None


def holds(starts_at: datetime, ends_at: datetime | None, now: datetime) -> bool:
    """Whether a time from and to holds at this moment; the end itself is outside."""
    return starts_at <= now and (ends_at is None or ends_at > now)


def kind_of(place: str) -> PlaceKind:
    """What kind of place a key is of. Raises: BadInput when it is no place at all."""
    if place == NATION:
        return PlaceKind.NATION
    if place in tuple(Agency):
        return PlaceKind.AGENCY
    if not PLACE_KEY.fullmatch(place):
        raise BadInput(f"”{place}” är ingen plats. Ange ett organisationsnummer, en skolenhet eller en myndighet.")
    return PlaceKind.SCHOOL_UNIT if unit_code_of(place) else PlaceKind.ORGANISER


def check_fit(role: Role, place: str) -> None:
    """Raises: BadInput, with where the role does fit, when it cannot hold at this place."""
    kind = kind_of(place)
    fits = ROLE_PLACES.get(role, frozenset())
    if kind in fits:
        return
    where = {
        PlaceKind.ORGANISER: "hos en huvudman",
        PlaceKind.SCHOOL_UNIT: "på en skolenhet",
        PlaceKind.AGENCY: "på en myndighet",
        PlaceKind.NATION: "för hela riket",
    }
    words = " eller ".join(where[each] for each in PlaceKind if each in fits)
    raise BadInput(f"Den rollen finns bara {words}. Välj en annan plats eller en annan roll.")


def roles_at(kind: PlaceKind) -> tuple[Role, ...]:
    """The roles that fit a kind of place, in the order of the roles."""
    return tuple(role for role in Role if kind in ROLE_PLACES.get(role, frozenset()))


def start_of(day: date) -> datetime:
    """The moment a day begins in Sweden."""
    return datetime.combine(day, time(), SWEDEN)


def end_of(day: date) -> datetime:
    """The moment a day is over in Sweden, which is when the next begins: 23 or 25 hours later at a change of clocks."""
    return start_of(day + timedelta(days=1))


def last_day(ends_at: datetime) -> date:
    """The last day on which a role holds, when it ends at this moment."""
    return (ends_at.astimezone(SWEDEN) - timedelta(microseconds=1)).date()


def period(wanted: Wanted, now: datetime) -> tuple[datetime, datetime | None]:
    """From and to when the role is to hold; from now when no first day is given, or one that has been.

    Raises: BadInput when it would be over before it begins.
    """
    starts_at = max(now, start_of(wanted.first_day)) if wanted.first_day else now
    ends_at = end_of(wanted.last_day) if wanted.last_day else None
    if ends_at is not None and ends_at <= starts_at:
        raise BadInput("Sista dagen ligger före den första, eller har redan varit. Välj en senare dag.")
    return starts_at, ends_at


def invitation_state(used_at: object, withdrawn_at: object, expires_at: datetime, now: datetime) -> InvitationState:
    """What has become of an invitation, from its times: of the first two it is enough that there are any."""
    if used_at is not None:
        return InvitationState.USED
    if withdrawn_at is not None:
        return InvitationState.WITHDRAWN
    return InvitationState.OPEN if now < expires_at else InvitationState.EXPIRED


def place_title(place: str, names: Mapping[str, str]) -> str:
    """A place's name, or its number when no statistics has named it: ``Huvudman 212000-9901``."""
    if place in names:
        return names[place]
    if unit_code_of(place):
        return f"Skolenhet {unit_code_of(place)}"
    number = organiser_of(place)
    return f"Huvudman {number[:6]}-{number[6:]}"
