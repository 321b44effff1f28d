"""Asking by e-mail: one link each, all or none, and nobody's name where it could be read."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from styrkedjan.core.access import Event, Role
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.refused import BadInput, NotAllowed, NotFound, WrongState
from tests.actions.campaign_plans import OTHER_UNIT, UNIT, UNIT_ASKED, plan
from tests.conftest import as_owner
from tests.people import someone
from tests.world import LILLAN, STORKOPING, World

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def inside(world: World, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def asking():
    from styrkedjan.actions.assessments import asking

    return asking


def campaigns():
    from styrkedjan.actions.assessments import campaigns

    return campaigns


def viewing(token: str):
    from styrkedjan.queries.access.viewing import viewing as enter

    return enter(token)


def lead(place: str = STORKOPING) -> str:
    return someone(Role.QUALITY_LEAD, place)


def opened(token: str, place: str = STORKOPING, **changes) -> UUID:
    with viewing(token) as viewer:
        return campaigns().open_campaign(viewer, place, plan(**changes))


def group_of(campaign: UUID, place: str, level: ChainLevel) -> UUID:
    from styrkedjan.tables.assessments import AnsweringGroupRow

    with as_owner():
        return AnsweringGroupRow._base_manager.get(campaign=campaign, place=place, level=level).key


def people(group: UUID) -> list:
    from styrkedjan.tables.assessments import AskedPerson

    with as_owner():
        return list(AskedPerson._base_manager.filter(group=group).order_by("email"))


def letters() -> list:
    from styrkedjan.tables.access import OutgoingMail

    with as_owner():
        return list(OutgoingMail.objects.order_by("recipient"))


def asked(token: str, campaign: UUID, group: UUID, text: str, place: str = STORKOPING):
    with viewing(token) as viewer:
        return asking().ask(viewer, place, campaign, group, text)


def test_each_gets_a_link_of_her_own_that_opens_the_form():
    from django.db import connection

    token = lead()
    campaign = opened(token)
    group = group_of(campaign, UNIT, ChainLevel.TEACHING)
    before = len(letters())
    found = asked(token, campaign, group, "Ylva@prov.example\nbo@prov.example")
    assert (found.new, found.had_one) == (2, 0)
    sent = letters()[before:] if before else letters()
    assert [each.recipient for each in sent] == ["bo@prov.example", "ylva@prov.example"]
    tokens = [each.body.split("/svara/lank/")[1].split("/")[0] for each in sent]
    assert len(set(tokens)) == 2 and all("anonymt" in each.body for each in sent)
    from styrkedjan.actions.assessments.links import link_hash

    with connection.cursor() as cursor:
        cursor.execute("SELECT styrkedjan_form_by_link(%s)", [tokens[0]])
        assert str(group) in cursor.fetchone()[0]
        cursor.execute("SELECT styrkedjan_form_by_link(%s)", [link_hash(tokens[0])])
        assert cursor.fetchone()[0] is None, "the hash that stands in the table opens nothing"
    hashes = {person.link_hash for person in people(group)}
    assert hashes == set(map(link_hash, tokens)) and not hashes & set(tokens)


def test_a_position_is_told_so_in_the_letter():
    token = lead()
    campaign = opened(token)
    asked(token, campaign, group_of(campaign, UNIT, ChainLevel.PRINCIPAL), "rektor@prov.example")
    (letter,) = [each for each in letters() if each.recipient == "rektor@prov.example"]
    assert "ställningstagande" in letter.body and "Svaret är anonymt" not in letter.body


def test_nobody_gets_two_and_the_trail_names_nobody():
    from styrkedjan.tables import access

    token = lead()
    campaign = opened(token)
    group = group_of(campaign, UNIT, ChainLevel.TEACHING)
    asked(token, campaign, group, "bo@prov.example")
    found = asked(token, campaign, group, "BO@prov.example, ny@prov.example")
    assert (found.new, found.had_one) == (1, 1)
    assert [person.email for person in people(group)] == ["bo@prov.example", "ny@prov.example"]
    with viewing(token) as viewer:
        rows = access.AuditEvent.scoped.at(viewer, STORKOPING).filter(event=Event.PEOPLE_ASKED)
        facts = list(rows.values_list("facts", flat=True))
    assert [each["asked"] for each in facts] == [1, 1] and "@" not in str(facts)


def test_one_wrong_address_and_nobody_is_asked():
    token = lead()
    campaign = opened(token)
    group = group_of(campaign, UNIT, ChainLevel.TEACHING)
    with pytest.raises(BadInput, match="”bo@”"):
        asked(token, campaign, group, "ylva@prov.example\nbo@")
    assert not people(group) and not [each for each in letters() if each.recipient == "ylva@prov.example"]


def test_no_more_than_the_group_has():
    token = lead()
    campaign = opened(token)
    group = group_of(campaign, OTHER_UNIT, ChainLevel.TEACHING)
    asked(token, campaign, group, "ett@prov.example\ntva@prov.example")
    with pytest.raises(BadInput, match="3 personer och 2 har redan fått"):
        asked(token, campaign, group, "tre@prov.example\nfyra@prov.example")
    assert len(people(group)) == 2
    with viewing(token) as viewer, pytest.raises(BadInput, match="2 har redan svarat eller fått"):
        campaigns().change_campaign(viewer, STORKOPING, campaign, _fewer(viewer, campaign, group))


def _fewer(viewer, campaign: UUID, group: UUID):
    from styrkedjan.core.assessments.plans import CampaignChange, fingerprint
    from styrkedjan.queries.assessments import campaigns as queries

    found = queries.campaign(viewer, STORKOPING, campaign)
    counts = {each.key: each.asked_count for each in queries.groups(viewer, STORKOPING, campaign)}
    seen = fingerprint(found.title, found.opens_at, found.closes_at, counts.items())
    return CampaignChange(found.title, found.opens_at, found.closes_at, {str(group): 1}, seen)


def test_only_those_who_lead_ask_and_only_in_their_own_groups():
    campaign = opened(lead())
    mine, theirs = (group_of(campaign, place, ChainLevel.TEACHING) for place in (UNIT, OTHER_UNIT))
    principal = someone(Role.PRINCIPAL, UNIT)
    assert asked(principal, campaign, mine, "bo@prov.example", UNIT).new == 1
    with pytest.raises(NotFound):
        asked(principal, campaign, theirs, "bo@prov.example", UNIT)
    with pytest.raises(NotAllowed):
        asked(someone(Role.STAFF_MEMBER, UNIT), campaign, mine, "bo@prov.example", UNIT)
    for place in (STORKOPING, LILLAN):
        with pytest.raises(NotFound):
            asked(lead(LILLAN), campaign, mine, "bo@prov.example", place)
    with pytest.raises(NotFound):
        asked(principal, campaign, uuid4(), "bo@prov.example", UNIT)
    own = opened(principal, UNIT, asked=UNIT_ASKED)
    with pytest.raises(NotFound):
        asked(lead(), own, group_of(own, UNIT, ChainLevel.TEACHING), "bo@prov.example")


def test_nobody_is_asked_after_it_has_closed():
    token = lead()
    campaign = opened(token)
    group = group_of(campaign, UNIT, ChainLevel.TEACHING)
    with viewing(token) as viewer:
        campaigns().close_now(viewer, STORKOPING, campaign)
    with pytest.raises(WrongState, match="stängd"):
        asked(token, campaign, group, "bo@prov.example")
    assert not people(group)


def test_a_reminder_is_asked_for_once_a_day():
    from styrkedjan.tables.assessments import AskedPerson, CampaignRow

    token = lead()
    campaign = opened(token)
    group = group_of(campaign, UNIT, ChainLevel.TEACHING)
    with viewing(token) as viewer, pytest.raises(WrongState, match="ingen att påminna"):
        asking().remind(viewer, STORKOPING, campaign)
    asked(token, campaign, group, "bo@prov.example")
    with viewing(token) as viewer:
        asking().remind(viewer, STORKOPING, campaign)
        assert CampaignRow.scoped.at(viewer, STORKOPING).get(key=campaign).remind_asked_at is not None
        with pytest.raises(WrongState, match="redan på väg"):
            asking().remind(viewer, STORKOPING, campaign)
    with as_owner():
        CampaignRow._base_manager.filter(key=campaign).update(remind_asked_at=None)
        AskedPerson._base_manager.filter(group=group).update(reminded_on=datetime.now(UTC).date())
    with viewing(token) as viewer, pytest.raises(WrongState, match="redan påmint i dag"):
        asking().remind(viewer, STORKOPING, campaign)


def test_the_site_cannot_read_who_has_answered():
    from django.db import ProgrammingError, connection, transaction

    with viewing(lead()), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SELECT answered FROM asked_person")
