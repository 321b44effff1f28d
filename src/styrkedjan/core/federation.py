"""Federated sign-in: who another system says that someone is, how surely, and why its word may be refused."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from styrkedjan.core.access import Assurance, Grant
from styrkedjan.core.places import search_key, unit_code_of
from styrkedjan.core.refused import NotAllowed, Refused

# How far apart the clocks of two systems may be.
SKEW = timedelta(seconds=60)
# How long someone may take at the other system.
ATTEMPT_LIVES = timedelta(minutes=15)


class Protocol(StrEnum):
    """How another system is spoken with; also the kind of the attempt and the method of the session."""

    SAML = "saml"
    OIDC = "oidc"


@dataclass(frozen=True)
class WayIn:
    """Another system where one can sign in (inloggningstjänst). ``key`` stands in addresses, ``issuer`` is its name
    for itself."""

    protocol: Protocol
    key: str
    name: str
    issuer: str


@dataclass(frozen=True)
class Question:
    """What is sent with the browser to another system: its key for finding the answer, and the address to go to."""

    key: str
    address: str


@dataclass(frozen=True)
class Identity:
    """Someone as another system knows her (identitet). Only issuer and subject say who it is; the rest is hints.

    ``proof`` names the statement that was used, so that it is used once, and ``proof_until`` says when it is too old
    anyway. ``unit_codes`` are school unit codes that choose where to start, and give no right.
    """

    issuer: str
    subject: str
    name: str = ""
    email: str = ""
    assurance: Assurance = Assurance.LINK
    level: str = ""
    unit_codes: tuple[str, ...] = ()
    proof: str = ""
    proof_until: datetime | None = None


REFUSALS: dict[str, str] = {
    # What any answer from another system can be
    "declined": "inloggningen avbröts eller nekades där",
    "unsolicited": "svaret hör inte till någon inloggning som har begärts härifrån",
    "other_browser": "inloggningen började i en annan webbläsare",
    "used_request": "svaret har redan använts",
    "old_request": "det tog för lång tid",
    "other_issuer": "svaret kom från en annan inloggningstjänst än den som frågan gick till",
    "unknown_issuer": "inloggningstjänsten är inte känd här",
    "forged": "underskriften stämmer inte",
    "expired": "intyget har gått ut",
    "not_yet_valid": "intyget gäller inte än; någon av klockorna kan gå fel",
    "wrong_audience": "intyget är utställt till någon annan",
    "unreadable": "svaret gick inte att läsa",
    # SAML
    "too_large": "svaret är för stort",
    "declares_types": "svaret innehåller en dokumenttyp eller entiteter",
    "comments": "svaret innehåller kommentarer eller instruktioner, som kan dölja vad som är underskrivet",
    "twice_named": "två delar av svaret har samma beteckning",
    "not_one_assertion": "svaret innehåller inte exakt ett intyg på rätt plats",
    "unsigned": "intyget är inte underskrivet",
    "wrong_signature": "underskriften gäller något annat än intyget, eller är gjord på ett sätt som inte godtas",
    "unreadable_encryption": "intyget är krypterat med en annan nyckel än vår",
    "wrong_destination": "svaret är adresserat till en annan webbplats",
    "wrong_recipient": "intyget är adresserat till en annan webbplats",
    "not_one_statement": "intyget säger inte exakt en gång hur och för vem det gäller",
    "replayed": "intyget har redan använts",
    "no_subject": "intyget saknar eduPersonPrincipalName, som säger vem du är",
    "foreign_scope": "inloggningstjänsten får inte intyga identiteter i den domänen",
    # OpenID Connect
    "wrong_algorithm": "intyget är underskrivet på ett sätt som inte godtas",
    "wrong_nonce": "intyget hör till en annan inloggning",
    "wrong_party": "intyget är utställt till en annan webbplats",
    "wrong_hash": "intyget hör till ett annat svar",
    "bad_code": "inloggningstjänsten godtog inte koden som den själv gav",
}


class Untrusted(NotAllowed):
    """An answer from another system that is not believed. ``name`` is its name in the audit trail."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Inloggningen godtogs inte: {REFUSALS[name]}. Du är inte inloggad och inget har ändrats. "
            "Börja om från inloggningssidan. Händer det igen, berätta det för den som ansvarar för "
            "inloggningstjänsten hos din huvudman."
        )
        self.name = name


