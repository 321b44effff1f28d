"""The only doors for writing: a transaction with its audit row, and one without for those who must not be seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

from django.db import DatabaseError, transaction

from styrkedjan.core.access import Agency, Event, Role, Viewer
from styrkedjan.core.places import NATION, organiser_of
from styrkedjan.core.refused import WrongState
from styrkedjan.tables.access import AuditEvent

# What the database can say that whoever asked can do something about, by SQLSTATE.
REFUSALS = {
    "53100": "databasens disk är full. Inget har ändrats. Frigör utrymme och försök igen.",  # disk_full
    "40P01": "någon annan ändrade samma sak i samma ögonblick. Inget har ändrats. Försök igen.",  # deadlock_detected
}


@contextmanager
def change(actor: Viewer, event: Event, about: str, place: str = NATION) -> Iterator[dict]:
    """Run the block in one transaction and write its audit row.

    In: ``place``, where it happens: a place key puts the row in that organiser's trail, anything else in the house's.
    Out: a dict to put facts in that belong in the trail (ids and counts, never personal content).
    Raises: WrongState when the database's disk is full, or two changes waited for each other; then nothing of the
    block is kept.
    """
    facts: dict = {}
    with _refusing(), transaction.atomic():
        yield facts
        _write_down(actor, event, about, place, facts)


@contextmanager
def unseen() -> Iterator[None]:
    """Run what an anonymous respondent does, without an audit row: when she did it would tell who she is.

    It is for handing in, changing and taking back a sheet, and for using a link, through the database's own functions
    and nothing else. Raises: WrongState as ``change`` does.
    """
    with _refusing():
        yield


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        reason = REFUSALS.get(getattr(error.__cause__, "sqlstate", None) or "")
        if reason is None:
            raise
        raise WrongState(reason) from error


def _write_down(actor: Viewer, event: Event, about: str, place: str, facts: dict) -> None:
    AuditEvent(
        key=uuid4(),
        organiser="" if place in tuple(Agency) else organiser_of(place),
        at=datetime.now(UTC),
        actor=actor.person,
        role=_role(actor, place),
        place=place,
        event=event,
        about=about,
        facts=facts,
    ).save(force_insert=True)


def _role(actor: Viewer, place: str) -> str:
    """The roles that the actor has been given at the place; without any, whether she was signed in."""
    held = actor.roles_at(place)
    given = held - {Role.ANYONE, Role.SIGNED_IN}
    return ",".join(sorted(given)) or (Role.SIGNED_IN if Role.SIGNED_IN in held else Role.ANYONE)
