"""What a session must prove before one more way of proving who somebody is may be put on her account."""

from datetime import UTC, datetime

from styrkedjan.core.access import Assurance, Permission, Viewer, may
from styrkedjan.core.access.viewer import STEP_UP
from styrkedjan.core.refused import NotAllowed
from styrkedjan.core.sign_in import is_fresh
from styrkedjan.tables.access import LinkedIdentity, OneTimeCodes, Passkey, SignInSession

SIGN_IN_AGAIN = (
    "Det är mer än en kvart sedan du loggade in. Logga ut och in igen, och lägg till sättet direkt efteråt. "
    "Då vet vi att det är du."
)
SIGN_IN_SURELY = "Logga först in med e-legitimationen som är kopplad till kontot. Sedan kan du ändra hur du loggar in."


def require_sure_to_add(actor: Viewer) -> None:
    """A first proof asks for a fresh session, a further one for a session that is sure already.

    Otherwise whoever reads somebody's letters could put a proof of her own on the account.
    Raises: NotAllowed.
    """
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    require_surest(actor)
    if actor.assurance >= Assurance.STRONG:
        return
    started = SignInSession.objects.values_list("started_at", flat=True).get(key=actor.session)
    if not is_fresh(started, datetime.now(UTC)):
        raise NotAllowed(SIGN_IN_AGAIN)


def require_surest(actor: Viewer) -> None:
    """A session that rests on a letter is refused once the person has anything surer to show. Raises: NotAllowed."""
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    if actor.assurance >= Assurance.STRONG:
        return
    if has_factor(actor):
        raise NotAllowed(STEP_UP)
    if LinkedIdentity.objects.filter(person_id=actor.person, assurance__gte=Assurance.STRONG).exists():
        raise NotAllowed(SIGN_IN_SURELY)


def has_factor(actor: Viewer) -> bool:
    """Whether the actor has a passkey or one-time codes."""
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    return any(table.objects.filter(person_id=actor.person).exists() for table in (Passkey, OneTimeCodes))
