"""Invented people who have signed in: real rows of people, roles and sessions, as the database's owner makes them.

Use it inside a transaction that is rolled back (the fixture ``tables``), and enter with ``queries.access.viewing``::

    token = someone(Role.QUALITY_LEAD, STORKOPING)
    with viewing(token) as viewer:
        ...
    page = browser(token).get("/")
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from styrkedjan.core.access import NATIONAL_ROLES, Assurance, Role
from styrkedjan.core.places import organiser_of
from tests.conftest import as_owner

if TYPE_CHECKING:
    from django.test import Client

FIRST_NAMES = ("Ylva", "Örjan", "Åsa", "Bo", "Mirjam", "Tuva", "Sten", "Farida")


def someone(
    role: Role | None = None,
    place: str = "",
    *,
    assurance: Assurance = Assurance.STRONG,
    name: str = "",
    held_days: tuple[int, int | None] = (-1, None),
    also: Iterable[tuple[Role, str]] = (),
) -> str:
    """A new person with these roles, signed in. Gives the token that the browser's cookie would hold.

    In: ``held_days``, from and to when the roles hold, in days from now.
    """
    from styrkedjan.tables.access import Person, RoleGrant, SignInSession

    now, token = datetime.now(UTC), secrets.token_urlsafe(32)
    key = uuid4()
    person = Person(
        key=key,
        name=name or f"{FIRST_NAMES[key.int % len(FIRST_NAMES)]} Påhittsson",
        email=f"{key}@prov.example",
        created_at=now,
        invented=True,
    )
    session = SignInSession(
        key=uuid4(),
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        person=person,
        method="link",
        assurance=assurance,
        device="Prov",
        started_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=8),
    )
    held = [*([(role, place)] if role else []), *also]
    grants = [
        RoleGrant(
            key=uuid4(),
            person=person,
            role=each,
            place=where,
            organiser="" if each in NATIONAL_ROLES else organiser_of(where),
            starts_at=now + timedelta(days=held_days[0]),
            ends_at=None if held_days[1] is None else now + timedelta(days=held_days[1]),
            granted_by="driftansvarig",
            granted_at=now,
        )
        for each, where in held
    ]
    with as_owner():
        for row in (person, session, *grants):
            row.save(force_insert=True)
    return token


def browser(token: str = "") -> "Client":
    """A browser that has the cookie of a session, or none."""
    from django.conf import settings
    from django.test import Client

    made = Client(SERVER_NAME="127.0.0.1")
    if token:
        made.cookies[settings.SIGN_IN_COOKIE] = token
    return made
