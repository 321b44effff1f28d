"""Our side of SAML 2.0: the question to an identity service, the reading of its answer, and our own metadata."""

import base64
import logging
import secrets
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.metadata import entity_descriptor
from saml2.population import Population
from saml2.response import AuthnResponse
from saml2.saml import NAMEID_FORMAT_TRANSIENT, Assertion
from saml2.sigver import CryptoBackendXmlSec1, SigverError
from saml2.xmldsig import SIG_RSA_SHA256

from styrkedjan.core.federation import SKEW, Identity, Question, Untrusted, assurance_of, is_in_scope
from styrkedjan.protocols.saml import checks, documents
from styrkedjan.protocols.saml.metadata import IdentityService

SUBJECT = "urn:oid:1.3.6.1.4.1.5923.1.1.1.6"  # eduPersonPrincipalName
MAIL = "urn:oid:0.9.2342.19200300.100.1.3"
DISPLAY_NAME = "urn:oid:2.16.840.1.113730.3.1.241"
GIVEN_NAME = "urn:oid:2.5.4.42"
SURNAME = "urn:oid:2.5.4.4"
# Skolfederation's attribute profile gives the first two; the third is how some identity services spell it.
UNIT_CODES = (
    "urn:oid:1.2.752.194.10.2.4",
    "http://skolfederation.se/attributes/sisSchoolUnitCode",
    "sisSchoolUnitCode",
)
MOST_UNIT_CODES = 50

# pysaml2 writes whole answers, with names and e-mail addresses, to its log when it refuses them.
logging.getLogger("saml2").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Party:
    """We, as the identity services know us. ``answers`` is the address that answers are posted to."""

    entity_id: str
    answers: str
    key: Path
    certificate: Path
    program: str
    name: str = "Styrkedjan"
    contact: str = ""
    levels: Mapping[str, str] = field(default_factory=dict, hash=False)


def ask(party: Party, service: IdentityService) -> Question:
    """A signed question to an identity service, to be carried there by the browser (HTTP-Redirect)."""
    question = f"_{secrets.token_hex(20)}"
    _, carried = _client(party, service).prepare_for_authenticate(
        entityid=service.way.issuer,
        binding=BINDING_HTTP_REDIRECT,
        response_binding=BINDING_HTTP_POST,
        nameid_format=NAMEID_FORMAT_TRANSIENT,
        sign=True,
        sigalg=SIG_RSA_SHA256,
        message_id=question,
    )
    return Question(question, dict(carried["headers"])["Location"])


def question_of(answer: str) -> str:
    """The question that an answer says it belongs to. Nothing is believed yet. Raises: Untrusted."""
    root = documents.parsed(documents.decoded(answer))
    question = root.get("InResponseTo", "")
    if not question:
        raise Untrusted("unsolicited")
    return question


def read(party: Party, service: IdentityService, answer: str, question: str, now: datetime) -> Identity:
    """Who the identity service says that someone is, when its answer can be believed.

    In: ``answer``, the form field SAMLResponse. ``question``, the key of the question that this browser carried.
    Raises: Untrusted with the name of the first thing that is wrong.
    """
    content = documents.decoded(answer)
    root = documents.parsed(content)
    client = _client(party, service)
    shown = documents.guard(root)
    if shown.tag == f"{documents.SAML}EncryptedAssertion":
        shown = documents.guard(documents.parsed(_decrypted(client, content)), is_decrypted=True)
    asked = checks.Asked(question, service.way.issuer, party.entity_id, party.answers)
    checks.check(root, shown, asked, now)
    return _identity(party, service, _believed(client, content, question, shown.get("ID", "")), now)


class _Forgetful(Population):
    """pysaml2's list of everyone who has signed in, which nobody here asks for: it stays empty."""

    def add_information_about_person(self, session_info: dict) -> None:
        return None


class _Signatures(CryptoBackendXmlSec1):
    """xmlsec1, whose version pysaml2 otherwise asks for twice with each signature."""

    @cached_property
    def version(self) -> str:
        return super().version


@lru_cache(maxsize=128)
def _client(party: Party, service: IdentityService) -> Saml2Client:
    """A client that trusts one identity service alone. Kept, because to read our key takes 0.1 s."""
    client = Saml2Client(config=_configuration(party, service))
    client.users = _Forgetful()
    client.sec.crypto = _Signatures(party.program)
    return client


