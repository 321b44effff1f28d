"""Campaigns (självvärderingar) and the groups that answer them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connection

from styrkedjan.core.access import Permission, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.campaigns import (
    AnsweringGroup,
    Campaign,
    GroupState,
)
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
    return row.value


def _takes_part(viewer: Viewer, row: CampaignRow, place: str) -> bool:
    if row.place == place:
        return True
    groups = AnsweringGroupRow.scoped.at(viewer, row.organiser).filter(campaign=row.key)
    # What a unit has opened itself is the organiser's to see when the unit has said so.
    return groups.filter(place=place).exists() or (
        place == row.organiser and groups.filter(place=row.place, rolls_up=True).exists()
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
    group = row.value
    waits = group.state is GroupState.WAITING
    return replace(group, sheet_count=live.get(row.key, 0)) if waits else group
