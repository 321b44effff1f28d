"""Publishing statistics: build the new edition aside, then switch every reader in one transaction."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from styrkedjan.actions._change import change
from styrkedjan.core.access import Event, Permission, Viewer, may
from styrkedjan.core.catalogue import Measure, StatisticsSource
from styrkedjan.core.refused import BadInput, DamagedData, WrongState
from styrkedjan.core.statistics import ImportReport, Tidy
from styrkedjan.data import checks, landing, store
from styrkedjan.data.landing import Landed
from styrkedjan.data.sources.ufa_workbook import read_workbook
from styrkedjan.tables.places import Organiser, SchoolUnit
from styrkedjan.tables.statistics import SourceFile, StatisticsEdition

ORGANISER_COLUMNS = dict.fromkeys(("key", "name", "type", "sort_key", "search_key"), "text")
UNIT_COLUMNS = dict.fromkeys(("key", "code", "organiser_id", "name", "sort_key", "search_key"), "text") | {
    "last_school_year": "smallint"
}
LARGEST_WORKBOOK = 50_000_000
UPLOADED = "uppladdad i webbläsaren"
ONE_AT_A_TIME = 0x53_54_59_52  # advisory lock: one publication at a time


@dataclass(frozen=True)
class Publication:
    """What publishing gave. ``is_new`` is False when the edition already stood: then only the trail got a row."""

    version: str
    is_new: bool
    report: ImportReport


@dataclass(frozen=True)
class Delivery:
    """A tidy table and the landed file that it was read from, on its way into an edition."""

    tidy: Tidy
    landed: Landed
    format: str  # "xlsx" | "pxweb"
    invented: bool = False


def take_in(actor: Viewer, folder: Path, source: StatisticsSource, content: bytes, name: str) -> str:
    """Land an uploaded workbook, so that its report can be read before anything is published.

    In: ``folder`` of landed files.
    Out: the hash that it is landed under.
    Raises: NotAllowed; BadInput or BrokenData, with the cell, when it is not a workbook that can be published.
    """
    may(actor, Permission.PUBLISH_STATISTICS).require()
    if len(content) > LARGEST_WORKBOOK:
        raise BadInput(f"{name} är större än 50 MB och läses inte in. Inget har ändrats.")
    with change(actor, Event.STATISTICS_TAKEN_IN, about=hashlib.sha256(content).hexdigest()) as facts:
        tidy = read_workbook(content, name, source)
        landed = landing.land(folder, content, name, UPLOADED, datetime.now(UTC))
        facts.update(size=landed.size, observations=tidy.observations.height)
    return landed.sha256


def discard(actor: Viewer, folder: Path, sha256: str) -> None:
    """Throw away an uploaded workbook that was not published. Raises: WrongState when an edition is built of it."""
    may(actor, Permission.PUBLISH_STATISTICS).require()
    with change(actor, Event.STATISTICS_DISCARDED, about=sha256):
        _take_turn()
        if SourceFile.objects.filter(sha256=sha256).exists():
            raise WrongState("filen är redan publicerad och finns kvar som källa till siffrorna. Inget har ändrats.")
        landing.forget(folder, sha256)


def publish_landed(
    actor: Viewer, folders: tuple[Path, Path], source: StatisticsSource, measures: dict[str, Measure], sha256: str
) -> Publication:
    """Publish an uploaded workbook whose report has been read.

    In: ``folders`` of landed files and of the statistics store.
    Raises: as ``publish``, and NotFound when it has been thrown away.
    """
    may(actor, Permission.PUBLISH_STATISTICS).require()
    landed = landing.landed(folders[0], sha256)
    tidy = read_workbook(landing.open_landed(folders[0], sha256), landed.name, source)
    return publish(actor, folders[1], measures, Delivery(tidy, landed, "xlsx"))


def publish(actor: Viewer, folder: Path, measures: dict[str, Measure], delivery: Delivery) -> Publication:
    """Make a delivery part of the current edition.

    In: ``folder`` of the statistics store; ``measures`` by id, for the report.
    Out: the version that is now current, whether it is new, and the report against the edition before. Publishing
    what already stands changes nothing, and the trail tells that somebody tried (``is_new`` false).
    Raises: NotAllowed; WrongState when an invented nation would replace real statistics or the disk is full;
    BrokenData when what was written cannot be read back. In every case the edition before stands whole.
    """
    may(actor, Permission.PUBLISH_STATISTICS).require()
    with change(actor, Event.EDITION_PUBLISHED, about=delivery.landed.sha256) as facts, ThreadPoolExecutor(1) as aside:
        _take_turn()
        current = StatisticsEdition.objects.filter(is_current=True).first()
        base = store.Manifest.from_json(current.manifest) if current else store.EMPTY
        _refuse_mixing(base, delivery)
        manifest = store.build(folder, base, delivery.tidy, _raw_file(delivery.landed), invented=delivery.invented)
        is_new = manifest.version != (current.version if current else "")
        reporting = aside.submit(_report, folder, base, measures, delivery, is_new)  # while the database lists places
        if is_new:
            _keep_source(delivery)
            _list_places(folder, manifest)
        report = reporting.result()
        if is_new:
            _switch(manifest, report)
        facts.update(version=manifest.version, is_new=is_new, numbers=report.counted.numbers)
    return Publication(manifest.version, is_new, report)


def _take_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])


def _refuse_mixing(base: store.Manifest, delivery: Delivery) -> None:
    if delivery.invented and base.parts and not base.invented:
        raise WrongState(
            "här finns redan riktig statistik, och den påhittade nationen läses därför inte in. Inget har ändrats. "
            "Välj en annan mapp med STYRKEDJAN_HOME för att prova den påhittade nationen."
        )


def _raw_file(landed: Landed) -> store.RawFile:
    return store.RawFile(landed.sha256, landed.name, landed.origin, landed.fetched_at.isoformat())


def _report(
    folder: Path, base: store.Manifest, measures: dict[str, Measure], delivery: Delivery, is_new: bool
) -> ImportReport:
    comparable = base.parts and base.invented == delivery.invented
    try:
        previous = store.read_observations(folder, base) if comparable else None
    except DamagedData:
        if is_new:
            raise
        previous = None  # this file has been put back; the others are put back one by one
    return checks.report(delivery.tidy, delivery.landed.name, delivery.landed.sha256, measures, previous)


def _keep_source(delivery: Delivery) -> None:
    landed = delivery.landed
    SourceFile.objects.get_or_create(
        sha256=landed.sha256,
        defaults={
            "name": landed.name,
            "origin": landed.origin,
            "fetched_at": landed.fetched_at,
            "size": landed.size,
            "format": delivery.format,
        },
    )


def _switch(manifest: store.Manifest, report: ImportReport) -> None:
    """Make this edition the current one. An edition that has been current before keeps its first report."""
    StatisticsEdition.objects.filter(is_current=True).update(is_current=False)
    StatisticsEdition.objects.update_or_create(
        version=manifest.version,
        defaults={"is_current": True},
        create_defaults={
            "version": manifest.version,
            "created_at": datetime.now(UTC),
            "is_current": True,
            "invented": manifest.invented,
            "manifest": manifest.to_json(),
            "report": report.to_json(),
        },
    )


def _list_places(folder: Path, manifest: store.Manifest) -> None:
    """Bring the places tables to what the edition names: one statement per table, whatever the number of places."""
    organisers, units = store.named_places(folder, manifest)
    Organiser.objects.filter(listed=True).update(listed=False)
    SchoolUnit.objects.filter(listed=True).update(listed=False)
    _upsert("organiser", ORGANISER_COLUMNS, organisers)
    _upsert("school_unit", UNIT_COLUMNS, units)


def _upsert(table: str, columns: dict[str, str], rows: list[tuple]) -> None:
    """Insert or update rows by key and mark them listed. Table, columns and types come from this file alone.

    The rows travel as one JSON text: the database reads it several times faster than the driver writes arrays.
    """
    names = ", ".join(columns)
    typed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    updates = ", ".join(f"{column} = excluded.{column}" for column in (*columns, "listed") if column != "key")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}, listed) "  # noqa: S608
            f"SELECT {names}, TRUE FROM json_to_recordset(%s::json) AS new({typed}) "
            f"ON CONFLICT (key) DO UPDATE SET {updates}",
            [json.dumps([dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False)],
        )
