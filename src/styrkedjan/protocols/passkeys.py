"""Passkeys (WebAuthn): what the browser is asked, and what counts as an answer.

The device keeps the key and asks for a finger, a face or a PIN; the house keeps the public half.
Source: W3C Web Authentication Level 3, sections 7.1 and 7.2.
"""

import ipaddress
import json
import struct
from dataclasses import dataclass
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from styrkedjan.core.refused import BadInput

NOT_CONFIRMED = "Din passkey kunde inte bekräftas. Du är inte inloggad. Försök igen, eller logga in på ett annat sätt."
CLONED = (
    "Din passkey har använts på ett sätt som tyder på att den finns i två exemplar. Den släpps därför inte in. "
    "Logga in på ett annat sätt och ta bort den under Mitt konto."
)
LONGEST_ANSWER = 20_000  # characters; real ones are a few thousand at most
# What the library and the parsers below it raise at answers that no browser would send.
UNREADABLE = (WebAuthnException, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, struct.error)


@dataclass(frozen=True)
class Site:
    """The site as passkeys know it: ``domain`` is what a key is bound to, ``origin`` where it may be used."""

    domain: str
    origin: str
    name: str = "Styrkedjan"

    @property
    def has_passkeys(self) -> bool:
        """Whether browsers make passkeys here: never for a bare IP address."""
        try:
            ipaddress.ip_address(self.domain)
        except ValueError:
            return True
        return False


@dataclass(frozen=True)
class Question:
    """What the browser is asked, as JSON, and the challenge that makes an answer fit this question alone."""

    options: str
    challenge: str


@dataclass(frozen=True)
class NewKey:
    """The public half of a passkey that has just been made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


class Cloned(BadInput):
    """The key's own counter has gone back: two devices claim to be the same."""


def site_at(address: str) -> Site:
    """The site that people reach at an address such as ``https://styrkedjan.example``."""
    parts = urlsplit(address)
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def ask_to_make(site: Site, person: bytes, email: str, name: str, taken: list[bytes]) -> Question:
    """Ask the browser to make a passkey that can be found without an e-mail address and always asks who holds it.

    In: ``person``, the bytes the device remembers the person by; ``taken``, the ids of her passkeys so far.
    """
    options = webauthn.generate_registration_options(
        rp_id=site.domain,
        rp_name=site.name,
        user_id=person,
        user_name=email,
        user_display_name=name or email,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in taken],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return Question(webauthn.options_to_json(options), bytes_to_base64url(options.challenge))


def ask_to_sign(site: Site, allowed: list[bytes]) -> Question:
    """Ask the browser to sign with one of these passkeys, or with any that it has for the site when none are named."""
    options = webauthn.generate_authentication_options(
        rp_id=site.domain,
        allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in allowed],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Question(webauthn.options_to_json(options), bytes_to_base64url(options.challenge))


def challenge_in(answer: str) -> str:
    """The challenge that an answer says it is to. Nothing is proved yet. Raises: BadInput."""
    try:
        told = parse_client_data_json(base64url_to_bytes(_parsed(answer)["response"]["clientDataJSON"]))
    except UNREADABLE as error:
        raise BadInput(NOT_CONFIRMED) from error
    return bytes_to_base64url(told.challenge)


def credential_in(answer: str) -> bytes:
    """The id of the passkey that an answer says it is from. Nothing is proved yet. Raises: BadInput."""
    try:
        return base64url_to_bytes(_parsed(answer)["rawId"])
    except UNREADABLE as error:
        raise BadInput(NOT_CONFIRMED) from error


def holder_in(answer: str) -> bytes:
    """The person that the device says it remembers; empty when it says nothing. Raises: BadInput."""
    try:
        return base64url_to_bytes(_parsed(answer)["response"].get("userHandle") or "")
    except UNREADABLE as error:
        raise BadInput(NOT_CONFIRMED) from error


def made(site: Site, answer: str, challenge: str) -> NewKey:
    """The new passkey of an answer to ``ask_to_make``. Raises: BadInput when it is not an answer to that."""
    try:
        checked = webauthn.verify_registration_response(
            credential=_parsed(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise BadInput(
            "Din passkey kunde inte läggas till. Kontot är som det var. Försök igen, eller välj en annan enhet."
        ) from error
    return NewKey(checked.credential_id, checked.credential_public_key, checked.sign_count)


def signed(site: Site, answer: str, challenge: str, key: NewKey) -> int:
    """The key's new counter, when an answer to ``ask_to_sign`` is signed by it with its holder verified.

    Raises: BadInput when it is not; Cloned when it is, but the counter has not gone up.
    """
    try:
        checked = webauthn.verify_authentication_response(
            credential=_parsed(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=0,  # compared below, once the signature has been found good
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise BadInput(NOT_CONFIRMED) from error
    # Keys that live in several devices count nothing and always say 0.
    if (checked.new_sign_count or key.sign_count) and checked.new_sign_count <= key.sign_count:
        raise Cloned(CLONED)
    return checked.new_sign_count


def _parsed(answer: str) -> dict:
    """The answer as a dict. Raises: ValueError."""
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    parsed = json.loads(answer)
    if not isinstance(parsed, dict):
        raise ValueError("not an object")
    return parsed
