"""Working material and receipts: what a place has written, who can see it, and what has been shared with an agency."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Max, QuerySet

from styrkedjan.core.access import Agency, Event, Permission, Role, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import NotFound
from styrkedjan.core.sharing import PaperKind, Version
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.queries.places import names_of
from styrkedjan.tables import access
from styrkedjan.tables.access import Person
from styrkedjan.tables.places import SchoolUnit
from styrkedjan.tables.sharing import PaperVersion, Share

PAPERS_PER_PAGE = 50
ORGANISERS_PER_PAGE = 20
SOMEBODY = "någon som inte längre har ett konto"


@dataclass(frozen=True)
class Here:
    """The place that a page is about, and its organiser; the same when it is one."""

    key: str
    name: str
    organiser: str
    organiser_name: str

    @property
    def is_unit(self) -> bool:
        return self.key != self.organiser


@dataclass(frozen=True)
class Receipt:
    """The receipt (kvitto) of one sharing: which version, when, by whom, to whom, and whether it has been withdrawn."""

    key: UUID
    paper: UUID
    place: str
    place_name: str
    kind: PaperKind
    title: str
    school_year: SchoolYear
    number: int
    sha256: str
    agency: Agency
    shared_at: datetime
    shared_by: str
    withdrawn_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.withdrawn_at is None


@dataclass(frozen=True)
class Paper:
    """One piece of working material as it stands: its latest version, who wrote that, and its receipts."""

    key: UUID
    place: str
    place_name: str
    kind: PaperKind
    title: str
    school_year: SchoolYear
    number: int
    changed_at: datetime
    changed_by: str
    contents: Mapping[str, object]
    sha256: str
    receipts: tuple[Receipt, ...]

    @property
    def open_to(self) -> tuple[Agency, ...]:
        """The agencies that can read some version of it now."""
        return tuple(dict.fromkeys(receipt.agency for receipt in self.receipts if receipt.is_open))

    @property
    def has_been_shared(self) -> bool:
        return bool(self.receipts)


@dataclass(frozen=True)
class Page:
    """One page of a long list. ``number`` counts from 1."""

    rows: tuple
    number: int
    has_more: bool


@dataclass(frozen=True)
class VersionLine:
    """One version in a paper's history."""

    number: int
    title: str
    written_at: datetime
    written_by: str
    sha256: str
    agencies: tuple[Agency, ...]


@dataclass(frozen=True)
class Reading:
    """One reading of shared material by an agency, from the organiser's trail. The role, never the person's name."""

    at: datetime
    agency: Agency
    role: Role


@dataclass(frozen=True)
class SharedByOrganiser:
    """What one organiser has shared with the viewer's agencies, newest first."""

    organiser: str
    name: str
    receipts: tuple[Receipt, ...]


def here(viewer: Viewer, place: str) -> Here:
    """The place whose working material this viewer may read. Raises: NotAllowed or NotFound."""
    may(viewer, Permission.READ_WORKING_MATERIAL, place).require()
    organiser = organiser_of(place)
    names = names_of(viewer, (place, organiser))
    if place not in names:
        raise NotFound(NO_SUCH_PAGE)
    return Here(place, names[place], organiser, names.get(organiser, organiser))


def papers(viewer: Viewer, place: str, page: int = 1) -> Page:
    """The papers of a place, the latest changed first; of an organiser also those of its units.

    Without their contents. Five queries, whatever the number of papers.
    """
    may(viewer, Permission.READ_WORKING_MATERIAL, place).require()
    rows = _standing(viewer, place).defer("contents").order_by("-paper__changed_at", "paper")
    start = (page - 1) * PAPERS_PER_PAGE
    found = list(rows[start : start + PAPERS_PER_PAGE + 1])
    return Page(_papers(viewer, found[:PAPERS_PER_PAGE]), page, len(found) > PAPERS_PER_PAGE)


def paper(viewer: Viewer, place: str, key: UUID) -> Paper:
    """One paper of this very place as it stands. Raises: NotAllowed or NotFound."""
    may(viewer, Permission.READ_WORKING_MATERIAL, place).require()
    rows = list(_standing(viewer, place).filter(paper=key, paper__place=place))
    if not rows:
        raise NotFound(NO_SUCH_PAGE)
    return _papers(viewer, rows, with_contents=True)[0]


