"""Every part of forms on one page, in the browser: nothing for axe to say, nothing too wide, nothing too small."""

import mimetypes
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.conftest import look_over
from tests.pages.sample_form import GOOD, LEAD, ORGANISER, WRONG, SampleForm, rendered

pytestmark = pytest.mark.browser

SPECIMEN = Path(__file__).with_name("specimen.html").read_text()
ADDRESS = "http://prov.localhost"
Show = Callable[..., Page]
# What a finger must hit. A link within a sentence and a choice, which is hit on its label, are left out.
TOUCHED = ".button, .input, .choice > label, .tabs a, .account a, .account-button, .account-link, .pagination a"
BOXES = "elements => elements.map(e => [e.getBoundingClientRect().left, e.getBoundingClientRect().right])"
SMALL = "elements => elements.filter(e => e.getBoundingClientRect().height < 43.9).map(e => e.outerHTML)"


@pytest.fixture(scope="session")
def specimens(house: Path) -> dict[str, str]:
    """The page as three people would have it, made before any browser stands in the way of Django."""
    return {
        "/ny/": rendered(SPECIMEN, LEAD, form=SampleForm(), key=ORGANISER),
        "/fel/": rendered(SPECIMEN, LEAD, form=SampleForm(WRONG), key=ORGANISER),
        "/ute/": rendered(SPECIMEN, form=SampleForm(GOOD), key=ORGANISER),
    }


@pytest.fixture
def show(specimens: dict[str, str], browser: Browser) -> Iterator[Show]:
    """Show one of the pages with the style sheets of the site; nothing else is answered."""
    from django.conf import settings

    static, contexts = settings.STATICFILES_DIRS[0], []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ADDRESS).partition("?")[0]
        if path.startswith("/static/"):
            file = static / path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file)[0])
        else:
            route.fulfill(body=specimens[path], content_type="text/html; charset=utf-8")

    def show(path: str, width: int = 1440, **look: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **look)
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.route("**/*", answer)
        page = context.new_page()
        page.goto(ADDRESS + path)
        return page

    yield show
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1440])
def test_every_part_fits_and_passes_axe(show: Show, width: int, scheme: str) -> None:
    for path in ("/ny/", "/fel/", "/ute/"):
        look_over(show(path, width, color_scheme=scheme))


@pytest.mark.parametrize("path", ["/ny/", "/ute/"])
@pytest.mark.parametrize("width", [320, 390, 900, 1440])
def test_nothing_in_the_head_lies_over_anything_else(show: Show, path: str, width: int) -> None:
    page = show(path, width)
    boxes = page.locator(".site-header > .frame > :visible").evaluate_all(BOXES)
    assert len(boxes) == 3
    assert all(left[1] <= right[0] for left, right in pairwise(sorted(boxes))), boxes


@pytest.mark.parametrize("width", [320, 1440])
def test_the_own_menu_opens_without_script_and_closes_with_escape(show: Show, width: int) -> None:
    page = show("/ny/", width, java_script_enabled=False)
    menu = page.get_by_role("navigation", name="Mina sidor")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Åsa Öberg-Lindqvist").click()
    expect(menu).to_be_visible()
    expect(
        menu.get_by_role("link", name="Klintbackens kommun kvalitetsansvarig och nämnd eller styrelse")
    ).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()


def test_the_open_menu_passes_axe(show: Show) -> None:
    page = show("/ny/", 320, color_scheme="dark")
    page.locator(".account-button").click()
    look_over(page)


def test_everything_is_large_enough_for_a_finger(show: Show) -> None:
    page = show("/fel/", 320, has_touch=True)
    page.locator(".account-button").click()
    assert page.locator(TOUCHED).count() > 20
    assert page.locator(TOUCHED).evaluate_all(SMALL) == []
    assert show("/ute/", 320, has_touch=True).locator(TOUCHED).evaluate_all(SMALL) == []


def test_what_went_wrong_comes_first_and_leads_to_its_field(show: Show) -> None:
    page = show("/fel/")
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-postadress")).to_be_focused()
    expect(page.get_by_label("E-postadress")).to_have_accessible_description(
        "Länken för att logga in skickas hit. Fel: Fyll i en giltig e-postadress."
    )


def test_choices_are_made_on_their_labels(show: Show) -> None:
    page = show("/ny/", 320)
    page.get_by_text("Nämnd eller styrelse", exact=True).click()
    expect(page.get_by_role("radio", name="Nämnd eller styrelse")).to_be_checked()
    page.get_by_text("Jag har kontrollerat").click()
    expect(page.get_by_role("checkbox", name="Jag har kontrollerat")).to_be_checked()


def test_a_table_is_still_a_table_when_its_rows_are_stacked(show: Show) -> None:
    page = show("/ny/", 320)
    table = page.get_by_role("table", name="Personer med roll hos Klintbackens kommun")
    expect(table.get_by_role("row")).to_have_count(4)
    expect(table.get_by_role("columnheader")).to_have_count(4)
    expect(table.get_by_role("button", name="Ta bort Bo Ek")).to_be_visible()


def test_paper_keeps_what_is_read_and_leaves_what_is_pressed(show: Show) -> None:
    page = show("/ny/")
    page.emulate_media(media="print")
    expect(page.get_by_text("Vem kan se det här:")).to_be_visible()
    for gone in (".account-button", ".tabs", ".button-form", ".form > .button-row"):
        expect(page.locator(gone).first).to_be_hidden()
