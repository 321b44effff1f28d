"""An attacker with the whole database but without the site's key: what she sees, and how she guesses who said what.

She reads every table as often as she likes, and so knows who answered when and which sealed sheet came at that moment.
A strategy gives, for each secret that it dares to guess, whether it was right and how probable that was by chance.
"""

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from math import comb
from random import Random

import psycopg

SITS_IN = "dont_know"  # what the secret answer is for half of them, and "5" for the other half
KEY_ROW = "clear_roles.1"
LONG = 300  # characters, from which a comment is a long one
KNOWN = 10  # so many of those who answered are the attacker's friends


@dataclass
class Person:
    """Somebody who answers. ``turn`` is when; ``secret`` her answer to KEY_ROW; the rest is hers too."""

    number: int
    email: str
    secret: str
    comments: dict[str, str]
    token: str = ""
    receipt: str = ""
    turn: int = -1


@dataclass
class Step:
    """The database around one person's answer: the sheet that came, and what else had changed after it."""

    sealed: tuple[str, ...]  # as it was after each time it was written: drafts and the last
    xmin: int
    wal: int
    tally: dict[str, int]


@dataclass
class Observed:
    """Everything that the attacker has written down. ``people`` are in the order in which they answered."""

    people: list[Person]
    steps: list[Step]
    tally_rows: list[tuple[int, str]] = field(default_factory=list)  # (xmin, answer)
    comments: list[tuple[int, str, str]] = field(default_factory=list)  # (xmin, key, text) by where they lie
    trail: str = ""


@dataclass(frozen=True)
class Guess:
    """Whether a guess was right, and how probable that is for who knows nothing."""

    right: bool
    chance: float


Strategy = Callable[[Observed], list[Guess]]


def look(owner: psycopg.Connection, campaign: object, receipt_hash: str) -> tuple[str, int, int, dict[str, int]]:
    """The sheet that has just been written, how far the log of the database has come, and the sums there are."""
    row = owner.execute(
        "SELECT sealed, xmin::text::bigint FROM sheet WHERE receipt_hash = %s", [receipt_hash]
    ).fetchone()
    (wal,) = owner.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint").fetchone()
    sums = owner.execute(
        "SELECT t.answer, t.count::int FROM tally t JOIN answering_group g ON g.key = t.group_id "
        "WHERE g.campaign_id = %s AND t.row = %s",
        [campaign, KEY_ROW],
    ).fetchall()
    sealed, xmin = row or ("", 0)
    return sealed, xmin, wal, dict(sums)


def look_afterwards(owner: psycopg.Connection, campaign: object, seen: Observed) -> None:
    """What lies in the tables when all have answered and it has been counted."""
    join = "JOIN answering_group g ON g.key = t.group_id WHERE g.campaign_id = %s"
    tallies = f"SELECT t.xmin::text::bigint, t.answer FROM tally t {join} AND t.row LIKE %s ORDER BY t.ctid"
    seen.tally_rows = owner.execute(tallies, [campaign, f"{KEY_ROW}%"]).fetchall()
    comments = f"SELECT t.xmin::text::bigint, t.key::text, t.text FROM answer_comment t {join} ORDER BY t.ctid"
    seen.comments = owner.execute(comments, [campaign]).fetchall()
    trail = owner.execute("SELECT a::text FROM audit_event a ORDER BY sequence DESC LIMIT 2000").fetchall()
    seen.trail = "\n".join(text for (text,) in trail)


# ---- Guessing the secret answer ----


def _coin(seen: Observed) -> Random:
    return Random(len(seen.people) * 7919)


def _answers(seen: Observed, said: Iterable[str]) -> list[Guess]:
    """What was said of each person's secret answer. Half of them have each, so half are right by chance."""
    coin = _coin(seen)
    filled = (each or coin.choice([SITS_IN, "5"]) for each in said)
    return [Guess(person.secret == guess, 0.5) for person, guess in zip(seen.people, filled, strict=True)]


def reading(seen: Observed) -> list[Guess]:
    """Read what lies in the sheet."""
    return _answers(seen, (_read(step.sealed[-1]) for step in seen.steps if step.sealed))


def _read(sealed: str) -> str:
    for text in (sealed, _decoded(sealed)):
        try:
            return json.loads(text)["answers"].get(KEY_ROW, "")
        except (ValueError, TypeError, KeyError):
            continue
    return ""


def _decoded(sealed: str) -> str:
    try:
        return base64.b64decode(sealed).decode()
    except ValueError:
        return ""


def by_length(seen: Observed) -> list[Guess]:
    """The longer half of the sheets says ``dont_know``, which is the longer word."""
    return _upper_half(seen, [len(step.sealed[-1]) for step in seen.steps])


