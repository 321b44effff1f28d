"""Counting in the database: once, whole or not at all, and nothing of one person left when it is done."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from styrkedjan.core.access import OPERATOR, Event, Role
from styrkedjan.core.disclosure.answers import DisclosureReport, ReleasedAnswers
from styrkedjan.core.refused import DamagedData, NotAllowed, NotFound, WrongState
from tests.conftest import as_owner
from tests.mailboxes import (
    OTHER_ROW,
    OTHER_UNIT,
    ROW,
    THIRD_UNIT,
    UNIT,
    Group,
    MadeCampaign,
    ask,
    close,
    hand_in,
    json_of,
    mailbox_connection,
    open_campaign,
    receipt_hash,
    remove,
    stored,
)
from tests.people import someone
from tests.world import LILLAN, STORKOPING

pytestmark = pytest.mark.database

GROUPS = [
    Group(UNIT, "teaching", 20),
    Group(OTHER_UNIT, "teaching", 4),
    Group(THIRD_UNIT, "teaching", 9),
    Group(UNIT, "principal", 1, "position"),
]


@pytest.fixture
def inside(world, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def filled(owner: psycopg.Connection) -> MadeCampaign:
    """Twelve sheets at one unit, three and two at small ones, one of a principal, and a draft."""
    made = open_campaign(owner, GROUPS)
    for at in range(12):
        hand_in(owner, made, UNIT, {ROW: "5" if at < 4 else "3", OTHER_ROW: "dont_know"}, {ROW: f"Text {at}"})
    for place, count in ((OTHER_UNIT, 3), (THIRD_UNIT, 2)):
        for _ in range(count):
            hand_in(owner, made, place, {ROW: "2"}, {ROW: "liten"})
    hand_in(owner, made, UNIT, {ROW: "1"}, level="principal")
    hand_in(owner, made, UNIT, {ROW: "1", OTHER_ROW: "1"}, {ROW: "bara ett utkast"}, finished=False)
    ask(owner, made, UNIT, "maj@prov.example")
    return made


def closed_campaign() -> MadeCampaign:
    with as_owner(), mailbox_connection() as owner:
        made = filled(owner)
        close(owner, made)
    return made


def count_as(token: str, place: str, key) -> None:
    from styrkedjan.actions.assessments.counting import count
    from styrkedjan.queries.access.viewing import viewing

    with viewing(token) as viewer:
        count(viewer, place, key)


def kept(owner: psycopg.Connection, made: MadeCampaign) -> set[tuple]:
    """(place, level, kind, state, sheets) of each group."""
    rows = owner.execute(
        "SELECT place, level, kind, state, sheet_count FROM answering_group WHERE campaign_id = %s", [made.key]
    )
    return set(rows.fetchall())


def tallies(owner: psycopg.Connection, made: MadeCampaign) -> set[tuple]:
    rows = owner.execute(
        "SELECT g.place, g.level, t.row, t.answer, t.count FROM tally t JOIN answering_group g ON g.key = t.group_id "
        "WHERE g.campaign_id = %s",
        [made.key],
    )
    return set(rows.fetchall())


EXPECTED_GROUPS = {
    (UNIT, "teaching", "anonymous", "kept", 12),
    (OTHER_UNIT, "teaching", "anonymous", "pooled", 3),
    (THIRD_UNIT, "teaching", "anonymous", "pooled", 2),
    (STORKOPING, "teaching", "pooled", "kept", 5),
    (UNIT, "principal", "position", "kept", 1),
}
EXPECTED_TALLIES = {
    (UNIT, "teaching", ROW, "5", 4),
    (UNIT, "teaching", ROW, "3", 8),
    (UNIT, "teaching", OTHER_ROW, "dont_know", 12),
    (STORKOPING, "teaching", ROW, "2", 5),
    (UNIT, "principal", ROW, "1", 1),
}


@pytest.mark.parametrize("who", ["quality lead", "operator"])
def test_what_is_counted_is_exact_and_nothing_of_a_person_is_left(inside, who):
    from styrkedjan.actions.assessments.counting import count

    made = closed_campaign()
    if who == "operator":
        with as_owner():
            count(OPERATOR, STORKOPING, made.key)
    else:
        count_as(someone(Role.QUALITY_LEAD, STORKOPING), STORKOPING, made.key)
    with as_owner(), mailbox_connection() as owner:
        assert kept(owner, made) == EXPECTED_GROUPS
        assert tallies(owner, made) == EXPECTED_TALLIES
        found = stored(owner, made)
        assert not found["sheet"] and not found["asked_person"]
        assert len(found["counted_receipt"]) == 18
        assert sorted(row[3] for row in found["answer_comment"]) == sorted(f"Text {at}" for at in range(12))
        (sealed_key, counted_at) = owner.execute(
            "SELECT sealed_key, counted_at FROM campaign WHERE key = %s", [made.key]
        ).fetchone()
        assert sealed_key == "" and counted_at is not None
        assert "maj@prov.example" not in repr(found) and "utkast" not in repr(found)


def test_the_release_is_kept_by_place_with_the_report_on_the_campaigns_own(inside):
    made = closed_campaign()
    count_as(someone(Role.QUALITY_LEAD, STORKOPING), STORKOPING, made.key)
    with as_owner(), mailbox_connection() as owner:
        rows = owner.execute(
            "SELECT place, contents, report FROM answer_release WHERE campaign_id = %s", [made.key]
        ).fetchall()
    releases = {
        place: (ReleasedAnswers.from_json(json_of(contents)), json_of(report)) for place, contents, report in rows
    }
    assert {STORKOPING, UNIT} <= set(releases)
    assert all(released.place == place for place, (released, _) in releases.items())
    report = DisclosureReport.from_json(releases[STORKOPING][1])
    assert not report.refused and report.seconds > 0
    assert not any(report for place, (_, report) in releases.items() if place != STORKOPING)


def test_one_row_in_the_trail_with_totals_alone(inside):
    made = closed_campaign()
    count_as(someone(Role.QUALITY_LEAD, STORKOPING), STORKOPING, made.key)
    with as_owner(), mailbox_connection() as owner:
        rows = owner.execute("SELECT event, facts FROM audit_event WHERE about = %s", [str(made.key)]).fetchall()
    totals = {"sheets": 18, "groups": 5, "pooled": 2, "too_few": 0}
    assert [(event, json_of(facts)) for event, facts in rows] == [(Event.ANSWERS_COUNTED, totals)]


def test_it_is_counted_once(inside):
    made, token = closed_campaign(), someone(Role.QUALITY_LEAD, STORKOPING)
    count_as(token, STORKOPING, made.key)
    with as_owner(), mailbox_connection() as owner:
        before = stored(owner, made)
    with pytest.raises(WrongState, match="redan räknade"):
        count_as(token, STORKOPING, made.key)
    with as_owner(), mailbox_connection() as owner:
        assert stored(owner, made) == before


@pytest.mark.parametrize("ago", [timedelta(days=-1), timedelta(minutes=-1), timedelta(minutes=14)])
def test_nothing_is_counted_while_somebody_may_be_writing(inside, ago):
    with as_owner(), mailbox_connection() as owner:
        made = filled(owner)
        close(owner, made, ago)
        before = stored(owner, made)
    with pytest.raises(WrongState, match="tar fortfarande emot svar"):
        count_as(someone(Role.QUALITY_LEAD, STORKOPING), STORKOPING, made.key)
    with as_owner(), mailbox_connection() as owner:
        assert stored(owner, made) == before


def test_when_all_have_answered_nobody_has_to_wait_but_never_before_it_closes(inside):
    with as_owner(), mailbox_connection() as owner:
        made = open_campaign(owner, [Group(UNIT, "teaching", 5)])
        for _ in range(5):
            hand_in(owner, made, UNIT, {ROW: "4"})
    token = someone(Role.QUALITY_LEAD, STORKOPING)
    with pytest.raises(WrongState):
        count_as(token, STORKOPING, made.key)
    with as_owner(), mailbox_connection() as owner:
        close(owner, made, timedelta(seconds=1))
    count_as(token, STORKOPING, made.key)
    with as_owner(), mailbox_connection() as owner:
        assert kept(owner, made) == {(UNIT, "teaching", "anonymous", "kept", 5)}


def test_who_may_count(inside):
    made = closed_campaign()
    for role, place, error in (
        (Role.PRINCIPAL, UNIT, NotAllowed),
        (Role.BOARD_MEMBER, STORKOPING, NotAllowed),
        (Role.QUALITY_LEAD, LILLAN, NotFound),
    ):
        with pytest.raises(error):
            count_as(someone(role, place), STORKOPING, made.key)
    with pytest.raises(NotFound):  # a principal counts her own unit's, not the organiser's
        count_as(someone(Role.PRINCIPAL, UNIT), UNIT, made.key)
    with pytest.raises(NotFound):
        count_as(someone(Role.QUALITY_LEAD, LILLAN), LILLAN, made.key)
    with pytest.raises((NotFound, WrongState)):
        count_as(someone(Role.QUALITY_LEAD, STORKOPING), STORKOPING, uuid4())
    with as_owner(), mailbox_connection() as owner:
        assert len(stored(owner, made)["sheet"]) == 19, "nobody has emptied anything"


def test_a_stranger_in_the_database_empties_nothing(inside):
    from django.db import connection

    from styrkedjan.queries.access.viewing import viewing

    made = closed_campaign()
    with viewing(someone(Role.QUALITY_LEAD, LILLAN)), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM styrkedjan_empty_mailbox(%s)", [made.key])
        assert cursor.fetchall() == []
    with as_owner(), mailbox_connection() as owner:
        assert len(stored(owner, made)["sheet"]) == 19


@pytest.mark.parametrize("fault", ["bytes", "other key", "another answer", "not a sheet", "site key"])
def test_a_damaged_sheet_stops_everything_and_nothing_is_lost(inside, fault, settings_key):
    from styrkedjan.protocols.sealing import new_pair, seal_for

    made = closed_campaign()
    damaged = {
        "bytes": "A" * 400,
        "other key": seal_for(new_pair()[0], '{"answers": {}, "comments": {}}'),
        "another answer": seal_for(made.public, '{"answers": {"clear_roles.1": "17"}, "comments": {}}'),
        "not a sheet": seal_for(made.public, "[1, 2"),
    }
    with as_owner(), mailbox_connection() as owner:
        if fault == "site key":
            settings_key("en helt annan nyckel")
        else:
            (one,) = owner.execute("SELECT min(receipt_hash) FROM sheet WHERE campaign_id = %s", [made.key]).fetchone()
            owner.execute(
                "UPDATE sheet SET sealed = %s, handed_in = true WHERE receipt_hash = %s", [damaged[fault], one]
            )
        before = stored(owner, made)
    with pytest.raises(DamagedData):
        count_as(someone(Role.QUALITY_LEAD, STORKOPING), STORKOPING, made.key)
    with as_owner(), mailbox_connection() as owner:
        assert stored(owner, made) == before


@pytest.fixture
def settings_key():
    """Let the site have another key for the rest of the test."""
    from django.conf import settings

    before = settings.SECRET_KEY
    yield lambda key: setattr(settings, "SECRET_KEY", key)
    settings.SECRET_KEY = before


def test_receipts_say_that_a_sheet_was_counted(inside):
    with as_owner(), mailbox_connection() as owner:
        made = open_campaign(owner, [Group(UNIT, "teaching", 20)])
        codes = [hand_in(owner, made, UNIT, {ROW: "4"}) for _ in range(6)]
        close(owner, made)
    count_as(someone(Role.QUALITY_LEAD, STORKOPING), STORKOPING, made.key)
    with as_owner(), mailbox_connection() as owner:
        for code in codes:
            (found,) = owner.execute("SELECT styrkedjan_sheet(%s)", [receipt_hash(code)]).fetchone()
            assert json_of(found)["counted"]["title"] == "Påhittad självvärdering"
        (unknown,) = owner.execute("SELECT styrkedjan_sheet(%s)", [receipt_hash("ANNAN")]).fetchone()
        assert unknown is None


def test_what_is_written_has_no_order_and_one_transaction(inside):
    made = closed_campaign()
    count_as(someone(Role.QUALITY_LEAD, STORKOPING), STORKOPING, made.key)
    with as_owner(), mailbox_connection() as owner:
        for table, key in (("tally", "t.key"), ("answer_comment", "t.key"), ("counted_receipt", "t.receipt_hash")):
            join = "JOIN answering_group g ON g.key = t.group_id" if table != "counted_receipt" else ""
            where = "g.campaign_id" if join else "t.campaign_id"
            rows = owner.execute(
                f"SELECT t.xmin::text, {key}::text FROM {table} t {join} WHERE {where} = %s ORDER BY t.ctid", [made.key]
            ).fetchall()
            assert len({xmin for xmin, _ in rows}) == 1, table
            if table != "tally":  # sums are in the order of rows and answers, which is no secret
                assert [each for _, each in rows] == sorted(each for _, each in rows), table


# ---- Two at once, and a process that is killed: with connections and processes of their own ----


@pytest.fixture
def committed(world, owner_connection):
    """A campaign that is really in the database, and closed."""
    made = filled(owner_connection)
    close(owner_connection, made)
    yield made
    remove(owner_connection, made)


COUNT = """
import sys
from uuid import UUID
from styrkedjan.site.running import house
with house(migrate=False):
    from styrkedjan.actions.assessments import counting
    from styrkedjan.core.access import OPERATOR
    try:
        counting.count(OPERATOR, sys.argv[1], UUID(sys.argv[2]))
    except Exception as error:
        print(type(error).__name__)
    else:
        print("counted")
