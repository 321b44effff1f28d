"""First look: a kvalitetsansvarig finds her huvudman, reads läget, follows one number to its cell and takes the
underlag with her."""

import io
import re

import pikepdf
import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Open, look_over

pytestmark = pytest.mark.browser


def test_from_the_search_field_to_the_source_cell(open_page: Open) -> None:
    page = open_page("/")
    look_over(page)
    page.get_by_role("searchbox", name="Sök huvudman eller skola").fill("backens kommun")
    page.get_by_role("button", name="Sök").click()
    page.get_by_role("link", name="Klintbackens kommun", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Läget i grundskolan")
    expect(page.get_by_text("Påhittade uppgifter. Alla kan se den här sidan.")).to_be_visible()
    expect(page.locator(".goal .indicators")).to_have_count(6)
    look_over(page)

    page.get_by_role("rowheader", name="Studiero årskurs 5").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("studiero, årskurs 5")
    expect(page.get_by_role("heading", name="Vad måttet betyder")).to_be_visible()
    shown = page.locator(".facts dd").first.inner_text()
    look_over(page)

    page.get_by_role("link", name="Så är siffran framtagen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(shown)
    expect(page.get_by_text(re.compile(r"cell [A-Z]+\d+"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"^[0-9a-f]{64}$"))).to_be_visible()
    look_over(page)


def test_the_underlag_as_page_and_as_pdf_say_the_same(open_page: Open) -> None:
    page = open_page("/huvudman/2120009007/underlag/")
    look_over(page)
    answer = page.request.get(page.get_by_role("link", name="Hämta som PDF").get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.body())) as pdf:
        assert "Klintbackens kommun" in str(pdf.docinfo.get("/Title", "")) + str(pdf.open_metadata().get("dc:title"))
        assert len(pdf.pages) > 4
    again = page.request.get(page.get_by_role("link", name="Hämta som PDF").get_attribute("href"))
    assert again.body() == answer.body()


def test_an_earlier_school_year_is_a_page_of_its_own(open_page: Open) -> None:
    page = open_page("/huvudman/2120009007/")
    page.get_by_role("link", name="2023/24").click()
    expect(page.locator(".page-head .meta")).to_contain_text("läsåret 2023/24")
    assert "lasar=2023" in page.url


@pytest.mark.parametrize(
    ("width", "scheme"),
    [(320, "light"), (390, "light"), (390, "dark"), (768, "light"), (1440, "light"), (1440, "dark")],
)
def test_every_kind_of_page_fits_and_passes_axe(open_page: Open, width: int, scheme: str) -> None:
    page = open_page("/", width=width, scheme=scheme)
    for path in (
        "/huvudman/2120009007/",
        "/huvudman/2120009007/underlag/",
        "/huvudman/2120009007/indikator/all_subjects_grade_9_percent/",
        "/huvudman/2120009007/indikator/cost_per_pupil_sek/",
        "/skolenhet/2120009593-86640677/",
        "/siffra/2120009007/pupil_count/2024/",
        "/sok/?q=skola",
        "/sok/?q=klintbakken",
        "/kvalitetssystemet/",
        "/kvalitetssystemet/faktor/professional_development/",
        "/kvalitetssystemet/faktor/trusting_climate/",
        "/kvalitetssystemet/samtal/professional_development/",
        "/kvalitetssystemet/indikatorer/",
        "/ordlista/",
        "/data/",
    ):
        page.goto(path)
        look_over(page)


def test_a_unit_with_nearly_everything_hidden_still_says_something(open_page: Open) -> None:
    page = open_page("/skolenhet/2120009593-86640677/", width=390)
    expect(page.get_by_text(re.compile(r"45 av 49 uppgifter visas inte"))).to_be_visible()
    expect(page.get_by_role("heading", name="Siffrorna säger hur det är. Ni vet varför.")).to_be_visible()
    expect(page.get_by_text("Vad fungerar väl hos oss?")).to_be_visible()
    assert page.locator("td.own").filter(has_text=re.compile(r"^0(,0)?$")).count() == 0


def test_without_script_everything_but_nothing_is_lost(open_page: Open) -> None:
    page = open_page("/sok/?q=2120009007", script=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Läget i grundskolan")
    page.locator("summary", has_text="Så läser du").click()
    expect(page.get_by_text("åtta av tio kommunala huvudmän", exact=False).first).to_be_visible()


def test_by_keyboard_alone(open_page: Open) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Hoppa till innehållet")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("name", "q")
    page.keyboard.type("klintbackens kommun")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Läget i grundskolan")


def test_what_is_not_there_gets_a_page_that_helps(open_page: Open, site: str) -> None:
    page = open_page("/")
    answer = page.request.get(f"{site}/huvudman/1111111111/")
    assert answer.status == 404
    assert "Ingen huvudman med organisationsnummer 1111111111" in answer.text()
    assert page.request.get(f"{site}/huvudman/2120009007/?lasar=1999").status == 404
    assert page.request.get(f"{site}/huvudman/2120009007/?lasar=apa").status == 422
    assert page.request.get(f"{site}/finns-inte/").status == 404
    forged = page.request.post(f"{site}/huvudman/2120009007/", form={"q": "x"})
    assert forged.status == 403
    assert "Ingenting har ändrats" in forged.text()


def test_the_same_page_again_costs_nothing(open_page: Open, site: str) -> None:
    page = open_page("/")
    first = page.request.get(f"{site}/huvudman/2120009007/")
    again = page.request.get(f"{site}/huvudman/2120009007/", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status, again.status, again.body()) == (200, 304, b"")
