"""The gate for answers that are collected here: what may be shown of a campaign, and the proof that it holds.

RawAnswers --counted--> --first pass--> --second pass--> --places--> --audit--> AnswerRelease --> page, file
"""

from styrkedjan.core.disclosure.answers.release import ReleaseRefused, release_answers
from styrkedjan.core.disclosure.answers.released import (
    HIGH,
    LOW,
    MIDDLE,
    AnswerRelease,
    CellState,
    DisclosureReport,
    ReleasedAnswers,
    ReleasedCell,
    ReleasedComment,
    ReleasedGroup,
    n_class,
)

__all__ = [
    "HIGH",
    "LOW",
    "MIDDLE",
    "AnswerRelease",
    "CellState",
    "DisclosureReport",
    "ReleaseRefused",
    "ReleasedAnswers",
    "ReleasedCell",
    "ReleasedComment",
    "ReleasedGroup",
    "n_class",
    "release_answers",
]
