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

    EMPTY = 0  # nobody answered on the scale, which everyone may know
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
    return Verdicts(rows, _of_factors(rows, level), total_rows, _of_factors(total_rows, level))


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
