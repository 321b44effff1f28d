"""Editions of the statistics: which is current, what it holds, and where each number stands in its source."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TypeVar

import polars as pl
from django.conf import settings
from django.db.models import Count, Max, Q

from styrkedjan.core.access import Permission, Viewer, may
from styrkedjan.core.briefings import EditionFacts
from styrkedjan.core.catalogue import StatisticsSource
from styrkedjan.core.indicators import ComparisonGroup, spread_of
from styrkedjan.core.raw import Observations
from styrkedjan.core.refused import NotFound
from styrkedjan.core.statistics import ImportReport, SchoolYear
from styrkedjan.data import checks, store
from styrkedjan.data.landing import Landed, landed, open_landed
from styrkedjan.data.sources.ufa_workbook import read_workbook
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.tables.statistics import SourceFile, StatisticsEdition

Read = TypeVar("Read")
_reading = Lock()

NO_STATISTICS = (
    "Ingen statistik är inläst ännu. Läs in en fil med kommandot styrkedjan import, eller prova den påhittade nationen "
    "med styrkedjan demo."
)


def current_version() -> str:
    """The version of the current edition: one small query, and the key of every cache. Raises NotFound."""
    version = version_or_none()
    if version is None:
        raise NotFound(NO_STATISTICS)
    return version


def version_or_none() -> str | None:
    """The version of the current edition, or None when nothing is loaded."""
    return StatisticsEdition.objects.filter(is_current=True).values_list("version", flat=True).first()


def state_of_editions() -> str:
    """Changes whenever an edition is added or another one becomes current: part of every page's ETag.

    The version alone is not enough: publishing A, B and A again makes A current, with B in the list of editions.
    """
    counted = StatisticsEdition.objects.aggregate(
        current=Max("version", filter=Q(is_current=True)), count=Count("version")
    )
    return f"{counted['current'] or 'none'}.{counted['count']}"


def in_one_edition(read: Callable[[str], Read]) -> Read:
    """Read rows and numbers of one and the same edition.

    Numbers are named by their version but rows of places are those that stand now: a read that a publication came in
    the middle of is done again. Raises NotFound when nothing is loaded.
    """
    while True:
        version = current_version()
        found = read(version)
        if version == current_version():
            return found


@lru_cache(maxsize=8)
def manifest_of(version: str) -> store.Manifest:
    """The manifest of an edition, which never changes. Raises NotFound."""
    content = StatisticsEdition.objects.filter(version=version).values_list("manifest", flat=True).first()
    if content is None:
        raise NotFound("Den utgåvan av statistiken finns inte.")
    return store.Manifest.from_json(content)


def loaded_year(version: str, year: SchoolYear | None) -> SchoolYear:
    """This school year, or the latest of the edition when None. Raises NotFound when it is not loaded."""
    years = manifest_of(version).school_years
    if year is None:
        return years[-1]
    if year not in years:
        raise NotFound(f"Läsåret {year} är inte inläst. Inlästa läsår: {', '.join(map(str, years))}.")
    return year


def observations_of(version: str) -> Observations:
    """The observations of an edition, read once per process and version however many threads ask at once."""
    with _reading:
        return _observations(version)


@lru_cache(maxsize=2)
def _observations(version: str) -> Observations:
    return Observations(store.read_observations(settings.STATISTICS_STORE, manifest_of(version)))


@lru_cache(maxsize=256)
def spread(version: str, group: ComparisonGroup, year: SchoolYear) -> pl.DataFrame:
    """The spread of a comparison group, computed once per edition, group and school year."""
    return spread_of(observations_of(version), group, year)


def edition_facts(viewer: Viewer) -> EditionFacts:
    """What the current edition is made of. Raises NotFound when nothing is loaded."""
    may(viewer, Permission.READ_STATISTICS).require()
    return manifest_of(current_version()).facts()


@dataclass(frozen=True)
class EditionSummary:
    """One edition in the list of editions, with the report of the import that made it."""

    version: str
    created_at: datetime
    is_current: bool
    invented: bool
    facts: EditionFacts
    report: ImportReport


def editions(viewer: Viewer) -> tuple[EditionSummary, ...]:
    """Every edition, newest first."""
    may(viewer, Permission.READ_STATISTICS).require()
    return tuple(map(_summary, StatisticsEdition.objects.order_by("-created_at", "version")))


def edition(viewer: Viewer, version: str) -> EditionSummary:
    """One edition with its report. Raises NotFound."""
    may(viewer, Permission.READ_STATISTICS).require()
    row = StatisticsEdition.objects.filter(version=version).first()
    if row is None:
        raise NotFound("Den utgåvan av statistiken finns inte.")
    return _summary(row)


@dataclass(frozen=True)
class Arrival:
    """An uploaded workbook that waits for a decision: its report against the current edition."""

    landed: Landed
    report: ImportReport
    is_published: bool


def arrival(viewer: Viewer, folder: Path, source: StatisticsSource, sha256: str) -> Arrival:
    """What publishing an uploaded workbook would bring. ``folder`` holds what is landed. Raises NotFound."""
    may(viewer, Permission.PUBLISH_STATISTICS).require()
    file = landed(folder, sha256)
    tidy = read_workbook(open_landed(folder, sha256), file.name, source)
    version = version_or_none()
    base = manifest_of(version) if version else store.EMPTY
    previous = store.read_observations(settings.STATISTICS_STORE, base) if base.parts and not base.invented else None
    report = checks.report(tidy, file.name, sha256, catalogue().framework.measure_by_id, previous)
    return Arrival(file, report, SourceFile.objects.filter(sha256=sha256).exists())


def _summary(row: StatisticsEdition) -> EditionSummary:
    facts = store.Manifest.from_json(row.manifest).facts()
    return EditionSummary(
        row.version, row.created_at, row.is_current, row.invented, facts, ImportReport.from_json(row.report)
    )
