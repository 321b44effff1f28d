"""Signing in for real: a letter through a mail server, a passkey in a device, one-time codes from an app, and out."""

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.actions.mail_server import mail_server
from tests.conftest import make_home
from tests.journeys.conftest import _wait_for, command, free_port, look_over
from tests.journeys.practice import Practice, virtual_device

pytestmark = pytest.mark.browser

EMAIL = "karin.ekdal@demo.invalid"
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    """A demo with people in it, on http://localhost, whose letters come to a mailbox here."""
    home, port = make_home(), free_port()
    made = command(home, "demo")
    told, _ = made.communicate(timeout=180)
    assert made.returncode == 0, told
    with mail_server() as (smtp, mailbox):
        os.environ["STYRKEDJAN_SMTP"] = smtp
        server = command(home, "serve", "--demo", "--port", str(port))
        del os.environ["STYRKEDJAN_SMTP"]
        _wait_for(f"http://localhost:{port}", server)
        yield Practice(f"http://localhost:{port}", mailbox)
        server.terminate()
        server.communicate(timeout=30)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def visit(browser: Browser, practice: Practice) -> Iterator[Visit]:
    """Open a page in a browser of its own; fails on what the browser complains of."""
    contexts, complaints = [], []

    def visit(path: str = "/", width: int = 1440, scheme: str = "light", script: bool = True) -> Page:
        context = browser.new_context(
            base_url=practice.address,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=script,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        context.close()
    # An answer of 422 is how a form says that something was wrong; browsers call that an error too.
    assert [each for each in complaints if "422" not in each] == []


def pick(page: Page, name: str) -> None:
    page.goto("/logga-in/prov/")
    page.get_by_role("button", name=f"Logga in som {name}").click()


def sign_out(page: Page) -> None:
    page.locator(".account-button").click()
    page.locator(".account__out").get_by_role("button", name="Logga ut").click()
    expect(page.get_by_text("Du är utloggad.")).to_be_visible()


def test_from_the_first_letter_to_a_passkey_that_is_enough(visit: Visit, practice: Practice) -> None:
    page = visit("/konto/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Logga in")
    look_over(page)
    page.get_by_label("E-postadress").fill(EMAIL)
    page.get_by_role("button", name="Skicka en länk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Titta i din e-post")
    look_over(page)

    page.goto(practice.link_to(EMAIL))
    expect(page.get_by_role("heading", level=1)).to_have_text("Logga in som Karin Ekdal")
    look_over(page)
    page.locator("main").get_by_role("button", name="Logga in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gör din inloggning säkrare")
    look_over(page)

    with virtual_device(page):
        page.get_by_role("link", name="Lägg till en passkey").click()
        page.get_by_label("Namn på passkeyn").fill("Jobbdatorn")
        look_over(page)
        page.get_by_role("button", name="Fortsätt").click()
        expect(page.get_by_text("Din passkey är tillagd")).to_be_visible()
        page.get_by_role("button", name="Visa tio nya koder").click()
        expect(page.locator(".recovery li")).to_have_count(10)
        look_over(page)
        page.get_by_role("link", name="Jag har sparat koderna").click()
        expect(page.get_by_role("rowheader", name="Jobbdatorn")).to_be_visible()
        expect(page.get_by_text("10 kvar.")).to_be_visible()
        look_over(page)

        sign_out(page)
        page.get_by_role("button", name="Logga in med passkey").click()
        expect(page.locator(".account-button__name")).to_have_text("Karin Ekdal")
        page.goto("/konto/")
        expect(page.get_by_role("row", name=re.compile("den här.*passkey", re.DOTALL))).to_be_visible()

        # And as the second factor, after a letter.
        sign_out(page)
        page.get_by_label("E-postadress").fill(EMAIL)
        before = len(practice.mailbox.letters)
        page.get_by_role("button", name="Skicka en länk").click()
        while len(practice.mailbox.letters) == before:
            page.wait_for_timeout(100)
        page.get_by_label("Kod ur brevet").fill(
            re.search(r"koden ([a-z2-7]{4}-[a-z2-7]{4})", practice.letter_to(EMAIL)).group(1)
        )
        page.locator("main").get_by_role("button", name="Logga in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Bekräfta att det är du")
        look_over(page)
        page.get_by_role("button", name="Använd passkey").click()
        expect(page.locator(".account-button__name")).to_have_text("Karin Ekdal")


def test_a_device_that_does_not_know_its_holder_is_told_of_in_swedish(visit: Visit) -> None:
    page = visit("/logga-in/")
    with virtual_device(page, verifies=False):
        page.get_by_role("button", name="Logga in med passkey").click()
        trouble = page.get_by_role("alert")
        expect(trouble).to_contain_text("Inget har ändrats.")
        expect(page.get_by_role("button", name="Logga in med passkey")).to_be_focused()
        look_over(page)


def test_a_passkey_nobody_here_knows_is_refused(visit: Visit) -> None:
    """It was made for another account that has been removed from this one since."""
    page = visit()
    pick(page, "Lars Holmqvist")
    with virtual_device(page):
        page.goto("/konto/passkeys/ny/")
        page.get_by_label("Namn på passkeyn").fill("Telefonen")
        page.get_by_role("button", name="Fortsätt").click()
        expect(page.get_by_text("Din passkey är tillagd")).to_be_visible()
        page.goto("/konto/")
        page.get_by_role("link", name="Ta bort Telefonen").click()
        expect(page.get_by_text("Det är ditt sista sätt att bekräfta")).to_be_visible()
        look_over(page)
        page.get_by_role("button", name="Ta bort").click()
        expect(page.get_by_text("Passkeyn är borttagen.")).to_be_visible()
        sign_out(page)
        page.get_by_role("button", name="Logga in med passkey").click()
        expect(page.get_by_text("Din passkey kunde inte bekräftas.")).to_be_visible()
        look_over(page)


def test_one_time_codes_from_the_page_to_the_app_and_back_without_script(visit: Visit, practice: Practice) -> None:
    page = visit(script=False)
    pick(page, "Eva Rask")
    page.goto("/konto/koder/")
    page.get_by_role("button", name="Visa QR-koden").click()
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    page.get_by_label("Koden som appen visar").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Slå på engångskoder").click()
    expect(page.get_by_text("Engångskoder är påslagna")).to_be_visible()
    page.goto("/konto/passkeys/ny/")
    expect(page.get_by_text("Passkeys behöver JavaScript")).to_be_visible()
    assert page.locator("[data-passkey-button]").is_hidden()


def test_nobody_else_is_led_to_the_list_of_invented_people(practice: Practice, visit: Visit) -> None:
    page = visit()
    elsewhere = page.request.post(f"{practice.address}/logga-in/prov/", headers={"X-Forwarded-For": "127.0.0.1"})
    assert elsewhere.status == 403  # without the form's token, and anyway


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (390, "dark"), (768, "light"), (1440, "dark")])
def test_every_page_fits_and_passes_axe(visit: Visit, width: int, scheme: str) -> None:
    page = visit("/logga-in/", width=width, scheme=scheme)
    look_over(page)
    page.goto("/logga-in/prov/")
    look_over(page)
    pick(page, "Maria Åberg")
    for path in (
        "/konto/",
        "/konto/namn/",
        "/konto/epost/",
        "/konto/platser/",
        "/konto/sakrare/",
        "/konto/passkeys/ny/",
        "/konto/koder/",
        "/konto/reservkoder/",
    ):
        page.goto(path)
        look_over(page)
    page.goto("/konto/koder/")
    page.get_by_role("button", name="Visa QR-koden").click()
    look_over(page)
    page.get_by_label("Koden som appen visar").fill("x")
    page.get_by_role("button", name="Slå på engångskoder").click()
    look_over(page)
    page.goto("/konto/")
    page.get_by_role("link", name="Lämna rollen").first.click()
    look_over(page)
