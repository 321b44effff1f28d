"""The own underlag: what a place has chosen, beside the official briefing, on its pages and as a paper to share."""

import json
import re
from html import unescape

import pytest

from styrkedjan.core.access import Role
from styrkedjan.core.refused import NotAllowed, NotFound
from tests.conftest import as_owner
from tests.counted_campaigns import FACTOR, OTHER_FACTOR, counted_campaign, rating_campaign
from tests.mailboxes import OTHER_UNIT, ROW, UNIT, MadeCampaign, mailbox_connection
from tests.people import browser, someone
from tests.world import LILLAN, STORKOPING

pytestmark = pytest.mark.database

COMMENT = "En kommentar som bara de som leder läser."
OWN = f"/huvudman/{STORKOPING}/underlag/med-sjalvvardering/"


@pytest.fixture(autouse=True)
def inside(world, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def made(make=counted_campaign, **columns) -> MadeCampaign:
    with as_owner(), mailbox_connection() as owner:
        return make(owner, **columns)


def choosing(campaign: MadeCampaign, place: str = STORKOPING) -> str:
    kind = "skolenhet" if "-" in place else "huvudman"
    return f"/{kind}/{place}/sjalvvardering/{campaign.key}/till-underlaget/"


def lead(**how):
    return browser(someone(Role.QUALITY_LEAD, STORKOPING, **how))


def text_of(response) -> str:
    """What the page says: its main part without tags, in one line."""
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).replace("\u00a0", " ").split())


def chosen_at(token: str, place: str):
    from styrkedjan.queries.access.viewing import viewing
    from styrkedjan.queries.assessments.own_briefing import chosen_at as find

    with viewing(token) as viewer:
        return find(viewer, place)


def test_only_chosen_factors_enter_and_with_what_was_agreed_together():
    client, campaign = lead(), made()
    assert client.post(choosing(campaign), {"factor": [FACTOR]}).status_code == 303
    principal = browser(someone(Role.PRINCIPAL, UNIT))
    principal.post(choosing(campaign, UNIT), {"factor": [FACTOR, OTHER_FACTOR]})
    rated = f"/skolenhet/{UNIT}/sjalvvardering/{campaign.key}/gemensam/teaching/"
    principal.post(rated, {"row": ROW, "seen": "", "answer": "4"})
    (whole,) = chosen_at(someone(Role.BOARD_MEMBER, STORKOPING), STORKOPING)
    assert [factor.factor for factor in whole.factors] == [FACTOR]
    (unit,) = chosen_at(someone(Role.PRINCIPAL, UNIT), UNIT)
    assert [factor.factor for factor in unit.factors] == [OTHER_FACTOR, FACTOR]
    cells = {cell.level: cell for cell in unit.factors[1].rows[0].cells}
    assert cells["teaching"].counts == (1, 2, 6, 5, 2) and cells["teaching"].shared == "I hög grad"
    assert cells["principal"].state == "position" and "organiser" not in cells
    assert COMMENT not in json.dumps(unit.to_json(), ensure_ascii=False)


def test_who_may_read_what_has_been_chosen():
    with pytest.raises(NotAllowed):
        chosen_at(someone(Role.STAFF_MEMBER, UNIT), UNIT)
    with pytest.raises(NotFound):
        chosen_at(someone(Role.QUALITY_LEAD, LILLAN), STORKOPING)
    assert chosen_at(someone(Role.QUALITY_LEAD, STORKOPING), STORKOPING) == ()


def test_the_page_has_the_official_briefing_and_the_chosen_rows():
    client, campaign = lead(), made()
    assert "Inga resultat är valda än" in text_of(client.get(OWN))
    client.post(choosing(campaign), {"factor": [FACTOR]})
    page = client.get(OWN)
    said = text_of(page)
    assert "Det här är verksamhetens förutsättningar" in said and "Här kommer siffrorna ifrån" in said
    assert "Så här bedömer vi oss själva" in said and "Tydlig roll- och ansvarsfördelning" in said
    assert "Inte alls 2, i låg grad 4, delvis 9, i hög grad 7, helt och hållet 2" in said
    assert "3 ställningstaganden" in said
    assert "Förtroendefullt klimat" not in said.split("Så här bedömer vi oss själva")[1].split("Förutsättningar")[0]
    assert said.index("verksamhetens förutsättningar") < said.index("Så här bedömer vi oss själva")
    assert "Ingen myndighet ser det." in said and page.headers["Cache-Control"] == "no-store, private"
    assert client.get(OWN.replace("med-sjalvvardering/", "med-sjalvvardering.pdf")).content.startswith(b"%PDF")


