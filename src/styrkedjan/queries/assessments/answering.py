"""The form behind a code or a link, and the sheet behind a receipt: all that somebody without an account can reach."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from styrkedjan.core.access import Permission, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.campaigns import (
    AnsweringGroup,
    Campaign,
    GroupKind,
    GroupState,
    form_for,
)
from styrkedjan.core.assessments.open_forms import OpenForm
from styrkedjan.core.assessments.sheets import Sheet, read
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import NotFound
from styrkedjan.core.sign_in import token_hash
from styrkedjan.protocols.sealing import key_for, open_sealed, unseal
from styrkedjan.queries.assessments.campaigns import campaign, groups
from styrkedjan.queries.catalogue import framework_of
from styrkedjan.queries.places import names_of
from styrkedjan.tables.assessments import CampaignRow

OWN_NAME = "Egna påståenden"


@dataclass(frozen=True)
class HeldSheet:
    """A sheet in the mailbox: its form, whether it has been handed in or is a draft, and what it says, sealed."""

    open_form: OpenForm
    handed_in: bool
    sealed: str
    sealed_key: str


@dataclass(frozen=True)
class CountedSheet:
    """That a sheet has been counted, and in what: all that is known of it."""

    title: str
    counted_at: datetime
    kept: bool


def form_by_code(viewer: Viewer, code: str) -> OpenForm | None:
    """The form of the group that goes by this code; None when there is none. One statement."""
    may(viewer, Permission.ANSWER).require()
    found = _one("SELECT styrkedjan_form_by_code(%s)::text", code)
    return _open_form(found[0]) if found and found[0] else None


def form_by_link(viewer: Viewer, token: str) -> tuple[OpenForm, bool] | None:
    """The form behind somebody's own link, and whether the link has been used. One statement."""
    may(viewer, Permission.ANSWER).require()
    statement = (
        "SELECT (found - 'answered')::text, (found ->> 'answered')::boolean FROM styrkedjan_form_by_link(%s) found"
    )
    found = _one(statement, token)
    return (_open_form(found[0]), bool(found[1])) if found and found[0] else None


def sheet_behind(viewer: Viewer, receipt: str) -> HeldSheet | CountedSheet | None:
    """What became of the sheet that a receipt's code is for; None when there is none. One statement."""
    may(viewer, Permission.ANSWER).require()
    found = _one("SELECT found, (found -> 'form')::text FROM styrkedjan_sheet(%s) found", token_hash(receipt))
    if not found or found[0] is None:
        return None
    told = found[0] if isinstance(found[0], dict) else json.loads(found[0])
    if counted := told.get("counted"):
        return CountedSheet(counted["title"], datetime.fromisoformat(counted["counted_at"]), counted["kept"])
    if not told.get("form"):  # the campaign has been taken away
        return None
    return HeldSheet(_open_form(found[1]), told["handed_in"], told["sealed"], told["sealed_key"])


def contents(viewer: Viewer, held: HeldSheet) -> Sheet:
    """What a sheet says, to whoever has its receipt. Raises: DamagedData."""
    may(viewer, Permission.ANSWER).require()
    private = unseal(key_for("answers", settings.SECRET_KEY), held.sealed_key)
    return read(open_sealed(private, held.sealed))


def paper_form(viewer: Viewer, place: str, key: UUID, group: UUID) -> OpenForm:
    """The form of a group at a place, for whoever types in what was answered on paper.

    Raises: NotAllowed, or NotFound when there is no such group here.
    """
    asked = campaign(viewer, place, key, Permission.RUN_SELF_ASSESSMENTS)
    found = [each for each in groups(viewer, place, key, Permission.RUN_SELF_ASSESSMENTS) if each.key == str(group)]
    if not found or found[0].kind is GroupKind.POOLED:
        raise NotFound(NO_SUCH_PAGE)
    public_key = CampaignRow.scoped.at(viewer, organiser_of(place)).values_list("public_key", flat=True).get(key=key)
    names = names_of(viewer, (found[0].place, organiser_of(place)))
    return _made(asked, found[0], public_key, names.get(found[0].place, ""), names.get(organiser_of(place), ""))


def _one(statement: str, *values: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


@lru_cache(maxsize=512)
def _open_form(text: str) -> OpenForm:
    """The form that the database told of. What it told is the key, so that a campaign that changes is made anew."""
    told = json.loads(text)
    told_group, told_campaign = told["group"], told["campaign"]
    group = AnsweringGroup(
        key=told_group["key"],
        campaign=told_campaign["key"],
        place=told_group["place"],
        level=ChainLevel(told_group["level"]),
        kind=GroupKind(told_group["kind"]),
        asked_count=told_group["asked_count"],
        code=told_group["code"] or "",
        rolls_up=told_group["rolls_up"],
        state=GroupState(told_group["state"]),
    )
    asked = Campaign.from_json(told_campaign)
    return _made(asked, group, told_campaign["public_key"], told_group["place_name"], told["organiser_name"])


def _made(asked: Campaign, group: AnsweringGroup, public_key: str, place_name: str, organiser_name: str) -> OpenForm:
    framework = framework_of(asked.edition)
    return OpenForm(
        group=replace(group, sheet_count=0),  # nobody who answers is told how many have
        form=form_for(asked, group.level, framework, OWN_NAME),
        scale=framework.self_assessment.scale,
        reflection=framework.self_assessment.reflection,
        public_key=public_key,
        place_name=place_name,
        organiser_name=organiser_name,
    )
