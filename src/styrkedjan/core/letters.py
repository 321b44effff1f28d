"""Letters by e-mail: what is sent, when it is tried again, and what is said about one that is on its way."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

# How long to wait after each try that failed; the last one goes for every try after it.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
LONGEST_ADDRESS = 254  # Source: RFC 5321, 4.5.3.1.3, less the angle brackets
LONGEST_SUBJECT = 200

_NOT_IN_A_LINE = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


class LetterKind(StrEnum):
    """What a letter is about."""

    INVITATION = "invitation"
    SIGN_IN_LINK = "sign_in_link"
    NOTICE = "notice"


@dataclass(frozen=True)
class Letter:
    """One letter to send. ``key`` is the same at every try, so that a receiver can tell a second copy."""

    key: UUID
    recipient: str
    subject: str
    body: str
    made_at: datetime


@dataclass(frozen=True)
class LetterState:
    """How far a letter has come; all of it may be shown to whoever caused it."""

    sent_at: datetime | None
    given_up_at: datetime | None
    attempts: int
    try_at: datetime
    problem: str


@dataclass(frozen=True)
class Queue:
    """The queue of letters, counted. ``problems`` are what the waiting letters last met, with how many each."""

    waiting: int
    failing: int
    given_up: int
    sent: int
    oldest: datetime | None
    problems: tuple[tuple[str, int], ...]


class Undelivered(Exception):
    """A letter that could not be handed over. ``problem`` is a few Swedish words without names or addresses.

    ``for_good``: trying again would not help.
    """

    def __init__(self, problem: str, for_good: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.for_good = for_good


def next_try(attempts: int, now: datetime, expires_at: datetime) -> datetime | None:
    """When to try again after this many tries that failed; None when the letter would come too late to be of use.

    In: ``attempts``, at least 1.
    """
    then = now + WAITS[min(attempts, len(WAITS)) - 1]
    return then if then < expires_at else None


def tidy_address(text: str) -> str:
    """An e-mail address as the house keeps it: no space around it, composed letters, small letters."""
    return unicodedata.normalize("NFC", text.strip()).lower()


def one_line(text: str, longest: int = LONGEST_SUBJECT) -> str:
    """A text that can stand in a letter's head: one line, no control characters, not too long."""
    line = " ".join(_NOT_IN_A_LINE.sub(" ", text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def ascii_address(address: str) -> str:
    """An address that any server takes: a domain with å, ä or ö in the form the name system knows (Punycode).

    Raises: UnicodeError when the domain cannot be written so.
    """
    name, _, domain = address.rpartition("@")
    return f"{name}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
