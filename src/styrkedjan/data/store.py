"""The statistics store: editions as immutable files, built aside, verified and only then named.

An edition (utgåva) is a list of parts, one per source and school year, in a manifest. Parts are named by the hash of
their bytes and never change, so an edition that is being read cannot be disturbed. Which edition is current is not
decided here: that is one row in the database, switched in the same transaction as everything else.
"""

import errno
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from styrkedjan.core.briefings import EditionFacts, SourceFile
from styrkedjan.core.place_names import readable_name
from styrkedjan.core.places import NATION, organiser_of, organiser_type, search_key, sort_key, unit_code_of
from styrkedjan.core.refused import BrokenData, DamagedData, WrongState, reason
from styrkedjan.core.statistics import TIDY_COLUMNS, SchoolYear, Tidy

FORMAT = 1  # of the part files; a new number makes every part new
ASIDE = ".aside-"  # begins the name of a part that is being written
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True)
class RawFile:
    """The landed bytes that a part was read from."""

    sha256: str
    name: str
    origin: str
    fetched_at: str  # ISO 8601, UTC


@dataclass(frozen=True)
class Part:
    """One source and school year: the digests of its two files and where it came from."""

    source: str
    school_year: int
    observations: str
    places: str
    rows: int
    title: str
    sheet: str
    measure_labels: dict[str, str]
    raw: RawFile


@dataclass(frozen=True)
class Manifest:
    """An edition: its parts in order. ``version`` follows from them, so the same content has the same version."""

    parts: tuple[Part, ...]
    invented: bool

    @property
    def version(self) -> str:
        content = [[part.source, part.school_year, part.observations, part.places] for part in self.parts]
        text = json.dumps([FORMAT, self.invented, content], separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def school_years(self) -> tuple[SchoolYear, ...]:
        return tuple(sorted({SchoolYear(part.school_year) for part in self.parts}))

    def to_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict) -> "Manifest":
        """Read what ``to_json`` wrote."""
        parts = tuple(Part(**{**part, "raw": RawFile(**part["raw"])}) for part in content["parts"])
        return cls(parts=parts, invented=content["invented"])

    def facts(self) -> EditionFacts:
        """What pages and briefings say of the edition."""
        return EditionFacts(self.version, self.school_years, tuple(map(_source_file, self.parts)), self.invented)


def _source_file(part: Part) -> SourceFile:
    return SourceFile(
        name=part.raw.name,
        sha256=part.raw.sha256,
        origin=part.raw.origin,
        fetched_at=datetime.fromisoformat(part.raw.fetched_at),
        title=part.title,
        sheet=part.sheet,
        school_years=(SchoolYear(part.school_year),),
    )


EMPTY = Manifest(parts=(), invented=False)


def build(folder: Path, base: Manifest, tidy: Tidy, raw: RawFile, *, invented: bool) -> Manifest:
    """Write the tidy table's school years beside the parts of ``base`` and give the manifest of the new edition.

    One build at a time: what a killed build left aside is cleared away first.
    In: ``folder`` of the store; ``base`` the edition to build on (EMPTY for the first).
    Out: a Manifest in which the years of ``tidy`` replace those years of the same source, other parts stand.
    An invented nation and real statistics never stand in one edition: parts of the other kind are left out.
    Raises: WrongState when the disk is full or cannot be written; BrokenData when what was written does not read back
    equal. In both cases the folder holds what it held before and every earlier edition stands.
    """
    with _all_or_nothing(folder):
        new = tuple(_write_part(folder, tidy, year, raw) for year in tidy.school_years)
    replaced = {(part.source, part.school_year) for part in new}
    kept = base.parts if base.invented == invented else ()
    parts = [part for part in kept if (part.source, part.school_year) not in replaced] + list(new)
    parts.sort(key=lambda part: (part.source, part.school_year))
    return replace(base, parts=tuple(parts), invented=invented)


@contextmanager
def _all_or_nothing(folder: Path) -> Iterator[None]:
    """Take away the parts that the block wrote when it does not come to its end: a full disk gets its room back."""
    for left in (folder / "parts").glob(f"{ASIDE}*"):
        left.unlink(missing_ok=True)
    before = set((folder / "parts").glob("*"))
    try:
        yield
    except BaseException:
        for written in set((folder / "parts").glob("*")) - before:
            written.unlink(missing_ok=True)
        raise


