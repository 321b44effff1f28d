"""Results: the chain view of an organiser with 100 units and 20,000 answers to every row of the framework."""

from pathlib import Path
from statistics import median

from tests.benchmarks.measuring import line, percentile, seconds
from tests.benchmarks.sign_in import as_tester

UNITS, ANSWERS, TIMES = 100, 20_000, 30
LIMIT, MOST_QUERIES = 0.200, 10


def bench(home: Path) -> None:
    """The page of the whole organiser and of one unit: server time, size and questions of the database."""
    with as_tester(home):
        _bench()


def _bench() -> None:
    from django.db import transaction

    from styrkedjan.core.access import ANYONE, Role
    from styrkedjan.queries.places import largest_and_smallest
    from tests.people import browser, someone
    from tests.released_answers import campaign, catalogue, plenty, stored

    framework = catalogue().framework
    rows = tuple(f"{factor.id}.{row.id}" for factor in framework.success_factors for row in factor.rows)
    with transaction.atomic():
        organiser, _ = largest_and_smallest(ANYONE)
        assert organiser is not None
        place, sizes = organiser.key, (40, 400, ANSWERS - 440)
        units = [f"{place}-{90000000 + number}" for number in range(UNITS)]
        earlier = campaign(place=place, rows=rows)
        stored(earlier, plenty(place, 1, rows, sizes), groups=False)
        small = [plenty(unit, 2, rows, (0, 4, ANSWERS // UNITS)) for unit in units]
        key = stored(campaign(place=place, rows=rows, previous=earlier.key), plenty(place, 3, rows, sizes), *small)
        client = browser(someone(Role.QUALITY_LEAD, place))
        _page(client, f"/huvudman/{place}/sjalvvardering/{key}/resultat/", f"{len(rows)} rows, {UNITS} enheter")
        transaction.set_rollback(True)


def _page(client: object, path: str, what: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    size = len(client.get(path).content)
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    count = sum(
        "SAVEPOINT" not in query["sql"] and "set_config" not in query["sql"] for query in asked.captured_queries
    )
    taken = [seconds(lambda: client.get(path)) for _ in range(TIMES)]
    p95 = percentile(taken, 0.95)
    told = f"{1000 * p95:.0f} ms (median {1000 * median(taken):.0f}), {size / 1000:.0f} kB"
    line(f"results of {what}, p95 of {TIMES}", told, "200 ms", p95 <= LIMIT)
    line("queries of that page", str(count), str(MOST_QUERIES), count <= MOST_QUERIES)
