"""Reading working material: the right rows for each viewer, at both walls, and no more queries for thirty papers."""

from uuid import UUID

import pytest

from styrkedjan.core.access import Agency, Role
from styrkedjan.core.refused import NotAllowed, NotFound
from styrkedjan.core.sharing import PaperKind
from styrkedjan.core.statistics import SchoolYear
from tests.conftest import as_owner
from tests.people import someone
from tests.world import LILLAN, LILLAN_UNIT, STORKOPING, ZINK, World

pytestmark = pytest.mark.database

UNIT, OTHER_UNIT = f"{STORKOPING}-90000001", f"{STORKOPING}-90000002"


@pytest.fixture(autouse=True)
def inside(world: World, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def queries():
    from styrkedjan.queries import sharing

    return sharing


def viewing(token: str):
    from styrkedjan.queries.access.viewing import viewing as enter

    return enter(token)


def written(token: str, place: str, title: str = "Läget") -> UUID:
    from styrkedjan.actions import sharing

    with viewing(token) as viewer:
        contents = {"works_well": "Läsningen."}
        return sharing.write(viewer, place, PaperKind.OWN_ANALYSIS, SchoolYear(2024), title, contents)


def shared(token: str, place: str, agency: Agency = Agency.SKOLVERKET, title: str = "Läget") -> UUID:
    from styrkedjan.actions import sharing

    key = written(token, place, title)
    with viewing(token) as viewer:
        return sharing.share(viewer, place, key, 1, agency)


def titles(token: str, place: str) -> set[str]:
    with viewing(token) as viewer:
        return {paper.title for paper in queries().papers(viewer, place).rows}


def test_an_organiser_sees_its_own_and_its_units_and_a_unit_its_own():
    lead, principal = someone(Role.QUALITY_LEAD, STORKOPING), someone(Role.PRINCIPAL, UNIT)
    for place, title in ((STORKOPING, "huvudmannens"), (UNIT, "enhetens"), (OTHER_UNIT, "den andras")):
        written(lead, place, title)
    written(someone(Role.QUALITY_LEAD, LILLAN), LILLAN, "grannens")
    assert titles(lead, STORKOPING) == {"huvudmannens", "enhetens", "den andras"}
    assert titles(lead, UNIT) == titles(principal, UNIT) == {"enhetens"}
    with viewing(principal) as viewer:
        for place in (STORKOPING, OTHER_UNIT):
            with pytest.raises(NotAllowed):
                queries().papers(viewer, place)
            with pytest.raises(NotAllowed):
                queries().receipts(viewer, place)


def test_a_list_carries_no_contents():
    lead = someone(Role.QUALITY_LEAD, STORKOPING)
    key = written(lead, STORKOPING)
    with viewing(lead) as viewer:
        assert queries().papers(viewer, STORKOPING).rows[0].contents == {}
        assert queries().paper(viewer, STORKOPING, key).contents["works_well"] == "Läsningen."


def test_the_writer_is_named_until_the_account_is_removed():
    from styrkedjan.tables.access import Person

    lead = someone(Role.QUALITY_LEAD, STORKOPING, name="Tuva Påhittsson")
    key = written(lead, STORKOPING)
    with viewing(lead) as viewer:
        assert queries().paper(viewer, STORKOPING, key).changed_by == "Tuva Påhittsson"
    with as_owner():
        Person.objects.filter(name="Tuva Påhittsson").update(name="", email=None)
    with viewing(someone(Role.SUPERINTENDENT, STORKOPING)) as viewer:
        assert queries().paper(viewer, STORKOPING, key).changed_by == "någon som inte längre har ett konto"
        assert queries().history(viewer, STORKOPING, key)[0].written_by == "någon som inte längre har ett konto"


def test_a_person_with_two_organisers_sees_each_at_its_own():
    both = someone(Role.QUALITY_LEAD, STORKOPING, also=[(Role.QUALITY_LEAD, LILLAN)])
    written(both, STORKOPING, "här")
    key = written(both, LILLAN_UNIT, "där")
    assert titles(both, STORKOPING) == {"här"}
    assert titles(both, LILLAN) == {"där"}
    with viewing(both) as viewer, pytest.raises(NotFound):
        queries().paper(viewer, STORKOPING, key)


def test_an_agency_sees_by_organiser_what_is_shared_with_it_the_latest_first():
    first, second = someone(Role.QUALITY_LEAD, STORKOPING), someone(Role.QUALITY_LEAD, LILLAN)
    shared(first, UNIT, title="ett")
    shared(second, LILLAN, title="två")
    shared(second, LILLAN, Agency.SPSM, title="bara SPSM")
    written(second, LILLAN, "inte delat")
    shared(first, STORKOPING, title="tre")
    with viewing(someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET)) as viewer:
        groups = queries().shared(viewer).rows
    seen = [(group.organiser, [receipt.title for receipt in group.receipts]) for group in groups]
    assert seen == [(STORKOPING, ["tre", "ett"]), (LILLAN, ["två"])]
    assert groups[0].receipts[1].place_name == "Storskolan 1"


