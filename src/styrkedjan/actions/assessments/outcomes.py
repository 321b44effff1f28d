"""Telling what came of a campaign to everyone who could answer it, once the answers have been counted."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from styrkedjan.actions._change import change
from styrkedjan.core.access import Event, Permission, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.outcomes import OutcomeText, checked_outcomes, factors_asked
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import NotFound, WrongState
from styrkedjan.tables.assessments import CampaignRow, Outcome


def publish_outcomes(actor: Viewer, place: str, key: UUID, texts: Iterable[OutcomeText]) -> int:
    """Publish what was heard and decided; what has been published before stays, each with its date.

    Out: how many texts. Raises: NotAllowed; NotFound when the campaign is not this place's own; BadInput; WrongState
    before the answers have been counted.
    """
    may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    campaign = _own(actor, place, key)
    kept = checked_outcomes(texts, factors_asked(campaign.rows, campaign.own_statements))
    if campaign.counted_at is None:
        raise WrongState(
            "svaren är inte räknade än. Inget har publicerats. Räkna svaren när självvärderingen har stängt."
        )
    with change(actor, Event.OUTCOME_PUBLISHED, about=str(key), place=place) as facts:
        now = datetime.now(UTC)
        for each in kept:
            _row(actor, campaign, each, now).save(force_insert=True)
        facts.update(factors=[each.factor or "whole" for each in kept])
    return len(kept)


def _row(actor: Viewer, campaign: CampaignRow, text: OutcomeText, now: datetime) -> Outcome:
    return Outcome(
        key=uuid4(),
        organiser=campaign.organiser,
        campaign=campaign,
        factor=text.factor,
        heard=text.heard,
        decided=text.decided,
        published_at=now,
        written_by=actor.person,
    )


def remove_outcome(actor: Viewer, place: str, key: UUID, outcome: UUID) -> None:
    """Take away one published text, as when it came to name somebody. Raises: NotAllowed or NotFound."""
    may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    campaign = _own(actor, place, key)
    with change(actor, Event.OUTCOME_PUBLISHED, about=str(key), place=place) as facts:
        row = Outcome.scoped.at(actor, campaign.organiser).filter(key=outcome, campaign=campaign).first()
        if row is None:
            raise NotFound(NO_SUCH_PAGE)
        facts.update(removed=[row.factor or "whole"])
        row.delete()


def _own(actor: Viewer, place: str, key: UUID) -> CampaignRow:
    """The campaign that this very place has opened."""
    rows = CampaignRow.scoped.at(actor, organiser_of(place))
    row = rows.filter(key=key, place=place, removed_at=None).first()
    if row is None:
        raise NotFound(NO_SUCH_PAGE)
    return row
