"""Proofs: what a person shows to be let in — a passkey, a one-time code or a recovery code."""

import hmac
import secrets
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings

from styrkedjan.actions._change import change
from styrkedjan.actions.access import pace
from styrkedjan.core.access import Event, Permission, Viewer, may
from styrkedjan.core.refused import BadInput, WrongState
from styrkedjan.core.sign_in import (
    CHALLENGE_LIVES,
    TOKEN_BYTES,
    Attempt,
    is_recovery_code,
    tidy_code,
    token_hash,
)
from styrkedjan.protocols import one_time_codes, passkeys, sealing
from styrkedjan.tables.access import OneTimeCodes, Passkey, RecoveryCode, SignInAttempt

WRONG_CODE = (
    "Koden stämmer inte. Den kan ha hunnit bytas ut eller redan vara använd. "
    "Vänta tills appen visar nästa kod och skriv den."
)
TOO_SLOW = "Det tog för lång tid, eller så öppnades frågan i en annan webbläsare. Försök igen."


def ask_for_passkey(actor: Viewer, browser: str, address: str) -> tuple[str, str]:
    """Make the question that a passkey signs.

    In: ``actor``, a person whose passkeys are asked for, or nobody: then any passkey of the site will do.
    Out: the options for the browser, and the browser's token, which ties the answer to it.
    """
    may(actor, Permission.SIGN_IN).require()
    pace.ask(actor, "passkey", address)
    mine = Passkey.objects.filter(person_id=actor.person or None).values_list("credential_id", flat=True)
    question = passkeys.ask_to_sign(passkeys.site_at(settings.SITE_ADDRESS), [bytes(each) for each in mine])
    browser = browser or secrets.token_urlsafe(TOKEN_BYTES)
    now = datetime.now(UTC)
    with change(actor, Event.SIGN_IN_STARTED, about="passkey"):
        SignInAttempt(
            key_hash=token_hash(question.challenge),
            kind=Attempt.PASSKEY,
            browser_hash=token_hash(browser),
            facts={},
            made_at=now,
            expires_at=now + CHALLENGE_LIVES,
        ).save(force_insert=True)
    return question.options, browser


def passkey(actor: Viewer, browser: str, answer: str, address: str) -> UUID:
    """Check a passkey's answer, once.

    In: ``actor``, the person who must hold the passkey, or nobody: then the passkey says who it is.
    Out: the person's key. Raises: BadInput when the answer does not hold; Cloned when the key's counter went back.
    """
    may(actor, Permission.SIGN_IN).require()
    pace.ask(actor, "passkey", address)
    key = Passkey.objects.filter(credential_id=passkeys.credential_in(answer)).first()
    if key is None or not _is_held_by(key, actor, answer):
        _refuse(actor, "passkey", "unknown")
        raise BadInput(passkeys.NOT_CONFIRMED)
    holder = Viewer(person=str(key.person_id))
    try:
        with change(holder, Event.FACTOR_USED, about=holder.person) as facts:
            _check_passkey(key.key, browser, answer)
            facts.update(factor="passkey", passkey=str(key.key))
    except BadInput as error:
        _refuse(holder, "passkey", "cloned" if isinstance(error, passkeys.Cloned) else "wrong")
        raise
    return key.person_id


def _is_held_by(key: Passkey, actor: Viewer, answer: str) -> bool:
    """Is the passkey the actor's, when there is one, and the person's whom the device remembers, when it says?"""
    holder = passkeys.holder_in(answer)
    is_remembered = not holder or hmac.compare_digest(holder, key.person_id.bytes)
    return is_remembered and (not actor.person or actor.person == str(key.person_id))


def _check_passkey(key: UUID, browser: str, answer: str) -> None:
    challenge = passkeys.challenge_in(answer)
    now = datetime.now(UTC)
    # One statement: of two answers to the same challenge, one is let in.
    asked = SignInAttempt.objects.filter(
        key_hash=token_hash(challenge),
        kind=Attempt.PASSKEY,
        browser_hash=token_hash(browser),
        used_at=None,
        expires_at__gt=now,
    )
    if not asked.update(used_at=now):
        raise BadInput(TOO_SLOW)
    row = Passkey.objects.select_for_update().get(key=key)
    known = passkeys.NewKey(bytes(row.credential_id), bytes(row.public_key), row.sign_count)
    row.sign_count = passkeys.signed(passkeys.site_at(settings.SITE_ADDRESS), answer, challenge, known)
    row.used_at = now
    row.save(update_fields=["sign_count", "used_at"])


def code(actor: Viewer, typed: str, address: str) -> str:
    """Check a one-time code or a recovery code of the actor's, once.

    Out: which of them it was, ``one_time_code`` or ``recovery_code``.
    Raises: BadInput when it is wrong or used; TooMany when there have been too many.
    """
    may(actor, Permission.SIGN_IN).require()
    if not actor.person:
        raise WrongState(TOO_SLOW)
    pace.ask(actor, "code", actor.person, address)
    try:
        with change(actor, Event.FACTOR_USED, about=actor.person) as facts:
            facts["factor"] = _use_code(actor.person, tidy_code(typed))
    except BadInput:
        _refuse(actor, "code", "wrong")
        raise
    return facts["factor"]


def _use_code(person: str, typed: str) -> str:
    now = datetime.now(UTC)
    if is_recovery_code(typed):
        unused = RecoveryCode.objects.filter(person_id=person, code_hash=token_hash(typed), used_at=None)
        if unused.update(used_at=now):
            return "recovery_code"
        raise BadInput("Reservkoden stämmer inte, eller så är den redan använd. Varje kod fungerar en gång.")
    row = OneTimeCodes.objects.select_for_update().filter(person_id=person).first()
    step = row and one_time_codes.step_of(_secret(row), typed, now, row.last_step)
    if not step:
        raise BadInput(WRONG_CODE)
    OneTimeCodes.objects.filter(person_id=person).update(last_step=step)
    return "one_time_code"


def _secret(row: OneTimeCodes) -> str:
    return sealing.unseal(sealing.key_for("one-time codes", settings.SECRET_KEY), row.sealed_secret)


def _refuse(actor: Viewer, factor: str, why: str) -> None:
    with change(actor, Event.SIGN_IN_REFUSED, about=actor.person) as facts:
        facts.update(factor=factor, why=why)
