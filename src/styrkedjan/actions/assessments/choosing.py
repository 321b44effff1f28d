"""Choosing which results of a counted campaign enter the own underlag of a place."""

from collections.abc import Iterable
from uuid import UUID

from styrkedjan.actions._change import change
from styrkedjan.core.access import Event, Permission, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.outcomes import factors_asked
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import BadInput, NotFound, WrongState
from styrkedjan.tables.assessments import AnswerRelease, CampaignRow


def choose(actor: Viewer, place: str, key: UUID, factors: Iterable[str]) -> None:
    """Say which factors of a campaign stand in the place's own underlag; none takes the campaign out of it.

    Each place chooses for itself, also a unit in its organiser's campaign.
    Raises: NotAllowed; NotFound when nothing of the campaign is released for the place; WrongState before the answers
    have been counted; BadInput for a factor that it does not ask about.
    """
    may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    with change(actor, Event.RESULTS_CHOSEN, about=str(key), place=place) as facts:
        rows = CampaignRow.scoped.at(actor, organiser_of(place)).filter(key=key, removed_at=None)
        row = rows.select_for_update().first()
        if row is None:
            raise NotFound(NO_SUCH_PAGE)
        chosen = _checked(actor, place, row, set(factors))
        others = {at: held for at, held in dict(row.in_briefing or {}).items() if at != place}
        row.in_briefing = others | ({place: chosen} if chosen else {})
        row.save(update_fields=["in_briefing"])
        facts.update(factors=chosen)


def _checked(actor: Viewer, place: str, row: CampaignRow, factors: set[str]) -> list[str]:
    if row.counted_at is None:
        raise WrongState("svaren är inte räknade än, så det finns inga resultat att välja. Inget har ändrats.")
    released = AnswerRelease.scoped.at(actor, row.organiser).filter(campaign=row.key, place=place)
    if place != row.place:  # of what a unit keeps to itself there is an empty release for its organiser
        released = released.exclude(contents__groups=[])
    if not released.exists():
        raise NotFound(NO_SUCH_PAGE)
    asked = factors_asked(row.rows, row.own_statements)
    if not factors <= set(asked):
        raise BadInput("En av faktorerna ingår inte i självvärderingen. Inget har ändrats. Ladda om sidan.")
    return [factor for factor in asked if factor in factors]
