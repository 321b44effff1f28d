"""What an answer must say: for us, from the one we asked, about our question, now. pysaml2 checks it all once more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

from styrkedjan.core.federation import SKEW, Untrusted, check_times
from styrkedjan.protocols.saml.documents import SAML, SAMLP, SUCCESS, texts

BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
LONGEST_PROOF = timedelta(hours=24)


@dataclass(frozen=True)
class Asked:
    """What was asked of whom: the question's key, the identity service, we, and where the answer is to arrive."""

    question: str
    issuer: str
    audience: str
    answers: str


def check(response: Element, assertion: Element, asked: Asked, now: datetime) -> None:
    """Raises: Untrusted with the name of the first thing that is not as it must be."""
    _check_issuers(response, assertion, asked)
    _check_status(response)
    if response.get("Destination", asked.answers) != asked.answers:
        raise Untrusted("wrong_destination")
    if response.get("InResponseTo") != asked.question:
        raise Untrusted("unsolicited")
    _check_conditions(assertion, asked, now)
    _check_confirmation(assertion, asked, now)
    _check_statement(assertion, now)


def _check_issuers(response: Element, assertion: Element, asked: Asked) -> None:
    given = list(texts(response, f"{SAML}Issuer")) + list(texts(assertion, f"{SAML}Issuer"))
    own = list(texts(assertion, f"{SAML}Issuer"))
    if len(own) != 1 or set(given) != {asked.issuer}:
        raise Untrusted("other_issuer")


def _check_status(response: Element) -> None:
    code = response.find(f"{SAMLP}Status/{SAMLP}StatusCode")
    if code is None or code.get("Value") != SUCCESS:
        raise Untrusted("declined")


def _check_conditions(assertion: Element, asked: Asked, now: datetime) -> None:
    conditions = _only(assertion.findall(f"{SAML}Conditions"))
    _check_window(conditions, now)
    audiences = [set(texts(each, f"{SAML}Audience")) for each in conditions.findall(f"{SAML}AudienceRestriction")]
    if not audiences or not all(asked.audience in each for each in audiences):
        raise Untrusted("wrong_audience")


def _check_confirmation(assertion: Element, asked: Asked, now: datetime) -> None:
    confirmation = _only(assertion.findall(f"{SAML}Subject/{SAML}SubjectConfirmation"))
    data = _only(confirmation.findall(f"{SAML}SubjectConfirmationData"))
    if confirmation.get("Method") != BEARER or data.get("NotBefore"):
        raise Untrusted("not_one_statement")
    if data.get("Recipient") != asked.answers:
        raise Untrusted("wrong_recipient")
    if data.get("InResponseTo") != asked.question:
        raise Untrusted("unsolicited")
    _check_window(data, now)


def _check_statement(assertion: Element, now: datetime) -> None:
    statement = _only(assertion.findall(f"{SAML}AuthnStatement"))
    check_times(now, moment(assertion.get("IssueInstant")), None)
    check_times(now, moment(statement.get("AuthnInstant")), moment(statement.get("SessionNotOnOrAfter")))


def _check_window(element: Element, now: datetime) -> None:
    """A statement that never ends is no statement."""
    until = moment(element.get("NotOnOrAfter"))
    if until is None:
        raise Untrusted("expired")
    check_times(now, moment(element.get("NotBefore")), until)


def _only(found: Iterable[Element]) -> Element:
    elements = list(found)
    if len(elements) != 1:
        raise Untrusted("not_one_statement")
    return elements[0]


def moment(text: str | None) -> datetime | None:
    """A time as SAML writes it: UTC. Raises: Untrusted when it is none."""
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise Untrusted("unreadable") from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def too_old_at(text: str | None, now: datetime) -> datetime:
    """When an assertion would be refused for its age anyway, so that its use need no longer be remembered."""
    return max(moment(text) or now, now) + 2 * SKEW + LONGEST_PROOF
