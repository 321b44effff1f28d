"""Answering in the browser: a phone that loses the network, a desk with keys alone, and a browser without script."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import make_home
from tests.journeys.answering_site import Codes, made_campaigns
from tests.journeys.conftest import look_over
from tests.rush import served

pytestmark = pytest.mark.browser
PHONE, DESK = 390, 1440


@dataclass(frozen=True)
class Site:
    """Where it is, the codes of its campaigns, and its mailbox."""

    address: str
    codes: Codes
    owner: str

    def sheets(self, code: str) -> int:
        """How many have handed in under a code."""
        asked = (
            "SELECT count(*) FROM sheet s JOIN answering_group g ON g.key = s.group_id WHERE g.code = %s AND handed_in"
        )
        with psycopg.connect(self.owner) as connection:
            row = connection.execute(asked, [code]).fetchone()
        return row[0] if row else 0


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    home = make_home()
    with made_campaigns(home) as (codes, owner), served(home) as address:
        yield Site(address, codes, owner)
    shutil.rmtree(home, ignore_errors=True)


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """A new device at an address; errors on its console fail the test, but for a network that is gone."""
    contexts, complaints = [], []

    def visit(path: str, width: int = PHONE, script: bool = True, dark: bool = False) -> Page:
        context = browser.new_context(
            base_url=site.address,
            viewport={"width": width, "height": 844},
            has_touch=width == PHONE,
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert [each for each in complaints if "ERR_INTERNET_DISCONNECTED" not in each] == []


def begin(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^(Börja|Fortsätt)$")).click()


def answer(page: Page, name: str) -> None:
    page.locator(f"section.is-here fieldset label:has(b:text-is('{name}'))").click()


def to_the_end(page: Page, name: str) -> None:
    """Answer what is left with one and the same answer."""
    while not page.locator("#lamna-in.is-here").count():
        if page.locator("section.is-here fieldset").count():
            answer(page, name)
        page.get_by_role("button", name="Nästa").click()


def said(page: Page):
    return page.locator("[data-state]")


def test_a_phone_answers_loses_the_network_and_loses_nothing(site: Site, visit: Visit) -> None:
    page = visit("/svara/")
    look_over(page)
    page.get_by_label("Koden").fill(f"{site.codes.short[:3].lower()} {site.codes.short[3:].lower()}")
    page.get_by_role("button", name="Till frågorna").click()
    expect(page.get_by_text("Ditt svar är anonymt.")).to_be_visible()
    look_over(page)
    begin(page)
    expect(page.locator("section.is-here h2")).to_be_focused()
    look_over(page)
    answer(page, "I hög grad")
    expect(said(page)).to_have_text(re.compile(r"^Sparat på den här (telefonen|datorn) \d+\.\d\d$"))

    page.context.set_offline(True)
    page.get_by_role("button", name="Nästa").click()
    answer(page, "Delvis")
    expect(said(page)).to_contain_text("Inget nät just nu")
    page.locator("section.is-here summary").click()
    page.locator("section.is-here textarea").fill("Skrivet utan nät 👍")
    to_the_end(page, "Helt och hållet")
    look_over(page)
    page.get_by_role("button", name="Lämna in").click()
    expect(page.get_by_role("alert")).to_contain_text("skickas av sig självt när nätet är tillbaka")
    assert site.sheets(site.codes.short) == 0

    page.context.set_offline(False)  # and then the page is closed and opened, before it has had time to send
    page.goto("about:blank")
    page.goto(f"/svara/{site.codes.short}/")
    page.wait_for_url("**/svara/klart/")
    expect(page.get_by_role("heading", name="Tack, svaret är inlämnat")).to_be_visible()
    look_over(page)
    assert site.sheets(site.codes.short) == 1
    assert page.evaluate("localStorage.length") == 0


def test_what_waits_is_sent_by_itself_when_the_network_is_back(site: Site, visit: Visit) -> None:
    before = site.sheets(site.codes.short)
    page = visit(f"/svara/{site.codes.short}/")
    begin(page)
    page.context.set_offline(True)
    to_the_end(page, "Inte alls")
    page.get_by_role("button", name="Lämna in").click()
    expect(page.get_by_role("alert")).to_contain_text("Inget nät just nu")
    page.context.set_offline(False)
    page.wait_for_url("**/svara/klart/", timeout=30_000)
    assert site.sheets(site.codes.short) == before + 1


def test_a_phone_that_reloads_goes_on_where_it_was(site: Site, visit: Visit) -> None:
    page = visit(f"/svara/{site.codes.long}/", dark=True)
    begin(page)
    answer(page, "Delvis")
    page.get_by_role("button", name="Nästa").click()
    answer(page, "Vet inte / ser inte")
    page.get_by_role("button", name="Nästa").click()
    page.goto(f"/svara/{site.codes.long}/")
    expect(said(page)).to_contain_text("Dina svar finns kvar")
    look_over(page)
    begin(page)
    expect(page.locator("[data-count]")).to_have_text("Rad 3 av 28")
    page.get_by_role("button", name="Tillbaka").click()
    expect(page.get_by_label("Vet inte / ser inte").and_(page.locator(".is-here *"))).to_be_checked()
    page.go_back()
    expect(page.locator("[data-count]")).to_have_text("Rad 3 av 28")
    page.get_by_role("button", name="Tillbaka").click()
    page.get_by_role("button", name="Ta bort svaret").click()
    expect(page.locator(".is-here input:checked")).to_have_count(0)


def test_keys_alone_answer_a_whole_form(site: Site, visit: Visit) -> None:
    before = site.sheets(site.codes.short)
    page = visit(f"/svara/{site.codes.short}/", width=DESK)
    page.get_by_role("button", name="Börja").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("4")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-count]")).to_have_text("Rad 2 av 3")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".is-here input:checked")).to_have_attribute("value", "5")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("En stunds eftertanke")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Lämna in")).to_be_focused()
    page.keyboard.press("Enter")
    assert site.sheets(site.codes.short) == before, "Enter on a heading hands nothing in"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/svara/klart/")
    assert site.sheets(site.codes.short) == before + 1


def test_a_comment_that_is_too_long_is_stopped_where_it_stands(site: Site, visit: Visit) -> None:
    page = visit(f"/svara/{site.codes.short}/")
    begin(page)
    answer(page, "Delvis")
    page.locator("section.is-here summary").click()
    page.locator("section.is-here textarea").fill("å" * 20_000)
    expect(said(page)).to_contain_text("18000 tecken för lång")
    to_the_end(page, "Delvis")
    page.get_by_role("button", name="Lämna in").click()
    expect(page.locator("section.is-here textarea")).to_be_focused()
    assert len(page.locator("section.is-here textarea").input_value()) == 20_000


def test_without_script_everything_stands_on_one_page(site: Site, visit: Visit) -> None:
    before = site.sheets(site.codes.short)
    page = visit(f"/svara/{site.codes.short}/", script=False)
    assert page.locator("fieldset:visible").count() == 3
    for fieldset in page.locator("fieldset").all():
        fieldset.get_by_text("I låg grad", exact=True).click()
    page.get_by_role("button", name="Lämna in").click()
    expect(page.get_by_role("heading", name="Tack, svaret är inlämnat")).to_be_visible()
    receipt = page.locator("#kvittokod").inner_text()
    page.goto("/svara/kvitto/")
    page.get_by_label("Kvittots kod").fill(receipt)
    page.get_by_role("button", name="Visa").click()
    expect(page.get_by_text("Inlämnat. Ligger i brevlådan.")).to_be_visible()
    page.get_by_role("button", name="Se och ändra svaret").click()
    assert page.locator("input:checked").count() == 3
    assert site.sheets(site.codes.short) == before + 1


def test_a_draft_goes_from_the_phone_to_the_desk_and_back_to_nobody(site: Site, visit: Visit) -> None:
    page = visit(f"/svara/{site.codes.long}/")
    begin(page)
    answer(page, "I hög grad")
    page.goto(f"/svara/{site.codes.long}/#lamna-in")
    page.reload()
    page.get_by_role("button", name="Spara och fortsätt senare").click()
    page.wait_for_url("**/svara/klart/")
    expect(page.get_by_role("heading", name="Sparat, inte inlämnat")).to_be_visible()
    look_over(page)
    receipt = page.locator("#kvittokod").inner_text()
    desk = visit("/svara/kvitto/", width=DESK, dark=True)
    look_over(desk)
    desk.get_by_label("Kvittots kod").fill(receipt)
    desk.get_by_role("button", name="Visa").click()
    look_over(desk)
    desk.get_by_role("button", name="Fortsätt svara").click()
    assert desk.locator("input:checked").count() == 1
    begin(desk)
    to_the_end(desk, "Delvis")
    desk.get_by_role("button", name="Lämna in").click()
    desk.wait_for_url("**/svara/klart/")
    page.goto(f"/svara/{site.codes.long}/")
    expect(page.get_by_text("Ett svar är inlämnat från den här enheten.")).to_be_visible()
    look_over(page)
    page.get_by_role("button", name="Börja på ett nytt svar på samma enhet").click()
    expect(page.get_by_role("button", name="Börja", exact=True)).to_be_visible()
    assert page.locator("input:checked").count() == 0


def test_the_principal_is_told_that_it_is_a_position(site: Site, visit: Visit) -> None:
    page = visit(f"/svara/{site.codes.position}/", width=DESK)
    expect(page.get_by_text("Ditt svar är rektorns ställningstagande. Det är inte anonymt.")).to_be_visible()
    look_over(page)
