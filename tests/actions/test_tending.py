"""Tending: counted on time, and reminders that nobody but who gets one knows of."""

import logging
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from styrkedjan.core.access import ANYONE, OPERATOR, Event, Role
from styrkedjan.core.refused import NotAllowed
from tests.conftest import as_owner
from tests.mailboxes import (
    ROW,
    UNIT,
    Group,
    MadeCampaign,
    ask,
    close,
    hand_in,
    json_of,
    mailbox_connection,
    open_campaign,
    remove,
)
from tests.people import someone
from tests.world import STORKOPING

pytestmark = pytest.mark.database

TODAY = datetime.now(UTC).date()


@pytest.fixture
def inside(world, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def tend():
    from styrkedjan.actions.assessments.tending import tend

    with as_owner():
        return tend(OPERATOR)


def campaign(ago: timedelta, answer: str = "4") -> MadeCampaign:
    """A campaign with six sheets, closed so long ago."""
    with as_owner(), mailbox_connection() as owner:
        made = open_campaign(owner, [Group(UNIT, "teaching", 20)])
        for at in range(6):
            hand_in(owner, made, UNIT, {ROW: answer if at else "2"})
        close(owner, made, ago)
    return made


def value(statement: str, *values: object):
    with as_owner(), mailbox_connection() as owner:
        return owner.execute(statement, values).fetchall()


def test_only_those_whose_time_is_up_are_counted(inside):
    old, grace, going = campaign(timedelta(hours=1)), campaign(timedelta(minutes=5)), campaign(timedelta(days=-1))
    done = tend()
    assert (done.counted, done.damaged) == (1, 0)
    counted = value(
        "SELECT key FROM campaign WHERE counted_at IS NOT NULL AND key = ANY(%s)", [old.key, grace.key, going.key]
    )
    assert counted == [(old.key,)]
    assert tend().counted == 0


def test_a_damaged_one_does_not_hold_up_the_others(inside, caplog):
    bad, good = campaign(timedelta(hours=2)), campaign(timedelta(hours=1))
    with as_owner(), mailbox_connection() as owner:
        owner.execute("UPDATE sheet SET sealed = 'AAAA' WHERE campaign_id = %s", [bad.key])
    with caplog.at_level(logging.ERROR, "styrkedjan"):
        done = tend()
    assert (done.counted, done.damaged) == (1, 1)
    assert value(
        "SELECT counted_at IS NULL FROM campaign WHERE key = ANY(%s) ORDER BY closes_at", [bad.key, good.key]
    ) == [
        (True,),
        (False,),
    ]
    assert str(bad.key) in caplog.text and "AAAA" not in caplog.text


def reminding() -> tuple[MadeCampaign, dict[str, str]]:
    """An open campaign with four links, one used and one sent today, and a reminder asked for. Gives the tokens."""
    with as_owner(), mailbox_connection() as owner:
        made = open_campaign(owner, [Group(UNIT, "teaching", 20)], remind_asked_at=datetime.now(UTC))
        tokens = {name: ask(owner, made, UNIT, f"{name}@prov.example") for name in ("maj", "bo", "eva", "ny")}
        owner.execute("UPDATE asked_person SET answered = true WHERE key = %s", [made.asked["bo@prov.example"]])
        owner.execute("UPDATE asked_person SET invited_on = %s WHERE key = %s", [TODAY, made.asked["ny@prov.example"]])
    return made, tokens


def letters() -> dict[str, tuple[str, str]]:
    rows = value("SELECT recipient, subject, body FROM outgoing_mail WHERE subject LIKE 'Påminnelse%%'")
    return {recipient: (subject, body) for recipient, subject, body in rows}


def test_a_reminder_goes_to_links_that_have_not_been_used_and_to_no_others(inside):
    _, tokens = reminding()
    assert tend().reminded == 1
    written = letters()
    assert set(written) == {"maj@prov.example", "eva@prov.example"}
    subject, body = written["maj@prov.example"]
    assert subject == "Påminnelse: Påhittad självvärdering"
    assert f"/svara/lank/{tokens['maj']}/" in body and tokens["eva"] not in body
    assert "Ingen hos er kan se vem" in body


def test_a_reminder_is_sent_once_and_marks_everyone_alike(inside):
    made, _ = reminding()
    tend()
    assert value("SELECT remind_asked_at FROM campaign WHERE key = %s", made.key) == [(None,)]
    marked = "SELECT DISTINCT reminded_on IS NOT NULL FROM asked_person a JOIN answering_group g ON g.key = a.group_id "
    assert value(f"{marked} WHERE g.campaign_id = %s", made.key) == [(True,)], "also those who got no letter"
    assert tend().reminded == 0
    with as_owner(), mailbox_connection() as owner:
        owner.execute("UPDATE campaign SET remind_asked_at = now() WHERE key = %s", [made.key])
    tend()
    assert len(letters()) == 2, "nobody is reminded twice in a day"


def test_the_trail_says_that_a_reminder_went_and_not_to_how_many(inside):
    made, _ = reminding()
    tend()
    rows = value("SELECT event, facts FROM audit_event WHERE about = %s", str(made.key))
    assert [(event, json_of(facts)) for event, facts in rows] == [(Event.PEOPLE_REMINDED, {})]


def test_nobody_is_reminded_of_what_has_closed(inside):
    made, _ = reminding()
    with as_owner(), mailbox_connection() as owner:
        close(owner, made, timedelta(minutes=5))
    assert tend().reminded == 0 and not letters()


def test_the_site_cannot_see_who_has_not_answered(inside):
    from django.db import connection, transaction
    from django.db.utils import ProgrammingError

    from styrkedjan.queries.access.viewing import viewing

    reminding()
    with viewing(someone(Role.QUALITY_LEAD, STORKOPING)), connection.cursor() as cursor:
        for forbidden in (
            "SELECT answered FROM asked_person",
            "SELECT * FROM sheet",
            "SELECT reminded_on FROM asked_person",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(forbidden)


def test_tending_is_the_operators(inside):
    from styrkedjan.actions.assessments.tending import tend as as_someone
    from styrkedjan.queries.access.viewing import viewing

    with pytest.raises(NotAllowed):
        as_someone(ANYONE)
    with viewing(someone(Role.QUALITY_LEAD, STORKOPING)) as viewer, pytest.raises(NotAllowed):
        as_someone(viewer)


# ---- The command, and the process beside the site ----


@pytest.fixture
def committed(world, owner_connection):
    """A campaign that is really in the database, and closed."""
    made = open_campaign(owner_connection, [Group(UNIT, "teaching", 20)])
    for at in range(6):
        hand_in(owner_connection, made, UNIT, {ROW: str(at % 5 + 1)})
    close(owner_connection, made)
    yield made
    remove(owner_connection, made)


def is_counted(owner: psycopg.Connection, made: MadeCampaign) -> bool:
    return owner.execute("SELECT counted_at IS NOT NULL FROM campaign WHERE key = %s", [made.key]).fetchone()[0]


def command(databases, *arguments: str) -> subprocess.Popen:
    script = "from styrkedjan.site.cli import main; raise SystemExit(main())"
    environment = {**os.environ, "DATABASE_URL": databases.site, "DATABASE_OWNER_URL": databases.owner}
    return subprocess.Popen(
        [sys.executable, "-c", script, "sjalvvardering", "rakna", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(holds, patience: float = 60.0) -> None:
    ends = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < ends, "what was waited for did not come"
        time.sleep(0.1)


def test_the_command_counts_and_says_so(databases, committed, owner_connection):
    process = command(databases)
    said, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert "1\u00a0självvärdering räknad" in said and "0\u00a0påminda om" in said
    assert is_counted(owner_connection, committed)


def test_the_command_says_when_one_cannot_be_counted(databases, committed, owner_connection):
    owner_connection.execute("UPDATE sheet SET sealed = 'AAAA' WHERE campaign_id = %s", [committed.key])
    process = command(databases)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 1 and "går inte att räkna" in said
    assert not is_counted(owner_connection, committed)


def test_following_counts_and_stops_when_told(databases, committed, owner_connection):
    process = command(databases, "--folj")
    try:
        wait_for(lambda: is_counted(owner_connection, committed))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_it_is_counted_beside_a_site_also_without_an_e_mail_server(databases, committed, owner_connection, monkeypatch):
    from styrkedjan.site.cli.assessments import tending_beside

    monkeypatch.delenv("STYRKEDJAN_SMTP", raising=False)
    with tending_beside(databases.owner):
        wait_for(lambda: is_counted(owner_connection, committed))


def test_a_follower_ends_with_the_process_that_began_it(databases, world):
    process = command(databases, "--folj", "--foralder", "1")
    process.communicate(timeout=60)
    assert process.returncode == 0
