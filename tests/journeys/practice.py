"""A site in practice mode with a real mail server beside it, and a device with passkeys: for those who sign in."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.actions.mail_server import Mailbox


@dataclass(frozen=True)
class Practice:
    """The address of the site, by name and not by number, and the mailbox of everybody in it."""

    address: str
    mailbox: Mailbox

    def letter_to(self, email: str) -> str:
        """The latest letter to somebody, once it has come."""
        for _ in range(150):
            mine = [letter for letter in self.mailbox.letters if letter["To"] == email]
            if mine:
                return mine[-1].get_content()
            time.sleep(0.1)
        raise AssertionError(f"no letter came to {email} within 15 seconds")

    def link_to(self, email: str) -> str:
        """The link for signing in of the latest letter."""
        return re.search(r"http://\S+/logga-in/lank/\S+", self.letter_to(email)).group()


@contextmanager
def virtual_device(page: Page, verifies: bool = True) -> Iterator[str]:
    """A device with passkeys in the browser, as one that unlocks with a finger, or refuses to."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    device = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    yield device
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})
    session.send("WebAuthn.disable")
