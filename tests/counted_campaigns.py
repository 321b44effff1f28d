"""An invented campaign that is open or has been counted, with what was released of it, written by the owner.

Within ``as_owner``, for a test that is rolled back::

    with as_owner(), mailbox_connection() as owner:
        made = counted_campaign(owner)
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.types.json import Jsonb

from tests.mailboxes import OTHER_ROW, OTHER_UNIT, ROW, UNIT, Group, MadeCampaign, open_campaign
from tests.tenants import insert
from tests.world import STORKOPING

FACTOR, OTHER_FACTOR = "clear_roles", "trusting_climate"
THIRD_ROW = "trusting_climate.1"
ROWS = (THIRD_ROW, ROW, OTHER_ROW)
COUNTED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
GROUPS = (
    Group(STORKOPING, "organiser", 3, "position"),
    Group(UNIT, "principal", 1, "position"),
    Group(UNIT, "teaching", 20),
    Group(OTHER_UNIT, "teaching", 4),
)
BOTH = ("individual", "shared")


def rating_campaign(owner: psycopg.Connection, **columns: object) -> MadeCampaign:
    """A campaign that is open, with both modes and the groups of ``GROUPS``."""
    return open_campaign(owner, GROUPS, **{"rows": ROWS, "modes": Jsonb(list(BOTH)), **columns})


def counted_campaign(owner: psycopg.Connection, **columns: object) -> MadeCampaign:
    """The same when it has been counted: releases for the organiser and for one unit."""
    closed = {"opens_at": COUNTED - timedelta(days=20), "closes_at": COUNTED - timedelta(hours=1)}
    made = rating_campaign(owner, **{**closed, "counted_at": COUNTED, "sealed_key": "", **columns})
    for place in (STORKOPING, UNIT):
        insert(
            owner,
            "answer_release",
            key=uuid4(),
            organiser=STORKOPING,
            campaign_id=made.key,
            place=place,
            released_at=COUNTED,
            contents=Jsonb(release(place)),
            report=Jsonb({}),
        )
    return made


def release(place: str) -> dict[str, Any]:
    """What was released of a place: a bit of everything that can be."""
    is_unit = place != STORKOPING
    teaching = [cell(ROW, "shown", [1, 2, 6, 5, 2], outside={"dont_know": 2}, n_class="10–19")]
    teaching += [cell(OTHER_ROW, "gathered", band=2, n_class="10–19"), cell(THIRD_ROW, "protected")]
    teaching += [cell(FACTOR, "bands", [3, 12, 17], n_class="20–49"), cell(OTHER_FACTOR, "too_few")]
    leading = [cell(ROW, "position", [0, 0, 0, 1, 0], "principal"), cell(THIRD_ROW, "no_answers", level="principal")]
    if not is_unit:
        teaching[0] = cell(ROW, "shown", [2, 4, 9, 7, 2], n_class="20–49")
        leading = [cell(ROW, "position", [0, 1, 0, 2, 0], "organiser")]
    return {
        "place": place,
        "groups": [group("teaching", "anonymous", 20, 18), group("principal", "position", 1, 1)],
        "cells": [*teaching, *leading],
        "comments": [{"level": "teaching", "row": ROW, "text": "En kommentar som bara de som leder läser."}],
        "parts": {},
    }


def cell(row: str, state: str, counts: list[int] | None = None, level: str = "teaching", **more: object) -> dict:
    """One released cell, as the release keeps it."""
    return {"level": level, "row": row, "state": state, **({"counts": counts} if counts else {}), **more}


def group(level: str, kind: str, asked: int, sheets: int | None) -> Mapping[str, object]:
    """One released group, as the release keeps it."""
    return {"level": level, "kind": kind, "state": "kept", "asked_count": asked, "sheet_count": sheets}
