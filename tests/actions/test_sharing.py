"""Working material: who may write and share it, one audit row per write, and receipts that say what left."""

import hashlib
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from styrkedjan.core.access import Agency, Assurance, Event, Grant, Role, Viewer
from styrkedjan.core.refused import BadInput, NotAllowed, NotFound, WrongState
from styrkedjan.core.sharing import PaperKind, SavedMeanwhile, canonical
from styrkedjan.core.statistics import SchoolYear
from tests.people import someone
from tests.world import LILLAN, LILLAN_UNIT, STORKOPING, World

pytestmark = pytest.mark.database

UNIT, OTHER_UNIT = f"{STORKOPING}-90000001", f"{STORKOPING}-90000002"
YEAR = SchoolYear(2024)
TEXTS = {"works_well": "Läsningen i åk 3.", "challenges": "Frånvaron.", "causes": "", "look_into": ""}
SOMETHING = uuid4()


@pytest.fixture(autouse=True)
def inside(world: World, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def actions():
    from styrkedjan.actions import sharing

    return sharing


def queries():
    from styrkedjan.queries import sharing

    return sharing


def viewing(token: str):
    from styrkedjan.queries.access.viewing import viewing as enter

    return enter(token)


def lead(place: str = STORKOPING, **how) -> str:
    return someone(Role.QUALITY_LEAD, place, **how)


def written(token: str, place: str = STORKOPING, contents: dict | None = None) -> UUID:
    with viewing(token) as viewer:
        return actions().write(viewer, place, PaperKind.OWN_ANALYSIS, YEAR, "Läget", contents or TEXTS)


def shared(token: str, key: UUID, place: str = STORKOPING, number: int = 1, agency: Agency = Agency.SKOLVERKET) -> UUID:
    with viewing(token) as viewer:
        return actions().share(viewer, place, key, number, agency)


def trail(token: str, organiser: str = STORKOPING) -> list[tuple[str, str, str]]:
    """(event, place, about) of what stands in an organiser's trail, in order, as one of its own sees it."""
    from styrkedjan.tables import access

    with viewing(token) as viewer:
        rows = access.AuditEvent.scoped.at(viewer, organiser).order_by("sequence")
        return list(rows.values_list("event", "place", "about"))


def test_a_new_paper_has_one_version_and_one_row_in_the_trail():
    token = lead()
    before = trail(token)
    key = written(token, UNIT)
    assert trail(token)[len(before) :] == [(Event.PAPER_WRITTEN, UNIT, str(key))]
    with viewing(token) as viewer:
        paper = queries().paper(viewer, UNIT, key)
        version = queries().version(viewer, UNIT, key, 1)
    assert (paper.number, paper.title, dict(paper.contents)) == (1, "Läget", TEXTS)
    assert paper.sha256 == hashlib.sha256(canonical(version)).hexdigest()


def test_the_trail_holds_nothing_of_what_was_written():
    from styrkedjan.tables import access

    token = lead()
    key = written(token)
    with viewing(token) as viewer:
        facts = access.AuditEvent.scoped.at(viewer, STORKOPING).get(about=str(key)).facts
    assert facts == {"version": 1, "kind": "own_analysis"}


def test_an_edit_makes_the_next_version_and_the_one_before_stands():
    token = lead()
    key = written(token)
    with viewing(token) as viewer:
        assert actions().rewrite(viewer, STORKOPING, key, 1, "Läget i höst", {**TEXTS, "causes": "Vi vet."}) == 2
        assert queries().version(viewer, STORKOPING, key, 1).contents == TEXTS
        assert queries().paper(viewer, STORKOPING, key).contents["causes"] == "Vi vet."
        lines = queries().history(viewer, STORKOPING, key)
    assert [(line.number, line.title) for line in lines] == [(2, "Läget i höst"), (1, "Läget")]


def test_saving_without_a_change_writes_nothing():
    token = lead()
    key = written(token)
    before = trail(token)
    with viewing(token) as viewer:
        same = {name: f" {text}\r\n" for name, text in TEXTS.items()}
        assert actions().rewrite(viewer, STORKOPING, key, 1, "Läget", same) == 1
    assert trail(token) == before


def test_who_saves_second_overwrites_nothing():
    first, second = lead(), lead()
    key = written(first)
    with viewing(first) as viewer:
        actions().rewrite(viewer, STORKOPING, key, 1, "Läget", {**TEXTS, "causes": "Först."})
    before = trail(first)
    with viewing(second) as viewer, pytest.raises(SavedMeanwhile) as refused:
        actions().rewrite(viewer, STORKOPING, key, 1, "Läget", {**TEXTS, "causes": "Sedan."})
    assert refused.value.number == 2
    with viewing(second) as viewer:
        assert queries().paper(viewer, STORKOPING, key).contents["causes"] == "Först."
    assert trail(first) == before


def test_what_cannot_be_kept_is_refused_and_nothing_is_written():
    token = lead()
    before = trail(token)
    with viewing(token) as viewer:
        with pytest.raises(BadInput):
            actions().write(viewer, STORKOPING, PaperKind.OWN_ANALYSIS, YEAR, " ", TEXTS)
        with pytest.raises(BadInput):
            actions().write(viewer, STORKOPING, PaperKind.OWN_FIGURES, YEAR, "Tal", {"rows": [{"name": "a"}]})
        with pytest.raises(NotFound):
            actions().write(viewer, f"{STORKOPING}-99999999", PaperKind.OWN_ANALYSIS, YEAR, "Finns inte", TEXTS)
    assert trail(token) == before


def test_a_removed_paper_is_gone_for_everyone():
    token = lead()
    key = written(token)
    with viewing(token) as viewer:
        actions().remove(viewer, STORKOPING, key)
        with pytest.raises(NotFound):
            queries().paper(viewer, STORKOPING, key)
        assert queries().papers(viewer, STORKOPING).rows == ()
        with pytest.raises(WrongState, match="tagit bort"):
            actions().rewrite(viewer, STORKOPING, key, 1, "Läget", {**TEXTS, "causes": "Nytt."})
        with pytest.raises(NotFound):
            actions().copy_to(viewer, STORKOPING, key, UNIT)
    assert trail(token)[-1] == (Event.PAPER_REMOVED, STORKOPING, str(key))


def test_a_shared_paper_cannot_be_removed_not_even_after_it_was_withdrawn():
    token = lead()
    key = written(token)
    receipt = shared(token, key)
    with viewing(token) as viewer:
        with pytest.raises(WrongState, match="kvittot pekar på det"):
            actions().remove(viewer, STORKOPING, key)
        actions().withdraw(viewer, STORKOPING, receipt)
        with pytest.raises(WrongState, match="kvittot pekar på det"):
            actions().remove(viewer, STORKOPING, key)


def test_a_receipt_says_exactly_what_left():
    token = lead(name="Ylva Påhittsson")
    key = written(token, UNIT)
    receipt_key = shared(token, key, UNIT)
    with viewing(token) as viewer:
        actions().rewrite(viewer, UNIT, key, 1, "Läget", {**TEXTS, "causes": "Skrivet efter delningen."})
        receipt = queries().receipt(viewer, UNIT, receipt_key)
        left = canonical(queries().version(viewer, UNIT, key, receipt.number))
    assert (receipt.number, receipt.agency, receipt.shared_by) == (1, Agency.SKOLVERKET, "Ylva Påhittsson")
    assert hashlib.sha256(left).hexdigest() == receipt.sha256
    assert "Skrivet efter delningen" not in left.decode()
    assert (Event.PAPER_SHARED, UNIT, str(receipt_key)) in trail(token)


def test_what_is_shared_is_what_was_seen():
    token = lead()
    key = written(token)
    with viewing(token) as viewer:
        actions().rewrite(viewer, STORKOPING, key, 1, "Läget", {**TEXTS, "causes": "Nytt."})
        with pytest.raises(SavedMeanwhile):
            actions().share(viewer, STORKOPING, key, 1, Agency.SPSM)
        assert queries().receipts(viewer, STORKOPING) == ()


def test_the_same_version_is_shared_once_with_each():
    token = lead()
    key = written(token)
    first = shared(token, key)
    with viewing(token) as viewer:
        with pytest.raises(WrongState, match="redan delad"):
            actions().share(viewer, STORKOPING, key, 1, Agency.SKOLVERKET)
        actions().share(viewer, STORKOPING, key, 1, Agency.SPSM)
        actions().withdraw(viewer, STORKOPING, first)
        actions().share(viewer, STORKOPING, key, 1, Agency.SKOLVERKET)
        assert len(queries().receipts(viewer, STORKOPING)) == 3


def test_an_empty_paper_is_not_shared():
    token = lead()
    key = written(token, contents={"works_well": " "})
    with viewing(token) as viewer, pytest.raises(WrongState, match="tomt"):
        actions().share(viewer, STORKOPING, key, 1, Agency.SKOLVERKET)


def test_sharing_asks_for_more_than_a_link_by_e_mail():
    token = lead(assurance=Assurance.LINK)
    key = written(token)
    with viewing(token) as viewer:
        with pytest.raises(NotAllowed, match="Bekräfta först"):
            actions().share(viewer, STORKOPING, key, 1, Agency.SKOLVERKET)
        assert queries().receipts(viewer, STORKOPING) == ()


def test_a_principal_writes_but_the_organisers_people_share():
    principal = someone(Role.PRINCIPAL, UNIT)
    key = written(principal, UNIT)
    with viewing(principal) as viewer, pytest.raises(NotAllowed):
        actions().share(viewer, UNIT, key, 1, Agency.SKOLVERKET)
    shared(lead(), key, UNIT)
    with viewing(principal) as viewer:
        assert len(queries().receipts(viewer, UNIT)) == 1


def test_a_withdrawal_ends_the_reading_and_stays_on_the_receipt():
    token, reader = lead(), someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET)
    receipt_key = shared(token, written(token))
    with viewing(reader) as viewer:
        assert queries().shared_version(viewer, receipt_key)[2].contents == TEXTS
    with viewing(token) as viewer:
        actions().withdraw(viewer, STORKOPING, receipt_key)
        with pytest.raises(WrongState, match="redan tillbakatagen"):
            actions().withdraw(viewer, STORKOPING, receipt_key)
        assert queries().receipt(viewer, STORKOPING, receipt_key).withdrawn_at is not None
    assert trail(token)[-1] == (Event.SHARE_WITHDRAWN, STORKOPING, str(receipt_key))
    with viewing(reader) as viewer:
        with pytest.raises(NotFound):
            queries().shared_version(viewer, receipt_key)
        with pytest.raises(NotFound):
            actions().note_reading(viewer, receipt_key)
        assert queries().shared(viewer).rows == ()


