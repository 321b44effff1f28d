"""Invitations: a link by e-mail that gives one role at one place, once."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from styrkedjan.actions._change import change
from styrkedjan.actions.access import letters, pace, people
from styrkedjan.core.access import NATIONAL_ROLES, Agency, Decision, Event, Permission, Role, Viewer, may
from styrkedjan.core.letters import LetterKind, one_line
from styrkedjan.core.people import (
    INVITATION_LIVES,
    LONGEST_NAME,
    MANAGING_ROLES,
    InvitationState,
    Wanted,
    check_fit,
    holds,
    invitation_state,
    last_day,
    period,
    place_title,
)
from styrkedjan.core.places import organiser_of, unit_code_of
from styrkedjan.core.refused import BadInput, NotFound, WrongState
from styrkedjan.core.sign_in import TOKEN_BYTES, is_token, token_hash
from styrkedjan.render import swedish
from styrkedjan.tables.access import Invitation, Person, RoleGrant
from styrkedjan.tables.access.mail import address_of
from styrkedjan.tables.places import Organiser, SchoolUnit

NO_SUCH_INVITATION = "Inbjudan finns inte, eller så hör den till en annan huvudman. Inget har ändrats."
NO_SUCH_LINK = "Länken till inbjudan stämmer inte. Kontrollera att hela länken kom med, eller be om en ny inbjudan."
SOMEBODY_ELSE = "inbjudan gäller en annan e-postadress än den du är inloggad med. Logga ut och öppna länken igen."
CLOSED: dict[InvitationState, str] = {
    InvitationState.USED: "Inbjudan har redan använts. Logga in om det var du som tackade ja.",
    InvitationState.WITHDRAWN: "Inbjudan har tagits tillbaka. Fråga den som bjöd in dig om den behövs.",
    InvitationState.EXPIRED: "Inbjudan har gått ut. Be den som bjöd in dig att skicka den igen.",
}


@dataclass(frozen=True)
class Invited:
    """An invitation that has been made. ``address`` is its link: for the letter, and for the operator alone."""

    key: UUID
    address: str


@dataclass(frozen=True)
class Accepted:
    """Whose the role is now, and whether the account was made just by that."""

    person: UUID
    is_new: bool


def invite(actor: Viewer, wanted: Wanted) -> Invited:
    """Invite someone to a role, with a letter. It looks the same whether she has an account or not.

    Raises: NotFound to a stranger; NotAllowed; BadInput for an address, a name, a role or days that cannot be;
    WrongState when she already has the role, is already invited to it, or an operator would go past those who manage.
    """
    check_fit(wanted.role, wanted.place)
    _may_invite(actor, wanted.role, wanted.place).require()
    email, name = address_of(wanted.email), one_line(wanted.name, LONGEST_NAME)
    if not name:
        raise BadInput("Skriv namnet på den du bjuder in.")
    now = datetime.now(UTC)
    starts_at, ends_at = period(wanted, now)
    invitation = Invitation(
        key=uuid4(),
        email=email,
        name=name,
        role=wanted.role,
        place=wanted.place,
        organiser=_tenant(wanted.role, wanted.place),
        role_starts_at=starts_at,
        role_ends_at=ends_at,
        invited_by=actor.person,
        made_at=now,
    )
    with change(actor, Event.PERSON_INVITED, about=str(invitation.key), place=wanted.place) as facts:
        people.require_managing_now(actor, invitation.organiser)
        _refuse_needless(actor, invitation, now)
        address = _give_link(actor, invitation, now)
        invitation.save(force_insert=True)
        facts.update(role=str(wanted.role), letter=str(invitation.mail))
    return Invited(invitation.key, address)


def send_again(actor: Viewer, invitation: UUID) -> Invited:
    """Send an invitation again with a new link, for fourteen days more; the old link is dead.

    Raises: NotFound; NotAllowed; WrongState when it has been used or withdrawn, or as for ``invite``.
    """
    row = _found(actor, invitation)
    _may_manage(actor, row).require()
    pace.ask(actor, "invite", row.organiser or actor.person)
    with change(actor, Event.PERSON_INVITED, about=str(row.key), place=row.place) as facts:
        row, now = _locked(actor, row.key)
        people.require_managing_now(actor, row.organiser)
        _refuse_to_go_past(actor, row, _live_grants(actor, row, now))
        address = _give_link(actor, row, now)
        row.save(update_fields=["token_hash", "mail", "expires_at"])
        facts.update(role=row.role, letter=str(row.mail), again=True)
    return Invited(row.key, address)


def withdraw(actor: Viewer, invitation: UUID) -> None:
    """Take an invitation back: its link is dead at once, and a letter that has not gone is not sent.

    Raises: NotFound; NotAllowed; WrongState when it has been used or withdrawn already.
    """
    row = _found(actor, invitation)
    _may_manage(actor, row).require()
    with change(actor, Event.INVITATION_WITHDRAWN, about=str(row.key), place=row.place) as facts:
        row, now = _locked(actor, row.key)
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
        facts.update(role=row.role)


def accept(actor: Viewer, token: str) -> UUID:
    """As ``say_yes``, for who only needs to know whose the role is now. Out: the person. Raises: as ``say_yes``."""
    may(actor, Permission.SIGN_IN).require()
    return say_yes(actor, token).person


def say_yes(actor: Viewer, token: str) -> Accepted:
    """Say yes to an invitation. The link proves the mailbox, so it finds or makes the person of that address.

    Out: the person. Only of one who is new may whoever calls begin a session: who already has an account may have
    something surer than a letter to show, and signs in as she always does.
    Raises: NotFound for a link that is not one; WrongState when the invitation is used, withdrawn or too old, or
    when somebody else is signed in.
    """
    may(actor, Permission.SIGN_IN).require()
    found = _enter(token)
    person = Person.objects.filter(email=found["email"], removed_at=None).values_list("key", flat=True).first()
    if actor.is_signed_in and actor.person != str(person):
        raise WrongState(SOMEBODY_ELSE)
    accepting = Viewer(person=str(person or uuid4()), session=actor.session)
    with change(accepting, Event.INVITATION_ACCEPTED, about=found["key"], place=found["place"]) as facts:
        row, now = _held_by_link(token)
        is_new = person is None and _add_person(row, UUID(accepting.person), now)
        grant = _grant(row, UUID(accepting.person), now)
        row.used_at = now
        row.save(update_fields=["used_at"])
        facts.update(role=row.role, grant=str(grant), new_person=is_new)
    return Accepted(UUID(accepting.person), is_new)


def _tenant(role: Role, place: str) -> str:
    return "" if role in NATIONAL_ROLES else organiser_of(place)


def _may_invite(actor: Viewer, role: Role, place: str) -> Decision:
    """Those who manage an organiser's people; the operator for national roles and for an organiser's first lead."""
    if role in NATIONAL_ROLES:
        return may(actor, Permission.MANAGE_NATIONAL_PEOPLE)
    own = may(actor, Permission.MANAGE_PEOPLE, organiser_of(place))
    as_operator = may(actor, Permission.MANAGE_NATIONAL_PEOPLE)
    return as_operator if role in MANAGING_ROLES and as_operator.allowed and not own.allowed else own


def _may_manage(actor: Viewer, row: Invitation) -> Decision:
    """As for inviting: the operator has no say over what an organiser's own people have sent to others."""
    own = may(actor, Permission.MANAGE_PEOPLE, row.organiser) if row.organiser else None
    if own and (not own.stranger or row.role not in MANAGING_ROLES):
        return own
    return may(actor, Permission.MANAGE_NATIONAL_PEOPLE)


