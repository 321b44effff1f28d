"""Refusals: what the house says no to, and the only errors a user is meant to read.

Anything that is not a ``Refused`` is a bug. Every message is Swedish and says what happened,
what is kept and what to do.
"""

import errno
import math
from dataclasses import dataclass
from datetime import timedelta


class Refused(Exception):
    """A no with a reason. ``status`` is the HTTP status that a page answers with."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(Refused):
    """The viewer may not do this."""

    status = 403


class NotFound(Refused):
    """There is no such thing, or not for this viewer. ``suggestions`` are texts to try instead."""

    status = 404

    def __init__(self, message: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.suggestions = suggestions


class WrongState(Refused):
    """The thing exists but cannot do this now."""

    status = 409


class BadInput(Refused):
    """What the user sent cannot be used."""

    status = 422


class TooMany(Refused):
    """It has been tried too often. ``wait`` is how long until it may be tried again."""

    status = 429

    def __init__(self, wait: timedelta) -> None:
        minutes = math.ceil(wait.total_seconds() / 60)
        when = "om en minut" if minutes <= 1 else f"om {minutes} minuter"
        super().__init__(f"Det har blivit många försök på kort tid. Inget har ändrats. Försök igen {when}.")
        self.wait = wait


@dataclass(frozen=True)
class Spot:
    """Where in a source something stands: file, and sheet/cell or API path as the source names them."""

    file: str
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        parts = [self.file, f"bladet ”{self.sheet}”" if self.sheet else "", f"cell {self.cell}" if self.cell else ""]
        return ", ".join(part for part in parts if part)


class BrokenData(Refused):
    """A source or a catalogue file that does not hold what it must. ``spot`` names the place."""

    status = 422

    def __init__(self, message: str, spot: Spot | None = None) -> None:
        super().__init__(f"{spot}: {message}" if spot else message)
        self.spot = spot


class DamagedData(BrokenData):
    """What the house itself keeps is gone or not what it was: nothing that who asked can mend."""

    status = 503


REASONS = {
    errno.ENOENT: "sökvägen finns inte",
    errno.EISDIR: "det är en mapp",
    errno.ENOTDIR: "en del av sökvägen är ingen mapp",
    errno.EEXIST: "där ligger redan något annat",
    errno.EACCES: "behörighet saknas",
    errno.EPERM: "behörighet saknas",
    errno.EROFS: "där går det bara att läsa",
    errno.ENOSPC: "disken är full",
    errno.ENAMETOOLONG: "namnet är för långt",
}


def reason(error: OSError) -> str:
    """Why the system could not read or write, in a few Swedish words; the system's own when we have none."""
    return REASONS.get(error.errno or 0) or error.strerror or str(error)
