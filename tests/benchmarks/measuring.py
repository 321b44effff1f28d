"""How the benchmarks measure and print."""

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def typical(work: Callable[[], object], times: int, before: Callable[[], object] = lambda: None) -> float:
    """Median wall time of several calls, each after ``before``."""
    taken = []
    for _ in range(times):
        before()
        taken.append(seconds(work))
    return median(taken)


def line(what: str, measured: str, limit: str, holds: bool) -> None:
    print(f"{'ok  ' if holds else 'OVER'}  {what:<52} {measured:<34} limit {limit}")


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def peak_megabytes(code: str, *arguments: str) -> float:
    """Peak resident memory of a Python process of its own that runs this code."""
    script = f"{code}\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1]) / 1024


def own_megabytes() -> float:
    """Peak resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
