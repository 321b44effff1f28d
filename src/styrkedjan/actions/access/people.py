"""People and their roles: set a last day, end a role, leave, and what the operator does for somebody in trouble."""

from datetime import UTC, date, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string

from styrkedjan.actions._change import change
from styrkedjan.actions.access import letters
from styrkedjan.core.access import OPERATOR, Decision, Event, Permission, Role, Viewer, may
from styrkedjan.core.letters import LetterKind, tidy_address
from styrkedjan.core.people import INVITATION_LIVES, MANAGING_ROLES, end_of, holds
from styrkedjan.core.refused import BadInput, NotAllowed, NotFound, WrongState
from styrkedjan.tables.access import (
    Invitation,
    LinkedIdentity,
    OneTimeCodes,
    Passkey,
    Person,
    RecoveryCode,
    RoleGrant,
    SignInAttempt,
    SignInSession,
)

NO_SUCH_ROLE = "Rollen finns inte, eller så hör den till en annan huvudman. Inget har ändrats."
ALREADY_OVER = "rollen är redan avslutad. Inget har ändrats."
ENDED_MEANWHILE = "Din egen roll avslutades just av någon annan. Inget har ändrats."
LAST_OPERATOR = (
    "det här är den sista driftansvariga, så ingen skulle kunna ge nationella roller. Inget har ändrats. "
    "Bjud in en annan driftansvarig först."
)
LAST_ONE = (
    "det här är den sista rollen som får bjuda in hos huvudmannen, så ingen skulle kunna ge någon tillgång. Inget har "
    "ändrats. Bjud in en annan kvalitetsansvarig eller skolchef först, eller be den driftansvariga om hjälp."
)


def change_last_day(actor: Viewer, grant: UUID, day: date | None) -> None:
    """Set the last day of a role, or let it hold until further notice.

    Raises: NotFound; NotAllowed; WrongState when the role is over; BadInput for a day that has been.
    """
    row = _found(actor, grant)
    _may_manage(actor, row).require()
    with change(actor, Event.ROLE_CHANGED, about=str(row.key), place=row.place) as facts:
        row, _, now = _held(actor, row)
        ends_at = end_of(day) if day else None
        if ends_at is not None and ends_at <= max(now, row.starts_at):
            raise BadInput("Den sista dagen har redan varit, eller ligger före den första. Avsluta rollen i stället.")
        row.ends_at = ends_at
        row.save(update_fields=["ends_at"])
        facts.update(role=row.role, last_day=day.isoformat() if day else None)


def end(actor: Viewer, grant: UUID) -> None:
    """End a role now. What it gave is gone from the next request, in every browser.

    Raises: NotFound; NotAllowed, also when the actor's own role was ended while she asked; WrongState when the role
    is over, or nobody would be left who can invite.
    """
    row = _found(actor, grant)
    _may_manage(actor, row).require()
    with change(actor, Event.ROLE_ENDED, about=str(row.key), place=row.place) as facts:
        row, managers, now = _held(actor, row)
        _finish(row, managers, now)
        facts.update(role=row.role)


def leave(actor: Viewer, grant: UUID) -> None:
    """End a role of one's own, now.

    Raises: NotFound when it is somebody else's; WrongState as for ``end``.
    """
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    row = RoleGrant.scoped.own(actor).filter(key=grant).first()
    if row is None:
        raise NotFound(NO_SUCH_ROLE)
    with change(actor, Event.ROLE_ENDED, about=str(row.key), place=row.place) as facts:
        row, managers, now = _with_managers(actor, row)
        _finish(row, managers, now)
        facts.update(role=row.role, left=True)


def end_everything(actor: Viewer, email: str) -> int:
    """End every role and session of a person, for the operator: somebody has gone, or a mailbox is in wrong hands.

    Her identities in other systems are disconnected, and what has been begun or waits in the mailbox opens nothing.
    Out: how many roles were ended. The last who can invite is ended too; the operator can invite another.
    Raises: NotAllowed; NotFound when nobody has the address.
    """
    may(actor, Permission.RUN_THE_HOUSE).require()
    person = _person(email)
    ended = 0
    with change(actor, Event.ROLE_ENDED, about=str(person.key)) as facts:
        now = _clock()
        rows = RoleGrant.scoped.for_operator(actor).filter(person=person).order_by("key").select_for_update()
        for row in [row for row in rows if row.ends_at is None or row.ends_at > now]:
            _end_in_its_place(actor, row, now)
            ended += 1
        facts.update(roles=ended, invitations=_withdraw_all(actor, person.email, now))
        facts.update(_shut_out(person, now))
    return ended


def reset_factors(actor: Viewer, email: str) -> None:
    """Take away a person's passkeys and codes and sign her out everywhere, for the operator; she is told by letter.

    Her identities in other systems and what she has begun go too: any of them may be somebody else's doing.
    Raises: NotAllowed; NotFound when nobody has the address.
    """
    may(actor, Permission.RUN_THE_HOUSE).require()
    person = _person(email)
    with change(actor, Event.FACTOR_REMOVED, about=str(person.key)) as facts:
        for table in (Passkey, OneTimeCodes, RecoveryCode):
            facts[table._meta.db_table] = table.objects.filter(person=person).delete()[0]
        now = _clock()
        facts.update(_shut_out(person, now))
        text = {"name": person.name, "address": f"{settings.SITE_ADDRESS}/logga-in/", "site": settings.SITE_ADDRESS}
        body = render_to_string("people/letters/factors_reset.txt", text)
        letters.write(LetterKind.NOTICE, person.email, "Din inloggning är nollställd", body, now + INVITATION_LIVES)


