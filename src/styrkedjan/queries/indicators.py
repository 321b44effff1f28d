"""One indicator or condition at one place, and the way from any number back to its source cell."""

from dataclasses import dataclass

from styrkedjan.core.access import Permission, Viewer, may
from styrkedjan.core.briefings import Briefing, Line, Lineage
from styrkedjan.core.catalogue import SubGoal
from styrkedjan.core.disclosure import ReleasedValue, release
from styrkedjan.core.indicators import Question, evaluate
from styrkedjan.core.places import NATION, SchoolUnit
from styrkedjan.core.refused import NotFound
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.queries.briefings import briefing
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.queries.places import place_by_key
from styrkedjan.queries.statistics import current_version, manifest_of, observations_of


@dataclass(frozen=True)
class IndicatorView:
    """One measure at one place: its line in the briefing, and the same measure at the organiser's units."""

    briefing: Briefing
    line: Line
    sub_goal: SubGoal | None  # None for an operating condition
    units: tuple[tuple[SchoolUnit, ReleasedValue | None], ...]


def indicator(viewer: Viewer, place_key: str, measure_id: str, year: SchoolYear | None = None) -> IndicatorView:
    """Everything that may be shown of one measure at one place. Raises NotFound."""
    whole = briefing(viewer, place_key, year)
    line = whole.line(measure_id)
    if line is None:
        raise NotFound("Den indikatorn finns inte i den här utgåvan av kvalitetssystemet.")
    goals = {goal.id: goal for goal in catalogue().framework.sub_goals}
    return IndicatorView(whole, line, goals.get(line.measure.group), _units(whole, measure_id))


def _units(whole: Briefing, measure_id: str) -> tuple[tuple[SchoolUnit, ReleasedValue | None], ...]:
    if whole.is_unit:
        return ()
    year = whole.school_year
    question = Question(places=(), school_year=year, units_of=whole.place.key, unit_measures=(measure_id,))
    table = release(evaluate(observations_of(whole.edition.version), question), catalogue().disclosure)
    return tuple((row.unit, table.value(row.unit.key, measure_id, year)) for row in whole.units)


def lineage(viewer: Viewer, place_key: str, measure_id: str, year: SchoolYear) -> Lineage:
    """The lineage of one cell. Raises NotFound when the edition has no such cell."""
    may(viewer, Permission.READ_STATISTICS).require()
    version = current_version()
    manifest = manifest_of(version)
    place = "" if place_key == NATION else place_by_key(viewer, place_key).name
    raw = evaluate(observations_of(version), Question(places=(place_key,), school_year=year))
    value = release(raw, catalogue().disclosure).value(place_key, measure_id, year)
    measure = catalogue().framework.measure_by_id.get(measure_id)
    if value is None or measure is None:
        raise NotFound("Den uppgiften finns inte i den aktuella statistiken.")
    part = manifest.parts[value.part]
    return Lineage(
        value=value,
        place_name=place,
        measure=measure,
        label=part.measure_labels[measure_id],
        source=catalogue().sources[part.source],
        file=manifest.facts().parts[value.part],
        edition=manifest.facts(),
    )
