"""The pages of the shared rating, under the database's walls: what is saved, what two scribes see, and the wall."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from psycopg.types.json import Jsonb

from styrkedjan.core.access import Role
from tests.conftest import as_owner
from tests.counted_campaigns import THIRD_ROW, counted_campaign, rating_campaign
from tests.mailboxes import OTHER_UNIT, ROW, UNIT, mailbox_connection
from tests.people import browser, someone
from tests.world import LILLAN, STORKOPING, World

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def inside(world: World, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def made(make=rating_campaign, **columns) -> str:
    """The key of a new campaign."""
    with as_owner(), mailbox_connection() as owner:
        return str(make(owner, **columns).key)


def page_of(campaign: str, level: str = "teaching", place: str = UNIT, wall: str = "") -> str:
    kind = "skolenhet" if "-" in place else "huvudman"
    return f"/{kind}/{place}/sjalvvardering/{campaign}/gemensam/{level}/{wall}"


def principal(place: str = UNIT, **how):
    return browser(someone(Role.PRINCIPAL, place, **how))


def text_of(response) -> str:
    """What the page says: its main part without tags, in one line."""
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def row_of(response, number: int) -> str:
    """One row's part of the page."""
    page = response.content.decode()
    return page.split(f'id="rad-{number}"', 1)[1].split('class="agreed"', 1)[0]


def seen(response, number: int) -> str:
    return re.search(r'name="seen" value="([^"]*)"', row_of(response, number))[1]


def checked(response, number: int) -> str:
    found = re.search(r'name="answer" value="([^"]*)" checked', row_of(response, number))
    return found[1] if found else "?"


def test_a_row_is_rated_and_stands_with_its_note():
    client, address = principal(), page_of(made())
    first = client.get(address)
    assert "0 av 3 rader skattade" in text_of(first)
    assert "Inte alls" in text_of(first) and "Det här gör vi inte i dag." in text_of(first)
    assert checked(first, 2) == ""
    sent = {"row": ROW, "seen": seen(first, 2), "answer": "4", "note": "Vi har prövat i ett år. 👍"}
    response = client.post(address, sent)
    assert response.status_code == 303 and response.headers["Location"] == f"{address}#rad-2"
    page = client.get(address)
    assert "1 av 3 rader skattade" in text_of(page)
    assert checked(page, 2) == "4"
    assert "Vi har prövat i ett år. 👍" in row_of(page, 2) and "Sparat" in row_of(page, 2)
    assert page.headers["Cache-Control"] == "no-store, private"


def test_the_second_scribe_is_told_and_loses_nothing():
    ylva, bo, address = principal(), principal(), page_of(made())
    before = seen(bo.get(address), 2)
    ylva.post(address, {"row": ROW, "seen": before, "answer": "4", "note": "Ylvas ord."})
    response = bo.post(address, {"row": ROW, "seen": before, "answer": "2", "note": "Bos ord."})
    assert response.status_code == 409
    assert "Någon annan hann ändra raden." in row_of(response, 2)
    assert "Nu står där: i hög grad. Anteckningen: ”Ylvas ord.”" in row_of(response, 2)
    assert checked(response, 2) == "2" and "Bos ord.</textarea>" in row_of(response, 2)
    assert checked(bo.get(address), 2) == "4", "nothing is overwritten before he has chosen"
    again = {"row": ROW, "seen": seen(response, 2), "answer": "2", "note": "Bos ord."}
    assert bo.post(address, again).status_code == 303
    assert checked(ylva.get(address), 2) == "2"


def test_what_cannot_be_kept_says_why_and_stands():
    client, address = principal(), page_of(made())
    response = client.post(address, {"row": ROW, "seen": "", "answer": "4", "note": "å" * 2001})
    assert response.status_code == 422
    assert "Anteckningen är 2001 tecken och får vara högst 2000." in row_of(response, 2)
    assert "å" * 2001 in row_of(response, 2) and checked(response, 2) == "4"
    assert client.post(address, {"row": ROW, "seen": "", "answer": "9"}).status_code == 422
    assert client.post(address, {"row": "clear_roles.99", "seen": "", "answer": "4"}).status_code == 404
    assert "0 av 3 rader" in text_of(client.get(address))


