"""One small Sweden: invented workbooks in the official layout, read and published by the real reader and action.

Three school years, so that a break lies inside them. Among the places:

* Storköping: a municipality with 34 units, one of them closed after the first year.
* Lillån: a municipality with one unit and few pupils.
* Ten more municipalities, so that there is a distribution; one region, for which there is none.
* Four independent organisers whose names end the alphabet. Code 90000099 stands under both Åskolan AB and Öskolan AB.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from random import Random

from styrkedjan.core.catalogue import Measure, Unit
from styrkedjan.core.places import NATION, OrganiserType, organiser_of, organiser_type, unit_code_of
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.data.catalogue import load_catalogue
from tests.data.ufa_source import xlsx

CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue"
SOURCE = "ufa_compulsory"
YEARS = (SchoolYear(2021), SchoolYear(2022), SchoolYear(2023))

STORKOPING = "2120009901"
LILLAN = "2120009902"
REGION = "2321009901"
ZINK, ASKOLAN, APPEL, OSKOLAN = (f"556999000{number}" for number in range(1, 5))
LILLAN_UNIT = f"{LILLAN}-90000040"
CLOSED_UNIT = f"{STORKOPING}-90000034"
MOVED_CODE = "90000099"
MOVED_FROM, MOVED_TO = f"{ASKOLAN}-{MOVED_CODE}", f"{OSKOLAN}-{MOVED_CODE}"

Cell = float | str
Changes = Mapping[tuple[str, str], Cell]


@dataclass(frozen=True)
class World:
    """What was published: the home, and the version after each school year."""

    home: Path
    versions: tuple[str, ...]

    @property
    def version(self) -> str:
        return self.versions[-1]


@lru_cache(maxsize=1)
def catalogue():
    """The project's own catalogue."""
    return load_catalogue(CATALOGUE)


def places(year: SchoolYear) -> dict[str, tuple[str, str]]:
    """Place key -> the organiser's and the unit's printed names, in the order of the columns."""
    organisers = {STORKOPING: "STORKÖPINGS KOMMUN", LILLAN: "LILLÅNS KOMMUN", REGION: "REGION PROVLAND"}
    organisers |= {f"21200099{number}": f"KOMMUN NUMMER {number}" for number in range(11, 21)}
    organisers |= {ZINK: "ZINKSKOLAN AB", ASKOLAN: "ÅSKOLAN AB", APPEL: "ÄPPELSKOLAN AB", OSKOLAN: "ÖSKOLAN AB"}
    units = {f"{STORKOPING}-900000{number:02d}": f"STORSKOLAN {number}" for number in range(1, 35)}
    units |= {LILLAN_UNIT: "LILLÅNS SKOLA", f"{ZINK}-90000050": "ZINKSKOLAN", f"{APPEL}-90000051": "ÄPPELSKOLAN"}
    units |= {MOVED_FROM: "FLYTTSKOLAN", MOVED_TO: "FLYTTSKOLAN"}
    if year != YEARS[0]:
        del units[CLOSED_UNIT]
    found = {NATION: ("", "")}
    for organiser, name in organisers.items():
        found[organiser] = (name, "")
        found |= {key: (name, unit) for key, unit in units.items() if organiser_of(key) == organiser}
    return found


def cell(place: str, measure: Measure, year: SchoolYear) -> Cell:
    """What stands in a cell: drawn from the names alone, so that it is the same in every run."""
    drawn = Random(f"{place}/{measure.id}/{year}")
    if (place, measure.id) in SET:
        return SET[place, measure.id]
    if place == MOVED_FROM:
        return "."
    if measure.group == "costs" and place != NATION and (unit_code_of(place) or not _municipal(place)):
        return "."
    if place != NATION and drawn.random() < 0.2:
        return drawn.choice([".", "..", "-"] if measure.source == "school_survey" else [".", "..", "..."])
    return _number(measure, drawn)


def _municipal(place: str) -> bool:
    return organiser_type(place) is OrganiserType.MUNICIPALITY