def _standing(viewer: Viewer, place: str) -> QuerySet:
    """The latest version of each paper that has not been removed, at the place and under it."""
    rows = PaperVersion.scoped.at(viewer, organiser_of(place)).select_related("paper")
    rows = rows.filter(number=F("paper__version_number"), paper__removed_at=None)
    return rows if place == organiser_of(place) else rows.filter(paper__place=place)


def _papers(viewer: Viewer, rows: list[PaperVersion], with_contents: bool = False) -> tuple[Paper, ...]:
    if not rows:
        return ()
    names = names_of(viewer, tuple({row.paper.place for row in rows}))
    people = _people(row.written_by for row in rows)
    receipts: dict[UUID, list[Receipt]] = {}
    shares = Share.scoped.at(viewer, rows[0].organiser).filter(version__paper__in=[row.paper_id for row in rows])
    for row in _newest_first(shares):
        receipts.setdefault(row.version.paper_id, []).append(_receipt(row, names))
    return tuple(
        Paper(
            key=row.paper_id,
            place=row.paper.place,
            place_name=names.get(row.paper.place, row.paper.place),
            kind=PaperKind(row.paper.kind),
            title=row.title,
            school_year=SchoolYear(row.paper.school_year),
            number=row.number,
            changed_at=row.written_at,
            changed_by=people.get(row.written_by, SOMEBODY),
            contents=row.contents if with_contents else {},
            sha256=row.sha256,
            receipts=tuple(receipts.get(row.paper_id, ())),
        )
        for row in rows
    )


def _people(keys: Iterable[str]) -> dict[str, str]:
    """Names by key, of those who still have one."""
    rows = Person.objects.filter(key__in=set(keys)).values_list("key", "name")
    return {str(key): name for key, name in rows if name}


def _newest_first(shares: QuerySet) -> QuerySet:
    return shares.select_related("version__paper").defer("version__contents").order_by("-shared_at", "key")


def _receipt(row: Share, names: Mapping[str, str]) -> Receipt:
    version = row.version
    return Receipt(
        key=row.key,
        paper=version.paper_id,
        place=version.paper.place,
        place_name=names.get(version.paper.place, version.paper.place),
        kind=PaperKind(version.paper.kind),
        title=version.title,
        school_year=SchoolYear(version.paper.school_year),
        number=version.number,
        sha256=version.sha256,
        agency=Agency(row.agency),
        shared_at=row.shared_at,
        shared_by=row.shared_by_name or SOMEBODY,
        withdrawn_at=row.withdrawn_at,
    )


def history(viewer: Viewer, place: str, key: UUID) -> tuple[VersionLine, ...]:
    """Every version of a paper, the latest first, each with the agencies that it has been shared with."""
    standing = paper(viewer, place, key)
    rows = PaperVersion.scoped.at(viewer, organiser_of(place)).filter(paper=key).defer("contents")
    found = list(rows.order_by("-number"))
    people = _people(row.written_by for row in found)
    agencies: dict[int, list[Agency]] = {}
    for receipt in standing.receipts:
        agencies.setdefault(receipt.number, []).append(receipt.agency)
    return tuple(
        VersionLine(
            number=row.number,
            title=row.title,
            written_at=row.written_at,
            written_by=people.get(row.written_by, SOMEBODY),
            sha256=row.sha256,
            agencies=tuple(dict.fromkeys(agencies.get(row.number, ()))),
        )
        for row in found
    )


def version(viewer: Viewer, place: str, key: UUID, number: int) -> Version:
    """One version of a paper, whole. Raises: NotAllowed or NotFound."""
    may(viewer, Permission.READ_WORKING_MATERIAL, place).require()
    rows = PaperVersion.scoped.at(viewer, organiser_of(place)).select_related("paper")
    row = rows.filter(paper=key, paper__place=place, number=number).first()
    if row is None:
        raise NotFound(NO_SUCH_PAGE)
    return _version(row)


def _version(row: PaperVersion) -> Version:
    return Version(
        paper=str(row.paper_id),
        place=row.paper.place,
        kind=PaperKind(row.paper.kind),
        school_year=SchoolYear(row.paper.school_year),
        number=row.number,
        title=row.title,
        contents=row.contents,
        written_at=row.written_at,
    )


def receipts(viewer: Viewer, place: str) -> tuple[Receipt, ...]:
    """Every receipt of a place, newest first; of an organiser also those of its units."""
    may(viewer, Permission.READ_WORKING_MATERIAL, place).require()
    rows = Share.scoped.at(viewer, organiser_of(place))
    rows = rows if place == organiser_of(place) else rows.filter(version__paper__place=place)
    found = list(_newest_first(rows))
    names = names_of(viewer, tuple({row.version.paper.place for row in found}))
    return tuple(_receipt(row, names) for row in found)


