"""Self-assessment: one who leads opens it, twelve answer on phones at three levels, and all see what came of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import make_home
from tests.journeys.conftest import _wait_for, command, free_port, look_over

pytestmark = pytest.mark.browser

LEAD = "Eva Rask"  # leads the quality work of a huvudman with one school, and the school
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
# What each phone answers to the two statements of its level. Five at the huvudman, one rektor, six who teach.
ANSWERS = {
    "Huvudman": ["44", "44", "44", "44", "44"],
    "Rektor": ["35"],
    "Undervisning": ["41", "42", "34", "25", "53", "31"],
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A running demo with its invented people."""
    home, port = make_home(), free_port()
    demo = command(home, "demo")
    told, _ = demo.communicate(timeout=240)
    assert demo.returncode == 0, told
    server = command(home, "serve", "--demo", "--port", str(port))
    try:
        _wait_for(f"http://localhost:{port}", server)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.communicate(timeout=30)


@dataclass
class Phones:
    """Twelve phones and the desktop of who leads, each a browser of its own."""

    browser: Browser
    address: str
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def page(self, size: dict[str, int] = PHONE, script: bool = True) -> Page:
        context = self.browser.new_context(
            base_url=self.address,
            viewport=size,
            has_touch=size is PHONE,
            reduced_motion="reduce",
            java_script_enabled=script,
            locale="sv-SE",
        )
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        return page


@contextmanager
def phones(browser: Browser, address: str) -> Iterator[Phones]:
    held = Phones(browser, address)
    yield held
    for context in held.contexts:
        context.close()
    # A phone that has lost its network says so in the console: that is part of the story.
    assert [said for said in held.complaints if "ERR_INTERNET_DISCONNECTED" not in said] == []


def test_twelve_phones_at_three_levels(browser: Browser, address: str) -> None:
    with phones(browser, address) as held:
        lead = held.page(DESKTOP)
        campaign = she_opens(lead)
        codes = codes_on_the_wall(lead)
        receipts = [
            (level, receipt)
            for level, phone_answers in ANSWERS.items()
            for number, answers in enumerate(phone_answers)
            for receipt in [answer(held, level, codes[level], answers, number)]
        ]
        assert len({receipt for _, receipt in receipts}) == 12
        one_changes_her_mind(held, receipts[-1][1], codes["Undervisning"])
        she_counts(lead, campaign)
        she_reads_the_chain(lead, campaign)
        she_reads_what_the_auditor_says(lead, campaign)
        everyone_can_see_that_it_counted(held, receipts[-1][1])
        she_says_what_was_decided(lead, campaign)
        whoever_answered_reads_it(held, codes["Undervisning"])


def she_opens(lead: Page) -> str:
    """In: the desktop. Out: the address of the campaign."""
    lead.goto("/logga-in/prov/")
    lead.get_by_role("button", name=LEAD).first.click()
    lead.locator(".account-button").click()
    lead.locator("#mitt").get_by_role("link", name=re.compile("Skolbolag")).first.click()
    lead.get_by_role("navigation", name="Platsens sidor").get_by_role("link", name="Självvärdering").click()
    lead.get_by_role("link", name="Öppna en självvärdering").first.click()
    look_over(lead)
    lead.get_by_role("checkbox", name=re.compile("^Tydlig roll- och ansvarsfördelning 2 rader")).check()
    lead.get_by_label("Hur många hos huvudmannen?").fill("5")
    lead.get_by_label("I undervisningen per enhet").fill("6")
    lead.get_by_label("Rubrik").fill("Vem gör vad hos oss?")
    lead.get_by_role("button", name="Granska och öppna").click()
    expect(lead.locator("main")).to_contain_text("tällningstagande")
    look_over(lead)
    lead.locator("main").get_by_role("button", name=re.compile("^Öppna")).click()
    expect(lead.get_by_role("heading", level=1)).to_have_text("Vem gör vad hos oss?")
    look_over(lead)
    return lead.url.split("?")[0]


def codes_on_the_wall(lead: Page) -> dict[str, str]:
    """The code of each level's group, as the overview has them."""
    found = {}
    for level in ANSWERS:
        section = lead.locator("section", has=lead.get_by_role("heading", name=level, exact=True, level=2))
        found[level] = section.locator(".group-code").first.inner_text().strip()
    assert len(set(found.values())) == 3
    return found


def answer(held: Phones, level: str, code: str, answers: str, number: int) -> str:
    """One phone, from the code to the receipt. Some of them meet trouble on the way."""
    plain = level == "Huvudman" and number == 0
    phone = held.page(script=not plain)
    phone.goto("/svara/")
    phone.get_by_label(re.compile("[Kk]od")).first.fill(f" {code.lower()} ")
    phone.locator("main").get_by_role("button").first.click()
    expect(phone.locator("main")).to_contain_text(
        "Det är inte anonymt" if level == "Rektor" else "Ditt svar är anonymt"
    )
    if plain:
        for place, each in enumerate(answers):
            phone.locator("fieldset.statement, .screen fieldset").nth(place).locator(f"input[value='{each}']").check()
        phone.get_by_role("button", name="Lämna in").click()
    else:
        _on_screens(phone, answers, level, number)
    expect(phone).to_have_url(re.compile("/svara/klart/"))
    if not plain:  # axe is a script, too
        look_over(phone)
    return re.search(r"\b(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}\b", phone.locator("main").inner_text()).group()


