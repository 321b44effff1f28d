"""What those who lead campaigns follow, and what those who are asked find: lists and one campaign's progress."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from styrkedjan.core.access import Permission, Role, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.campaigns import AnsweringGroup, Campaign, GroupKind, Phase
from styrkedjan.core.assessments.following import Rate, may_be_counted, rate_of, rate_of_all
from styrkedjan.core.catalogue import ChainLevel, Framework
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import NotFound
from styrkedjan.queries.assessments.campaigns import as_group, campaign, groups
from styrkedjan.queries.catalogue import catalogue, framework_of
from styrkedjan.queries.places import names_of
from styrkedjan.queries.sharing import Here
from styrkedjan.tables.assessments import AnsweringGroupRow, CampaignRow
from styrkedjan.tables.places import SchoolUnit

# Which level each role answers as, at its own place.
LEVEL_OF_ROLE: dict[Role, ChainLevel] = {
    Role.PRINCIPAL: ChainLevel.PRINCIPAL,
    Role.STAFF_MEMBER: ChainLevel.TEACHING,
    Role.QUALITY_LEAD: ChainLevel.ORGANISER,
    Role.SUPERINTENDENT: ChainLevel.ORGANISER,
    Role.BOARD_MEMBER: ChainLevel.ORGANISER,
}
MOST_LISTED = 60


@dataclass(frozen=True)
class ListedCampaign:
    """A campaign in a list. ``rate`` is of the groups that this place sees; ``place_name`` of who opened it."""

    campaign: Campaign
    phase: Phase
    place_name: str
    rate: Rate
    group_count: int
    ready: bool


@dataclass(frozen=True)
class ToAnswer:
    """A campaign that this viewer is asked in. ``code`` opens the form, and what came of it after the counting."""

    campaign: Campaign
    phase: Phase
    level: ChainLevel
    code: str
    is_position: bool


@dataclass(frozen=True)
class FollowedGroup:
    """A group as those who lead it follow it. ``links_sent`` is how many have had a link by e-mail."""

    group: AnsweringGroup
    place_name: str
    rate: Rate
    links_sent: int


@dataclass(frozen=True)
class Overview:
    """One campaign as a place follows it. ``is_own``: the place opened it and may change it."""

    here: Here
    campaign: Campaign
    phase: Phase
    place_name: str
    groups: tuple[FollowedGroup, ...]
    reminder_waits: bool
    reminded_on: date | None

    @property
    def is_own(self) -> bool:
        return self.campaign.place == self.here.key

    @property
    def values(self) -> tuple[AnsweringGroup, ...]:
        return tuple(each.group for each in self.groups)

    @property
    def links_sent(self) -> int:
        return sum(each.links_sent for each in self.groups)

    @property
    def ready(self) -> bool:
        return self.is_own and may_be_counted(self.phase, self.values)


@dataclass(frozen=True)
class UnitToAsk:
    """A unit that a campaign can ask. ``is_open`` says that it stands in the latest school year."""

    key: str
    name: str
    is_open: bool


def _fewest() -> int:
    """So many people a group must have for its rate to be shown: more than make a position."""
    return catalogue().disclosure.answers.most_in_a_position + 1


def here(viewer: Viewer, place: str, permission: Permission = Permission.TAKE_PART) -> Here:
    """The place whose self-assessments this viewer has a part in. Raises: NotAllowed or NotFound."""
    may(viewer, permission, place).require()
    organiser = organiser_of(place)
    names = names_of(viewer, (place, organiser))
    if place not in names:
        raise NotFound(NO_SUCH_PAGE)
    return Here(place, names[place], organiser, names.get(organiser, organiser))


def campaigns(viewer: Viewer, place: str) -> tuple[ListedCampaign, ...]:
    """The campaigns that a place has opened or is asked in, the latest first. Four queries, whatever their number.

    An organiser sees what a unit has opened itself when the unit has let it be part of the organiser's total.
    """
    may(viewer, Permission.READ_SELF_ASSESSMENTS, place).require()
    rows = _seen_from(viewer, place)
    held = _groups_of(viewer, place, rows)
    names = names_of(viewer, tuple({row.place for row in rows}))
    return tuple(_listed(viewer, row, held[row.key], names) for row in rows)


def _seen_from(viewer: Viewer, place: str) -> list[CampaignRow]:
    organiser = organiser_of(place)
    mine = AnsweringGroupRow.scoped.at(viewer, organiser)
    taking_part = mine.filter(rolls_up=True) if place == organiser else mine.filter(place=place)
    rows = CampaignRow.scoped.at(viewer, organiser).filter(removed_at=None)
    rows = rows.filter(Q(place=place) | Q(key__in=taking_part.values("campaign")))
    return list(rows.order_by("-opens_at", "key")[:MOST_LISTED])


def _groups_of(viewer: Viewer, place: str, rows: Iterable[CampaignRow]) -> dict[UUID, list[AnsweringGroup]]:
    keys = [row.key for row in rows]
    found = AnsweringGroupRow.scoped.at(viewer, organiser_of(place)).filter(campaign__in=keys)
    found = found.exclude(kind=GroupKind.POOLED)
    if place != organiser_of(place):
        found = found.filter(place=place)
    live = _handed_in([row.key for row in rows if row.counted_at is None])
    held: dict[UUID, list[AnsweringGroup]] = defaultdict(list)
    for row in found.order_by("place", "level"):
        held[row.campaign_id].append(as_group(viewer, row, live))
    return held


def _handed_in(keys: list[UUID]) -> dict[UUID, int]:
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.group_key, h.sheets FROM unnest(%s::uuid[]) k, LATERAL styrkedjan_handed_in(k) h", [keys]
        )
        return dict(cursor.fetchall())


def _listed(viewer: Viewer, row: CampaignRow, held: list[AnsweringGroup], names: dict[str, str]) -> ListedCampaign:
    value = row.value
    phase = value.phase(datetime.now(UTC))
    rate = rate_of_all(held, _fewest())
    ready = may_be_counted(phase, held)
    return ListedCampaign(value, phase, names.get(row.place, row.place), rate, len(held), ready)


def to_answer(viewer: Viewer, place: str) -> tuple[ToAnswer, ...]:
    """The campaigns that this viewer is asked in at a place, by the role that she has there, the latest first."""
    may(viewer, Permission.TAKE_PART, place).require()
    roles = {grant.role for grant in viewer.grants if grant.place == place}
    levels = {LEVEL_OF_ROLE[role] for role in roles if role in LEVEL_OF_ROLE}
    rows = AnsweringGroupRow.scoped.at(viewer, organiser_of(place)).filter(place=place, level__in=levels)
    rows = rows.filter(campaign__removed_at=None).exclude(kind=GroupKind.POOLED).select_related("campaign")
    found = []
    for row in rows.order_by("-campaign__opens_at", "level")[:MOST_LISTED]:
        value = row.campaign.value
        phase = value.phase(datetime.now(UTC))
        is_position = row.kind == GroupKind.POSITION
        if phase is Phase.CLOSED:  # nothing to answer, and nothing to read yet
            continue
        found.append(ToAnswer(value, phase, ChainLevel(row.level), row.code or "", is_position))
    return tuple(found)


def overview(
    viewer: Viewer, place: str, key: UUID, permission: Permission = Permission.READ_SELF_ASSESSMENTS
) -> Overview:
    """One campaign as a place follows it. Raises: NotAllowed or NotFound."""
    value = campaign(viewer, place, key, permission)
    held = groups(viewer, place, key, permission)
    names = names_of(viewer, tuple({place, organiser_of(place), value.place, *(group.place for group in held)}))
    organiser, sent, reminded_on = organiser_of(place), *_links_sent(key)
    row = CampaignRow.scoped.at(viewer, organiser).only("remind_asked_at").get(key=key)
    followed = (
        FollowedGroup(
            group, names.get(group.place, group.place), rate_of(group, _fewest()), sent.get(UUID(group.key), 0)
        )
        for group in held
        if group.kind is not GroupKind.POOLED
    )
    return Overview(
        here=Here(place, names.get(place, place), organiser, names.get(organiser, organiser)),
        campaign=value,
        phase=value.phase(datetime.now(UTC)),
        place_name=names.get(value.place, value.place),
        groups=tuple(sorted(followed, key=_in_order)),
        reminder_waits=row.remind_asked_at is not None,
        reminded_on=reminded_on,
    )


def _in_order(followed: FollowedGroup) -> tuple:
    group = followed.group
    return (group.place != organiser_of(group.place), followed.place_name, list(ChainLevel).index(group.level))


def _links_sent(key: UUID) -> tuple[dict[UUID, int], date | None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT group_key, asked, reminded_on FROM styrkedjan_asked(%s)", [key])
        rows = cursor.fetchall()
    return {group: asked for group, asked, _ in rows}, max((day for *_, day in rows if day), default=None)


def units_to_ask(viewer: Viewer, place: str) -> tuple[UnitToAsk, ...]:
    """The units that a campaign of a place can ask, by name; a unit asks itself."""
    may(viewer, Permission.RUN_SELF_ASSESSMENTS, place).require()
    rows = SchoolUnit.objects.filter(organiser=organiser_of(place), listed=True).order_by("sort_key", "key")
    if place != organiser_of(place):
        rows = SchoolUnit.objects.filter(key=place)
    found = list(rows.values_list("key", "name", "last_school_year"))
    latest = max((year for *_, year in found), default=0)
    return tuple(UnitToAsk(key, name, year == latest) for key, name, year in found)


def frameworks_since(edition: str) -> tuple[Framework, ...]:
    """The editions from one to the newest, as far as they are known to follow on each other."""
    chained = [catalogue().framework]
    while chained[0].id != edition and chained[0].previous_edition:
        chained.insert(0, framework_of(chained[0].previous_edition))
    return tuple(chained) if chained[0].id == edition else (framework_of(edition), chained[-1])