def test_a_reading_stands_in_the_organisers_trail_once_an_hour():
    token, reader = lead(), someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET)
    receipt_key = shared(token, written(token, UNIT), UNIT)
    for who in (reader, reader, someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET)):
        with viewing(who) as viewer:
            actions().note_reading(viewer, receipt_key)
    read = [row for row in trail(token) if row[0] == Event.SHARED_MATERIAL_READ]
    assert read == [(Event.SHARED_MATERIAL_READ, UNIT, str(receipt_key))] * 2
    with viewing(token) as viewer:
        readings = queries().readings(viewer, queries().receipt(viewer, UNIT, receipt_key))
    assert [(each.agency, each.role) for each in readings] == [(Agency.SKOLVERKET, Role.DIALOGUE_LEAD)] * 2


def test_a_reading_an_hour_later_is_a_new_one():
    token, reader = lead(), someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET)
    receipt_key = shared(token, written(token))
    with viewing(reader) as viewer:
        actions().note_reading(viewer, receipt_key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions(), "READING_LASTS", timedelta(0))
        with viewing(reader) as viewer:
            actions().note_reading(viewer, receipt_key)
    assert [event for event, *_ in trail(token)].count(Event.SHARED_MATERIAL_READ) == 2


def test_one_agency_does_not_read_what_was_shared_with_the_other():
    token, spsm = lead(), someone(Role.DIALOGUE_LEAD, Agency.SPSM)
    receipt_key = shared(token, written(token), agency=Agency.SKOLVERKET)
    with viewing(spsm) as viewer:
        with pytest.raises(NotFound):
            queries().shared_version(viewer, receipt_key)
        with pytest.raises(NotFound):
            actions().note_reading(viewer, receipt_key)
        assert queries().shared(viewer).rows == ()


