"""People for those who may see them: who has a role at an organiser or nationally, who is invited, and the letters."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet

from styrkedjan.core.access import OPERATOR, Agency, Decision, Permission, Role, Viewer, may
from styrkedjan.core.letters import LetterState, Queue
from styrkedjan.core.people import (
    MANAGING_ROLES,
    InvitationFacts,
    InvitationState,
    Member,
    MemberRole,
    invitation_state,
    last_day,
    place_title,
)
from styrkedjan.core.places import organiser_of, sort_key
from styrkedjan.core.refused import NotFound
from styrkedjan.core.sign_in import is_token, token_hash
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.queries.places import names_of
from styrkedjan.tables.access import Invitation, OutgoingMail, Person, RoleGrant
from styrkedjan.tables.places import SchoolUnit

FORMER_SHOWN = timedelta(days=365)
EXPIRED_SHOWN = timedelta(days=90)
NO_SUCH_ROLE = "Rollen finns inte, eller så hör den till en annan huvudman."


@dataclass(frozen=True)
class People:
    """Who has access at one organiser, or nationally. Invitations and e-mail addresses only for who manages.

    ``sees_all`` is false for a principal, who sees her own units' people and those who manage.
    ``nobody_after`` is the last day on which somebody can invite, when every such role has an end.
    """

    place: str
    place_name: str
    members: tuple[Member, ...]
    former: tuple[Member, ...]
    invitations: tuple[InvitationFacts, ...]
    managing: Decision
    sees_all: bool
    now: datetime
    nobody_after: date | None = None

    @property
    def shows_addresses(self) -> bool:
        return self.managing.allowed or self.managing.step_up


@dataclass(frozen=True)
class Opened:
    """What the link of an invitation shows. ``state`` other than open says nothing of whose it was."""

    state: InvitationState
    email: str = ""
    name: str = ""
    role: Role = Role.ANYONE
    place: str = ""
    place_name: str = ""
    invited_by: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    expires_at: datetime | None = None
    starts_later: bool = False
    is_for_somebody_else: bool = False


def people(viewer: Viewer, organiser: str) -> People:
    """Who has and who has had a role at an organiser and its units: seven queries, whatever their number.

    Raises: NotFound to a stranger; NotAllowed.
    """
    decision = may(viewer, Permission.READ_PEOPLE, organiser)
    own = [place for place in viewer.places_with(Permission.READ_PEOPLE) if organiser_of(place) == organiser]
    if not own:
        decision.require()
    rows = list(RoleGrant.scoped.at(viewer, organiser).select_related("person"))
    if not decision.allowed:
        rows = [row for row in rows if row.place in own or row.role in MANAGING_ROLES]
    managing = may(viewer, Permission.MANAGE_PEOPLE, organiser)
    asked = Invitation.scoped.at(viewer, organiser)
    invited = _shown(asked) if managing.allowed or managing.step_up else []
    return _people(viewer, organiser, rows, invited, managing, decision.allowed)


def national_people(viewer: Viewer) -> People:
    """Who has a national role, and whom the operator has invited. Raises: NotAllowed."""
    may(viewer, Permission.MANAGE_NATIONAL_PEOPLE).require()
    rows = list(RoleGrant.scoped.for_operator(viewer).filter(organiser="").select_related("person"))
    asked = _shown(Invitation.scoped.for_operator(viewer))
    invited = [row for row in asked if not row.organiser or row.invited_by in (viewer.person, OPERATOR.person)]
    return _people(viewer, "", rows, invited, may(viewer, Permission.MANAGE_NATIONAL_PEOPLE), sees_all=True)


def people_at(viewer: Viewer, organiser: str) -> tuple[Member, ...]:
    """Who has a role at an organiser, for the operator at the machine. Raises: NotAllowed."""
    may(viewer, Permission.RUN_THE_HOUSE).require()
    rows = list(RoleGrant.scoped.for_operator(viewer).filter(organiser=organiser).select_related("person"))
    return _people(viewer, organiser, rows, [], may(viewer, Permission.MANAGE_NATIONAL_PEOPLE), sees_all=True).members


def _shown(asked: QuerySet) -> list[Invitation]:
    since = datetime.now(UTC) - EXPIRED_SHOWN
    return list(asked.filter(used_at=None, withdrawn_at=None, expires_at__gt=since).order_by("-made_at", "key"))


def _people(
    viewer: Viewer,
    place: str,
    rows: list[RoleGrant],
    invited: list[Invitation],
    managing: Decision,
    sees_all: bool,
) -> People:
    now = datetime.now(UTC)
    titles = _titles(viewer, [place, *(row.place for row in [*rows, *invited])])
    names = _names_of_people([*(row.granted_by for row in rows), *(row.invited_by for row in invited)])
    letters = _letters([row.mail for row in invited])
    standing = [row for row in rows if row.ends_at is None or row.ends_at > now]
    former = [row for row in rows if row.ends_at is not None and now - FORMER_SHOWN < row.ends_at <= now]
    return People(
        place=place,
        place_name=titles.get(place, ""),
        members=_members(standing, titles, names),
        former=_members(former, titles, names),
        invitations=tuple(_invitation(row, titles, names, letters, now) for row in invited),
        managing=managing,
        sees_all=sees_all,
        now=now,
        nobody_after=_nobody_after(standing) if place else None,
    )


def _titles(viewer: Viewer, places: Iterable[str]) -> dict[str, str]:
    """A title for every place: its name, the agency's, or its number."""
    keys = {place for place in places if place}
    words = catalogue().words["sv"]
    named = {agency: words[f"agency.{agency}"] for agency in Agency} | {"00": words["place.nation"].capitalize()}
    names = names_of(viewer, tuple(keys)) | {str(key): name for key, name in named.items()}
    return {key: place_title(key, names) for key in keys}


