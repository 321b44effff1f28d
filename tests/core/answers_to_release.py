"""Invented answers to release: organisers of any shape, from a seed or cell by cell."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from styrkedjan.core.assessments.campaigns import GroupKind, GroupState
from styrkedjan.core.catalogue import AnswerRules, ChainLevel, Scale, ScaleStep, Wording
from styrkedjan.core.raw import ANSWER_COLUMNS, GROUP_COLUMNS, RawAnswers

ORGANISER = "2120009901"
RULES = AnswerRules(minimum_answers=5, minimum_answers_for_comments=10, most_in_a_position=4, narrowest_interval=5)
STEPS = ("1", "2", "3", "4", "5")
OUTSIDE = ("dont_know", "not_relevant")
SCALE = Scale(
    wording=Wording.OURS,
    source="påhittad",
    stem="I vilken grad",
    leads=dict.fromkeys(ChainLevel, "lyckas ni med att"),
    steps=tuple(ScaleStep(step, f"Steg {step}", "") for step in STEPS),
    outside=tuple(ScaleStep(answer, answer, "") for answer in OUTSIDE),
    middle="3",
    high_from="4",
)
TEACHING = ChainLevel.TEACHING
Counts = Sequence[int]  # per step, then the answers outside the scale (which may be left out)


def unit(number: int) -> str:
    return f"{ORGANISER}-{10000000 + number}"


def group(
    place: str,
    sheets: int,
    *,
    level: ChainLevel = TEACHING,
    kind: GroupKind = GroupKind.ANONYMOUS,
    state: GroupState = GroupState.KEPT,
    rolls_up: bool = True,
    asked: int | None = None,
) -> dict:
    return {
        "place": place,
        "level": level.value,
        "kind": kind.value,
        "state": state.value,
        "asked_count": sheets if asked is None else asked,
        "sheet_count": sheets,
        "rolls_up": rolls_up,
    }


def answers(place: str, rows: Mapping[str, Counts], level: ChainLevel = TEACHING) -> list[dict]:
    return [
        {"place": place, "level": level.value, "row": row, "answer": answer, "count": count}
        for row, counts in rows.items()
        for answer, count in zip((*STEPS, *OUTSIDE), counts, strict=False)
        if count
    ]


def raw(groups: Sequence[dict], tallies: Sequence[dict], comments: tuple = ()) -> RawAnswers:
    return RawAnswers(
        pl.DataFrame(list(tallies), schema=ANSWER_COLUMNS), pl.DataFrame(list(groups), schema=GROUP_COLUMNS), comments
    )


def teaching(cells: Mapping[str, Mapping[str, Counts]], *, apart: frozenset[str] = frozenset()) -> RawAnswers:
    """Units and what their teachers answered; as many sheets as the row with most answers has, and at least five."""
    groups, tallies = [], []
    for place, rows in cells.items():
        sheets = max(5, *(sum(counts) for counts in rows.values()))
        kind = GroupKind.POOLED if place == ORGANISER else GroupKind.ANONYMOUS
        groups.append(group(place, sheets, kind=kind, rolls_up=place not in apart))
        tallies += answers(place, rows)
    return raw(groups, tallies)


def random_answers(
    seed: int, units: int, rows: Sequence[str], *, sizes: tuple[int, int] = (5, 40), pool: bool = False
) -> RawAnswers:
    """An organiser whose units have each their own leaning: most answer, some do not know, some leave it."""
    random = np.random.default_rng(seed)
    cells = {}
    places = [unit(number) for number in range(units)] + ([ORGANISER] if pool else [])
    for place in places:
        sheets = int(random.integers(*sizes, endpoint=True))
        leaning = random.dirichlet([1, 2, 4, 5, 2])
        shares = [*(0.92 * random.dirichlet(leaning * 12 + 0.2)), 0.05, 0.02, 0.01]
        cells[place] = {row: random.multinomial(sheets, np.array(shares) / sum(shares))[:7].tolist() for row in rows}
    return teaching(cells)
