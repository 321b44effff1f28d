"""Measures of ordinal answers: the middle, how alike the answers are, how two groups differ, and what has changed.

Everything is computed from released counts per step, lowest first. No means: the steps are in order, not at distances.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

FEWEST = 5  # fewer answers than this and nothing is said of how alike they are, nor of how they differ from others'
LARGE = 0.33  # a difference below this is not called one, however certain
UNITED_FROM = 0.65
SPREAD_BELOW = 0.5
NORMAL_975 = 1.959963984540054


class Spread(StrEnum):
    """How alike the answers of one group are."""

    UNITED = "united"
    ALIKE = "alike"
    SPREAD = "spread"
    CAMPS = "camps"


class Telling(StrEnum):
    """What can be told of a difference: that there is one, that there is hardly any, or neither."""

    DIFFERS = "differs"
    ALIKE = "alike"
    CANNOT = "cannot"


@dataclass(frozen=True)
class Pairs:
    """How the answers of two groups lie beside each other, over all pairs of one answer from each.

    ``higher``, ``lower`` and ``equal`` are shares of the pairs, seen from the first group; ``delta`` is higher minus
    lower (Cliff's delta), -1 to 1, with its 95 % interval ``low`` to ``high``.
    """

    higher: float
    lower: float
    equal: float
    low: float
    high: float

    @property
    def delta(self) -> float:
        return self.higher - self.lower

    @property
    def telling(self) -> Telling:
        """A difference when the interval excludes 0 and it is large; alike when the whole interval is small."""
        if (self.low > 0 or self.high < 0) and abs(self.delta) >= LARGE:
            return Telling.DIFFERS
        return Telling.ALIKE if self.low > -LARGE and self.high < LARGE else Telling.CANNOT


@dataclass(frozen=True)
class ShareChange:
    """A share then and now: counts, the difference in shares, and its 95 % interval."""

    before: tuple[int, int]  # of, all
    now: tuple[int, int]
    difference: float
    low: float
    high: float

    @property
    def telling(self) -> Telling:
        """A change when the interval excludes no change; otherwise nothing can be told."""
        return Telling.DIFFERS if self.low > 0 or self.high < 0 else Telling.CANNOT


def median_steps(counts: Sequence[int]) -> tuple[int, int]:
    """The step in the middle, as (lower, upper): the same twice unless the middle falls between two steps.

    Raises: ValueError when there are no answers.
    """
    total = sum(counts)
    if total == 0:
        raise ValueError("no answers have no middle")
    return _step_of(counts, (total - 1) // 2), _step_of(counts, total // 2)


def _step_of(counts: Sequence[int], place: int) -> int:
    """The step of the answer with this place, counted from 0, when all stand in order."""
    for step, count in enumerate(counts):
        place -= count
        if place < 0:
            return step
    raise ValueError("there are not so many answers")


def dispersion(counts: Sequence[float]) -> float:
    """Normalised ordinal dispersion: 0 when all answer the same, 1 when half stand at each end.

    Source: Blair & Lacy (2000), Statistics of ordinal variation: 4/(k-1) times the sum of F(1-F) over the steps.
    """
    total, running, summed = sum(counts), 0.0, 0.0
    if total == 0 or len(counts) < 2:
        raise ValueError("there is nothing to spread")
    for count in counts[:-1]:
        running += count
        summed += (running / total) * (1 - running / total)
    return 4 * summed / (len(counts) - 1)


def agreement(counts: Sequence[float]) -> float:
    """1 minus the normalised ordinal dispersion: 1 when all answer the same, 0 when half stand at each end."""
    return 1 - dispersion(counts)


def consensus(counts: Sequence[float]) -> float:
    """Van der Eijk's A: 1 when all answer the same, 0 when every step has as many, -1 when half stand at each end.

    The counts are taken apart in layers, each with as many in every step that it has; a layer's value depends on
    whether its steps lie together.
    Source: van der Eijk (2001), Measuring agreement in ordered rating scales, Quality & Quantity 35.
    """
    left, total, summed = list(map(float, counts)), float(sum(counts)), 0.0
    if total == 0:
        raise ValueError("no answers can neither agree nor disagree")
    while any(count > 1e-9 for count in left):
        pattern = [count > 1e-9 for count in left]
        height = min(count for count in left if count > 1e-9)
        summed += _layer_consensus(pattern) * height * sum(pattern)
        left = [count - height if held else 0.0 for count, held in zip(left, pattern, strict=True)]
    return summed / total


def _layer_consensus(pattern: Sequence[bool]) -> float:
    steps, held = len(pattern), sum(pattern)
    together = apart = 0
    for first in range(steps):
        for second in range(first + 1, steps):
            for third in range(second + 1, steps):
                triple = (pattern[first], pattern[second], pattern[third])
                together += triple in ((True, True, False), (False, True, True))
                apart += triple == (True, False, True)
    unimodal = ((steps - 2) * together - (steps - 1) * apart) / ((steps - 2) * (together + apart)) if apart else 1.0
    return unimodal * (1 - (held - 1) / (steps - 1))


def spread(counts: Sequence[int]) -> Spread | None:
    """How alike the answers are, by a written rule; None for fewer than five answers.

    Two camps when van der Eijk's A is below 0: more apart than if every step had as many. Else by agreement: united
    from 0.65, spread below 0.5, and alike between.
    """
    if sum(counts) < FEWEST:
        return None
    if consensus(counts) < 0:
        return Spread.CAMPS
    alike = agreement(counts)
    if alike >= UNITED_FROM:
        return Spread.UNITED
    return Spread.SPREAD if alike < SPREAD_BELOW else Spread.ALIKE


def pairs(first: Sequence[float], second: Sequence[float], each: int = 1) -> Pairs | None:
    """Two groups' answers beside each other; None with fewer than five people in either.

    In: counts per step, of the same scale. ``each``: how many answers one person has given (a factor as a whole holds
    one per row), so that the uncertainty is that of people and not of answers.
    Source: Brunner & Munzel (2000) for the variance and its degrees of freedom; Cliff (1993) for delta.
    """
    size, other = sum(first) / each, sum(second) / each
    if size < FEWEST or other < FEWEST:
        return None
    above, same = _compared(first, second)
    below = 1 - above - same
    centre = above + same / 2
    spread_first = _variance(first, _placements(second), size)
    spread_second = _variance(second, _placements(first), other)
    parts = (spread_first / size, spread_second / other)
    error = math.sqrt(sum(parts))
    if error == 0:
        low, high = wilson(centre * min(size, other), min(size, other))
    else:
        freedom = sum(parts) ** 2 / (parts[0] ** 2 / (size - 1) + parts[1] ** 2 / (other - 1))
        reach = student_975(freedom) * error
        low, high = max(0.0, centre - reach), min(1.0, centre + reach)
    return Pairs(above, below, same, 2 * low - 1, 2 * high - 1)


def _compared(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """The shares of pairs in which the first is higher, and the same."""
    all_pairs = sum(first) * sum(second)
    higher = sum(count * sum(second[:step]) for step, count in enumerate(first)) / all_pairs
    return higher, sum(one * two for one, two in zip(first, second, strict=True)) / all_pairs


def _placements(counts: Sequence[float]) -> tuple[float, ...]:
    """For each step: the share of these answers that lie below it, and half of those on it."""
    total, below, found = sum(counts), 0.0, []
    for count in counts:
        found.append((below + count / 2) / total)
        below += count
    return tuple(found)


def _variance(counts: Sequence[float], values: Sequence[float], people: float) -> float:
    """The variance of values that so many people have, with ``people`` - 1 below the line."""
    total = sum(counts)
    mean = sum(count * value for count, value in zip(counts, values, strict=True)) / total
    around = sum(count * (value - mean) ** 2 for count, value in zip(counts, values, strict=True)) / total
    return around * people / (people - 1)


def student_975(freedom: float) -> float:
    """The 97.5 % point of Student's t, within 0.005 from four degrees of freedom up.

    Source: Abramowitz & Stegun 26.7.5, the expansion from the normal distribution's point.
    """
    z = NORMAL_975
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    fourth = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + first / freedom + second / freedom**2 + third / freedom**3 + fourth / freedom**4


def wilson(of: float, total: float) -> tuple[float, float]:
    """The 95 % interval of a share. Source: Wilson (1927)."""
    z2 = NORMAL_975**2
    centre = (of + z2 / 2) / (total + z2)
    half = NORMAL_975 / (total + z2) * math.sqrt(of * (total - of) / total + z2 / 4)
    return max(0.0, centre - half), min(1.0, centre + half)


def share_change(before: tuple[int, int], now: tuple[int, int]) -> ShareChange | None:
    """How a share has changed, from (of, all) to (of, all); None with fewer than five answers in either.

    Source: Newcombe (1998), Statistics in Medicine 17:873, method 10 (hybrid score).
    """
    if before[1] < FEWEST or now[1] < FEWEST:
        return None
    old, new = before[0] / before[1], now[0] / now[1]
    (old_low, old_high), (new_low, new_high) = wilson(*before), wilson(*now)
    difference = new - old
    low = difference - math.sqrt((new - new_low) ** 2 + (old_high - old) ** 2)
    high = difference + math.sqrt((new_high - new) ** 2 + (old - old_low) ** 2)
    return ShareChange(before, now, difference, low, high)


def bounds(of: int, answered: int, asked: int) -> tuple[int, int]:
    """Between what the count would lie if all who were asked had answered: none, or all, of the silent ones in it.

    Source: Manski (1990), Nonparametric bounds on treatment effects.
    """
    return of, of + max(0, asked - answered)
