"""Answers collected elsewhere: which columns of a table may be used, what they say, and how they become sheets."""

from styrkedjan.core.assessments.importing.mapping import (
    LEVEL,
    OWN_STATEMENT,
    PLACE,
    SKIP,
    Collected,
    Mapped,
    Unclear,
    checked_collected,
    guessed,
    sheets_of,
)
from styrkedjan.core.assessments.importing.tables import AnswerTable, Column, Dropped, answer_table

__all__ = [
    "LEVEL",
    "OWN_STATEMENT",
    "PLACE",
    "SKIP",
    "AnswerTable",
    "Collected",
    "Column",
    "Dropped",
    "Mapped",
    "Unclear",
    "answer_table",
    "checked_collected",
    "guessed",
    "sheets_of",
]
