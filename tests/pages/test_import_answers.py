"""The pages that answers from elsewhere are read in with: a file, what it means, and a result."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from styrkedjan.core.access import Role
from tests.collected import PERSONAL, QUESTIONS, STEPS, UNITS, limesurvey_rows, written
from tests.conftest import as_owner
from tests.mailboxes import Group, close, hand_in, mailbox_connection, open_campaign
from tests.people import browser, someone
from tests.world import STORKOPING

pytestmark = pytest.mark.database

ADDRESS = f"/huvudman/{STORKOPING}/sjalvvardering/las-in/"
UNIT = f"{STORKOPING}-{UNITS[0]}"
TODAY = datetime.now(UTC).date()


@pytest.fixture(autouse=True)
def inside(world, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


@pytest.fixture
def lead():
    return browser(someone(Role.QUALITY_LEAD, STORKOPING))


def sent(lead, content: bytes, name: str = "svar.csv"):
    return lead.post(ADDRESS, {"file": SimpleUploadedFile(name, content)})


def fields(page) -> dict[str, str]:
    """What the form on a page would send as it stands."""
    text = page.content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(sealed)" value="([^"]*)"', text))
    typed = dict(re.findall(r'<input type="(?:text|date)" name="(\w+)" value="([^"]*)"', text))
    selects = re.findall(r'<select[^>]* name="([^"]+)".*?</select>', text, re.DOTALL)
    chosen = {
        name: (re.search(r'<option value="([^"]*)" selected', part) or [None, ""])[1]
        for name, part in re.findall(r'<select[^>]* name="([^"]+)"(.*?)</select>', text, re.DOTALL)
    }
    assert len(chosen) == len(selects)
    return {**typed, **chosen, **hidden}


def said(page, **changes: str) -> dict[str, str]:
    days = {"first_day": str(TODAY - timedelta(days=9)), "last_day": str(TODAY - timedelta(days=2))}
    return {**fields(page), "title": "Höstens enkät", "level": "teaching", **days, "las_in": "1", **changes}


def test_the_page_says_what_is_left_out(lead):
    page = lead.get(ADDRESS)
    assert page.status_code == 200 and "personnummer" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_from_an_export_to_a_result(lead):
    page = sent(lead, written())
    text = page.content.decode()
    assert page.status_code == 200
    assert not any(each in text for each in PERSONAL), "nothing that points at a person comes back"
    chosen = fields(page)
    assert [chosen[f"kolumn-{at}"] for at in range(3)] == ["place", QUESTIONS[0][0], QUESTIONS[1][0]]
    assert sorted(chosen[name] for name in chosen if name.startswith("steg-")) == ["1", "2", "3", "4", "5"]
    done = lead.post(ADDRESS, said(page))
    assert done.status_code == 302, done.content.decode()
    assert re.fullmatch(rf"/huvudman/{STORKOPING}/sjalvvardering/[0-9a-f-]{{36}}/resultat/", done.url)
    with as_owner(), mailbox_connection() as owner:
        key = done.url.split("/")[-3]
        groups = owner.execute(
            "SELECT place, state, sheet_count FROM answering_group WHERE campaign_id = %s ORDER BY place", [key]
        ).fetchall()
    assert groups == [(f"{STORKOPING}-{code}", "kept", 6) for code in UNITS]


def test_nothing_is_written_before_it_is_confirmed(lead):
    page = sent(lead, written())
    sending = said(page, visa="1", **{"kolumn-1": ""})
    del sending["las_in"]
    shown = lead.post(ADDRESS, sending)
    assert shown.status_code == 200 and fields(shown)["kolumn-1"] == ""
    with as_owner(), mailbox_connection() as owner:
        assert owner.execute("SELECT count(*) FROM campaign WHERE public_key = ''").fetchone() == (0,)


def test_a_scale_with_other_words_is_asked_about_and_then_read(lead):
    other = ("Stämmer inte alls", "Stämmer ganska dåligt", "Varken eller", "Stämmer ganska bra", "Stämmer helt")
    words = dict(zip(STEPS, other, strict=True))
    rows = [[words.get(cell, cell) for cell in row] for row in limesurvey_rows()]
    page = sent(lead, written(rows=rows))
    first = said(page, **{"kolumn-1": QUESTIONS[0][0], "kolumn-2": QUESTIONS[1][0]})
    asked = lead.post(ADDRESS, first)
    assert asked.status_code == 422 and "Säg vad" in asked.content.decode()
    text = asked.content.decode()
    names = {word: re.search(rf'id="(steg-\d+)" aria-label="Betyder: {word}"', text)[1] for word in other}
    answered = {names[word]: str(step) for step, word in enumerate(other, 1)}
    done = lead.post(ADDRESS, {**first, **answered})
    assert done.status_code == 302, done.content.decode()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "Filen är tom"),
        (b"%PDF-1.7", "en PDF-fil"),
        (b"namn;e-post\nBo;bo@prov.example\nEva;eva@prov.example\n", "Ingen kolumn i filen ser ut"),
        (b'a;b\n1;"2\n', "rad 2"),
    ],
)
def test_a_wrong_file_is_refused_in_words_beside_the_field(lead, content, text):
    page = sent(lead, content)
    assert page.status_code == 422 and text in page.content.decode()


def test_a_mapper_pointed_at_the_wrong_column_says_so(lead):
    page = sent(lead, written())
    wrong = lead.post(ADDRESS, said(page, **{"kolumn-0": QUESTIONS[0][0], "kolumn-1": ""}))
    assert wrong.status_code == 422
    assert "Säg vad ”90000001”" in wrong.content.decode()
    twice = lead.post(ADDRESS, said(page, **{"kolumn-1": QUESTIONS[1][0]}))
    assert twice.status_code == 422 and "samma sak" in twice.content.decode()
    missing = lead.post(ADDRESS, said(page, title="", level=""))
    assert missing.status_code == 422
    assert "Skriv en rubrik" in missing.content.decode() or "Välj vilken nivå" in missing.content.decode()


def test_a_held_file_that_has_been_touched_is_refused(lead):
    page = sent(lead, written())
    touched = lead.post(ADDRESS, said(page, sealed="gAAAA" + "x" * 60))
    assert touched.status_code == 422 and "Välj filen igen" in touched.content.decode()


def test_who_may_come_here(lead):
    assert browser().get(ADDRESS).status_code == 302
    assert browser(someone(Role.BOARD_MEMBER, STORKOPING)).get(ADDRESS).status_code == 403
    unit_page = browser(someone(Role.PRINCIPAL, UNIT)).get(f"/skolenhet/{UNIT}/sjalvvardering/las-in/")
    assert unit_page.status_code == 200


def test_a_closed_campaign_is_counted_from_its_page_and_an_open_one_is_not(lead):
    with as_owner(), mailbox_connection() as owner:
        made = open_campaign(owner, [Group(UNIT, "teaching", 12)])
        for at in range(10):
            hand_in(owner, made, UNIT, {QUESTIONS[0][0]: str(at % 5 + 1)})
    address = f"/huvudman/{STORKOPING}/sjalvvardering/{made.key}/rakna/"
    assert lead.get(address).status_code == 405
    early = lead.post(address)
    assert early.status_code == 409 and "tar fortfarande emot svar" in early.content.decode()
    with as_owner(), mailbox_connection() as owner:
        close(owner, made)
    done = lead.post(address)
    assert (done.status_code, done.url) == (302, f"/huvudman/{STORKOPING}/sjalvvardering/{made.key}/resultat/")
