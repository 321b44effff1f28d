"""Letters: in the queue with what causes them, sent when the server can, and tried again until then."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event as Flag
from uuid import UUID

import pytest

from styrkedjan.core.access import ANYONE, OPERATOR, Event, Role
from styrkedjan.core.letters import (
    WAITS,
    Letter,
    LetterKind,
    Undelivered,
    ascii_address,
    next_try,
    one_line,
    tidy_address,
)
from styrkedjan.core.people import Wanted
from styrkedjan.core.refused import BadInput, NotAllowed
from styrkedjan.site.letters import Postman, message
from styrkedjan.site.letters import mail_server as read_address
from tests.actions.mail_server import free_port, mail_server
from tests.conftest import as_owner
from tests.people import someone

pytestmark = pytest.mark.database

SENDER = "Styrkedjan <styrkedjan@prov.example>"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def put(recipient: str = "maj@prov.example", lives: timedelta = timedelta(days=14), **parts: str) -> UUID:
    """A letter in the queue, as an action would put it there."""
    from styrkedjan.actions._change import change
    from styrkedjan.actions.access.letters import write

    texts = {"subject": "Prov", "body": "Hej!\nEn länk: https://prov.example/x\n"} | parts
    with change(ANYONE, Event.MAIL_TRIED, about="prov"):
        return write(LetterKind.NOTICE, recipient, texts["subject"], texts["body"], datetime.now(UTC) + lives)


def row(key: UUID):
    from styrkedjan.tables.access import OutgoingMail

    with as_owner():
        return OutgoingMail.objects.get(key=key)


def postman(address: str, patience: float = 5.0) -> Postman:
    return Postman(read_address(address, patience), SENDER)


def deliver(send, limit: int = 50) -> int:
    from styrkedjan.actions.access.letters import deliver

    with as_owner():
        return deliver(OPERATOR, limit, send)


def make_due(key: UUID) -> None:
    from styrkedjan.tables.access import OutgoingMail

    with as_owner():
        OutgoingMail.objects.filter(key=key).update(try_at=datetime.now(UTC))


@pytest.fixture
def empty_queue(tables):
    """Nothing but what the test itself writes."""
    from styrkedjan.tables.access import OutgoingMail

    with as_owner():
        OutgoingMail.objects.all().delete()


# ---- The rules, without a database ----


def test_waits_grow_until_the_letter_is_of_no_use():
    late = NOW + timedelta(days=14)
    assert [next_try(attempts, NOW, late) - NOW for attempts in range(1, 8)] == [*WAITS, WAITS[-1], WAITS[-1]]
    assert next_try(3, NOW, NOW + timedelta(minutes=15)) is None
    assert next_try(2, NOW, NOW + timedelta(minutes=15)) == NOW + timedelta(minutes=5)


def test_addresses_and_subjects_are_made_harmless():
    assert tidy_address("  Åsa@PROV.example ") == "åsa@prov.example"
    assert tidy_address("a\u030asa@prov.example") == "åsa@prov.example"
    assert one_line("Hej\r\nBcc: alla@prov.example\u2028 du") == "Hej Bcc: alla@prov.example du"
    assert len(one_line("x" * 500)) == 200
    assert ascii_address("asa@åkerskolan.example") == "asa@xn--kerskolan-42a.example"


LETTER = Letter(UUID(int=7), "asa@åkerskolan.example", "Inbjudan på väg", "Hej Åsa!\n", NOW)


def test_a_letter_over_the_wire():
    made = message(LETTER, SENDER, "hjalp@prov.example")
    assert made["From"] == SENDER
    assert made["To"] == "asa@xn--kerskolan-42a.example"
    assert made["Reply-To"] == "hjalp@prov.example"
    assert made["Subject"] == "Inbjudan på väg"
    assert made["Message-ID"] == f"<{UUID(int=7)}@prov.example>"
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["Date"].datetime == NOW
    assert made.get_content_type() == "text/plain"
    assert made.get_content() == "Hej Åsa!\n"
    assert made.as_bytes().isascii()


@pytest.mark.parametrize("part", ["recipient", "subject"])
def test_a_line_break_cannot_begin_a_new_line_in_the_head(part):
    fields = {"recipient": "maj@prov.example", "subject": "Prov", part: "maj@prov.example\r\nBcc: alla@prov.example"}
    letter = Letter(UUID(int=7), fields["recipient"], fields["subject"], "Hej", NOW)
    with pytest.raises(Undelivered) as refusal:
        Postman(read_address("smtp://127.0.0.1:1"), SENDER)(letter)
    assert refusal.value.for_good


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("smtp://post.example", ("smtp", "post.example", 25, "", "")),
        ("smtps://nils:p%40ss@post.example", ("smtps", "post.example", 465, "nils", "p@ss")),
        ("smtp+starttls://nils:hemligt@post.example:2525", ("smtp+starttls", "post.example", 2525, "nils", "hemligt")),
    ],
)
def test_the_server_is_read_from_its_address(address, read):
    server = read_address(address)
    assert (server.scheme, server.host, server.port, server.user, server.password) == read


@pytest.mark.parametrize("address", ["post.example", "http://post.example", "smtp://", "smtp://x:hemligt@post:port"])
def test_an_address_that_cannot_be_read_is_not_repeated(address):
    with pytest.raises(BadInput) as refusal:
        read_address(address)
    assert "hemligt@" not in refusal.value.message
    assert "STYRKEDJAN_SMTP" in refusal.value.message


# ---- The queue ----


@pytest.mark.parametrize(
    "address", ["maj", "maj@prov.example\nBcc: x@prov.example", "a b@prov.example", "x@" + "a" * 260]
)
def test_an_address_that_cannot_be_is_never_queued(tables, address):
    with pytest.raises(BadInput, match="ingen fullständig e-postadress"):
        put(address)


def test_a_letter_outside_a_change_is_a_bug(house):
    from styrkedjan.actions.access.letters import write

    with pytest.raises(RuntimeError, match="inside"):
        write(LetterKind.NOTICE, "maj@prov.example", "Prov", "Hej", datetime.now(UTC) + timedelta(days=1))


def test_a_change_that_fails_sends_nothing(empty_queue):
    from styrkedjan.actions._change import change
    from styrkedjan.actions.access.letters import write
    from styrkedjan.tables.access import OutgoingMail

    with pytest.raises(NotAllowed), change(ANYONE, Event.MAIL_TRIED, about="prov"):
        write(LetterKind.NOTICE, "maj@prov.example", "Prov", "Hej", datetime.now(UTC) + timedelta(days=1))
        raise NotAllowed("nej")
    with as_owner():
        assert OutgoingMail.objects.count() == 0


def test_only_the_operator_delivers(tables):
    from styrkedjan.actions.access.letters import deliver as action
    from styrkedjan.queries.access.viewing import viewing

    lead = someone(Role.QUALITY_LEAD, "2120009951")
    with viewing(lead) as viewer, pytest.raises(NotAllowed):
        action(viewer, 1, lambda letter: None)


def test_a_letter_arrives_once_and_its_text_is_emptied(empty_queue):
    key = put("Maj@Prov.example", subject="Hej på dig", body="Länk: https://prov.example/å\n")
    with mail_server() as (address, mailbox):
        assert deliver(postman(address)) == 1
        assert deliver(postman(address)) == 0
    [letter] = mailbox.letters
    assert (letter["To"], letter["Subject"]) == ("maj@prov.example", "Hej på dig")
    assert letter.get_content().splitlines() == ["Länk: https://prov.example/å"]
    assert letter["Message-ID"] == f"<{key}@prov.example>"
    sent = row(key)
    assert (sent.subject, sent.body, sent.problem, sent.attempts) == ("", "", "", 1)
    assert sent.kind == LetterKind.NOTICE
    assert sent.sent_at is not None


def test_a_server_that_is_down_leaves_letters_waiting_until_it_is_up(empty_queue):
    port = free_port()
    key = put()
    assert deliver(postman(f"smtp://127.0.0.1:{port}")) == 1
    waiting = row(key)
    assert (waiting.sent_at, waiting.problem, waiting.attempts) == (None, "e-postservern går inte att nå", 1)
    assert waiting.body
    assert WAITS[0] - timedelta(seconds=30) < waiting.try_at - datetime.now(UTC) <= WAITS[0]
    with mail_server(port) as (address, mailbox):
        assert deliver(postman(address)) == 0  # not due yet
        make_due(key)
        assert deliver(postman(address)) == 1
    assert len(mailbox.letters) == 1
    assert row(key).sent_at is not None


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        ({"hangs": True}, "e-postservern svarade inte i tid"),
        ({"hangs_up": True}, "e-postservern bröt förbindelsen"),
        ({"data_answer": "451 4.3.0 maj@prov.example: disk full"}, "e-postservern tog inte emot brevet"),
        ({"data_answer": "554 5.7.1 spam from maj@prov.example"}, "e-postservern tog inte emot brevet"),
        ({"refuses": {"maj@prov.example": "450 4.2.0 greylisted maj@prov.example"}}, "brevet togs inte emot just nu"),
        ({"refuses": {"maj@prov.example": "554 5.7.1 relay denied"}}, "brevet togs inte emot just nu"),
        ({"refuses": {"maj@prov.example": "550 5.7.1 relay denied"}}, "brevet togs inte emot just nu"),
    ],
)
def test_a_server_that_misbehaves_is_tried_again(empty_queue, behaviour, problem):
    key = put()
    with mail_server() as (address, mailbox):
        for name, value in behaviour.items():
            setattr(mailbox, name, value)
        deliver(postman(address, patience=0.5))
        assert mailbox.letters == []
    waiting = row(key)
    assert (waiting.problem, waiting.sent_at, waiting.given_up_at) == (problem, None, None)
    assert waiting.body
    with mail_server() as (address, mailbox):
        make_due(key)
        deliver(postman(address))
        assert len(mailbox.letters) == 1


@pytest.mark.parametrize("answer", ["550 no such user", "550 5.1.1 maj@prov.example: unknown", "553 bad name"])
def test_a_mailbox_that_does_not_exist_is_given_up(empty_queue, answer):
    key, other = put(), put("bo@prov.example")
    with mail_server() as (address, mailbox):
        mailbox.refuses = {"maj@prov.example": answer}
        assert deliver(postman(address)) == 2
    assert mailbox.recipients == ["bo@prov.example"]
    given_up = row(key)
    assert given_up.given_up_at is not None
    assert (given_up.problem, given_up.body) == ("mottagarens adress avvisades", "")
    assert row(other).sent_at is not None


def test_a_letter_that_comes_too_late_is_given_up(empty_queue):
    short, late = put(lives=timedelta(seconds=30)), put(lives=timedelta(microseconds=1))
    assert deliver(postman(f"smtp://127.0.0.1:{free_port()}")) == 2
    assert (row(short).problem, row(short).body) == ("e-postservern går inte att nå", "")
    assert (row(late).problem, row(late).attempts) == ("brevet hann inte fram i tid", 0)
    assert all(row(key).given_up_at for key in (short, late))


def test_each_try_is_in_the_trail_without_names(empty_queue):
    from styrkedjan.tables.access import AuditEvent

    key = put()
    deliver(postman(f"smtp://127.0.0.1:{free_port()}"))
    with as_owner():
        facts = list(AuditEvent.scoped.for_operator(OPERATOR).filter(about=str(key)).values_list("event", "facts"))
    assert facts == [("mail_tried", {"kind": "notice", "attempt": 1, "sent": False, "again": True})]


def test_a_withdrawn_invitation_is_not_sent_and_one_sent_again_goes_once(empty_queue):
    from styrkedjan.actions.access import invitations
    from styrkedjan.queries.access.viewing import viewing

    place = "2120009952-90000952"
    lead = someone(Role.QUALITY_LEAD, place[:10])
    with viewing(lead) as viewer:
        first = invitations.invite(viewer, Wanted("en@prov.example", "En", Role.PRINCIPAL, place))
        invitations.invite(viewer, Wanted("tva@prov.example", "Två", Role.PRINCIPAL, place))
        invitations.withdraw(viewer, first.key)
        third = invitations.invite(viewer, Wanted("tre@prov.example", "Tre", Role.PRINCIPAL, place))
        again = invitations.send_again(viewer, third.key)
    with mail_server() as (address, mailbox):
        deliver(postman(address))
    assert sorted(mailbox.recipients) == ["tre@prov.example", "tva@prov.example"]
    [letter] = [each for each in mailbox.letters if each["To"] == "tre@prov.example"]
    assert again.address in letter.get_content()
    assert third.address not in letter.get_content()


# ---- Several at once: rows that stay, because several connections must see them ----


@pytest.fixture
def kept_queue(house) -> Iterator[None]:
    from django.db import connections

    from styrkedjan.tables.access import OutgoingMail

    def empty() -> None:
        with as_owner():
            OutgoingMail.objects.all().delete()

    empty()
    yield
    empty()
    connections.close_all()


def delivering(send) -> int:
    from django.db import connections

    try:
        return sum(iter(lambda: deliver_each(send), 0))
    finally:
        connections.close_all()


def deliver_each(send) -> int:
    # The role must outlive each letter's own transaction, so it is set for the connection.
    from django.db import connection

    from styrkedjan.actions.access.letters import deliver
    from styrkedjan.site import postgres

    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {postgres.OWNER}")
    return deliver(OPERATOR, 50, send)


def test_two_deliverers_send_each_letter_once(kept_queue):
    keys = [put(f"nummer{number}@prov.example") for number in range(30)]
    with mail_server() as (address, mailbox), ThreadPoolExecutor(2) as threads:
        tried = list(threads.map(delivering, [postman(address), postman(address)]))
    assert sorted(mailbox.recipients) == sorted(f"nummer{number}@prov.example" for number in range(30))
    assert sum(tried) == 30
    assert all(row(key).sent_at for key in keys)


def test_a_letter_that_one_deliverer_holds_is_left_to_it(kept_queue):
    put()
    holding, go_on = Flag(), Flag()

    def slow(letter: Letter) -> None:
        holding.set()
        go_on.wait(30)

    sent: list[Letter] = []
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(delivering, slow)
        assert holding.wait(30)
        second = threads.submit(delivering, sent.append)
        assert second.result(30) == 0
        go_on.set()
        assert first.result(30) == 1
    assert sent == []


DELIVERER = """
import sys
from styrkedjan.site.running import house
with house(migrate=False):
    from styrkedjan.actions.access import letters
    from styrkedjan.core.access import OPERATOR
    def stuck(letter):
        print("holds", flush=True)
        sys.stdin.read()
    letters.deliver(OPERATOR, 1, stuck)
