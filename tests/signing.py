"""What the tests of signing in share: a person with an account, the letters she gets, and a device of hers."""

import re
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pyotp

from styrkedjan.core.access import ANYONE, Viewer
from tests.conftest import as_owner
from tests.protocols.device import Device

ORIGIN, DOMAIN = "http://localhost:8700", "localhost"
ADDRESS = "192.0.2.7"


def account(name: str = "Anna Ek", email: str = "", *, removed: bool = False, invented: bool = True) -> UUID:
    """A person with an account; gives her key."""
    from styrkedjan.tables.access import Person

    key, now = uuid4(), datetime.now(UTC)
    email = email or f"{key}@prov.example"
    row = Person(
        key=key, name=name, email=email, created_at=now, removed_at=now if removed else None, invented=invented
    )
    with as_owner():
        row.save(force_insert=True)
    return key


def email_of(person: UUID) -> str:
    from styrkedjan.tables.access import Person

    with as_owner():
        return Person.objects.get(key=person).email


def letter_to(email: str):
    """The latest letter to an address, or None."""
    from styrkedjan.tables.access import OutgoingMail

    with as_owner():
        return OutgoingMail.objects.filter(recipient=email).order_by("-made_at").first()


def link_and_code(email: str) -> tuple[str, str]:
    """The token of the link, and the code, of the latest letter."""
    body = letter_to(email).body
    return re.search(r"/logga-in/lank/([\w-]{43})/", body).group(1), re.search(
        r"koden ([a-z2-7]{4}-[a-z2-7]{4})", body
    ).group(1)


def browser(token: str = "", address: str = ADDRESS):
    from styrkedjan.actions.access.sign_in import Browser

    return Browser(token, address, "Firefox på Windows")


def by_letter(person: UUID):
    """Sign in with the link of a letter: what it led to."""
    from styrkedjan.actions.access import sign_in

    sign_in.send_link(ANYONE, email_of(person), browser(), "")
    return sign_in.open_link(ANYONE, link_and_code(email_of(person))[0], browser())


def as_viewer(token: str):
    from styrkedjan.queries.access.viewing import viewing

    return viewing(token)


def with_codes(token: str) -> tuple[str, str]:
    """Add one-time codes in a session: the secret, and the session's new token."""
    from styrkedjan.actions.access import factors
    from styrkedjan.queries.access import account as queries

    with as_viewer(token) as viewer:
        factors.begin_codes(viewer)
        secret = queries.new_codes(viewer).text.replace(" ", "")
        return secret, factors.confirm_codes(viewer, pyotp.TOTP(secret).now(), ADDRESS, "Prov")


def with_passkey(token: str, device: Device | None = None) -> tuple[Device, str]:
    """Add a passkey in a session: the device, and the session's new token."""
    from styrkedjan.actions.access import factors

    device = device or Device(ORIGIN, DOMAIN)
    with as_viewer(token) as viewer:
        answer = device.make(factors.ask_for_new_passkey(viewer, ADDRESS))
        return device, factors.add_passkey(viewer, answer, "Telefonen", "Prov")


def forget_codes_used(person: UUID) -> None:
    """As if half a minute had gone: the code that the app shows may be used."""
    from styrkedjan.tables.access import OneTimeCodes

    with as_owner():
        OneTimeCodes.objects.filter(person_id=person).update(last_step=0)


def asked(actor: Viewer = ANYONE, token: str = "") -> tuple[str, str]:
    """A question for a passkey, and the token of the browser that asked."""
    from styrkedjan.actions.access import proofs

    return proofs.ask_for_passkey(actor, token, ADDRESS)
