"""Factors: add, name and remove what a person confirms her sign-in with."""

import secrets
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.conf import settings

from styrkedjan.actions._change import change
from styrkedjan.actions.access import pace, sessions
from styrkedjan.actions.access.adding import require_sure_to_add
from styrkedjan.core.access import Assurance, Event, Permission, Viewer, may
from styrkedjan.core.access.viewer import STEP_UP
from styrkedjan.core.refused import BadInput, NotAllowed, NotFound, WrongState
from styrkedjan.core.sign_in import (
    CHALLENGE_LIVES,
    NEW_CODES_LIVE,
    RECOVERY_CODES,
    TOKEN_BYTES,
    Attempt,
    Method,
    recovery_code,
    tidy_code,
    token_hash,
)
from styrkedjan.protocols import one_time_codes, passkeys, sealing
from styrkedjan.tables.access import OneTimeCodes, Passkey, Person, RecoveryCode, SignInAttempt, SignInSession

TOO_SLOW = "Det tog för lång tid. Inget har ändrats. Börja om."
NO_SUCH_PASSKEY = "Den passkeyn finns inte längre på ditt konto."
MOST_PASSKEYS = 20
# How these began tells more than a letter does, and does not rest on the factors kept here.
STRONG_WITHOUT_FACTOR = (Method.SAML, Method.OIDC, Method.DEMO)


def ask_for_new_passkey(actor: Viewer, address: str) -> str:
    """Make the question that a device answers with a new passkey. Out: the options for the browser.

    Raises: NotAllowed when the session is not sure or fresh enough to add a factor; WrongState when there are many.
    """
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    require_sure_to_add(actor)
    pace.ask(actor, "passkey", address)
    person = Person.objects.get(key=actor.person)
    taken = [bytes(each) for each in _passkeys_of(actor).values_list("credential_id", flat=True)]
    if len(taken) >= MOST_PASSKEYS:
        raise WrongState(f"Du har redan {MOST_PASSKEYS} passkeys. Ta bort någon som du inte använder först.")
    site = passkeys.site_at(settings.SITE_ADDRESS)
    question = passkeys.ask_to_make(site, person.key.bytes, person.email or "", person.name, taken)
    _begin(actor, Attempt.NEW_PASSKEY, question.challenge, {})
    return question.options


def add_passkey(actor: Viewer, answer: str, name: str, device: str) -> str:
    """Keep the public half of a passkey that the actor's device has made, under a name of hers.

    Out: a new token for the session, which is now sure of her.
    Raises: BadInput when the answer is not to a question of this session; NotAllowed as above.
    """
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    require_sure_to_add(actor)
    challenge = passkeys.challenge_in(answer)
    with change(actor, Event.FACTOR_ADDED, about=actor.person) as facts:
        _finish(actor, Attempt.NEW_PASSKEY, challenge)
        new = passkeys.made(passkeys.site_at(settings.SITE_ADDRESS), answer, challenge)
        if Passkey.objects.filter(credential_id=new.credential_id).exists():
            raise WrongState("Den här enheten har redan en passkey för ett konto här. Inget har ändrats.")
        row = Passkey(
            key=uuid4(),
            person_id=actor.person,
            credential_id=new.credential_id,
            public_key=new.public_key,
            sign_count=new.sign_count,
            name=_name(name),
            made_at=datetime.now(UTC),
        )
        row.save(force_insert=True)
        facts.update(factor="passkey", passkey=str(row.key))
        return _raised(actor, device)


def rename_passkey(actor: Viewer, key: UUID, name: str) -> None:
    """Give one of the actor's passkeys another name. Raises: NotFound, BadInput."""
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    with change(actor, Event.ACCOUNT_CHANGED, about=actor.person) as facts:
        if not _passkeys_of(actor).filter(key=key).update(name=_name(name)):
            raise NotFound(NO_SUCH_PASSKEY)
        facts["passkey"] = str(key)


def remove_passkey(actor: Viewer, key: UUID) -> None:
    """Take one of the actor's passkeys away. Raises: NotAllowed unless the session is sure of her; NotFound."""
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    _require_strong(actor)
    with change(actor, Event.FACTOR_REMOVED, about=actor.person) as facts:
        removed, _ = _passkeys_of(actor).filter(key=key).delete()
        if not removed:
            raise NotFound(NO_SUCH_PASSKEY)
        facts.update(factor="passkey", passkey=str(key), left=_lower_without_factors(actor))


def begin_codes(actor: Viewer) -> None:
    """Make a secret for one-time codes. It counts for nothing until a code made from it has been typed."""
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    require_sure_to_add(actor)
    sealed = sealing.seal(_codes_key(), one_time_codes.new_secret())
    _begin(actor, Attempt.NEW_CODES, secrets.token_urlsafe(TOKEN_BYTES), {"sealed": sealed})


