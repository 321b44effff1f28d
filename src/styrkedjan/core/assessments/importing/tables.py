"""The table of a file of answers, with what could point at a person left out before anything else is done."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from styrkedjan.core.refused import BadInput

MOST_CODES = 12  # a column with more different values than this says no step of a scale
MOST_VALUES = 400  # nor which unit, with more than this
FEW = 3
LONGEST_HEAD = 300

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_IDENTITY = re.compile(r"(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]|[6-8]\d|9[01])[-+ ]?\d{4}")
_NET_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7}", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+46|0)\s?7[\d\s-]{8,12}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}.*)?")
_PERSONAL_HEAD = re.compile(
    r"\b(?:för|efter)?namn\b|\bname\b|first ?name|last ?name|e-?post|e-?mail|\bmail\b|\btoken\b|person(?:nr|nummer)"
    r"|\bip\b|ipaddr|\bipadress|telefon|\bphone\b|mobil(?:nr|nummer)|\brefurl\b|födelse|\bsignatur\b|användar(?:id|namn)",
    re.IGNORECASE,
)
_TECHNICAL_HEAD = re.compile(
    r"(?:id|seed|submitdate|startdate|datestamp|lastpage|startlanguage|interviewtime|.*time|response id|date submitted"
    r"|last page|start language|date started|date last action|svars-?id|tidsstämpel|timestamp|skickat datum)",
    re.IGNORECASE,
)
_SUBMITTED = re.compile(r"(?:submitdate|date submitted)\b.*", re.IGNORECASE)
_UNANSWERED = frozenset({"", "n a", "oth"})  # as ``plain`` leaves them
_WORDS = re.compile(r"\W+")


class Dropped(StrEnum):
    """Why a column is left out. The words stand under ``import_dropped.``."""

    PERSONAL = "personal"
    FREE_TEXT = "free_text"
    TECHNICAL = "technical"
    EMPTY = "empty"


@dataclass(frozen=True)
class Column:
    """A column that may be used: its head, and its different values with how many each."""

    head: str
    values: Mapping[str, int]

    @property
    def can_be_a_statement(self) -> bool:
        return len(self.values) <= MOST_CODES


@dataclass(frozen=True)
class AnswerTable:
    """What is kept of a file while it is decided what it says. Nothing in it points at a person.

    ``codes`` has one text per column, with a sign per row: the place of its value in ``values``, counted from one,
    and zero for none. ``unfinished`` rows were begun and never sent in, and are left out.
    """

    columns: tuple[Column, ...]
    codes: tuple[str, ...]
    dropped: tuple[tuple[str, Dropped], ...]
    row_count: int
    unfinished: int

    def cells(self, column: int) -> list[str]:
        """The column's values, row by row; empty where there is none."""
        values = ["", *self.columns[column].values]
        return [values[ord(sign) - 1] for sign in self.codes[column]]

    def to_json(self) -> dict[str, Any]:
        """As what JSON can hold."""
        return {
            "columns": [[column.head, dict(column.values)] for column in self.columns],
            "codes": list(self.codes),
            "dropped": [[head, str(why)] for head, why in self.dropped],
            "row_count": self.row_count,
            "unfinished": self.unfinished,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "AnswerTable":
        """The value that ``to_json`` wrote."""
        return cls(
            columns=tuple(Column(head, values) for head, values in stored["columns"]),
            codes=tuple(stored["codes"]),
            dropped=tuple((head, Dropped(why)) for head, why in stored["dropped"]),
            row_count=stored["row_count"],
            unfinished=stored["unfinished"],
        )


def answer_table(heads: Sequence[str], rows: Sequence[Sequence[str]], known: Iterable[str]) -> AnswerTable:
    """The columns that may be used, of the rows that were sent in.

    In: ``known``, texts that never point at a person: steps of the scale, names of units and levels.
    Raises: BadInput when no column can be used.
    """
    finished = _finished(heads, rows)
    safe = frozenset(map(plain, known))
    columns, codes, dropped = [], [], []
    for place, head in enumerate(heads):
        cells = ["" if plain(row[place]) in _UNANSWERED else row[place] for row in finished]
        values = dict(sorted(Counter(filter(None, cells)).items()))
        why = _dropped(head, values, safe)
        if why is not None:
            dropped.append((head[:LONGEST_HEAD], why))
            continue
        at = {value: chr(number) for number, value in enumerate(["", *values], start=1)}
        columns.append(Column(head[:LONGEST_HEAD], values))
        codes.append("".join(at[cell] for cell in cells))
    if not any(column.can_be_a_statement for column in columns):
        raise BadInput(
            "Ingen kolumn i filen ser ut att innehålla svar på en skala: de är tomma, fria texter, uppgifter om "
            "personer eller tekniska uppgifter. Inget har lästs in. Kontrollera att du valde rätt fil."
        )
    return AnswerTable(tuple(columns), tuple(codes), tuple(dropped), len(finished), len(rows) - len(finished))


def _finished(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The rows that were sent in. LimeSurvey's export leaves the date empty for those that were not."""
    at = next((place for place, head in enumerate(heads) if _SUBMITTED.fullmatch(head)), None)
    return [row for row in rows if at is None or row[at]]


def _dropped(head: str, values: Mapping[str, int], safe: frozenset[str]) -> Dropped | None:
    if not values:
        return Dropped.EMPTY
    unknown = {value: count for value, count in values.items() if plain(value) not in safe}
    if any(_is_personal(value) for value in unknown) or (len(head) <= 60 and _PERSONAL_HEAD.search(head)):
        return Dropped.PERSONAL if unknown else None
    if _TECHNICAL_HEAD.fullmatch(head) or all(_MOMENT.fullmatch(value) for value in values):
        return Dropped.TECHNICAL
    return Dropped.FREE_TEXT if _is_free(values, unknown) else None


def _is_personal(value: str) -> bool:
    return bool(
        _EMAIL.search(value) or _IDENTITY.fullmatch(value) or _NET_ADDRESS.fullmatch(value) or _PHONE.fullmatch(value)
    )


def _is_free(values: Mapping[str, int], unknown: Mapping[str, int]) -> bool:
    """Whether the values are written by hand, or nearly one for each person: names, sentences, numbers of their own."""
    once = sum(1 for count in unknown.values() if count == 1)
    if len(values) > MOST_VALUES or any(len(value) > LONGEST_HEAD for value in values):
        return True
    if len(unknown) == sum(values.values()):
        return len(unknown) >= FEW
    return len(values) > MOST_CODES and once * 2 > len(values)


def plain(text: str) -> str:
    """A text to compare by: small letters, one space between words, no signs."""
    return _WORDS.sub(" ", text.casefold()).strip()