def _names_of_people(keys: Iterable[str]) -> dict[str, str]:
    """Names by person key. Whoever has been removed has none; the operator at the machine needs no account."""
    wanted = {key for key in keys if key != OPERATOR.person}
    found = Person.objects.filter(key__in=wanted, removed_at=None).values_list("key", "name") if wanted else ()
    return {str(key): name for key, name in found} | {OPERATOR.person: OPERATOR.name}


def _letters(keys: list[UUID]) -> dict[UUID, LetterState]:
    """How far letters have come. Asks only for what the site may read: never to whom, nor what they say."""
    rows = OutgoingMail.objects.filter(key__in=keys)
    columns = rows.values_list("key", "sent_at", "given_up_at", "attempts", "try_at", "problem")
    return {key: LetterState(*state) for key, *state in columns}


def _members(rows: list[RoleGrant], titles: dict[str, str], names: dict[str, str]) -> tuple[Member, ...]:
    roles: dict[Person, list[MemberRole]] = {}
    for row in sorted(rows, key=lambda row: (row.organiser != row.place, sort_key(titles[row.place]), row.role)):
        roles.setdefault(row.person, []).append(_role(row, titles, names))
    found = (Member(person.key, person.name, person.email or "", tuple(held)) for person, held in roles.items())
    return tuple(sorted(found, key=lambda member: (sort_key(member.name), member.key)))


def _role(row: RoleGrant, titles: dict[str, str], names: dict[str, str]) -> MemberRole:
    return MemberRole(
        key=row.key,
        role=Role(row.role),
        place=row.place,
        place_name=titles[row.place],
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        granted_by=names.get(row.granted_by, ""),
        organiser=row.organiser,
    )


def _invitation(
    row: Invitation,
    titles: dict[str, str],
    names: dict[str, str],
    letters: dict[UUID, LetterState],
    now: datetime,
) -> InvitationFacts:
    return InvitationFacts(
        key=row.key,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        place=row.place,
        place_name=titles[row.place],
        role_starts_at=row.role_starts_at,
        role_ends_at=row.role_ends_at,
        invited_by=names.get(row.invited_by, ""),
        made_at=row.made_at,
        expires_at=row.expires_at,
        state=invitation_state(row.used_at, row.withdrawn_at, row.expires_at, now),
        letter=letters.get(row.mail),
    )


def _nobody_after(standing: list[RoleGrant]) -> date | None:
    ends = [row.ends_at for row in standing if row.role in MANAGING_ROLES]
    return last_day(max(ends)) if ends and None not in ends else None


@dataclass(frozen=True)
class OneRole:
    """One role with whose it is, for the page that changes or ends it."""

    role: MemberRole
    person_name: str
    is_own: bool


def role_of_somebody(viewer: Viewer, grant: UUID) -> OneRole:
    """A role that the viewer may change or end. Raises: NotFound; NotAllowed."""
    row = RoleGrant.scoped.of(viewer).filter(key=grant).select_related("person").first()
    if row is None and may(viewer, Permission.MANAGE_NATIONAL_PEOPLE).allowed:
        national = RoleGrant.scoped.for_operator(viewer).filter(key=grant, organiser="")
        row = national.select_related("person").first()
    if row is None:
        raise NotFound(NO_SUCH_ROLE)
    if row.organiser:
        may(viewer, Permission.MANAGE_PEOPLE, row.organiser).require()
    else:
        may(viewer, Permission.MANAGE_NATIONAL_PEOPLE).require()
    return _one_role(viewer, row)


