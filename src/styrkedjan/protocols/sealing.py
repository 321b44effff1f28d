"""Sealing: what must be read again is encrypted, and what must only be recognised is hashed with a key.

Each purpose has a key of its own, derived from the site's key, so that what was made for one never fits another.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from styrkedjan.core.refused import DamagedData


@lru_cache(maxsize=32)
def key_for(purpose: str, site_key: str) -> bytes:
    """The key of one purpose: 32 bytes.

    Source: RFC 5869 (HKDF); the site's key is 50 bytes of chance, so no salt is needed.
    """
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"styrkedjan {purpose}".encode()).derive(
        site_key.encode()
    )


def seal(key: bytes, text: str) -> str:
    """Encrypt and sign a text (Fernet: AES-128-CBC and HMAC-SHA256)."""
    return _fernet(key).encrypt(text.encode()).decode()


def unseal(key: bytes, sealed: str) -> str:
    """The text again. Raises: DamagedData when it was sealed with another key or has been changed."""
    try:
        return _fernet(key).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise DamagedData(
            "Det som är krypterat i databasen går inte att läsa: webbplatsens nyckel är en annan än när det skrevs. "
            "Den driftansvariga behöver lägga tillbaka den gamla nyckeln. Du kan logga in på ett annat sätt så länge."
        ) from error


def keyed_hash(key: bytes, text: str) -> str:
    """A hash that nobody without the key can make: for short secrets, which could be found by trying all."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _fernet(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))