def _refuse_needless(actor: Viewer, new: Invitation, now: datetime) -> None:
    """Nobody is invited to what she has or is already invited to; and the operator invites only where nobody can."""
    live = _live_grants(actor, new, now)
    if any((row.person.email, row.role, row.place) == (new.email, new.role, new.place) for row in live):
        raise WrongState("personen har redan den rollen där. Ändra rollens sista dag i stället.")
    _refuse_to_go_past(actor, new, live)
    manages = _manages(actor, new)
    same = Invitation.scoped.at(actor, new.organiser) if manages else Invitation.scoped.for_operator(actor)
    same = same.filter(email=new.email, role=new.role, place=new.place, used_at=None, withdrawn_at=None)
    if same.filter(expires_at__gt=now).exists():
        raise WrongState("personen är redan inbjuden till den rollen. Skicka inbjudan igen i stället.")


def _manages(actor: Viewer, row: Invitation) -> bool:
    return bool(row.organiser) and may(actor, Permission.MANAGE_PEOPLE, row.organiser).allowed


def _live_grants(actor: Viewer, row: Invitation, now: datetime) -> list[RoleGrant]:
    """The roles that hold now where an invitation is to."""
    manages = _manages(actor, row)
    grants = RoleGrant.scoped.at(actor, row.organiser) if manages else RoleGrant.scoped.for_operator(actor)
    grants = grants.filter(organiser=row.organiser).select_related("person")
    return [each for each in grants if holds(each.starts_at, each.ends_at, now)]


def _refuse_to_go_past(actor: Viewer, row: Invitation, live: list[RoleGrant]) -> None:
    """Raises: WrongState to the operator where an organiser has somebody of its own who can invite."""
    if row.organiser and not _manages(actor, row) and any(each.role in MANAGING_ROLES for each in live):
        raise WrongState(
            "huvudmannen har redan någon som kan bjuda in. Be den kvalitetsansvariga eller skolchefen att göra det."
        )