def confirm_codes(actor: Viewer, typed: str, address: str, device: str) -> str:
    """Keep the new secret, when the actor's app shows its code. It takes the place of one she had.

    Out: a new token for the session, which is now sure of her.
    Raises: BadInput when the code is wrong; WrongState when the secret is too old; TooMany.
    """
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    require_sure_to_add(actor)
    pace.ask(actor, "code", actor.person, address)
    now = datetime.now(UTC)
    with change(actor, Event.FACTOR_ADDED, about=actor.person) as facts:
        sealed = _finish(actor, Attempt.NEW_CODES).facts["sealed"]
        step = one_time_codes.step_of(sealing.unseal(_codes_key(), sealed), tidy_code(typed), now, last_step=0)
        if step is None:
            raise BadInput("Koden stämmer inte. Vänta tills appen visar nästa kod, och se efter att klockan går rätt.")
        OneTimeCodes.objects.filter(person_id=actor.person).delete()
        row = OneTimeCodes(person_id=actor.person, sealed_secret=sealed, made_at=now, last_step=step)
        row.save(force_insert=True)
        facts["factor"] = "one_time_codes"
        return _raised(actor, device)


def remove_codes(actor: Viewer) -> None:
    """Take the actor's one-time codes away. Raises: NotAllowed unless the session is sure of her; NotFound."""
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    _require_strong(actor)
    with change(actor, Event.FACTOR_REMOVED, about=actor.person) as facts:
        removed, _ = OneTimeCodes.objects.filter(person_id=actor.person).delete()
        if not removed:
            raise NotFound("Engångskoder är inte påslagna på ditt konto.")
        facts.update(factor="one_time_codes", left=_lower_without_factors(actor))


def make_recovery_codes(actor: Viewer) -> tuple[str, ...]:
    """Make ten new recovery codes; the old ones stop working. This is the only time they can be read.

    Raises: NotAllowed unless the session is sure of her; WrongState when there is no factor to recover from.
    """
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    _require_strong(actor)
    if not _factors(actor):
        raise WrongState("Lägg först till en passkey eller engångskoder. Reservkoderna är till för när de saknas.")
    codes = tuple(recovery_code(secrets.token_bytes(16)) for _ in range(RECOVERY_CODES))
    now = datetime.now(UTC)
    with change(actor, Event.FACTOR_ADDED, about=actor.person) as facts:
        RecoveryCode.objects.filter(person_id=actor.person).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(key=uuid4(), person_id=actor.person, code_hash=token_hash(tidy_code(code)), made_at=now)
            for code in codes
        )
        facts.update(factor="recovery_codes", count=len(codes))
    return codes


def _passkeys_of(actor: Viewer):  # noqa: ANN202
    return Passkey.objects.filter(person_id=actor.person)


def _factors(actor: Viewer) -> int:
    return _passkeys_of(actor).count() + OneTimeCodes.objects.filter(person_id=actor.person).count()


def _require_strong(actor: Viewer) -> None:
    if actor.assurance < Assurance.STRONG:
        raise NotAllowed(STEP_UP)


def _begin(actor: Viewer, kind: Attempt, token: str, facts: dict) -> None:
    now = datetime.now(UTC)
    lives = CHALLENGE_LIVES if kind == Attempt.NEW_PASSKEY else NEW_CODES_LIVE
    with change(actor, Event.SIGN_IN_STARTED, about=kind):
        SignInAttempt(
            key_hash=token_hash(token),
            kind=kind,
            browser_hash=token_hash(actor.session),
            person_id=actor.person,
            facts=facts,
            made_at=now,
            expires_at=now + lives,
        ).save(force_insert=True)


def _finish(actor: Viewer, kind: Attempt, token: str = "") -> SignInAttempt:
    """What this session has begun, now used. Raises: WrongState when there is nothing, or too old."""
    now = datetime.now(UTC)
    mine = SignInAttempt.objects.filter(
        kind=kind,
        person_id=actor.person,
        browser_hash=token_hash(actor.session),
        used_at=None,
        expires_at__gt=now,
        **({"key_hash": token_hash(token)} if token else {}),
    )
    begun = mine.select_for_update().order_by("-made_at").first()
    if begun is None:
        raise WrongState(TOO_SLOW)
    SignInAttempt.objects.filter(key_hash=begun.key_hash).update(used_at=now)
    return begun


def _raised(actor: Viewer, device: str) -> str:
    method = SignInSession.objects.values_list("method", flat=True).get(key=actor.session)
    return sessions.begin(actor, UUID(actor.person), method, Assurance.STRONG, device)


def _lower_without_factors(actor: Viewer) -> int:
    """How many factors are left; when none are, the sessions that rested on them are only as sure as a letter."""
    left = _factors(actor)
    if not left:
        live = SignInSession.objects.filter(person_id=actor.person, ended_at=None)
        live.exclude(method__in=STRONG_WITHOUT_FACTOR).update(assurance=Assurance.LINK)
        RecoveryCode.objects.filter(person_id=actor.person).delete()
    return left


def _name(text: str) -> str:
    name = " ".join(text.split())[:60]
    if not name:
        raise BadInput("Ge din passkey ett namn, till exempel ”Telefonen”.")
    return name


def _codes_key() -> bytes:
    return sealing.key_for("one-time codes", settings.SECRET_KEY)