def _configuration(party: Party, service: IdentityService | None) -> SPConfig:
    pair = {"key_file": str(party.key), "cert_file": str(party.certificate)}
    return SPConfig().load(
        {
            "entityid": party.entity_id,
            "xmlsec_binary": party.program,
            "metadata": {"inline": [service.metadata]} if service else {},
            **pair,
            "encryption_keypairs": [pair],
            "accepted_time_diff": int(SKEW.total_seconds()),
            "allow_unknown_attributes": True,
            "only_use_keys_in_metadata": True,
            "service": {
                "sp": {
                    "name": party.name,
                    "endpoints": {"assertion_consumer_service": [(party.answers, BINDING_HTTP_POST)]},
                    "authn_requests_signed": True,
                    "want_assertions_signed": True,
                    "want_response_signed": False,
                    "allow_unsolicited": False,
                    "required_attributes": ["eduPersonPrincipalName"],
                    "optional_attributes": ["displayName", "mail"],
                }
            },
            **_contact(party),
        }
    )


def _contact(party: Party) -> dict:
    if not party.contact:
        return {}
    return {"contact_person": [{"contact_type": "technical", "email_address": [f"mailto:{party.contact}"]}]}


def _decrypted(client: Saml2Client, content: bytes) -> bytes:
    try:
        return client.sec.decrypt_keys(content.decode()).encode()
    except SigverError as error:
        _let_go(error)
        raise Untrusted("unreadable_encryption") from error


def _believed(client: Saml2Client, content: bytes, question: str, assertion_id: str) -> Assertion:
    """The assertion, once pysaml2 has checked its signature with the metadata's keys and everything else again."""
    try:
        answer = client.parse_authn_request_response(
            base64.b64encode(content).decode(), BINDING_HTTP_POST, outstanding={question: "/"}
        )
    except Exception as error:  # pysaml2 refuses with many kinds of errors; whatever is not a yes is a no
        _let_go(error)
        raise Untrusted("forged") from error
    if not isinstance(answer, AuthnResponse) or answer.assertion is None or answer.assertion.id != assertion_id:
        raise Untrusted("forged")
    return answer.assertion


def _let_go(error: BaseException | None) -> None:
    """Close the temporary files that pysaml2 leaves open where it raises: they hang on to the frames of its errors."""
    while error:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _identity(party: Party, service: IdentityService, assertion: Assertion, now: datetime) -> Identity:
    attributes = _attributes(assertion)
    subjects = attributes.get(SUBJECT, ())
    if len(subjects) != 1 or not subjects[0]:
        raise Untrusted("no_subject")
    if not is_in_scope(subjects[0], service.scopes):
        raise Untrusted("foreign_scope")
    level = _level(assertion)
    return Identity(
        issuer=service.way.issuer,
        subject=subjects[0].casefold(),
        name=_name(attributes),
        email=next(iter(attributes.get(MAIL, ())), ""),
        assurance=assurance_of(level, service.certified, party.levels),
        level=level,
        unit_codes=tuple(_unit_codes(attributes)),
        proof=assertion.id,
        proof_until=checks.too_old_at(assertion.conditions.not_on_or_after, now),
    )


def _attributes(assertion: Assertion) -> dict[str, tuple[str, ...]]:
    """Every value of every attribute: one that stands twice has the values of both, so that none is hidden."""
    found: dict[str, tuple[str, ...]] = {}
    for statement in assertion.attribute_statement:
        for attribute in statement.attribute:
            values = tuple((value.text or "").strip() for value in attribute.attribute_value)
            found[attribute.name] = found.get(attribute.name, ()) + values
    return found


def _level(assertion: Assertion) -> str:
    context = assertion.authn_statement[0].authn_context
    reference = context.authn_context_class_ref if context else None
    return (reference.text or "").strip() if reference else ""


def _name(attributes: Mapping[str, tuple[str, ...]]) -> str:
    whole = next(iter(attributes.get(DISPLAY_NAME, ())), "")
    parts = (next(iter(attributes.get(name, ())), "") for name in (GIVEN_NAME, SURNAME))
    return (whole or " ".join(filter(None, parts)))[:200]


def _unit_codes(attributes: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    given = (value for name in UNIT_CODES for value in attributes.get(name, ()))
    codes = (code for value in given for code in value.replace(";", " ").split())
    yield from [code for code in codes if len(code) == 8 and code.isdecimal()][:MOST_UNIT_CODES]


def own_metadata(party: Party) -> str:
    """Our metadata, to send to the federation."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{entity_descriptor(_configuration(party, None))}\n'
