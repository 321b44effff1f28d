"""What was released of a campaign: the chain view of one place, its rounds, and the disclosure report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from styrkedjan.core.access import Permission, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.campaigns import AnsweringGroup, Campaign, Phase
from styrkedjan.core.assessments.chain import ChainView, SharedAnswer, chain_view
from styrkedjan.core.assessments.lineage import row_links
from styrkedjan.core.assessments.rounds import FactorRounds, Round, newest_round, over_rounds
from styrkedjan.core.catalogue import ChainLevel, Framework
from styrkedjan.core.disclosure.answers import DisclosureReport, ReleasedAnswers
from styrkedjan.core.places import organiser_of, sort_key
from styrkedjan.core.refused import NotFound, WrongState
from styrkedjan.queries.assessments import campaigns
from styrkedjan.queries.catalogue import framework_of
from styrkedjan.queries.places import names_of
from styrkedjan.tables.assessments import AnsweringGroupRow, AnswerRelease, CampaignRow, SharedRating

MOST_ROUNDS = 6
NOT_COUNTED = "Svaren är inte räknade än, så det finns inga resultat att visa. Inget har gått förlorat."


@dataclass(frozen=True)
class Here:
    """The place that a page is about, and its organiser; the same when it is one."""

    key: str
    name: str
    organiser: str
    organiser_name: str

    @property
    def is_unit(self) -> bool:
        return self.key != self.organiser


@dataclass(frozen=True)
class Results:
    """A campaign at one place: before counting who has answered so far, after it the chain view.

    ``chain`` is None when nothing has been released of this place. ``units`` are the others' pages, by name: key and
    name, without a number. ``parts``: how many places an organiser's total is made of.
    """

    here: Here
    campaign: Campaign
    phase: Phase
    groups: tuple[AnsweringGroup, ...]
    chain: ChainView | None
    units: tuple[tuple[str, str], ...]
    released_at: datetime | None
    parts: int


@dataclass(frozen=True)
class Rounds:
    """A place's rounds, oldest first, and the rows through them."""

    here: Here
    campaign: Campaign
    framework: Framework
    campaigns: tuple[Campaign, ...]
    factors: tuple[FactorRounds, ...]


@dataclass(frozen=True)
class Disclosed:
    """The auditor's report on a release, and when it was made."""

    here: Here
    campaign: Campaign
    report: DisclosureReport
    released_at: datetime


@dataclass(frozen=True)
class _Released:
    """The releases that a chain view needs, by (campaign, place), and when this campaign's was made."""

    by_place: dict[tuple[str, str], ReleasedAnswers]
    at: datetime | None


def released(viewer: Viewer, place: str, key: UUID) -> ReleasedAnswers:
    """What was released of a campaign for one place.

    Raises: NotAllowed or NotFound as ``campaign`` does; WrongState before the answers have been counted.
    """
    found = campaigns.campaign(viewer, place, key)
    answers = _releases(viewer, found, place).by_place.get((found.key, place))
    if answers is None:
        raise WrongState(NOT_COUNTED)
    return answers


def chain(viewer: Viewer, place: str, key: UUID) -> ChainView:
    """The chain view of a campaign at one place. Raises: as ``released`` does."""
    found = campaigns.campaign(viewer, place, key)
    view = _chain(viewer, found, place, _releases(viewer, found, place))
    if view is None:
        raise WrongState(NOT_COUNTED)
    return view


def results(viewer: Viewer, place: str, key: UUID) -> Results:
    """Everything that a place's page of results shows. Raises: as ``campaign`` does."""
    found = campaigns.campaign(viewer, place, key)
    phase = found.phase(viewer.now)
    counted = phase is Phase.COUNTED
    answering = () if counted else campaigns.groups(viewer, place, key)
    units = _unit_keys(viewer, found, place)
    names = names_of(viewer, (place, organiser_of(place), *units))
    releases = _releases(viewer, found, place) if counted else _Released({}, None)
    own = releases.by_place.get((found.key, place))
    return Results(
        here=_here(place, names),
        campaign=found,
        phase=phase,
        groups=answering,
        chain=_chain(viewer, found, place, releases),
        units=tuple(sorted(((unit, names.get(unit, unit)) for unit in units), key=lambda each: sort_key(each[1]))),
        released_at=releases.at,
        parts=len({part for parts in own.parts.values() for part in parts}) if own else 0,
    )


def counted_results(viewer: Viewer, place: str, key: UUID) -> Results:
    """The results of a campaign that has been counted, for a file of them. Raises: as ``released`` does."""
    found = results(viewer, place, key)
    if found.chain is None:
        raise WrongState(NOT_COUNTED)
    return found


def rounds(viewer: Viewer, place: str, key: UUID) -> Rounds:
    """A campaign and those that it repeats, at one place. Raises: as ``released`` does."""
    found = campaigns.campaign(viewer, place, key)
    earlier = _earlier(viewer, found)
    releases = _rows(viewer, place, [found.key, *(each.key for each in earlier)], (place,))
    by_campaign = {str(row.campaign_id): ReleasedAnswers.from_json(row.contents) for row in releases}
    if found.key not in by_campaign:
        raise WrongState(NOT_COUNTED)
    newest = newest_round(found, by_campaign[found.key])
    counted = [each for each in earlier if each.key in by_campaign]
    back = tuple(
        Round(each, by_campaign[each.key], row_links(found, each, _frameworks(found.edition, each.edition)))
        for each in reversed(counted)
    )
    framework = framework_of(found.edition)
    names = names_of(viewer, (place, organiser_of(place)))
    shown = (*(each.campaign for each in back), found)
    return Rounds(_here(place, names), found, framework, shown, over_rounds(framework, newest, back))


