"""Two organisers with working material, people and invitations, kept in the real database for tests of its walls.

Everything is written by the owner with plain SQL: nothing here goes through what is tested.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

# Written in the order of what points to what.
ASSESSMENT_TABLES = ("campaign", "answering_group", "shared_rating", "answer_release", "campaign_outcome")
TENANT_TABLES = (
    *("role_grant", "invitation", "working_paper", "paper_version", "share", "audit_event", "audit_head"),
    *ASSESSMENT_TABLES,
)
# Of a self-assessment, what the site may write and never read: not even what lies in one's own tenant.
UNREAD_TABLES = ("sheet", "tally", "answer_comment", "counted_receipt", "asked_person")

# What is made here is known by these, and cleared away.
NAME, DEVICE = "Påhittad vid muren", "prov vid muren"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Tenant:
    """One organiser, and the keys of what it has."""

    organiser: str
    lead: UUID
    token: str
    link: str
    keys: dict[str, UUID] = field(default_factory=dict)


@dataclass(frozen=True)
class Tenants:
    """Ours shares nothing. Theirs has a version shared, one not shared, and one whose share was withdrawn."""

    ours: Tenant
    theirs: Tenant
    agency_token: str
    other_agency_token: str
    operator_token: str


def insert(connection: psycopg.Connection, table: str, **columns: Any) -> None:
    """Write one row."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    marks = sql.SQL(", ").join(sql.Placeholder() for _ in columns)
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, marks)
    connection.execute(statement, list(columns.values()))


def person(connection: psycopg.Connection, *grants: tuple[str, str, str]) -> tuple[UUID, str]:
    """A person with grants (role, place, organiser), signed in: her key and her token."""
    key, token, now = uuid4(), f"token-{uuid4()}", datetime.now(UTC)
    insert(connection, "person", key=key, name=NAME, email=f"{key}@prov.example", created_at=now, invented=True)
    for role, place, organiser in grants:
        grant(connection, key, role, place, organiser)
    insert(
        connection,
        "sign_in_session",
        key=uuid4(),
        token_hash=sha256(token),
        person_id=key,
        method="link",
        assurance=2,
        device=DEVICE,
        started_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=8),
    )
    return key, token


def grant(connection: psycopg.Connection, who: UUID, role: str, place: str, organiser: str, **other: Any) -> UUID:
    """One grant since yesterday: its key."""
    key, now = uuid4(), datetime.now(UTC)
    columns = {"starts_at": now - timedelta(days=1), "granted_by": "prov", "granted_at": now} | other
    insert(connection, "role_grant", key=key, person_id=who, role=role, place=place, organiser=organiser, **columns)
    return key


def invitation(connection: psycopg.Connection, role: str, place: str, organiser: str, **other: Any) -> tuple[UUID, str]:
    """An invitation: its key and its link's token."""
    key, token, now = uuid4(), f"link-{uuid4()}", datetime.now(UTC)
    columns = {"email": "ny@prov.example", "name": "Ny", "invited_by": "prov", "mail": uuid4()} | other
    columns = {"role_starts_at": now, "made_at": now, "expires_at": now + timedelta(days=14)} | columns
    insert(
        connection,
        "invitation",
        **{"key": key, "token_hash": sha256(token), "role": role, "place": place, "organiser": organiser, **columns},
    )
    return key, token


def paper(connection: psycopg.Connection, organiser: str, agency: str = "", withdrawn: bool = False) -> dict[str, UUID]:
    """A paper with one version, shared with an agency when one is named: the keys."""
    now, keys = datetime.now(UTC), {name: uuid4() for name in ("working_paper", "paper_version", "share")}
    common = {"organiser": organiser, "title": "Läget"}
    insert(
        connection,
        "working_paper",
        **common,
        key=keys["working_paper"],
        place=organiser,
        kind="own_analysis",
        school_year=2024,
        made_at=now,
        changed_at=now,
        version_number=1,
    )
    insert(
        connection,
        "paper_version",
        **common,
        key=keys["paper_version"],
        paper_id=keys["working_paper"],
        number=1,
        sha256="x" * 64,
        contents=Jsonb({"text": "hemligt"}),
        written_at=now,
        written_by="prov",
    )
    if agency:
        insert(
            connection,
            "share",
            key=keys["share"],
            organiser=organiser,
            version_id=keys["paper_version"],
            agency=agency,
            shared_at=now,
            shared_by="prov",
            shared_by_name="Prov",
            withdrawn_by="",
            withdrawn_at=now if withdrawn else None,
        )
    return keys


