"""The briefing (underlag) of one place and school year: evaluate, release, assemble."""

from functools import lru_cache

from styrkedjan.core.access import Permission, Viewer, may
from styrkedjan.core.briefings import Briefing, Setting, assemble
from styrkedjan.core.disclosure import ReleasedTable, release
from styrkedjan.core.indicators import (
    PUPIL_COUNT,
    ComparisonGroup,
    Question,
    comparison_group,
    evaluate,
)
from styrkedjan.core.places import NATION, Organiser, Place, SchoolUnit
from styrkedjan.core.refused import NotFound
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.queries.places import place_by_key, units_of
from styrkedjan.queries.statistics import in_one_edition, loaded_year, manifest_of, observations_of, spread

SCHOOL_FORM = "compulsory"


def briefing(viewer: Viewer, place_key: str, year: SchoolYear | None = None) -> Briefing:
    """Everything that may be shown of a place in a school year; the latest it stands in when ``year`` is None.

    Raises: NotFound when the current edition does not hold the place, the school year, or the place in that year.
    """
    may(viewer, Permission.READ_STATISTICS).require()

    def read(version: str) -> Briefing:
        place = place_by_key(viewer, place_key)
        chosen = _chosen_year(version, place, year)
        units = units_of(viewer, place) if isinstance(place, Organiser) else ()
        return _assembled(version, place, units, chosen)

    return in_one_edition(read)


@lru_cache(maxsize=16)
def _assembled(version: str, place: Place, units: tuple[SchoolUnit, ...], year: SchoolYear) -> Briefing:
    """The briefing is a function of its arguments alone, and an edition never changes: safe to keep."""
    known = catalogue()
    group = _group(version, place, year)
    setting = Setting(
        place=place,
        units=units,
        school_form=SCHOOL_FORM,
        school_year=year,
        edition=manifest_of(version).facts(),
        group=group,
        framework=known.framework,
        rules=known.disclosure,
        unit_measures=known.framework.unit_overview,
    )
    return assemble(_released(version, place, group, setting), setting)


def _chosen_year(version: str, place: Place, year: SchoolYear | None) -> SchoolYear:
    stands = observations_of(version).years_of(place.key)
    if year is None and stands:
        return stands[-1]
    chosen = loaded_year(version, year)
    if chosen not in stands:
        found = f" Läsår som finns: {', '.join(map(str, stands))}." if stands else ""
        raise NotFound(f"{place.name} finns inte i statistiken för läsåret {chosen}.{found}")
    return chosen


def _group(version: str, place: Place, year: SchoolYear) -> ComparisonGroup:
    rows = observations_of(version).of(place.key)
    pupils = rows.filter((rows["measure"] == PUPIL_COUNT) & (rows["school_year"] == year.autumn))["value"].to_list()
    return comparison_group(place.key, pupils[0] if pupils else None, catalogue().disclosure)


def _released(version: str, place: Place, group: ComparisonGroup, setting: Setting) -> ReleasedTable:
    is_unit = isinstance(place, SchoolUnit)
    question = Question(
        places=(place.key, place.organiser.key, NATION) if is_unit else (place.key, NATION),
        school_year=setting.school_year,
        units_of="" if is_unit else place.key,
        unit_measures=setting.unit_measures,
    )
    raw = evaluate(observations_of(version), question, spread(version, group, setting.school_year))
    return release(raw, setting.rules)
