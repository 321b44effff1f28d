"""Texts that people write or paste: cleaned of what nobody can see, and held to a length."""

import re
import unicodedata

from styrkedjan.core.refused import BadInput

LONGEST_TEXT = 20_000
LONGEST_TITLE = 200

# What Word and the web mean by a new line: vertical tab, form feed, next line, line and paragraph separator.
NEW_LINES = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Signs that turn the direction of what follows, so that a text reads otherwise than it is written; and the byte order
# mark.
UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
KEPT = "\n\t"


def clean(text: str) -> str:
    """The text as it is kept: composed letters (NFC), plain new lines, no control characters, no space at the ends."""
    text = UNSEEN.sub("", NEW_LINES.sub("\n", text))
    visible = "".join(sign for sign in text if sign in KEPT or unicodedata.category(sign) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", visible).strip()


def one_line(text: str) -> str:
    """A cleaned text on one line, with single spaces."""
    return " ".join(clean(text).split())


def title(text: str) -> str:
    """A title as it is kept. Raises: BadInput when it is empty or too long."""
    line = one_line(text)
    if not line:
        raise BadInput("Skriv en rubrik, så att materialet går att hitta igen. Inget har sparats.")
    return _at_most(line, LONGEST_TITLE, "Rubriken")


def long_text(text: str, what: str) -> str:
    """A long text as it is kept. Raises: BadInput when it is too long."""
    return _at_most(clean(text), LONGEST_TEXT, what)


def _at_most(text: str, limit: int, what: str) -> str:
    if len(text) > limit:
        raise BadInput(f"{what} är {len(text)} tecken lång och får vara högst {limit}. Inget har sparats. Korta den.")
    return text
