"""Publishing what came of a campaign, and choosing what of it enters the underlag."""

from uuid import UUID

import pytest

from styrkedjan.core.access import Event, Role
from styrkedjan.core.assessments.outcomes import OutcomeText
from styrkedjan.core.refused import BadInput, NotAllowed, NotFound, WrongState
from tests.conftest import as_owner
from tests.counted_campaigns import FACTOR, OTHER_FACTOR, counted_campaign, rating_campaign
from tests.mailboxes import OTHER_UNIT, UNIT, MadeCampaign, mailbox_connection
from tests.people import someone
from tests.world import LILLAN, STORKOPING

pytestmark = pytest.mark.database

TEXT = OutcomeText(FACTOR, "Rollerna är oklara.", "Vi skriver om delegationen.")


@pytest.fixture(autouse=True)
def inside(world, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def viewing(token: str):
    from styrkedjan.queries.access.viewing import viewing as enter

    return enter(token)


def made(make=counted_campaign, **columns) -> MadeCampaign:
    with as_owner(), mailbox_connection() as owner:
        return make(owner, **columns)


def publish(token: str, campaign: MadeCampaign, *texts: OutcomeText, place: str = STORKOPING) -> int:
    from styrkedjan.actions.assessments.outcomes import publish_outcomes

    with viewing(token) as viewer:
        return publish_outcomes(viewer, place, campaign.key, texts or (TEXT,))


def choose(token: str, campaign: UUID, place: str, *factors: str) -> None:
    from styrkedjan.actions.assessments.choosing import choose as write

    with viewing(token) as viewer:
        write(viewer, place, campaign, factors)


def chosen(token: str, campaign: MadeCampaign, place: str) -> tuple[str, ...]:
    from styrkedjan.queries.assessments.own_briefing import choice

    with viewing(token) as viewer:
        return choice(viewer, place, campaign.key).chosen


def facts_of(event: Event) -> list[dict]:
    from styrkedjan.tables.access import AuditEvent

    with as_owner():
        return list(AuditEvent.scoped._rows(event=event).order_by("sequence").values_list("facts", flat=True))


def test_what_is_published_leaves_only_its_factors_in_the_trail():
    token, campaign = someone(Role.SUPERINTENDENT, STORKOPING), made()
    assert publish(token, campaign, TEXT, OutcomeText("", "Mer tid.", "En timme."), OutcomeText("own", " ", "")) == 2
    assert facts_of(Event.OUTCOME_PUBLISHED)[-1] == {"factors": [FACTOR, "whole"]}


def test_what_is_not_asked_about_is_not_published():
    token, campaign = someone(Role.QUALITY_LEAD, STORKOPING), made()
    before = len(facts_of(Event.OUTCOME_PUBLISHED))
    with pytest.raises(BadInput):
        publish(token, campaign, OutcomeText("competent_leadership", "Hört.", "Beslutat."))
    with pytest.raises(BadInput):
        publish(token, campaign, TEXT, OutcomeText("", "Hört.", "  "))
    assert len(facts_of(Event.OUTCOME_PUBLISHED)) == before


def test_only_those_who_opened_it_publish_and_only_after_the_count():
    campaign = made()
    with pytest.raises(NotFound):
        publish(someone(Role.PRINCIPAL, UNIT), campaign, place=UNIT)
    with pytest.raises(NotAllowed):
        publish(someone(Role.BOARD_MEMBER, STORKOPING), campaign)
    with pytest.raises(NotFound):
        publish(someone(Role.QUALITY_LEAD, LILLAN), campaign)
    with pytest.raises(WrongState):
        publish(someone(Role.QUALITY_LEAD, STORKOPING), made(rating_campaign))


def test_each_place_chooses_for_itself():
    lead, principal, campaign = someone(Role.QUALITY_LEAD, STORKOPING), someone(Role.PRINCIPAL, UNIT), made()
    choose(lead, campaign.key, STORKOPING, FACTOR)
    choose(principal, campaign.key, UNIT, OTHER_FACTOR, FACTOR)
    assert chosen(lead, campaign, STORKOPING) == (FACTOR,)
    assert chosen(principal, campaign, UNIT) == (OTHER_FACTOR, FACTOR), "in the campaign's order"
    choose(principal, campaign.key, UNIT)
    assert chosen(principal, campaign, UNIT) == () and chosen(lead, campaign, STORKOPING) == (FACTOR,)
    assert facts_of(Event.RESULTS_CHOSEN)[-2:] == [{"factors": [OTHER_FACTOR, FACTOR]}, {"factors": []}]


def test_what_is_not_released_cannot_be_chosen():
    lead, campaign = someone(Role.QUALITY_LEAD, STORKOPING), made()
    with pytest.raises(BadInput):
        choose(lead, campaign.key, STORKOPING, "competent_leadership")
    with pytest.raises(NotFound):
        choose(lead, campaign.key, OTHER_UNIT, FACTOR)
    with pytest.raises(NotAllowed):
        choose(someone(Role.BOARD_MEMBER, STORKOPING), campaign.key, STORKOPING, FACTOR)
    with pytest.raises(WrongState):
        choose(lead, made(rating_campaign).key, STORKOPING, FACTOR)