def disclosed(viewer: Viewer, place: str, key: UUID) -> Disclosed:
    """The auditor's report on a campaign's release, which stands with the campaign's own place.

    Raises: as ``released`` does.
    """
    found = campaigns.campaign(viewer, place, key)
    row = next(iter(_rows(viewer, place, [found.key], (found.place,))), None)
    if row is None or not row.report:
        raise WrongState("Svaren är inte räknade än, så det finns ingen röjandekontroll att visa.")
    names = names_of(viewer, (place, organiser_of(place)))
    return Disclosed(_here(place, names), found, DisclosureReport.from_json(row.report), row.released_at)


def _here(place: str, names: dict[str, str]) -> Here:
    organiser = organiser_of(place)
    if place not in names:
        raise NotFound(NO_SUCH_PAGE)
    return Here(place, names[place], organiser, names.get(organiser, organiser))


def _unit_keys(viewer: Viewer, found: Campaign, place: str) -> tuple[str, ...]:
    """The units that have answered, for an organiser; nothing for a unit, which sees no other."""
    if place != organiser_of(place):
        return ()
    rows = AnsweringGroupRow.scoped.at(viewer, place).filter(campaign=found.key).exclude(place=place)
    return tuple(rows.values_list("place", flat=True).distinct())


def _rows(viewer: Viewer, place: str, keys: Sequence[str], places: tuple[str, ...]) -> list[AnswerRelease]:
    may(viewer, Permission.READ_SELF_ASSESSMENTS, place).require()
    rows = AnswerRelease.scoped.at(viewer, organiser_of(place))
    return list(rows.filter(campaign__in=keys, place__in=places, campaign__removed_at=None))


def _releases(viewer: Viewer, found: Campaign, place: str) -> _Released:
    """This campaign's release of the place and of its organiser, and the place's of the campaign that it repeats."""
    keys = [found.key, *([found.previous] if found.previous else [])]
    rows = _rows(viewer, place, keys, tuple({place, organiser_of(place)}))
    by_place = {(str(row.campaign_id), row.place): ReleasedAnswers.from_json(row.contents) for row in rows}
    at = next((row.released_at for row in rows if str(row.campaign_id) == found.key), None)
    return _Released(by_place, at)


def _chain(viewer: Viewer, found: Campaign, place: str, releases: _Released) -> ChainView | None:
    here = releases.by_place.get((found.key, place))
    if here is None:
        return None
    organiser = organiser_of(place)
    above = releases.by_place.get((found.key, organiser)) if place != organiser else None
    before = releases.by_place.get((found.previous, place)) if found.previous else None
    framework = framework_of(found.edition)
    links = None
    if before is not None:
        earlier = _campaigns(viewer, organiser, [found.previous])[0]
        links = row_links(found, earlier, _frameworks(found.edition, earlier.edition))
    return chain_view(framework, found, here, above, before, links, _shared(viewer, found, place))


def _shared(viewer: Viewer, found: Campaign, place: str) -> dict[tuple[ChainLevel, str], SharedAnswer]:
    """What each level at this very place has agreed on together, of the rows where it has."""
    rows = SharedRating.scoped.at(viewer, organiser_of(place))
    rows = rows.filter(group__campaign=found.key, group__place=place).exclude(answer="", note="")
    found_rows = rows.values_list("group__level", "row", "answer", "note")
    return {(ChainLevel(level), row): SharedAnswer(answer, note) for level, row, answer, note in found_rows}


def _campaigns(viewer: Viewer, organiser: str, keys: Sequence[str | None]) -> list[Campaign]:
    rows = CampaignRow.scoped.at(viewer, organiser).filter(key__in=keys)
    return [row.value for row in rows]


def _earlier(viewer: Viewer, found: Campaign) -> list[Campaign]:
    """The campaigns that this one repeats, the latest first: at most so many that they fit beside each other."""
    rows = CampaignRow.scoped.at(viewer, found.organiser).filter(place=found.place, removed_at=None)
    previous = {str(key): str(earlier) if earlier else None for key, earlier in rows.values_list("key", "previous")}
    keys: list[str] = []
    next_key = found.previous
    while next_key in previous and next_key not in keys and len(keys) < MOST_ROUNDS - 1:
        keys.append(next_key)
        next_key = previous[next_key]
    by_key = {each.key: each for each in _campaigns(viewer, found.organiser, keys)} if keys else {}
    return [by_key[key] for key in keys]


def _frameworks(edition: str, earlier: str) -> tuple[Framework, ...]:
    """The editions from one back to an earlier one, as far as they are known to follow on each other."""
    chained = [framework_of(edition)]
    while chained[-1].id != earlier and chained[-1].previous_edition:
        chained.append(framework_of(chained[-1].previous_edition))
    return tuple(chained) if chained[-1].id == earlier else (chained[0], framework_of(earlier))
