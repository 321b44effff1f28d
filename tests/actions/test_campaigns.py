"""Campaigns: who may open and change them, what is pinned, and what is refused with nothing written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from styrkedjan.core.access import Event, Role
from styrkedjan.core.assessments.campaigns import GroupKind, Phase
from styrkedjan.core.assessments.plans import BadPlan, CampaignChange, fingerprint
from styrkedjan.core.assessments.sheets import RECEIPT_LETTERS
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.refused import NotAllowed, NotFound, WrongState
from tests.actions.campaign_plans import ASKED, OTHER_UNIT, ROWS, UNIT, UNIT_ASKED, plan
from tests.conftest import as_owner
from tests.people import someone
from tests.world import LILLAN, LILLAN_UNIT, STORKOPING, World

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def inside(world: World, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def actions():
    from styrkedjan.actions.assessments import campaigns

    return campaigns


def queries():
    from styrkedjan.queries.assessments import campaigns

    return campaigns


def viewing(token: str):
    from styrkedjan.queries.access.viewing import viewing as enter

    return enter(token)


def lead(place: str = STORKOPING) -> str:
    return someone(Role.QUALITY_LEAD, place)


def principal(unit: str = UNIT) -> str:
    return someone(Role.PRINCIPAL, unit)


def opened(token: str, place: str = STORKOPING, **changes) -> UUID:
    with viewing(token) as viewer:
        return actions().open_campaign(viewer, place, plan(**changes))


def trail(token: str) -> list[tuple[str, str, str]]:
    from styrkedjan.tables import access

    with viewing(token) as viewer:
        rows = access.AuditEvent.scoped.at(viewer, STORKOPING).order_by("sequence")
        return list(rows.values_list("event", "place", "about"))


def groups_of(token: str, key: UUID, place: str = STORKOPING) -> dict:
    with viewing(token) as viewer:
        return {(group.place, group.level): group for group in queries().groups(viewer, place, key)}


def test_an_opened_campaign_has_its_groups_its_codes_and_one_row_in_the_trail():
    token = lead()
    before = trail(token)
    key = opened(token)
    assert trail(token)[len(before) :] == [(Event.CAMPAIGN_OPENED, STORKOPING, str(key))]
    with viewing(token) as viewer:
        campaign = queries().campaign(viewer, STORKOPING, key)
    assert campaign.rows == ("trusting_climate.1", *ROWS[:2]), "in the framework's order, not in that of the form"
    assert (campaign.edition, campaign.own_statements[0].id) == ("2026-1", "own.1")
    assert campaign.phase(datetime.now(UTC)) is Phase.OPEN
    groups = groups_of(token, key)
    assert {where: group.asked_count for where, group in groups.items()} == dict(ASKED)
    codes = {group.code for group in groups.values()}
    assert len(codes) == len(ASKED) and all(len(code) == 7 and set(code) <= set(RECEIPT_LETTERS) for code in codes)
    assert all(group.rolls_up for group in groups.values())


def test_one_to_four_are_a_position_and_five_are_anonymous():
    token = lead()
    counts = {(f"{STORKOPING}-9000000{number}", ChainLevel.TEACHING): number for number in range(1, 7)}
    kinds = {group.asked_count: group.kind for group in groups_of(token, opened(token, asked=counts)).values()}
    few, many = GroupKind.POSITION, GroupKind.ANONYMOUS
    assert kinds == {1: few, 2: few, 3: few, 4: few, 5: many, 6: many}


def test_the_key_that_opens_the_sheets_is_sealed_with_the_sites():
    from django.conf import settings

    from styrkedjan.protocols.sealing import key_for, open_sealed, seal_for, unseal
    from styrkedjan.tables.assessments import CampaignRow

    token = lead()
    key = opened(token)
    with viewing(token) as viewer:
        row = CampaignRow.scoped.at(viewer, STORKOPING).get(key=key)
    private = unseal(key_for("answers", settings.SECRET_KEY), row.sealed_key)
    assert private not in row.sealed_key
    assert open_sealed(private, seal_for(row.public_key, "ett svar")) == "ett svar"


def test_a_form_sent_twice_opens_one_campaign():
    token, key = lead(), uuid4()
    before = trail(token)
    with viewing(token) as viewer:
        assert actions().open_campaign(viewer, STORKOPING, plan(), key) == key
        assert actions().open_campaign(viewer, STORKOPING, plan(title="En gång till"), key) == key
    assert len(trail(token)) == len(before) + 1


def test_a_key_that_is_somebody_elses_opens_a_campaign_of_ones_own():
    elsewhere = lead(LILLAN)
    with viewing(elsewhere) as viewer:
        taken = actions().open_campaign(viewer, LILLAN, plan(asked={(LILLAN_UNIT, ChainLevel.TEACHING): 9}))
    with viewing(lead()) as viewer:
        assert actions().open_campaign(viewer, STORKOPING, plan(), taken) != taken


def test_a_principal_opens_for_her_own_unit_alone():
    token = principal()
    key = opened(token, UNIT, asked=UNIT_ASKED)
    assert not any(group.rolls_up for group in groups_of(token, key, UNIT).values()), "until she says so"
    with viewing(token) as viewer:
        with pytest.raises(NotAllowed):
            actions().open_campaign(viewer, STORKOPING, plan())
        with pytest.raises(NotAllowed):
            actions().open_campaign(viewer, OTHER_UNIT, plan(asked={(OTHER_UNIT, ChainLevel.TEACHING): 9}))


@pytest.mark.parametrize("role", [Role.STAFF_MEMBER])
def test_staff_may_not_open(role):
    with viewing(someone(role, UNIT)) as viewer, pytest.raises(NotAllowed):
        actions().open_campaign(viewer, UNIT, plan(asked=UNIT_ASKED))


def test_a_stranger_is_told_nothing():
    key = opened(lead())
    with viewing(lead(LILLAN)) as viewer:
        for attempt in (
            lambda: actions().open_campaign(viewer, STORKOPING, plan()),
            lambda: actions().close_now(viewer, STORKOPING, key),
            lambda: actions().remove(viewer, STORKOPING, key),
            lambda: actions().close_now(viewer, LILLAN, key),
            lambda: actions().remove(viewer, LILLAN, key),
        ):
            with pytest.raises(NotFound):
                attempt()


WRONG = {
    "another tenant's unit": ({"asked": {(LILLAN_UNIT, ChainLevel.TEACHING): 9}}, "asked"),
    "a unit that is not there": ({"asked": {(f"{STORKOPING}-99999999", ChainLevel.TEACHING): 9}}, "asked"),
    "a unit as the organiser": ({"asked": {(UNIT, ChainLevel.ORGANISER): 9}}, "asked"),
    "nobody": ({"asked": {}, "levels": (ChainLevel.TEACHING,)}, "asked"),
    "no people in a group": ({"asked": {(UNIT, ChainLevel.TEACHING): 0}}, "asked"),
    "too many people": ({"asked": {(UNIT, ChainLevel.TEACHING): 5_001}}, "asked"),
    "nine own statements": ({"own_statements": tuple(f"Påstående {n}" for n in range(9))}, "own_statements"),
    "a long own statement": ({"own_statements": ("å" * 301,)}, "own_statements"),
    "nothing to answer": ({"rows": (), "own_statements": (" ", "")}, "rows"),
    "a row that is not there": ({"rows": ("trusting_climate.99",)}, "rows"),
    "an edition that is gone": ({"edition": "2020-1"}, "edition"),
    "no title": ({"title": " \n"}, "title"),
    "a long title": ({"title": "å" * 121}, "title"),
    "a school form that is not there": ({"school_form": "sfi"}, "school_form"),
    "no mode": ({"modes": frozenset()}, "modes"),
    "another language": ({"language": "en"}, "language"),
}


@pytest.mark.parametrize(("changes", "field"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_opened_is_said_by_field_and_nothing_is_written(changes, field):
    token = lead()
    before = trail(token)
    with viewing(token) as viewer, pytest.raises(BadPlan) as refusal:
        actions().open_campaign(viewer, STORKOPING, plan(**changes))
    assert set(refusal.value.problems) == {field}
    assert trail(token) == before


def test_a_campaign_that_closes_before_it_opens_is_refused():
    now = datetime.now(UTC)
    with viewing(lead()) as viewer:
        for opens, closes in ((1, 0), (-3, -2), (0, 400)):
            dates = {"opens_at": now + timedelta(days=opens), "closes_at": now + timedelta(days=closes)}
            with pytest.raises(BadPlan) as refusal:
                actions().open_campaign(viewer, STORKOPING, plan(**dates))
            assert set(refusal.value.problems) == {"closes_at"}


def wanted(token: str, key: UUID, place: str = STORKOPING, **changes) -> CampaignChange:
    """A change of nothing, as the form would send it, with these changes."""
    with viewing(token) as viewer:
        campaign = queries().campaign(viewer, place, key)
        counts = {group.key: group.asked_count for group in queries().groups(viewer, place, key)}
    seen = fingerprint(campaign.title, campaign.opens_at, campaign.closes_at, counts.items())
    return replace(CampaignChange(campaign.title, campaign.opens_at, campaign.closes_at, counts, seen), **changes)


def changed(token: str, key: UUID, place: str = STORKOPING, **changes) -> None:
    change = wanted(token, key, place, **changes)
    with viewing(token) as viewer:
        actions().change_campaign(viewer, place, key, change)


def key_of(token: str, campaign: UUID, place: str, level: ChainLevel) -> str:
    return groups_of(token, campaign)[place, level].key


def test_title_dates_and_counts_change_while_it_is_open():
    token = lead()
    key = opened(token)
    later = datetime.now(UTC) + timedelta(days=40)
    teachers = key_of(token, key, UNIT, ChainLevel.TEACHING)
    changed(token, key, title=" Ny  rubrik ", closes_at=later, asked={teachers: 15})
    with viewing(token) as viewer:
        campaign = queries().campaign(viewer, STORKOPING, key)
    assert (campaign.title, campaign.closes_at) == ("Ny rubrik", later)
    assert groups_of(token, key)[UNIT, ChainLevel.TEACHING].asked_count == 15


@pytest.mark.parametrize(("place", "count"), [(UNIT, 4), (OTHER_UNIT, 5)])
def test_a_group_never_crosses_the_border_to_anonymous_once_it_is_open(place, count):
    token = lead()
    key = opened(token)
    with pytest.raises(BadPlan, match="ställningstagande"):
        changed(token, key, asked={key_of(token, key, place, ChainLevel.TEACHING): count})


def test_before_it_opens_a_group_may_cross_the_border():
    token = lead()
    key = opened(token, opens_at=datetime.now(UTC) + timedelta(days=1))
    changed(token, key, asked={key_of(token, key, UNIT, ChainLevel.TEACHING): 4})
    group = groups_of(token, key)[UNIT, ChainLevel.TEACHING]
    assert (group.asked_count, group.kind) == (4, GroupKind.POSITION)


def handed_in(group: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT styrkedjan_hand_in(%s, %s, 'förseglat', true)", [group, uuid4().hex * 2])
        return cursor.fetchone()[0]


def test_fewer_than_have_answered_cannot_be_asked():
    token = lead()
    key = opened(token)
    teachers = key_of(token, key, UNIT, ChainLevel.TEACHING)
    assert [handed_in(teachers) for _ in range(7)] == ["saved"] * 7
    with pytest.raises(BadPlan, match="7 har redan svarat"):
        changed(token, key, asked={teachers: 6})
    changed(token, key, asked={teachers: 7})


def test_who_saves_second_is_told():
    token = lead()
    key = opened(token)
    stale = wanted(token, key, title="Den andras rubrik")
    changed(token, key, title="Den enas rubrik")
    with viewing(token) as viewer, pytest.raises(WrongState, match="någon har ändrat"):
        actions().change_campaign(viewer, STORKOPING, key, stale)
    with viewing(token) as viewer:
        assert queries().campaign(viewer, STORKOPING, key).title == "Den enas rubrik"


def test_a_group_of_another_campaign_is_not_changed():
    token = lead()
    key, other = opened(token), opened(token)
    with pytest.raises(NotFound):
        changed(token, key, asked={key_of(token, other, UNIT, ChainLevel.TEACHING): 20})


def test_a_principal_corrects_how_many_are_asked_at_her_unit():
    token = lead()
    key = opened(token)
    mine, theirs = (key_of(token, key, place, ChainLevel.TEACHING) for place in (UNIT, OTHER_UNIT))
    with viewing(principal()) as viewer:
        actions().change_asked(viewer, UNIT, key, {mine: 14})
        with pytest.raises(NotFound):
            actions().change_asked(viewer, UNIT, key, {theirs: 4})
    assert groups_of(token, key)[UNIT, ChainLevel.TEACHING].asked_count == 14


def test_closing_leaves_a_quarter_of_an_hour():
    token = lead()
    key = opened(token)
    with viewing(token) as viewer:
        actions().close_now(viewer, STORKOPING, key)
        campaign = queries().campaign(viewer, STORKOPING, key)
    assert campaign.phase(datetime.now(UTC)) is Phase.GRACE
    assert handed_in(key_of(token, key, UNIT, ChainLevel.TEACHING)) == "saved"
    with viewing(token) as viewer, pytest.raises(WrongState):
        actions().close_now(viewer, STORKOPING, key)
    with pytest.raises(WrongState):
        changed(token, key, closes_at=datetime.now(UTC) + timedelta(days=9))


def test_what_has_not_opened_cannot_be_closed():
    token = lead()
    key = opened(token, opens_at=datetime.now(UTC) + timedelta(days=1))
    with viewing(token) as viewer, pytest.raises(WrongState, match="inte öppnat"):
        actions().close_now(viewer, STORKOPING, key)


def test_a_removed_campaign_can_be_neither_reached_nor_read():
    from styrkedjan.tables.assessments import CampaignRow

    token = lead()
    key = opened(token)
    group = key_of(token, key, UNIT, ChainLevel.TEACHING)
    handed_in(group)
    with viewing(token) as viewer:
        actions().remove(viewer, STORKOPING, key)
        with pytest.raises(NotFound):
            queries().campaign(viewer, STORKOPING, key)
        assert CampaignRow.scoped.at(viewer, STORKOPING).get(key=key).sealed_key == ""
    assert handed_in(group) == "closed"


def test_what_has_been_counted_is_never_removed_or_changed():
    from styrkedjan.tables.assessments import CampaignRow

    token = lead()
    key = opened(token)
    with as_owner():
        CampaignRow(key=key, counted_at=datetime.now(UTC)).save(update_fields=["counted_at"])
    with viewing(token) as viewer:
        for attempt in (actions().remove, actions().close_now):
            with pytest.raises(WrongState, match="redan räknade"):
                attempt(viewer, STORKOPING, key)
    with viewing(principal()) as viewer, pytest.raises(WrongState):
        actions().set_roll_up(viewer, UNIT, key, False)


def test_only_the_units_principal_says_whether_it_is_part_of_the_total():
    token = lead()
    key = opened(token)
    with viewing(token) as viewer, pytest.raises(NotAllowed, match="rektor"):
        actions().set_roll_up(viewer, UNIT, key, False)
    with viewing(principal()) as viewer:
        actions().set_roll_up(viewer, UNIT, key, False)
        with pytest.raises(NotAllowed):
            actions().set_roll_up(viewer, OTHER_UNIT, key, False)
    found = {place: group.rolls_up for (place, _), group in groups_of(token, key).items()}
    assert found == {STORKOPING: True, UNIT: False, OTHER_UNIT: True}