def _give_link(actor: Viewer, row: Invitation, now: datetime) -> str:
    """A new link with its letter in the queue; the row remembers only the link's hash. Gives the link."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row.token_hash = token_hash(token)
    row.expires_at = now + INVITATION_LIVES
    address = settings.SITE_ADDRESS + reverse("invitation", args=[token])
    facts = {
        "name": row.name,
        "invited_by": actor.name or "Den driftansvariga",
        "role": row.role,
        "agency": row.place if row.place in tuple(Agency) else "",
        "place_name": _title(row.place) if row.organiser else "",
        "starts_later": row.role_starts_at > now,
        "starts_on": swedish.date(row.role_starts_at.astimezone(swedish.SWEDEN).date()),
        "ends_on": swedish.date(last_day(row.role_ends_at)) if row.role_ends_at else "",
        "address": address,
        "expires": swedish.moment(row.expires_at),
        "site": settings.SITE_ADDRESS,
    }
    body = render_to_string("people/letters/invitation.txt", facts)
    row.mail = letters.write(LetterKind.INVITATION, row.email, "Inbjudan till Styrkedjan", body, row.expires_at)
    return address


def _title(place: str) -> str:
    named = SchoolUnit if unit_code_of(place) else Organiser
    return place_title(place, dict(named.objects.filter(key=place).values_list("key", "name")))


def _reachable(actor: Viewer, key: UUID) -> QuerySet:
    """The invitation with this key, if the actor has anything to do with it: her organisers', or as the operator."""
    own = Invitation.scoped.of(actor).filter(key=key)
    if not may(actor, Permission.MANAGE_NATIONAL_PEOPLE).allowed or own.exists():
        return own
    return Invitation.scoped.for_operator(actor).filter(key=key)


def _found(actor: Viewer, key: UUID) -> Invitation:
    row = _reachable(actor, key).first()
    if row is None:
        raise NotFound(NO_SUCH_INVITATION)
    return row


def _locked(actor: Viewer, key: UUID) -> tuple[Invitation, datetime]:
    """The invitation, held until the change is made, and the time. Raises: WrongState when it is used or withdrawn."""
    row = _reachable(actor, key).select_for_update().get()
    now = datetime.now(UTC)
    state = invitation_state(row.used_at, row.withdrawn_at, row.expires_at, now)
    if state is InvitationState.USED:
        raise WrongState("inbjudan har redan använts, så rollen finns. Avsluta rollen i stället.")
    if state is InvitationState.WITHDRAWN:
        raise WrongState("inbjudan är redan återtagen. Bjud in på nytt om den behövs.")
    return row, now


def _enter(token: str) -> dict:
    """What a link opens, and the database lets this transaction use it. Raises: NotFound; WrongState when closed."""
    found = None
    if is_token(token):
        with connection.cursor() as cursor:
            cursor.execute("SELECT styrkedjan_enter_by_invitation(%s)", [token_hash(token)])
            found = cursor.fetchone()[0]
    if found is None:
        raise NotFound(NO_SUCH_LINK)
    invitation = json.loads(found)
    expires_at = datetime.fromisoformat(invitation["expires_at"])
    state = invitation_state(invitation["used_at"], invitation["withdrawn_at"], expires_at, datetime.now(UTC))
    if state is not InvitationState.OPEN:
        raise WrongState(CLOSED[state])
    return invitation


def _held_by_link(token: str) -> tuple[Invitation, datetime]:
    """The invitation, held until it has been accepted: of two browsers that say yes at once, the second is told."""
    _enter(token)
    row = Invitation.scoped.of_link(token_hash(token)).select_for_update().first()
    now = datetime.now(UTC)
    state = invitation_state(row.used_at, row.withdrawn_at, row.expires_at, now) if row else InvitationState.WITHDRAWN
    if row is None or state is not InvitationState.OPEN:
        raise WrongState(CLOSED[state])
    return row, now


def _add_person(row: Invitation, key: UUID, now: datetime) -> bool:
    """Make the person. Raises: WrongState when another invitation to the same address made her this very moment."""
    Person.objects.bulk_create([Person(key=key, name=row.name, email=row.email, created_at=now)], ignore_conflicts=True)
    if not Person.objects.filter(key=key).exists():
        raise WrongState("en annan inbjudan till samma adress togs emot just nu. Öppna länken igen.")
    return True


def _grant(row: Invitation, person: UUID, now: datetime) -> UUID:
    grant = RoleGrant(
        key=uuid4(),
        person_id=person,
        role=row.role,
        place=row.place,
        organiser=row.organiser,
        starts_at=max(now, row.role_starts_at),
        ends_at=row.role_ends_at,
        granted_by=row.invited_by,
        granted_at=now,
    )
    grant.save(force_insert=True)
    return grant.key