def _one_role(viewer: Viewer, row: RoleGrant) -> OneRole:
    role = _role(row, _titles(viewer, [row.place]), _names_of_people([row.granted_by]))
    return OneRole(role, row.person.name, str(row.person_id) == viewer.person)


def places_to_invite_to(viewer: Viewer, organiser: str) -> tuple[tuple[str, str], ...]:
    """The organiser and its units as (key, name), for the form. Raises: NotFound to a stranger; NotAllowed."""
    may(viewer, Permission.MANAGE_PEOPLE, organiser).require()
    units = SchoolUnit.objects.filter(organiser_id=organiser).order_by("-listed", "sort_key", "key")
    found = [(unit.key, unit.name if unit.listed else f"{unit.name} (äldre enhet)") for unit in units]
    return ((organiser, _titles(viewer, [organiser])[organiser]), *found)


def invitation_by_link(viewer: Viewer, token: str) -> Opened:
    """What the link of an invitation shows to whoever holds it. Looking does not use it up.

    Raises: NotFound when there is no such link.
    """
    may(viewer, Permission.SIGN_IN).require()
    found = _behind(token) if is_token(token) else None
    if found is None:
        raise NotFound("Länken till inbjudan stämmer inte. Kontrollera att hela länken kom med i webbläsaren.")
    now = datetime.now(UTC)
    state = invitation_state(found["used_at"], found["withdrawn_at"], datetime.fromisoformat(found["expires_at"]), now)
    if state is not InvitationState.OPEN:
        return Opened(state)
    email = Person.objects.filter(key=viewer.person).values_list("email", flat=True) if viewer.is_signed_in else ()
    starts_at = datetime.fromisoformat(found["role_starts_at"])
    return Opened(
        state=InvitationState.OPEN,
        email=found["email"],
        name=found["name"],
        role=Role(found["role"]),
        place=found["place"],
        place_name=_titles(viewer, [found["place"]])[found["place"]],
        invited_by=_names_of_people([found["invited_by"]]).get(found["invited_by"], ""),
        starts_at=starts_at,
        starts_later=starts_at > now,
        ends_at=datetime.fromisoformat(found["role_ends_at"]) if found["role_ends_at"] else None,
        expires_at=datetime.fromisoformat(found["expires_at"]),
        is_for_somebody_else=any(each != found["email"] for each in email),
    )


def _behind(token: str) -> dict | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT styrkedjan_enter_by_invitation(%s)", [token_hash(token)])
        row = cursor.fetchone()
    return json.loads(row[0]) if row and row[0] else None


def letter_queue(viewer: Viewer) -> Queue:
    """The letters on their way, counted: two queries. Raises: NotAllowed."""
    may(viewer, Permission.RUN_THE_HOUSE).require()
    waiting = Q(sent_at=None, given_up_at=None)
    counted = OutgoingMail.objects.aggregate(
        waiting=Count("key", filter=waiting),
        failing=Count("key", filter=waiting & ~Q(problem="")),
        given_up=Count("key", filter=~Q(given_up_at=None)),
        sent=Count("key", filter=~Q(sent_at=None)),
        oldest=Min("made_at", filter=waiting),
    )
    met = OutgoingMail.objects.filter(waiting).exclude(problem="").values_list("problem").annotate(Count("key"))
    return Queue(**counted, problems=tuple(met.order_by("-key__count", "problem")))


@dataclass(frozen=True)
class WaitingLetter:
    """A letter on its way, without whom it is to and what it says: nobody needs that to run the house."""

    kind: str
    made_at: datetime
    attempts: int
    try_at: datetime
    problem: str


def waiting_letters(viewer: Viewer, limit: int) -> tuple[WaitingLetter, ...]:
    """The letters on their way, oldest first. Raises: NotAllowed."""
    may(viewer, Permission.RUN_THE_HOUSE).require()
    rows = OutgoingMail.objects.filter(sent_at=None, given_up_at=None).order_by("made_at", "key")
    columns = rows.values_list("kind", "made_at", "attempts", "try_at", "problem")
    return tuple(WaitingLetter(*row) for row in columns[:limit])
