"""Campaigns: open one, change it, close it, remove it, and let it be part of the organiser's total."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, connection

from styrkedjan.actions._change import change
from styrkedjan.core.access import Event, Permission, Role, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.campaigns import GRACE, Mode, group_kind
from styrkedjan.core.assessments.plans import (
    BadPlan,
    CampaignChange,
    CampaignPlan,
    checked_plan,
    count_problems,
    date_problems,
    fingerprint,
    one_line,
    title_problems,
)
from styrkedjan.core.assessments.sheets import GROUP_CODE_LENGTH, RECEIPT_LETTERS
from styrkedjan.core.catalogue import Catalogue, ChainLevel
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import NotAllowed, NotFound, WrongState
from styrkedjan.data.catalogue import load_catalogue
from styrkedjan.protocols.sealing import key_for, new_pair, seal
from styrkedjan.tables.assessments import AnsweringGroupRow, CampaignRow
from styrkedjan.tables.places import SchoolUnit, place_row

OPENED_MEANWHILE = "någon har ändrat självvärderingen sedan du öppnade sidan. Inget har sparats. Ladda om sidan."
COUNTED = "svaren är redan räknade. Inget har ändrats."
CLOSED = "självvärderingen är stängd. Inget har ändrats."
OVER_THE_BORDER = (
    "Svaren från {few} personer eller färre är ett ställningstagande, och från fler är de anonyma. De som svarar har "
    "fått veta vilket, så antalet kan inte ändras över den gränsen när självvärderingen är öppen."
)
TOO_FEW = "{count} har redan svarat eller fått en länk i en av grupperna. Antalet kan inte vara lägre."
NOT_THE_PRINCIPAL = "Bara enhetens rektor väljer om enhetens svar är med i huvudmannens sammanställning."


def open_campaign(actor: Viewer, place: str, plan: CampaignPlan, key: UUID | None = None) -> UUID:
    """Open a campaign at a place, with a group for each place and level that the plan asks, each with its code.

    In: ``key`` of the form that was filled in, so that the same form sent twice opens one campaign.
    Out: the campaign's key. Raises: NotAllowed, NotFound, or BadPlan with what is wrong by field.
    """
    may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    _require_place(place)
    if key and CampaignRow.scoped.at(actor, organiser_of(place)).filter(key=key, place=place).exists():
        return key
    checked = checked_plan(plan, place, _catalogue().framework, datetime.now(UTC))
    _require_units(place, checked)
    previous = _previous(actor, place, checked.previous)
    try:
        return _open(actor, place, checked, key or uuid4(), previous)
    except IntegrityError:  # a code that another group has had the luck to get, or a key that is not this place's
        return _open(actor, place, checked, uuid4(), previous)


@lru_cache(maxsize=1)
def _catalogue() -> Catalogue:
    return load_catalogue(settings.CATALOGUE)


def _require_place(place: str) -> None:
    if place_row(place) is None:
        raise NotFound(NO_SUCH_PAGE)


def _require_units(place: str, plan: CampaignPlan) -> None:
    units = {where for where, _ in plan.asked} - {place}
    found = SchoolUnit.objects.filter(key__in=units, organiser=organiser_of(place)).count()
    if found != len(units):
        raise BadPlan({"asked": "En av enheterna finns inte hos er. Inget har öppnats. Ladda om sidan och välj igen."})


def _previous(actor: Viewer, place: str, key: str | None) -> CampaignRow | None:
    if key is None:
        return None
    rows = CampaignRow.scoped.at(actor, organiser_of(place)).filter(place=place, removed_at=None)
    found = rows.filter(key=key).first()
    if found is None:
        raise NotFound(NO_SUCH_PAGE)
    return found


def _open(actor: Viewer, place: str, plan: CampaignPlan, key: UUID, previous: CampaignRow | None) -> UUID:
    campaign = _campaign_row(actor, place, plan, key, previous)
    groups = [_group_row(campaign, where, level, count) for (where, level), count in plan.asked.items()]
    with change(actor, Event.CAMPAIGN_OPENED, about=str(key), place=place) as facts:
        campaign.save(force_insert=True)
        AnsweringGroupRow.scoped.at(actor, campaign.organiser).bulk_create(groups)
        facts.update(edition=plan.edition, rows=len(plan.rows), own_statements=len(plan.own_statements))
        facts.update(groups=len(groups), asked=sum(plan.asked.values()), levels=[str(level) for level in plan.levels])
    return key


def _campaign_row(
    actor: Viewer, place: str, plan: CampaignPlan, key: UUID, previous: CampaignRow | None
) -> CampaignRow:
    public, private = new_pair()
    return CampaignRow(
        key=key,
        organiser=organiser_of(place),
        place=place,
        title=plan.title,
        edition=plan.edition,
        school_form=plan.school_form,
        language=plan.language,
        modes=[mode for mode in Mode if mode in plan.modes],
        levels=list(plan.levels),
        rows=list(plan.rows),
        own_statements=[{"id": own.id, "text": own.text} for own in plan.own],
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        made_at=datetime.now(UTC),
        made_by=actor.person,
        previous=previous,
        public_key=public,
        sealed_key=seal(key_for("answers", settings.SECRET_KEY), private),
    )


def _group_row(campaign: CampaignRow, place: str, level: ChainLevel, count: int) -> AnsweringGroupRow:
    return AnsweringGroupRow(
        key=uuid4(),
        organiser=campaign.organiser,
        campaign=campaign,
        place=place,
        level=level,
        kind=group_kind(count, _most_in_a_position()),
        asked_count=count,
        code=_group_code(),
        # What the organiser asks for is part of its total; what a unit asks itself is not until the unit says so.
        rolls_up=campaign.place == campaign.organiser,
        state="waiting",
    )


def _most_in_a_position() -> int:
    return _catalogue().disclosure.answers.most_in_a_position


def _group_code() -> str:
    # 35 bits of chance: whoever tries codes meets a closed door a long time before an open one.
    return "".join(secrets.choice(RECEIPT_LETTERS) for _ in range(GROUP_CODE_LENGTH))


def _locked(actor: Viewer, place: str, key: UUID) -> CampaignRow:
    """The campaign of this very place, held until the transaction ends. Raises NotFound, or WrongState if counted."""
    rows = CampaignRow.scoped.at(actor, organiser_of(place)).filter(key=key, place=place, removed_at=None)
    found = rows.select_for_update().first()
    if found is None:
        raise NotFound(NO_SUCH_PAGE)
    if found.counted_at is not None:
        raise WrongState(COUNTED)
    return found


def change_campaign(actor: Viewer, place: str, key: UUID, wanted: CampaignChange) -> None:
    """Change the title, the dates and how many are asked, until the campaign closes.

    Raises: BadPlan by field; WrongState when it has closed, or somebody has changed it since it was shown.
    """
    may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    with change(actor, Event.CAMPAIGN_CHANGED, about=str(key), place=place) as facts:
        campaign, now = _locked(actor, place, key), datetime.now(UTC)
        if campaign.closes_at <= now:
            raise WrongState(CLOSED)
        groups = _groups(actor, campaign)
        _require_unchanged(campaign, groups, wanted.seen)
        title, opens_at = one_line(wanted.title), wanted.opens_at if campaign.opens_at > now else campaign.opens_at
        problems = dict([*date_problems(opens_at, wanted.closes_at, now), *title_problems(title)])
        if problems:
            raise BadPlan(problems)
        _set_counts(campaign, groups, wanted.asked, now)
        campaign.title, campaign.opens_at, campaign.closes_at = title, opens_at, wanted.closes_at
        campaign.save(update_fields=["title", "opens_at", "closes_at"])
        facts.update(closes_at=wanted.closes_at.isoformat(), asked=sum(group.asked_count for group in groups))


def change_asked(actor: Viewer, place: str, key: UUID, asked: Mapping[str, int]) -> None:
    """Change how many are asked in the groups of a unit, in a campaign that its organiser has opened.

    Raises: BadPlan; NotFound when the campaign asks nobody here; WrongState when it has closed.
    """
    may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    with change(actor, Event.CAMPAIGN_CHANGED, about=str(key), place=place) as facts:
        campaign, now = _locked(actor, organiser_of(place), key), datetime.now(UTC)
        groups = [group for group in _groups(actor, campaign) if group.place == place]
        if not groups:
            raise NotFound(NO_SUCH_PAGE)
        if campaign.closes_at <= now:
            raise WrongState(CLOSED)
        _set_counts(campaign, groups, asked, now)
        facts.update(asked=sum(group.asked_count for group in groups))


def _groups(actor: Viewer, campaign: CampaignRow) -> list[AnsweringGroupRow]:
    rows = AnsweringGroupRow.scoped.at(actor, campaign.organiser).filter(campaign=campaign)
    return list(rows.select_for_update().order_by("place", "level"))


def _require_unchanged(campaign: CampaignRow, groups: list[AnsweringGroupRow], seen: str) -> None:
    counts = [(str(group.key), group.asked_count) for group in groups]
    if fingerprint(campaign.title, campaign.opens_at, campaign.closes_at, counts) != seen:
        raise WrongState(OPENED_MEANWHILE)


def _set_counts(
    campaign: CampaignRow, groups: list[AnsweringGroupRow], wanted: Mapping[str, int], now: datetime
) -> None:
    """Write the new counts. Once somebody may have answered, a group stays what it was said to be."""
    if wanted.keys() - {str(group.key) for group in groups}:
        raise NotFound(NO_SUCH_PAGE)
    taken = _taken(campaign.key)
    for group in groups:
        count = wanted.get(str(group.key), group.asked_count)
        if count == group.asked_count:
            continue
        problems, kind = dict(count_problems(count)), group_kind(count, _most_in_a_position())
        if count < taken.get(group.key, 0):
            problems["asked"] = TOO_FEW.format(count=taken[group.key])
        # Whoever has had a letter has been told too.
        elif kind != group.kind and (campaign.opens_at <= now or taken.get(group.key)):
            problems["asked"] = OVER_THE_BORDER.format(few=_most_in_a_position())
        if problems:
            raise BadPlan(problems)
        group.asked_count, group.kind = count, kind
        group.save(update_fields=["asked_count", "kind"])


def _taken(campaign: UUID) -> dict[UUID, int]:
    """How many have handed in or been sent a link, whichever is more, by group."""
    found: dict[UUID, int] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT group_key, sheets FROM styrkedjan_handed_in(%s)", [campaign])
        found.update(cursor.fetchall())
        cursor.execute("SELECT group_key, asked FROM styrkedjan_asked(%s)", [campaign])
        for group, asked in cursor.fetchall():
            found[group] = max(asked, found.get(group, 0))
    return found


def close_now(actor: Viewer, place: str, key: UUID) -> None:
    """Close a campaign that is open; whoever has the form open has a quarter of an hour to finish.

    Raises: WrongState when it has not opened, or has closed.
    """
    may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    with change(actor, Event.CAMPAIGN_CLOSED, about=str(key), place=place) as facts:
        campaign, now = _locked(actor, place, key), datetime.now(UTC)
        if campaign.closes_at <= now:
            raise WrongState("självvärderingen är redan stängd. Inget har ändrats.")
        if campaign.opens_at > now:
            raise WrongState("självvärderingen har inte öppnat än. Inget har ändrats. Du kan ta bort den i stället.")
        campaign.closes_at = now
        campaign.save(update_fields=["closes_at"])
        facts.update(grace_minutes=int(GRACE.total_seconds() // 60))


def remove(actor: Viewer, place: str, key: UUID) -> None:
    """Take a campaign away that has not been counted: what has been handed in can never be read.

    Raises: WrongState when it has been counted.
    """
    may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    with change(actor, Event.CAMPAIGN_REMOVED, about=str(key), place=place):
        campaign = _locked(actor, place, key)
        # Without its key every sheet is noise, also in a copy of the database.
        campaign.removed_at, campaign.sealed_key = datetime.now(UTC), ""
        campaign.save(update_fields=["removed_at", "sealed_key"])


def set_roll_up(actor: Viewer, place: str, key: UUID, rolls_up: bool) -> None:
    """Let the groups of a unit be part of the organiser's total, or not. The unit's own principal says which.

    Raises: NotAllowed to anyone else; WrongState when the answers have been counted.
    """
    may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    if Role.PRINCIPAL not in actor.roles_at(place):
        raise NotAllowed(NOT_THE_PRINCIPAL)
    with change(actor, Event.CAMPAIGN_CHANGED, about=str(key), place=place) as facts:
        rows = AnsweringGroupRow.scoped.at(actor, organiser_of(place))
        mine = rows.filter(campaign=key, place=place)
        campaign = mine.values_list("campaign__place", flat=True).first()
        if campaign is None:
            raise NotFound(NO_SUCH_PAGE)
        _locked(actor, campaign, key)
        facts.update(rolls_up=rolls_up, groups=mine.update(rolls_up=rolls_up))