"""


def as_the_owner(databases) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": databases.owner}


def test_a_killed_deliverer_loses_nothing(kept_queue, databases):
    key = put()
    process = subprocess.Popen(
        [sys.executable, "-c", DELIVERER], env=as_the_owner(databases), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"holds\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()
    with mail_server() as (address, mailbox):
        tries = 0
        while not mailbox.letters and tries < 100:  # the database must notice that the process is gone
            delivering(postman(address))
            tries += 1
            time.sleep(0.1)
    assert len(mailbox.letters) == 1
    assert row(key).sent_at is not None


COMMAND = "from styrkedjan.site.cli import main; raise SystemExit(main())"


def command(databases, *arguments: str, smtp: str = "") -> subprocess.Popen:
    surroundings = {**as_the_owner(databases), "STYRKEDJAN_SMTP": smtp}
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments],
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_sends_what_is_due_and_lists_the_rest(kept_queue, databases):
    put()
    with mail_server() as (address, mailbox):
        said, _ = command(databases, "brev", smtp=address).communicate(timeout=180)
        assert re.search(r"1\s+brev prövat, 0 väntar", said)
        assert mailbox.recipients == ["maj@prov.example"]
    put("bo@prov.example")
    said, _ = command(databases, "brev", "--lista").communicate(timeout=180)
    assert "1 väntar, 1 skickade, 0 kunde inte levereras." in said
    assert "inte prövat" in said
    assert "prov.example" not in said


def test_the_command_says_so_when_no_server_is_named(kept_queue, databases):
    process = command(databases, "brev")
    _, said = process.communicate(timeout=180)
    assert process.returncode == 2
    assert "ingen e-postserver är inställd" in said


def test_following_sends_as_letters_come_and_stops_when_told(kept_queue, databases):
    with mail_server() as (address, mailbox):
        process = command(databases, "brev", "--folj", smtp=address)
        try:
            for number in range(2):
                put(f"nummer{number}@prov.example")
                wait_for(lambda number=number: len(mailbox.letters) > number)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=120)
    assert process.returncode == 0
    assert len(mailbox.letters) == 2


def test_a_site_sends_its_letters_for_as_long_as_it_serves(kept_queue, databases, monkeypatch):
    from styrkedjan.site.cli.letters import sending_beside

    with mail_server() as (address, mailbox):
        monkeypatch.setenv("STYRKEDJAN_SMTP", address)
        with sending_beside(databases.owner):
            put()
            wait_for(lambda: mailbox.letters)
        key = put("bo@prov.example")
        time.sleep(2)
        assert mailbox.recipients == ["maj@prov.example"]
        assert row(key).attempts == 0


def test_what_sends_beside_a_site_goes_when_the_site_is_killed(kept_queue, databases):
    with mail_server() as (address, mailbox):
        surroundings = {**as_the_owner(databases), "STYRKEDJAN_SMTP": address}
        site = subprocess.Popen([sys.executable, "-c", SITE], env=surroundings, stdout=subprocess.PIPE, text=True)
        put()
        wait_for(lambda: mailbox.letters)
        site.kill()
        # The pipe is the deliverer's too: it ends when both have gone.
        assert site.stdout.read() == ""
        site.wait()
        site.stdout.close()


SITE = """
import os, time
from styrkedjan.site.cli.letters import sending_beside
with sending_beside(os.environ["DATABASE_URL"]):
    time.sleep(600)
"""


def wait_for(condition) -> None:
    for _ in range(2400):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within two minutes")
