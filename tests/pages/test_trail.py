"""The page of the audit trail, and its file: who sees it, what it says, and that it costs the same for many rows."""

import csv
import io
from uuid import uuid4

import pytest
from django.test.utils import CaptureQueriesContext

from styrkedjan.core.access import Assurance, Event, Role, Viewer
from tests.people import someone
from tests.world import LILLAN, STORKOPING

pytestmark = pytest.mark.database

TRAIL = f"/huvudman/{STORKOPING}/handelser/"
FILE = f"/huvudman/{STORKOPING}/handelser.csv"
OK, FORBIDDEN, NOT_FOUND, UNREADABLE, MOVED = 200, 403, 404, 422, 302


@pytest.fixture(autouse=True)
def inside(world, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def browse(token: str = ""):
    from django.conf import settings
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    if token:
        client.cookies[settings.SIGN_IN_COOKIE] = token
    return client


def lead(**how) -> str:
    return someone(Role.QUALITY_LEAD, STORKOPING, **how)


def person_of(token: str) -> str:
    from styrkedjan.queries.access.viewing import viewing

    with viewing(token) as viewer:
        return viewer.person


def happen(number: int, person: str = "driftansvarig", event: Event = Event.PAPER_WRITTEN, place: str = STORKOPING):
    """So many events in an organiser's trail."""
    from styrkedjan.actions._change import change

    for _ in range(number):
        with change(Viewer(person), event, about=str(uuid4()), place=place) as facts:
            facts["version"] = 1


def texts(token: str, address: str = TRAIL) -> str:
    answer = browse(token).get(address)
    assert answer.status_code == OK, answer.content.decode()
    return answer.content.decode()


def rows_of(page: str) -> int:
    return page.count('<td role="cell" data-label="När">')


def test_who_may_see_it():
    assert browse().get(TRAIL).status_code == MOVED
    assert rows_of(texts(lead())) == 0
    assert browse(lead()).get(TRAIL).status_code == OK
    assert browse(someone(Role.BOARD_MEMBER, STORKOPING)).get(TRAIL).status_code == FORBIDDEN
    assert browse(someone(Role.PRINCIPAL, f"{STORKOPING}-90000001")).get(TRAIL).status_code == FORBIDDEN
    for stranger in (someone(Role.SUPERINTENDENT, LILLAN), someone(Role.DIALOGUE_LEAD, "skolverket"), someone()):
        assert browse(stranger).get(TRAIL).status_code == NOT_FOUND
        assert browse(stranger).get(FILE).status_code == NOT_FOUND


def test_a_link_by_letter_is_not_enough():
    answer = browse(lead(assurance=Assurance.LINK)).get(TRAIL)
    assert answer.status_code == FORBIDDEN
    assert "engångskod" in answer.content.decode()


def test_a_row_says_who_what_and_when():
    writer = lead(name="Torun Ek")
    happen(1, person_of(writer))
    happen(1)
    page = texts(lead())
    assert rows_of(page) == 2
    for said in ("Torun Ek", "Driftansvarig", "Skrev i arbetsmaterial", "Hela kedjan har räknats om nu", " kl."):
        assert said in page
    assert "Vem kan se det här" in page


def test_another_organisers_events_stand_in_its_own_trail():
    happen(3, place=LILLAN)
    happen(1)
    assert rows_of(texts(lead())) == 1


def test_a_person_who_has_been_removed_has_no_name():
    from styrkedjan.tables.access import Person

    gone = person_of(lead(name="Vendela Borttagen"))
    happen(1, gone)
    Person.objects.filter(key=gone).update(name="", email=None, removed_at="2026-01-01T00:00:00Z")
    page = texts(lead())
    assert "Borttagen person" in page
    assert "Vendela" not in page


def test_what_somebody_wrote_is_no_markup():
    happen(1, person_of(lead(name="<script>alert(1)</script>")))
    page = texts(lead())
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_pages_follow_the_numbers():
    happen(120)
    token = lead()
    first = texts(token)
    assert rows_of(first) == 50
    assert "?fore=71" in first
    second = texts(token, f"{TRAIL}?fore=71")
    assert rows_of(second) == 50
    assert "?fore=21" in second
    third = texts(token, f"{TRAIL}?fore=21")
    assert rows_of(third) == 20
    assert 'rel="next"' not in third


def test_the_filter_narrows_down():
    own = lead(name="Torun Ek")
    person = person_of(own)
    happen(2, person)
    happen(3, event=Event.PAPER_SHARED)
    assert rows_of(texts(own, f"{TRAIL}?handelse=paper_shared")) == 3
    assert rows_of(texts(own, f"{TRAIL}?person={person}")) == 2
    assert rows_of(texts(own, f"{TRAIL}?person={person}&handelse=paper_shared")) == 0
    assert rows_of(texts(own, f"{TRAIL}?fran=2020-01-01&till=2020-12-31")) == 0
    assert rows_of(texts(own, f"{TRAIL}?fran=2020-01-01&till=2099-12-31")) == 5


@pytest.mark.parametrize(
    "asked",
    ["handelse=finns_inte", "person=någon", "fran=igår", "fran=2026-02-30", "fran=2026-02-02&till=2026-02-01"],
)
def test_a_filter_that_cannot_be_read_says_so(asked):
    happen(2)
    answer = browse(lead()).get(f"{TRAIL}?{asked}")
    assert answer.status_code == UNREADABLE
    assert "field-error" in answer.content.decode()
    assert rows_of(answer.content.decode()) == 2


@pytest.mark.parametrize("before", ["-1", "x", "9" * 40, "1e3", "²", ""])
def test_an_odd_number_to_go_on_from_is_the_newest(before):
    happen(2)
    assert rows_of(texts(lead(), f"{TRAIL}?fore={before}")) == 2


def test_as_many_queries_for_many_events_as_for_one():
    from django.db import connection

    token = lead()
    person = person_of(token)

    def queries() -> int:
        client = browse(token)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(TRAIL).status_code == OK
        return len(found)

    happen(1, person)
    texts(token)
    one = queries()
    happen(29, person)
    assert rows_of(texts(token)) == 30
    assert queries() == one


def test_a_trail_that_has_been_touched_says_so(monkeypatch):
    from styrkedjan.queries.access import trail

    happen(3)
    monkeypatch.setattr(trail, "CHECKED_ON_PAGE", 2)
    assert "De senaste 2 av 3 händelser" in texts(lead())
    _rewrite(2)
    assert "Loggen går inte att lita på" in texts(lead())


def _rewrite(sequence: int) -> None:
    """Change a row behind the house's back, as the owner who turns the guards off could."""
    from django.db import connection

    from tests.conftest import as_owner

    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER keep")
        cursor.execute(
            "UPDATE audit_event SET actor = 'x' WHERE organiser = %s AND sequence = %s", [STORKOPING, sequence]
        )
        cursor.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER keep")


def file_of(token: str, asked: str = "") -> list[dict[str, str]]:
    answer = browse(token).get(f"{FILE}{asked}")
    assert answer.status_code == OK
    assert answer["Cache-Control"] == "no-store, private"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_the_file_has_every_event_with_its_hash_and_is_an_event():
    from styrkedjan.tables.access import AuditEvent

    happen(60)
    token = lead()
    rows = file_of(token)
    assert [int(row["nummer"]) for row in rows] == list(range(1, 61))
    assert {len(row["kontrollsumma"]) for row in rows} == {64}
    assert "Tog ut händelseloggen som fil" in texts(token)
    from styrkedjan.queries.access.viewing import viewing

    with viewing(token) as viewer:
        [exported] = AuditEvent.scoped.at(viewer, STORKOPING).filter(event=Event.AUDIT_TRAIL_EXPORTED)
    assert exported.facts == {"first": 1, "last": 60, "count": 60}


def test_the_file_obeys_the_filter():
    happen(2)
    happen(1, event=Event.PAPER_SHARED)
    assert [row["händelse, kod"] for row in file_of(lead(), "?handelse=paper_shared")] == ["paper_shared"]


@pytest.mark.parametrize("name", ["=1+1", "+46", "-5", "@SUM(A1)", "\t=1"])
def test_no_cell_of_the_file_is_a_formula(name):
    happen(1, person_of(lead(name=name)))
    [row] = file_of(lead())
    assert row["vem"] == f"'{name}"


def test_a_file_that_would_be_too_long_is_refused(monkeypatch):
    from styrkedjan.queries.access import trail

    monkeypatch.setattr(trail, "MOST_EXPORTED", 2)
    happen(3)
    answer = browse(lead()).get(FILE)
    assert answer.status_code == UNREADABLE
    assert "kortare tid" in answer.content.decode()
