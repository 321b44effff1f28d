"""Reading a SAML answer before anybody believes it: its shape alone must leave one way to understand it.

Signatures are checked by pysaml2 and xmlsec1. What they sign and what is read are the same thing only in a document
that holds one assertion, in its one place, and where every signature stands in what it signs. Anything else is
refused here, before a signature is looked at. That is what makes wrapped answers (XSW) impossible.
"""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from styrkedjan.core.federation import Untrusted

LARGEST = 200_000  # an answer with many attributes and an encrypted assertion is some 30,000 bytes

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"

_RSA = "http://www.w3.org/2001/04/xmldsig-more#"
SIGNATURE_METHODS = frozenset(f"{_RSA}{kind}-sha{bits}" for kind in ("rsa", "ecdsa") for bits in (256, 384, 512))
DIGEST_METHODS = frozenset(
    {
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    }
)
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_DECLARED = re.compile(rb"\A\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)


def decoded(text: str) -> bytes:
    """The document in a form field. Raises: Untrusted when it is too large or no Base64."""
    if len(text) > LARGEST * 4 // 3:
        raise Untrusted("too_large")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Untrusted("unreadable") from error


def parsed(content: bytes) -> Element:
    """The document's root. Raises: Untrusted for document types, entities, comments and what is no XML in UTF-8."""
    declared = _DECLARED.match(content)
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        raise Untrusted("unreadable")
    parser = DefusedXMLParser(target=TreeBuilder(insert_comments=True, insert_pis=True), forbid_dtd=True)
    try:
        content.decode("utf-8")
        parser.feed(content)
        root = parser.close()
    except DefusedXmlException as error:
        raise Untrusted("declares_types") from error
    except (ParseError, UnicodeDecodeError) as error:
        raise Untrusted("unreadable") from error
    if any(not isinstance(element.tag, str) for element in root.iter()):
        raise Untrusted("comments")
    return root


def guard(root: Element, *, is_decrypted: bool = False) -> Element:
    """The one assertion (or the one encrypted assertion) of an answer whose shape is right.

    Raises: Untrusted with the name of what is wrong.
    """
    if root.tag != f"{SAMLP}Response" or sum(1 for _ in root.iter(f"{SAMLP}Response")) != 1:
        raise Untrusted("not_one_assertion")
    _refuse_shared_names(root)
    assertion = _the_assertion(root, is_decrypted)
    places = [element for element in (root, assertion) if element.tag != f"{SAML}EncryptedAssertion"]
    if sum(1 for _ in root.iter(f"{DS}Signature")) != sum(len(place.findall(f"{DS}Signature")) for place in places):
        raise Untrusted("wrong_signature")
    for place in places:
        _check_signatures_in(place)
    if assertion.tag == f"{SAML}Assertion" and assertion.find(f"{DS}Signature") is None:
        raise Untrusted("unsigned")
    return assertion


def _refuse_shared_names(root: Element) -> None:
    names = (value for element in root.iter() for key, value in element.attrib.items() if _is_id(key))
    if any(count > 1 for count in Counter(names).values()):
        raise Untrusted("twice_named")


def _is_id(attribute: str) -> bool:
    return attribute.rpartition("}")[2].lower() == "id"


def _the_assertion(root: Element, is_decrypted: bool) -> Element:
    plain, sealed = f"{SAML}Assertion", f"{SAML}EncryptedAssertion"
    everywhere = [element for element in root.iter() if element.tag in (plain, sealed)]
    if not everywhere and not _is_success(root):
        raise Untrusted("declined")
    if is_decrypted:
        outer = root.findall(sealed)
        inner = [element for one in outer for element in one.findall(plain)]
        if len(outer) == len(inner) == 1 and len(everywhere) == 2:
            return inner[0]
    else:
        direct = [element for element in root if element.tag in (plain, sealed)]
        if len(direct) == len(everywhere) == 1:
            return direct[0]
    raise Untrusted("not_one_assertion")


def _is_success(root: Element) -> bool:
    code = root.find(f"{SAMLP}Status/{SAMLP}StatusCode")
    return code is not None and code.get("Value") == SUCCESS


def _check_signatures_in(place: Element) -> None:
    """A signature signs what it stands in, whole, with nothing else beside it."""
    signatures = place.findall(f"{DS}Signature")
    if len(signatures) > 1 or not all(signs(signature, place) for signature in signatures):
        raise Untrusted("wrong_signature")


def signs(signature: Element, place: Element) -> bool:
    """Whether a signature signs the element it stands in, whole, in the one way that is accepted."""
    info = signature.findall(f"{DS}SignedInfo")
    references = list(signature.iter(f"{DS}Reference"))
    if len(info) != 1 or len(references) != 1 or signature.find(f"{DS}Object") is not None:
        return False
    return (
        references[0].get("URI") == f"#{place.get('ID')}"
        and bool(place.get("ID"))
        and _algorithms(info[0], "CanonicalizationMethod") <= {EXCLUSIVE}
        and _algorithms(info[0], "SignatureMethod") <= SIGNATURE_METHODS
        and _algorithms(references[0], "DigestMethod") <= DIGEST_METHODS
        and _algorithms(references[0], "Transform") <= {ENVELOPED, EXCLUSIVE}
        and ENVELOPED in _algorithms(references[0], "Transform")
    )


def _algorithms(element: Element, name: str) -> set[str]:
    return {found.get("Algorithm", "") for found in element.iter(f"{DS}{name}")}


def texts(element: Element, path: str) -> Iterator[str]:
    """The texts of every element at a path, without space around them."""
    return ((found.text or "").strip() for found in element.findall(path))
