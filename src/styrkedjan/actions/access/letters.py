"""Letters: put one in the queue together with what causes it, and hand over those that are due.

A letter is sent at least once: what stops between the server's yes and the row's mark is sent again, with the same
message id.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import F, Q

from styrkedjan.actions._change import change
from styrkedjan.core.access import Event, Permission, Viewer, may
from styrkedjan.core.letters import (
    Letter,
    LetterKind,
    Undelivered,
    next_try,
    one_line,
)
from styrkedjan.tables.access import Invitation, OutgoingMail
from styrkedjan.tables.access.mail import address_of

TOO_LATE = "brevet hann inte fram i tid"
NO_LONGER_TRUE = "inbjudan gäller inte längre"

Send = Callable[[Letter], None]


class _Taken(Exception):
    """Another deliverer has the letter, or it has been sent meanwhile: nothing to do, and nothing to write down."""


def write(kind: str, recipient: str, subject: str, body: str, expires_at: datetime) -> UUID:
    """Put a letter in the queue, in the transaction of what causes it: both are kept, or neither.

    In: ``expires_at``, when the letter is of no more use and is given up.
    Out: the letter's key. Raises: BadInput when the address cannot be one; RuntimeError outside a change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a letter is written inside `with change(...)`")
    now = datetime.now(UTC)
    letter = OutgoingMail(
        key=uuid4(),
        kind=str(kind),
        recipient=address_of(recipient),
        subject=one_line(subject),
        body=body,
        made_at=now,
        expires_at=expires_at,
        try_at=now,
    )
    letter.save(force_insert=True)
    return letter.key


def deliver(actor: Viewer, limit: int, send: Send) -> int:
    """Try every letter that is due, oldest first, at most ``limit`` of them; each in a transaction of its own.

    In: ``send`` hands a letter over and raises Undelivered when it could not.
    Out: how many were tried or given up. Letters that another deliverer holds are left to it.
    """
    may(actor, Permission.RUN_THE_HOUSE).require()
    due = OutgoingMail.objects.filter(_is_waiting(), try_at__lte=datetime.now(UTC)).order_by("try_at", "key")
    tried = 0
    for key in list(due.values_list("key", flat=True)[:limit]):
        try:
            with change(actor, Event.MAIL_TRIED, about=str(key)) as facts:
                facts.update(_try(key, send))
        except _Taken:
            continue
        tried += 1
    return tried


def _is_waiting() -> Q:
    return Q(sent_at=None, given_up_at=None)


def _try(key: UUID, send: Send) -> dict:
    """Hand one letter over, or note why not. Gives the facts for the trail: no names, no addresses."""
    rows = OutgoingMail.objects.select_for_update(skip_locked=True)
    row = rows.filter(_is_waiting(), key=key, try_at__lte=datetime.now(UTC)).first()
    if row is None:
        raise _Taken
    if row.expires_at <= datetime.now(UTC):
        return _give_up(row, row.problem or TOO_LATE)
    if row.kind == LetterKind.INVITATION and not _is_awaited(row.key):
        return _give_up(row, NO_LONGER_TRUE)
    OutgoingMail.objects.filter(key=key).update(attempts=F("attempts") + 1)
    try:
        send(Letter(row.key, row.recipient, row.subject, row.body, row.made_at))
    except Undelivered as failure:
        return _note(row, failure)
    _empty(row, sent_at=datetime.now(UTC), problem="")
    return {"kind": row.kind, "attempt": row.attempts + 1, "sent": True}


def _is_awaited(letter: UUID) -> bool:
    """Whether the invitation of this letter still stands: it may have been used, withdrawn or sent anew."""
    return Invitation.scoped.of_letter(letter).filter(used_at=None, withdrawn_at=None).exists()


def _note(row: OutgoingMail, failure: Undelivered) -> dict:
    again = None if failure.for_good else next_try(row.attempts + 1, datetime.now(UTC), row.expires_at)
    if again is None:
        return _give_up(row, failure.problem)
    OutgoingMail.objects.filter(key=row.key).update(try_at=again, problem=failure.problem)
    return {"kind": row.kind, "attempt": row.attempts + 1, "sent": False, "again": True}


def _give_up(row: OutgoingMail, problem: str) -> dict:
    _empty(row, given_up_at=datetime.now(UTC), problem=problem)
    return {"kind": row.kind, "sent": False, "again": False}


def _empty(row: OutgoingMail, **columns: object) -> None:
    """A letter that has been sent or given up keeps neither its links nor its subject."""
    OutgoingMail.objects.filter(key=row.key).update(subject="", body="", **columns)
