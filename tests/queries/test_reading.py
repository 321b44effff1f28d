"""Reading: the right rows for the viewer, refusals with suggestions, and as many queries for one unit as for thirty."""

import pytest

from styrkedjan.core.access import ANYONE, ROLE_PERMISSIONS, Role, Viewer
from styrkedjan.core.places import NATION, Organiser, SchoolUnit
from styrkedjan.core.refused import NotAllowed, NotFound
from styrkedjan.core.statistics import SchoolYear, Status
from tests import world as small
from tests.conftest import as_owner
from tests.world import World

pytestmark = pytest.mark.database

FIRST, SECOND, THIRD = small.YEARS
STRANGER = Viewer("ingen")


def briefing(key: str, year: SchoolYear | None = None):
    from styrkedjan.queries.briefings import briefing as query

    return query(ANYONE, key, year)


def published(place: str, measure_id: str, year: SchoolYear):
    """What the workbook says: the number, or the mark."""
    measure = small.catalogue().framework.measure_by_id[measure_id]
    return small.cell(place, measure, year)


def as_published(value):
    return value.mark if value.value is None else value.value


def test_a_briefing_has_what_the_workbook_has_in_every_line(world: World):
    for key in (small.STORKOPING, small.LILLAN, small.ZINK, small.LILLAN_UNIT):
        whole = briefing(key, SECOND)
        assert len(whole.lines) == 49
        for line in whole.lines:
            assert as_published(line.own) == published(key, line.measure.id, SECOND)
            assert as_published(line.nation) == published(NATION, line.measure.id, SECOND)


def test_the_latest_year_is_meant_when_none_is_named(world: World):
    assert briefing(small.LILLAN).school_year == THIRD
    assert briefing(small.LILLAN, FIRST).school_year == FIRST
    assert briefing(small.LILLAN).edition.version == world.version


def test_an_organisers_units_come_in_name_order_with_their_own_values(world: World):
    whole = briefing(small.STORKOPING)
    assert len(whole.units) == 33, "the unit that has closed stands in the first year alone"
    names = [row.unit.name for row in whole.units]
    assert names[:3] == ["Storskolan 1", "Storskolan 10", "Storskolan 11"]
    for row in whole.units:
        expected = {measure.id: published(row.unit.key, measure.id, THIRD) for measure in whole.unit_measures}
        assert {measure: as_published(value) for measure, value in row.values.items()} == expected


def test_a_closed_unit_still_has_its_own_year(world: World):
    seen = briefing(small.CLOSED_UNIT)
    assert seen == briefing(small.CLOSED_UNIT, FIRST)
    assert seen.statuses[Status.VALUE] > 0 and seen.place_years == (FIRST,)
    assert small.CLOSED_UNIT in {row.unit.key for row in briefing(small.STORKOPING, FIRST).units}
    with pytest.raises(NotFound, match=f"läsåret {THIRD}. Läsår som finns: {FIRST}"):
        briefing(small.CLOSED_UNIT, THIRD)


def test_the_comparison_group_is_the_workbooks_own(world: World):
    municipal = [key for key in small.places(THIRD) if key.startswith("212000") and len(key) == 10]
    for measure_id in ("safety_grade_5_index", "girls_percent", "cost_per_pupil_sek"):
        numbers = sorted(value for key in municipal if isinstance(value := published(key, measure_id, THIRD), float))
        distribution = briefing(small.STORKOPING).line(measure_id).distribution
        if len(numbers) < 10:
            assert distribution is None
        else:
            assert distribution.places == len(numbers)
            assert [value for value, count in distribution.ticks for _ in range(count)] == numbers
    assert briefing(small.STORKOPING).group.id == "municipality"
    assert briefing(small.LILLAN_UNIT).group.id == "school_unit.from_100_to_299"
    assert briefing(small.ZINK).group.id == "independent", "its number of pupils is hidden"


def test_one_region_alone_has_no_distribution(world: World):
    assert not any(line.distribution for line in briefing(small.REGION).lines)


def test_a_unit_that_has_moved_is_shown_under_both(world: World):
    for key, organiser, other in (
        (small.MOVED_FROM, small.ASKOLAN, small.OSKOLAN),
        (small.MOVED_TO, small.OSKOLAN, small.ASKOLAN),
    ):
        [row] = [row for row in briefing(organiser).units if row.unit.key == key]
        assert row.moved and [found.key for found in row.unit.also_under] == [other]
        assert briefing(key).place.also_under == row.unit.also_under


