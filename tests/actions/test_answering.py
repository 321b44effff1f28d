"""Handing in, changing and taking back, as the site's own role does it: what is kept, and what never is."""

import pytest

from styrkedjan.core.access import ANYONE, Role
from styrkedjan.core.assessments.open_forms import Closed, Full, LinkUsed, OpenForm
from styrkedjan.core.assessments.papers import Paper, read_papers
from styrkedjan.core.assessments.sheets import RECEIPT_LETTERS, EmptySheet, Sheet
from styrkedjan.core.refused import BadInput, NotAllowed, NotFound, WrongState
from tests.campaigns import TEACHING, UNIT, Made, close, link_to, open_for, sheets
from tests.conftest import as_owner
from tests.people import someone
from tests.world import World

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def inside(world: World, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def hand_in(*what, **how) -> None:
    from styrkedjan.actions.assessments import answering

    answering.hand_in(*what, **how)


def take_back(*what) -> None:
    from styrkedjan.actions.assessments import answering

    answering.take_back(*what)


def new_receipt() -> str:
    from styrkedjan.actions.assessments import answering

    return answering.new_receipt()


def form_of(made: Made) -> OpenForm:
    from styrkedjan.queries.assessments.answering import form_by_code

    form = form_by_code(ANYONE, made.code())
    assert form is not None
    return form


def all_of(made: Made, answer: str) -> Sheet:
    return Sheet(dict.fromkeys(made.rows, answer))


def test_receipts_are_sixteen_signs_of_chance():
    made = {new_receipt() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(code) == 16 and set(code) <= set(RECEIPT_LETTERS) for code in made)


def test_a_sheet_is_one_statement_and_changing_it_another():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    made = open_for()
    form, receipt = form_of(made), new_receipt()
    for answer in "25":
        with CaptureQueriesContext(connection) as asked:
            hand_in(ANYONE, form, receipt, all_of(made, answer))
        assert [each["sql"].split("(")[0] for each in asked] == ["SELECT styrkedjan_hand_in"]
    assert [set(answers.values()) for answers, _, _ in sheets(made)] == [{"5"}]


def test_the_row_of_a_sheet_holds_neither_answer_nor_receipt_nor_time():
    from styrkedjan.tables.assessments import SheetRow

    made, receipt = open_for(), new_receipt()
    comments = {made.rows[0]: "Vi saknar tid."}
    hand_in(ANYONE, form_of(made), receipt, Sheet(dict.fromkeys(made.rows, "not_relevant"), comments))
    with as_owner():
        (row,) = SheetRow._base_manager.filter(campaign=made.key).values()
    text = repr(row)
    assert receipt not in text and "not_relevant" not in text and "Vi saknar" not in text
    assert set(row) == {"receipt_hash", "organiser", "campaign_id", "group_id", "sealed", "handed_in"}


def test_sheets_of_different_length_are_sealed_alike():
    from styrkedjan.tables.assessments import SheetRow

    made = open_for()
    for sheet in (Sheet({made.rows[0]: "1"}), all_of(made, "dont_know"), Sheet({}, {made.rows[0]: "å" * 500})):
        hand_in(ANYONE, form_of(made), new_receipt(), sheet)
    with as_owner():
        assert len({len(row.sealed) for row in SheetRow._base_manager.filter(campaign=made.key)}) == 1


def test_the_site_itself_can_read_neither_sheets_nor_who_has_answered(databases):
    import psycopg

    with psycopg.connect(databases.site, autocommit=True) as site:
        for statement in ("SELECT * FROM sheet", "SELECT answered FROM asked_person"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                site.execute(statement)


def test_a_link_is_marked_apart_and_once():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    made = open_for()
    form, receipt, link = form_of(made), new_receipt(), link_to(made)
    with CaptureQueriesContext(connection) as asked:
        hand_in(ANYONE, form, receipt, all_of(made, "4"), link=link)
    called = [each["sql"].split("(")[0] for each in asked]
    assert called == ["SELECT styrkedjan_hand_in", "SELECT styrkedjan_use_link"]
    hand_in(ANYONE, form, receipt, all_of(made, "5"), link=link)
    with pytest.raises(LinkUsed):
        hand_in(ANYONE, form, new_receipt(), all_of(made, "1"), link=link)
    assert [set(answers.values()) for answers, _, _ in sheets(made)] == [{"5"}]


def test_a_draft_uses_no_link_and_is_not_counted_until_it_is_handed_in():
    made = open_for()
    form, receipt, link = form_of(made), new_receipt(), link_to(made)
    hand_in(ANYONE, form, receipt, all_of(made, "4"), finished=False, link=link)
    assert [is_in for _, _, is_in in sheets(made)] == [False]
    hand_in(ANYONE, form, receipt, all_of(made, "4"), link=link)
    assert [is_in for _, _, is_in in sheets(made)] == [True]


def test_a_sheet_that_is_in_stays_in_when_a_draft_of_a_change_is_saved():
    made, receipt = open_for(), new_receipt()
    hand_in(ANYONE, form_of(made), receipt, all_of(made, "4"))
    hand_in(ANYONE, form_of(made), receipt, all_of(made, "2"), finished=False)
    assert [is_in for _, _, is_in in sheets(made)] == [True]


def test_drafts_are_many_but_not_without_end():
    made = open_for(asked={(UNIT, TEACHING): 1}, rows=3)
    with pytest.raises(Full):
        for _ in range(24):
            hand_in(ANYONE, form_of(made), new_receipt(), all_of(made, "4"), finished=False)
    assert len(sheets(made)) == 23


@pytest.mark.parametrize(
    ("sheet", "receipt"),
    [
        (Sheet({"clear_roles.99": "4"}), "2" * 16),
        (Sheet({"trusting_climate.1": "6"}), "2" * 16),
        (Sheet({}, {"own.1": "Hej"}), "2" * 16),
        (Sheet({"trusting_climate.1": "4"}), "2" * 15),
        (Sheet({"trusting_climate.1": "4"}), ""),
    ],
)
def test_what_does_not_belong_to_the_form_is_refused(sheet, receipt):
    made = open_for()
    with pytest.raises(BadInput):
        hand_in(ANYONE, form_of(made), receipt, sheet)
    assert sheets(made) == []


def test_an_empty_sheet_is_refused_also_when_its_comments_are_blank():
    made = open_for()
    for sheet in (Sheet({}), Sheet({}, {made.rows[0]: " \n\x00"})):
        with pytest.raises(EmptySheet):
            hand_in(ANYONE, form_of(made), new_receipt(), sheet)


def test_after_closing_nothing_goes_in_or_out():
    from datetime import timedelta

    made, receipt = open_for(), new_receipt()
    form = form_of(made)
    hand_in(ANYONE, form, receipt, all_of(made, "4"))
    close(made, timedelta(minutes=15, seconds=1))
    with pytest.raises(Closed):
        hand_in(ANYONE, form, receipt, all_of(made, "1"))
    with pytest.raises(Closed):
        take_back(ANYONE, receipt)
    assert [set(answers.values()) for answers, _, _ in sheets(made)] == [{"4"}]


def test_before_opening_nothing_goes_in():
    from datetime import timedelta

    made = open_for(opens=timedelta(hours=1))
    with pytest.raises(Closed, match="öppnar"):
        hand_in(ANYONE, form_of(made), new_receipt(), all_of(made, "1"))


def test_a_sheet_is_taken_back_by_its_receipt_alone():
    made, receipt = open_for(), new_receipt()
    hand_in(ANYONE, form_of(made), receipt, all_of(made, "4"))
    with pytest.raises(NotFound):
        take_back(ANYONE, new_receipt())
    take_back(ANYONE, receipt)
    assert sheets(made) == []
    with pytest.raises(NotFound):
        take_back(ANYONE, receipt)


def test_a_full_disk_is_told_in_swedish():
    """The database says so itself, by a function that stands in the place of the real one for this test."""
    from django.db import connection

    made = open_for()
    form = form_of(made)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION styrkedjan_hand_in(wanted uuid, receipt text, content text, finished boolean) "
            "RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$"
        )
    from django.db import transaction

    with pytest.raises(WrongState, match="disk är full"), transaction.atomic():
        hand_in(ANYONE, form, new_receipt(), all_of(made, "4"))


def test_papers_are_typed_in_by_those_who_lead_alone():
    from styrkedjan.actions.assessments.answering import hand_in_papers
    from styrkedjan.queries.access.viewing import viewing

    made = open_for(rows=3)
    form = form_of(made)
    papers = read_papers(form.form, form.scale, "4 3 V\n5 I -")
    with viewing(someone(Role.STAFF_MEMBER, UNIT)) as viewer, pytest.raises(NotAllowed):
        hand_in_papers(viewer, UNIT, form, papers)
    with viewing(someone(Role.PRINCIPAL, UNIT)) as viewer:
        hand_in_papers(viewer, UNIT, form, papers)
    found = sorted(sorted(answers.values()) for answers, _, _ in sheets(made))
    assert found == [["3", "4", "dont_know"], ["5", "not_relevant"]]


def test_a_paper_is_read_however_it_is_typed():
    made = open_for(rows=3)
    form = form_of(made)

    def read(line: str) -> Paper:
        (paper,) = read_papers(form.form, form.scale, line)
        return paper

    for line in ("4 3 v", "43V", "4,3,V", " 4;3 ; V "):
        assert list(read(line).sheet.answers.values()) == ["4", "3", "dont_know"]
    assert read("k7qf 2m9x 4htb w3cd: 4 – -").receipt == "K7QF2M9X4HTBW3CD"
    assert read("4 3 V | 1: a | 3: b: c").sheet.comments == {made.rows[0]: "a", made.rows[2]: "b: c"}
    assert read("4 3").problem and read("4 3 9").problem and read("4 3 V | 4: x").problem
