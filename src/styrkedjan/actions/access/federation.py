"""Federation: sign in through another system, connect one's identity there, and disconnect it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.db.models import F, Value
from django.db.models.functions import Greatest

from styrkedjan.actions._change import change
from styrkedjan.actions.access import invitations, pace, sessions
from styrkedjan.actions.access.adding import SIGN_IN_SURELY, has_factor, require_sure_to_add
from styrkedjan.core.access import Assurance, Event, Permission, Viewer, may
from styrkedjan.core.access.viewer import STEP_UP
from styrkedjan.core.federation import ATTEMPT_LIVES, Identity, Protocol, Untrusted, WayIn
from styrkedjan.core.refused import NotAllowed, NotFound, WrongState
from styrkedjan.core.sign_in import token_hash
from styrkedjan.tables.access import (
    LinkedIdentity,
    SeenAssertion,
    SignInAttempt,
    SignInSession,
)

SIGNED_OUT_MEANWHILE = (
    "Du hann loggas ut medan du var hos inloggningstjänsten. Inget har kopplats. Logga in och börja om."
)
SOMEBODY_ELSES = "det kontot är redan kopplat till någon annan här. Inget har ändrats."
HAS_ACCOUNT = (
    "Det finns redan ett konto med den adressen. Logga in på det vanliga sättet, öppna länken i brevet igen, och "
    "koppla e-legitimationen under Mitt konto efteråt."
)
NO_SUCH_IDENTITY = "Kopplingen finns inte längre på ditt konto."
MOST_IDENTITIES = 10


class HasAccount(WrongState):
    """An invitation to somebody who has an account, brought with an identity that is not connected to it."""

    name = "has_account"

    def __init__(self) -> None:
        super().__init__(HAS_ACCOUNT)


@dataclass(frozen=True)
class Purpose:
    """What a sign-in elsewhere is for: to get on to a page, to connect an identity, or to accept an invitation."""

    onward: str = ""
    connects: bool = False
    invitation: str = ""


@dataclass(frozen=True)
class Browser:
    """The browser that asks: the token that ties the answer to it, its network address, and what it is in words."""

    token: str
    address: str
    device: str


@dataclass(frozen=True)
class Outcome:
    """What an answer led to: a session's token, or none when nobody here is connected to the identity."""

    identity: Identity
    onward: str
    session: str = ""
    connected: bool = False


def begin(actor: Viewer, way: WayIn, question: str, browser: Browser, purpose: Purpose) -> None:
    """Remember that this browser carries a question to another system.

    Raises: NotAllowed when an identity is to be connected and the session is not sure or fresh enough; TooMany.
    """
    may(actor, Permission.SIGN_IN).require()
    pace.ask(actor, "federation", browser.address)
    facts = {"way": way.key, "onward": purpose.onward}
    if purpose.connects:
        require_sure_to_add(actor)
        facts["session"] = actor.session
    elif purpose.invitation:
        facts["invitation"] = token_hash(purpose.invitation)
    now = datetime.now(UTC)
    with change(actor, Event.SIGN_IN_STARTED, about=way.protocol) as noted:
        SignInAttempt(
            key_hash=token_hash(question),
            kind=way.protocol,
            browser_hash=token_hash(browser.token),
            person_id=actor.person if purpose.connects else None,
            facts=facts,
            made_at=now,
            expires_at=now + ATTEMPT_LIVES,
        ).save(force_insert=True)
        noted["way"] = way.key


def finish(
    actor: Viewer,
    protocol: Protocol,
    question: str,
    browser: Browser,
    read: Callable[[str], Identity],
    invitation: str = "",
) -> Outcome:
    """Take an answer to a question that this browser carried, once.

    In: ``read``, what makes an identity of the answer, given the key of the way in that was asked.
    Raises: Untrusted and HasAccount, which stand in the trail by name and spend the question; Unreachable; WrongState.
    """
    may(actor, Permission.SIGN_IN).require()
    try:
        attempt, identity = _read(actor, protocol, question, browser, read)
        return _finished(actor, attempt, identity, browser, invitation)
    except (Untrusted, HasAccount) as refusal:
        _refuse(actor, protocol, question, browser, refusal.name)
        raise