def _number(measure: Measure, drawn: Random) -> float:
    low, high = {Unit.PERCENT: (40, 99), Unit.INDEX: (4, 10)}.get(measure.unit, (20, 900))
    return round(drawn.uniform(low, high), measure.decimals)


# Cells that the tests speak about.
SET: dict[tuple[str, str], Cell] = {
    (NATION, "pupil_count"): 1_090_000.0,
    (NATION, "all_subjects_grade_9_percent"): 75.0,
    (NATION, "safety_grade_5_index"): 8.0,
    (STORKOPING, "pupil_count"): 12_000.0,
    (STORKOPING, "all_subjects_grade_9_percent"): 80.0,
    (STORKOPING, "safety_grade_5_index"): 7.9,
    (STORKOPING, "qualified_teachers_percent"): "..",
    (LILLAN, "pupil_count"): 120.0,
    (LILLAN, "all_subjects_grade_9_percent"): "...",
    (LILLAN, "safety_grade_5_index"): 7.5,
    (LILLAN, "calm_grade_5_index"): "-",
    (LILLAN_UNIT, "pupil_count"): 120.0,
    (ZINK, "pupil_count"): "..",
}


def workbook(year: SchoolYear, changes: Changes | None = None) -> bytes:
    """The workbook of one school year; ``changes`` are cells that differ from the first delivery."""
    return _written(year, changes) if changes else _first_delivery(year)


@lru_cache
def _first_delivery(year: SchoolYear) -> bytes:
    """Written once, since the file itself tells the second in which it was made."""
    return _written(year, {})


def _written(year: SchoolYear, changed: Changes) -> bytes:
    named = places(year)
    measures = catalogue().framework.measures
    source = catalogue().sources[SOURCE]
    rows: list[list] = [[source.title], [], [None, *(_label(key, *named[key]) for key in named)]]
    rows.append([None, *[str(year)] * len(named)])
    for measure in measures:
        cells = (changed.get((key, measure.id), cell(key, measure, year)) for key in named)
        rows.append([measure.official_label, *cells])
    return xlsx([*rows, [], ["Alla namn och siffror är påhittade."]], source.sheet)


def _label(key: str, organiser: str, unit: str) -> str:
    if key == NATION:
        return "RIKET: TOTALT"
    return f"{organiser} ({key[:10]}): {f'{unit} ({unit_code_of(key)})' if unit else 'HUVUDMAN'}"


def file_name(year: SchoolYear) -> str:
    return f"underlag-{year.autumn}.xlsx"


def tidy_of(content: bytes, name: str = "prov.xlsx"):
    """A workbook as the real reader reads it."""
    from styrkedjan.data.sources.ufa_workbook import read_workbook

    return read_workbook(content, name, catalogue().sources[SOURCE])


def delivery_of(folder: Path, content: bytes, name: str = "prov.xlsx", *, invented: bool = True):
    """A landed workbook on its way into an edition. Needs Django."""
    from styrkedjan.actions.statistics import Delivery
    from styrkedjan.data.landing import land

    landed = land(folder / "landing", content, name, "påhittad i prov", datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    return Delivery(tidy_of(content, name), landed, "xlsx", invented)


def publish(folder: Path, content: bytes, name: str = "prov.xlsx", *, invented: bool = True):
    """Publish a workbook to the store in this home, as the operator. Needs Django and the tables."""
    from styrkedjan.actions import statistics
    from styrkedjan.core.access import OPERATOR

    delivery = delivery_of(folder, content, name, invented=invented)
    measures = catalogue().framework.measure_by_id
    return statistics.publish(OPERATOR, folder / "statistics", measures, delivery)


def build(home: Path) -> World:
    """Publish every school year of small Sweden, oldest first."""
    versions = [publish(home, workbook(year), file_name(year)).version for year in YEARS]
    return World(home, tuple(versions))


def digest(content: bytes) -> str:
    """The hash that a file is landed under."""
    return hashlib.sha256(content).hexdigest()
