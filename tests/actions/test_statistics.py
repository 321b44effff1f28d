"""Publishing: all of it or nothing, one row in the trail, and readers switched at once."""

from pathlib import Path

import pytest

from styrkedjan.core.access import ANYONE, OPERATOR
from styrkedjan.core.refused import BrokenData, NotAllowed, WrongState
from styrkedjan.core.statistics import SchoolYear
from tests import world as small
from tests.conftest import as_owner

pytestmark = pytest.mark.database

FIRST, SECOND, THIRD = small.YEARS
REVISED = {(small.STORKOPING, "safety_grade_5_index"): 8.1}


@pytest.fixture
def empty(tables, tmp_path) -> Path:
    """Empty tables of statistics, for this test only, and a home of its own for the store."""
    from styrkedjan.tables.models import Organiser, SchoolUnit, SourceFile, StatisticsEdition

    with as_owner():
        for rows in (SchoolUnit, Organiser, SourceFile, StatisticsEdition):
            rows.objects.all().delete()
    already.clear()
    already.extend(trail())
    return tmp_path


already: list = []  # what stood in the trail before the test: nobody empties it


def trail() -> list:
    """The rows of the house's own trail, in order. Read as the owner: the site shows nobody but an operator."""
    from styrkedjan.tables.models import AuditEvent

    with as_owner():
        return list(AuditEvent.scoped.for_operator(OPERATOR).filter(organiser="").order_by("sequence"))


def state() -> dict:
    """Everything that publishing may touch, as plain values; of the trail what the test has added."""
    from styrkedjan.tables.models import Organiser, SchoolUnit, SourceFile, StatisticsEdition

    return {
        "editions": sorted(StatisticsEdition.objects.values_list("version", "is_current", "invented")),
        "organisers": sorted(Organiser.objects.values_list("key", "name", "type", "listed")),
        "units": sorted(SchoolUnit.objects.values_list("key", "organiser_id", "name", "listed", "last_school_year")),
        "files": sorted(SourceFile.objects.values_list("sha256", "name", "format")),
        "trail": [(row.event, row.actor, row.about) for row in trail()[len(already) :]],
    }


def current() -> str | None:
    from styrkedjan.queries.statistics import version_or_none

    return version_or_none()


def last_event():
    return trail()[-1]


def listed() -> set[str]:
    from styrkedjan.tables.models import Organiser, SchoolUnit

    return {
        key
        for rows in (Organiser, SchoolUnit)
        for key in rows.objects.filter(listed=True).values_list("key", flat=True)
    }


def test_the_first_publication_fills_every_table_and_leaves_one_row_in_the_trail(empty):
    content = small.workbook(FIRST)
    published = small.publish(empty, content, "första.xlsx")
    assert published.is_new and published.version == current()
    seen = state()
    assert seen["editions"] == [(published.version, True, True)]
    assert seen["files"] == [(small.digest(content), "första.xlsx", "xlsx")]
    assert seen["trail"] == [("edition_published", "driftansvarig", small.digest(content))]
    assert last_event().facts == {
        "version": published.version,
        "is_new": True,
        "numbers": published.report.counted.numbers,
    }
    assert last_event().role == "operator" and last_event().at.tzinfo is not None
    named = {key for key in small.places(FIRST) if key != "00"}
    assert {row[0] for row in seen["organisers"]} | {row[0] for row in seen["units"]} == named == listed()
    assert (small.STORKOPING, "Storköpings kommun", "municipality", True) in seen["organisers"]
    assert (small.REGION, "Region Provland", "region", True) in seen["organisers"]
    assert (small.LILLAN_UNIT, small.LILLAN, "Lillåns skola", True, 2021) in seen["units"]


def test_who_may_not_publish_changes_nothing(empty):
    from styrkedjan.actions.statistics import publish

    delivery = small.delivery_of(empty, small.workbook(FIRST))
    before = state()
    with pytest.raises(NotAllowed, match="driftansvariga"):
        publish(ANYONE, empty / "statistics", small.catalogue().framework.measure_by_id, delivery)
    assert state() == before
    assert not (empty / "statistics").exists(), "nothing was written for who may not"


