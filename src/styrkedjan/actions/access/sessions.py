"""Sessions: begin one for a browser, raise it when more has been proved, and end it wherever it is."""

import secrets
from datetime import UTC, datetime
from uuid import UUID, uuid4

from styrkedjan.actions._change import change
from styrkedjan.core.access import Assurance, Event, Permission, Viewer, may
from styrkedjan.core.refused import NotFound
from styrkedjan.core.sign_in import SESSION_LIVES, TOKEN_BYTES, token_hash
from styrkedjan.tables.access import Person, SignInSession

NO_SUCH_SESSION = "Inloggningen finns inte längre. Inget har ändrats."


def begin(actor: Viewer, person: UUID, method: str, assurance: Assurance, device: str) -> str:
    """Sign a person in. Whoever calls has made sure that it is she.

    In: ``actor``, the person herself or nobody yet; a live session of the actor's in this browser ends.
    Out: the token for the browser's cookie; only its hash is kept.
    Raises: NotFound when the person has been removed.
    """
    may(actor, Permission.SIGN_IN).require()
    if not Person.objects.filter(key=person, removed_at=None).exists():
        raise NotFound("Kontot finns inte längre.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    signed_in = Viewer(person=str(person))
    with change(signed_in, Event.SIGNED_IN, about=str(person)) as facts:
        if actor.session:
            _end(actor.session)
        facts.update(session=_keep(token, person, method, assurance, device), method=str(method), assurance=assurance)
    return token


def _keep(token: str, person: UUID, method: str, assurance: Assurance, device: str) -> str:
    now = datetime.now(UTC)
    row = SignInSession(
        key=uuid4(),
        token_hash=token_hash(token),
        person_id=person,
        method=method,
        assurance=assurance,
        device=device[:200],
        started_at=now,
        seen_at=now,
        expires_at=now + SESSION_LIVES,
    )
    row.save(force_insert=True)
    return str(row.key)


def _end(session: str | UUID) -> None:
    SignInSession.objects.filter(key=session, ended_at=None).update(ended_at=datetime.now(UTC))


def end(actor: Viewer, session: str | UUID) -> None:
    """End one of the actor's own sessions: this one (sign out) or one elsewhere. Holds from the next request.

    Raises: NotFound when it is not the actor's.
    """
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    if not SignInSession.objects.filter(key=session, person_id=actor.person).exists():
        raise NotFound(NO_SUCH_SESSION)
    with change(actor, Event.SIGNED_OUT, about=actor.person) as facts:
        _end(session)
        facts["session"] = str(session)


def end_others(actor: Viewer) -> int:
    """End every session of the actor's but this one. Gives how many there were."""
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    with change(actor, Event.SIGNED_OUT, about=actor.person) as facts:
        live = SignInSession.objects.filter(person_id=actor.person, ended_at=None, expires_at__gt=datetime.now(UTC))
        facts["others"] = live.exclude(key=actor.session).update(ended_at=datetime.now(UTC))
    return facts["others"]
