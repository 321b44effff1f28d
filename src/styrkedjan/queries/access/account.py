"""The own account, and what a half-finished sign-in has come to."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from styrkedjan.core.access import Assurance, Permission, Role, Viewer, may
from styrkedjan.core.refused import NotFound
from styrkedjan.core.sign_in import (
    FEW_RECOVERY_CODES,
    LETTER_CODE_TRIES,
    SESSION_IDLES,
    Attempt,
    is_fresh,
    is_token,
    mask_email,
    token_hash,
)
from styrkedjan.protocols import one_time_codes, passkeys, sealing
from styrkedjan.queries import places
from styrkedjan.queries.access.viewing import NATIONAL_NAMES
from styrkedjan.tables.access import (
    LinkedIdentity,
    OneTimeCodes,
    Passkey,
    Person,
    RecoveryCode,
    RoleGrant,
    SignInAttempt,
    SignInSession,
)


@dataclass(frozen=True)
class OwnPasskey:
    """A passkey of the viewer's."""

    key: UUID
    name: str
    made: datetime
    used: datetime | None


@dataclass(frozen=True)
class OwnSession:
    """A browser that the viewer is signed in with, ``is_this`` when it is the one that asks."""

    key: UUID
    method: str
    assurance: Assurance
    device: str
    started_at: datetime
    seen: datetime
    is_this: bool


@dataclass(frozen=True)
class OwnIdentity:
    """What the viewer is known as in another system."""

    key: UUID
    issuer: str
    made: datetime
    used: datetime | None


@dataclass(frozen=True)
class Account:
    """Everything on the viewer's account but her roles."""

    name: str
    email: str
    passkeys: tuple[OwnPasskey, ...]
    codes_since: datetime | None
    recovery_left: int
    identities: tuple[OwnIdentity, ...]
    sessions: tuple[OwnSession, ...]
    assurance: Assurance
    can_have_passkeys: bool

    @property
    def has_factor(self) -> bool:
        return bool(self.passkeys) or self.codes_since is not None

    @property
    def is_last_factor(self) -> bool:
        return len(self.passkeys) + (self.codes_since is not None) == 1

    @property
    def is_sure(self) -> bool:
        return self.assurance >= Assurance.STRONG

    @property
    def has_few_recovery_codes(self) -> bool:
        return self.has_factor and self.recovery_left <= FEW_RECOVERY_CODES

    @property
    def may_add_factor(self) -> bool:
        """Whether a factor may be added now: surely, or as the first in a session that has just begun."""
        this = next(each for each in self.sessions if each.is_this)
        return self.is_sure or (not self.has_factor and is_fresh(this.started_at, datetime.now(UTC)))


def account(viewer: Viewer) -> Account:
    """The viewer's own account. One query for each part, whatever the number of things in it."""
    may(viewer, Permission.MANAGE_OWN_ACCOUNT).require()
    person = Person.objects.get(key=viewer.person)
    codes = OneTimeCodes.objects.filter(person_id=viewer.person).first()
    return Account(
        name=person.name,
        email=person.email or "",
        passkeys=tuple(map(_passkey, Passkey.objects.filter(person_id=viewer.person).order_by("made_at"))),
        codes_since=codes and codes.made_at,
        recovery_left=RecoveryCode.objects.filter(person_id=viewer.person, used_at=None).count(),
        identities=tuple(map(_identity, LinkedIdentity.objects.filter(person_id=viewer.person).order_by("made_at"))),
        sessions=_sessions(viewer),
        assurance=viewer.assurance,
        can_have_passkeys=passkeys.site_at(settings.SITE_ADDRESS).has_passkeys,
    )


def _passkey(row: Passkey) -> OwnPasskey:
    return OwnPasskey(row.key, row.name, row.made_at, row.used_at)


def _identity(row: LinkedIdentity) -> OwnIdentity:
    return OwnIdentity(row.key, row.issuer, row.made_at, row.used_at)


def _sessions(viewer: Viewer) -> tuple[OwnSession, ...]:
    now = datetime.now(UTC)
    rows = SignInSession.objects.filter(
        person_id=viewer.person, ended_at=None, expires_at__gt=now, seen_at__gt=now - SESSION_IDLES
    )
    found = (
        OwnSession(
            row.key,
            row.method,
            Assurance(row.assurance),
            row.device,
            row.started_at,
            row.seen_at,
            str(row.key) == viewer.session,
        )
        for row in rows.order_by("-started_at")
    )
    return tuple(sorted(found, key=lambda each: not each.is_this))


@dataclass(frozen=True)
class OwnRole:
    """A role of the viewer's that holds now, or will: where, since when and until when."""

    key: UUID
    role: Role
    place: str
    place_name: str
    starts: datetime
    ends: datetime | None
    is_coming: bool


def own_roles(viewer: Viewer, text: str = "") -> tuple[OwnRole, ...]:
    """The viewer's roles by place name: three queries, whatever the number of roles and places.

    In: ``text``, to keep only the places whose name or key holds it.
    """
    may(viewer, Permission.MANAGE_OWN_ACCOUNT).require()
    now = datetime.now(UTC)
    rows = [row for row in RoleGrant.scoped.own(viewer) if row.ends_at is None or row.ends_at > now]
    names = places.names_of(viewer, tuple({row.place for row in rows if row.organiser}))
    found = (_role(row, names.get(row.place) or NATIONAL_NAMES.get(row.place, row.place), now) for row in rows)
    wanted = text.strip().casefold()
    return tuple(
        sorted(
            (each for each in found if wanted in each.place_name.casefold() or wanted in each.place),
            key=lambda each: (each.place_name.casefold(), each.place, each.role),
        )
    )