def test_publishing_again_changes_nothing_but_the_trail(empty):
    first = small.publish(empty, small.workbook(FIRST), "första.xlsx")
    before, parts = state(), sorted((empty / "statistics" / "parts").iterdir())
    again = small.publish(empty, small.workbook(FIRST), "samma igen.xlsx")
    assert (again.version, again.is_new) == (first.version, False)
    after = state()
    assert len(after.pop("trail")) == len(before.pop("trail")) + 1
    assert after == before and sorted((empty / "statistics" / "parts").iterdir()) == parts
    assert last_event().facts["is_new"] is False, "the trail tells that somebody tried and nothing came of it"


def test_a_revised_file_makes_a_new_edition_and_names_the_cell(empty):
    first = small.publish(empty, small.workbook(FIRST))
    revised = small.publish(empty, small.workbook(FIRST, REVISED))
    assert revised.is_new and revised.version != first.version and current() == revised.version
    assert revised.report.change_count == 1
    change = revised.report.changes[0]
    assert (change.place, change.measure, change.before, change.after) == (
        small.STORKOPING,
        "safety_grade_5_index",
        "7.9",
        "8.1",
    )
    assert [row[1] for row in state()["editions"]].count(True) == 1


def test_years_stand_side_by_side_and_their_places_too(empty):
    small.publish(empty, small.workbook(FIRST))
    both = small.publish(empty, small.workbook(SECOND))
    from styrkedjan.data import store
    from styrkedjan.tables.statistics import StatisticsEdition

    manifest = store.Manifest.from_json(StatisticsEdition.objects.get(version=both.version).manifest)
    assert manifest.school_years == (FIRST, SECOND)
    assert both.report.gone_places == (small.CLOSED_UNIT,)
    units = {row[0]: row for row in state()["units"]}
    assert units[small.CLOSED_UNIT][3:] == (True, 2021), "its earlier year is still in the edition"
    assert units[small.LILLAN_UNIT][4] == 2022


def test_a_place_that_no_year_names_any_more_is_unlisted_and_kept(empty):
    from styrkedjan.tables.statistics import StatisticsEdition

    small.publish(empty, small.workbook(FIRST))
    with as_owner():
        StatisticsEdition.objects.all().delete()
    small.publish(empty, small.workbook(SECOND))
    assert small.CLOSED_UNIT not in listed()
    assert small.CLOSED_UNIT in {row[0] for row in state()["units"]}, "rows are never removed"


def test_a_new_name_is_taken_over(empty):
    from styrkedjan.tables.places import Organiser

    small.publish(empty, small.workbook(FIRST))
    Organiser.objects.filter(key=small.LILLAN).update(name="Gammalt namn", sort_key="x", search_key="x")
    small.publish(empty, small.workbook(SECOND))
    row = Organiser.objects.get(key=small.LILLAN)
    assert (row.name, row.sort_key, row.search_key) == ("Lillåns kommun", "lill{ns kommun", "lillans kommun")


def test_switching_back_keeps_the_first_report(empty):
    from styrkedjan.queries.statistics import edition

    first = small.publish(empty, small.workbook(FIRST), "första.xlsx")
    small.publish(empty, small.workbook(FIRST, REVISED), "rättad.xlsx")
    back = small.publish(empty, small.workbook(FIRST), "tillbaka.xlsx")
    assert back.is_new and back.version == first.version == current()
    kept = edition(OPERATOR, back.version)
    assert kept.is_current and kept.report == first.report
    assert len(state()["editions"]) == 2 and len(state()["trail"]) == 3


STEPS = ["_keep_source", "_list_places", "_upsert", "_switch"]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_fails_takes_everything_back(empty, monkeypatch, step):
    from styrkedjan.actions import statistics

    first = small.publish(empty, small.workbook(FIRST))
    before = state()
    real = getattr(statistics, step)

    def done_and_then_broken(*arguments):
        real(*arguments)
        raise RuntimeError("prov")

    monkeypatch.setattr(statistics, step, done_and_then_broken)
    with pytest.raises(RuntimeError, match="prov"):
        small.publish(empty, small.workbook(SECOND))
    assert state() == before and current() == first.version
    monkeypatch.undo()
    assert small.publish(empty, small.workbook(SECOND)).is_new


def test_the_trail_that_cannot_be_written_takes_everything_back(empty, monkeypatch):
    from django.db import IntegrityError

    from styrkedjan.actions import _change

    small.publish(empty, small.workbook(FIRST))
    before = state()

    class NoMoment:
        @staticmethod
        def now(_zone):
            return None

    monkeypatch.setattr(_change, "datetime", NoMoment)
    with pytest.raises(IntegrityError):
        small.publish(empty, small.workbook(SECOND))
    assert state() == before


