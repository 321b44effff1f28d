"""A chain that has been touched says so, and where."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest

from styrkedjan.core.audit_chain import Head, Link, Problem, canonical, hash_of, verify

PLACE = "2120009901"
MORNING = datetime(2026, 11, 24, 8, 0, 0, 250, tzinfo=UTC)


def chain(length: int = 6, first: int = 1, previous: str = "") -> tuple[list[Link], Head]:
    """A whole chain, made row by row."""
    rows: list[Link] = []
    for number in range(first, first + length):
        before = rows[-1].hash if rows else previous
        row = Link(
            key=f"00000000-0000-4000-8000-{number:012d}",
            organiser=PLACE,
            sequence=number,
            at=MORNING + timedelta(minutes=number),
            actor="person",
            role="quality_lead",
            place=PLACE,
            event="paper_written",
            about=f"papper {number}",
            facts='{"kind": "own_analysis"}',
            previous_hash=before,
            hash="",
        )
        rows.append(replace(row, hash=hash_of(row)))
    return rows, Head(PLACE, first, previous, rows[-1].sequence, rows[-1].hash)


def kinds(rows: list[Link], head: Head | None) -> list[tuple[int, str]]:
    return [(problem.sequence, problem.kind) for problem in verify(rows, head)]


def test_what_is_hashed_is_written_out():
    row = chain(1)[0][0]
    text = "\x1f".join(
        [
            "",
            PLACE,
            "1",
            "00000000-0000-4000-8000-000000000001",
            "2026-11-24T08:01:00.000250Z",
            "person",
            "quality_lead",
            PLACE,
            "paper_written",
            "papper 1",
            '{"kind": "own_analysis"}',
        ]
    )
    assert canonical(row) == text
    assert row.hash == sha256(text.encode()).hexdigest()


def test_the_same_moment_in_another_zone_is_the_same_row():
    row = chain(1)[0][0]
    assert hash_of(replace(row, at=row.at.astimezone(timezone(timedelta(hours=1))))) == row.hash


def test_whole_chains_are_whole():
    assert verify(*chain()) == []
    assert verify(*chain(first=40, previous="ab" * 32)) == [], "also one that has been weeded from its start"
    assert verify([], None) == [] and verify([], Head(PLACE, 7, "x", 6, "x")) == [], "also one with nothing left"


CHANGES = {
    "key": "00000000-0000-4000-8000-00000000ffff",
    "organiser": "2120009902",
    "at": MORNING,
    "actor": "någon annan",
    "role": "operator",
    "place": f"{PLACE}-90000001",
    "event": "paper_shared",
    "about": "annat",
    "facts": "{}",
}


@pytest.mark.parametrize("column", CHANGES)
def test_any_changed_column_is_found(column):
    rows, head = chain()
    rows[2] = replace(rows[2], **{column: CHANGES[column]})
    assert kinds(rows, head) == [(3, "changed")]


def test_a_row_changed_and_hashed_anew_breaks_the_next():
    rows, head = chain()
    rows[2] = replace(rows[2], actor="någon annan")
    rows[2] = replace(rows[2], hash=hash_of(rows[2]))
    assert kinds(rows, head) == [(4, "unlinked")]


def test_the_last_row_changed_and_hashed_anew_does_not_end_as_the_head_says():
    rows, head = chain()
    rows[-1] = replace(rows[-1], actor="någon annan")
    rows[-1] = replace(rows[-1], hash=hash_of(rows[-1]))
    assert kinds(rows, head) == [(6, "wrong_end")]


def test_a_removed_row_is_missed():
    rows, head = chain()
    assert kinds(rows[:2] + rows[3:], head) == [(3, "missing")]


def test_a_removed_row_whose_gap_is_closed_is_found():
    rows, head = chain()
    closed = rows[:2] + [replace(row, sequence=row.sequence - 1) for row in rows[3:]]
    found = kinds(closed, head)
    assert (3, "changed") in found and (3, "unlinked") in found and (6, "missing") in found


def test_rows_that_have_changed_places_are_found():
    rows, head = chain()
    rows[2], rows[3] = replace(rows[3], sequence=3), replace(rows[2], sequence=4)
    assert {(3, "changed"), (4, "changed")} <= set(kinds(rows, head))


def test_an_inserted_row_is_found():
    rows, head = chain()
    assert (3, "extra") in kinds([*rows[:3], rows[2], *rows[3:]], head)
    stranger = replace(rows[-1], sequence=7, previous_hash=rows[-1].hash)
    stranger = replace(stranger, hash=hash_of(stranger))
    assert kinds([*rows, stranger], head) == [(7, "extra")]


@pytest.mark.parametrize("cut", [1, 3])
def test_rows_cut_off_at_either_end_are_missed(cut):
    rows, head = chain()
    assert kinds(rows[:-cut], head) == [(7 - cut, "missing")]
    assert kinds(rows[cut:], head) == [(1, "missing")]
    assert kinds([], head) == [(1, "missing")]


def test_a_chain_without_its_head_is_not_believed():
    rows, _ = chain()
    assert verify(rows, None) == [Problem(PLACE, 1, "no_head")]


def test_another_beginning_is_found():
    rows, head = chain(first=5, previous="ab" * 32)
    assert kinds(rows, replace(head, first_previous_hash="cd" * 32)) == [(5, "unlinked")]
