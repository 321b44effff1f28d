"""Places: find them by name, code or organisation number, and list an organiser's units."""

import re
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from rapidfuzz import fuzz, process

from styrkedjan.core.access import Permission, Viewer, may
from styrkedjan.core.places import Organiser, OrganiserType, Place, SchoolUnit, organiser_of, search_key
from styrkedjan.core.refused import NotFound
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.queries.statistics import current_version, loaded_year, observations_of
from styrkedjan.tables import places as tables

MOST_HITS = 60
MOST_SUGGESTIONS = 5


@dataclass(frozen=True)
class SearchResult:
    """Places that match a text, organisers first; ``suggestions`` are names to try when nothing matched.

    ``more`` counts the hits that the lists leave out.
    """

    text: str
    organisers: tuple[Organiser, ...]
    units: tuple[SchoolUnit, ...]
    more: int
    suggestions: tuple[str, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        return (*self.organisers, *self.units)


def place_by_key(viewer: Viewer, key: str) -> Place:
    """The organiser or unit with this key, in the current edition. Raises NotFound."""
    may(viewer, Permission.READ_STATISTICS).require()
    if key == organiser_of(key):
        row = tables.Organiser.objects.filter(key=key, listed=True).first()
        if row is None:
            raise NotFound(f"Ingen huvudman med organisationsnummer {key} finns i statistiken.")
        return _organiser(row)
    unit = _listed_units().filter(key=key).first()
    if unit is None:
        raise NotFound(f"Ingen skolenhet {key} finns i statistiken.")
    return _with_other_organisers([unit])[0]


def units_of(viewer: Viewer, organiser: Organiser) -> tuple[SchoolUnit, ...]:
    """The units of an organiser in name order: two queries, whatever the number of units."""
    may(viewer, Permission.READ_STATISTICS).require()
    return _with_other_organisers(list(_listed_units().filter(organiser_id=organiser.key)))


def names_of(viewer: Viewer, keys: tuple[str, ...]) -> dict[str, str]:
    """Readable names by place key, also of places that no longer stand in the statistics: two queries."""
    may(viewer, Permission.READ_STATISTICS).require()
    names = dict(tables.Organiser.objects.filter(key__in=keys).values_list("key", "name"))
    return names | dict(tables.SchoolUnit.objects.filter(key__in=keys).values_list("key", "name"))


def every_organiser(viewer: Viewer, year: SchoolYear | None = None) -> tuple[Organiser, ...]:
    """Every organiser that stands in a school year of the current edition (the latest when None), in name order.

    Raises: NotFound when nothing, or not that school year, is loaded.
    """
    may(viewer, Permission.READ_STATISTICS).require()
    version = current_version()
    places = observations_of(version).in_year(loaded_year(version, year))["place"].unique()
    standing = set(map(organiser_of, places.to_list()))
    rows = tables.Organiser.objects.filter(listed=True).order_by("sort_key", "key")
    return tuple(_organiser(row) for row in rows if row.key in standing)


def largest_and_smallest(viewer: Viewer) -> tuple[Organiser | None, Organiser | None]:
    """The organiser with the most units and the first of those with one: two places to look at first.

    Units of the latest school year count: those that have closed do not. Raises: NotFound when nothing is loaded.
    """
    may(viewer, Permission.READ_STATISTICS).require()
    latest = loaded_year(current_version(), None).autumn
    standing = tables.Organiser.objects.filter(listed=True, units__listed=True, units__last_school_year=latest)
    counted = standing.annotate(unit_count=Count("units"))
    largest = counted.order_by("-unit_count", "sort_key").first()
    smallest = counted.filter(unit_count=1).order_by("sort_key").first()
    return (_organiser(largest) if largest else None, _organiser(smallest) if smallest else None)


def search(viewer: Viewer, text: str) -> SearchResult:
    """Find organisers and units whose name, code or organisation number matches.

    A ten-digit number (with or without hyphen) is an organisation number, an eight-digit one a unit code; anything
    else must stand in the name, every word of it.
    """
    may(viewer, Permission.READ_STATISTICS).require()
    digits = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"\d{10}", digits):
        return _result(text, tables.Organiser.objects.filter(listed=True, key=digits), _listed_units().none())
    if re.fullmatch(r"\d{10}-?\d{8}", re.sub(r"\s", "", text)):
        key = f"{digits[:10]}-{digits[10:]}"
        return _result(text, tables.Organiser.objects.none(), _listed_units().filter(key=key))
    if re.fullmatch(r"\d{8}", digits):
        return _result(text, tables.Organiser.objects.none(), _listed_units().filter(code=digits))
    return _search_names(text)


def _search_names(text: str) -> SearchResult:
    words = search_key(text).split()
    if not words:
        return SearchResult(text, (), (), 0, ())
    every_word = Q()
    for word in words:
        every_word &= Q(search_key__contains=word)
    organisers = tables.Organiser.objects.filter(every_word, listed=True).order_by("sort_key")
    units = _listed_units().filter(every_word)
    return _result(text, organisers, units)