def _shut_out(person: Person, now: datetime) -> dict[str, int]:
    """End every session, disconnect every identity and drop what has been begun. Gives how many of each."""
    Person.objects.select_for_update().get(key=person.key)  # so that nothing is added meanwhile
    tied = {
        LinkedIdentity._meta.db_table: LinkedIdentity.objects.filter(person=person),
        SignInAttempt._meta.db_table: SignInAttempt.objects.filter(person=person, used_at=None),
    }
    gone = {name: rows.delete()[0] for name, rows in tied.items()}
    gone["sessions"] = SignInSession.objects.filter(person=person, ended_at=None).update(ended_at=now)
    return gone


def _withdraw_all(actor: Viewer, email: str, now: datetime) -> int:
    """Take back every invitation that waits for an address, each with a row in the trail of where it is to."""
    waiting = Invitation.scoped.for_operator(actor).filter(email=email, used_at=None, withdrawn_at=None)
    rows = list(waiting.order_by("key").select_for_update())
    for row in rows:
        with change(actor, Event.INVITATION_WITHDRAWN, about=str(row.key), place=row.place) as facts:
            row.withdrawn_at = now
            row.save(update_fields=["withdrawn_at"])
            facts.update(role=row.role, by_operator=True)
    return len(rows)


def _person(email: str) -> Person:
    person = Person.objects.filter(email=tidy_address(email), removed_at=None).first()
    if person is None:
        raise NotFound(f"Ingen har kontot {email}.")
    return person


def _found(actor: Viewer, key: UUID) -> RoleGrant:
    """A role at one of the actor's organisers; a national one when she gives those."""
    row = RoleGrant.scoped.of(actor).filter(key=key).first()
    if row is None and may(actor, Permission.MANAGE_NATIONAL_PEOPLE).allowed:
        row = RoleGrant.scoped.for_operator(actor).filter(key=key, organiser="").first()
    if row is None:
        raise NotFound(NO_SUCH_ROLE)
    return row


def require_managing_now(actor: Viewer, organiser: str) -> None:
    """Hold the role by which the actor manages people there, until the change is made.

    In: ``organiser``, or nothing for what only the operator manages.
    Raises: NotAllowed when the role was ended while she asked.
    """
    own = bool(organiser) and may(actor, Permission.MANAGE_PEOPLE, organiser).allowed
    if not own:
        may(actor, Permission.MANAGE_NATIONAL_PEOPLE).require()
    if actor == OPERATOR:
        return
    beside = RoleGrant.scoped.at(actor, organiser) if own else RoleGrant.scoped.for_operator(actor).filter(organiser="")
    managing = beside.filter(person=actor.person, role__in=MANAGING_ROLES if own else {Role.OPERATOR})
    rows = list(managing.order_by("key").select_for_update())
    now = _clock()
    if not any(holds(row.starts_at, row.ends_at, now) for row in rows):
        raise NotAllowed(ENDED_MEANWHILE)


def _may_manage(actor: Viewer, row: RoleGrant) -> Decision:
    if row.organiser:
        return may(actor, Permission.MANAGE_PEOPLE, row.organiser)
    return may(actor, Permission.MANAGE_NATIONAL_PEOPLE)


def _held(actor: Viewer, row: RoleGrant) -> tuple[RoleGrant, list[RoleGrant], datetime]:
    """As ``_with_managers``, for who acts by a role of her own. Raises: NotAllowed when it was ended meanwhile."""
    row, managers, now = _with_managers(actor, row)
    if actor != OPERATOR and not any(str(each.person_id) == actor.person for each in managers):
        raise NotAllowed(ENDED_MEANWHILE)
    return row, managers, now


def _with_managers(actor: Viewer, row: RoleGrant) -> tuple[RoleGrant, list[RoleGrant], datetime]:
    """The role, those that now manage people beside it, and the time: all held until the change is made.

    Held in the order of their keys, so that two who end each other wait and never for ever; and the time is asked
    afterwards, so that what the first did meanwhile counts. Raises: WrongState when the role is over.
    """
    managing = MANAGING_ROLES if row.organiser else {Role.OPERATOR}
    beside = _beside(actor, row).filter(Q(role__in=managing) | Q(key=row.key))
    rows = list(beside.order_by("key").select_for_update())
    now = _clock()
    held = next((each for each in rows if each.key == row.key), None)
    if held is None:
        raise NotFound(NO_SUCH_ROLE)
    if held.ends_at is not None and held.ends_at <= now:
        raise WrongState(ALREADY_OVER)
    return held, [each for each in rows if each.role in managing and holds(each.starts_at, each.ends_at, now)], now


def _beside(actor: Viewer, row: RoleGrant) -> QuerySet:
    if row.organiser:
        return RoleGrant.scoped.at(actor, row.organiser)
    if may(actor, Permission.MANAGE_NATIONAL_PEOPLE).allowed:
        return RoleGrant.scoped.for_operator(actor).filter(organiser="")
    return RoleGrant.scoped.own(actor).filter(organiser="")


def _finish(row: RoleGrant, managers: list[RoleGrant], now: datetime) -> None:
    """End the role, unless it is the only one that manages people now."""
    if [each.key for each in managers] == [row.key]:
        raise WrongState(LAST_ONE if row.organiser else LAST_OPERATOR)
    row.ends_at = now
    row.save(update_fields=["ends_at"])


def _end_in_its_place(actor: Viewer, row: RoleGrant, now: datetime) -> None:
    """End a role with a row in the trail of where it holds, so that the organiser sees that the operator did it."""
    with change(actor, Event.ROLE_ENDED, about=str(row.key), place=row.place) as facts:
        row.ends_at = now
        row.save(update_fields=["ends_at"])
        facts.update(role=row.role, by_operator=True)


def _clock() -> datetime:
    """The database's clock: the one that decides which roles hold, whatever this machine's says."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0].astimezone(UTC)