def by_log_volume(seen: Observed) -> list[Guess]:
    """Those after whom the database's log had grown most say the longer word."""
    grown = [after.wal - before.wal for before, after in pairwise([seen.steps[0], *seen.steps])]
    return _upper_half(seen, grown)


def _upper_half(seen: Observed, sizes: list[int]) -> list[Guess]:
    if len(set(sizes)) == 1:
        return _answers(seen, [""] * len(sizes))
    longest = set(sorted(range(len(sizes)), key=lambda at: sizes[at])[len(sizes) // 2 :])
    return _answers(seen, [SITS_IN if at in longest else "5" for at in range(len(sizes))])


def by_increments(seen: Observed) -> list[Guess]:
    """What a sum had grown by after each."""
    said, before = [], {}
    for step in seen.steps:
        grown = [answer for answer, count in step.tally.items() if count > before.get(answer, 0)]
        said.append(grown[0] if len(grown) == 1 else "")
        before = step.tally
    return _answers(seen, said)


def by_transaction(seen: Observed) -> list[Guess]:
    """What was written in the transaction of a sheet, or in the next few."""
    written: dict[int, str] = {}
    for xmin, answer in seen.tally_rows:
        written.setdefault(xmin, answer)
    return _answers(seen, (_near(written, step.xmin) for step in seen.steps))


def _near(written: dict[int, str], xmin: int) -> str:
    return next((written[xmin + ahead] for ahead in range(3) if xmin + ahead in written), "")


def by_likeness(seen: Observed) -> list[Guess]:
    """Sheets that look like a friend's say what the friend says. Friends are not guessed about."""
    friends = {step.sealed[at]: person.secret for person, step in _friends(seen) for at in range(len(step.sealed))}
    rest = Observed(seen.people[KNOWN:], seen.steps[KNOWN:])
    alike = ([friends[each] for each in step.sealed if each in friends] for step in rest.steps)
    return _answers(rest, (found[-1] if found else "" for found in alike))  # the last is what was handed in


def _friends(seen: Observed) -> Iterable[tuple[Person, Step]]:
    return zip(seen.people[:KNOWN], seen.steps[:KNOWN], strict=True)


# ---- Guessing whose a comment is ----


def _early_or_late(seen: Observed, in_order: list[str]) -> list[Guess]:
    """The comments in some order: those that lie first came from those who answered first."""
    authors = {text: person.turn for person in seen.people for text in person.comments.values()}
    turns = sorted(authors[text] for text in in_order if text in authors)
    middle = turns[len(turns) // 2] if turns else 0
    half = len(in_order) / 2
    return [Guess((at < half) == (authors[text] < middle), 0.5) for at, text in enumerate(in_order) if text in authors]


def comments_as_they_lie(seen: Observed) -> list[Guess]:
    """By where the rows lie in the file."""
    return _early_or_late(seen, [text for _, _, text in seen.comments])


def comments_by_key(seen: Observed) -> list[Guess]:
    """By their keys."""
    return _early_or_late(seen, [text for _, _, text in sorted(seen.comments, key=lambda each: each[1])])


def comments_by_transaction(seen: Observed) -> list[Guess]:
    """By the transactions that wrote them, where there are several."""
    if len({xmin for xmin, _, _ in seen.comments}) < 2:
        return []
    return _early_or_late(seen, [text for _, _, text in sorted(seen.comments)])


def comments_by_length(seen: Observed) -> list[Guess]:
    """Long comments are by those with the largest sheets: one guess per author, of as many as there are such."""
    sizes = [len(step.sealed[-1]) for step in seen.steps]
    largest = {person.number for person, size in zip(seen.people, sizes, strict=True) if size == max(sizes)}
    authors = {text: person.number for person in seen.people for text in person.comments.values()}
    wrote = {authors[text] for _, _, text in seen.comments if len(text) >= LONG and text in authors}
    return [Guess(number in largest, len(largest) / len(seen.people)) for number in wrote]


STRATEGIES: tuple[Strategy, ...] = (
    reading,
    by_length,
    by_log_volume,
    by_increments,
    by_transaction,
    by_likeness,
    comments_as_they_lie,
    comments_by_key,
    comments_by_transaction,
    comments_by_length,
)


def beats_chance(guesses: list[Guess], level: float = 0.01) -> bool:
    """Exact binomial test, one-sided: would who knows nothing be right as often once in a hundred times or less?"""
    if not guesses or guesses[0].chance >= 1:
        return False
    count, right, chance = len(guesses), sum(guess.right for guess in guesses), guesses[0].chance
    tail = sum(comb(count, each) * chance**each * (1 - chance) ** (count - each) for each in range(right, count + 1))
    return tail <= level