def receipt(viewer: Viewer, place: str, key: UUID) -> Receipt:
    """One receipt of this very place. Raises: NotAllowed or NotFound."""
    may(viewer, Permission.READ_WORKING_MATERIAL, place).require()
    rows = Share.scoped.at(viewer, organiser_of(place)).filter(key=key, version__paper__place=place)
    row = _newest_first(rows).first()
    if row is None:
        raise NotFound(NO_SUCH_PAGE)
    return _receipt(row, names_of(viewer, (place,)))


def readings(viewer: Viewer, receipt: Receipt) -> tuple[Reading, ...]:
    """When the agency has read what this receipt names, newest first."""
    may(viewer, Permission.READ_WORKING_MATERIAL, receipt.place).require()
    rows = access.AuditEvent.scoped.at(viewer, organiser_of(receipt.place))
    rows = rows.filter(event=Event.SHARED_MATERIAL_READ, about=str(receipt.key)).order_by("-at")
    found = rows.values_list("at", "facts")
    return tuple(Reading(at, Agency(facts["agency"]), Role(facts["role"])) for at, facts in found)


def places_to_copy_to(viewer: Viewer, place: str) -> tuple[tuple[str, str], ...]:
    """Every other place where this viewer may write: key and name, an organiser before its units."""
    may(viewer, Permission.READ_WORKING_MATERIAL, place).require()
    keys = viewer.places_with(Permission.WRITE_WORKING_MATERIAL)
    whole = [key for key in keys if key == organiser_of(key)]
    units = SchoolUnit.objects.filter(organiser__in=whole, listed=True).order_by("organiser", "sort_key")
    listed = dict(units.values_list("key", "name"))
    names = names_of(viewer, keys) | listed
    order: dict[str, None] = {}
    for key in keys:
        order |= dict.fromkeys([key, *(unit for unit in listed if key in whole and organiser_of(unit) == key)])
    return tuple((key, names[key]) for key in order if key in names and key != place)


def shared(viewer: Viewer, page: int = 1) -> Page:
    """What has been shared with the viewer's agencies, by organiser; the one that shared last comes first.

    Raises: NotAllowed, and NotFound to whoever is at no agency.
    """
    _require_agency(viewer)
    latest = Share.scoped.shared_with(viewer).values("organiser").annotate(latest=Max("shared_at"))
    start = (page - 1) * ORGANISERS_PER_PAGE
    ordered = latest.order_by("-latest", "organiser").values_list("organiser", flat=True)
    found = list(ordered[start : start + ORGANISERS_PER_PAGE + 1])
    shown = found[:ORGANISERS_PER_PAGE]
    rows = list(_newest_first(Share.scoped.shared_with(viewer).filter(organiser__in=shown)))
    names = names_of(viewer, tuple({*shown, *(row.version.paper.place for row in rows)}))
    by_organiser: dict[str, list[Receipt]] = {organiser: [] for organiser in shown}
    for row in rows:
        by_organiser[row.organiser].append(_receipt(row, names))
    groups = (SharedByOrganiser(key, names.get(key, key), tuple(held)) for key, held in by_organiser.items())
    return Page(tuple(groups), page, len(found) > ORGANISERS_PER_PAGE)


def _require_agency(viewer: Viewer) -> None:
    agencies = viewer.agencies or (Agency.SKOLVERKET,)
    decisions = [may(viewer, Permission.READ_SHARED_MATERIAL, agency) for agency in agencies]
    if not any(decision.allowed for decision in decisions):
        decisions[0].require()


def shared_version(viewer: Viewer, key: UUID) -> tuple[Receipt, str, Version]:
    """A version as it was shared with the viewer's agency: its receipt, the organiser's name and the whole of it.

    Whoever shows it notes the reading first (``actions.sharing.note_reading``).
    Raises: NotAllowed; NotFound when it is not shared with the viewer's agency, or no longer.
    """
    _require_agency(viewer)
    row = Share.scoped.shared_with(viewer).select_related("version__paper").filter(key=key).first()
    if row is None:
        raise NotFound(NO_SUCH_PAGE)
    names = names_of(viewer, (row.organiser, row.version.paper.place))
    return _receipt(row, names), names.get(row.organiser, row.organiser), _version(row.version)
