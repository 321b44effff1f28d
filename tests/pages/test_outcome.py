"""Du sa, vi gjorde: written by those who lead, looked at, published, and read by everyone who could answer."""

import re
from html import unescape

import pytest

from styrkedjan.core.access import Role
from tests.conftest import as_owner
from tests.counted_campaigns import FACTOR, OTHER_FACTOR, counted_campaign, rating_campaign
from tests.mailboxes import OTHER_UNIT, UNIT, MadeCampaign, mailbox_connection
from tests.people import browser, someone
from tests.world import LILLAN, STORKOPING, World

pytestmark = pytest.mark.database

TEXTS = {f"hort-{FACTOR}": "Rollerna är <b>oklara</b>.", f"beslut-{FACTOR}": "Vi skriver om delegationen till mars."}
ROLE_COMMENT = "En kommentar som bara de som leder läser."


@pytest.fixture(autouse=True)
def inside(world: World, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def made(make=counted_campaign, **columns) -> MadeCampaign:
    with as_owner(), mailbox_connection() as owner:
        return make(owner, **columns)


def code_of(campaign: MadeCampaign, place: str = UNIT, level: str = "teaching") -> str:
    return campaign.groups[place, level].hex[:7].upper()


def page_of(campaign: MadeCampaign, place: str = STORKOPING, rest: str = "") -> str:
    kind = "skolenhet" if "-" in place else "huvudman"
    return f"/{kind}/{place}/sjalvvardering/{campaign.key}/aterkoppling/{rest}"


def lead():
    return browser(someone(Role.QUALITY_LEAD, STORKOPING))


def staff(place: str = UNIT):
    return browser(someone(Role.STAFF_MEMBER, place))


def text_of(response) -> str:
    """What the page says: its main part without tags, in one line."""
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).replace("\u00a0", " ").split())


def published(campaign: MadeCampaign, **texts: str) -> None:
    response = lead().post(page_of(campaign, rest="skriv/"), {**(texts or TEXTS), "publicera": "1"})
    assert response.status_code == 303, text_of(response)


def test_nothing_is_published_before_it_has_been_looked_at():
    campaign, client = made(), lead()
    preview = client.post(page_of(campaign, rest="skriv/"), TEXTS)
    assert preview.status_code == 200
    assert "Inget är publicerat än." in text_of(preview) and "Rollerna är <b>oklara</b>." in text_of(preview)
    assert "Ingen återkoppling än" in text_of(client.get(page_of(campaign)))
    back = client.post(page_of(campaign, rest="skriv/"), {**TEXTS, "andra": "1"})
    assert "Rollerna är &lt;b&gt;oklara&lt;/b&gt;.</textarea>" in back.content.decode()


def test_those_who_work_at_the_unit_read_what_was_decided_and_the_released_answers():
    campaign = made()
    published(campaign)
    page = staff().get(page_of(campaign, UNIT))
    said = text_of(page)
    assert "Rollerna är <b>oklara</b>." in said and "Vi skriver om delegationen till mars." in said
    assert re.search(r"Publicerat \d+ \w+ \d{4}", said)
    assert "Inte alls 1, i låg grad 2, delvis 6, i hög grad 5, helt och hållet 2" in said, "the unit's own"
    assert "Inte alls 2, i låg grad 4, delvis 9, i hög grad 7, helt och hållet 2" in said, "and the organiser's"
    assert "tällningstagande" not in said, "what the rektor stands for is for those who lead"
    assert ROLE_COMMENT not in page.content.decode()
    assert "Skriv återkoppling" not in said and "Ta bort" not in said


def test_who_belongs_to_a_small_group_reads_the_organisers_answers():
    said = text_of(staff(OTHER_UNIT).get(page_of(made(), OTHER_UNIT)))
    assert "delvis 9" in said and "delvis 6" not in said


