"""Signing in: server time from a posted SAML answer to the redirect, and of finding one among a thousand services."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psycopg
from psycopg.conninfo import make_conninfo

from tests.benchmarks.measuring import line, percentile, seconds
from tests.conftest import TESTER

LIMIT = 0.150
TIMES = 40
MEMBERS = 1000


@contextmanager
def as_tester(home: Path) -> Iterator[None]:
    """The house with the role that the tests have: the site's, which may become the owner's to make people."""
    from styrkedjan.site import postgres, running

    with running.house(as_site=True) as databases:
        with psycopg.connect(postgres.status(home).admin_dsn, autocommit=True) as admin:
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [TESTER]).fetchone():
                admin.execute(f"CREATE ROLE {TESTER} LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS")
            admin.execute(f"GRANT {postgres.ROLE}, {postgres.OWNER} TO {TESTER}")
        running.use(make_conninfo(databases.site, user=TESTER, options=f"-c role={postgres.ROLE}"))
        yield


def bench(home: Path) -> None:
    """Sign in many times at one identity service among a thousand in the federation's metadata."""
    with as_tester(home):
        _bench()


def _bench() -> None:
    from django.db import transaction

    from styrkedjan.core.access import Role
    from tests.people import someone
    from tests.protocols.federation_case import connect, person_of, running_site

    with tempfile.TemporaryDirectory() as folder, running_site(Path(folder)) as site, transaction.atomic():
        site.metadata.write_text(_crowded(site.peer.metadata()))
        first = seconds(site.federation.ways)
        connect(person_of(someone(Role.SUPERINTENDENT, "2120009901")), site.peer.issuer)
        taken = [_sign_in(site) for _ in range(TIMES)]
        found = [seconds(lambda: site.browser().client.get("/logga-in/saml/?q=storkop")) for _ in range(TIMES)]
        transaction.set_rollback(True)
    worst = percentile(taken, 0.95)
    line(
        f"SAML answer, p95 of {TIMES}",
        f"{1000 * worst:.0f} ms (median {1000 * median(taken):.0f})",
        "150 ms",
        worst < LIMIT,
    )
    line(
        f"choose among {MEMBERS} services",
        f"{1000 * percentile(found, 0.95):.0f} ms",
        "60 ms",
        percentile(found, 0.95) < 0.06,
    )
    line(f"metadata of {MEMBERS} services, once", f"{first:.2f} s", "3 s", first < 3)


def _crowded(member: str) -> str:
    """Metadata in which one service stands among many others."""
    body = member.partition("?>")[2] if member.startswith("<?xml") else member
    others = (
        body.replace("idp.storkoping.example", f"idp{number}.example").replace("Storköpings", f"Kommun {number}")
        for number in range(MEMBERS - 1)
    )
    start = '<m:EntitiesDescriptor xmlns:m="urn:oasis:names:tc:SAML:2.0:metadata">'
    return f"{start}{''.join(others)}{body}</m:EntitiesDescriptor>"


def _sign_in(site) -> float:
    browser = site.browser()
    browser.leave()
    answer = browser.answer()
    responses = []
    taken = seconds(lambda: responses.append(browser.bring(answer)))
    assert responses[0].status_code == 302
    return taken
