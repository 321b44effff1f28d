"""Results: who may see what of a release, and as many questions of the database for any number of units."""

from datetime import timedelta
from uuid import UUID

import pytest

from styrkedjan.core.access import Role
from styrkedjan.core.assessments.campaigns import Phase
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.refused import NotAllowed, NotFound, WrongState
from tests.people import someone
from tests.released_answers import NOW, ROWS, campaign, cell, group, plenty, released, stored
from tests.world import LILLAN, STORKOPING

pytestmark = pytest.mark.database

UNIT, OTHER = f"{STORKOPING}-90000001", f"{STORKOPING}-90000002"


@pytest.fixture(autouse=True)
def inside(world, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


@pytest.fixture
def results():
    from styrkedjan.queries.assessments import results

    return results


def viewing(token: str):
    from styrkedjan.queries.access.viewing import viewing

    return viewing(token)


def small(place: str, told: str = "1 2 3 9 4"):
    return released(place, [group("teaching", 24, 19)], [cell("teaching", ROWS[0], told)])


def test_a_place_sees_its_own_release_and_its_organisers_beside(results):
    key = stored(campaign(), plenty(STORKOPING, 1), small(UNIT), small(OTHER, "9 4 3 2 1"))
    with viewing(someone(Role.PRINCIPAL, UNIT)) as viewer:
        found = results.results(viewer, UNIT, key)
        assert found.here.is_unit and found.units == ()
        teaching = found.chain.factors[0].rows[0].cells[-1]
        assert teaching.here.counts == (1, 2, 3, 9, 4) and sum(teaching.above.counts) == 143
        for other in (OTHER, STORKOPING):
            with pytest.raises(NotAllowed):
                results.released(viewer, other, key)


def test_an_organiser_sees_its_total_and_the_units_by_name_alone(results):
    key = stored(campaign(), plenty(STORKOPING, 1), small(OTHER), small(UNIT))
    with viewing(someone(Role.QUALITY_LEAD, STORKOPING)) as viewer:
        found = results.results(viewer, STORKOPING, key)
        assert found.units == ((UNIT, "Storskolan 1"), (OTHER, "Storskolan 2"))
        assert results.released(viewer, STORKOPING, key).place == STORKOPING
        assert results.chain(viewer, OTHER, key).place == OTHER


def test_a_stranger_and_a_staff_member_see_nothing(results):
    key = stored(campaign(), plenty(STORKOPING, 1), small(UNIT))
    with viewing(someone(Role.QUALITY_LEAD, LILLAN)) as viewer, pytest.raises(NotFound):
        results.results(viewer, STORKOPING, key)
    with viewing(someone(Role.STAFF_MEMBER, UNIT)) as viewer, pytest.raises(NotAllowed):
        results.results(viewer, UNIT, key)


def test_before_counting_there_is_only_how_many(results):
    key = stored(campaign(counted_at=None, closes_at=NOW + timedelta(days=900)), small(UNIT))
    with viewing(someone(Role.PRINCIPAL, UNIT)) as viewer:
        found = results.results(viewer, UNIT, key)
        assert found.phase is Phase.OPEN and found.chain is None
        assert [each.asked_count for each in found.groups] == [24]
    open_ = stored(campaign(counted_at=None), groups=False)
    with viewing(someone(Role.QUALITY_LEAD, STORKOPING)) as viewer:
        for asked in (results.released, results.chain, results.counted_results, results.rounds, results.disclosed):
            with pytest.raises(WrongState):
                asked(viewer, STORKOPING, open_)


def test_change_is_since_the_campaign_that_this_one_repeats(results):
    earlier = campaign(title="Förra")
    stored(earlier, released(UNIT, [group("teaching", 30, 28)], [cell("teaching", ROWS[0], "9 9 6 3 1")]))
    key = stored(campaign(previous=earlier.key), small(UNIT, "0 1 2 9 9"))
    with viewing(someone(Role.PRINCIPAL, UNIT)) as viewer:
        change = results.chain(viewer, UNIT, key).factors[0].rows[0].cells[0].change
        assert change.before.counts == (9, 9, 6, 3, 1)
        assert change.share.before == (4, 28) and change.share.now == (18, 21)


def test_rounds_go_back_through_the_chain_of_campaigns(results):
    keys = []
    for year in (3, 2, 1, 0):
        each = campaign(title=f"För {year} år sedan", previous=keys[-1] if keys else None)
        stored(each, small(UNIT))
        keys.append(each.key)
    with viewing(someone(Role.PRINCIPAL, UNIT)) as viewer:
        found = results.rounds(viewer, UNIT, UUID(keys[-1]))
    assert [each.title[4] for each in found.campaigns] == ["3", "2", "1", "0"]
    (series,) = found.factors[0].series
    assert series.level is ChainLevel.TEACHING and [bool(point.lane) for point in series.points] == [True] * 4


def test_the_report_stands_with_the_campaigns_own_place(results):
    key = stored(campaign(), plenty(STORKOPING, 1), small(UNIT))
    with viewing(someone(Role.PRINCIPAL, UNIT)) as viewer:
        report = results.disclosed(viewer, UNIT, key).report
    assert (report.cells, report.hidden_first, report.hidden_second, report.smallest_interval) == (105, 7, 4, 6.0)


def test_one_unit_and_thirty_take_as_many_questions(results):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for units in (1, 30):
        earlier = campaign()
        stored(earlier, plenty(STORKOPING, 2), groups=False)
        places = [small(f"{STORKOPING}-900000{number:02d}") for number in range(1, units + 1)]
        key = stored(campaign(previous=earlier.key), plenty(STORKOPING, 1), *places)
        with viewing(someone(Role.QUALITY_LEAD, STORKOPING)) as viewer, CaptureQueriesContext(connection) as asked:
            assert len(results.results(viewer, STORKOPING, key).units) == units
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 7
