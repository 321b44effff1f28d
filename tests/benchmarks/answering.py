"""Answering: submissions a second through the served site, what one costs in SQL, and the form's size and time."""

import time
from collections import Counter
from pathlib import Path
from threading import local

from tests.benchmarks.measuring import line, percentile, seconds
from tests.benchmarks.sign_in import as_tester
from tests.campaigns import TEACHING, Made, open_for, sheets
from tests.rush import Respondent, each, served
from tests.world import STORKOPING

CLIENTS, GROUPS, IN_A_GROUP = 32, 10, 200
SUBMISSIONS = GROUPS * IN_A_GROUP
PLACES = [f"{STORKOPING}-900000{number:02d}" for number in range(1, GROUPS + 1)]
LEAST_A_SECOND, MOST_SQL, SLOWEST_PAGE, LARGEST_PAGE = 100, 6, 0.100, 60_000


def bench(home: Path) -> None:
    """Let 32 people at a time answer a campaign of ten groups of two hundred."""
    with as_tester(home):
        made = open_for(place=STORKOPING, asked=dict.fromkeys(((place, TEACHING) for place in PLACES), IN_A_GROUP))
        warm = open_for(asked={(PLACES[0], TEACHING): IN_A_GROUP})
        statements = _statements(warm)
        with served(home) as address:
            _rush(address, warm, PLACES[:1], 64)
            taken = _rush(address, made, PLACES, SUBMISSIONS)
            pages, size = _pages(address, warm)
        _print(made, taken, statements, pages, size)


def _rush(address: str, made: Made, places: list[str], how_many: int) -> float:
    """Seconds that so many submissions take: the form fetched and 28 answers sent, each by a new browser."""
    paths = [f"/svara/{made.code(place)}/" for place in places]
    kept = local()

    def one(number: int) -> None:
        path = paths[number % len(paths)]
        if not hasattr(kept, "respondent"):
            kept.respondent = Respondent(address)
        somebody = kept.respondent  # the same connection, but nobody's cookies: what is measured is the site
        somebody.cookies.clear()
        somebody.open(path)
        status = somebody.hand_in(path, str(number % 5 + 1))
        assert status == 303, status

    start = time.perf_counter()
    each(one, how_many, CLIENTS)
    return time.perf_counter() - start


def _pages(address: str, made: Made) -> tuple[list[float], int]:
    somebody, path = Respondent(address), f"/svara/{made.code(PLACES[0])}/"
    taken = [seconds(lambda: somebody.open(path)) for _ in range(200)]
    return taken, len(somebody.page.encode())


def _statements(made: Made) -> int:
    """How many SQL statements a whole submission takes: the form, handing in, and the page with the receipt."""
    import re

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.people import browser

    client, path = browser(), f"/svara/{made.code(PLACES[0])}/"
    with CaptureQueriesContext(connection) as asked:
        page = client.get(path).content.decode()
        hidden = dict(re.findall(r'name="(kvitto|rader)" value="([^"]*)"', page))
        assert client.post(path, {**hidden, "a1": "4"}).status_code == 303
        client.get("/svara/klart/")
    return len(asked)


def _print(made: Made, taken: float, statements: int, pages: list[float], size: int) -> None:
    found = sheets(made)
    answers = Counter(answer for given, _, _ in found for answer in given.values())
    exact = len(found) == SUBMISSIONS and set(answers.values()) == {SUBMISSIONS * 28 // 5} and len(answers) == 5
    a_second, worst = SUBMISSIONS / taken, percentile(pages, 0.95)
    line(
        f"submissions of 28 statements, {CLIENTS} clients",
        f"{a_second:.0f}/s, {a_second / LEAST_A_SECOND:.2f} of the limit",
        f"{LEAST_A_SECOND}/s",
        a_second >= LEAST_A_SECOND,
    )
    lost = f"{len(found)} of {SUBMISSIONS} sheets, each answer {'exact' if exact else 'NOT exact'}"
    line("none lost, none double", lost, "all", exact)
    line("SQL statements of a submission", str(statements), str(MOST_SQL), statements <= MOST_SQL)
    line("form page, p95 of 200", f"{1000 * worst:.0f} ms", "100 ms", worst <= SLOWEST_PAGE)
    line("form page, uncompressed", f"{size / 1000:.1f} kB", "60 kB", size <= LARGEST_PAGE)