"""


def count_beside(databases, made: MadeCampaign) -> subprocess.Popen:
    """Count in a process of its own, as the database's owner."""
    environment = {**os.environ, "DATABASE_URL": databases.owner, "DATABASE_OWNER_URL": databases.owner}
    return subprocess.Popen(
        [sys.executable, "-c", COUNT, made.place, str(made.key)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def last_line(process: subprocess.Popen) -> str:
    """What a process said last; a solver may have said something before."""
    return process.communicate(timeout=60)[0].strip().splitlines()[-1]


WAITING = "SELECT count(*) FROM pg_locks WHERE relation = 'answer_release'::regclass AND NOT granted"


def wait_until(holds, patience: float = 30.0) -> None:
    ends = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < ends, "what was waited for did not come"
        time.sleep(0.02)


def test_of_two_that_count_at_once_one_does(databases, committed, owner_connection):
    processes = [count_beside(databases, committed) for _ in range(2)]
    said = sorted(last_line(process) for process in processes)
    assert said == ["WrongState", "counted"]
    assert tallies(owner_connection, committed) == EXPECTED_TALLIES


def test_a_process_that_is_killed_in_the_middle_leaves_everything_as_it_was(databases, committed, owner_connection):
    before = stored(owner_connection, committed)
    with psycopg.connect(databases.owner) as holding:
        holding.execute("LOCK TABLE answer_release IN SHARE MODE")  # the last thing that is written has to wait
        process = count_beside(databases, committed)
        wait_until(lambda: owner_connection.execute(WAITING).fetchone()[0] == 1)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        holding.rollback()
    wait_until(lambda: owner_connection.execute(WAITING).fetchone()[0] == 0)
    assert stored(owner_connection, committed) == before
    again = count_beside(databases, committed)
    assert last_line(again) == "counted"
    assert tallies(owner_connection, committed) == EXPECTED_TALLIES


def test_a_sheet_that_comes_while_they_are_counted_is_counted_or_refused_never_lost(databases, world, owner_connection):
    """The clock runs out while thirty hand in: whoever was told ``saved`` is among the counted."""
    made = open_campaign(owner_connection, [Group(UNIT, "teaching", 100)])
    close(owner_connection, made, timedelta(minutes=15) - timedelta(seconds=1.5))
    try:
        with ThreadPoolExecutor(8) as pool:
            handing = [pool.submit(_hand_in_until_closed, databases, made) for _ in range(6)]
            time.sleep(1.3)
            said = ""
            while said != "counted":
                said = last_line(count_beside(databases, made))
                assert said in ("counted", "WrongState")
            saved = sum(each.result() for each in handing)
        assert saved > 0
        assert kept(owner_connection, made) == {(UNIT, "teaching", "anonymous", "kept", saved)}
        assert tallies(owner_connection, made) == {(UNIT, "teaching", ROW, "4", saved)}
        assert not stored(owner_connection, made)["sheet"]
    finally:
        remove(owner_connection, made)


def _hand_in_until_closed(databases, made: MadeCampaign) -> int:
    """How many sheets were saved before the database said no."""
    saved = 0
    with psycopg.connect(databases.site, autocommit=True) as connection:
        while saved < 15:
            try:
                hand_in(connection, made, UNIT, {ROW: "4"})
            except AssertionError as no:
                assert str(no).startswith(("closed", "full"))
                return saved
            saved += 1
            time.sleep(0.1)
    return saved
