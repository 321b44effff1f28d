"""The audit trail: an organiser's own events with the names of now, and every chain for whoever verifies them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import Count, Max, Min, QuerySet, TextField
from django.db.models.functions import Cast

from styrkedjan.core.access import OPERATOR, Event, Permission, Role, Viewer, may
from styrkedjan.core.audit_chain import Head, Link, Problem, problems
from styrkedjan.core.people import end_of, place_title, start_of
from styrkedjan.core.places import NATION
from styrkedjan.core.refused import BadInput
from styrkedjan.core.trail import About, ChainState, Subject, TrailChoices, TrailEntry, TrailFilter, TrailPage
from styrkedjan.queries.places import names_of
from styrkedjan.tables import access as tables
from styrkedjan.tables.sharing import Share, WorkingPaper

PAGE = 50
MOST_EXPORTED = 50_000
CHECKED_ON_PAGE = 5_000  # about a tenth of a second
CHOICES_FROM = 20_000  # the filter offers the people and kinds among the latest events
MOST_PROBLEMS = 1_000
ALL = TrailFilter()
LINK_COLUMNS = ("organiser", "sequence", "at", "actor", "role", "place", "event", "about")


def trail(viewer: Viewer, organiser: str, wanted: TrailFilter = ALL, before: int = 0) -> TrailPage:
    """A page of an organiser's trail: the same number of queries, whatever the number of events.

    In: ``before``, to go on with events older than this number; 0 for the newest.
    Raises: NotFound to a stranger; NotAllowed.
    """
    may(viewer, Permission.READ_AUDIT_TRAIL, organiser).require()
    whole = tables.AuditEvent.scoped.at(viewer, organiser)
    found = _filtered(whole, wanted)
    if before:
        found = found.filter(sequence__lt=before)
    rows = list(found.order_by("-sequence")[: PAGE + 1])
    entries = _entries(viewer, organiser, rows[:PAGE])
    return TrailPage(
        organiser=organiser,
        organiser_name=place_title(organiser, names_of(viewer, (organiser,))),
        entries=entries,
        older=rows[PAGE - 1].sequence if len(rows) > PAGE else 0,
        chain=_chain_state(whole, tables.AuditHead.scoped.at(viewer, organiser).first()),
    )


def choices(viewer: Viewer, organiser: str) -> TrailChoices:
    """The people and the kinds of events to choose from, among an organiser's latest events.

    Raises: NotFound to a stranger; NotAllowed.
    """
    may(viewer, Permission.READ_AUDIT_TRAIL, organiser).require()
    head = tables.AuditHead.scoped.at(viewer, organiser).first()
    latest = tables.AuditEvent.scoped.at(viewer, organiser)
    if head:
        latest = latest.filter(sequence__gt=head.last_sequence - CHOICES_FROM)
    pairs = list(latest.values_list("actor", "event").distinct())
    names = _names(actor for actor, _ in pairs)
    named = {actor: names[actor] for actor, _ in pairs if actor in names}
    kinds = {event for _, event in pairs}
    return TrailChoices(
        people=tuple(sorted(named.items(), key=lambda each: (each[1].casefold(), each[0]))),
        events=tuple(event for event in Event if event in kinds),
    )


def exported(viewer: Viewer, organiser: str, wanted: TrailFilter = ALL) -> tuple[TrailEntry, ...]:
    """The events to take out as a file, oldest first. Raises: NotFound; NotAllowed; BadInput when they are too many."""
    may(viewer, Permission.READ_AUDIT_TRAIL, organiser).require()
    found = _filtered(tables.AuditEvent.scoped.at(viewer, organiser), wanted).order_by("sequence")
    rows = list(found[: MOST_EXPORTED + 1])
    if len(rows) > MOST_EXPORTED:
        raise BadInput(f"Det är fler än {MOST_EXPORTED} händelser. Välj en kortare tid och ta ut dem i flera filer.")
    return _entries(viewer, organiser, rows)


def _filtered(rows: QuerySet, wanted: TrailFilter) -> QuerySet:
    if wanted.event:
        rows = rows.filter(event=wanted.event)
    if wanted.person:
        rows = rows.filter(actor=wanted.person)
    if wanted.first_day:
        rows = rows.filter(at__gte=start_of(wanted.first_day))
    if wanted.last_day:
        rows = rows.filter(at__lt=end_of(wanted.last_day))
    return rows


def _entries(viewer: Viewer, organiser: str, rows: list[tables.AuditEvent]) -> tuple[TrailEntry, ...]:
    abouts = _abouts(viewer, organiser, [row.about for row in rows])
    places = names_of(viewer, tuple({row.place for row in rows} | {organiser}))
    people = _names([row.actor for row in rows])
    return tuple(_entry(row, abouts, places, people) for row in rows)


def _entry(
    row: tables.AuditEvent, abouts: dict[str, About], places: dict[str, str], people: dict[str, str]
) -> TrailEntry:
    return TrailEntry(
        sequence=row.sequence,
        at=row.at,
        actor=row.actor,
        actor_name=people.get(row.actor),
        roles=tuple(Role(role) for role in row.role.split(",") if role in tuple(Role)),
        event=row.event,
        place=row.place,
        place_name="" if row.place == NATION else place_title(row.place, places),
        about=abouts.get(row.about, About(Subject.OTHER, row.about)),
        facts=row.facts,
        hash=row.hash,
    )


def _names(keys: Iterable[str]) -> dict[str, str]:
    """Names by person key; no name for whoever has been removed."""
    wanted = {key for key in map(_key, keys) if key}
    found = tables.Person.objects.filter(key__in=wanted, removed_at=None).values_list("key", "name")
    return {str(key): name for key, name in found} | {OPERATOR.person: OPERATOR.name}


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _abouts(viewer: Viewer, organiser: str, texts: list[str]) -> dict[str, About]:
    """What the events were about, by key: one query for each kind of thing. What is gone keeps only its key."""
    keys = {key for key in map(_key, texts) if key}
    papers = WorkingPaper.scoped.at(viewer, organiser).filter(key__in=keys)
    shares = Share.scoped.at(viewer, organiser).filter(key__in=keys).select_related("version__paper")
    invitations = tables.Invitation.scoped.at(viewer, organiser).filter(key__in=keys)
    grants = tables.RoleGrant.scoped.at(viewer, organiser).filter(key__in=keys).select_related("person")
    people = tables.Person.objects.filter(key__in=keys, removed_at=None)
    found = [
        *(About(Subject.PAPER, str(row.key), row.title, place="" if row.removed_at else row.place) for row in papers),
        *(_share(row) for row in shares),
        *(About(Subject.INVITATION, str(row.key), row.name, row.role) for row in invitations),
        *(About(Subject.GRANT, str(row.key), row.person.name, row.role) for row in grants),
        *(About(Subject.PERSON, str(row.key), row.name) for row in people),
    ]
    return {about.key: about for about in found}


def _share(row: Share) -> About:
    return About(Subject.SHARE, str(row.key), row.version.title, place=row.version.paper.place)


def _chain_state(whole: QuerySet, head: tables.AuditHead | None) -> ChainState:
    """Work out the latest part of the chain anew, so that the page can say that nothing in it has been touched."""
    if head is None:
        return ChainState(0, 0, not whole.exists(), 0, "")
    total = head.last_sequence - head.first_sequence + 1
    begins = max(head.first_sequence, head.last_sequence - CHECKED_ON_PAGE + 1)
    rows = list(_links(whole.filter(sequence__gte=begins)))
    known = head.first_sequence == begins or not rows
    previous = head.first_previous_hash if known else rows[0].previous_hash
    shown = Head(head.organiser, begins, previous, head.last_sequence, head.last_hash)
    whole_so_far = not list(problems(rows, shown))
    return ChainState(total, len(rows), whole_so_far, head.last_sequence, head.last_hash)


def _links(rows: QuerySet) -> Iterator[Link]:
    """Rows as links, in order and a few at a time: however long the chain, the memory is that of a few thousand."""
    texts = rows.annotate(facts_text=Cast("facts", TextField())).order_by("sequence")
    columns = ("key", *LINK_COLUMNS, "facts_text", "previous_hash", "hash")
    for key, *rest in texts.values_list(*columns).iterator(chunk_size=2_000):
        yield Link(str(key), *rest)


@dataclass(frozen=True)
class ChainReport:
    """What verifying one chain came to, with at most ``MOST_PROBLEMS``. ``organiser`` is empty for the house's own."""

    organiser: str
    name: str
    count: int
    first_at: datetime | None
    last_at: datetime | None
    head: Head | None
    problems: tuple[Problem, ...]


