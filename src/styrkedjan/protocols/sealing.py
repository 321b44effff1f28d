"""Sealing: what must be read again is encrypted, and what must only be recognised is hashed with a key.

Each purpose has a key of its own, derived from the site's key, so that what was made for one never fits another.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from styrkedjan.core.refused import DamagedData

# A key that seals one text is never used again, so that it needs no nonce of its own.
ONCE = bytes(12)


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


def new_pair() -> tuple[str, str]:
    """A key that seals and the key that opens, in base64: X25519."""
    private = X25519PrivateKey.generate()
    return _text(private.public_key().public_bytes_raw()), _text(private.private_bytes_raw())


def seal_for(public: str, text: str) -> str:
    """Seal a text so that only whoever has the other key of the pair can open it. Everything is new each time.

    Source: RFC 9180's base mode in its plain parts: an own X25519 key per text, HKDF-SHA256 (RFC 5869), AES-256-GCM.
    """
    own = X25519PrivateKey.generate()
    sender, receiver = own.public_key().public_bytes_raw(), _bytes(public)
    key = _shared_key(own.exchange(X25519PublicKey.from_public_bytes(receiver)), sender + receiver)
    return _text(sender + AESGCM(key).encrypt(ONCE, text.encode(), None))


def open_sealed(private: str, sealed: str) -> str:
    """The text that was sealed for this key. Raises: DamagedData when it was sealed for another or has been changed."""
    own, whole = X25519PrivateKey.from_private_bytes(_bytes(private)), _bytes(sealed)
    sender, body = whole[:32], whole[32:]
    try:
        key = _shared_key(
            own.exchange(X25519PublicKey.from_public_bytes(sender)), sender + own.public_key().public_bytes_raw()
        )
        return AESGCM(key).decrypt(ONCE, body, None).decode()
    except (InvalidTag, ValueError) as error:
        raise DamagedData(
            "Ett förseglat svar går inte att öppna: det har ändrats eller hör till en annan självvärdering. "
            "Inget har räknats. Den driftansvariga behöver lägga tillbaka databasen från en säkerhetskopia."
        ) from error


def _shared_key(secret: bytes, both: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"styrkedjan sheet" + both).derive(secret)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def _fernet(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))
