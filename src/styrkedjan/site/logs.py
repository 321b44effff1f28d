"""What reaches the log: what happened and where, without secrets and without anything personal.

The places that write log lines do not hold such things. This is the net under them: an address with a token in it, or
the database's own words about a row, would otherwise slip through in somebody else's message.
"""

import logging
import re
import time

TOKEN_PATHS = ("/logga-in/lank/", "/inbjudan/", "/konto/epost/", "/svara/lank/")
HIDDEN_PATHS = (*TOKEN_PATHS, "/oidc/")  # the answer of a broker has its code after the question mark
_PATH = re.compile(rf"({'|'.join(map(re.escape, TOKEN_PATHS))})[^/\s?\"']+")
_QUERY = re.compile(r"\?[^\s\"'?=]+=[^\s\"']*")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_PERSONAL_NUMBER = re.compile(r"\b(?:19|20)?\d{6}[-+]\d{4}\b")
_DETAIL = re.compile(r"^(DETAIL|CONTEXT|STATEMENT):.*$", re.MULTILINE)
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Long, and of letters of both kinds with digits: a token or a key. Keys of rows are UUIDs, and stay.
_SECRET = re.compile(rf"(?<![\w-])(?!{_UUID})(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{{24,}}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


def is_token_path(path: str) -> bool:
    """Whether the address itself opens something, so that whoever knows it must be kept few."""
    return path.startswith(HIDDEN_PATHS)


def masked(text: str) -> str:
    """The text with what must not be kept replaced by a word in angle brackets."""
    text = _DETAIL.sub(r"\1: <dolt>", _PATH.sub(r"\1<dolt>", text))
    text = _PERSONAL_NUMBER.sub("<nummer>", _MAIL.sub("<e-post>", _QUERY.sub("?<dolt>", text)))
    return _SECRET.sub("<dolt>", text)


class MaskedFormatter(logging.Formatter):
    """Time in UTC, level, who says it and what: one line an event, and the traceback after it."""

    converter = time.gmtime

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """One line, whatever line breaks somebody has put in an address."""
        line = super().formatMessage(record)
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", line)

    def format(self, record: logging.LogRecord) -> str:
        """The whole event, masked."""
        return masked(super().format(record))