NOWHERE = ["2120009999", "2120009901-99999999", "00", "", "x", "2120009901-", "' OR 1=1 --"]


@pytest.mark.parametrize("key", NOWHERE)
def test_a_place_that_is_not_there_is_not_found(world: World, key):
    from styrkedjan.queries.places import place_by_key

    with pytest.raises(NotFound, match="finns i statistiken"):
        place_by_key(ANYONE, key)
    with pytest.raises(NotFound):
        briefing(key)


def test_a_place_that_is_no_longer_listed_is_not_found(world: World, tables):
    from styrkedjan.queries.places import every_organiser, names_of, place_by_key, search
    from styrkedjan.tables.places import Organiser as Row
    from styrkedjan.tables.places import SchoolUnit as UnitRow

    Row.objects.filter(key=small.ZINK).update(listed=False)
    UnitRow.objects.filter(key=small.MOVED_FROM).update(listed=False)
    for key in (small.ZINK, small.MOVED_FROM):
        with pytest.raises(NotFound):
            place_by_key(ANYONE, key)
    assert small.ZINK not in {organiser.key for organiser in every_organiser(ANYONE)}
    assert [unit.key for unit in search(ANYONE, small.MOVED_CODE).units] == [small.MOVED_TO]
    assert search(ANYONE, small.MOVED_CODE).units[0].also_under == ()
    assert names_of(ANYONE, (small.ZINK, small.MOVED_FROM)) == {
        small.ZINK: "Zinkskolan AB",
        small.MOVED_FROM: "Flyttskolan",
    }


def test_a_year_that_is_not_loaded_is_not_found_and_the_loaded_are_named(world: World):
    with pytest.raises(NotFound, match="Läsåret 1999/00 är inte inläst") as refusal:
        briefing(small.LILLAN, SchoolYear(1999))
    assert all(str(year) in refusal.value.message for year in small.YEARS)
    assert not refusal.value.suggestions, "a suggestion is a name to search for"


def test_who_may_not_read_statistics_sees_none(world: World, monkeypatch):
    """Everyone may; if the table of permissions said otherwise, every query would ask and be told."""
    from styrkedjan.queries import briefings, indicators, places, statistics

    monkeypatch.setitem(ROLE_PERMISSIONS, Role.ANYONE, frozenset())
    asked = [
        lambda: briefings.briefing(STRANGER, small.LILLAN),
        lambda: indicators.indicator(STRANGER, small.LILLAN, "pupil_count"),
        lambda: indicators.lineage(STRANGER, small.LILLAN, "pupil_count", THIRD),
        lambda: places.place_by_key(STRANGER, small.LILLAN),
        lambda: places.search(STRANGER, "skola"),
        lambda: places.resolve(STRANGER, "Lillåns kommun"),
        lambda: places.every_organiser(STRANGER),
        lambda: places.largest_and_smallest(STRANGER),
        lambda: places.names_of(STRANGER, ()),
        lambda: statistics.edition_facts(STRANGER),
        lambda: statistics.editions(STRANGER),
        lambda: statistics.edition(STRANGER, world.version),
    ]
    for ask in asked:
        with pytest.raises(NotAllowed):
            ask()


def test_an_indicator_has_its_line_its_sub_goal_and_its_units(world: World):
    from styrkedjan.queries.indicators import indicator

    seen = indicator(ANYONE, small.STORKOPING, "safety_grade_5_index", SECOND)
    assert seen.sub_goal.id == "compulsory.safety_and_calm"
    assert seen.line.own.value == 7.9
    assert len(seen.units) == 33
    for unit, value in seen.units:
        if unit.key == small.CLOSED_UNIT:
            assert value is None
        else:
            assert as_published(value) == published(unit.key, "safety_grade_5_index", SECOND)
    assert indicator(ANYONE, small.STORKOPING, "pupil_count").sub_goal is None
    assert indicator(ANYONE, small.LILLAN_UNIT, "pupil_count").units == ()
    with pytest.raises(NotFound, match="Den indikatorn finns inte"):
        indicator(ANYONE, small.STORKOPING, "no_such_measure")


