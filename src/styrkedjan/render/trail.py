"""The audit trail in words: one printed row per event, and the same rows as a file for spreadsheets."""

import csv
import io
import json
from dataclasses import dataclass

from styrkedjan.core.access import OPERATOR, Event, Role
from styrkedjan.core.trail import About, ChainState, Subject, TrailEntry
from styrkedjan.render.swedish import join_words, moment, number
from styrkedjan.render.words import Words

SHORT_HASH = 10
NEEDS_NO_GRANT = (Role.ANYONE, Role.SIGNED_IN)
CSV_KEYS = (
    "sequence", "at", "who", "person", "role", "event", "event_id", "place", "place_id", "about", "about_id", "facts",
    "hash",
)  # fmt: skip


@dataclass(frozen=True)
class PrintedEntry:
    """One event as a page and a file print it."""

    sequence: int
    at: str
    at_exact: str
    who: str
    roles: str
    what: str
    about: str
    subject: Subject
    about_key: str
    about_place: str
    place: str
    short_hash: str
    hash: str


def printed_entry(entry: TrailEntry, words: Words) -> PrintedEntry:
    """One event in words."""
    return PrintedEntry(
        sequence=entry.sequence,
        at=moment(entry.at),
        at_exact=entry.at.isoformat(),
        who=_who(entry, words),
        roles=_roles(entry, words),
        what=words(f"event.{entry.event}") if entry.event in tuple(Event) else entry.event,
        about=_about(entry.about, words),
        subject=entry.about.subject,
        about_key=entry.about.key,
        about_place=entry.about.place,
        place=entry.place_name,
        short_hash=entry.hash[:SHORT_HASH],
        hash=entry.hash,
    )


def chain_words(chain: ChainState, words: Words) -> str:
    """Whether the trail can be trusted, as far as it has been worked out anew."""
    if not chain.is_whole:
        return words("trail.chain.broken")
    if chain.checked < chain.total:
        return words("trail.chain.latest", checked=number(chain.checked, 0), total=number(chain.total, 0))
    return words("trail.chain.whole") if chain.total else words("trail.chain.empty")


def trail_csv(entries: tuple[TrailEntry, ...], words: Words) -> bytes:
    """Every event with its hash, oldest first.

    Out: UTF-8 with a byte order mark and semicolons; no cell is taken for a formula.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(words(f"trail.csv.{key}") for key in CSV_KEYS)
    for entry in entries:
        writer.writerow(map(safe_cell, _cells(entry, printed_entry(entry, words))))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def _cells(entry: TrailEntry, printed: PrintedEntry) -> tuple[str, ...]:
    facts = json.dumps(entry.facts, ensure_ascii=False, sort_keys=True)
    return (
        str(entry.sequence), printed.at_exact, printed.who, entry.actor, printed.roles, printed.what, entry.event,
        printed.place, entry.place, printed.about, entry.about.key, facts, entry.hash,
    )  # fmt: skip


def _who(entry: TrailEntry, words: Words) -> str:
    if entry.actor == OPERATOR.person:
        return words("trail.who.operator")
    if not entry.actor:
        return words("trail.who.nobody")
    return entry.actor_name or words("trail.who.removed")


def _roles(entry: TrailEntry, words: Words) -> str:
    """The roles at the place of the event. A reader at an agency has none there, and is told by the agency."""
    if entry.event == Event.SHARED_MATERIAL_READ and "agency" in entry.facts:
        agency = words(f"agency.{entry.facts['agency']}")
        return words("trail.at_agency", role=words(f"role.{Role.DIALOGUE_LEAD}"), agency=agency)
    if entry.actor == OPERATOR.person:  # who has no role but her name
        return ""
    held = [words(f"role.{role}") for role in entry.roles if role not in NEEDS_NO_GRANT]
    return join_words(held)


def _about(about: About, words: Words) -> str:
    if about.subject is Subject.OTHER:
        return ""
    if about.subject in (Subject.PAPER, Subject.SHARE):
        return words("trail.about.paper", title=about.text)
    name = about.text or words("trail.who.removed")
    return words("trail.about.role", name=name, role=words(f"role.{about.role}")) if about.role else name
