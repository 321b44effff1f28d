"""The viewer: a frozen value that says who looks, with what roles where, and how surely the house knows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from styrkedjan.core.access.roles import (
    NATIONAL_ROLES,
    REASONS,
    ROLE_PERMISSIONS,
    STRONG_PERMISSIONS,
    Agency,
    Permission,
    Role,
)
from styrkedjan.core.places import NATION, organiser_of
from styrkedjan.core.refused import NotAllowed, NotFound

NO_SUCH_PAGE = "Sidan finns inte, eller så har du inte tillgång till den."
STEP_UP = "Bekräfta först med en passkey eller en engångskod. Det gör du under Mitt konto."


class Assurance(IntEnum):
    """How surely the house knows who is signed in."""

    NONE = 0
    LINK = 1  # a link by e-mail, and nothing more
    STRONG = 2  # a second factor or a passkey, or an e-legitimation at tillitsnivå 2 or higher


@dataclass(frozen=True)
class Grant:
    """One role (roll) at one place: a place key, or an agency or riket for a national role.

    ``place_name`` is for showing only. Grants in a viewer are those that hold now.
    """

    role: Role
    place: str
    place_name: str = ""

    @property
    def organiser(self) -> str:
        """The organiser whose tenant this grant opens; empty for a national role."""
        return "" if self.role in NATIONAL_ROLES else organiser_of(self.place)

    def covers(self, place: str) -> bool:
        """Whether what is asked for lies at this place or under it."""
        if self.role in NATIONAL_ROLES:
            return self.place in (place, NATION) or place == NATION
        return place == self.place or place.startswith(f"{self.place}-")


@dataclass(frozen=True)
class Viewer:
    """Who looks: the person's key for the audit trail, the name for greetings, and the roles that hold at ``now``."""

    person: str
    name: str = ""
    grants: tuple[Grant, ...] = ()
    now: datetime | None = None
    assurance: Assurance = Assurance.NONE
    session: str = ""

    @property
    def is_signed_in(self) -> bool:
        return bool(self.session)

    def roles_at(self, place: str) -> frozenset[Role]:
        """Every role that holds at this place, with those that need no grant."""
        held = {grant.role for grant in self.grants if grant.covers(place)}
        return frozenset(held | {Role.ANYONE} | ({Role.SIGNED_IN} if self.is_signed_in else set()))

    def places_with(self, permission: Permission) -> tuple[str, ...]:
        """The places of the grants that give this permission, in the order of the grants."""
        given = (grant.place for grant in self.grants if permission in ROLE_PERMISSIONS[grant.role])
        return tuple(dict.fromkeys(given))

    @property
    def organisers(self) -> tuple[str, ...]:
        """The organisers whose tenants this viewer has some role in."""
        return tuple(dict.fromkeys(grant.organiser for grant in self.grants if grant.organiser))

    @property
    def agencies(self) -> tuple[Agency, ...]:
        """The agencies whose shared material this viewer reads."""
        places = self.places_with(Permission.READ_SHARED_MATERIAL)
        return tuple(agency for agency in Agency if agency in places)

    def knows_of(self, place: str) -> bool:
        """Whether this place's tenant is any of the viewer's business: some role there, or above or below it."""
        organiser = organiser_of(place) if place not in tuple(Agency) else ""
        return organiser in self.organisers if organiser else any(grant.covers(place) for grant in self.grants)


# Whoever has not signed in, and the operator at the machine's own command line.
ANYONE = Viewer(person="")
OPERATOR = Viewer(
    person="driftansvarig",
    name="Driftansvarig",
    grants=(Grant(Role.OPERATOR, NATION),),
    assurance=Assurance.STRONG,
)


@dataclass(frozen=True)
class Decision:
    """Yes, or no with the reason a user can read. A no to a stranger is not a no but a 404: it tells nothing."""

    allowed: bool
    reason: str = ""
    stranger: bool = False
    step_up: bool = False

    def require(self) -> None:
        """Raises NotFound to a stranger, and NotAllowed with the reason to anyone else, when the answer is no."""
        if self.stranger:
            raise NotFound(NO_SUCH_PAGE)
        if not self.allowed:
            raise NotAllowed(self.reason)


def may(viewer: Viewer, permission: Permission, place: str = NATION) -> Decision:
    """May this viewer do this at this place?

    In: ``place``, a place key, an agency, or riket for what belongs to no tenant.
    """
    if not _given(viewer.roles_at(place), permission):
        stranger = place != NATION and not viewer.knows_of(place)
        return Decision(False, REASONS[permission], stranger)
    if permission in STRONG_PERMISSIONS and viewer.assurance < Assurance.STRONG:
        return Decision(False, STEP_UP, step_up=True)
    return Decision(True)


def _given(roles: Iterable[Role], permission: Permission) -> bool:
    return any(permission in ROLE_PERMISSIONS[role] for role in roles)
