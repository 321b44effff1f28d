"""Pages: server time of many different huvudmän's pages with the whole nation loaded, and their query counts."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from styrkedjan.core.access import ANYONE
from tests.benchmarks.measuring import line, percentile, seconds

MOST = 400
LIMIT = 0.060


def bench() -> None:
    from styrkedjan.queries.places import every_organiser

    client = Client(SERVER_NAME="localhost")
    keys = [organiser.key for organiser in every_organiser(ANYONE)]
    chosen = keys[:: max(1, len(keys) // MOST)]
    _get(client, f"/huvudman/{keys[0]}/")  # the nation is read once per process
    for name, path in (("läget", ""), ("underlag", "underlag/"), ("indikator", "indikator/safety_grade_5_index/")):
        taken = [seconds(lambda key=key, path=path: _get(client, f"/huvudman/{key}/{path}")) for key in chosen]
        p95 = percentile(taken, 0.95)
        line(
            f"{name}: p95 of {len(chosen)} huvudmän",
            f"{1000 * p95:.0f} ms ({p95 / LIMIT:.2f} of the limit)",
            "60 ms",
            p95 < LIMIT,
        )
    few, many = _queries_of_smallest_and_largest(client)
    line("queries: huvudman with 1 unit / most units", f"{few} / {many}", "equal", few == many)


def _get(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def _queries_of_smallest_and_largest(client: Client) -> tuple[int, int]:
    from styrkedjan.queries.places import largest_and_smallest

    largest, smallest = largest_and_smallest(ANYONE)
    counts = []
    for place in (smallest, largest):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            _get(client, f"/huvudman/{place.key}/")
        counts.append(len(queries))
    return counts[0], counts[1]
