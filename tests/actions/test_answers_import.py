"""Answers from elsewhere in the database: the same counting and the same gate, once, and nothing of a person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from styrkedjan.core.access import Event, Role
from styrkedjan.core.assessments.importing import Collected, Unclear
from styrkedjan.core.assessments.sheets import Sheet
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.disclosure.answers import ReleasedAnswers
from styrkedjan.core.refused import BadInput, NotAllowed, NotFound, WrongState
from tests.collected import written
from tests.conftest import as_owner
from tests.mailboxes import OTHER_UNIT, ROW, THIRD_UNIT, UNIT, json_of, mailbox_connection
from tests.people import someone
from tests.world import LILLAN, LILLAN_UNIT, STORKOPING, catalogue

pytestmark = pytest.mark.database

TODAY = datetime.now(UTC).date()
SAID = Collected(
    title="Höstens enkät",
    school_form="compulsory",
    edition=catalogue().framework.id,
    first_day=TODAY - timedelta(days=30),
    last_day=TODAY - timedelta(days=10),
)


@pytest.fixture(autouse=True)
def inside(world, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def sheets(**counts: int) -> dict:
    chance = Random(3)
    places = {"first": UNIT, "second": OTHER_UNIT, "third": THIRD_UNIT, "all": STORKOPING, "elsewhere": LILLAN_UNIT}
    return {
        (places[name], ChainLevel.TEACHING): [Sheet({ROW: chance.choice("12345")}) for _ in range(count)]
        for name, count in counts.items()
    }


def read_in(given: dict, said: Collected = SAID, token: str = "", place: str = STORKOPING) -> UUID:
    from styrkedjan.actions.assessments.importing import import_answers
    from styrkedjan.queries.access.viewing import viewing

    with viewing(token or someone(Role.QUALITY_LEAD, STORKOPING)) as viewer:
        return import_answers(viewer, place, said, given)


def rows(statement: str, key: UUID) -> list[tuple]:
    with as_owner(), mailbox_connection() as owner:
        return owner.execute(statement, [key]).fetchall()


def test_it_becomes_a_counted_campaign_with_small_groups_together():
    key = read_in(sheets(first=8, second=3, third=4))
    groups = rows("SELECT place, kind, state, sheet_count FROM answering_group WHERE campaign_id = %s", key)
    assert set(groups) == {
        (UNIT, "anonymous", "kept", 8),
        (OTHER_UNIT, "anonymous", "pooled", 3),
        (THIRD_UNIT, "anonymous", "pooled", 4),
        (STORKOPING, "pooled", "kept", 7),
    }
    tally = "SELECT sum(t.count) FROM tally t JOIN answering_group g ON g.key = t.group_id WHERE g.campaign_id = %s"
    assert rows(tally, key) == [(15,)]
    ((title, counted_at, public, sealed),) = rows(
        "SELECT title, counted_at, public_key, sealed_key FROM campaign WHERE key = %s", key
    )
    assert (title, public, sealed) == ("Höstens enkät", "", "") and counted_at is not None
    events = rows("SELECT event, facts FROM audit_event WHERE about = %s::text", key)
    totals = {"sheets": 15, "groups": 4, "pooled": 2, "too_few": 0}
    assert [(event, json_of(facts)) for event, facts in events] == [(Event.ANSWERS_IMPORTED, totals)]
    released = dict(rows("SELECT place, contents FROM answer_release WHERE campaign_id = %s", key))
    assert {STORKOPING, UNIT} <= set(released)
    assert all(ReleasedAnswers.from_json(json_of(contents)).place == place for place, contents in released.items())


def test_one_person_is_too_few_and_never_a_position():
    key = read_in(sheets(first=1))
    assert rows("SELECT kind, state FROM answering_group WHERE campaign_id = %s", key) == [("anonymous", "too_few")]
    tally = "SELECT count(*) FROM tally t JOIN answering_group g ON g.key = t.group_id WHERE g.campaign_id = %s"
    assert rows(tally, key) == [(0,)]


def test_how_many_a_small_group_is_stands_nowhere_in_what_is_released():
    key = read_in(sheets(first=8, second=3, third=4, all=6))
    asked = dict(rows("SELECT place || kind, asked_count FROM answering_group WHERE campaign_id = %s", key))
    assert (asked[f"{UNIT}anonymous"], asked[f"{OTHER_UNIT}anonymous"], asked[f"{THIRD_UNIT}anonymous"]) == (8, 0, 0)
    found = rows("SELECT place, contents FROM answer_release WHERE campaign_id = %s", key)
    for place, contents in found:
        for each in ReleasedAnswers.from_json(json_of(contents)).groups.values():
            assert each.asked_count == (each.sheet_count or 0), place


def test_it_can_be_told_from_what_was_collected_here():
    from styrkedjan.queries.access.viewing import viewing
    from styrkedjan.queries.assessments.importing import is_imported

    token = someone(Role.QUALITY_LEAD, STORKOPING)
    key = read_in(sheets(first=6), token=token)
    with viewing(token) as viewer:
        assert is_imported(viewer, STORKOPING, key)


def test_what_a_unit_reads_in_is_its_own():
    key = read_in(sheets(first=6), token=someone(Role.PRINCIPAL, UNIT), place=UNIT)
    assert rows("SELECT rolls_up FROM answering_group WHERE campaign_id = %s", key) == [(False,)]


def test_the_same_file_twice_is_read_once():
    token = someone(Role.QUALITY_LEAD, STORKOPING)
    read_in(sheets(first=6), token=token)
    with pytest.raises(WrongState, match="redan inlästa"):
        read_in(sheets(first=6), token=token)
    with pytest.raises(WrongState, match="Höstens enkät"):  # less one person: the difference would be her answers
        read_in(sheets(first=5), replace(SAID, title="En annan enkät"), token)
    earlier = {"first_day": SAID.first_day - timedelta(days=365), "last_day": SAID.last_day - timedelta(days=365)}
    read_in(sheets(first=6), replace(SAID, title="Enkäten året innan", **earlier), token)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 500}, "title"),
        ({"school_form": "universitet"}, "school_form"),
        ({"last_day": TODAY + timedelta(days=1)}, "last_day"),
        ({"last_day": TODAY - timedelta(days=40)}, "last_day"),
    ],
)
def test_what_is_said_of_it_must_hold(changes, field):
    with pytest.raises(Unclear) as unclear:
        read_in(sheets(first=6), replace(SAID, **changes))
    assert field in unclear.value.problems


def test_nobody_elses_unit_and_no_odd_answer():
    for given in (
        sheets(elsewhere=6),
        {(f"{STORKOPING}-99999999", ChainLevel.TEACHING): [Sheet({ROW: "4"})] * 6},
        {(UNIT, ChainLevel.TEACHING): [Sheet({ROW: "17"})] * 6},
        {(UNIT, ChainLevel.TEACHING): [Sheet({"en.egen.rad": "4"})] * 6},
    ):
        with pytest.raises(BadInput, match="Inget har lästs in"):
            read_in(given)
    with pytest.raises(BadInput):
        read_in(sheets(second=6), token=someone(Role.PRINCIPAL, UNIT), place=UNIT)


def test_who_may_read_answers_in():
    for role, place, error in (
        (Role.STAFF_MEMBER, UNIT, NotAllowed),
        (Role.BOARD_MEMBER, STORKOPING, NotAllowed),
        (Role.QUALITY_LEAD, LILLAN, NotFound),
    ):
        with pytest.raises(error):
            read_in(sheets(first=6), token=someone(role, place))


def test_a_held_file_is_only_for_who_sent_it_and_where():
    from styrkedjan.queries.access.viewing import viewing
    from styrkedjan.queries.assessments.importing import held, take_in

    with viewing(someone(Role.QUALITY_LEAD, STORKOPING)) as viewer:
        taken = take_in(viewer, STORKOPING, written(), "svar.csv")
        assert held(viewer, STORKOPING, taken.sealed).table == taken.table
        for sealed in ("", "nonsens", taken.sealed[:-8] + "AAAAAAA="):
            with pytest.raises(BadInput, match="Välj filen igen"):
                held(viewer, STORKOPING, sealed)
    with viewing(someone(Role.QUALITY_LEAD, STORKOPING)) as another, pytest.raises(BadInput, match="Välj filen igen"):
        held(another, STORKOPING, taken.sealed)
