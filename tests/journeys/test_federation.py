"""Signing in through the federation in a real browser: to a real identity service on another port, and back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from styrkedjan.site.federation import Federation
from tests.conftest import make_home
from tests.journeys.conftest import _wait_for, command, free_port, look_over
from tests.protocols.federation_case import write_configuration
from tests.protocols.identity_peer import IdentityPeer

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def federated(tmp_path_factory) -> Iterator[str]:
    """The address of a site that knows one identity service, which listens on a port of its own."""
    home, port = make_home(), free_port()
    address = f"http://localhost:{port}"
    write_configuration(home)
    members = home / "saml" / "members.xml"
    peer = IdentityPeer(tmp_path_factory.mktemp("peer"))
    members.write_text(peer.metadata())
    peer.own_metadata = Federation(home, address).metadata()
    server = command(home, "serve", "--port", str(port))
    with peer.listening():
        # To a browser localhost and 127.0.0.1 are two sites, and the ports of either are one.
        peer.address = peer.address.replace("127.0.0.1", "localhost")
        members.write_text(peer.metadata())
        try:
            _wait_for(f"{address}/logga-in/saml", server)  # there are no statistics, so the first page has nothing
            yield address
        finally:
            server.terminate()
            server.communicate(timeout=20)
            shutil.rmtree(home, ignore_errors=True)


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_anna_goes_there_and_back(browser: Browser, federated: str, script: bool, tmp_path: Path):
    """The binding comes along when the other system's page posts the answer: else it would be another browser's."""
    context = browser.new_context(base_url=federated, java_script_enabled=script)
    page = context.new_page()
    page.goto("/logga-in/saml/")
    if script:
        look_over(page)
    page.get_by_label("Sök din huvudman").fill("storkop")
    page.get_by_role("button", name="Sök", exact=True).last.click()
    page.get_by_role("button", name="Storköpings kommun").first.click()
    page.get_by_role("button", name="Jag är Anna").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kontot är inte kopplat till någon här")
    expect(page.get_by_text("Anna Ek")).to_be_visible()
    if script:
        look_over(page)
    page.goto("/logga-in/saml/")
    expect(page.get_by_role("heading", name="Som förra gången")).to_be_visible()
    context.close()
