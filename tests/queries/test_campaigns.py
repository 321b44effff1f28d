"""Campaigns as they are read: what a place sees, what it costs, and that nothing is seen across tenants."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from styrkedjan.core.access import Role
from styrkedjan.core.assessments.campaigns import Phase
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.refused import NotAllowed, NotFound
from tests.actions.campaign_plans import ASKED, OTHER_UNIT, UNIT, UNIT_ASKED, plan
from tests.people import someone
from tests.world import CLOSED_UNIT, LILLAN, STORKOPING, World

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def inside(world: World, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def queries():
    from styrkedjan.queries.assessments import leading

    return leading


def viewing(token: str):
    from styrkedjan.queries.access.viewing import viewing as enter

    return enter(token)


def opened(token: str, place: str = STORKOPING, **changes) -> UUID:
    from styrkedjan.actions.assessments.campaigns import open_campaign

    with viewing(token) as viewer:
        return open_campaign(viewer, place, plan(**changes))


def lead(place: str = STORKOPING) -> str:
    return someone(Role.QUALITY_LEAD, place)


def test_an_organiser_sees_a_units_own_campaign_when_the_unit_says_so():
    from styrkedjan.actions.assessments.campaigns import set_roll_up

    principal = someone(Role.PRINCIPAL, UNIT)
    own = opened(principal, UNIT, asked=UNIT_ASKED)

    def seen() -> list[str]:
        with viewing(lead()) as viewer:
            return [each.campaign.key for each in queries().campaigns(viewer, STORKOPING)]

    assert str(own) not in seen()
    with viewing(principal) as viewer:
        set_roll_up(viewer, UNIT, own, True)
    assert str(own) in seen()


def test_a_unit_sees_its_groups_and_no_other():
    key = opened(lead())
    with viewing(someone(Role.PRINCIPAL, UNIT)) as viewer:
        found = queries().overview(viewer, UNIT, key)
        assert {(each.group.place, each.group.level) for each in found.groups} == set(UNIT_ASKED)
        assert not found.is_own and not found.ready
        with pytest.raises(NotAllowed):
            queries().overview(viewer, STORKOPING, key)
    with viewing(lead(LILLAN)) as viewer:
        for place in (STORKOPING, LILLAN):
            with pytest.raises(NotFound):
                queries().overview(viewer, place, key)


def test_everyone_at_the_organiser_sees_every_group_in_order():
    key = opened(lead())
    with viewing(someone(Role.BOARD_MEMBER, STORKOPING)) as viewer:
        found = queries().overview(viewer, STORKOPING, key)
    assert [(each.group.place, each.group.level) for each in found.groups] == list(ASKED)
    assert found.is_own and found.phase is Phase.OPEN and not found.ready


def test_the_list_takes_as_many_queries_for_one_as_for_thirty():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    token = lead()

    def cost() -> int:
        with viewing(token) as viewer, CaptureQueriesContext(connection) as captured:
            queries().campaigns(viewer, STORKOPING)
        return len(captured)

    opened(token)
    one = cost()
    for _ in range(29):
        opened(token)
    assert cost() == one <= 6


@pytest.mark.parametrize(
    ("role", "place", "levels"),
    [
        (Role.STAFF_MEMBER, UNIT, [ChainLevel.TEACHING]),
        (Role.PRINCIPAL, UNIT, [ChainLevel.PRINCIPAL]),
        (Role.QUALITY_LEAD, STORKOPING, [ChainLevel.ORGANISER]),
        (Role.BOARD_MEMBER, STORKOPING, [ChainLevel.ORGANISER]),
    ],
)
def test_each_role_answers_as_its_own_level(role, place, levels):
    opened(lead())
    with viewing(someone(role, place)) as viewer:
        assert [each.level for each in queries().to_answer(viewer, place)] == levels


def test_a_quality_lead_is_not_asked_as_a_teacher():
    opened(lead())
    with viewing(lead()) as viewer:
        assert queries().to_answer(viewer, UNIT) == ()


def test_what_has_closed_is_nothing_to_answer():
    from styrkedjan.tables.assessments import CampaignRow
    from tests.conftest import as_owner

    key = opened(lead())
    with as_owner():
        CampaignRow._base_manager.filter(key=key).update(closes_at=datetime.now(UTC) - timedelta(hours=1))
    with viewing(someone(Role.STAFF_MEMBER, UNIT)) as viewer:
        assert queries().to_answer(viewer, UNIT) == ()
    with viewing(lead()) as viewer:
        assert queries().overview(viewer, STORKOPING, key).ready


def test_the_units_to_ask():
    with viewing(lead()) as viewer:
        found = {unit.key: unit.is_open for unit in queries().units_to_ask(viewer, STORKOPING)}
    assert len(found) >= 33 and found[UNIT] and found[OTHER_UNIT]
    assert found.get(CLOSED_UNIT, False) is False
    with viewing(someone(Role.PRINCIPAL, UNIT)) as viewer:
        assert [unit.key for unit in queries().units_to_ask(viewer, UNIT)] == [UNIT]
        with pytest.raises(NotAllowed):
            queries().units_to_ask(viewer, STORKOPING)


def test_editions_since_the_newest_are_the_newest():
    assert [each.id for each in queries().frameworks_since("2026-1")] == ["2026-1"]
