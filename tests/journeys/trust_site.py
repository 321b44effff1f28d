"""A fresh site with one workbook, a real mail server, and the people who come to it in browsers of their own."""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, Page, expect

from tests.actions.mail_server import Mailbox, mail_server
from tests.conftest import make_home
from tests.journeys.conftest import _wait_for, command, free_port, look_over
from tests.world import YEARS, file_name, workbook

PATIENCE = 150  # tenths of a second
STEP_SECONDS = 30  # each one-time code is good for
PHONE, DESKTOP = 390, 1440
TALLEST = 1420  # a picture in the manual
# What a browser says of an answer that refuses: part of the story, and no fault of the page.
REFUSED = re.compile(r"status of 4(04|09|22) ")


def until(what: str, look: Callable[[], object]) -> object:
    """What ``look`` finds, once it finds something."""
    for _ in range(PATIENCE):
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {PATIENCE / 10:.0f} seconds")


@dataclass
class TrustSite:
    """A running site: where it is, and everybody's mailbox."""

    home: Path
    settings: dict[str, str]
    mailbox: Mailbox
    opened: dict[str, int] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.settings["STYRKEDJAN_ADDRESS"]

    def run(self, *arguments: str) -> str:
        """What a command of the operator's says, once it has done what it should."""
        process = command(self.home, *arguments, **self.settings)
        told, _ = process.communicate(timeout=120)
        assert process.returncode == 0, told
        return told

    def letter(self, email: str) -> EmailMessage:
        """The next letter to somebody; each letter is opened once, in the order they come."""
        at = self.opened.get(email, 0)
        mine = lambda: [letter for letter in self.mailbox.letters if letter["To"] == email][at:]  # noqa: E731
        letters = until(f"letter {at + 1} to {email}", mine)
        self.opened[email] = at + 1
        return letters[0]

    def link(self, email: str, way: str) -> str:
        """The link of the next letter, which leads to this part of the site."""
        found = re.search(rf"{re.escape(self.address)}/{way}/\S+", self.letter(email).get_content())
        assert found, f"the letter to {email} has no link to {way}"
        return found.group()


@contextmanager
def trust_site() -> Iterator[TrustSite]:
    """A home, a workbook, a mail server and a site, and all of it gone afterwards."""
    home, port = make_home(), free_port()
    delivered = home / file_name(YEARS[-1])
    delivered.write_bytes(workbook(YEARS[-1]))
    with mail_server() as (smtp, mailbox):
        settings = {"STYRKEDJAN_SMTP": smtp, "STYRKEDJAN_ADDRESS": f"http://localhost:{port}", "STYRKEDJAN_DEMO": "0"}
        site = TrustSite(home, settings, mailbox)
        site.run("import", str(delivered))
        server = command(home, "serve", "--port", str(port), **settings)
        try:
            _wait_for(site.address, server)
            yield site
        finally:
            server.terminate()
            server.communicate(timeout=30)
            shutil.rmtree(home, ignore_errors=True)


@dataclass
class Somebody:
    """A person at a browser of her own, with an app for one-time codes in the other hand."""

    name: str
    email: str
    site: TrustSite
    page: Page
    secret: str = ""
    last_step: int = 0

    def go(self, path: str) -> int:
        """Go to an address; the status of the answer."""
        return self.page.goto(path).status

    def is_at(self, heading: str | re.Pattern[str], dark: bool = False) -> None:
        """See a page by its heading, and look it over on phone and desktop, once in the dark when asked."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        at_first = self.page.viewport_size
        for width in (PHONE, DESKTOP):
            self.page.set_viewport_size({"width": width, "height": 900})
            look_over(self.page)
        self.page.set_viewport_size(at_first)
        if dark:
            self.page.emulate_media(color_scheme="dark")
            look_over(self.page)
            self.page.emulate_media(color_scheme="light")

    def press(self, button: str) -> None:
        """Press a button of the page itself."""
        self.page.locator("main").get_by_role("button", name=button).click()

    def follow(self, link: str | re.Pattern[str]) -> None:
        """Follow a link of the page itself."""
        self.page.locator("main").get_by_role("link", name=link).first.click()

    def open_menu(self, link: str) -> None:
        """Follow a link of the own menu in the head of the page."""
        self.page.locator(".account-button").click()
        self.page.locator("#mitt").get_by_role("link", name=link).click()

    def sign_out(self) -> None:
        self.page.locator(".account-button").click()
        self.page.locator("#mitt").get_by_role("button", name="Logga ut").click()

    def code(self) -> str:
        """A code that has not been used: the app's latest, or the one it will show in a moment."""
        self.last_step = max(int(time.time()) // STEP_SECONDS, self.last_step + 1)
        return pyotp.TOTP(self.secret).at(self.last_step * STEP_SECONDS)


@contextmanager
def visitors(browser: Browser, site: TrustSite) -> Iterator[Callable[..., Somebody]]:
    """Let people in, each in a browser of her own; fails on what the browsers complain of."""
    contexts, complaints = [], []

    def arrive(name: str, email: str, width: int = DESKTOP) -> Somebody:
        size = {"width": width, "height": 900}
        context = browser.new_context(base_url=site.address, viewport=size, reduced_motion="reduce", locale="sv-SE")
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        return Somebody(name, email, site, page)

    yield arrive
    for context in contexts:
        context.close()
    assert [each for each in complaints if not REFUSED.search(each)] == []


def picture(page: Page, name: str) -> None:
    """A picture for the manual, only when STYRKEDJAN_PICTURES names a folder to put it in."""
    folder = os.environ.get("STYRKEDJAN_PICTURES")
    if not folder:
        return
    at_first = page.viewport_size
    page.set_viewport_size({"width": 1280, "height": 800})
    foot = page.locator(".site-footer").bounding_box()
    whole = {"x": 0, "y": 0, "width": 1280, "height": min(foot["y"], TALLEST)}
    page.screenshot(path=Path(folder) / f"{name}.png", full_page=True, clip=whole)
    page.set_viewport_size(at_first)
