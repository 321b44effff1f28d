"""Privacy: what each table of the database holds and why, and the rules by which its rows are removed in time."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

PERSONAL = "personal"
FOLLOWS_PERSON = "person"
NAMING_COLUMNS = ("name", "email")  # what is emptied when a person is made nameless


class Does(StrEnum):
    """What a retention rule does to a row whose time is up."""

    REMOVE = "remove"
    EMPTY = "empty"  # the named columns
    NAMELESS = "nameless"  # a person, as when she removes her own account
    WEED = "weed"  # the oldest part of the audit trail


@dataclass(frozen=True)
class RetentionRule:
    """A rule of retention (gallring): ``days`` after the first of the columns ``after`` that has a value.

    ``event`` says that moment in words. ``columns`` are those that EMPTY empties. ``unless`` is a relation that keeps
    the row for as long as it leads anywhere.
    """

    id: str
    table: str
    does: Does
    days: int
    after: tuple[str, ...]
    event: str
    columns: tuple[str, ...] = ()
    unless: str = ""


@dataclass(frozen=True)
class PrivacyRule:
    """What a column of the database holds: its class and why it is there; ``stays`` says why a removal leaves it.

    ``called`` is its name on the page, for personal data.
    """

    table: str
    column: str
    privacy_class: str  # public | internal | personal | anonymous
    why: str
    called: str = ""
    stays: str = ""


@dataclass(frozen=True)
class PrivacyTable:
    """A table: what it is, how long its rows are kept, and its columns.

    ``keeps_while`` is the reason for rows without a time; ``follows`` the table whose rows take these with them.
    """

    name: str
    about: str
    keeps_while: str
    follows: str
    rules: tuple[RetentionRule, ...]
    columns: tuple[PrivacyRule, ...]

    @property
    def is_personal(self) -> bool:
        """Whether some column holds personal data."""
        return any(column.privacy_class == PERSONAL for column in self.columns)


@dataclass(frozen=True)
class Section:
    """One part of the extract (registerutdrag): a heading, and rows of Swedish names and values."""

    heading: str
    rows: tuple[dict[str, Any], ...]