def _read(
    actor: Viewer, protocol: Protocol, question: str, browser: Browser, read: Callable[[str], Identity]
) -> tuple[SignInAttempt, Identity]:
    """The question and who its answer is about. The try counts whatever came of it, but is counted afterwards.

    Reading may wait for another system, and with a session the whole answer is one transaction: a row in the trail
    before would make everybody else's rows wait too.
    """
    try:
        attempt = _begun(protocol, question, browser)
        return attempt, read(attempt.facts["way"])
    finally:
        pace.ask(actor, "federation", browser.address)


def _begun(protocol: Protocol, question: str, browser: Browser) -> SignInAttempt:
    """The question as it was asked. Raises: Untrusted when it was never ours, another browser's, used or too old."""
    attempt = SignInAttempt.objects.filter(key_hash=token_hash(question), kind=protocol).first()
    if attempt is None:
        raise Untrusted("unsolicited")
    if not browser.token or attempt.browser_hash != token_hash(browser.token):
        raise Untrusted("other_browser")
    if attempt.used_at:
        raise Untrusted("used_request")
    if attempt.expires_at <= datetime.now(UTC):
        raise Untrusted("old_request")
    return attempt


def _finished(actor: Viewer, attempt: SignInAttempt, identity: Identity, browser: Browser, invitation: str) -> Outcome:
    protocol = Protocol(attempt.kind)
    with change(_named(attempt), Event.SIGN_IN_STARTED, about=protocol) as noted:
        noted.update(way=attempt.facts["way"], level=identity.level[:200], assurance=identity.assurance)
        SignInAttempt.objects.select_for_update().get(key_hash=attempt.key_hash)
        if not SignInAttempt.objects.filter(key_hash=attempt.key_hash, used_at=None).update(used_at=datetime.now(UTC)):
            raise Untrusted("used_request")
        _see(identity)
        if attempt.person_id:
            return _connected(attempt, identity, browser)
        if "invitation" in attempt.facts:
            return _invited(actor, attempt, identity, browser, invitation)
        row = _identity(identity).select_related("person").first()
        if row is None or row.person.removed_at:
            noted["known"] = False
            return Outcome(identity, attempt.facts["onward"])
        return _entered(actor, attempt, identity, browser, row.person_id)


def _named(attempt: SignInAttempt) -> Viewer:
    return Viewer(person=str(attempt.person_id or ""))


def _see(identity: Identity) -> None:
    """Remember a statement for as long as it could be used again."""
    if not identity.proof:
        return
    key = token_hash(f"{identity.issuer} {identity.proof}")
    if SeenAssertion.objects.filter(assertion_hash=key).exists():
        raise Untrusted("replayed")
    SeenAssertion(assertion_hash=key, expires_at=identity.proof_until).save(force_insert=True)


def _identity(identity: Identity):  # noqa: ANN202
    return LinkedIdentity.objects.filter(issuer=identity.issuer, subject=identity.subject)


def _entered(
    actor: Viewer, attempt: SignInAttempt, identity: Identity, browser: Browser, person: UUID, onward: str = ""
) -> Outcome:
    # What has once been sure stays so: a weaker sign-in must not make the connection easier to take away.
    surest = Greatest(F("assurance"), Value(int(identity.assurance)))
    _identity(identity).update(used_at=datetime.now(UTC), assurance=surest)
    token = sessions.begin(actor, person, attempt.kind, identity.assurance, browser.device)
    return Outcome(identity, onward or attempt.facts["onward"], session=token)


