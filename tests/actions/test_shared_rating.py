"""Rating together: what is written down, what the trail holds, and two scribes at the same moment."""

import pytest
from psycopg.types.json import Jsonb

from styrkedjan.core.access import Event, Role
from styrkedjan.core.assessments.campaigns import Form, form_for
from styrkedjan.core.assessments.rating import RatedMeanwhile
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.refused import BadInput, NotAllowed, NotFound
from tests.conftest import as_owner
from tests.counted_campaigns import counted_campaign, rating_campaign
from tests.mailboxes import ROW, UNIT, MadeCampaign, mailbox_connection
from tests.people import someone
from tests.world import LILLAN_UNIT, STORKOPING, catalogue

pytestmark = pytest.mark.database

SCALE = catalogue().framework.self_assessment.scale


@pytest.fixture
def inside(world, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def viewing(token: str):
    from styrkedjan.queries.access.viewing import viewing as enter

    return enter(token)


def made(make=rating_campaign, **columns) -> MadeCampaign:
    with as_owner(), mailbox_connection() as owner:
        return make(owner, **columns)


def form_of(viewer, campaign: MadeCampaign, level: ChainLevel = ChainLevel.TEACHING, place: str = UNIT) -> Form:
    from styrkedjan.queries.assessments.campaigns import campaign as find

    return form_for(find(viewer, place, campaign.key), level, catalogue().framework, "Egna")


def rate(token: str, campaign: MadeCampaign, seen: str, answer: str, note: str | None = None, row: str = ROW) -> None:
    from styrkedjan.actions.assessments.shared import rate as write

    with viewing(token) as viewer:
        write(viewer, UNIT, form_of(viewer, campaign), SCALE, row, seen, answer, note)


def stands(token: str, campaign: MadeCampaign) -> dict:
    from styrkedjan.queries.assessments.shared import shared_ratings

    with viewing(token) as viewer:
        return shared_ratings(viewer, UNIT, campaign.key)


def events() -> list[tuple[str, dict]]:
    from styrkedjan.tables.access import AuditEvent

    with as_owner():
        rows = AuditEvent.scoped._rows(event=Event.SHARED_RATING_SET).order_by("sequence")
        return [(row.about, row.facts) for row in rows]


@pytest.mark.usefixtures("inside")
def test_a_rating_is_one_row_and_one_event_without_the_note():
    token, campaign = someone(Role.PRINCIPAL, UNIT), made()
    rate(token, campaign, "", "4", "Vi \u202ehar\r\nprövat.")
    found = stands(token, campaign)[ChainLevel.TEACHING, ROW]
    assert (found.answer, found.note) == ("4", "Vi har\nprövat.")
    rate(token, campaign, found.seen, "2")
    assert stands(token, campaign)[ChainLevel.TEACHING, ROW].note == "Vi har\nprövat.", "None leaves the note"
    group = str(campaign.groups[UNIT, "teaching"])
    assert events()[-2:] == [(group, {"row": ROW, "answer": "4"}), (group, {"row": ROW, "answer": "2"})]


@pytest.mark.usefixtures("inside")
def test_nothing_is_written_when_nothing_differs():
    token, campaign = someone(Role.PRINCIPAL, UNIT), made()
    rate(token, campaign, "", "", "")
    assert stands(token, campaign) == {}
    rate(token, campaign, "", "4", "x")
    before, told = stands(token, campaign), len(events())
    rate(token, campaign, "", "4", "x")
    assert stands(token, campaign) == before and len(events()) == told, "also from a form that is old"


@pytest.mark.usefixtures("inside")
def test_an_old_form_overwrites_nothing():
    token, campaign = someone(Role.PRINCIPAL, UNIT), made()
    rate(token, campaign, "", "4")
    with pytest.raises(RatedMeanwhile):
        rate(token, campaign, "", "2")
    assert stands(token, campaign)[ChainLevel.TEACHING, ROW].answer == "4"


@pytest.mark.usefixtures("inside")
def test_also_after_the_count_the_group_can_rate_together():
    token, campaign = someone(Role.PRINCIPAL, UNIT), made(counted_campaign)
    rate(token, campaign, "", "3")
    assert stands(token, campaign)[ChainLevel.TEACHING, ROW].answer == "3"


@pytest.mark.usefixtures("inside")
def test_only_what_is_asked_can_be_rated():
    token, campaign = someone(Role.PRINCIPAL, UNIT), made()
    for row, answer in ((ROW, "6"), ("competent_leadership.1", "3"), ("own.1", "3")):
        with pytest.raises(BadInput):
            rate(token, campaign, "", answer, row=row)
    assert stands(token, campaign) == {}


@pytest.mark.usefixtures("inside")
def test_others_may_not():
    campaign = made()
    with pytest.raises(NotAllowed):
        rate(someone(Role.BOARD_MEMBER, STORKOPING), campaign, "", "4")
    with pytest.raises(NotFound):
        rate(someone(Role.PRINCIPAL, LILLAN_UNIT), campaign, "", "4")
    alone = made(modes=Jsonb(["individual"]))
    with pytest.raises(NotFound):
        rate(someone(Role.PRINCIPAL, UNIT), alone, "", "4")
