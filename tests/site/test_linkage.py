"""Anonymous by storage: whoever owns the database, but not the site's key, guesses no better than chance who said what.

Two hundred invented people answer by links of their own, in an order that the attacker knows, through the real pages.
The same attacker is then let at storage that is planted to be weak, so that it is shown that she would have found it.
"""

import base64
import hashlib
import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from uuid import UUID, uuid4

import psycopg
import pytest

from styrkedjan.core.access import OPERATOR
from styrkedjan.core.assessments.sheets import Sheet, in_fours, written
from styrkedjan.protocols.sealing import seal_for
from tests.conftest import as_owner
from tests.mailboxes import (
    UNIT,
    Group,
    MadeCampaign,
    ask,
    close,
    hand_in,
    json_of,
    new_receipt,
    open_campaign,
    receipt_hash,
    remove,
    stored,
)
from tests.people import browser
from tests.site import attacker
from tests.site.attacker import KEY_ROW, SITS_IN, STRATEGIES, Observed, Person, Step, beats_chance
from tests.world import STORKOPING, catalogue

# One worker: two hundred people answer once.
pytestmark = [pytest.mark.database, pytest.mark.xdist_group("linkage")]

PEOPLE, HEAVY, LIGHT = 200, 20, 60
ROWS = tuple(f"{factor.id}.{row.id}" for factor in catalogue().framework.success_factors[-2:] for row in factor.rows)
Submit = Callable[[psycopg.Connection, MadeCampaign, Person, bool], None]


