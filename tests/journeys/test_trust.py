"""Trust: from the first invitation at a huvudman to an agency that reads what was shared, and no longer does."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.trust_site import PHONE, Somebody, TrustSite, picture, trust_site, until, visitors
from tests.world import STORKOPING

pytestmark = pytest.mark.browser

UNIT = f"{STORKOPING}-90000001"
PEOPLE = f"/huvudman/{STORKOPING}/personer/"
TRAIL = f"/huvudman/{STORKOPING}/handelser/"
NOTHING_HERE = "Vi hittar inte det du söker"
UNIT_TITLE, OWN_TITLE = "Trygghet på fritids", "Vår analys inför dialogen"
HALF_WRITTEN = "Vi hann aldrig skriva färdigt meningen om"


@pytest.fixture(scope="module")
def site() -> Iterator[TrustSite]:
    with trust_site() as running:
        yield running


@dataclass
class Story:
    """Who is in it, and what they have made that is spoken of later."""

    site: TrustSite
    lead: Somebody
    principal: Somebody
    reader: Somebody
    unit_paper: str = ""
    receipt: str = ""
    shared: str = ""


def test_working_material_is_written_shared_read_and_taken_back(browser: Browser, site: TrustSite) -> None:
    with visitors(browser, site) as arrive:
        story = Story(
            site,
            lead=arrive("Karin Ekdal", "karin.ekdal@storkoping.example"),
            principal=arrive("Jonas Sandell", "jonas.sandell@storkoping.example", width=PHONE),
            reader=arrive("Anna Dahlbom", "anna.dahlbom@agency.example"),
        )
        the_first_quality_lead_says_yes(story)
        she_invites_a_principal(story)
        both_write(story)
        she_shares(story)
        the_agency_reads(story)
        she_sees_the_reading_and_takes_the_share_back(story)
        she_signs_in_anew(story)
        a_role_ends_in_the_middle_of_a_form(story)
        every_chain_holds(story)


def the_first_quality_lead_says_yes(story: Story) -> None:
    lead = story.lead
    told = story.site.run(
        "person", "bjud-in", lead.email, lead.name, "--roll", "kvalitetsansvarig", "--plats", STORKOPING
    )
    assert "Inbjudan skickas." in told
    lead.go("/")
    lead.page.get_by_role("link", name="Logga in").click()
    lead.is_at("Logga in", dark=True)
    picture(lead.page, "logga-in")
    says_yes(lead, "Storköpings kommun")
    adds_codes(lead)
    lead.open_menu("Storköpings kommun")
    lead.is_at("Arbetsmaterial")
    expect(lead.page.get_by_role("heading", name="Här finns inget arbetsmaterial än")).to_be_visible()


def says_yes(somebody: Somebody, place: str, dark: bool = False) -> None:
    """Open the letter, read what the invitation is, say yes, and be asked to make the sign-in safer."""
    somebody.go(somebody.site.link(somebody.email, "inbjudan"))
    somebody.is_at("Välkommen till Styrkedjan", dark)
    expect(somebody.page.get_by_text(f"{somebody.name}, {somebody.email}")).to_be_visible()
    expect(somebody.page.locator("main").get_by_text(place, exact=True)).to_be_visible()
    somebody.press("Tacka ja")
    somebody.is_at("Gör din inloggning säkrare")


def adds_codes(somebody: Somebody) -> None:
    """One-time codes from the key that is shown, and recovery codes."""
    somebody.follow("Använd engångskoder")
    somebody.is_at("Engångskoder")
    somebody.press("Visa QR-koden")
    somebody.is_at("Engångskoder")
    somebody.secret = somebody.page.locator("code.secret").inner_text().replace(" ", "")
    somebody.page.get_by_label("Koden som appen visar").fill(somebody.code())
    somebody.press("Slå på engångskoder")
    expect(somebody.page.get_by_text("Engångskoder är påslagna")).to_be_visible()
    somebody.press("Visa tio nya koder")
    expect(somebody.page.locator(".recovery li")).to_have_count(10)
    somebody.is_at("Reservkoder")
    somebody.follow("Jag har sparat koderna")
    somebody.is_at("Mitt konto")


def she_invites_a_principal(story: Story) -> None:
    lead, principal = story.lead, story.principal
    lead.page.get_by_role("navigation", name="Platsens sidor").get_by_role("link", name="Personer").click()
    lead.is_at("Personer", dark=True)
    story.site.mailbox.refuses["nils.brat@storkoping.example"] = "550 5.1.1 no such mailbox"
    invites(lead, "Nils Brat", "nils.brat@storkoping.example", "Skolchef", STORKOPING)
    invites(lead, principal.name, principal.email, "Rektor", UNIT)
    letter_is(lead, "Nils Brat", "Kunde inte levereras")
    letter_is(lead, principal.name, "Skickat")
    lead.is_at("Personer")

    says_yes(principal, "Storskolan 1")
    principal.follow("Inte nu")
    principal.is_at("Mitt konto", dark=True)
    lead.go(PEOPLE)
    expect(lead.page.get_by_role("row", name=re.compile(f"{principal.name}.*Rektor, Storskolan 1"))).to_be_visible()
    picture(lead.page, "personer")
    lead.press("Ta tillbaka inbjudan till Nils Brat")
    expect(lead.page.get_by_role("status")).to_contain_text("Inbjudan är återtagen.")


def invites(lead: Somebody, name: str, email: str, role: str, place: str) -> None:
    lead.follow("Bjud in en person")
    lead.page.get_by_label("Namn").fill(name)
    lead.page.get_by_label("E-postadress").fill(email)
    lead.page.get_by_role("radio", name=re.compile(f"^{role}:")).check()
    lead.page.get_by_label("Plats", exact=True).select_option(place)
    lead.is_at("Bjud in en person")
    lead.press("Skicka inbjudan")
    expect(lead.page.get_by_text("Inbjudan är på väg.")).to_be_visible()


def letter_is(lead: Somebody, name: str, state: str) -> None:
    """Reload the people page until it says this of the letter to somebody."""

    def says() -> bool:
        lead.go(PEOPLE)
        return state in lead.page.get_by_role("row").filter(has_text=name).inner_text()

    assert until(f"the letter to {name} is {state}", says)


def both_write(story: Story) -> None:
    principal, lead = story.principal, story.lead
    principal.open_menu("Storskolan 1")
    principal.is_at("Arbetsmaterial")
    writes(principal, UNIT_TITLE, "Personalen är ute på gården när barnen är det.")
    expect(principal.page.get_by_label("Vem kan se det här")).to_contain_text("Enhetens rektor och huvudmannens")
    assert principal.page.get_by_role("link", name="Dela …").count() == 0
    story.unit_paper = principal.page.url.split("?")[0]

    lead.go(f"/huvudman/{STORKOPING}/arbete/")
    writes(lead, OWN_TITLE, "Rektorerna har börjat arbeta tillsammans.")
    seen_by = lead.page.get_by_label("Vem kan se det här")
    expect(seen_by).to_contain_text("Huvudmannens kvalitetsansvariga, skolchef och nämnd")
    expect(seen_by).to_contain_text("Ingen myndighet ser det.")


def writes(somebody: Somebody, title: str, answer: str) -> None:
    somebody.follow("Skriv en egen analys")
    somebody.page.get_by_label("Rubrik").fill(title)
    somebody.page.get_by_label("Vad fungerar väl?").fill(answer)
    somebody.is_at("Skriv en egen analys")
    somebody.press("Spara")
    expect(somebody.page.get_by_role("status")).to_contain_text("Sparat.")
    somebody.is_at(title)


def she_shares(story: Story) -> None:
    lead = story.lead
    lead.follow("Dela …")
    lead.is_at(f"Dela ”{OWN_TITLE}”", dark=True)
    picture(lead.page, "dela")
    before_the_button = lead.page.locator("main").inner_text().split("Dela version 1")[0]
    assert "allmän handling" in before_the_button
    lead.press("Dela version 1")
    expect(lead.page.get_by_role("alert")).to_contain_text("Välj vem som ska få läsa.")
    lead.is_at(f"Dela ”{OWN_TITLE}”")
    lead.page.get_by_role("radio", name="Dialogledarna på Skolverket").check()
    lead.page.get_by_label("Jag har läst det här och vill dela").check()
    lead.press("Dela version 1")
    expect(lead.page.get_by_role("status")).to_contain_text("Delat. Det här är kvittot.")
    lead.is_at(OWN_TITLE)
    expect(lead.page.get_by_text("Ingen har läst det än.")).to_be_visible()
    story.receipt = lead.page.url.split("?")[0]
    lead.go(f"/huvudman/{STORKOPING}/arbete/")
    lead.is_at("Arbetsmaterial")
    expect(lead.page.get_by_role("listitem").filter(has_text=OWN_TITLE)).to_contain_text("Skolverket, version 1")
    expect(lead.page.get_by_role("listitem").filter(has_text=UNIT_TITLE)).to_contain_text("Bara hos er")


def the_agency_reads(story: Story) -> None:
    reader = story.reader
    story.site.run("person", "bjud-in", reader.email, reader.name, "--roll", "dialogledare", "--plats", "skolverket")
    says_yes(reader, "Skolverket", dark=True)
    adds_codes(reader)
    reader.open_menu("Delat med oss")
    reader.is_at("Delat med oss", dark=True)
    reader.follow(OWN_TITLE)
    reader.is_at(OWN_TITLE)
    expect(reader.page.get_by_text("Rektorerna har börjat arbeta tillsammans.")).to_be_visible()
    story.shared = reader.page.url
    for address in (story.unit_paper, story.receipt, f"/huvudman/{STORKOPING}/arbete/", PEOPLE, TRAIL):
        assert reader.go(address) == 404, address
        expect(reader.page.get_by_role("heading", level=1)).to_have_text(NOTHING_HERE)
    reader.is_at(NOTHING_HERE)


def she_sees_the_reading_and_takes_the_share_back(story: Story) -> None:
    lead = story.lead
    lead.go(story.receipt)
    expect(lead.page.get_by_role("row", name=re.compile("Skolverket dialogledare"))).to_be_visible()
    lead.go(TRAIL)
    lead.is_at("Händelser", dark=True)
    read = lead.page.get_by_role("row").filter(has_text="Läste delat material")
    expect(read).to_contain_text(f"{story.reader.name} dialogledare på Skolverket")
    expect(read.get_by_role("link", name=f"”{OWN_TITLE}”")).to_have_attribute("href", re.compile("/kvitton/"))
    picture(lead.page, "handelser")
    takes_out_the_trail(story)

    lead.go(story.receipt)
    lead.follow("Ta tillbaka …")
    lead.is_at("Ta tillbaka delningen?")
    lead.press("Ta tillbaka delningen")
    expect(lead.page.get_by_role("status")).to_contain_text("Delningen är tillbakatagen.")
    lead.is_at(OWN_TITLE)
    assert story.reader.go(story.shared) == 404
    expect(story.reader.page.get_by_role("heading", level=1)).to_have_text(NOTHING_HERE)
    story.reader.go("/delat/")
    expect(story.reader.page.get_by_role("heading", name="Inget är delat")).to_be_visible()
    story.reader.is_at("Delat med oss")


def takes_out_the_trail(story: Story) -> None:
    lead = story.lead
    with lead.page.expect_download() as download:
        lead.follow("Ta ut loggen som fil (CSV)")
    text = download.value.path().read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    (read,) = (row for row in rows if row["händelse, kod"] == "shared_material_read")
    assert read["vem"] == story.reader.name
    assert [int(row["nummer"]) for row in rows] == list(range(1, len(rows) + 1))
    assert all(re.fullmatch(r"[0-9a-f]{64}", row["kontrollsumma"]) for row in rows)
    assert OWN_TITLE not in "".join(row["uppgifter"] for row in rows)
    lead.go(TRAIL)
    expect(lead.page.get_by_role("row").filter(has_text="Tog ut händelseloggen som fil")).to_be_visible()


def she_signs_in_anew(story: Story) -> None:
    lead = story.lead
    lead.sign_out()
    expect(lead.page.get_by_text("Du är utloggad.")).to_be_visible()
    lead.go(PEOPLE)
    lead.is_at("Logga in")
    lead.page.get_by_label("E-postadress").fill(lead.email)
    lead.press("Skicka en länk")
    lead.is_at("Titta i din e-post")
    lead.go(story.site.link(lead.email, "logga-in/lank"))
    lead.is_at(f"Logga in som {lead.name}")
    lead.press("Logga in")
    lead.is_at("Bekräfta att det är du")
    lead.page.get_by_role("textbox", name="Engångskod").fill(lead.code())
    lead.press("Bekräfta")
    lead.is_at("Personer")


def a_role_ends_in_the_middle_of_a_form(story: Story) -> None:
    lead, principal = story.lead, story.principal
    principal.follow("Ändra")
    principal.page.get_by_label("Vilka utmaningar ser vi?").fill(HALF_WRITTEN)

    lead.follow(re.compile(f"^Ändra.*{principal.name}, rektor$"))
    lead.is_at(f"{principal.name}, rektor")
    lead.press("Avsluta rollen nu")
    expect(lead.page.get_by_text("Rollen är avslutad.")).to_be_visible()

    principal.press("Spara")
    principal.is_at(NOTHING_HERE, dark=True)
    expect(principal.page.get_by_role("heading", name="Det du skrev")).to_be_visible()
    shown = [box.input_value() for box in principal.page.get_by_role("textbox").all()]
    assert HALF_WRITTEN in shown

    lead.go(story.unit_paper)
    lead.is_at(UNIT_TITLE)
    expect(lead.page.get_by_text("version 1, sparad")).to_be_visible()
    expect(lead.page.get_by_text(HALF_WRITTEN)).to_have_count(0)


def every_chain_holds(story: Story) -> None:
    told = story.site.run("audit", "verify").splitlines()
    assert told[-1] == "Händelseloggen är hel."
    assert [line for line in told[:-1] if not line.endswith(": hel")] == []
    assert any(STORKOPING in line for line in told)