class Unreachable(Refused):
    """Another system that does not answer, or not so that it can be understood."""

    status = 503

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} svarar inte som den ska just nu. Du är inte inloggad och inget har ändrats. "
            "Vänta en stund och försök igen, eller logga in på ett annat sätt."
        )


# The levels of assurance that count as an e-legitimation at tillitsnivå 2 or higher, or as two factors, from a system
# that the federation has approved for them. The lowest level of eIDAS asks for one factor and is not among them.
# Source: Digg's register of identifiers for tillitsnivåer; the eIDAS profile of Sweden Connect; Skolfederation's
# technical profile, where 2fa stands for what Integritetsskyddsmyndigheten calls strong authentication.
STRONG_LEVELS = frozenset(
    {
        *(f"http://id.elegnamnden.se/loa/1.0/loa{number}" for number in (2, 3, 4)),
        *(f"http://id.elegnamnden.se/loa/1.0/eidas-{level}" for level in ("sub", "high")),
        *(f"http://id.elegnamnden.se/loa/1.0/eidas-nf-{level}" for level in ("sub", "high")),
        *(f"http://eidas.europa.eu/LoA/{level}" for level in ("substantial", "high")),
        *(f"http://id.skolfederation.se/loa/{level}" for level in ("2fa", "loa2", "loa3", "loa4")),
    }
)


def assurance_of(level: str, certified: Iterable[str] = (), levels: Mapping[str, str] | None = None) -> Assurance:
    """How surely the house knows someone whom another system vouches for at this level.

    A level that the system only claims is a link's worth: somebody else must have approved it.
    In: ``certified``, the levels that the federation's metadata says that the system is approved for; a system that
    has any is believed for those alone. ``levels``, what the installation's own configuration says of a level:
    ``strong`` or ``link``.
    """
    approved = frozenset(certified)
    if approved and level not in approved:
        return Assurance.LINK
    own = (levels or {}).get(level)
    is_strong = own == "strong" if own else level in approved & STRONG_LEVELS
    return Assurance.STRONG if is_strong else Assurance.LINK


@dataclass(frozen=True)
class Scope:
    """A domain that an identity service may vouch for (shibmd:Scope); a pattern when ``is_pattern``."""

    text: str
    is_pattern: bool = False

    def holds(self, domain: str) -> bool:
        """Whether a domain is this scope's."""
        if self.is_pattern:
            return re.fullmatch(self.text, domain, re.IGNORECASE) is not None
        return domain.casefold() == self.text.casefold()


def is_in_scope(subject: str, scopes: Iterable[Scope]) -> bool:
    """Whether ``name@domain`` lies in one of the scopes; any domain does when the metadata gives none."""
    name, at, domain = subject.partition("@")
    allowed = tuple(scopes)
    well_formed = bool(name and at and domain) and "@" not in domain
    return well_formed and (not allowed or any(scope.holds(domain) for scope in allowed))


def check_times(now: datetime, not_before: datetime | None, not_on_or_after: datetime | None) -> None:
    """Raises: Untrusted when a statement is not valid yet or no longer, with room for clocks that differ."""
    if not_before and now + SKEW < not_before:
        raise Untrusted("not_yet_valid")
    if not_on_or_after and now - SKEW >= not_on_or_after:
        raise Untrusted("expired")


def found(ways: Iterable[WayIn], text: str) -> tuple[WayIn, ...]:
    """The ways in whose name holds every word of the text, in the order given."""
    words = search_key(text).split()
    return tuple(way for way in ways if all(word in search_key(way.name) for word in words))


def hinted_place(grants: Iterable[Grant], unit_codes: Iterable[str]) -> str:
    """The place to start at: the first place with a role of one's own whose unit was hinted at, or none."""
    codes = set(unit_codes)
    return next((grant.place for grant in grants if "-" in grant.place and unit_code_of(grant.place) in codes), "")
