"""Federation metadata: hundreds of identity services in one file, read once, each kept as text until it is used."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from saml2.sigver import CryptoBackendXmlSec1, XmlsecError

from styrkedjan.core.federation import SKEW, Protocol, Scope, WayIn
from styrkedjan.core.refused import BrokenData, Spot, reason
from styrkedjan.protocols.saml.documents import DS, signs

MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
MDUI = "{urn:oasis:names:tc:SAML:metadata:ui}"
SHIBMD = "{urn:mace:shibboleth:metadata:1.0}"
MDATTR = "{urn:oasis:names:tc:SAML:metadata:attribute}"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
CERTIFIED = "urn:oasis:names:tc:SAML:attribute:assurance-certification"
CATEGORY = "http://macedir.org/entity-category"
HIDDEN = "http://refeds.org/category/hide-from-discovery"


@dataclass(frozen=True)
class IdentityService:
    """One identity service (IdP) as the federation describes it. ``metadata`` is its own part of the file."""

    way: WayIn
    scopes: tuple[Scope, ...]
    certified: frozenset[str]
    is_hidden: bool
    metadata: str = field(repr=False)


def key_of(issuer: str) -> str:
    """What stands for an issuer in addresses: its own name is long and full of slashes."""
    return hashlib.sha256(issuer.encode()).hexdigest()[:16]


def read_metadata(path: Path, now: datetime, certificate: Path | None, program: str) -> dict[str, IdentityService]:
    """The identity services in a metadata file, by key.

    In: ``certificate``, the federation's; then the file's own signature must hold. ``program``, xmlsec1.
    Raises: BrokenData when the file is missing, unreadable, past its validUntil or not signed by the federation.
    """
    spot = Spot(path.name)
    try:
        content = path.read_bytes()
        root = fromstring(content, forbid_dtd=True)
    except OSError as error:
        raise BrokenData(f"metadata går inte att läsa: {reason(error)}.", spot) from error
    except (DefusedXmlException, ParseError) as error:
        raise BrokenData("metadata är ingen hel XML-fil, eller har en dokumenttyp. Hämta den igen.", spot) from error
    if root.tag not in (f"{MD}EntitiesDescriptor", f"{MD}EntityDescriptor"):
        raise BrokenData("det här är inte SAML-metadata: EntitiesDescriptor eller EntityDescriptor väntades.", spot)
    if certificate:
        _check_signature(root, content, certificate, program, spot)
    if not _is_valid(root, now, spot):
        raise BrokenData("metadata har gått ut (validUntil). Hämta en ny från federationen.", spot)
    services = (_service(entity) for entity in _living(root, now, spot))
    return {service.way.key: service for service in services}


def _check_signature(root: Element, content: bytes, certificate: Path, program: str, spot: Spot) -> None:
    """The signature stands in the root, signs the root, and was made with the federation's key."""
    signatures = root.findall(f"{DS}Signature")
    ids = Counter(element.get("ID") for element in root.iter() if element.get("ID"))
    good_shape = len(signatures) == 1 and ids[root.get("ID")] == 1 and signs(signatures[0], root)
    if not good_shape or not _is_signed_by(certificate, content, root, program):
        raise BrokenData(
            "underskriften stämmer inte med federationens certifikat. Hämta metadata och certifikat igen, och jämför "
            "certifikatets fingeravtryck med det som federationen uppger.",
            spot,
        )


def _is_signed_by(certificate: Path, content: bytes, root: Element, program: str) -> bool:
    name = root.tag.replace("{", "").replace("}", ":")
    try:
        backend = CryptoBackendXmlSec1(program)
        return bool(backend.validate_signature(content, str(certificate), "pem", name, root.get("ID")))
    except XmlsecError:
        return False


def _is_valid(element: Element, now: datetime, spot: Spot) -> bool:
    until = element.get("validUntil")
    if not until:
        return True
    try:
        limit = datetime.fromisoformat(until)
    except ValueError as error:
        raise BrokenData(f"validUntil är ingen tidpunkt: {until[:40]}.", spot) from error
    return now - SKEW < (limit if limit.tzinfo else limit.replace(tzinfo=UTC))


def _living(root: Element, now: datetime, spot: Spot) -> Iterator[Element]:
    """Every identity service one can go to, in groups that have not gone out."""
    if not _is_valid(root, now, spot):
        return
    if root.tag == f"{MD}EntityDescriptor":
        role = root.find(f"{MD}IDPSSODescriptor")
        ways = role.findall(f"{MD}SingleSignOnService") if role is not None else []
        if root.get("entityID") and any(way.get("Binding") == REDIRECT for way in ways):
            yield root
        return
    for child in root:
        if child.tag in (f"{MD}EntitiesDescriptor", f"{MD}EntityDescriptor"):
            yield from _living(child, now, spot)


def _service(entity: Element) -> IdentityService:
    issuer = entity.get("entityID", "").strip()
    attributes = dict(_entity_attributes(entity))
    return IdentityService(
        way=WayIn(Protocol.SAML, key_of(issuer), _name(entity) or issuer, issuer),
        scopes=tuple(_scopes(entity)),
        certified=frozenset(attributes.get(CERTIFIED, ())),
        is_hidden=HIDDEN in attributes.get(CATEGORY, ()),
        metadata=tostring(entity, encoding="unicode"),
    )


def _name(entity: Element) -> str:
    """The Swedish name to choose by, or the English, or any."""
    role = f"{MD}IDPSSODescriptor/{MD}Extensions/{MDUI}UIInfo/{MDUI}DisplayName"
    for path in (role, f"{MD}Organization/{MD}OrganizationDisplayName"):
        names = {found.get(XML_LANG, ""): (found.text or "").strip() for found in entity.findall(path)}
        name = names.get("sv") or names.get("en") or next(iter(names.values()), "")
        if name:
            return name[:120]
    return ""


def _scopes(entity: Element) -> Iterator[Scope]:
    for path in (f"{MD}Extensions/{SHIBMD}Scope", f"{MD}IDPSSODescriptor/{MD}Extensions/{SHIBMD}Scope"):
        for found in entity.findall(path):
            yield Scope((found.text or "").strip(), found.get("regexp") in ("true", "1"))


def _entity_attributes(entity: Element) -> Iterator[tuple[str, tuple[str, ...]]]:
    for attribute in entity.findall(f"{MD}Extensions/{MDATTR}EntityAttributes/{SAML}Attribute"):
        values = attribute.findall(f"{SAML}AttributeValue")
        yield attribute.get("Name", ""), tuple((value.text or "").strip() for value in values)
