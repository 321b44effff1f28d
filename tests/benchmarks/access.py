"""Who may: a page for a person with 300 roles beside the same page for nobody, and the sweep over every address."""

import subprocess
import sys
from pathlib import Path
from statistics import median

from tests.benchmarks.measuring import line, percentile, seconds
from tests.benchmarks.sign_in import as_tester
from tests.conftest import PROJECT

ROLES, TIMES, SWEEP_LIMIT = 300, 60, 60.0


def bench(home: Path) -> None:
    """Both, each on a house of its own."""
    with as_tester(home):
        _many_roles()
    _sweep()


def _many_roles() -> None:
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from styrkedjan.core.access import ANYONE, Role
    from styrkedjan.queries.places import largest_and_smallest, units_of
    from tests.people import browser, someone

    with transaction.atomic():
        organiser, _ = largest_and_smallest(ANYONE)
        path = f"/huvudman/{organiser.key}/"
        units = [unit.key for unit in units_of(ANYONE, organiser)]
        held = [(Role.PRINCIPAL, units[number % len(units)]) for number in range(ROLES)]
        nobody, somebody = browser(""), browser(someone(also=held))
        counts = []
        for client in (nobody, somebody):
            client.get(path)
            with CaptureQueriesContext(connection) as asked:
                client.get(path)
            counts.append(sum(_is_of_the_page(query["sql"]) for query in asked.captured_queries))
        plain = [seconds(lambda: nobody.get(path)) for _ in range(TIMES)]
        signed_in = [seconds(lambda: somebody.get(path)) for _ in range(TIMES)]
        transaction.set_rollback(True)
    more = counts[1] - counts[0]
    line(f"queries more for a person with {ROLES} roles", str(more), "1", more <= 1)
    ratio = median(signed_in) / median(plain)
    words = f"{ratio:.2f}x ({1000 * percentile(signed_in, 0.95):.0f} ms / {1000 * percentile(plain, 0.95):.0f} ms, p95)"
    line(f"a page with {ROLES} roles / without sign-in", words, "none", True)


def _is_of_the_page(statement: str) -> bool:
    """What a page asks; not the savepoints and the clearing that stand for its transaction when run within another."""
    return "SAVEPOINT" not in statement and "set_config" not in statement


def _sweep() -> None:
    from tests.site.test_sweep import count

    command = [sys.executable, "-m", "pytest", "-q", "tests/site/test_sweep.py", "-p", "no:cacheprovider"]
    took = seconds(lambda: subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL))
    line(f"the sweep: {count()} requests", f"{took:.0f} s", "60 s", took < SWEEP_LIMIT)