def _invited(actor: Viewer, attempt: SignInAttempt, identity: Identity, browser: Browser, invitation: str) -> Outcome:
    """Accept the invitation that the sign-in was begun for, and connect the identity to the one who was invited.

    Raises: HasAccount when she has an account that the identity is not connected to; then the invitation is still open.
    """
    if token_hash(invitation) != attempt.facts["invitation"]:
        raise Untrusted("other_browser")
    accepted = invitations.say_yes(actor, invitation)
    # The link proves the mailbox, which is less than an account that is there already may ask for. Asked of what was
    # accepted, and not before it, so that nobody gets an account in between; the refusal undoes all of it.
    if not accepted.is_new and not _identity(identity).filter(person=accepted.person).exists():
        raise HasAccount
    _connect(accepted.person, identity)
    return _entered(actor, attempt, identity, browser, accepted.person)


def _connected(attempt: SignInAttempt, identity: Identity, browser: Browser) -> Outcome:
    """Connect the identity to the person whose live session began this; the session is then as sure as the identity."""
    now = datetime.now(UTC)
    live = SignInSession.objects.filter(key=attempt.facts["session"], person_id=attempt.person_id, ended_at=None)
    session = live.filter(expires_at__gt=now).first()
    if session is None:
        raise WrongState(SIGNED_OUT_MEANWHILE)
    _connect(attempt.person_id, identity)
    owner = Viewer(person=str(attempt.person_id), session=str(session.key))
    sure = max(Assurance(session.assurance), identity.assurance)
    token = sessions.begin(owner, attempt.person_id, session.method, sure, browser.device)
    return Outcome(identity, attempt.facts["onward"], session=token, connected=True)


def _connect(person: UUID, identity: Identity) -> None:
    held = _identity(identity).select_for_update().first()
    if held and held.person_id != person:
        raise WrongState(SOMEBODY_ELSES)
    if held:
        return
    if LinkedIdentity.objects.filter(person_id=person).count() >= MOST_IDENTITIES:
        raise WrongState(
            f"ditt konto har redan {MOST_IDENTITIES} kopplingar. Ta bort någon som du inte använder först."
        )
    with change(Viewer(person=str(person)), Event.IDENTITY_LINKED, about=str(person)) as facts:
        now = datetime.now(UTC)
        row = LinkedIdentity(
            key=uuid4(),
            person_id=person,
            issuer=identity.issuer,
            subject=identity.subject,
            assurance=identity.assurance,
            made_at=now,
            used_at=now,
        )
        row.save(force_insert=True)
        facts.update(identity=str(row.key), assurance=identity.assurance)


def _refuse(actor: Viewer, protocol: Protocol, question: str, browser: Browser, name: str) -> None:
    """Write down why, and spend the question if it was this browser's own."""
    with change(actor, Event.SIGN_IN_REFUSED, about=protocol) as facts:
        mine = SignInAttempt.objects.filter(
            key_hash=token_hash(question), kind=protocol, browser_hash=token_hash(browser.token), used_at=None
        )
        mine.update(used_at=datetime.now(UTC))
        facts["why"] = name


def disconnect(actor: Viewer, key: UUID) -> None:
    """Take away one of the actor's identities elsewhere; it opens nothing here from now on.

    Raises: NotAllowed unless the session is sure of her, when she has a factor or the identity is sure; NotFound.
    """
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    is_sure = actor.assurance >= Assurance.STRONG
    if not is_sure and has_factor(actor):
        raise NotAllowed(STEP_UP)
    with change(actor, Event.IDENTITY_UNLINKED, about=actor.person) as facts:
        row = LinkedIdentity.objects.select_for_update().filter(key=key, person_id=actor.person).first()
        if row is None:
            raise NotFound(NO_SUCH_IDENTITY)
        if not is_sure and row.assurance >= Assurance.STRONG:
            raise NotAllowed(SIGN_IN_SURELY)
        row.delete()
        facts["identity"] = str(key)
