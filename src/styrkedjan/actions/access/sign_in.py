"""Signing in: a link or a code by e-mail, then a second factor where there is one; a passkey alone; or, in the demo,
a person picked from a list."""

import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings

from styrkedjan.actions._change import change
from styrkedjan.actions.access import letters, pace, proofs, sessions
from styrkedjan.core.access import ANYONE, Assurance, Event, Permission, Viewer, may
from styrkedjan.core.letters import LetterKind
from styrkedjan.core.refused import BadInput, NotAllowed, NotFound, WrongState
from styrkedjan.core.sign_in import (
    LETTER_CODE_TRIES,
    LINK_LIVES,
    SECOND_FACTOR_LIVES,
    TOKEN_BYTES,
    Attempt,
    Method,
    is_token,
    letter_code,
    tidy_code,
    token_hash,
)
from styrkedjan.protocols import sealing
from styrkedjan.tables.access import OneTimeCodes, Passkey, Person, SignInAttempt, SignInSession

LINK_SPENT = "Länken har redan använts eller är för gammal. Be om en ny; den kommer inom någon minut."
CODE_SPENT = "Koden går inte att använda längre. Be om en ny länk; den kommer inom någon minut."
CODE_WRONG = "Koden stämmer inte. Titta efter i det senaste brevet."
START_AGAIN = "Inloggningen tog för lång tid eller började i en annan webbläsare. Börja om."
NO_DEMO = "Sidan finns inte."

SUBJECT = "Logga in i Styrkedjan"
LETTER = """Hej!

Öppna länken för att logga in i Styrkedjan:

{link}

Eller skriv koden {code} på sidan där du bad om länken.

Länken och koden gäller i 15 minuter och fungerar en gång. Skicka dem inte vidare: den som har dem kan logga in \
som du. Vi frågar aldrig efter koden.

Var det inte du som bad om länken? Då behöver du inte göra något.

Styrkedjan
{site}
"""


@dataclass(frozen=True)
class Browser:
    """The browser that asks: its token, its network address and what it is, in words."""

    token: str
    address: str
    device: str


@dataclass(frozen=True)
class Entered:
    """What a proof led to: a session's token, or the browser's new token for the second factor that remains.

    ``is_sure`` when the session rests on more than a letter.
    """

    onward: str
    session: str = ""
    browser: str = ""
    is_sure: bool = False


def send_link(actor: Viewer, email: str, browser: Browser, onward: str) -> str:
    """Send a link and a code for signing in, when somebody has this address; say and do the same when nobody has.

    In: ``onward``, a local address to go to afterwards.
    Out: the browser's token, which lets it use the code. Raises: BadInput when it cannot be an address; TooMany.
    """
    may(actor, Permission.SIGN_IN).require()
    email = letters.address_of(email)
    pace.ask(actor, "link", email, browser.address)
    person = Person.objects.filter(email=email, removed_at=None).first()
    token, own = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
    code = letter_code(secrets.token_bytes(5))
    facts = {"code": _code_hash(token_hash(token), tidy_code(code)), "tries": 0, "onward": onward}
    attempt = _attempt(token, Attempt.LINK, LINK_LIVES, own, person and person.key, facts)
    body = LETTER.format(link=f"{settings.SITE_ADDRESS}/logga-in/lank/{token}/", code=code, site=settings.SITE_ADDRESS)
    with change(actor, Event.SIGN_IN_LINK_SENT, about=attempt.key_hash[:16]):
        attempt.save(force_insert=True)
        if person:
            letters.write(LetterKind.SIGN_IN_LINK, email, SUBJECT, body, attempt.expires_at)
    return own


def _attempt(
    token: str, kind: Attempt, lives: timedelta, browser: str, person: UUID | None, facts: dict
) -> SignInAttempt:
    now = datetime.now(UTC)
    return SignInAttempt(
        key_hash=token_hash(token),
        kind=kind,
        browser_hash=token_hash(browser),
        person_id=person,
        facts=facts,
        made_at=now,
        expires_at=now + lives,
    )


