"""The gate on a nation: 16,000 invented units x 49 rows x 3 levels, and how the time grows with the size.

Each organiser is released for itself, as in the product. Two processes share the work; making up the answers is not
counted. The fast pattern is used, and the auditor attacks a sample of hidden cells in every tenth organiser. For one
organiser, the searched pattern and the fast one are compared.
"""

import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import polars as pl

from styrkedjan.core.assessments.campaigns import GroupKind, GroupState
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.disclosure import release_answers
from styrkedjan.core.raw import ANSWER_COLUMNS, GROUP_COLUMNS, RawAnswers
from tests.benchmarks.measuring import line, own_megabytes
from tests.core.answers_to_release import OUTSIDE, RULES, SCALE, STEPS

UNITS = 16_000
SIZES = (1_000, 4_000, UNITS)
LIMIT = 60.0
ROWS = tuple(f"factor_{factor}.{row}" for factor in "abcdefg" for row in range(1, 8))
AUDITED_EVERY, ATTACKED = 10, 40
ANSWERS = (*STEPS, *OUTSIDE)


def unit_counts(units: int) -> list[int]:
    """How many units each organiser has: most have one, municipalities many, the largest more than 300."""
    random = np.random.default_rng(1)
    ones = int(units * 0.144)
    few = random.integers(2, 6, size=units // 64)
    many = np.sort(random.lognormal(3.5, 0.75, size=max(units // 55, 1)).round().clip(6, 330))[::-1]
    many[0] = min(320, units // 3)
    rest = units - ones - few.sum()
    many = (many * rest / many.sum()).round().astype(int).clip(1)
    return [*many.tolist(), *few.tolist(), *([1] * ones)]


def invented(seed: int, units: int) -> tuple[str, RawAnswers]:
    """The counted answers of one organiser, at all three levels."""
    random = np.random.default_rng(seed)
    organiser = f"{5560000000 + seed}"
    places = [f"{organiser}-{10000000 + number}" for number in range(units)]
    teachers = random.lognormal(3.1, 0.55, size=units).round().astype(int).clip(2, 140)
    principals = random.choice([1, 2, 3], p=[0.7, 0.22, 0.08], size=units)
    own = int(random.integers(1, 5) if units < 10 else random.integers(5, 14))
    groups, frames = [], []
    for level, names, sizes in (
        (ChainLevel.TEACHING, places, teachers),
        (ChainLevel.PRINCIPAL, places, principals),
        (ChainLevel.ORGANISER, [organiser], np.array([own])),
    ):
        _add(random, level, organiser, names, sizes, groups, frames)
    return organiser, RawAnswers(pl.concat(frames), pl.DataFrame(groups, schema=GROUP_COLUMNS, orient="row"))


def _add(random, level, organiser, names, asked, groups, frames) -> None:
    sheets = random.binomial(asked, 0.82)
    positions = asked <= RULES.most_in_a_position
    leaning = random.dirichlet([2, 4, 8, 10, 4], size=(len(names), 1))
    shares = leaning * random.gamma(3.0, 1.0, size=(len(names), len(ROWS), len(STEPS)))
    shares *= 0.92 / shares.sum(axis=2, keepdims=True)
    aside = np.broadcast_to([0.05, 0.02, 0.01], (*shares.shape[:2], 3))
    counts = random.multinomial(sheets[:, None], np.concatenate([shares, aside], axis=2))[:, :, :-1]
    small = ~positions & (sheets < RULES.minimum_answers)
    for at, name in enumerate(names):
        kind = GroupKind.POSITION if positions[at] else GroupKind.ANONYMOUS
        state = GroupState.POOLED if small[at] else GroupState.KEPT
        groups.append((name, level.value, kind.value, state.value, int(asked[at]), int(sheets[at]), True))
    kept = counts[~small]
    names = [name for name, each in zip(names, small, strict=True) if not each]
    if sheets[small].sum() >= RULES.minimum_answers and names != [organiser]:
        pooled = (GroupKind.POOLED.value, GroupState.KEPT.value)
        groups.append((organiser, level.value, *pooled, int(asked[small].sum()), int(sheets[small].sum()), True))
        kept, names = np.concatenate([kept, counts[small].sum(axis=0, keepdims=True)]), [*names, organiser]
    at = np.nonzero(kept)
    told = {"place": (names, at[0]), "row": (ROWS, at[1]), "answer": (ANSWERS, at[2])}
    columns = {name: pl.Series(list(of), dtype=pl.String)[where] for name, (of, where) in told.items()}
    frame = pl.DataFrame({**columns, "count": kept[at].astype(np.int32)})
    frames.append(frame.with_columns(level=pl.lit(level.value)).select(ANSWER_COLUMNS.keys()))


def _share(organisers: list[tuple[int, int]]) -> dict[str, float]:
    """One process's organisers, (seed, units): the seconds that their release took, and what it found."""
    found = dict.fromkeys(("seconds", "cells", "first", "second", "audited", "narrowest"), 0.0) | {"narrowest": np.inf}
    for seed, units in organisers:
        organiser, raw = invented(seed, units)
        start = time.perf_counter()
        most = ATTACKED if seed % AUDITED_EVERY == 0 else 0
        report = release_answers(raw, organiser, RULES, SCALE, exact=False, most_attacked=most).report
        found["seconds"] += time.perf_counter() - start
        for name, count in (
            ("cells", report.cells),
            ("first", report.hidden_first),
            ("second", report.hidden_second),
            ("audited", report.audited),
        ):
            found[name] += count
        found["narrowest"] = min(found["narrowest"], report.smallest_interval or np.inf)
    return found | {"megabytes": own_megabytes()}


def _released(units: int) -> list[dict[str, float]]:
    organisers = list(enumerate(unit_counts(units)))
    os.environ["POLARS_MAX_THREADS"] = "1"  # two processes on two cores
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_share, [organisers[::2], organisers[1::2]]))


def bench() -> None:
    """Release nations of growing size, and compare the fast pattern with the searched one."""
    for units in SIZES:
        shares = _released(units)
        seconds = max(share["seconds"] for share in shares)
        whole = {name: sum(share[name] for share in shares) for name in shares[0]}
        line(
            f"answers released, {units} units x {len(ROWS)} rows x 3 levels",
            f"{seconds:.1f} s, {whole['cells'] / seconds / 1000:.0f}k cells/s",
            f"{LIMIT * units / UNITS:.1f} s",
            seconds < LIMIT * units / UNITS,
        )
        print(
            f"      {whole['cells']:.0f} cells, hidden {whole['first']:.0f} + {whole['second']:.0f}, audited "
            f"{whole['audited']:.0f}, narrowest {min(share['narrowest'] for share in shares):.0f}, "
            f"{max(share['megabytes'] for share in shares):.0f} MB"
        )
    for units in (5, 20, 45):
        _compare(units)


def _compare(units: int) -> None:
    organiser, raw = invented(units, units)
    taken, weights = [], []
    for exact in (False, True):
        start = time.perf_counter()
        release = release_answers(raw, organiser, RULES, SCALE, exact=exact)
        taken.append(time.perf_counter() - start)
        weights.append(release.report.hidden_second)
    line(
        f"second pass, {units} units: searched against fast",
        f"{weights[1]} against {weights[0]} cells, {taken[1]:.1f} against {taken[0]:.1f} s",
        "no more",
        weights[1] <= weights[0],
    )


if __name__ == "__main__":
    bench()