def test_a_share_withdrawn_from_one_agency_and_open_to_another():
    """It is one and the same receipt that must name the agency and be open."""
    from styrkedjan.tables.sharing import PaperVersion, WorkingPaper

    token, reader = lead(), someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET)
    key = written(token)
    first = shared(token, key, agency=Agency.SKOLVERKET)
    shared(token, key, agency=Agency.SPSM)
    with viewing(token) as viewer:
        actions().withdraw(viewer, STORKOPING, first)
        same_agency = Viewer("x", grants=(Grant(Role.DIALOGUE_LEAD, Agency.SKOLVERKET),), session="x")
        assert not PaperVersion.scoped.shared_with(same_agency).exists()
        assert not WorkingPaper.scoped.shared_with(same_agency).exists()
    with viewing(reader) as viewer:
        assert not PaperVersion.scoped.shared_with(viewer).exists()


def test_a_paper_is_copied_to_where_one_may_write():
    token = someone(Role.QUALITY_LEAD, STORKOPING, also=[(Role.QUALITY_LEAD, LILLAN)])
    key = written(token)
    shared(token, key)
    with viewing(token) as viewer:
        copy = actions().copy_to(viewer, STORKOPING, key, LILLAN_UNIT)
        paper = queries().paper(viewer, LILLAN_UNIT, copy)
        assert queries().paper(viewer, STORKOPING, key).number == 1
    assert (paper.title, dict(paper.contents), paper.number, paper.receipts) == ("Läget", TEXTS, 1, ())
    assert (Event.PAPER_WRITTEN, LILLAN_UNIT, str(copy)) in trail(token, LILLAN)
    assert str(copy) not in {about for *_, about in trail(token)}


