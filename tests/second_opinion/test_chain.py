"""The measures of the chain view against SciPy, published tables and plain loops over single answers."""

from itertools import product
from random import Random

import pytest
import scipy.stats

from styrkedjan.core.assessments.measures import (
    consensus,
    dispersion,
    median_steps,
    pairs,
    share_change,
    student_975,
    wilson,
)


def drawn(seed: int) -> tuple[list[int], list[int]]:
    """Two groups' answers, one by one, of different sizes and leanings."""
    random = Random(seed)
    sizes = random.randint(5, 60), random.randint(5, 60)
    return tuple(random.choices(range(5), [random.random() + 0.05 for _ in range(5)], k=size) for size in sizes)


def counted(answers: list[int]) -> tuple[int, ...]:
    return tuple(answers.count(step) for step in range(5))


@pytest.mark.parametrize("seed", range(40))
def test_pairs_are_those_of_every_pair_and_brunner_munzel(seed):
    first, second = drawn(seed)
    found = pairs(counted(first), counted(second))
    every = list(product(first, second))
    assert found.higher == pytest.approx(sum(one > two for one, two in every) / len(every))
    assert found.lower == pytest.approx(sum(one < two for one, two in every) / len(every))
    assert found.equal == pytest.approx(sum(one == two for one, two in every) / len(every))
    peer = scipy.stats.brunnermunzel(second, first)
    centre = (found.delta + 1) / 2
    # The peer gives its statistic, centre and error in one; the interval is made of the same error.
    if centre != 0.5 and found.low > -1 and found.high < 1:
        reach = scipy.stats.t.ppf(0.975, _freedom(first, second)) * abs((centre - 0.5) / peer.statistic)
        assert (found.high - found.low) / 4 == pytest.approx(reach, rel=2e-3)


def _freedom(first: list[int], second: list[int]) -> float:
    """Satterthwaite's degrees of freedom by loops over single answers."""
    parts = []
    for own, other in ((first, second), (second, first)):
        placed = [sum((two < one) + (two == one) / 2 for two in other) / len(other) for one in own]
        mean = sum(placed) / len(placed)
        parts.append((sum((each - mean) ** 2 for each in placed) / (len(own) - 1) / len(own), len(own) - 1))
    return sum(part for part, _ in parts) ** 2 / sum(part**2 / degrees for part, degrees in parts)


@pytest.mark.parametrize("seed", range(20))
def test_dispersion_and_median_by_loops(seed):
    answers, _ = drawn(seed)
    shares = [sum(answer <= step for answer in answers) / len(answers) for step in range(4)]
    assert dispersion(counted(answers)) == pytest.approx(sum(share * (1 - share) for share in shares))
    ordered = sorted(answers)
    assert median_steps(counted(answers)) == (ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2])


def test_consensus_of_van_der_eijks_own_examples():
    """The published table of patterns of seven steps: A of each pattern with the same number in each of its steps."""
    published = {
        (1, 1, 1, 1, 1, 1, 1): 0.0,
        (0, 0, 0, 1, 0, 0, 0): 1.0,
        (0, 0, 1, 1, 0, 0, 0): 5 / 6,
        (1, 0, 0, 0, 0, 0, 1): -1.0,
        (0, 1, 1, 1, 1, 1, 0): 1 / 3,
    }
    for pattern, value in published.items():
        assert consensus([10 * each for each in pattern]) == pytest.approx(value)


@pytest.mark.parametrize(("of", "total"), [(0, 5), (3, 7), (12, 40), (40, 40), (1, 900)])
def test_wilson(of, total):
    peer = scipy.stats.binomtest(of, total).proportion_ci(0.95, "wilson")
    assert wilson(of, total) == pytest.approx((peer.low, peer.high), abs=1e-12)


@pytest.mark.parametrize(
    ("now", "before", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_newcombes_own_table(now, before, low, high):
    """Newcombe (1998), Statistics in Medicine 17:873, table II, method 10."""
    found = share_change(before, now)
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize("freedom", [4, 4.7, 6, 11, 30, 400])
def test_student(freedom):
    assert student_975(freedom) == pytest.approx(scipy.stats.t.ppf(0.975, freedom), abs=5e-3)
