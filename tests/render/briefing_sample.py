"""Invented briefings for tests: a nation of twelve municipalities, put together by the product's own functions."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Literal

import polars as pl

from styrkedjan.core.briefings import Briefing, EditionFacts, Setting, SourceFile, assemble
from styrkedjan.core.catalogue import Catalogue, Measure, Unit
from styrkedjan.core.disclosure import release
from styrkedjan.core.indicators import Question, comparison_group, evaluate, spread_of
from styrkedjan.core.places import NATION, Organiser, OrganiserType, SchoolUnit
from styrkedjan.core.raw import OBSERVATION_COLUMNS, Observations
from styrkedjan.core.statistics import SchoolYear, Status
from styrkedjan.data.catalogue import load_catalogue

Kind = Literal["organiser", "unit", "hidden_unit", "years"]

ORGANISER = Organiser("2120009001", "Ekbackens kommun", OrganiserType.MUNICIPALITY)
FORMER = Organiser("5560009001", "Granlidens friskolor i Mellersta Sverige AB", OrganiserType.INDEPENDENT)
UNIT_NAMES = (
    "Almskolan",
    "Björkskolan F-6",
    "Centralskolan Östra anpassad grundskola",
    "Ekbackens resursskola för särskild undervisningsgrupp",
    "Furuskolan",
    "Åsskolan",
    "Öknaskolan",
)
HIDING = (Status.HIDDEN, Status.MAJORITY, Status.BELOW_RULES, Status.MISSING)
MARKS = {Status.HIDDEN: "..", Status.MAJORITY: "...", Status.BELOW_RULES: "-", Status.MISSING: "."}
# Lowest value and span of the invented numbers of each unit.
RANGES = {
    Unit.PERCENT: (35, 60),
    Unit.INDEX: (4, 5),
    Unit.COUNT: (40, 600),
    Unit.FTE: (3, 60),
    Unit.RATIO: (8, 9),
    Unit.SEK: (4_000, 90_000),
    Unit.KSEK: (90_000, 900_000),
}


@cache
def catalogue() -> Catalogue:
    return load_catalogue(Path(__file__).parents[2] / "catalogue")


def unit(index: int) -> SchoolUnit:
    """The unit of Ekbacken with this number; the second has changed organiser."""
    code = f"9000000{index}"
    moved = (FORMER,) if index == 1 else ()
    return SchoolUnit(f"{ORGANISER.key}-{code}", code, UNIT_NAMES[index], ORGANISER, moved)


def sample_briefing(kind: Kind = "organiser", *, invented: bool = False) -> Briefing:
    """An organiser with seven units, one of its units, a unit where nine in ten cells are hidden, or five school years
    (of which the first lie before breaks in the series)."""
    known, year = catalogue(), SchoolYear(2024)
    years = tuple(map(SchoolYear, range(2020, 2025))) if kind == "years" else (year,)
    place = {"unit": unit(1), "hidden_unit": unit(3)}.get(kind, ORGANISER)
    units = tuple(map(unit, range(len(UNIT_NAMES)))) if isinstance(place, Organiser) else ()
    observations = _observations(years)
    group = comparison_group(place.key, None, known.disclosure)
    framework = known.framework
    question = Question(
        places=(place.key, ORGANISER.key, NATION) if isinstance(place, SchoolUnit) else (place.key, NATION),
        school_year=year,
        units_of="" if isinstance(place, SchoolUnit) else place.key,
        unit_measures=framework.unit_overview,
    )
    table = release(evaluate(observations, question, spread_of(observations, group, year)), known.disclosure)
    return assemble(
        table,
        Setting(
            place=place,
            units=units,
            school_form="compulsory",
            school_year=year,
            edition=EditionFacts("0f1e2d3c4b5a6978", years, tuple(map(_file, years)), invented),
            group=group,
            framework=framework,
            rules=known.disclosure,
            unit_measures=framework.unit_overview,
        ),
    )


def _file(year: SchoolYear) -> SourceFile:
    return SourceFile(
        name=f"invented-{year.autumn}.xlsx",
        sha256=f"{year.autumn:064x}",
        origin="test",
        fetched_at=datetime(2026, 9, 1, 8, 30, tzinfo=UTC),
        title="Underlag för analys för grundskola efter mått, huvudman och läsår",
        sheet="Underlag för analys",
        school_years=(year,),
    )


@cache
def _observations(years: tuple[SchoolYear, ...]) -> Observations:
    places = [NATION, ORGANISER.key, *(f"21200091{index:02d}" for index in range(11))]
    places += [unit(index).key for index in range(len(UNIT_NAMES))]
    rows = [
        _cell(place, column, measure, row, year, part)
        for part, year in enumerate(years)
        for column, place in enumerate(sorted(places), start=2)
        for row, measure in enumerate(catalogue().framework.measures, start=5)
    ]
    frame = pl.DataFrame(rows, schema=OBSERVATION_COLUMNS, orient="row")
    return Observations(frame.sort("place", maintain_order=True))


def _cell(place: str, column: int, measure: Measure, row: int, year: SchoolYear, part: int) -> tuple:
    status = _status(place, row, year)
    value = _number(measure, 37 * column + 11 * row + 5 * year.autumn) if status.has_number else None
    return (place, measure.id, year.autumn, int(status), value, MARKS.get(status), row, column, part)


def _status(place: str, row: int, year: SchoolYear) -> Status:
    if place == unit(3).key:
        return Status.VALUE if row % 10 == 0 else HIDING[row % len(HIDING)]
    hidden = place != NATION and (row + year.autumn + int(place[-1])) % 9 == 0
    return HIDING[row % len(HIDING)] if hidden else Status.VALUE


def _number(measure: Measure, seed: int) -> float:
    low, span = RANGES[measure.unit]
    return round(low + span * (seed * 7919 % 1000) / 1000, measure.decimals)
