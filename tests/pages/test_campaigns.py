"""The pages of campaigns, under the database's walls: opened, followed, shared out and ended, by whom and how."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest

from styrkedjan.core.access import Role
from styrkedjan.core.catalogue import ChainLevel
from tests.actions.campaign_plans import OTHER_UNIT, UNIT, UNIT_ASKED, plan
from tests.conftest import as_owner
from tests.people import browser, someone
from tests.world import LILLAN, LILLAN_UNIT, STORKOPING, World

pytestmark = pytest.mark.database

LIST, UNIT_LIST = f"/huvudman/{STORKOPING}/sjalvvardering/", f"/skolenhet/{UNIT}/sjalvvardering/"
THIRD_UNIT = f"{STORKOPING}-90000003"


@pytest.fixture(autouse=True)
def inside(world: World, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def lead(place: str = STORKOPING):
    return browser(someone(Role.QUALITY_LEAD, place))


def principal(unit: str = UNIT):
    return browser(someone(Role.PRINCIPAL, unit))


def text_of(response) -> str:
    """What the page says: its main part without tags, in one line."""
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def day(offset: int) -> str:
    return (datetime.now(UTC) + timedelta(days=offset)).date().isoformat()


def filled(**changes) -> dict:
    """The form of a new campaign at the organiser, as it is sent when it is filled in."""
    return {
        "ticket": str(uuid4()),
        "edition": "2026-1",
        "title": "Självvärdering hösten 2026",
        "school_form": "compulsory",
        "levels": ["organiser", "principal", "teaching"],
        "modes": ["individual"],
        "opens": day(0),
        "closes": day(21),
        "factors": ["professional_development"],
        "rows": ["trusting_climate.1"],
        "own": ["Vi hinner tala om undervisningen.", "", ""],
        "units": [UNIT, OTHER_UNIT],
        f"n-organiser-{STORKOPING}": "6",
        "all-principal": "1",
        "all-teaching": "20",
        f"n-teaching-{OTHER_UNIT}": "3",
        **changes,
    }


def unit_filled(**changes) -> dict:
    given = {
        "levels": ["principal", "teaching"],
        "units": [],
        f"n-principal-{UNIT}": "",
        f"n-teaching-{UNIT}": "12",
    }
    kept = {key: value for key, value in filled().items() if not key.startswith(("n-", "all-"))}
    return {**kept, **given, **changes}


def opened(client, address: str = LIST, **changes) -> str:
    """The address of a new campaign."""
    form = filled(**changes) if address == LIST else unit_filled(**changes)
    response = client.post(f"{address}ny/", {**form, "open": "1"})
    assert response.status_code == 303, text_of(response)
    return response.headers["Location"].split("?")[0]


def links(response, word: str) -> list[str]:
    return re.findall(rf'href="([^"]*/{word}/[^"]*)"', response.content.decode())


def test_an_empty_list_teaches_what_it_is():
    said = text_of(lead().get(LIST))
    assert "Ni har inte gjort någon självvärdering här än" in said and "Öppna en självvärdering" in said


def test_the_form_is_filled_in_beforehand():
    page = lead().get(f"{LIST}ny/").content.decode()
    assert re.search(r'name="title" value="Självvärdering (hösten|våren) 20\d\d"', page)
    assert f'value="{day(21)}"' in page
    assert re.search(r'name="all-principal" value="1"', page)
    assert "Storskolan 34" not in page or "fanns inte i senaste läsåret" in page, "a closed unit is told apart"
    assert "1–4 personer är svaret ett" in text_of(lead().get(f"{LIST}ny/"))


def test_it_says_who_is_anonymous_before_anything_is_opened():
    client = lead()
    response = client.post(f"{LIST}ny/", filled())
    said = text_of(response)
    assert response.status_code == 200
    assert "Inget är öppnat än." in said
    assert "Ställningstagande från 1 grupp" in said and "Storskolan 2, 3 personer" in said
    assert "Anonyma svar från 1 grupp" in said
    assert "9 påståenden, ungefär 3 minuter" in said
    assert "Självvärdering hösten 2026" not in text_of(client.get(LIST))


def test_what_was_reviewed_is_what_is_opened():
    client = lead()
    review = client.post(f"{LIST}ny/", filled()).content.decode()
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', review)
    sent: dict[str, list[str]] = {"open": ["1"]}
    for name, value in hidden:
        sent.setdefault(name, []).append(unescape(value))
    sent.pop("csrfmiddlewaretoken", None)
    response = client.post(f"{LIST}ny/", sent)
    assert response.status_code == 303
    said = text_of(client.get(response.headers["Location"]))
    assert "Självvärderingen är öppnad." in said
    assert "Öppen till" in said and "kl. 23.59" in said
    assert "Anonyma svar" in said and "Ställningstagande" in said
    assert "Självvärdering hösten 2026" in text_of(client.get(LIST))


def test_changing_ones_mind_gives_the_form_back_as_it_was():
    response = lead().post(f"{LIST}ny/", {**filled(title="Min egen rubrik"), "change": "1"})
    page = response.content.decode()
    assert response.status_code == 200 and "Rätta det här" not in page
    assert "Min egen rubrik" in page and 'name="all-teaching" value="20"' in page
    assert re.search(r'value="professional_development" id="[^"]+" checked', page)


def test_sent_twice_it_is_opened_once():
    client, form = lead(), {**filled(), "open": "1"}
    first, second = (client.post(f"{LIST}ny/", form).headers["Location"] for _ in range(2))
    assert first == second
    assert len(re.findall(rf'href="{LIST}[0-9a-f-]{{36}}/"', client.get(LIST).content.decode())) == 1


WRONG = {
    "nothing chosen": ({"factors": [], "rows": [], "own": [""]}, "Välj minst en framgångsfaktor"),
    "nine own": ({"own": [f"Påstående {n}" for n in range(9)]}, "9 egna påståenden och kan ha högst 8"),
    "closes first": ({"opens": day(9), "closes": day(3)}, "före den första"),
    "has closed": ({"opens": day(-9), "closes": day(-3)}, "har redan varit"),
    "no date": ({"closes": "nästa vecka"}, "Skriv datumet så här"),
    "no level": ({"levels": []}, "Välj minst en nivå"),
    "no mode": ({"modes": []}, "Välj hur ni svarar"),
    "a forged level": ({"levels": ["nation"]}, "En av nivåerna finns inte här"),
    "a forged unit": ({"units": [UNIT, LILLAN_UNIT]}, "En av enheterna finns inte hos er"),
    "a forged row": ({"rows": ["trusting_climate.99"]}, "finns inte i den här utgåvan"),
    "another edition": ({"edition": "2020-1"}, "ny utgåva"),
    "no count": ({"all-teaching": ""}, "Storskolan 1: skriv hur många som ska svara i undervisningen"),
    "words for a count": ({f"n-teaching-{UNIT}": "tolv"}, "Skriv antalet som en siffra"),
    "a huge count": ({f"n-teaching-{UNIT}": "99999"}, "högst 5000"),
    "nobody at all": ({"levels": ["teaching"], "units": []}, "Skriv hur många som ska svara"),
}


@pytest.mark.parametrize(("changes", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_and_what_was_typed_stays(changes, said):
    client = lead()
    response = client.post(f"{LIST}ny/", {**filled(title="Min egen rubrik", **changes), "open": "1"})
    assert response.status_code == 422
    assert said in text_of(response)
    assert "Min egen rubrik" in response.content.decode()
    assert "Min egen rubrik" not in text_of(client.get(LIST))


def test_nine_own_statements_are_all_kept_in_the_form():
    page = lead().post(f"{LIST}ny/", filled(own=[f"Påstående nummer {n}" for n in range(9)])).content.decode()
    assert all(f"Påstående nummer {n}" in page for n in range(9))


def test_a_principal_opens_for_her_unit():
    client = principal()
    page = client.get(f"{UNIT_LIST}ny/").content.decode()
    assert 'value="organiser"' not in page and "all-teaching" not in page
    campaign = opened(client, UNIT_LIST)
    said = text_of(client.get(campaign))
    assert "Rektor" in said and "Undervisning" in said
    assert "Huvudman " not in said.split("Vem kan se det här")[1].split("Om självvärderingen")[0]
    assert campaign not in lead().get(LIST).content.decode(), "the unit's own, until it is part of the total"


def test_who_may_not_is_refused():
    campaign = opened(lead())
    for client in (browser(someone(Role.STAFF_MEMBER, UNIT)), browser(someone(Role.BOARD_MEMBER, STORKOPING))):
        assert client.get(f"{UNIT_LIST if client.get(LIST).status_code == 403 else LIST}ny/").status_code == 403
    for address in (LIST, f"{LIST}ny/", campaign, f"{campaign}andra/", f"{campaign}stang/", f"{campaign}ta-bort/"):
        assert lead(LILLAN).get(address).status_code == 404
    other = campaign.replace(f"/huvudman/{STORKOPING}/", f"/skolenhet/{THIRD_UNIT}/")
    assert principal(THIRD_UNIT).get(other).status_code == 404, "a unit that is not asked"


def handed_in(code: str, times: int = 1) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for _ in range(times):
            cursor.execute(
                "SELECT styrkedjan_hand_in((styrkedjan_form_by_code(%s)->'group'->>'key')::uuid, %s, 'x', true)",
                [code, uuid4().hex * 2],
            )
            assert cursor.fetchone()[0] == "saved"


def code_of(campaign: str, place: str, level: ChainLevel) -> str:
    from styrkedjan.tables.assessments import AnsweringGroupRow

    with as_owner():
        rows = AnsweringGroupRow._base_manager.filter(campaign=campaign.rstrip("/").rpartition("/")[2])
        return rows.get(place=place, level=level).code


def test_the_rate_is_live_and_points_at_nobody():
    client = lead()
    campaign = opened(client, **{f"n-teaching-{OTHER_UNIT}": "2"})
    handed_in(code_of(campaign, UNIT, ChainLevel.TEACHING), 7)
    handed_in(code_of(campaign, UNIT, ChainLevel.PRINCIPAL))
    handed_in(code_of(campaign, OTHER_UNIT, ChainLevel.TEACHING), 2)
    said = text_of(client.get(campaign))
    assert "7 av 20" in said and "0 av 6" in said
    for pointing in ("1 av 1", "2 av 2", "9 av 22", "1 av 2", "8 av", "10 av"):
        assert pointing not in said
    assert "7 av 26" in text_of(client.get(LIST)), "only groups that are large enough"
    unit = text_of(principal().get(campaign.replace(f"/huvudman/{STORKOPING}/", f"/skolenhet/{UNIT}/")))
    assert "7 av 20" in unit and "Storskolan 2" not in unit and "1 av 1" not in unit


def test_a_group_is_reached_by_code_poster_and_paper():
    client = lead()
    campaign = opened(client)
    code = code_of(campaign, UNIT, ChainLevel.TEACHING)
    (address,) = [each for each in links(client.get(campaign), "fraga") if code in client.get(each).content.decode()]
    page = client.get(address)
    assert "Fler än 20 svar tas inte emot." in text_of(page) and "<svg" in page.content.decode()
    poster = client.get(re.search(r'href="([^"]*affisch[^"]*)"', page.content.decode())[1])
    assert poster.content.startswith(b"%PDF") and poster.headers["Cache-Control"] == "no-store, private"
    paper = re.search(r'action="([^"]*papper[^"]*)"', page.content.decode())[1]
    small, large = client.get(f"{paper}?antal=1").content, client.get(f"{paper}?antal=3").content
    assert small.startswith(b"%PDF") and len(large) > len(small)
    assert client.get(f"{paper}?antal=1").content != small, "every form has a receipt of its own"


def test_links_are_sent_and_nobody_is_named():
    client = lead()
    campaign = opened(client)
    address = next(
        each
        for each in links(client.get(campaign), "fraga")
        if code_of(campaign, UNIT, ChainLevel.TEACHING) in client.get(each).content.decode()
    )
    response = client.post(address, {"addresses": "Ylva <ylva@prov.example>\nbo@prov.example; YLVA@prov.example"})
    assert response.status_code == 200
    assert "2 länkar är på väg." in text_of(response) and "2 av 20 har fått en länk." in text_of(response)
    assert (
        "@prov.example" not in response.content.decode()
        and "@prov.example" not in client.get(campaign).content.decode()
    )
    again = text_of(client.post(address, {"addresses": "bo@prov.example\nny@prov.example"}))
    assert "En länk är på väg." in again and "En av adresserna hade redan fått en länk" in again
    wrong = client.post(address, {"addresses": "bra@prov.example\nbara ord"})
    assert wrong.status_code == 422 and "”bara ord”" in text_of(wrong) and "bra@prov.example" in wrong.content.decode()
    assert "Påminn dem som inte har svarat" in text_of(client.get(campaign))
    assert "utom till dem som fick länken i dag" in text_of(client.get(f"{campaign}paminn/"))
    assert client.post(f"{campaign}paminn/").status_code == 303
    assert "redan på väg" in text_of(client.get(f"{campaign}paminn/"))


def test_title_dates_and_counts_are_changed_and_a_stale_page_is_told():
    client = lead()
    campaign = opened(client)
    stale = client.get(f"{campaign}andra/").content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', stale)[1]
    assert 'name="opens"' not in stale, "it has opened"
    sent = {"title": "Ny rubrik", "closes": day(30), "seen": seen}
    assert client.post(f"{campaign}andra/", sent).status_code == 303
    assert "Ny rubrik" in text_of(client.get(campaign))
    late = client.post(f"{campaign}andra/", {**sent, "title": "En annan rubrik"})
    assert late.status_code == 409 and "någon har ändrat" in text_of(late).lower()
    fields = re.findall(r'name="(n-[0-9a-f-]+)" value="3"', client.get(f"{campaign}andra/").content.decode())
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(f"{campaign}andra/").content.decode())[1]
    over = client.post(f"{campaign}andra/", {**sent, "seen": seen, fields[0]: "9"})
    assert over.status_code == 422 and "ställningstagande" in text_of(over)
    words = client.post(f"{campaign}andra/", {**sent, "seen": seen, fields[0]: "nio"})
    assert words.status_code == 422 and "Skriv antalet som en siffra" in text_of(words)


def test_a_unit_corrects_its_own_count_in_the_organisers_campaign():
    campaign = opened(lead()).replace(f"/huvudman/{STORKOPING}/", f"/skolenhet/{UNIT}/")
    client = principal()
    said = text_of(client.get(campaign))
    assert "Storköping" in said and "Stäng nu" not in said and "Ta bort" not in said
    page = client.get(f"{campaign}andra/").content.decode()
    assert 'name="title"' not in page
    (field,) = re.findall(r'name="(n-[0-9a-f-]+)" value="20"', page)
    assert client.post(f"{campaign}andra/", {field: "22"}).status_code == 303
    assert "0 av 22" in text_of(client.get(campaign))


def test_a_principal_keeps_her_unit_out_of_the_total():
    client, campaign = lead(), ""
    campaign = opened(client)
    mine = campaign.replace(f"/huvudman/{STORKOPING}/", f"/skolenhet/{UNIT}/")
    assert "enheten är med" in text_of(principal().get(f"{mine}samlat/"))
    assert principal().post(f"{mine}samlat/", {"med": "0"}).status_code == 303
    assert "inte med i sammanställningen" in text_of(client.get(campaign))


def test_closing_is_asked_about_and_tells_of_the_quarter():
    client = lead()
    campaign = opened(client)
    assert "en kvart" in text_of(client.get(f"{campaign}stang/"))
    assert "har en kvart på sig" in text_of(client.get(client.post(f"{campaign}stang/").headers["Location"]))
    assert "Den går inte att stänga härifrån." in text_of(client.get(f"{campaign}stang/"))
    assert client.post(f"{campaign}stang/").status_code == 409


def test_a_removed_campaign_is_gone():
    client = lead()
    campaign = opened(client)
    assert "Det går inte att ångra." in text_of(client.get(f"{campaign}ta-bort/"))
    response = client.post(f"{campaign}ta-bort/")
    assert "borttagen" in text_of(client.get(response.headers["Location"]))
    assert client.get(campaign).status_code == 404


def test_the_same_is_asked_again_with_one_click():
    client = lead()
    campaign = opened(client)
    page = client.get(f"{campaign}upprepa/").content.decode()
    assert re.search(r'value="professional_development" id="[^"]+" checked', page)
    assert re.search(r'value="trusting_climate.1" id="[^"]+" checked', page)
    assert "Vi hinner tala om undervisningen." in page
    assert f'name="n-teaching-{UNIT}" value="20"' in page and f'name="n-teaching-{OTHER_UNIT}" value="3"' in page
    again = client.post(f"{campaign}upprepa/", {**filled(title="Självvärdering våren 2027"), "open": "1"})
    assert again.status_code == 303
    from styrkedjan.tables.assessments import CampaignRow

    with as_owner():
        row = CampaignRow._base_manager.get(key=again.headers["Location"].split("/")[4])
    assert str(row.previous_id) == campaign.rstrip("/").rpartition("/")[2]


@pytest.mark.parametrize(
    ("role", "level"), [(Role.STAFF_MEMBER, ChainLevel.TEACHING), (Role.PRINCIPAL, ChainLevel.PRINCIPAL)]
)
def test_who_is_asked_finds_her_own_form(role, level):
    campaign = opened(lead())
    page = browser(someone(role, UNIT)).get(UNIT_LIST)
    assert f"/svara/{code_of(campaign, UNIT, level)}/" in page.content.decode()
    others = [other for other in ChainLevel if other not in (level, ChainLevel.ORGANISER)]
    assert all(f"/svara/{code_of(campaign, UNIT, other)}/" not in page.content.decode() for other in others)


def test_staff_see_their_answer_and_nothing_of_the_leading():
    campaign = opened(lead())
    client = browser(someone(Role.STAFF_MEMBER, UNIT))
    said = text_of(client.get(UNIT_LIST))
    assert "Svara på Självvärdering hösten 2026" in said and "har lämnat in" not in said
    assert "Öppna en självvärdering" not in said
    assert client.get(campaign.replace(f"/huvudman/{STORKOPING}/", f"/skolenhet/{UNIT}/")).status_code == 403
    other = browser(someone(Role.STAFF_MEMBER, THIRD_UNIT)).get(f"/skolenhet/{THIRD_UNIT}/sjalvvardering/")
    assert "Inget att svara på just nu" in text_of(other)


def test_the_list_costs_the_same_with_many():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from styrkedjan.actions.assessments.campaigns import open_campaign
    from styrkedjan.queries.access.viewing import viewing

    token = someone(Role.QUALITY_LEAD, STORKOPING)
    client = browser(token)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(LIST).status_code == 200
        return len(captured)

    def more(count: int) -> None:
        with viewing(token) as viewer:
            for _ in range(count):
                open_campaign(viewer, STORKOPING, plan())

    more(1)
    one = queries()
    more(14)
    assert queries() == one


def test_a_unit_has_its_own_and_its_organisers():
    opened(lead())
    with_token = someone(Role.PRINCIPAL, UNIT)
    from styrkedjan.actions.assessments.campaigns import open_campaign
    from styrkedjan.queries.access.viewing import viewing

    with viewing(with_token) as viewer:
        open_campaign(viewer, UNIT, plan(title="Vår egen", asked=UNIT_ASKED))
    said = text_of(browser(with_token).get(UNIT_LIST))
    assert "Vår egen" in said and "Öppnad av Storköpings kommun" in said