def verified(viewer: Viewer) -> Iterator[ChainReport]:
    """Every chain, worked out anew from its first row to its last, one at a time. Raises: NotAllowed."""
    may(viewer, Permission.RUN_THE_HOUSE).require()
    events = tables.AuditEvent.scoped.for_operator(viewer)
    heads = {row.organiser: row for row in tables.AuditHead.scoped.for_operator(viewer)}
    chains = sorted(heads.keys() | set(events.values_list("organiser", flat=True).distinct()))
    names = names_of(viewer, tuple(chains))
    for organiser in chains:
        yield _report(events.filter(organiser=organiser), organiser, names, heads.get(organiser))


def _report(rows: QuerySet, organiser: str, names: dict[str, str], row: tables.AuditHead | None) -> ChainReport:
    head = row and Head(row.organiser, row.first_sequence, row.first_previous_hash, row.last_sequence, row.last_hash)
    span = rows.aggregate(count=Count("key"), first=Min("at"), last=Max("at"))
    return ChainReport(
        organiser=organiser,
        name=place_title(organiser, names) if organiser else "",
        count=span["count"],
        first_at=span["first"],
        last_at=span["last"],
        head=head,
        problems=tuple(islice(problems(_links(rows), head), MOST_PROBLEMS)),
    )


def hash_at(viewer: Viewer, organiser: str, sequence: int) -> str:
    """The hash of one row; empty when it is not there. Raises: NotAllowed."""
    may(viewer, Permission.RUN_THE_HOUSE).require()
    rows = tables.AuditEvent.scoped.for_operator(viewer).filter(organiser=organiser, sequence=sequence)
    return rows.values_list("hash", flat=True).first() or ""