def test_a_lineage_leads_back_to_the_very_cell(world: World):
    """The printed cell name, looked up in the workbook by another library, holds the value."""
    from io import BytesIO

    from python_calamine import CalamineWorkbook

    from styrkedjan.core.statistics import cell_name
    from styrkedjan.queries.indicators import lineage

    content = small.workbook(SECOND)
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    for key, measure_id in (
        (NATION, "safety_grade_5_index"),
        (small.LILLAN, "all_subjects_grade_9_percent"),
        (small.LILLAN_UNIT, "pupil_count"),
    ):
        facts = lineage(ANYONE, key, measure_id, SECOND)
        stands = sheet[facts.value.row - 1][facts.value.column - 1]
        assert stands == as_published(facts.value) == published(key, measure_id, SECOND)
        assert sheet[facts.value.row - 1][0] == facts.label
        assert facts.file.sha256 == small.digest(content) and facts.file.school_years == (SECOND,)
        assert cell_name(facts.value.row, facts.value.column)[-1].isdigit()
    assert lineage(ANYONE, NATION, "pupil_count", SECOND).place_name == ""


@pytest.mark.parametrize(
    ("key", "measure_id", "year"),
    [
        (small.LILLAN, "pupil_count", SchoolYear(1999)),
        (small.LILLAN, "no_such_measure", SECOND),
        ("2120009999", "pupil_count", SECOND),
        (small.CLOSED_UNIT, "pupil_count", THIRD),
    ],
)
def test_a_cell_that_is_not_there_has_no_lineage(world: World, key, measure_id, year):
    from styrkedjan.queries.indicators import lineage

    with pytest.raises(NotFound):
        lineage(ANYONE, key, measure_id, year)


FOUND = {
    "lillåns kommun": [small.LILLAN],
    "LILLANS": [small.LILLAN, small.LILLAN_UNIT],
    "kommun lillåns": [small.LILLAN],
    "212000-9902": [small.LILLAN],
    "2120009902": [small.LILLAN],
    "90000040": [small.LILLAN_UNIT],
    f"{small.LILLAN}-90000040": [small.LILLAN_UNIT],
    small.MOVED_CODE: [small.MOVED_FROM, small.MOVED_TO],
    "äppel": [small.APPEL, f"{small.APPEL}-90000051"],
    "%": [],
    "": [],
    "   ": [],
    "_": [],
}


@pytest.mark.parametrize("text", FOUND)
def test_a_search_finds_by_name_number_and_code(world: World, text):
    from styrkedjan.queries.places import search

    assert [place.key for place in search(ANYONE, text).places] == FOUND[text]


def test_a_search_that_finds_nothing_suggests(world: World):
    from styrkedjan.queries.places import resolve, search

    assert "Storköpings kommun" in search(ANYONE, "Stårköpings komun").suggestions
    with pytest.raises(NotFound, match="heter ”Lilans komun”") as refusal:
        resolve(ANYONE, "Lilans komun")
    assert "Lillåns kommun" in refusal.value.suggestions
    assert search(ANYONE, "lillån").suggestions == ()


def test_a_search_with_many_hits_counts_the_rest(world: World, monkeypatch):
    from styrkedjan.queries import places

    monkeypatch.setattr(places, "MOST_HITS", 10)
    found = places.search(ANYONE, "storskolan")
    assert len(found.units) == 10 and found.more == 24


RESOLVED = {
    "Lillåns kommun": small.LILLAN,
    "lillans kommun": small.LILLAN,
    small.LILLAN: small.LILLAN,
    "90000040": small.LILLAN_UNIT,
    "Storskolan 1": f"{small.STORKOPING}-90000001",
    small.MOVED_CODE: small.MOVED_TO,  # the row with numbers
    "Flyttskolan": small.MOVED_TO,
    "Zinkskolan": f"{small.ZINK}-90000050",
    "Zinkskolan AB": small.ZINK,
}


@pytest.mark.parametrize("text", RESOLVED)
def test_a_text_that_means_one_place_resolves_to_it(world: World, text):
    from styrkedjan.queries.places import resolve

    assert resolve(ANYONE, text).key == RESOLVED[text]