def test_the_database_alone_keeps_an_agency_from_what_is_not_shared():
    """The second wall: the same rows asked for without the first one's filter."""
    from django.db import connection

    lead = someone(Role.QUALITY_LEAD, STORKOPING)
    written(lead, STORKOPING, "inte delat")
    shared(lead, STORKOPING, Agency.SPSM, "bara SPSM")
    receipt = shared(lead, STORKOPING, Agency.SKOLVERKET, "delat")

    def rows(table: str, column: str) -> list:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM {table}")
            return [row[0] for row in cursor.fetchall()]

    with viewing(someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET)):
        assert rows("paper_version", "title") == rows("working_paper", "title") == ["delat"]
        assert rows("share", "key") == [receipt]
    with viewing(someone(Role.QUALITY_LEAD, ZINK)):
        assert rows("paper_version", "title") == rows("working_paper", "title") == rows("share", "key") == []


def test_the_agencies_list_comes_in_pages_of_organisers(monkeypatch):
    monkeypatch.setattr(queries(), "ORGANISERS_PER_PAGE", 1)
    for place in (STORKOPING, LILLAN):
        shared(someone(Role.QUALITY_LEAD, place), place)
    with viewing(someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET)) as viewer:
        first, second = queries().shared(viewer), queries().shared(viewer, 2)
    assert ([group.organiser for group in first.rows], first.has_more) == ([LILLAN], True)
    assert ([group.organiser for group in second.rows], second.has_more) == ([STORKOPING], False)


def test_where_a_paper_can_be_copied():
    also = [(Role.PRINCIPAL, UNIT), (Role.BOARD_MEMBER, ZINK)]
    with viewing(someone(Role.QUALITY_LEAD, LILLAN, also=also)) as viewer:
        found = queries().places_to_copy_to(viewer, UNIT)
    assert [key for key, _ in found] == [LILLAN, LILLAN_UNIT]
    assert dict(found)[LILLAN_UNIT] == "Lillåns skola"


def test_as_many_queries_for_thirty_as_for_one():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    lead, reader = someone(Role.QUALITY_LEAD, STORKOPING), someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET)

    def counted() -> list[int]:
        asked = (
            (lead, lambda viewer: queries().papers(viewer, STORKOPING).rows),
            (lead, lambda viewer: queries().receipts(viewer, STORKOPING)),
            (lead, lambda viewer: queries().places_to_copy_to(viewer, UNIT)),
            (reader, lambda viewer: queries().shared(viewer).rows),
        )
        counts = []
        for token, ask in asked:
            with viewing(token) as viewer, CaptureQueriesContext(connection) as captured:
                assert ask(viewer)
            counts.append(len(captured))
        return counts

    shared(lead, UNIT)
    one = counted()
    for number in range(29):
        shared(lead, f"{STORKOPING}-900000{number + 2:02d}")
    assert counted() == one
