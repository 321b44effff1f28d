"""Invented campaigns (självvärderingar) with sheets in their mailbox, written by the database's owner with plain SQL.

Use a connection of the owner's own, where each statement stays until ``remove``; or within a test that is rolled back::

    with as_owner(), mailbox_connection() as owner:
        made = open_campaign(owner, [Group(UNIT, "teaching", 20)])
        hand_in(owner, made, UNIT, {ROW: "4"})
        close(owner, made)
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from styrkedjan.core.assessments.sheets import RECEIPT_LENGTH, RECEIPT_LETTERS, Sheet, written
from styrkedjan.core.places import organiser_of
from styrkedjan.protocols.sealing import key_for, new_pair, seal, seal_for
from tests.tenants import insert
from tests.world import STORKOPING, catalogue

UNIT, OTHER_UNIT, THIRD_UNIT = (f"{STORKOPING}-9000000{number}" for number in (1, 2, 3))
ROW, OTHER_ROW = "clear_roles.1", "clear_roles.2"
# In the order of what points to what.
TABLES = (
    "campaign_outcome",
    "answer_release",
    "shared_rating",
    "answer_comment",
    "tally",
    "counted_receipt",
    "sheet",
    "asked_person",
    "answering_group",
)


@dataclass(frozen=True)
class Group:
    """Those who answer at a place and level."""

    place: str
    level: str
    asked_count: int
    kind: str = "anonymous"
    rolls_up: bool = True


@dataclass(frozen=True)
class MadeCampaign:
    """A campaign in the database. ``groups`` are the keys by place and level."""

    key: UUID
    place: str
    public: str
    private: str
    groups: Mapping[tuple[str, str], UUID]
    asked: dict[str, UUID] = field(default_factory=dict)  # key of the link by address


@contextmanager
def mailbox_connection() -> Iterator[psycopg.Connection]:
    """Django's own connection, for what is to be rolled back with the test. Within ``as_owner``."""
    from django.db import connection

    yield connection.connection


def open_campaign(
    owner: psycopg.Connection,
    groups: Sequence[Group],
    place: str = STORKOPING,
    rows: Sequence[str] = (ROW, OTHER_ROW),
    **columns: object,
) -> MadeCampaign:
    """A campaign that takes answers now."""
    from django.conf import settings

    key, now, (public, private) = uuid4(), datetime.now(UTC), new_pair()
    levels = list(dict.fromkeys(group.level for group in groups))
    own = {
        "title": "Påhittad självvärdering",
        "edition": catalogue().framework.id,
        "school_form": "compulsory",
        "language": "sv",
        "modes": Jsonb(["individual"]),
        "levels": Jsonb(levels),
        "rows": Jsonb(list(rows)),
        "own_statements": Jsonb([]),
        "opens_at": now - timedelta(days=10),
        "closes_at": now + timedelta(days=1),
        "made_at": now,
        "made_by": "prov",
        "public_key": public,
        "sealed_key": seal(key_for("answers", settings.SECRET_KEY), private),
        "in_briefing": Jsonb([]),
    }
    insert(owner, "campaign", key=key, organiser=organiser_of(place), place=place, **{**own, **columns})
    keys = {(group.place, group.level): _add_group(owner, key, group) for group in groups}
    return MadeCampaign(key, place, public, private, keys)


def _add_group(owner: psycopg.Connection, campaign: UUID, group: Group) -> UUID:
    key = uuid4()
    insert(
        owner,
        "answering_group",
        key=key,
        organiser=organiser_of(group.place),
        campaign_id=campaign,
        place=group.place,
        level=group.level,
        kind=group.kind,
        asked_count=group.asked_count,
        code=key.hex[:7].upper(),
        rolls_up=group.rolls_up,
        state="waiting",
        sheet_count=0,
    )
    return key


def ask(owner: psycopg.Connection, made: MadeCampaign, place: str, address: str, level: str = "teaching") -> str:
    """Somebody who has been sent a link two days ago. Gives the link's token."""
    from styrkedjan.actions.assessments.links import link_hash, link_token

    key = uuid4()
    made.asked[address] = key
    insert(
        owner,
        "asked_person",
        key=key,
        organiser=organiser_of(place),
        group_id=made.groups[place, level],
        email=address,
        link_hash=link_hash(link_token(key)),
        answered=False,
        invited_on=(datetime.now(UTC) - timedelta(days=2)).date(),
    )
    return link_token(key)


def new_receipt() -> str:
    """A receipt's code."""
    return "".join(secrets.choice(RECEIPT_LETTERS) for _ in range(RECEIPT_LENGTH))


def receipt_hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def sealed(made: MadeCampaign, answers: Mapping[str, str], comments: Mapping[str, str] | None = None) -> str:
    return seal_for(made.public, written(Sheet(answers, comments or {})))


def hand_in(
    connection: psycopg.Connection,
    made: MadeCampaign,
    place: str,
    answers: Mapping[str, str],
    comments: Mapping[str, str] | None = None,
    *,
    level: str = "teaching",
    finished: bool = True,
    receipt: str = "",
) -> str:
    """Put a sheet in the mailbox, through the database's own function. Gives the receipt's code."""
    code = receipt or new_receipt()
    group, content = made.groups[place, level], sealed(made, answers, comments)
    statement = "SELECT styrkedjan_hand_in(%s, %s, %s, %s)"
    (said,) = connection.execute(statement, [group, receipt_hash(code), content, finished]).fetchone()
    assert said in ("saved", "changed"), said
    return code


def close(owner: psycopg.Connection, made: MadeCampaign, ago: timedelta = timedelta(hours=1)) -> None:
    """Let the campaign have closed so long ago."""
    owner.execute("UPDATE campaign SET closes_at = %s WHERE key = %s", [datetime.now(UTC) - ago, made.key])


def stored(owner: psycopg.Connection, made: MadeCampaign) -> dict[str, list[tuple]]:
    """Every row of the campaign, by table."""
    found = {"campaign": owner.execute("SELECT * FROM campaign WHERE key = %s", [made.key]).fetchall()}
    for table in TABLES:
        rows = owner.execute(f"SELECT * FROM {table} WHERE {_of_campaign(table)} ORDER BY 1", [made.key])
        found[table] = rows.fetchall()
    return found


def json_of(value: object) -> object:
    """What a jsonb column holds: Django's own connection gives it as text."""
    return json.loads(value) if isinstance(value, str) else value


def remove(owner: psycopg.Connection, made: MadeCampaign) -> None:
    """Take away what a test has committed."""
    with owner.transaction():
        for table in TABLES:
            owner.execute(f"DELETE FROM {table} WHERE {_of_campaign(table)}", [made.key])
        owner.execute("DELETE FROM campaign WHERE key = %s", [made.key])


def _of_campaign(table: str) -> str:
    if table in ("shared_rating", "answer_comment", "tally", "asked_person"):
        return "group_id IN (SELECT key FROM answering_group WHERE campaign_id = %s)"
    return "campaign_id = %s"
