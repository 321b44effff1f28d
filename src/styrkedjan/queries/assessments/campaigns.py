"""Campaigns (självvärderingar) and the groups that answer them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from styrkedjan.core.access import Permission, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.campaigns import (
    AnsweringGroup,
    Campaign,
    GroupKind,
    GroupState,
    Mode,
    OwnStatement,
)
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import NotFound
from styrkedjan.tables.assessments import AnsweringGroupRow, CampaignRow


def campaign(
    viewer: Viewer, place: str, key: UUID, permission: Permission = Permission.READ_SELF_ASSESSMENTS
) -> Campaign:
    """One campaign as a place sees it: its own, or one of its organiser that it answers in.

    Raises: NotAllowed, or NotFound when the place has no part in such a campaign.
    """
    may(viewer, permission, place).require()
    rows = CampaignRow.scoped.at(viewer, organiser_of(place)).filter(key=key, removed_at=None)
    row = rows.first()
    if row is None or not _takes_part(viewer, row, place):
        raise NotFound(NO_SUCH_PAGE)
    return campaign_of(viewer, row)


def _takes_part(viewer: Viewer, row: CampaignRow, place: str) -> bool:
    if row.place == place:
        return True
    groups = AnsweringGroupRow.scoped.at(viewer, row.organiser).filter(campaign=row.key)
    # What a unit has opened itself is the organiser's to see when the unit has said so.
    return groups.filter(place=place).exists() or (
        place == row.organiser and groups.filter(place=row.place, rolls_up=True).exists()
    )


def campaign_of(viewer: Viewer, row: CampaignRow) -> Campaign:
    """A row that this viewer has been let at, as a value."""
    assert viewer.is_signed_in or viewer.person
    return Campaign(
        key=str(row.key),
        place=row.place,
        title=row.title,
        edition=row.edition,
        school_form=row.school_form,
        language=row.language,
        modes=frozenset(Mode(mode) for mode in row.modes),
        levels=tuple(ChainLevel(level) for level in row.levels),
        rows=tuple(row.rows),
        own_statements=tuple(OwnStatement(**own) for own in row.own_statements),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        counted_at=row.counted_at,
        previous=str(row.previous_id) if row.previous_id else None,
    )


def groups(
    viewer: Viewer, place: str, key: UUID, permission: Permission = Permission.READ_SELF_ASSESSMENTS
) -> tuple[AnsweringGroup, ...]:
    """The groups of a campaign at a place and under it, by place and level, with how many have handed in so far.

    Raises: NotAllowed or NotFound, as ``campaign`` does.
    """
    campaign(viewer, place, key, permission)
    rows = AnsweringGroupRow.scoped.at(viewer, organiser_of(place)).filter(campaign=key)
    if place != organiser_of(place):
        rows = rows.filter(place=place)
    live = _handed_in(key)
    return tuple(as_group(viewer, row, live) for row in rows.order_by("place", "level"))


def _handed_in(key: UUID) -> dict[Any, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT group_key, sheets FROM styrkedjan_handed_in(%s)", [key])
        return dict(cursor.fetchall())


def as_group(viewer: Viewer, row: AnsweringGroupRow, live: Mapping[Any, int]) -> AnsweringGroup:
    """A row that a viewer has been let at, as a value, with how many have handed in so far while it is not counted."""
    assert row.organiser in viewer.organisers
    state = GroupState(row.state)
    return AnsweringGroup(
        key=str(row.key),
        campaign=str(row.campaign_id),
        place=row.place,
        level=ChainLevel(row.level),
        kind=GroupKind(row.kind),
        asked_count=row.asked_count,
        code=row.code or "",
        rolls_up=row.rolls_up,
        state=state,
        sheet_count=live.get(row.key, 0) if state is GroupState.WAITING else row.sheet_count,
    )