def _result(text: str, organisers: QuerySet, units: QuerySet) -> SearchResult:
    found = [_organiser(row) for row in organisers[: MOST_HITS + 1]]
    found_units = list(units[: MOST_HITS + 1])
    more = max(0, len(found) - MOST_HITS) + max(0, len(found_units) - MOST_HITS)
    if more:
        more = organisers.count() + units.count() - min(len(found), MOST_HITS) - min(len(found_units), MOST_HITS)
    first = sorted(found[:MOST_HITS], key=lambda organiser: not search_key(organiser.name).startswith(search_key(text)))
    suggestions = () if found or found_units else _suggestions(text)
    return SearchResult(text, tuple(first), _with_other_organisers(found_units[:MOST_HITS]), more, suggestions)


def _suggestions(text: str) -> tuple[str, ...]:
    """Names that look like the text, organisers and units together."""
    rows = [
        *tables.Organiser.objects.filter(listed=True).values_list("search_key", "name"),
        *tables.SchoolUnit.objects.filter(listed=True).values_list("search_key", "name"),
    ]
    keys = [key for key, _ in rows]
    close = process.extract(search_key(text), keys, scorer=fuzz.WRatio, limit=3 * MOST_SUGGESTIONS, score_cutoff=60)
    return tuple(dict.fromkeys(rows[index][1] for _, _, index in close))[:MOST_SUGGESTIONS]


def resolve(viewer: Viewer, text: str, year: SchoolYear | None = None) -> Place:
    """The one place that a text means: a key, a number, a full name, or the only hit.

    Of a unit that has changed organiser it is the one of ``year``, or of the latest school year when None.

    Raises: NotFound with suggestions when nothing or more than one place matches.
    """
    result = search(viewer, text)
    wanted = search_key(text)
    same_name = _named(wanted)
    moved = _one_of_same_code(result.units, year) if not result.organisers else ()
    for candidates in (same_name[:1] if _one_kind(same_name) else [], list(result.places), list(moved)):
        if len(candidates) == 1:
            return candidates[0]
    if result.places:
        names = tuple(f"{place.name} ({place.key})" for place in result.places[:MOST_SUGGESTIONS])
        raise NotFound(f"”{text}” kan vara flera. Skriv numret i stället.", names)
    raise NotFound(f"Ingen huvudman eller skolenhet heter ”{text}”.", result.suggestions)


def _named(wanted: str) -> list[Place]:
    """Every place whose whole name this is, organisers first; a search may have left some of them out."""
    if not wanted:
        return []
    organisers = tables.Organiser.objects.filter(search_key=wanted, listed=True).order_by("sort_key", "key")
    units = _with_other_organisers(list(_listed_units().filter(search_key=wanted)))
    return [*map(_organiser, organisers), *units]


def _one_kind(places: list[Place]) -> bool:
    """An organiser and its only unit often share a name: then the organiser is meant. Two of a kind is a question."""
    organisers = [place for place in places if isinstance(place, Organiser)]
    return len(organisers) == 1 or len(places) == 1


def _one_of_same_code(units: tuple[SchoolUnit, ...], year: SchoolYear | None) -> tuple[SchoolUnit, ...]:
    """Of a unit that has changed organiser, the row with most numbers in the year, or in the latest; else nothing."""
    if not units or len({unit.code for unit in units}) != 1:
        return ()
    observations = observations_of(current_version())

    def recent(unit: SchoolUnit) -> tuple[int, int]:
        cells = observations.of(unit.key)
        latest = year or max(observations.years_of(unit.key), default=SchoolYear(0))
        return latest.autumn, cells.filter(cells["school_year"] == latest.autumn)["value"].count()

    return (max(units, key=recent),)


def _listed_units() -> QuerySet:
    return tables.SchoolUnit.objects.filter(listed=True).select_related("organiser").order_by("sort_key", "key")


def _organiser(row: tables.Organiser) -> Organiser:
    return Organiser(key=row.key, name=row.name, type=OrganiserType(row.type))


def _with_other_organisers(rows: list[tables.SchoolUnit]) -> tuple[SchoolUnit, ...]:
    """Units as values, each with the other organisers that its code stands under: one query for all of them."""
    same_code: dict[str, list[tables.SchoolUnit]] = {}
    for row in _listed_units().filter(code__in=[row.code for row in rows]):
        same_code.setdefault(row.code, []).append(row)
    return tuple(
        SchoolUnit(
            key=row.key,
            code=row.code,
            name=row.name,
            organiser=_organiser(row.organiser),
            also_under=tuple(_organiser(other.organiser) for other in same_code[row.code] if other.key != row.key),
        )
        for row in rows
    )