def self_assessment(connection: psycopg.Connection, organiser: str) -> dict[str, UUID]:
    """A campaign whose time is up, with a row in each of its tables: the keys, and the code of its group."""
    now, keys = datetime.now(UTC), {table: uuid4() for table in (*ASSESSMENT_TABLES, "tally", "answer_comment")}
    for table in ("campaign", "answering_group", "tally", "answer_comment", *ASSESSMENT_TABLES[2:]):
        insert(connection, table, key=keys[table], organiser=organiser, **columns_of(table, organiser, keys))
    asked = {"key": uuid4(), "email": "asked@prov.example", "link_hash": sha256(str(uuid4())), "answered": False}
    group = {"organiser": organiser, "group_id": keys["answering_group"]}
    insert(connection, "asked_person", **asked, **group, invited_on=now.date())
    campaign = {"receipt_hash": sha256(str(uuid4())), "organiser": organiser, "campaign_id": keys["campaign"]}
    sheet = {"group_id": keys["answering_group"], "sealed": "x", "handed_in": True}
    insert(connection, "sheet", **campaign, **sheet)
    insert(connection, "counted_receipt", **campaign, kept=True)
    return keys


def columns_of(table: str, organiser: str, keys: dict[str, UUID]) -> dict[str, Any]:
    """What a row of a self-assessment says, beside its key and its organiser."""
    now, campaign, group = datetime.now(UTC), {"campaign_id": keys["campaign"]}, {"group_id": keys["answering_group"]}
    texts = dict.fromkeys(("title", "edition", "school_form", "language", "made_by", "public_key", "sealed_key"), "x")
    lists = dict.fromkeys(("modes", "levels", "rows", "own_statements", "in_briefing"), Jsonb([]))
    times = {"opens_at": now - timedelta(days=9), "closes_at": now - timedelta(days=1), "made_at": now}
    asked = {"level": "teaching", "kind": "anonymous", "asked_count": 9, "rolls_up": True, "state": "waiting"}
    return {
        "campaign": {"place": organiser, **texts, **lists, **times},
        "answering_group": {
            **campaign,
            "place": organiser,
            **asked,
            "code": group["group_id"].hex[:7],
            "sheet_count": 0,
        },
        "shared_rating": {**group, "row": "x.1", "answer": "1", "note": "", "changed_at": now},
        "answer_release": {
            **campaign,
            "place": organiser,
            "released_at": now,
            "contents": Jsonb({}),
            "report": Jsonb({}),
        },
        "campaign_outcome": {
            **campaign,
            "factor": "",
            "heard": "x",
            "decided": "x",
            "published_at": now,
            "written_by": "prov",
        },
        "tally": {**group, "row": "x.1", "answer": "1", "count": 9},
        "answer_comment": {**group, "row": "x.1", "text": "hemligt"},
    }[table]


def event(connection: psycopg.Connection, organiser: str, actor: str = "prov") -> UUID:
    """A row in an organiser's trail: its key."""
    key = uuid4()
    insert(
        connection,
        "audit_event",
        key=key,
        organiser=organiser,
        sequence=0,
        at=datetime.now(UTC),
        actor=actor,
        role="",
        place=organiser or "00",
        event="paper_written",
        about="x",
        facts=Jsonb({}),
        previous_hash="",
        hash="",
    )
    return key


def tenant(connection: psycopg.Connection, organiser: str) -> Tenant:
    lead, token = person(connection, ("quality_lead", organiser, organiser))
    invited, link = invitation(connection, "principal", f"{organiser}-90000001", organiser)
    keys = paper(connection, organiser) | {"invitation": invited, "audit_event": event(connection, organiser)}
    keys |= self_assessment(connection, organiser)
    del keys["share"]
    keys["role_grant"] = grant(connection, lead, "principal", f"{organiser}-90000001", organiser)
    return Tenant(organiser, lead, token, link, keys)


@contextmanager
def two_tenants(connection: psycopg.Connection) -> Iterator[Tenants]:
    """Two organisers for the block; afterwards only their trail is left, which nobody removes."""
    names = [f"55{uuid4().int % 10**8:08d}" for _ in range(2)]
    with connection.transaction():
        ours, theirs = (tenant(connection, name) for name in names)
        shared = paper(connection, theirs.organiser, "skolverket")
        theirs.keys |= {"shared_version": shared["paper_version"], "share": shared["share"]}
        withdrawn = paper(connection, theirs.organiser, "skolverket", withdrawn=True)
        theirs.keys["withdrawn_version"] = withdrawn["paper_version"]
        event(connection, "")
        _, agency = person(connection, ("dialogue_lead", "skolverket", ""))
        _, other = person(connection, ("dialogue_lead", "spsm", ""))
        _, operator = person(connection, ("operator", "00", ""))
    yield Tenants(ours, theirs, agency, other, operator)
    for table in ("share", "paper_version", "working_paper", *UNREAD_TABLES, *reversed(ASSESSMENT_TABLES)):
        connection.execute(sql.SQL("DELETE FROM {} WHERE organiser = ANY(%s)").format(sql.Identifier(table)), [names])
    connection.execute("DELETE FROM invitation WHERE invited_by = 'prov'")
    connection.execute("DELETE FROM role_grant WHERE granted_by = 'prov'")
    connection.execute("DELETE FROM sign_in_session WHERE device = %s", [DEVICE])
    connection.execute("DELETE FROM person WHERE name = %s", [NAME])