def test_individual_answers_are_shown_only_when_they_have_been_counted():
    waiting = text_of(principal().get(page_of(made())))
    assert "visas när svaren är räknade" in waiting and "Enskilda svar" not in waiting
    page = principal().get(page_of(made(counted_campaign)))
    assert "Inte alls 1, i låg grad 2, delvis 6, i hög grad 5, helt och hållet 2" in unescape(
        row_of(page, 2).replace("\u00a0", " ")
    )
    assert "10–19 svar" in row_of(page, 2)
    assert "Visas inte, så att ingen grupps svar går att räkna ut." in row_of(page, 1)
    assert "Nästan alla svarade i hög grad eller helt och hållet." in row_of(page, 3)
    assert "En kommentar" not in page.content.decode()


def test_a_position_is_never_called_individual_answers():
    page = principal().get(page_of(made(counted_campaign), "principal"))
    assert "Rollens svar" in row_of(page, 2) and "Ett ställningstagande" in row_of(page, 2)
    assert "Enskilda svar:" not in text_of(page)


def test_the_wall_shows_one_row_and_saves_a_step_without_losing_the_note():
    client, campaign = principal(), made()
    listed, wall = page_of(campaign), page_of(campaign, wall="visa/")
    client.post(listed, {"row": ROW, "seen": "", "answer": "2", "note": "Anteckning."})
    page = client.get(f"{wall}?rad=2")
    assert "Rad 2 av 3" in text_of(page) and 'rel="next" href="' in page.content.decode()
    mark = re.search(r'value="(\d)" aria-pressed="true".*?<svg.*?Vårt val', page.content.decode(), re.DOTALL)
    assert mark[1] == "2", "the step that stands is marked by a shape and by words"
    moment = re.search(r'name="seen" value="([^"]*)"', page.content.decode())[1]
    response = client.post(wall, {"row": ROW, "seen": moment, "answer": "5"})
    assert response.status_code == 303 and response.headers["Location"] == f"{wall}?rad=2"
    assert checked(client.get(listed), 2) == "5" and "Anteckning." in row_of(client.get(listed), 2)
    late = client.post(wall, {"row": ROW, "seen": moment, "answer": "1"})
    assert late.status_code == 409 and "Inget sparades:" in text_of(late)
    assert "Rad 3 av 3" in text_of(client.get(f"{wall}?rad=99"))


def test_who_may_read_and_who_may_rate():
    campaign = made()
    address = page_of(campaign)
    lead = browser(someone(Role.QUALITY_LEAD, STORKOPING))
    assert lead.post(address, {"row": THIRD_ROW, "seen": "", "answer": "3"}).status_code == 303
    board = browser(someone(Role.BOARD_MEMBER, STORKOPING))
    page = board.get(address)
    assert page.status_code == 200 and "Du kan läsa skattningen." in text_of(page)
    assert 'name="answer"' not in page.content.decode()
    assert board.post(address, {"row": ROW, "seen": "", "answer": "3"}).status_code == 403
    assert browser(someone(Role.STAFF_MEMBER, UNIT)).get(address).status_code == 403
    assert principal(OTHER_UNIT).get(address).status_code == 403
    assert browser(someone(Role.QUALITY_LEAD, LILLAN)).get(address).status_code == 404
    assert browser().get(address).status_code == 302


def test_there_is_no_page_where_nobody_rates_together():
    alone = made(modes=Jsonb(["individual"]))
    assert principal().get(page_of(alone)).status_code == 404
    campaign = made()
    assert principal().get(page_of(campaign, "organiser")).status_code == 404, "the unit has no such group"
    assert principal().get(page_of(campaign, "elever")).status_code == 404


def test_a_campaign_that_has_not_opened_cannot_be_rated():
    now = datetime.now(UTC)
    campaign = made(opens_at=now + timedelta(days=1), closes_at=now + timedelta(days=9))
    assert "har inte öppnat" in text_of(principal().get(page_of(campaign)))
    assert principal().post(page_of(campaign), {"row": ROW, "seen": "", "answer": "3"}).status_code == 409
