"""What the demo's self-assessments need beside the real actions: to have been open some other time than now."""

from datetime import timedelta
from uuid import UUID

from styrkedjan.actions._change import change
from styrkedjan.core.access import Event, Permission, Viewer, may
from styrkedjan.core.refused import WrongState
from styrkedjan.tables.assessments import CampaignRow
from styrkedjan.tables.statistics import StatisticsEdition


def make_older(actor: Viewer, place: str, key: UUID, by: timedelta) -> None:
    """Move the dates of a campaign back, where all that is loaded is invented.

    Raises: WrongState beside real statistics, where nothing is made to look like what it is not.
    """
    may(actor, Permission.RUN_THE_HOUSE).require()
    if not StatisticsEdition.objects.filter(is_current=True, invented=True).exists():
        raise WrongState("här finns riktig statistik. En självvärderings datum flyttas bara i den påhittade nationen.")
    with change(actor, Event.CAMPAIGN_CHANGED, about=str(key), place=place) as facts:
        row = CampaignRow.scoped.for_operator(actor).select_for_update().get(key=key, place=place)
        row.opens_at, row.closes_at, row.made_at = row.opens_at - by, row.closes_at - by, row.made_at - by
        row.save(update_fields=["opens_at", "closes_at", "made_at"])
        facts.update(invented=True, days=by.days)