def test_with_the_code_it_is_read_without_an_account():
    campaign = made()
    published(campaign)
    response = browser().get(f"/svara/{code_of(campaign)}/resultat/")
    said = text_of(response)
    assert "Vi skriver om delegationen till mars." in said and "delvis 6" in said and "delvis 9" in said
    assert "Ingen ser vem du är" in said
    assert "tällningstagande" not in said
    assert ROLE_COMMENT not in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"] and "ETag" not in response.headers
    signed_in = browser(someone(Role.QUALITY_LEAD, STORKOPING)).get(f"/svara/{code_of(campaign)}/resultat/")
    assert "Ta bort" not in text_of(signed_in), "nobody is anybody there"
    assert browser().get("/svara/FINNSEJ/resultat/").status_code == 404
    assert browser().post(f"/svara/{code_of(campaign)}/resultat/").status_code == 405


def test_the_database_gives_no_comments_to_whoever_has_a_code():
    from django.db import connection

    campaign = made()
    with connection.cursor() as cursor:
        cursor.execute("SELECT styrkedjan_outcome_by_code(%s)::text", [code_of(campaign)])
        answer = cursor.fetchone()[0]
    assert "clear_roles.1" in answer and ROLE_COMMENT not in answer and "sealed_key" not in answer


def test_before_the_count_there_are_no_results_and_nothing_can_be_published():
    campaign = made(rating_campaign)
    assert "Svaren är inte räknade än." in text_of(staff().get(page_of(campaign, UNIT)))
    assert "Svaren är inte räknade än." in text_of(browser().get(f"/svara/{code_of(campaign)}/resultat/"))
    response = lead().post(page_of(campaign, rest="skriv/"), {**TEXTS, "publicera": "1"})
    assert response.status_code == 409 and "Inget har publicerats." in text_of(response)


def test_a_later_addition_stands_after_the_first_with_its_own_date():
    campaign = made()
    published(campaign)
    published(campaign, **{"hort-": "Mer tid.", "beslut-": "Vi börjar med en timme i veckan."})
    said = text_of(lead().get(page_of(campaign)))
    assert said.index("delegationen till mars") < said.index("en timme i veckan")
    assert said.count("Publicerat ") == 2 and "Helheten" in said


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Skriv vad ni hörde och vad ni beslutade, minst en gång."),
        ({f"hort-{OTHER_FACTOR}": "Bara hört."}, "Skriv också vad ni beslutade, eller varför ni inte gör något nu."),
        ({"beslut-": "Bara beslutat."}, "Skriv också vad ni hörde."),
        ({"hort-": "å" * 5001, "beslut-": "Kort."}, "En text är 5001 tecken och får vara högst 5000."),
    ],
)
def test_what_cannot_be_published_says_why_and_keeps_the_text(sent, said):
    response = lead().post(page_of(made(), rest="skriv/"), sent)
    assert response.status_code == 422 and said in text_of(response)
    assert all(f">{text}</textarea>" in response.content.decode() for text in sent.values())


def test_a_text_can_be_taken_away():
    campaign, client = made(), lead()
    published(campaign)
    address = re.search(r'href="([^"]*/ta-bort/[^"]*)"', client.get(page_of(campaign)).content.decode())[1]
    assert "Den försvinner för alla" in text_of(client.get(address))
    assert staff().post(address).status_code == 403
    assert client.post(address).status_code == 303
    assert "Ingen återkoppling än" in text_of(client.get(page_of(campaign)))
    assert client.post(address).status_code == 404


def test_who_may_read_and_who_may_write():
    campaign = made()
    assert staff().get(page_of(campaign, UNIT, "skriv/")).status_code == 403
    principal = browser(someone(Role.PRINCIPAL, UNIT))
    assert principal.get(page_of(campaign, UNIT, "skriv/")).status_code == 404, "the organiser's campaign is not hers"
    assert browser(someone(Role.STAFF_MEMBER, LILLAN)).get(page_of(campaign)).status_code == 404
    assert staff().get(page_of(campaign)).status_code == 403, "the organiser's page is not the unit's"
    assert browser().get(page_of(campaign)).status_code == 302
