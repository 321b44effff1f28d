"""We and one identity service that know each other, and the ways an answer can be made wrong."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from styrkedjan.core.federation import Identity, Question
from styrkedjan.protocols import saml
from tests.protocols.identity_peer import PROGRAM, SAML, SAMLP, IdentityPeer

DS = "{http://www.w3.org/2000/09/xmldsig#}"
SITE = "http://127.0.0.1:8700/saml/metadata"
ANSWERS = "http://127.0.0.1:8700/saml/acs"
Edit = Callable[[Element], object]


@dataclass
class Case:
    """Both sides: our party, the peer, and the peer as its metadata describes it."""

    folder: Path
    party: saml.Party
    peer: IdentityPeer
    service: saml.IdentityService
    question: Question

    def make(self, edit: Edit = lambda root: None, **how) -> str:
        """A signed answer to our question, edited before it was signed."""
        return self.peer.answer(self.question.key, SITE, ANSWERS, edit, **how)

    def read(self, answer: str | bytes, **how) -> Identity:
        """What we make of an answer."""
        content = answer.encode() if isinstance(answer, str) else answer
        now = how.get("now", datetime.now(UTC))
        question = how.get("question", self.question.key)
        return saml.read(self.party, self.service, base64.b64encode(content).decode(), question, now)


def our_party(folder: Path) -> saml.Party:
    """A party with a new key."""
    folder.mkdir(parents=True, exist_ok=True)
    private, certificate = saml.make_key("styrkedjan.example", datetime.now(UTC))
    (folder / "key.pem").write_bytes(private)
    (folder / "certificate.pem").write_bytes(certificate)
    return saml.Party(SITE, ANSWERS, folder / "key.pem", folder / "certificate.pem", PROGRAM)


def make_case(folder: Path) -> Case:
    """Make both sides and let them read each other's metadata."""
    party = our_party(folder / "us")
    peer = IdentityPeer(folder / "peer", own_metadata=saml.own_metadata(party))
    service = described(folder, peer)
    return Case(folder, party, peer, service, saml.ask(party, service))


def described(folder: Path, peer: IdentityPeer) -> saml.IdentityService:
    """The peer as we read it in its metadata."""
    path = folder / "metadata.xml"
    path.write_text(peer.metadata())
    return saml.read_metadata(path, datetime.now(UTC), None, PROGRAM)[saml.key_of(peer.issuer)]


def put(path: str, attribute: str, value: str | None) -> Edit:
    """An edit that sets an attribute of the element at a path, or takes it away."""

    def edit(root: Element) -> None:
        element = root.find(path or ".")
        if value is None:
            del element.attrib[attribute]
        else:
            element.set(attribute, value)

    return edit


def write(path: str, text: str) -> Edit:
    """An edit that writes another text in the element at a path."""

    def edit(root: Element) -> None:
        root.find(path).text = text

    return edit


def take_out(parent: str, child: str) -> Edit:
    """An edit that removes an element."""

    def edit(root: Element) -> None:
        place = root.find(parent)
        place.remove(place.find(child))

    return edit


def after(answer: str, edit: Edit) -> str:
    """A signed answer, edited after it was signed."""
    root = fromstring(answer)
    edit(root)
    return tostring(root, encoding="unicode")


def moment(**offset: float) -> str:
    """A time so far from now, as SAML writes it."""
    return (datetime.now(UTC) + timedelta(**offset)).strftime("%Y-%m-%dT%H:%M:%SZ")


ASSERTION = f"{SAML}Assertion"
CONDITIONS = f"{ASSERTION}/{SAML}Conditions"
AUDIENCE = f"{CONDITIONS}/{SAML}AudienceRestriction/{SAML}Audience"
CONFIRMATION = f"{ASSERTION}/{SAML}Subject/{SAML}SubjectConfirmation/{SAML}SubjectConfirmationData"
ATTRIBUTES = f"{ASSERTION}/{SAML}AttributeStatement"
SUBJECT = f"{ATTRIBUTES}/{SAML}Attribute[@Name='urn:oid:1.3.6.1.4.1.5923.1.1.1.6']/{SAML}AttributeValue"
STATEMENT = f"{ASSERTION}/{SAML}AuthnStatement"
STATUS = f"{SAMLP}Status/{SAMLP}StatusCode"


def add_attribute(name: str, *values: str) -> Edit:
    """An edit that adds an attribute with values."""

    def edit(root: Element) -> None:
        attribute = SubElement(root.find(ATTRIBUTES), f"{SAML}Attribute", {"Name": name, "NameFormat": URI})
        for value in values:
            SubElement(attribute, f"{SAML}AttributeValue").text = value

    return edit


URI = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
