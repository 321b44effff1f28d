"""The number gate: the only way from raw numbers to anything that can be shown, and the proof that it holds."""

from styrkedjan.core.disclosure.answers import (
    AnswerRelease,
    CellState,
    DisclosureReport,
    ReleasedAnswers,
    ReleasedCell,
    ReleasedComment,
    ReleasedGroup,
    ReleaseRefused,
    release_answers,
)
from styrkedjan.core.disclosure.publications import Publication
from styrkedjan.core.disclosure.statistics import CellKey, Distribution, ReleasedTable, ReleasedValue, release

__all__ = [
    "AnswerRelease",
    "CellKey",
    "CellState",
    "DisclosureReport",
    "Distribution",
    "Publication",
    "ReleaseRefused",
    "ReleasedAnswers",
    "ReleasedCell",
    "ReleasedComment",
    "ReleasedGroup",
    "ReleasedTable",
    "ReleasedValue",
    "release",
    "release_answers",
]
