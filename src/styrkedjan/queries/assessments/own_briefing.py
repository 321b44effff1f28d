"""The own underlag: the official briefing of a place, and beside it what it has chosen of its self-assessments."""

from dataclasses import dataclass
from uuid import UUID

from styrkedjan.core.access import Permission, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.campaigns import Campaign
from styrkedjan.core.assessments.chosen import ChosenResults, chosen_results
from styrkedjan.core.assessments.outcomes import factor_names
from styrkedjan.core.briefings import Briefing
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import NotFound
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.queries.assessments.campaigns import campaign
from styrkedjan.queries.assessments.shared import OWN_STATEMENTS, released_of, shared_ratings
from styrkedjan.queries.briefings import briefing
from styrkedjan.queries.catalogue import framework_of
from styrkedjan.tables.assessments import AnswerRelease, CampaignRow

SCHOOL_YEAR_BEGINS = 7  # July


@dataclass(frozen=True)
class OwnBriefing:
    """The official briefing and the chosen results, the latest counted first."""

    briefing: Briefing
    results: tuple[ChosenResults, ...]


@dataclass(frozen=True)
class Choice:
    """What can be chosen of one counted campaign: each factor's id and name, and those that are chosen now."""

    campaign: Campaign
    factors: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]


def own_briefing(viewer: Viewer, place: str, year: SchoolYear | None = None) -> OwnBriefing:
    """The own underlag of a place. Raises: NotAllowed, and NotFound as the official briefing does."""
    may(viewer, Permission.READ_SELF_ASSESSMENTS, place).require()
    return OwnBriefing(briefing(viewer, place, year), chosen_at(viewer, place))


def chosen_at(viewer: Viewer, place: str) -> tuple[ChosenResults, ...]:
    """Everything that a place has chosen, the latest counted campaign first. Raises: NotAllowed."""
    may(viewer, Permission.READ_SELF_ASSESSMENTS, place).require()
    rows = CampaignRow.scoped.at(viewer, organiser_of(place)).filter(removed_at=None, in_briefing__has_key=place)
    found = (
        _results(viewer, place, row.value, tuple(row.in_briefing[place]))
        for row in rows.exclude(counted_at=None).order_by("-counted_at", "key")
    )
    return tuple(each for each in found if each is not None)


def _results(viewer: Viewer, place: str, found: Campaign, factors: tuple[str, ...]) -> ChosenResults | None:
    released = released_of(viewer, found, place)
    if released is None:
        return None
    ratings = shared_ratings(viewer, place, UUID(found.key))
    agreed = {key: rating.answer for key, rating in ratings.items()}
    return chosen_results(found, framework_of(found.edition), released, factors, OWN_STATEMENTS, agreed)


def choice(viewer: Viewer, place: str, key: UUID) -> Choice:
    """What a place can choose among, and has chosen, of one campaign.

    Raises: NotAllowed; NotFound when nothing of it is released for this very place.
    """
    may(viewer, Permission.READ_SELF_ASSESSMENTS, place).require()
    row = _released_row(viewer, place, key)
    found = row.value
    return Choice(
        found,
        factor_names(found, framework_of(found.edition), OWN_STATEMENTS),
        tuple(dict(row.in_briefing or {}).get(place, ())),
    )


def _released_row(viewer: Viewer, place: str, key: UUID) -> CampaignRow:
    organiser = organiser_of(place)
    campaign(viewer, place, key)  # a unit's own is not its organiser's to see until the unit has said so
    row = CampaignRow.scoped.at(viewer, organiser).filter(key=key, removed_at=None).first()
    if row is None or not AnswerRelease.scoped.at(viewer, organiser).filter(campaign=key, place=place).exists():
        raise NotFound(NO_SUCH_PAGE)
    return row


def paper_of(viewer: Viewer, place: str, key: UUID) -> tuple[SchoolYear, str, ChosenResults]:
    """What a paper to share is made of: the school year, a title and the chosen results, as released.

    What groups have agreed on together stays in the house: it has passed no gate.
    Raises: NotAllowed or NotFound, as ``choice`` does.
    """
    held = choice(viewer, place, key)
    released = released_of(viewer, held.campaign, place)
    assert released is not None, "choice has asked"
    framework = framework_of(held.campaign.edition)
    results = chosen_results(held.campaign, framework, released, held.chosen, OWN_STATEMENTS)
    return _school_year(held.campaign), f"Självvärdering: {held.campaign.title}", results


def _school_year(found: Campaign) -> SchoolYear:
    """The school year in which a campaign closed."""
    closed = found.closes_at
    return SchoolYear(closed.year if closed.month >= SCHOOL_YEAR_BEGINS else closed.year - 1)
