"""Asking people by e-mail: the addresses in what somebody has pasted."""

import re

from styrkedjan.core.letters import tidy_address
from styrkedjan.core.refused import BadInput

MOST_ADDRESSES = 1_000
LONGEST_PASTE = 100_000
MOST_SHOWN = 10
_BETWEEN = re.compile(r"[\n\r,;\t]+")
_IN_BRACKETS = re.compile(r"<([^<>]*)>")


def addresses_in(text: str) -> tuple[str, ...]:
    """The addresses in a pasted text, tidy and each once: one per line, or with commas or semicolons between.

    A line such as ``Ylva Påhittsson <ylva@exempel.se>`` is the address in it. Whether it can be one is not said here.
    Raises: BadInput when it is empty, or longer than anybody can mean.
    """
    if len(text) > LONGEST_PASTE:
        raise BadInput(
            f"Texten är för lång: högst {MOST_ADDRESSES} adresser åt gången. Inget har skickats. Dela upp den."
        )
    parts = (_IN_BRACKETS.findall(part) or [part] for part in _BETWEEN.split(text.replace("\u00a0", " ")))
    found = tuple(dict.fromkeys(filter(None, (tidy_address(each.strip(" \"'")) for part in parts for each in part))))
    if not found:
        raise BadInput("Skriv minst en e-postadress, en på varje rad.")
    if len(found) > MOST_ADDRESSES:
        raise BadInput(
            f"Det är {len(found)} adresser, och högst {MOST_ADDRESSES} kan bjudas in åt gången. Inget har skickats."
        )
    return found