def _code_hash(attempt: str, code: str) -> str:
    return sealing.keyed_hash(sealing.key_for("letter codes", settings.SECRET_KEY), f"{attempt}|{code}")


def open_link(actor: Viewer, token: str, browser: Browser) -> Entered:
    """Use a link, once. Any browser may: the letter is the proof.

    Raises: WrongState when it is spent, too old or belongs to somebody who has been removed; TooMany.
    """
    may(actor, Permission.SIGN_IN).require()
    pace.ask(actor, "open", browser.address)
    with change(actor, Event.SIGN_IN_STARTED, about="link"):
        attempt = _live(Attempt.LINK, key_hash=token_hash(token)) if is_token(token) else None
        if attempt is None or attempt.person_id is None:
            raise WrongState(LINK_SPENT)
        return _entered(actor, attempt, browser)


def enter_letter_code(actor: Viewer, typed: str, browser: Browser) -> Entered:
    """Use the code of the latest letter that this browser asked for, once and within five tries.

    Raises: BadInput when it is wrong; WrongState when it cannot be used any more. The link still can.
    """
    may(actor, Permission.SIGN_IN).require()
    pace.ask(actor, "open", browser.address)
    with change(actor, Event.SIGN_IN_STARTED, about="letter_code"):
        attempt = _live(Attempt.LINK, browser_hash=token_hash(browser.token))
        if attempt is None or attempt.facts["tries"] >= LETTER_CODE_TRIES:
            raise WrongState(CODE_SPENT)
        attempt.facts["tries"] += 1
        attempt.save(update_fields=["facts"])
        right = hmac.compare_digest(attempt.facts["code"], _code_hash(attempt.key_hash, tidy_code(typed)))
        if right and attempt.person_id:
            return _entered(actor, attempt, browser)
    with change(actor, Event.SIGN_IN_REFUSED, about="letter_code") as facts:
        facts["attempt"] = attempt.key_hash[:16]
    raise BadInput(CODE_WRONG if attempt.facts["tries"] < LETTER_CODE_TRIES else CODE_SPENT)


def _live(kind: Attempt, **which: str) -> SignInAttempt | None:
    """The latest attempt of a kind that still can be used, kept from everyone else until the change is done."""
    rows = SignInAttempt.objects.select_for_update().filter(kind=kind, used_at=None, expires_at__gt=datetime.now(UTC))
    return rows.filter(**which).order_by("-made_at").first()


def _spend(attempt: SignInAttempt) -> None:
    SignInAttempt.objects.filter(key_hash=attempt.key_hash).update(used_at=datetime.now(UTC))


def _entered(actor: Viewer, attempt: SignInAttempt, browser: Browser) -> Entered:
    """Let in by letter: signed in at once, or on to the second factor when the person has one."""
    _spend(attempt)
    person, onward = attempt.person_id, attempt.facts["onward"]
    if not Person.objects.filter(key=person, removed_at=None).exists():
        raise WrongState(LINK_SPENT)
    if not _has_factor(person):
        return Entered(onward, session=sessions.begin(actor, person, Method.LINK, Assurance.LINK, browser.device))
    own = secrets.token_urlsafe(TOKEN_BYTES)
    waits = secrets.token_urlsafe(TOKEN_BYTES)
    facts = {"onward": onward}
    _attempt(waits, Attempt.SECOND_FACTOR, SECOND_FACTOR_LIVES, own, person, facts).save(force_insert=True)
    return Entered(onward, browser=own)


def _has_factor(person: UUID) -> bool:
    return Passkey.objects.filter(person_id=person).exists() or OneTimeCodes.objects.filter(person_id=person).exists()


def confirm_with_code(actor: Viewer, typed: str, browser: Browser) -> Entered:
    """Finish signing in with a one-time code or a recovery code.

    Raises: BadInput when it is wrong; WrongState when the first step is too old or was taken in another browser.
    """
    may(actor, Permission.SIGN_IN).require()
    person = _waiting(browser)
    proofs.code(Viewer(person=str(person)), typed, browser.address)
    return _confirmed(actor, person, browser)