def people(seed: int) -> list[Person]:
    """Half have each secret answer; some write much, some a little, most nothing. In the order that they answer."""
    chance = Random(seed)
    secrets = [SITS_IN, "5"] * (PEOPLE // 2)
    chance.shuffle(secrets)
    found = []
    for number, secret in enumerate(secrets):
        long = {row: f"Tanke {number} {row} ".ljust(600, "å") for row in ROWS[:6]} if number < HEAVY else {}
        short = {KEY_ROW: f"Kort {number}"} if HEAVY <= number < HEAVY + LIGHT else {}
        found.append(Person(number, f"svarande{number}@prov.example", secret, long or short))
    chance.shuffle(found)
    for turn, person in enumerate(found):
        person.turn, person.receipt = turn, new_receipt()
    return found


def answers_of(person: Person) -> dict[str, str]:
    chance = Random(f"{person.email}")
    return {row: chance.choice("12345") for row in ROWS} | {KEY_ROW: person.secret}


# ---- How an answer comes to the database: by the house's own pages, or in a planted weak way ----


def by_the_pages(_: psycopg.Connection, made: MadeCampaign, person: Person, finished: bool) -> None:
    """A draft, or the whole, posted to the page of somebody's own link."""
    answers = list(answers_of(person).items())
    sending = {"kvitto": in_fours(person.receipt), "rader": ",".join(row for row, _ in answers)}
    for number, (row, answer) in enumerate(answers if finished else answers[:4], 1):
        sending |= {f"a{number}": answer, f"k{number}": person.comments.get(row, "")}
    response = browser().post(f"/svara/lank/{person.token}/", sending if finished else {**sending, "spara": "1"})
    assert response.status_code in (302, 303), response.content.decode()


def weakly(seal: Callable[[MadeCampaign, str], str]) -> Submit:
    """Sheets that are made in some other way than the house's."""

    def submit(owner: psycopg.Connection, made: MadeCampaign, person: Person, finished: bool) -> None:
        sheet = Sheet(answers_of(person) if finished else {}, person.comments if finished else {})
        content = seal(made, json.dumps({"answers": sheet.answers, "comments": sheet.comments}, ensure_ascii=False))
        statement = "SELECT styrkedjan_hand_in(%s, %s, %s, %s)"
        owner.execute(statement, [made.groups[UNIT, "teaching"], receipt_hash(person.receipt), content, finished])

    return submit


def as_it_is(_: MadeCampaign, text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def without_padding(made: MadeCampaign, text: str) -> str:
    return seal_for(made.public, text)


def padded_to_few(made: MadeCampaign, text: str) -> str:
    """To the nearest kilobyte: the house's own way with a step that is too short."""
    return seal_for(made.public, text + " " * (-len(text.encode()) % 1024))


def always_alike(_: MadeCampaign, text: str) -> str:
    """The same text becomes the same sheet. Only what the attacker looks for is in it."""
    return hashlib.sha256(json.loads(text)["answers"].get(KEY_ROW, "").encode()).hexdigest()


def writing_twice(owner: psycopg.Connection, made: MadeCampaign, person: Person, finished: bool) -> None:
    """An answer outside the scale has something more written about it."""
    for _ in range(1 + (person.secret == SITS_IN)):
        hand_in(owner, made, UNIT, answers_of(person), person.comments, finished=finished, receipt=person.receipt)


def counting_at_once(owner: psycopg.Connection, made: MadeCampaign, person: Person, finished: bool) -> None:
    """A sum that grows with each sheet."""
    hand_in(owner, made, UNIT, answers_of(person), person.comments, finished=finished, receipt=person.receipt)
    if finished:
        owner.execute(
            "INSERT INTO tally (key, organiser, group_id, row, answer, count) VALUES (%s, %s, %s, %s, %s, 1) "
            "ON CONFLICT (group_id, row, answer) DO UPDATE SET count = tally.count + 1",
            [uuid4(), STORKOPING, made.groups[UNIT, "teaching"], KEY_ROW, person.secret],
        )


def loose_at_once(owner: psycopg.Connection, made: MadeCampaign, person: Person, finished: bool) -> None:
    """Comments, and a row per answer, written beside the sheet in its own transaction."""
    with owner.transaction():
        hand_in(owner, made, UNIT, answers_of(person), person.comments, finished=finished, receipt=person.receipt)
        for number, (row, text) in enumerate(person.comments.items() if finished else ()):
            owner.execute(
                "INSERT INTO answer_comment (key, organiser, group_id, row, text) VALUES (%s, %s, %s, %s, %s)",
                [UUID(int=person.turn * 100 + number), STORKOPING, made.groups[UNIT, "teaching"], row, text],
            )
        if finished:
            owner.execute(
                "INSERT INTO tally (key, organiser, group_id, row, answer, count) VALUES (%s, %s, %s, %s, %s, 1)",
                [uuid4(), STORKOPING, made.groups[UNIT, "teaching"], f"{KEY_ROW}#{person.turn}", person.secret],
            )


# Sheets that the house itself can open, so that it is seen what is left when they have been counted.
UNPADDED, PADDED_TO_FEW = COUNTED_AFTERWARDS = (weakly(without_padding), weakly(padded_to_few))


# ---- What the attacker writes down ----


@contextmanager
def observed(owner: psycopg.Connection, submit: Submit, seed: int, *, counted: bool = True) -> Iterator[tuple]:
    """All have answered, one by one, and the attacker has looked at the database after each time."""
    owner.execute("VACUUM FULL tally, answer_comment, sheet")  # no holes in the files: rows lie as they are written
    made = open_campaign(owner, [Group(UNIT, "teaching", PEOPLE)], rows=ROWS)
    try:
        everyone = people(seed)
        for person in sorted(everyone, key=lambda each: each.number):
            person.token = ask(owner, made, UNIT, person.email)
        seen = Observed(everyone, [_step(owner, made, submit, person) for person in everyone])
        before = stored(owner, made)
        close(owner, made)
        if counted:
            _count(made)
        attacker.look_afterwards(owner, made.key, seen)
        yield made, seen, before
    finally:
        remove(owner, made)


def _step(owner: psycopg.Connection, made: MadeCampaign, submit: Submit, person: Person) -> Step:
    sealed = []
    for finished in (False, True):
        submit(owner, made, person, finished)
        text, xmin, wal, tally = attacker.look(owner, made.key, receipt_hash(person.receipt))
        sealed.append(text)
    return Step(tuple(sealed), xmin, wal, tally)


def _count(made: MadeCampaign) -> None:
    from styrkedjan.actions.assessments.counting import count

    with as_owner():
        count(OPERATOR, STORKOPING, made.key)


@pytest.fixture(scope="module")
def real(world, databases) -> Iterator[tuple]:
    """The house itself, with everything that its logs said meanwhile."""
    from styrkedjan.site.logs import MaskedFormatter

    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(MaskedFormatter())
    logging.getLogger().addHandler(handler)
    try:
        with (
            psycopg.connect(databases.owner, autocommit=True) as owner,
            observed(owner, by_the_pages, 1) as (made, seen, before),
        ):
            yield made, seen, before, said
    finally:
        logging.getLogger().removeHandler(handler)


def test_everyone_answered_and_was_counted(real, owner_connection):
    made, seen, before, _ = real
    assert len(before["sheet"]) == PEOPLE and all(all(step.sealed) for step in seen.steps)
    assert {person.turn for person in seen.people} == set(range(PEOPLE))
    counts = owner_connection.execute(
        "SELECT answer, count FROM tally t JOIN answering_group g ON g.key = t.group_id "
        "WHERE g.campaign_id = %s AND t.row = %s",
        [made.key, KEY_ROW],
    )
    assert dict(counts.fetchall()) == {SITS_IN: PEOPLE // 2, "5": PEOPLE // 2}
    assert len(seen.comments) == HEAVY * 6 + LIGHT


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda each: each.__name__)
def test_no_strategy_beats_chance(real, owner_connection, strategy):
    """One run in a hundred looks like skill: then all answer once more, and skill would show again."""
    _, seen, _, _ = real
    if beats_chance(strategy(seen)):
        with observed(owner_connection, by_the_pages, 2) as (_, again, _):
            assert not beats_chance(strategy(again)), "this is how the administrator finds out who said what"


PLANTED: dict[str, Submit] = {
    "reading": weakly(as_it_is),
    "by_length": UNPADDED,
    "by_log_volume": writing_twice,
    "by_likeness": weakly(always_alike),
    "by_increments": counting_at_once,
    "by_transaction": loose_at_once,
    "comments_as_they_lie": loose_at_once,
    "comments_by_key": loose_at_once,
    "comments_by_transaction": loose_at_once,
    "comments_by_length": PADDED_TO_FEW,
}


def test_every_strategy_has_something_planted_for_it():
    assert {strategy.__name__ for strategy in STRATEGIES} == set(PLANTED)


@pytest.mark.parametrize(
    "submit", dict.fromkeys(PLANTED.values()), ids=lambda each: getattr(each, "__name__", "weakly")
)
def test_the_same_attacker_finds_what_is_planted(world, owner_connection, submit):
    names = {name for name, planted in PLANTED.items() if planted is submit}
    with observed(owner_connection, submit, 3, counted=submit in COUNTED_AFTERWARDS) as (_, seen, _):
        found = {strategy.__name__ for strategy in STRATEGIES if beats_chance(strategy(seen))}
    assert names <= found, names - found


# ---- What is left when it has been counted ----


def test_nothing_of_a_person_is_left_in_any_row(real, owner_connection):
    """No address, link, receipt or sealed sheet; and of the comments only their own row."""
    made, seen, before, _ = real
    assert "svarande7@prov.example" in repr(before), "what is looked for was there"
    tables = owner_connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    for (table,) in tables:
        rows = owner_connection.execute(f'SELECT t::text FROM "{table}" t').fetchall()
        whole = "\n".join(text for (text,) in rows)
        for person, step in zip(seen.people, seen.steps, strict=True):
            hashed = hashlib.sha256(person.token.encode()).hexdigest()
            for secret in (person.email, person.token, hashed, person.receipt, in_fours(person.receipt)):
                assert secret not in whole, f"{table} holds {secret}"
            assert not any(sealed[:60] in whole for sealed in step.sealed), table
    assert not stored(owner_connection, made)["sheet"]


def test_a_receipt_is_known_by_its_hash_and_says_nothing_but_that_it_was_counted(real, owner_connection):
    _, seen, _, _ = real
    for person in seen.people[:20]:
        (found,) = owner_connection.execute("SELECT styrkedjan_sheet(%s)", [receipt_hash(person.receipt)]).fetchone()
        assert set(json_of(found)) == {"counted"} and set(json_of(found)["counted"]) == {"title", "counted_at", "kept"}


def test_the_trail_and_the_logs_say_nothing_of_anyone(real, owner_connection):
    made, seen, _, said = real
    events = owner_connection.execute("SELECT event FROM audit_event WHERE about = %s", [str(made.key)]).fetchall()
    assert events == [("answers_counted",)], "that somebody answers is no event"
    log = said.getvalue()
    for person in seen.people:
        for secret in (person.email, person.token, person.receipt, in_fours(person.receipt)):
            assert secret not in log and secret not in seen.trail
    assert not any(text[:20] in log or text[:20] in seen.trail for _, _, text in seen.comments)


def test_the_key_that_opened_the_sheets_is_gone(real, owner_connection):
    made, _, _, _ = real
    assert owner_connection.execute("SELECT sealed_key FROM campaign WHERE key = %s", [made.key]).fetchone() == ("",)


def test_the_databases_own_log_says_nothing_of_anyone(real, databases, house):
    _, seen, _, _ = real
    logs = [path for path in (house / "postgres").rglob("*.log*") if path.is_file()]
    assert logs
    whole = "\n".join(path.read_text(errors="replace") for path in logs)
    assert not any(person.email in whole or receipt_hash(person.receipt) in whole for person in seen.people)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM sheet",
        "SELECT answered FROM asked_person",
        "SELECT reminded_on FROM asked_person",
        "TABLE counted_receipt",
    ],
)
def test_the_site_itself_cannot_look(real, site, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        site.execute(statement)


def test_a_sheet_of_the_house_has_one_length():
    """Nobody who writes as people do is known by the size of her sheet."""
    lengths = {len(written(Sheet(answers_of(person), person.comments)).encode()) for person in people(4)}
    assert len(lengths) == 1
