"""Invented campaigns that have been counted: values, and rows in the tables as the database's owner writes them.

A release is given as short text, ``{"teaching professional_development.1": "2 5 9 30 8"}``, and made by ``from_json``
as it is read from the database, since only the gate makes one of its own.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from styrkedjan.core.assessments.campaigns import Campaign, GroupKind, GroupState, Mode, OwnStatement
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.disclosure.answers import ReleasedAnswers, n_class
from styrkedjan.core.places import organiser_of
from tests.conftest import as_owner
from tests.world import STORKOPING, catalogue

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LEVELS = tuple(ChainLevel)
FACTOR = "professional_development"
ROWS = tuple(f"{FACTOR}.{row.id}" for row in catalogue().framework.factor_by_id[FACTOR].rows)
# Not every row has a part for every level.
TAUGHT = tuple(
    f"{FACTOR}.{row.id}" for row in catalogue().framework.factor_by_id[FACTOR].rows if ChainLevel.TEACHING in row.cells
)
REPORT = {
    "cells": 105,
    "hidden_first": 7,
    "hidden_second": 4,
    "audited": 11,
    "sampled": False,
    "smallest_interval": 6.0,
    "refused": False,
    "method": "exact",
    "faults": [],
    "seconds": 1.25,
}
HIDDEN = {"..": "too_few", "~~": "protected", "--": "no_answers"}


def campaign(**changes: Any) -> Campaign:
    """A counted campaign of the whole of Storköping on the rows of one factor."""
    told = {
        "key": str(uuid4()),
        "place": STORKOPING,
        "title": "Självvärdering hösten 2026",
        "edition": catalogue().framework.id,
        "school_form": "compulsory",
        "language": "sv",
        "modes": frozenset({Mode.INDIVIDUAL}),
        "levels": LEVELS,
        "rows": ROWS,
        "own_statements": (),
        "opens_at": NOW - timedelta(days=30),
        "closes_at": NOW - timedelta(days=10),
        "counted_at": NOW - timedelta(days=9),
        "previous": None,
    }
    return Campaign(**(told | changes))


def own(*texts: str) -> tuple[OwnStatement, ...]:
    """Own statements with the ids that they get."""
    return tuple(OwnStatement(f"own.{number}", text) for number, text in enumerate(texts, 1))


def cell(level: str, row: str, told: str, outside: Mapping[str, int] | None = None) -> dict[str, Any]:
    """A released cell: five counts, three (bands), ``.. ~~ --`` for hidden, ``high``, or ``p 0 0 1 0 0`` (position)."""
    found: dict[str, Any] = {"level": level, "row": row}
    if told in HIDDEN:
        return found | {"state": HIDDEN[told]}
    if told in ("low", "middle", "high"):
        return found | {"state": "gathered", "band": ("low", "middle", "high").index(told), "n_class": "10–19"}
    position, counts = told.startswith("p"), [int(each) for each in told.removeprefix("p").split()]
    state = "position" if position else "bands" if len(counts) == 3 else "shown"
    classed = "" if position or sum(counts) < 5 else n_class(sum(counts), 5)
    return found | {"state": state, "counts": counts, "outside": dict(outside or {}), "n_class": classed}


def group(level: str, asked: int, sheets: int | None, kind: str = "anonymous", state: str = "kept") -> dict[str, Any]:
    """Who has answered at a level."""
    return {
        "level": level,
        "kind": GroupKind(kind),
        "state": GroupState(state),
        "asked_count": asked,
        "sheet_count": sheets,
    }


def released(
    place: str,
    groups: list[dict[str, Any]],
    cells: list[dict[str, Any]],
    comments: tuple[tuple[str, str, str], ...] = (),
) -> ReleasedAnswers:
    """A release of one place."""
    told = [{"level": level, "row": row, "text": text} for level, row, text in comments]
    return ReleasedAnswers.from_json(
        {"place": place, "groups": groups, "cells": cells, "comments": told, "parts": {}},
    )


def plenty(
    place: str, seed: int, rows: tuple[str, ...] = ROWS, sizes: tuple[int, ...] = (8, 18, 143)
) -> ReleasedAnswers:
    """A release with answers to every row at every level, drawn the same in every run."""
    drawn = Random(f"{place}/{seed}")
    cells = []
    for level, size in zip(LEVELS, sizes, strict=True):
        for row in (*rows, FACTOR):
            weights = [drawn.random() * weight for weight in (1, 2, 4, 5, 2)]
            chosen = drawn.choices(range(5), weights, k=size * (len(rows) if row == FACTOR else 1))
            told = " ".join(str(chosen.count(step)) for step in range(5))
            cells.append(cell(level, row, ("p" if size < 5 else "") + told, {"dont_know": size // 8}))
    groups = [
        group(level, size + size // 3, size, "position" if size < 5 else "anonymous")
        for level, size in zip(LEVELS, sizes, strict=True)
    ]
    return released(place, groups, cells)


def stored(each: Campaign, *releases: ReleasedAnswers, groups: bool = True) -> UUID:
    """Write a campaign with its releases, and a group for each place and level. Gives the campaign's key."""
    from styrkedjan.tables.assessments import AnsweringGroupRow, AnswerRelease, CampaignRow

    organiser = organiser_of(each.place)
    row = CampaignRow(
        key=UUID(each.key),
        organiser=organiser,
        place=each.place,
        title=each.title,
        edition=each.edition,
        school_form=each.school_form,
        language=each.language,
        modes=sorted(each.modes),
        levels=list(each.levels),
        rows=list(each.rows),
        own_statements=[{"id": one.id, "text": one.text} for one in each.own_statements],
        opens_at=each.opens_at,
        closes_at=each.closes_at,
        counted_at=each.counted_at,
        made_at=each.opens_at,
        made_by="prov",
        previous_id=each.previous,
        public_key="",
    )
    made = [
        AnswerRelease(
            key=uuid4(),
            organiser=organiser,
            campaign=row,
            place=release.place,
            released_at=each.counted_at or each.closes_at,
            contents=release.to_json(),
            report=REPORT if release.place == each.place else {},
        )
        for release in releases
    ]
    answering = [
        AnsweringGroupRow(
            key=uuid4(),
            organiser=organiser,
            campaign=row,
            place=release.place,
            level=level,
            kind=held.kind,
            asked_count=held.asked_count,
            rolls_up=True,
            state=held.state if each.counted_at else GroupState.WAITING,
            sheet_count=(held.sheet_count or 0) if each.counted_at else 0,
        )
        for release in releases
        for level, held in release.groups.items()
    ]
    with as_owner():
        row.save(force_insert=True)
        for one in made:
            one.save(force_insert=True)
        for one in answering if groups else ():
            one.save(force_insert=True)
    return row.key