def test_a_unit_that_changed_organiser_is_meant_where_it_stands_in_the_year(world: World, tables):
    from styrkedjan.queries.places import resolve

    measures = small.catalogue().framework.measure_by_id
    left = {(small.MOVED_TO, measure): "." for measure in measures}
    moved = {(small.MOVED_FROM, measure): "." for measure in measures} | {(small.MOVED_TO, "pupil_count"): 5.0}
    small.publish(world.home, small.workbook(FIRST, left))
    small.publish(world.home, small.workbook(THIRD, moved))
    assert resolve(ANYONE, small.MOVED_CODE).key == small.MOVED_TO
    assert resolve(ANYONE, small.MOVED_CODE, THIRD).key == small.MOVED_TO
    assert resolve(ANYONE, small.MOVED_CODE, FIRST).key == small.MOVED_FROM


def test_the_state_of_editions_tells_a_b_a_from_a(world: World, tables):
    from styrkedjan.queries.statistics import current_version, state_of_editions

    version, before = current_version(), state_of_editions()
    small.publish(world.home, small.workbook(THIRD, {(small.LILLAN, "pupil_count"): 78.0}))
    small.publish(world.home, small.workbook(THIRD))
    assert current_version() == version and state_of_editions() != before


def test_a_text_that_means_several_is_asked_about(world: World):
    from styrkedjan.queries.places import resolve

    with pytest.raises(NotFound, match="kan vara flera") as refusal:
        resolve(ANYONE, "Storskolan")
    assert refusal.value.suggestions[0] == "Storskolan 1 (2120009901-90000001)"


def test_a_full_name_is_found_even_behind_many_hits(world: World, monkeypatch):
    from styrkedjan.queries import places

    monkeypatch.setattr(places, "MOST_HITS", 1)
    assert places.resolve(ANYONE, "Storskolan 9").key == f"{small.STORKOPING}-90000009"


def test_organisers_come_in_swedish_order(world: World):
    from styrkedjan.queries.places import every_organiser, largest_and_smallest

    names = [organiser.name for organiser in every_organiser(ANYONE)]
    assert names[-4:] == ["Zinkskolan AB", "Åskolan AB", "Äppelskolan AB", "Öskolan AB"]
    largest, smallest = largest_and_smallest(ANYONE)
    assert (largest.key, smallest.key) == (small.STORKOPING, small.LILLAN)


def test_places_are_values_and_not_rows(world: World):
    from styrkedjan.queries.places import place_by_key, units_of

    organiser = place_by_key(ANYONE, small.STORKOPING)
    assert isinstance(organiser, Organiser) and isinstance(units_of(ANYONE, organiser)[0], SchoolUnit)
    hash(organiser), hash(units_of(ANYONE, organiser))


def test_editions_are_listed_newest_first_with_the_current_marked(world: World):
    from styrkedjan.queries.statistics import edition, editions

    listed = [summary for summary in editions(ANYONE) if summary.version in world.versions]
    assert [summary.version for summary in listed] == list(reversed(world.versions))
    assert [summary.is_current for summary in listed] == [True, False, False]
    assert edition(ANYONE, world.versions[1]).report.gone_places == (small.CLOSED_UNIT,)
    with pytest.raises(NotFound):
        edition(ANYONE, "0123456789abcdef")


def test_nothing_loaded_is_said_in_words(world: World, tables):
    from styrkedjan.queries.statistics import current_version, version_or_none
    from styrkedjan.tables.statistics import StatisticsEdition

    with as_owner():
        StatisticsEdition.objects.all().delete()
    assert version_or_none() is None
    with pytest.raises(NotFound, match="Ingen statistik är inläst ännu"):
        current_version()


def asked(question) -> int:
    """How many statements a question takes, with nothing kept from before."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from styrkedjan.queries import briefings, statistics

    for kept in (briefings._assembled, statistics.manifest_of, statistics._observations, statistics.spread):
        kept.cache_clear()
    with CaptureQueriesContext(connection) as seen:
        question()
    return len(seen)


def test_one_unit_and_thirty_take_equally_many_queries(world: World):
    from styrkedjan.queries.indicators import indicator, lineage
    from styrkedjan.queries.places import search

    questions = {
        "briefing": lambda key: briefing(key),
        "indicator": lambda key: indicator(ANYONE, key, "safety_grade_5_index"),
        "lineage": lambda key: lineage(ANYONE, key, "pupil_count", THIRD),
        "search": lambda key: search(ANYONE, "lillåns" if key == small.LILLAN else "storskolan"),
    }
    for name, question in questions.items():
        few, many = (asked(lambda key=key, ask=question: ask(key)) for key in (small.LILLAN, small.STORKOPING))
        assert few == many, name
        assert few <= 6, name
