"""The first pass: what the rules say about each cell by itself."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from styrkedjan.core.catalogue import AnswerRules, Scale
from styrkedjan.core.disclosure.answers.counted import Counted
from styrkedjan.core.disclosure.answers.released import HIGH, LOW, MIDDLE

# One person knows her own answer, so "all" is said of her colleagues when all but one are.
ALL_BUT = 1


class Verdict(IntEnum):
    """What may be said of a cell, were it alone."""

    EMPTY = 0  # nobody answered on the scale, which everyone may know, but not what they answered outside it
    FINE = 1
    FEW = 2
    EXTREME = 3  # all, or all but one, chose the same step

    @property
    def is_sensitive(self) -> bool:
        return self >= Verdict.FEW


@dataclass(frozen=True, eq=False)
class Verdicts:
    """The verdict on each cell of a level: groups x rows, groups x factors, and the same for the organiser's total."""

    rows: np.ndarray
    factors: np.ndarray
    total_rows: np.ndarray
    total_factors: np.ndarray


def judged(steps: np.ndarray, rules: AnswerRules) -> np.ndarray:
    """The verdict on each distribution; the last axis is the steps.

    Source: thresholds of AnswerRules. A group of which all chose the same gives every member's answer away (group
    attribute disclosure), and all but one gives it to that one: Hundepool et al., Handbook on Statistical Disclosure
    Control (2010), chapter 5.
    """
    answered = steps.sum(axis=-1)
    verdicts = np.full(answered.shape, Verdict.FINE, dtype=np.int8)
    verdicts[answered - steps.max(axis=-1, initial=0) <= ALL_BUT] = Verdict.EXTREME
    verdicts[answered < rules.minimum_answers] = Verdict.FEW
    verdicts[answered == 0] = Verdict.EMPTY
    return verdicts


def first_pass(level: Counted, rules: AnswerRules) -> Verdicts:
    """Judge every cell of a level.

    A factor is many answers of the same few people, so its sum says more than its size: it is as sensitive as the
    least sensitive of its rows: one row that can be shown must be among them.
    """
    rows = judged(level.steps, rules)
    total_rows = judged(level.steps[level.rolling].sum(axis=0), rules)
    emptied = _emptied(rows, total_rows, level)
    total_rows[emptied] = np.maximum(total_rows[emptied], Verdict.EXTREME)
    total_factors = _of_factors(total_rows, level)
    for at, members in enumerate(level.rows_of):
        if emptied[members].any():
            total_factors[at] = np.maximum(total_factors[at], Verdict.EXTREME)
    return Verdicts(rows, _of_factors(rows, level), total_rows, total_factors)


def _emptied(rows: np.ndarray, total_rows: np.ndarray, level: Counted) -> np.ndarray:
    """The rows whose total would tell of a group that is not told by itself and did not answer on the scale.

    The total minus the others would give what all of them answered outside the scale; to leave only that out would
    tell that the group is empty. So nothing of such a total is told.
    """
    untold = level.rolling[~level.told[level.rolling]]
    if len(level.rolling) < 2:  # the total is the group, and as empty
        return np.zeros(total_rows.shape, dtype=bool)
    return (rows[untold] == Verdict.EMPTY).any(axis=0) & (total_rows != Verdict.EMPTY)


def silent(level: Counted, verdicts: Verdicts) -> tuple[np.ndarray, np.ndarray]:
    """The cells that are sums of one in which nobody answered on the scale: groups x names, and of the total.

    They tell no answers outside the scale, for the sum minus its other parts would be what all of those people
    answered. Whether such a cell has any answers outside makes no difference, so that nothing is told by this.
    """
    empty = verdicts.rows == Verdict.EMPTY
    total = (empty[level.rolling] & level.told[level.rolling, None]).any(axis=0)
    total |= verdicts.total_rows == Verdict.EMPTY
    return tuple(
        np.concatenate([each, *(each[..., rows].any(axis=-1, keepdims=True) for rows in level.rows_of)], axis=-1)
        for each in (empty, total)
    )


def _of_factors(rows: np.ndarray, level: Counted) -> np.ndarray:
    factors = np.zeros((*rows.shape[:-1], len(level.factors)), dtype=np.int8)
    for at, members in enumerate(level.rows_of):
        found = rows[..., members]
        for verdict in (Verdict.FEW, Verdict.EXTREME, Verdict.FINE):
            factors[(found == verdict).any(axis=-1), at] = verdict
    return factors


def bands_of(scale: Scale) -> np.ndarray:
    """For each step its band: below the middle, the middle, above it; in halves when the scale has no middle."""
    places = np.arange(len(scale.steps))
    middle = scale.step_ids.index(scale.middle) if scale.middle else (len(scale.steps) - 1) / 2
    return np.where(places < middle, LOW, np.where(places > middle, HIGH, MIDDLE))
