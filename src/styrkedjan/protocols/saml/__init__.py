"""SAML 2.0 with many identity services, as in Skolfederation and FIDUS.

Reading is in three steps that must all hold: the shape of the document (``documents``), what it says (``checks``),
and its signature by the identity service's key in the federation's metadata (pysaml2 with xmlsec1, ``party``).
"""

from styrkedjan.protocols.saml.keys import fingerprint, fits, make_key
from styrkedjan.protocols.saml.metadata import IdentityService, key_of, read_metadata
from styrkedjan.protocols.saml.party import Party, ask, own_metadata, question_of, read

__all__ = [
    "IdentityService",
    "Party",
    "ask",
    "fingerprint",
    "fits",
    "key_of",
    "make_key",
    "own_metadata",
    "question_of",
    "read",
    "read_metadata",
]
