"""What came of a campaign: what was released and what was decided, for those who could answer and those who lead."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from styrkedjan.core.access import Permission, Viewer, may
from styrkedjan.core.assessments.campaigns import Campaign
from styrkedjan.core.assessments.chosen import ChosenResults, chosen_results
from styrkedjan.core.assessments.outcomes import WHOLE, factor_names, factors_asked
from styrkedjan.core.disclosure.answers import ReleasedAnswers
from styrkedjan.core.refused import NotFound
from styrkedjan.queries.assessments.campaigns import campaign
from styrkedjan.queries.assessments.shared import OWN_STATEMENTS, released_of
from styrkedjan.queries.catalogue import framework_of
from styrkedjan.queries.places import names_of
from styrkedjan.tables.assessments import Outcome


@dataclass(frozen=True)
class PublishedOutcome:
    """One published text. ``key`` is None for those who read without an account."""

    key: UUID | None
    factor: str
    factor_name: str
    heard: str
    decided: str
    published_at: datetime


@dataclass(frozen=True)
class CampaignOutcome:
    """What those who could answer may read: the results of their place, and what was decided.

    ``results`` is None before the answers have been counted; ``organiser_results`` are the organiser's, for a unit, so
    that groups too small to be shown alone are found there.
    """

    campaign: Campaign
    place: str
    place_name: str
    organiser_name: str
    results: ChosenResults | None
    organiser_results: ChosenResults | None
    outcomes: tuple[PublishedOutcome, ...]

    @property
    def factors(self) -> tuple[tuple[str, str], ...]:
        """The factors that can be written about, id and name, and the whole first."""
        return ((WHOLE, ""), *_names(self.campaign))


def _names(found: Campaign) -> tuple[tuple[str, str], ...]:
    return factor_names(found, framework_of(found.edition), OWN_STATEMENTS)


def outcome(viewer: Viewer, place: str, key: UUID) -> CampaignOutcome:
    """The results and decisions of a campaign, for everyone who could answer at the place.

    Raises: NotAllowed, or NotFound when the place has no part in such a campaign.
    """
    found = campaign(viewer, place, key, Permission.TAKE_PART)
    names = names_of(viewer, (place, found.organiser))
    whole = released_of(viewer, found, found.organiser) if place != found.organiser else None
    rows = Outcome.scoped.at(viewer, found.organiser).filter(campaign=key).order_by("published_at", "key")
    return CampaignOutcome(
        campaign=found,
        place=place,
        place_name=names.get(place, place),
        organiser_name=names.get(found.organiser, found.organiser),
        results=_results(found, released_of(viewer, found, place)),
        organiser_results=_results(found, whole),
        outcomes=_published(found, rows.values("key", "factor", "heard", "decided", "published_at")),
    )


def _results(found: Campaign, released: ReleasedAnswers | None) -> ChosenResults | None:
    if released is None:
        return None
    factors = factors_asked(found.rows, found.own_statements)
    # What the holder of a role has stood for is for those who lead, not for everyone with a code.
    return chosen_results(found, framework_of(found.edition), released.without_positions(), factors, OWN_STATEMENTS)


def _published(found: Campaign, rows: Iterable[Mapping[str, Any]]) -> tuple[PublishedOutcome, ...]:
    names = dict(_names(found))
    return tuple(
        PublishedOutcome(
            key=row.get("key"),
            factor=row["factor"],
            factor_name=names.get(row["factor"], ""),
            heard=row["heard"],
            decided=row["decided"],
            published_at=row["published_at"],
        )
        for row in rows
    )


def outcome_by_code(viewer: Viewer, code: str) -> CampaignOutcome:
    """The same for whoever has the code of a group, without an account; nobody is asked who she is.

    Raises: NotFound when the code opens nothing.
    """
    may(viewer, Permission.ANSWER).require()
    with connection.cursor() as cursor:
        cursor.execute("SELECT styrkedjan_outcome_by_code(%s)", [code])
        answer = cursor.fetchone()[0]
    if answer is None:
        raise NotFound("Koden leder inte till någon självvärdering. Kontrollera den, eller fråga den som gav dig den.")
    return _by_code(json.loads(answer) if isinstance(answer, str) else answer)


def _by_code(answer: Mapping[str, Any]) -> CampaignOutcome:
    found, group = Campaign.from_json(answer["campaign"]), answer["group"]
    place, organiser = group["place"], answer["campaign"]["organiser"]
    releases = {at: ReleasedAnswers.from_json(contents) for at, contents in answer["releases"].items()}
    rows = ({**row, "published_at": datetime.fromisoformat(row["published_at"])} for row in answer["outcomes"])
    return CampaignOutcome(
        campaign=found,
        place=place,
        place_name=group["place_name"],
        organiser_name=answer["organiser_name"],
        results=_results(found, releases.get(place)),
        organiser_results=None if place == organiser else _results(found, releases.get(organiser)),
        outcomes=_published(found, rows),
    )
