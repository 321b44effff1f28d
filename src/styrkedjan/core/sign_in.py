"""Signing in: the shapes of tokens and codes, how long things live, and how often each may be tried."""

import hashlib
import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Method(StrEnum):
    """How a session began. Its words stand under ``sign_in.method.`` in the words files."""

    LINK = "link"
    PASSKEY = "passkey"
    SAML = "saml"
    OIDC = "oidc"
    INVITATION = "invitation"
    DEMO = "demo"


class Attempt(StrEnum):
    """What has been begun and one answer may finish, once."""

    LINK = "link"
    SECOND_FACTOR = "second_factor"
    PASSKEY = "passkey"
    NEW_PASSKEY = "new_passkey"
    NEW_CODES = "new_codes"
    NEW_EMAIL = "new_email"


LINK_LIVES = timedelta(minutes=15)
SECOND_FACTOR_LIVES = timedelta(minutes=10)
CHALLENGE_LIVES = timedelta(minutes=5)
NEW_CODES_LIVE = timedelta(minutes=15)
NEW_EMAIL_LIVES = timedelta(hours=24)
SESSION_LIVES = timedelta(hours=12)
SESSION_IDLES = timedelta(hours=4)
# Someone who finds an open browser should not be able to add a way in of her own.
FRESH_ENOUGH = timedelta(minutes=15)

TOKEN_BYTES = 32
LETTER_CODE_TRIES = 5
RECOVERY_CODES = 10
FEW_RECOVERY_CODES = 3
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_RECOVERY_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_RECOVERY_GROUP = 6
_RECOVERY_LENGTH = 26  # five bits each: 130 bits, of which 128 are chance


def is_token(text: str) -> bool:
    """Whether a text has the shape of a token of ours; anything else is not worth a look in the database."""
    return _TOKEN.fullmatch(text) is not None


def token_hash(token: str) -> str:
    """What is kept of a token. A token is 256 bits of chance, so a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_fresh(started_at: datetime, now: datetime) -> bool:
    """Whether a session began so lately that a first factor may be added in it."""
    return abs(now - started_at) <= FRESH_ENOUGH


def recovery_code(chance: bytes) -> str:
    """A recovery code (reservkod) to write down: 16 bytes of chance as letters and digits in groups.

    Out: ``abcdef-ghijkl-…``; no 0, 1, 8 or 9, which are easily taken for letters.
    """
    number = int.from_bytes(chance[:16], "big")
    letters = "".join(_RECOVERY_ALPHABET[number >> 5 * place & 31] for place in range(_RECOVERY_LENGTH))
    return "-".join(letters[at : at + _RECOVERY_GROUP] for at in range(0, _RECOVERY_LENGTH, _RECOVERY_GROUP))


def letter_code(chance: bytes) -> str:
    """A code of a letter to type: 5 bytes of chance as ``abcd-efgh``.

    Forty bits: whoever asks for letters to somebody else's address all day has less than one chance in a hundred
    million of guessing one, which six digits would not give.
    """
    number = int.from_bytes(chance[:5], "big")
    letters = "".join(_RECOVERY_ALPHABET[number >> 5 * place & 31] for place in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def tidy_code(text: str) -> str:
    """A typed code without spaces and hyphens, in small letters: how it is written does not matter."""
    return re.sub(r"[\s\-–]+", "", text).casefold()


def is_recovery_code(text: str) -> bool:
    """Whether a tidy code has the shape of a recovery code."""
    return len(text) == _RECOVERY_LENGTH and set(text) <= set(_RECOVERY_ALPHABET)


@dataclass(frozen=True)
class Limit:
    """A bucket of tries: ``tries`` at once, and the empty bucket is full again after ``fills_in``."""

    tries: int
    fills_in: timedelta

    @property
    def per_second(self) -> float:
        return self.tries / self.fills_in.total_seconds()


@dataclass(frozen=True)
class Spent:
    """What a try left in the bucket, or that there was none and how long until there is."""

    left: float
    wait: timedelta = timedelta(0)

    @property
    def is_refused(self) -> bool:
        return self.wait > timedelta(0)


def spend(left: float, at: datetime, now: datetime, limit: Limit) -> Spent:
    """Take one try out of a bucket that had ``left`` at ``at``.

    A clock that has gone back does no harm: it fills nothing, and a time further ahead than the bucket needs to
    fill cannot be true, so that bucket counts as full.
    """
    elapsed = (now - at).total_seconds()
    if -elapsed > limit.fills_in.total_seconds():
        left = limit.tries
    held = min(float(limit.tries), left + max(0.0, elapsed) * limit.per_second)
    if held < 1:
        missing = (1 - held) / limit.per_second + max(0.0, -elapsed)
        return Spent(held, timedelta(seconds=missing))
    return Spent(held - 1)


_MINUTES = timedelta(minutes=1)
# 1,500 pupils' teachers behind one address sign in before one meeting begins: several steps each.
_SCHOOL = Limit(tries=6000, fills_in=10 * _MINUTES)
# What an account may be tried with slows down and never stops. Passkeys cannot be guessed and have no such limit,
# so nobody who guesses codes can keep the owner of a passkey out.
PACE: dict[tuple[str, str], Limit] = {
    ("link", "account"): Limit(tries=5, fills_in=15 * _MINUTES),
    ("link", "address"): _SCHOOL,
    ("open", "address"): _SCHOOL,
    ("code", "account"): Limit(tries=10, fills_in=20 * _MINUTES),
    ("code", "address"): _SCHOOL,
    ("passkey", "address"): _SCHOOL,
    # A huvudman with hundreds of units invites them in an afternoon; one whose account is stolen floods nobody.
    ("invite", "account"): Limit(tries=300, fills_in=60 * _MINUTES),
    ("email", "account"): Limit(tries=5, fills_in=60 * _MINUTES),
}
# Ways in that others add (another system's sign-in, an invitation) hold to these unless they have lines of their own.
PACE_OTHERWISE = {"account": Limit(tries=10, fills_in=20 * _MINUTES), "address": _SCHOOL}


def limit_of(kind: str, subject: str) -> Limit | None:
    """The limit of a kind of try for an account or an address; None where there is none."""
    family = family_of(subject)
    known = {each for each, _ in PACE}
    return PACE.get((kind, family)) if kind in known else PACE_OTHERWISE[family]


def family_of(subject: str) -> str:
    """``address`` for a network address, ``account`` for anything else."""
    return "account" if _network(subject) is None else "address"


def bucket_name(kind: str, subject: str) -> str:
    """Which bucket a try is taken from: an IPv4 address, an IPv6 /64 (a household or a school), or an account."""
    network = _network(subject)
    return f"{kind}|{subject.strip().casefold() if network is None else network}"


def _network(subject: str) -> str | None:
    try:
        address = ipaddress.ip_address(subject.strip())
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, 64 if address.version == 6 else 32), strict=False))


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """What a browser calls itself, in words a person knows her device by: ``Firefox på Windows``."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    device = next((name for mark, name in _DEVICES if mark in user_agent), "")
    return " på ".join(filter(None, (browser, device))) or "Okänd webbläsare"


def mask_email(email: str) -> str:
    """An e-mail address as its owner knows it and nobody else can use it: ``a•••@klintbacken.se``."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"