def _write_part(folder: Path, tidy: Tidy, year: SchoolYear, raw: RawFile) -> Part:
    observations, places = tidy.observations, tidy.places
    if len(tidy.school_years) > 1:
        observations = observations.filter(pl.col("school_year") == year.autumn)
        places = places.filter(pl.col("place").is_in(observations["place"].unique().implode()))
    if not observations["place"].is_sorted():
        observations = observations.sort("place", maintain_order=True)
    return Part(
        source=tidy.source,
        school_year=year.autumn,
        observations=_write_verified(folder, observations),
        places=_write_verified(folder, places),
        rows=observations.height,
        title=tidy.title,
        sheet=tidy.sheet,
        measure_labels=tidy.measure_labels,
        raw=raw,
    )


def _write_verified(folder: Path, frame: pl.DataFrame) -> str:
    """Write a frame aside, read it back, compare, and only then give it its name: the hash of its bytes."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="lz4", statistics=False)
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    with _aside(folder) as aside:
        aside.write_bytes(content)
        written = aside.read_bytes()
        if written != content or not pl.read_parquet(written).equals(frame):
            raise BrokenData(
                "det som skrevs till statistikförrådet går inte att läsa tillbaka lika. Inget har ändrats."
            )
        _sync(aside)
        aside.rename(part_path(folder, digest))
        _sync(folder / "parts")
    return digest


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    try:
        (folder / "parts").mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=ASIDE, dir=folder / "parts")
        os.close(handle)
    except OSError as error:
        raise _unwritable(folder, error) from error
    path = Path(name)
    try:
        yield path
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Force a file, or the names in a folder, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(folder: Path, error: OSError) -> WrongState:
    if error.errno in NO_ROOM:
        return WrongState(
            f"disken är full: den nya utgåvan fick inte plats i {folder}. Den förra utgåvan gäller fortfarande. "
            "Frigör utrymme och läs in filen igen."
        )
    return WrongState(f"det går inte att skriva i {folder}: {reason(error)}. Den förra utgåvan gäller fortfarande.")


def part_path(folder: Path, digest: str) -> Path:
    """Where the part with this digest lies."""
    return folder / "parts" / f"{digest}.parquet"


def read_observations(folder: Path, manifest: Manifest) -> pl.DataFrame:
    """Every observation of an edition: TIDY_COLUMNS and ``part`` (its index in the manifest), sorted by place.

    Raises: DamagedData when a part is missing or is not the bytes that were published.
    """
    frames = [
        _read_part(folder, part, part.observations).with_columns(pl.lit(index, dtype=pl.UInt8).alias("part"))
        for index, part in enumerate(manifest.parts)
    ]
    if not frames:
        return pl.DataFrame(schema={**TIDY_COLUMNS, "part": pl.UInt8})
    return pl.concat(frames).sort("place", maintain_order=True)


def read_places(folder: Path, manifest: Manifest) -> pl.DataFrame:
    """Every place of an edition with the labels of the latest school year it stands in.

    Out: TIDY_PLACE_COLUMNS and ``last_school_year``, sorted by place key.
    Raises: DamagedData, as ``read_observations``.
    """
    frames = [
        _read_part(folder, part, part.places).with_columns(
            pl.lit(part.school_year, dtype=pl.Int16).alias("last_school_year")
        )
        for part in manifest.parts
    ]
    return pl.concat(frames).sort("place", "last_school_year").unique("place", keep="last", maintain_order=True)


def _read_part(folder: Path, part: Part, digest: str) -> pl.DataFrame:
    try:
        content = part_path(folder, digest).read_bytes()
    except FileNotFoundError as error:
        raise _damaged(part, "saknas") from error
    except OSError as error:
        raise _damaged(part, f"går inte att läsa ({reason(error)})") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise _damaged(part, "är skadad")
    return pl.read_parquet(content)


def _damaged(part: Part, how: str) -> DamagedData:
    year = SchoolYear(part.school_year)
    return DamagedData(
        f"den del av statistiken som gäller läsåret {year} {how}. Läs in källfilen igen: {part.raw.name}."
    )


def named_places(folder: Path, manifest: Manifest) -> tuple[list[tuple], list[tuple]]:
    """The rows that the places tables should hold for an edition.

    Out: organisers as (key, name, type, sort key, search key) and units as (key, code, organiser key, name, sort key,
    search key, last school year); names in readable case.
    """
    organisers: dict[str, tuple] = {}
    units: list[tuple] = []
    for place, organiser_label, unit_label, last_year in read_places(folder, manifest).iter_rows():
        if place == NATION:
            continue
        organiser = organiser_of(place)
        if organiser not in organisers or not unit_label:
            name = readable_name(organiser_label)
            kind = str(organiser_type(organiser))
            organisers[organiser] = (organiser, name, kind, sort_key(name), search_key(name))
        if unit_label:
            name = readable_name(unit_label)
            units.append((place, unit_code_of(place), organiser, name, sort_key(name), search_key(name), last_year))
    return list(organisers.values()), units
