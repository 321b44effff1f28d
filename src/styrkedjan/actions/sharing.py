"""Working material and sharing: written version by version, shared one version at a time, each with its receipt."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from styrkedjan.actions._change import change
from styrkedjan.core import sharing as core
from styrkedjan.core.access import Agency, Event, Permission, Role, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import NotFound, WrongState
from styrkedjan.core.sharing import KINDS, PaperKind, SavedMeanwhile, Version
from styrkedjan.core.sharing.kinds import require_written
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.tables import access
from styrkedjan.tables.places import place_row
from styrkedjan.tables.sharing import PaperVersion, Share, WorkingPaper

# An agency that reads a shared version again within this time has one row in the organiser's trail, not two.
READING_LASTS = timedelta(hours=1)

Contents = Mapping[str, object]


def write(actor: Viewer, place: str, kind: PaperKind, year: SchoolYear, title: str, contents: Contents) -> UUID:
    """Begin a new paper at a place, as its first version.

    Out: the paper's key. Raises: NotAllowed, NotFound (no such place) or BadInput (its contents).
    """
    may(actor, Permission.WRITE_WORKING_MATERIAL, place).require()
    _require_place(place)
    return _begin(actor, place, kind, year, core.title(title), KINDS[kind].checked(contents))


def _begin(
    actor: Viewer, place: str, kind: PaperKind, year: SchoolYear, title: str, contents: dict, copied_from: str = ""
) -> UUID:
    now = datetime.now(UTC)
    paper = WorkingPaper(
        key=uuid4(),
        organiser=organiser_of(place),
        place=place,
        kind=kind,
        title=title,
        school_year=year.autumn,
        made_at=now,
        changed_at=now,
        version_number=1,
    )
    with change(actor, Event.PAPER_WRITTEN, about=str(paper.key), place=place) as facts:
        paper.save(force_insert=True)
        _add_version(actor, paper, contents, now)
        facts.update(version=1, kind=kind, **({"copied_from": copied_from} if copied_from else {}))
    return paper.key


def rewrite(actor: Viewer, place: str, key: UUID, seen: int, title: str, contents: Contents) -> int:
    """Save what somebody has made of the version that they saw, as the next version.

    Out: the number that now stands; the same when nothing differs, and then nothing is written.
    Raises: SavedMeanwhile when another version has been saved since ``seen``; WrongState when the paper is removed.
    """
    may(actor, Permission.WRITE_WORKING_MATERIAL, place).require()
    line = core.title(title)
    versions = PaperVersion.scoped.at(actor, organiser_of(place)).select_related("paper")
    before = versions.filter(paper=key, paper__place=place, number=seen).first()
    if before is None:
        raise NotFound(NO_SUCH_PAGE)
    require_written(PaperKind(before.paper.kind))
    checked = KINDS[PaperKind(before.paper.kind)].checked(contents)
    if (line, checked, seen) == (before.title, before.contents, before.paper.version_number):
        return seen
    with change(actor, Event.PAPER_WRITTEN, about=str(key), place=place) as facts:
        paper = _locked(actor, place, key)
        if paper.version_number != seen:
            raise SavedMeanwhile(paper.version_number)
        paper.title, paper.version_number, paper.changed_at = line, seen + 1, datetime.now(UTC)
        paper.save(update_fields=["title", "version_number", "changed_at"])
        _add_version(actor, paper, checked, paper.changed_at)
        facts.update(version=paper.version_number, kind=paper.kind)
    return paper.version_number


def _locked(actor: Viewer, place: str, key: UUID) -> WorkingPaper:
    """The paper, held until the transaction ends. Raises NotFound, or WrongState when it has been removed."""
    rows = WorkingPaper.scoped.at(actor, organiser_of(place)).filter(place=place, key=key)
    paper = rows.select_for_update().first()
    if paper is None:
        raise NotFound(NO_SUCH_PAGE)
    if paper.removed_at is not None:
        raise WrongState("någon har tagit bort materialet sedan du öppnade sidan. Inget annat har ändrats.")
    return paper


def _add_version(actor: Viewer, paper: WorkingPaper, contents: dict, now: datetime) -> None:
    version = PaperVersion(
        key=uuid4(),
        organiser=paper.organiser,
        paper=paper,
        number=paper.version_number,
        title=paper.title,
        contents=contents,
        written_at=now,
        written_by=actor.person,
    )
    version.sha256 = core.sha256_of(_value(paper, version))
    version.save(force_insert=True)


def _value(paper: WorkingPaper, version: PaperVersion) -> Version:
    return Version(
        paper=str(paper.key),
        place=paper.place,
        kind=PaperKind(paper.kind),
        school_year=SchoolYear(paper.school_year),
        number=version.number,
        title=version.title,
        contents=version.contents,
        written_at=version.written_at,
    )


def remove(actor: Viewer, place: str, key: UUID) -> None:
    """Take a paper away that has never been shared. Raises: WrongState when receipts point to it."""
    may(actor, Permission.WRITE_WORKING_MATERIAL, place).require()
    with change(actor, Event.PAPER_REMOVED, about=str(key), place=place) as facts:
        paper = _locked(actor, place, key)
        if Share.scoped.at(actor, paper.organiser).filter(version__paper=paper).exists():
            raise WrongState(
                "materialet har delats med en myndighet, och kvittot pekar på det. Det ligger därför kvar. "
                "Du kan ta tillbaka delningen, så att ingen myndighet längre kan läsa det här."
            )
        paper.removed_at = datetime.now(UTC)
        paper.save(update_fields=["removed_at"])
        facts.update(kind=paper.kind, version=paper.version_number)


def copy_to(actor: Viewer, place: str, key: UUID, target: str) -> UUID:
    """Begin a new paper at another place with what stands in this one, for organisers that split or merge.

    Only the version that stands is copied; history and receipts stay where they are.
    Out: the new paper's key. Raises: NotAllowed or NotFound, at either place.
    """
    may(actor, Permission.READ_WORKING_MATERIAL, place).require()
    may(actor, Permission.WRITE_WORKING_MATERIAL, target).require()
    _require_place(target)
    rows = PaperVersion.scoped.at(actor, organiser_of(place)).select_related("paper").order_by("-number")
    version = rows.filter(paper=key, paper__place=place, paper__removed_at=None).first()
    if version is None:
        raise NotFound(NO_SUCH_PAGE)
    paper = version.paper
    year, kind = SchoolYear(paper.school_year), PaperKind(paper.kind)
    require_written(kind)
    return _begin(actor, target, kind, year, version.title, version.contents, copied_from=str(key))


def _require_place(place: str) -> None:
    if place_row(place) is None:
        raise NotFound(NO_SUCH_PAGE)


def share(actor: Viewer, place: str, key: UUID, number: int, agency: Agency) -> UUID:
    """Share the version that stands with an agency. It becomes an allmän handling there.

    In: ``number`` of the version that the actor has seen. Also a unit's material is shared by the organiser's people.
    Out: the receipt's key.
    Raises: NotAllowed; SavedMeanwhile when another version stands; WrongState when there is nothing to share or the
    agency can read that version already.
    """
    may(actor, Permission.SHARE_WORKING_MATERIAL, organiser_of(place)).require()
    receipt = uuid4()
    with change(actor, Event.PAPER_SHARED, about=str(receipt), place=place) as facts:
        paper = _locked(actor, place, key)
        version = PaperVersion.scoped.at(actor, paper.organiser).get(paper=paper, number=paper.version_number)
        _require_shareable(actor, paper, version, number, agency)
        Share(
            key=receipt,
            organiser=paper.organiser,
            version=version,
            agency=agency,
            shared_at=datetime.now(UTC),
            shared_by=actor.person,
            shared_by_name=actor.name,
        ).save(force_insert=True)
        facts.update(paper=str(key), version=version.number, sha256=version.sha256, agency=agency)
    return receipt


def _require_shareable(actor: Viewer, paper: WorkingPaper, version: PaperVersion, number: int, agency: Agency) -> None:
    if version.number != number:
        raise SavedMeanwhile(version.number)
    if KINDS[PaperKind(paper.kind)].is_empty(version.contents):
        raise WrongState("det finns inget att dela än: materialet är tomt. Inget har delats. Skriv något först.")
    open_shares = Share.scoped.at(actor, paper.organiser).filter(version=version, agency=agency, withdrawn_at=None)
    if open_shares.exists():
        raise WrongState("den här versionen är redan delad med samma mottagare. Inget nytt har delats.")


def withdraw(actor: Viewer, place: str, key: UUID) -> None:
    """End a share for the future: the agency can no longer read it here. What it has received it still has.

    Raises: NotAllowed, NotFound, or WrongState when it has been withdrawn before.
    """
    may(actor, Permission.SHARE_WORKING_MATERIAL, organiser_of(place)).require()
    with change(actor, Event.SHARE_WITHDRAWN, about=str(key), place=place) as facts:
        rows = Share.scoped.at(actor, organiser_of(place)).filter(key=key, version__paper__place=place)
        agency = rows.values_list("agency", flat=True).first()
        if agency is None:
            raise NotFound(NO_SUCH_PAGE)
        open_row = Share.scoped.at(actor, organiser_of(place)).filter(key=key, withdrawn_at=None)
        if not open_row.update(withdrawn_at=datetime.now(UTC), withdrawn_by=actor.person):
            raise WrongState("delningen är redan tillbakatagen. Inget har ändrats.")
        facts.update(agency=agency)


def note_reading(actor: Viewer, key: UUID) -> None:
    """Write in the organiser's own trail that an agency reads what has been shared with it.

    Once per person, share and hour: a page read and then downloaded is one reading.
    Raises: NotAllowed; NotFound when it is not shared with the actor's agency, or no longer.
    """
    row = Share.scoped.shared_with(actor).select_related("version__paper").filter(key=key).first()
    agency = Agency(row.agency) if row else _first_agency(actor)
    may(actor, Permission.READ_SHARED_MATERIAL, agency).require()
    if row is None:
        raise NotFound(NO_SUCH_PAGE)
    since = datetime.now(UTC) - READING_LASTS
    noted = access.AuditEvent.scoped.by(actor).filter(event=Event.SHARED_MATERIAL_READ, about=str(key), at__gt=since)
    if noted.exists():
        return
    with change(actor, Event.SHARED_MATERIAL_READ, about=str(key), place=row.version.paper.place) as facts:
        facts.update(agency=agency, role=Role.DIALOGUE_LEAD)


def _first_agency(actor: Viewer) -> Agency:
    return actor.agencies[0] if actor.agencies else Agency.SKOLVERKET
