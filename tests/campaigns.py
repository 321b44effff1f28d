"""Invented campaigns as rows: open, about to open, closed or in the quarter of an hour after, whatever a test needs.

Use it inside a transaction that is rolled back (the fixture ``tables``), or on a site of its own.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from styrkedjan.core.assessments.campaigns import Mode, group_kind
from styrkedjan.core.assessments.sheets import GROUP_CODE_LENGTH, RECEIPT_LETTERS
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.places import organiser_of
from tests.conftest import as_owner
from tests.world import STORKOPING, catalogue

if TYPE_CHECKING:
    from styrkedjan.tables.assessments import AnsweringGroupRow, CampaignRow

UNIT = f"{STORKOPING}-90000001"
TEACHING = ChainLevel.TEACHING


@dataclass(frozen=True)
class Made:
    """A campaign: its key, the private key that opens its sheets, and its groups by place and level."""

    key: UUID
    private: str
    rows: tuple[str, ...]
    groups: Mapping[tuple[str, ChainLevel], "AnsweringGroupRow"]

    def code(self, place: str = UNIT, level: ChainLevel = TEACHING) -> str:
        return str(self.groups[place, level].code)

    def group(self, place: str = UNIT, level: ChainLevel = TEACHING) -> UUID:
        return self.groups[place, level].key


def some_rows(count: int = 28) -> tuple[str, ...]:
    """The first rows of the framework that have a cell at every level that the tests ask."""
    factors = catalogue().framework.success_factors
    found = (f"{factor.id}.{row.id}" for factor in factors for row in factor.rows if len(row.cells) == len(ChainLevel))
    return tuple(islice(found, count))


def open_for(
    *,
    asked: Mapping[tuple[str, ChainLevel], int] | None = None,
    place: str = UNIT,
    rows: int = 28,
    own: tuple[str, ...] = (),
    opens: timedelta = -timedelta(days=1),
    closes: timedelta = timedelta(days=14),
    modes: tuple[Mode, ...] = (Mode.INDIVIDUAL,),
    title: str = "Vårt kvalitetsarbete i höst",
) -> Made:
    """A campaign with these groups; ``opens`` and ``closes`` are counted from now."""
    from django.conf import settings

    from styrkedjan.protocols.sealing import key_for, new_pair, seal
    from styrkedjan.tables.assessments import CampaignRow

    public, private = new_pair()
    asked = asked or {(UNIT, TEACHING): 30}
    now, chosen = datetime.now(UTC), some_rows(rows)
    row = CampaignRow(
        key=uuid4(),
        organiser=organiser_of(place),
        place=place,
        title=title,
        edition=catalogue().framework.id,
        school_form="compulsory",
        language="sv",
        modes=list(modes),
        levels=sorted({level for _, level in asked}),
        rows=list(chosen),
        own_statements=[{"id": f"own.{number}", "text": text} for number, text in enumerate(own, 1)],
        opens_at=now + opens,
        closes_at=now + closes,
        made_at=now,
        made_by="prov",
        public_key=public,
        sealed_key=seal(key_for("answers", settings.SECRET_KEY), private),
    )
    groups = {where: _group(row, *where, count) for where, count in asked.items()}
    with as_owner():
        for each in (row, *groups.values()):
            each.save(force_insert=True)
    return Made(row.key, private, chosen, groups)


def _group(campaign: "CampaignRow", place: str, level: ChainLevel, count: int) -> "AnsweringGroupRow":
    from styrkedjan.tables.assessments import AnsweringGroupRow

    return AnsweringGroupRow(
        key=uuid4(),
        organiser=campaign.organiser,
        campaign=campaign,
        place=place,
        level=level,
        kind=group_kind(count, catalogue().disclosure.answers.most_in_a_position),
        asked_count=count,
        code="".join(secrets.choice(RECEIPT_LETTERS) for _ in range(GROUP_CODE_LENGTH)),
        rolls_up=True,
        state="waiting",
    )


def link_to(made: Made, place: str = UNIT, level: ChainLevel = TEACHING) -> str:
    """Somebody in a group is sent a link: its token."""
    from styrkedjan.tables.assessments import AskedPerson

    group, token = made.groups[place, level], hashlib.sha256(uuid4().bytes).hexdigest()
    with as_owner():
        AskedPerson(
            key=uuid4(),
            organiser=group.organiser,
            group=group,
            email=f"{token[:8]}@prov.example",
            link_hash=hashlib.sha256(token.encode()).hexdigest(),
            invited_on=datetime.now(UTC).date(),
        ).save(force_insert=True)
    return token


def close(made: Made, ago: timedelta = timedelta(minutes=1)) -> None:
    """The campaign closed so long ago."""
    from styrkedjan.tables.assessments import CampaignRow

    with as_owner():
        CampaignRow._base_manager.filter(key=made.key).update(closes_at=datetime.now(UTC) - ago)


def sheets(made: Made) -> list[tuple[dict[str, str], dict[str, str], bool]]:
    """What lies in the mailbox, opened: answers, comments, and whether it has been handed in."""
    from styrkedjan.core.assessments.sheets import read
    from styrkedjan.protocols.sealing import open_sealed
    from styrkedjan.tables.assessments import SheetRow

    with as_owner():
        rows = list(SheetRow._base_manager.filter(campaign=made.key))
    opened = [(read(open_sealed(made.private, row.sealed)), row.handed_in) for row in rows]
    return [(dict(sheet.answers), dict(sheet.comments), handed_in) for sheet, handed_in in opened]
