"""The audit trail as chains: what each row's hash is made of, and what is wrong with a chain that has been touched.

The database numbers and hashes the rows as they are written; here the same is worked out apart from it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Literal

SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Link:
    """One row of the trail (händelselogg). ``facts`` is the JSON as the database prints it, byte for byte."""

    key: str
    organiser: str
    sequence: int
    at: datetime
    actor: str
    role: str
    place: str
    event: str
    about: str
    facts: str
    previous_hash: str
    hash: str


@dataclass(frozen=True)
class Head:
    """Where a chain begins and ends. The first row follows ``first_previous_hash``, empty until rows are weeded out."""

    organiser: str
    first_sequence: int
    first_previous_hash: str
    last_sequence: int
    last_hash: str


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where in the chain.

    Missing and extra rows are known by their numbers, changed ones by their hash, and replaced ones by what the next
    one follows.
    """

    organiser: str
    sequence: int
    kind: Literal["changed", "missing", "extra", "unlinked", "wrong_end", "no_head"]


def canonical(link: Link) -> str:
    """What the hash of a row is made of: its columns as text, with the unit separator between them."""
    at = link.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    columns = (link.previous_hash, link.organiser, str(link.sequence), link.key, at, link.actor, link.role, link.place)
    return SEPARATOR.join((*columns, link.event, link.about, link.facts))


def hash_of(link: Link) -> str:
    """The hash that a row must have, as hexadecimal SHA-256."""
    return hashlib.sha256(canonical(link).encode()).hexdigest()


def verify(links: Iterable[Link], head: Head | None) -> list[Problem]:
    """What is wrong with one chain; nothing when it is whole.

    In: ``links``, every row of one organiser in the order of their numbers; ``head`` of the same chain.
    Out: one problem for each row that is changed, extra or does not follow the one before, for each gap, and for an
    end that is not where the head says.
    """
    return list(problems(links, head))


def problems(links: Iterable[Link], head: Head | None) -> Iterator[Problem]:
    """The same as they are found: a chain of any length in the memory of one row."""
    if head is None:
        yield from (Problem(row.organiser, row.sequence, "no_head") for row in islice(links, 1))
        return
    yield from _problems(links, head)


def _problems(rows: Iterable[Link], head: Head) -> Iterator[Problem]:
    expected, previous = head.first_sequence, head.first_previous_hash
    for row in rows:
        follows = row.sequence == expected
        if row.sequence < expected or row.sequence > head.last_sequence:
            yield Problem(row.organiser, row.sequence, "extra")
            continue
        if not follows:
            yield Problem(row.organiser, expected, "missing")
        if hash_of(row) != row.hash:
            yield Problem(row.organiser, row.sequence, "changed")
        if follows and row.previous_hash != previous:
            yield Problem(row.organiser, row.sequence, "unlinked")
        expected, previous = row.sequence + 1, row.hash
    if expected <= head.last_sequence:
        yield Problem(head.organiser, expected, "missing")
    elif previous != head.last_hash:
        yield Problem(head.organiser, head.last_sequence, "wrong_end")