def _on_screens(phone: Page, answers: str, level: str, number: int) -> None:
    look_over(phone)
    phone.get_by_role("button", name="Börja", exact=True).click()
    for place, each in enumerate(answers):
        phone.locator(f".is-here input[value='{each}']").check(force=True)
        if level == "Undervisning" and number == 1 and place == 0:
            _closes_and_comes_back(phone, each)
        phone.get_by_role("button", name="Nästa").click()
    if phone.get_by_role("button", name="Nästa").is_visible():  # the questions to think about, after the factor
        phone.get_by_role("button", name="Nästa").click()
    lost = level == "Undervisning" and number == 2
    phone.context.set_offline(lost)
    phone.get_by_role("button", name="Lämna in").click()
    if lost:
        expect(phone.locator("[data-trouble], [data-state]").filter(has_text=re.compile("nät")).first).to_be_visible()
        phone.context.set_offline(False)


def _closes_and_comes_back(phone: Page, chosen: str) -> None:
    """The phone is put away: what was answered is still there."""
    expect(phone.locator("[data-state]")).to_contain_text("Sparat på den här telefonen")
    phone.reload()
    expect(phone.locator(f".is-here input[value='{chosen}']")).to_be_checked()


def one_changes_her_mind(held: Phones, receipt: str, code: str) -> None:
    """On another device, with the receipt alone: her first answer was 3 and becomes 4."""
    other = held.page(DESKTOP, script=False)
    other.goto("/svara/kvitto/")
    other.get_by_label(re.compile("[Kk]vitto")).first.fill(receipt)
    other.locator("main").get_by_role("button").first.click()
    other.locator("main").get_by_role("button", name="Se och ändra svaret").click()
    first = other.locator("fieldset.statement, .screen fieldset").first
    expect(first.locator("input[value='3']")).to_be_checked()
    first.locator("input[value='4']").check()
    other.get_by_role("button", name="Lämna in").click()
    expect(other).to_have_url(re.compile("/svara/klart/"))


def she_counts(lead: Page, campaign: str) -> None:
    """All who were asked have answered, so she waits neither for the last day nor for a quarter after it."""
    lead.goto(campaign)
    expect(lead.locator("main")).to_contain_text("5 av 5")
    expect(lead.locator("main")).to_contain_text("6 av 6")
    lead.locator("main").get_by_role("link", name="Stäng nu").click()
    look_over(lead)
    lead.get_by_role("button", name="Stäng nu").click()
    with lead.expect_navigation():
        lead.locator("main").get_by_role("button", name="Räkna svaren").click()


def she_reads_the_chain(lead: Page, campaign: str) -> None:
    """Three levels side by side: the five who said the same are not counted out, the rektor's answer stands as hers."""
    lead.goto(f"{campaign}resultat/")
    look_over(lead)
    main = lead.locator("main")
    expect(main).to_contain_text("tällningstagande")
    for fold in main.locator("details").all():
        fold.evaluate("each => each.open = true")
    text = main.inner_text()
    assert "Tydlig roll- och ansvarsfördelning" in text
    for size in (PHONE, DESKTOP):
        lead.set_viewport_size(size)
        look_over(lead)
    kept = lead.context.request.get(f"{campaign}resultat.csv").text()
    rows = [line for line in kept.splitlines() if line.strip()]
    assert len(rows) > 6, kept
    # Five who all answered 4: no count of theirs is anywhere in the file.
    assert not re.search(r"[Hh]uvudman.*;5;", kept), kept


def she_reads_what_the_auditor_says(lead: Page, campaign: str) -> None:
    lead.goto(f"{campaign}rojandekontroll/")
    expect(lead.get_by_role("heading", level=1)).to_contain_text(re.compile("[Rr]öjandekontroll"))
    look_over(lead)


def everyone_can_see_that_it_counted(held: Phones, receipt: str) -> None:
    phone = held.page()
    phone.goto("/svara/kvitto/")
    phone.get_by_label(re.compile("[Kk]vitto")).first.fill(receipt)
    phone.locator("main").get_by_role("button").first.click()
    expect(phone.locator("main")).to_contain_text(re.compile("räknat|räknades|räknad"))
    look_over(phone)


def she_says_what_was_decided(lead: Page, campaign: str) -> None:
    lead.goto(f"{campaign}aterkoppling/skriv/")
    look_over(lead)
    fields = lead.locator("main textarea")
    fields.nth(0).fill("Undervisningen vet inte alltid vem som beslutar.")
    fields.nth(1).fill("Vi skriver upp vem som beslutar vad och går igenom det i augusti.")
    lead.get_by_role("button", name="Granska").click()
    look_over(lead)
    lead.get_by_role("button", name="Publicera").click()
    expect(lead.locator("main")).to_contain_text("går igenom det i augusti")


def whoever_answered_reads_it(held: Phones, code: str) -> None:
    phone = held.page()
    phone.goto(f"/svara/{code}/resultat/")
    expect(phone.locator("main")).to_contain_text("går igenom det i augusti")
    look_over(phone)