def test_the_public_underlag_stays_as_it_is_and_leads_on_those_who_may():
    client, campaign = lead(), made()
    public = f"/huvudman/{STORKOPING}/underlag/"
    client.post(choosing(campaign), {"factor": [FACTOR]})
    assert "Så här bedömer vi oss själva" not in text_of(client.get(public))
    assert OWN in client.get(public).content.decode()
    for other in (browser(), browser(someone(Role.QUALITY_LEAD, LILLAN)), browser(someone(Role.STAFF_MEMBER, UNIT))):
        assert OWN not in other.get(public).content.decode()
        assert other.get(OWN).status_code in (302, 403, 404)


def test_a_rektor_chooses_for_the_unit_and_only_what_is_released_there():
    campaign, principal = made(), browser(someone(Role.PRINCIPAL, UNIT))
    assert "Tydlig roll- och ansvarsfördelning" in text_of(principal.get(choosing(campaign, UNIT)))
    assert principal.get(choosing(campaign)).status_code == 403
    assert lead().get(choosing(campaign, OTHER_UNIT)).status_code == 404
    assert lead().get(choosing(made(rating_campaign))).status_code == 404
    assert browser(someone(Role.BOARD_MEMBER, STORKOPING)).get(choosing(campaign)).status_code == 403


def paper_of(client, campaign: MadeCampaign) -> str:
    client.post(choosing(campaign), {"factor": [FACTOR]})
    response = client.post(f"{choosing(campaign)}material/")
    assert response.status_code == 303, text_of(response)
    return response.headers["Location"].split("?")[0]


def test_the_chosen_results_become_a_paper_that_nobody_writes_in():
    client, campaign = lead(), made()
    empty = client.post(f"{choosing(campaign)}material/")
    assert empty.status_code == 409 and "inga resultat är valda" in text_of(empty).lower()
    paper = paper_of(client, campaign)
    page = client.get(paper)
    assert "Självvärdering: Påhittad självvärdering" in text_of(page)
    assert "delvis 9" in text_of(page) and COMMENT not in page.content.decode()
    assert (
        f'href="{paper}andra/"' not in page.content.decode() and f'href="{paper}kopiera/"' not in page.content.decode()
    )
    forged = {"title": "Ny", "version": "1", "factors": "[]"}
    assert client.post(f"{paper}andra/", forged).status_code == 409
    assert client.post(f"{paper}kopiera/", {"target": UNIT}).status_code == 409
    new = f"/huvudman/{STORKOPING}/arbete/nytt/self_assessment/"
    assert client.get(new).status_code == 404 and client.post(new, forged).status_code == 404
    work = client.get(f"/huvudman/{STORKOPING}/arbete/").content.decode()
    assert "nytt/self_assessment" not in work and "Resultat av självvärdering" in work


def test_the_agency_reads_what_was_shared_with_a_receipt():
    client, campaign = lead(), made()
    paper = paper_of(client, campaign)
    share = text_of(client.get(f"{paper}dela/"))
    assert "alla valda resultat" in share and "Kommentarer följer aldrig med." in share
    receipt = client.post(f"{paper}dela/", {"agency": "skolverket", "understood": "on", "version": 1})
    assert receipt.status_code == 303, text_of(receipt)
    key = receipt.headers["Location"].split("?")[0].rstrip("/").rsplit("/", 1)[1]
    dialogue = browser(someone(Role.DIALOGUE_LEAD, "skolverket"))
    assert "Resultat av självvärdering" in text_of(dialogue.get("/delat/"))
    assert "delvis 9" in text_of(dialogue.get(f"/delat/{key}/"))
    file = json.loads(dialogue.get(f"/delat/{key}/version.json").content)
    row = file["contents"]["factors"][0]["rows"][0]
    assert file["kind"] == "self_assessment" and row["cells"][1]["counts"] == [2, 4, 9, 7, 2]
    assert row["cells"][1]["shared"] == "", "what is agreed on together has passed no gate"
    assert COMMENT not in json.dumps(file, ensure_ascii=False)