def _role(row: RoleGrant, name: str, now: datetime) -> OwnRole:
    return OwnRole(row.key, Role(row.role), row.place, name, row.starts_at, row.ends_at, row.starts_at > now)


@dataclass(frozen=True)
class OpenedLink:
    """A link for signing in that can be used: whose it is, and whether this browser asked for it."""

    name: str
    email: str
    is_same_browser: bool


def opened_link(viewer: Viewer, token: str, browser: str) -> OpenedLink | None:
    """What a link opens; None when it is spent, too old or was never ours. Looking does not use it up."""
    may(viewer, Permission.SIGN_IN).require()
    attempt = _live(Attempt.LINK, key_hash=token_hash(token)) if is_token(token) else None
    if attempt is None or attempt.person is None or attempt.person.removed_at:
        return None
    email = mask_email(attempt.person.email or "")
    return OpenedLink(attempt.person.name, email, hmac.compare_digest(attempt.browser_hash, token_hash(browser)))


@dataclass(frozen=True)
class LetterWait:
    """A letter that this browser has asked for. ``can_type`` until the code has been tried too often."""

    can_type: bool


def letter_wait(viewer: Viewer, browser: str) -> LetterWait | None:
    """What this browser waits for; the same whether the address is known or not."""
    may(viewer, Permission.SIGN_IN).require()
    attempt = _live(Attempt.LINK, browser_hash=token_hash(browser)) if browser else None
    return attempt and LetterWait(attempt.facts["tries"] < LETTER_CODE_TRIES)


@dataclass(frozen=True)
class SecondFactor:
    """What a person who has shown a first factor, or whose session is not sure enough, can confirm with."""

    person: UUID
    name: str
    has_passkeys: bool
    has_codes: bool
    has_recovery_codes: bool


def second_factor(viewer: Viewer, browser: str) -> SecondFactor | None:
    """What the person signed in, or half signed in with this browser, can confirm with; None when nobody is."""
    may(viewer, Permission.SIGN_IN).require()
    attempt = _live(Attempt.SECOND_FACTOR, browser_hash=token_hash(browser)) if browser else None
    person = UUID(viewer.person) if viewer.is_signed_in else attempt and attempt.person_id
    if not person:
        return None
    return SecondFactor(
        person=person,
        name=Person.objects.values_list("name", flat=True).get(key=person),
        has_passkeys=Passkey.objects.filter(person_id=person).exists(),
        has_codes=OneTimeCodes.objects.filter(person_id=person).exists(),
        has_recovery_codes=RecoveryCode.objects.filter(person_id=person, used_at=None).exists(),
    )


def _live(kind: Attempt, **which: str) -> SignInAttempt | None:
    rows = SignInAttempt.objects.filter(kind=kind, used_at=None, expires_at__gt=datetime.now(UTC), **which)
    return rows.select_related("person").order_by("-made_at").first()


@dataclass(frozen=True)
class NewCodes:
    """A secret for one-time codes that waits for its first code: as a picture, and as text to type."""

    picture: str
    text: str


def new_codes(viewer: Viewer) -> NewCodes | None:
    """The secret that this session has begun with; None when there is none."""
    may(viewer, Permission.MANAGE_OWN_ACCOUNT).require()
    attempt = _live(Attempt.NEW_CODES, browser_hash=token_hash(viewer.session))
    if attempt is None or str(attempt.person_id) != viewer.person:
        return None
    secret = sealing.unseal(sealing.key_for("one-time codes", settings.SECRET_KEY), attempt.facts["sealed"])
    address = one_time_codes.app_address(secret, attempt.person.email or "")
    return NewCodes(one_time_codes.picture(address), one_time_codes.spaced(secret))


def new_email(viewer: Viewer, token: str) -> str:
    """The address that a link would make the viewer's. Raises: NotFound when the link is spent or not hers."""
    may(viewer, Permission.MANAGE_OWN_ACCOUNT).require()
    attempt = _live(Attempt.NEW_EMAIL, key_hash=token_hash(token)) if is_token(token) else None
    if attempt is None or str(attempt.person_id) != viewer.person:
        raise NotFound(
            "Länken är använd, för gammal eller hör till ett annat konto än det du är inloggad med. "
            "Din adress är som den var."
        )
    return attempt.facts["email"]


@dataclass(frozen=True)
class DemoPerson:
    """An invented person to sign in as, with her roles."""

    key: UUID
    name: str
    roles: tuple[tuple[Role, str], ...]


def demo_people(viewer: Viewer) -> tuple[DemoPerson, ...]:
    """The invented people with what they may, for the demo alone. Raises: NotFound where there is no demo."""
    may(viewer, Permission.SIGN_IN).require()
    if not settings.DEMO:
        raise NotFound("Sidan finns inte.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, name, role, place, place_name FROM styrkedjan_invented_people()")
        rows = cursor.fetchall()
    people: dict[UUID, DemoPerson] = {}
    for key, name, role, place, place_name in rows:
        person = people.get(key) or DemoPerson(key, name, ())
        held = ((Role(role), place_name or NATIONAL_NAMES.get(place, place)),) if role else ()
        people[key] = DemoPerson(key, name, (*person.roles, *held))
    return tuple(people.values())
