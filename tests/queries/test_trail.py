"""The audit trail read: what events were about, whose names stand there, and every chain verified."""

from uuid import UUID, uuid4

import pytest

from styrkedjan.core.access import OPERATOR, Agency, Event, Role, Viewer
from styrkedjan.core.refused import NotAllowed, NotFound
from styrkedjan.core.sharing import PaperKind
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.core.trail import Subject, TrailPage
from tests.conftest import as_owner
from tests.people import someone
from tests.world import LILLAN, STORKOPING

pytestmark = pytest.mark.database

TEXTS = {"works_well": "Läsningen.", "challenges": "", "causes": "", "look_into": ""}


@pytest.fixture(autouse=True)
def inside(world, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def viewing(token: str):
    from styrkedjan.queries.access.viewing import viewing as enter

    return enter(token)


def trail(token: str, place: str = STORKOPING) -> TrailPage:
    from styrkedjan.queries.access import trail as queries

    with viewing(token) as viewer:
        return queries.trail(viewer, place)


def lead(**how) -> str:
    return someone(Role.QUALITY_LEAD, STORKOPING, **how)


def shared_paper(token: str) -> tuple[UUID, UUID]:
    from styrkedjan.actions import sharing

    with viewing(token) as viewer:
        paper = sharing.write(viewer, STORKOPING, PaperKind.OWN_ANALYSIS, SchoolYear(2024), "Läget i höst", TEXTS)
        return paper, sharing.share(viewer, STORKOPING, paper, 1, Agency.SKOLVERKET)


def test_what_events_were_about():
    token = lead(name="Torun Ek")
    paper, receipt = shared_paper(token)
    sharing, writing = trail(token).entries
    assert (sharing.event, writing.event) == (Event.PAPER_SHARED, Event.PAPER_WRITTEN)
    assert (sharing.about.subject, sharing.about.key, sharing.about.text) == (
        Subject.SHARE, str(receipt), "Läget i höst",
    )  # fmt: skip
    assert (writing.about.subject, writing.about.key, writing.about.place) == (Subject.PAPER, str(paper), STORKOPING)
    assert {entry.actor_name for entry in (sharing, writing)} == {"Torun Ek"}
    assert writing.roles == (Role.QUALITY_LEAD,)


def test_a_reader_at_an_agency_is_seen_with_her_name():
    from styrkedjan.actions import sharing

    owner = lead()
    _, receipt = shared_paper(owner)
    with viewing(someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET, name="Disa Dialog")) as reader:
        sharing.note_reading(reader, receipt)
    newest = trail(owner).entries[0]
    assert (newest.event, newest.actor_name) == (Event.SHARED_MATERIAL_READ, "Disa Dialog")


def test_what_is_gone_leaves_its_key_alone():
    from styrkedjan.actions._change import change

    gone = str(uuid4())
    with change(OPERATOR, Event.PERSON_INVITED, about=gone, place=STORKOPING):
        pass
    [entry] = trail(lead()).entries
    assert (entry.about.subject, entry.about.text) == (Subject.OTHER, "")
    assert entry.about.key == gone


def test_only_who_leads_reads_it():
    from styrkedjan.queries.access import trail as queries

    for ask in (queries.trail, queries.choices, queries.exported):
        with viewing(someone(Role.PRINCIPAL, f"{STORKOPING}-90000001")) as viewer, pytest.raises(NotAllowed):
            ask(viewer, STORKOPING)
        with viewing(lead()) as viewer, pytest.raises(NotFound):
            ask(viewer, LILLAN)
        with pytest.raises(NotFound):
            ask(Viewer(person=""), STORKOPING)


def reports() -> dict:
    from styrkedjan.queries.access import trail as queries

    with as_owner():
        return {report.organiser: report for report in queries.verified(OPERATOR)}


def test_every_chain_is_verified():
    shared_paper(lead())
    found = reports()
    assert found[""].count, "publishing small Sweden stands in the house's own"
    assert found[STORKOPING].count == 2
    assert found[STORKOPING].name == "Storköpings kommun"
    assert not any(report.problems for report in found.values())


@pytest.mark.parametrize(
    ("touch", "kind"),
    [
        ("UPDATE audit_event SET about = 'x' WHERE organiser = %s AND sequence = 2", "changed"),
        ("UPDATE audit_event SET facts = '{}' WHERE organiser = %s AND sequence = 2", "changed"),
        ("DELETE FROM audit_event WHERE organiser = %s AND sequence = 2", "missing"),
        ("DELETE FROM audit_event WHERE organiser = %s AND sequence = 4", "missing"),
        ("DELETE FROM audit_head WHERE organiser = %s", "no_head"),
    ],
)
def test_a_chain_that_has_been_touched(owner_hand, touch, kind):
    token = lead()
    shared_paper(token)
    shared_paper(token)
    owner_hand(touch, [STORKOPING])
    assert [problem.kind for problem in reports()[STORKOPING].problems][:1] == [kind]


@pytest.fixture
def owner_hand():
    """Change rows behind the house's back, as somebody with the owner's password could."""

    def hand(statement: str, values: list) -> None:
        from django.db import connection

        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER keep")
            cursor.execute(statement, values)
            cursor.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER keep")

    return hand


def test_verifying_is_the_operators():
    from styrkedjan.queries.access import trail as queries

    with viewing(lead()) as viewer, pytest.raises(NotAllowed):
        next(queries.verified(viewer))
