"""The pages that say how the house treats people: read at any width, in light and dark, and without script."""

import pytest

from tests.journeys.conftest import Open, look_over

pytestmark = [pytest.mark.browser, pytest.mark.database]

PAGES = {
    "/personuppgifter/": "Personuppgifter",
    "/roller/": "Roller och behörigheter",
    "/tillganglighet/": "Tillgänglighets\N{SOFT HYPHEN}redogörelse",
    "/konto/borttaget/": "Ditt konto är borttaget",
}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (320, "dark")])
def test_a_page_fits_and_passes_axe(open_page: Open, path: str, width: int, scheme: str) -> None:
    page = open_page(path, width, scheme)
    assert page.get_by_role("heading", level=1).inner_text() == PAGES[path]
    look_over(page)


def test_the_footer_leads_there_without_script(open_page: Open) -> None:
    page = open_page("/", script=False)
    page.get_by_role("contentinfo").get_by_role("link", name="Roller och behörigheter").click()
    assert page.get_by_role("rowheader", name="Läsa händelseloggen").is_visible()


def test_a_narrow_page_lists_what_each_role_may_do(open_page: Open) -> None:
    page = open_page("/roller/", 320)
    assert not page.get_by_role("table").first.is_visible()
    assert page.get_by_role("heading", name="Dialogledare").is_visible()