def confirm_with_passkey(actor: Viewer, answer: str, browser: Browser) -> Entered:
    """Finish signing in with a passkey. Raises: as ``confirm_with_code``."""
    may(actor, Permission.SIGN_IN).require()
    person = _waiting(browser)
    proofs.passkey(Viewer(person=str(person)), browser.token, answer, browser.address)
    return _confirmed(actor, person, browser)


def _waiting(browser: Browser) -> UUID:
    """The person who has shown a first factor in this browser."""
    rows = SignInAttempt.objects.filter(
        kind=Attempt.SECOND_FACTOR,
        browser_hash=token_hash(browser.token),
        used_at=None,
        expires_at__gt=datetime.now(UTC),
    )
    waiting = rows.order_by("-made_at").first()
    if waiting is None:
        raise WrongState(START_AGAIN)
    return waiting.person_id


def _confirmed(actor: Viewer, person: UUID, browser: Browser) -> Entered:
    with change(Viewer(person=str(person)), Event.SIGN_IN_STARTED, about="second_factor"):
        waiting = _live(Attempt.SECOND_FACTOR, browser_hash=token_hash(browser.token))
        if waiting is None:
            raise WrongState(START_AGAIN)
        _spend(waiting)
        token = sessions.begin(actor, person, Method.LINK, Assurance.STRONG, browser.device)
    return Entered(waiting.facts["onward"], session=token, is_sure=True)


def enter_with_passkey(actor: Viewer, answer: str, browser: Browser) -> Entered:
    """Sign in with a passkey alone: it is something one has, opened by something one is or knows.

    Raises: BadInput when its answer does not hold.
    """
    may(actor, Permission.SIGN_IN).require()
    person = proofs.passkey(ANYONE, browser.token, answer, browser.address)
    token = sessions.begin(actor, person, Method.PASSKEY, Assurance.STRONG, browser.device)
    return Entered("", session=token, is_sure=True)


def raise_with_code(actor: Viewer, typed: str, browser: Browser) -> str:
    """Make the actor's own session surer with a code. Out: a new token; the old one is worth nothing."""
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    proofs.code(actor, typed, browser.address)
    return sessions.begin(actor, UUID(actor.person), _method_of(actor), Assurance.STRONG, browser.device)


def raise_with_passkey(actor: Viewer, answer: str, browser: Browser) -> str:
    """Make the actor's own session surer with a passkey. Out: a new token; the old one is worth nothing."""
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    proofs.passkey(actor, browser.token, answer, browser.address)
    return sessions.begin(actor, UUID(actor.person), _method_of(actor), Assurance.STRONG, browser.device)


def _method_of(actor: Viewer) -> str:
    return SignInSession.objects.values_list("method", flat=True).get(key=actor.session)


@dataclass(frozen=True)
class Caller:
    """Where a request for the demo's list comes from, as the server itself sees it."""

    host: str
    address: str
    is_forwarded: bool

    @property
    def is_this_machine(self) -> bool:
        """Whether somebody at this very machine asks, under a name that means this machine, with nobody between."""
        name = self.host.rsplit(":", 1)[0].strip("[]") if not self.host.endswith("]") else self.host.strip("[]")
        return (name == "localhost" or _is_loopback(name)) and _is_loopback(self.address) and not self.is_forwarded


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def enter_demo(actor: Viewer, person: UUID, caller: Caller, device: str) -> str:
    """Sign in as an invented person, at the machine itself and where everybody is invented.

    Out: the session's token. Raises: NotFound where there is no demo; NotAllowed where it cannot be trusted.
    """
    may(actor, Permission.SIGN_IN).require()
    if not settings.DEMO:
        raise NotFound(NO_DEMO)
    if not caller.is_this_machine:
        raise NotAllowed("Provinloggningen går bara att använda på den dator där Styrkedjan körs.")
    if Person.objects.filter(invented=False).exists():
        raise NotAllowed("Här finns riktiga konton. Provinloggningen är därför stängd.")
    if not Person.objects.filter(key=person, removed_at=None).exists():
        raise NotFound("Personen finns inte längre. Välj någon annan i listan.")
    return sessions.begin(actor, person, Method.DEMO, Assurance.STRONG, device)