def test_the_invented_nation_never_replaces_real_statistics(empty):
    small.publish(empty, small.workbook(FIRST), invented=False)
    before = state()
    with pytest.raises(WrongState, match="här finns redan riktig statistik"):
        small.publish(empty, small.workbook(SECOND), invented=True)
    assert state() == before


def test_real_statistics_replace_the_invented_nation_whole(empty):
    small.publish(empty, small.workbook(FIRST), invented=True)
    real = small.publish(empty, small.workbook(SECOND), invented=False)
    from styrkedjan.data import store
    from styrkedjan.tables.statistics import StatisticsEdition

    row = StatisticsEdition.objects.get(version=real.version)
    assert not row.invented and store.Manifest.from_json(row.manifest).school_years == (SECOND,)
    assert small.CLOSED_UNIT not in listed()
    assert (real.report.compared_with, real.report.change_count, real.report.jump_count) == ("", 0, 0)


def test_a_damaged_part_stops_the_next_publication_until_its_file_is_read_again(empty):
    first = small.publish(empty, small.workbook(FIRST))
    for part in (empty / "statistics" / "parts").iterdir():
        part.write_bytes(b"")
    before = state()
    with pytest.raises(BrokenData, match="Läs in källfilen igen"):
        small.publish(empty, small.workbook(SECOND))
    assert state() == before
    assert small.publish(empty, small.workbook(FIRST)).version == first.version
    assert small.publish(empty, small.workbook(SECOND)).is_new


def test_a_store_that_is_gone_is_put_back_file_by_file(empty):
    import shutil

    versions = [small.publish(empty, small.workbook(year)).version for year in (FIRST, SECOND)]
    shutil.rmtree(empty / "statistics")
    with pytest.raises(BrokenData, match=f"läsåret {FIRST} saknas. Läs in källfilen igen: "):
        small.publish(empty, small.workbook(SECOND, {(small.LILLAN, "pupil_count"): 77.0}))
    for year in (FIRST, SECOND):
        again = small.publish(empty, small.workbook(year))
        assert (again.version, again.is_new) == (versions[-1], False)
    assert small.publish(empty, small.workbook(FIRST, {(small.LILLAN, "pupil_count"): 77.0})).is_new


def test_the_number_of_statements_does_not_grow_with_the_number_of_places(empty):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    few = dict(list(small.places(FIRST).items())[:2])
    counts = []
    for content in (_workbook_of(few), small.workbook(FIRST)):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            small.publish(empty, content)
        counts.append(len([query for query in seen if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]))
    assert counts[0] == counts[1]


def _workbook_of(named) -> bytes:
    """A workbook of few places: the same as the whole with columns left out."""
    from tests.data.ufa_source import xlsx

    source, year = small.catalogue().sources[small.SOURCE], FIRST
    labels = ["RIKET: TOTALT", "STORKÖPINGS KOMMUN (2120009901): HUVUDMAN"]
    rows: list[list] = [[source.title], [], [None, *labels], [None, *[str(year)] * 2]]
    rows += [
        [measure.official_label, *(small.cell(key, measure, year) for key in named)]
        for measure in small.catalogue().framework.measures
    ]
    return xlsx([*rows, [], ["Påhittat."]], source.sheet)


@pytest.mark.real
def test_the_official_workbook_publishes_with_its_exact_counts(empty, real_workbook):
    published = small.publish(empty, real_workbook, "Underlag_for_analys.xlsx", invented=False)
    counted = published.report.counted
    assert (counted.measures, counted.columns) == (49, 5_992)
    assert (counted.organisers, counted.units, counted.unit_columns) == (875, 5_103, 5_116)
    assert counted.numbers == 115_273
    assert counted.marks == {".": 137_605, "..": 25_225, "...": 12_262, "-": 3_243}
    assert counted.numbers + sum(counted.marks.values()) == 49 * 5_992
    assert len(published.report.moved) == 13
    assert counted.school_years == (str(SchoolYear(2024)),)
    seen = state()
    assert (len(seen["organisers"]), len(seen["units"])) == (875, 5_116)
    assert len(listed()) == 875 + 5_116