def test_a_paper_is_not_copied_to_where_one_may_not_write():
    token = someone(Role.QUALITY_LEAD, STORKOPING, also=[(Role.BOARD_MEMBER, LILLAN)])
    key = written(token)
    with viewing(token) as viewer:
        with pytest.raises(NotAllowed):
            actions().copy_to(viewer, STORKOPING, key, LILLAN)
        with pytest.raises(NotFound):
            actions().copy_to(viewer, STORKOPING, key, "2120009911")


EVERY_WRITE = {
    "write": lambda who, key: actions().write(who, STORKOPING, PaperKind.OWN_ANALYSIS, YEAR, "Läget", TEXTS),
    "rewrite": lambda who, key: actions().rewrite(who, STORKOPING, key, 1, "Nytt", TEXTS),
    "remove": lambda who, key: actions().remove(who, STORKOPING, key),
    "copy": lambda who, key: actions().copy_to(who, STORKOPING, key, UNIT),
    "share": lambda who, key: actions().share(who, STORKOPING, key, 1, Agency.SKOLVERKET),
    "withdraw": lambda who, key: actions().withdraw(who, STORKOPING, key),
}


@pytest.mark.parametrize("what", EVERY_WRITE)
def test_a_stranger_is_told_that_nothing_is_there(what):
    own, stranger = lead(), lead(LILLAN)
    key = shared(own, written(own)) if what == "withdraw" else written(own)
    with viewing(stranger) as viewer, pytest.raises(NotFound):
        EVERY_WRITE[what](viewer, key)
    with viewing(own) as viewer:
        assert EVERY_WRITE[what](viewer, key) != 0, "the owner can, so there was something to refuse"


@pytest.mark.parametrize("what", EVERY_WRITE)
@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.STAFF_MEMBER])
def test_who_only_reads_cannot_write(what, role):
    own = lead()
    key = shared(own, written(own)) if what == "withdraw" else written(own)
    before = trail(own)
    place = UNIT if role is Role.STAFF_MEMBER else STORKOPING
    with viewing(someone(role, place)) as viewer, pytest.raises(NotAllowed):
        EVERY_WRITE[what](viewer, key)
    assert trail(own) == before


def test_a_paper_is_found_at_its_own_place_alone():
    token = lead()
    key = written(token, UNIT)
    receipt = shared(token, key, UNIT)
    with viewing(token) as viewer:
        for attempt in (
            lambda: actions().rewrite(viewer, OTHER_UNIT, key, 1, "Nytt", TEXTS),
            lambda: actions().remove(viewer, STORKOPING, key),
            lambda: actions().share(viewer, OTHER_UNIT, key, 1, Agency.SPSM),
            lambda: actions().withdraw(viewer, OTHER_UNIT, receipt),
            lambda: actions().copy_to(viewer, OTHER_UNIT, key, STORKOPING),
            lambda: queries().paper(viewer, OTHER_UNIT, key),
            lambda: queries().version(viewer, STORKOPING, key, 1),
            lambda: queries().receipt(viewer, OTHER_UNIT, receipt),
            lambda: queries().paper(viewer, UNIT, SOMETHING),
            lambda: queries().paper(viewer, UNIT, receipt),
        ):
            with pytest.raises(NotFound):
                attempt()
