"""How a campaign is shown to those who lead it: where it is in words, what its groups are, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import NoReverseMatch

from styrkedjan.core.assessments.campaigns import (
    GRACE,
    Campaign,
    GroupKind,
    Mode,
    Phase,
    form_for,
    group_kind,
)
from styrkedjan.core.assessments.following import LevelRate, level_rates
from styrkedjan.core.assessments.plans import CampaignPlan
from styrkedjan.core.catalogue import ChainLevel, Framework
from styrkedjan.core.places import organiser_of
from styrkedjan.pages.assessments.answering.showing import SECONDS_PER_STATEMENT
from styrkedjan.pages.layout.environment import place_address, words
from styrkedjan.queries.assessments.leading import FollowedGroup, ListedCampaign, Overview
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.render import swedish

DONE = {
    "oppnad": "Självvärderingen är öppnad. Nästa steg är att nå dem som ska svara.",
    "andrad": "Ändringarna är sparade.",
    "stangd": "Självvärderingen är stängd. Den som har formuläret öppet har en kvart på sig att lämna in.",
    "borttagen": "Självvärderingen är borttagen. Svar som hade lämnats in går inte längre att läsa.",
    "paminns": "Påminnelsen är på väg till dem som har fått en länk och inte använt den. Vilka de är ser ingen.",
    "med": "Enhetens svar är med i huvudmannens sammanställning.",
    "utan": "Enhetens svar är inte med i huvudmannens sammanställning.",
}
MANY_GROUPS = 8


def done(request: HttpRequest) -> str:
    """What has just been done, by the word in ``?klart=``; nothing for any other word."""
    return DONE.get(request.GET.get("klart", ""), "")


def maybe_address(page: str, place: str, *rest: object) -> str:
    """The address of a page of a place, or nothing where there is none."""
    try:
        return place_address(page, place, *rest)
    except NoReverseMatch:
        return ""


def phase_line(campaign: Campaign, phase: Phase) -> str:
    """Where a campaign is, in a sentence."""
    if phase is Phase.COUNTED:
        return words()("campaign.phase.counted", when=swedish.moment(campaign.counted_at))
    when = campaign.opens_at if phase is Phase.PLANNED else campaign.closes_at
    if phase is Phase.GRACE:
        return words()("campaign.phase.grace", when=swedish.moment(when), until=_clock(when + GRACE))
    return words()(f"campaign.phase.{phase}", when=swedish.moment(when))


def _clock(when: datetime) -> str:
    return swedish.clock(when.astimezone(swedish.SWEDEN))


def next_step(listed: ListedCampaign) -> str:
    """What there is to do with a campaign in a list, in a few words; nothing when it only has to wait."""
    if listed.ready and listed.phase is not Phase.COUNTED:
        return words()("campaign.next.count")
    if listed.phase is Phase.COUNTED:
        return words()("campaign.next.results")
    if listed.phase is Phase.OPEN and not listed.rate.handed_in:
        return words()("campaign.next.reach")
    return ""


def asks_what(campaign: Campaign, framework: Framework) -> list[tuple[str, int, int]]:
    """For each level: its name, how many statements it gets, and how many minutes they take."""
    found = []
    for level in campaign.levels:
        count = len(form_for(campaign, level, framework, "").statements)
        found.append((words()(f"level.{level}.name"), count, minutes(count)))
    return found


def minutes(statements: int) -> int:
    """How long it takes to answer, rounded up."""
    return max(1, -(-statements * SECONDS_PER_STATEMENT // 60))


@dataclass(frozen=True)
class LevelPart:
    """One level of a campaign: its rate, and its groups."""

    level: ChainLevel
    rate: LevelRate
    groups: tuple[FollowedGroup, ...]
    is_long: bool

    @property
    def asked(self) -> int:
        """How many are asked in all of its groups."""
        return sum(each.group.asked_count for each in self.groups)

    @property
    def kinds(self) -> list[str]:
        """The kinds of its groups: one word, or two when they differ."""
        return list(dict.fromkeys(str(each.group.kind) for each in self.groups))


def level_parts(found: Overview) -> list[LevelPart]:
    """The levels of a campaign with their groups, in the order of the chain."""
    fewest = catalogue().disclosure.answers.most_in_a_position + 1
    parts = []
    for rate in level_rates(found.values, fewest):
        mine = tuple(each for each in found.groups if each.group.level is rate.level)
        parts.append(LevelPart(rate.level, rate, mine, len(mine) > MANY_GROUPS))
    return parts


@dataclass(frozen=True)
class PlannedLevel:
    """What the answers of one level will be: how many groups are anonymous, and which are positions."""

    level: ChainLevel
    statements: int
    minutes: int
    asked: int
    anonymous: int
    positions: tuple[tuple[str, int], ...]


def planned_levels(plan: CampaignPlan, framework: Framework, names: dict[str, str]) -> list[PlannedLevel]:
    """Said before anything is opened: which groups will be anonymous, and which a position of a role."""
    rules, campaign = catalogue().disclosure.answers, campaign_of_plan(plan)
    found = []
    for level in plan.levels:
        counts = {place: count for (place, at), count in plan.asked.items() if at is level}
        few = [place for place, n in counts.items() if group_kind(n, rules.most_in_a_position) is GroupKind.POSITION]
        statements = len(form_for(campaign, level, framework, "").statements)
        positions = tuple((names.get(place, place), counts[place]) for place in few)
        anonymous = len(counts) - len(few)
        found.append(PlannedLevel(level, statements, minutes(statements), sum(counts.values()), anonymous, positions))
    return found


def campaign_of_plan(plan: CampaignPlan) -> Campaign:
    """The campaign that a plan would be, to see what it asks."""
    place = next(iter(plan.asked), ("", None))[0]
    return Campaign(
        key="",
        place=organiser_of(place),
        title=plan.title,
        edition=plan.edition,
        school_form=plan.school_form,
        language=plan.language,
        modes=plan.modes,
        levels=plan.levels,
        rows=plan.rows,
        own_statements=plan.own,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
    )


def who_sees(place: str) -> str:
    """Who can see how a campaign goes, in a sentence."""
    return words()("audience.organiser" if place == organiser_of(place) else "audience.unit")


def how(modes: frozenset[Mode]) -> str:
    """The modes in words."""
    return swedish.capitalise(swedish.join_words([words()(f"campaign.mode.{mode}") for mode in Mode if mode in modes]))


def split(listed: Sequence[ListedCampaign]) -> tuple[list[ListedCampaign], list[ListedCampaign]]:
    """Campaigns that go on, and those that have been counted."""
    going = [each for each in listed if each.phase is not Phase.COUNTED]
    return going, [each for each in listed if each.phase is Phase.COUNTED]
