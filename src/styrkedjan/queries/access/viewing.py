"""Who looks: the viewer behind a token, and the transaction in which the database knows it too."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from styrkedjan.core.access import ANYONE, Agency, Assurance, Grant, Role, Viewer
from styrkedjan.core.places import NATION

NATIONAL_NAMES = {NATION: "Riket", Agency.SKOLVERKET: "Skolverket", Agency.SPSM: "SPSM"}


@contextmanager
def viewing(token: str) -> Iterator[Viewer]:
    """Run the block as whoever the token of a session belongs to, in one transaction; ANYONE when nobody.

    What the database's own walls let through follows the viewer for as long as the block lasts. Nothing that the
    block has written stays when it ends with an error, also one that the database told and somebody swallowed.
    In: ``token``, as the browser's cookie holds it.
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        yield _enter(token)
        _refuse_half_done()
    if nested:  # the transaction goes on, and must not go on as this viewer
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('styrkedjan.context', '', true)")


def _enter(token: str) -> Viewer:
    with connection.cursor() as cursor:
        cursor.execute("SELECT styrkedjan_enter(%s)", [token])
        row = cursor.fetchone()
    return _viewer(json.loads(row[0])) if row and row[0] else ANYONE


def _viewer(found: dict[str, Any]) -> Viewer:
    grants = (
        Grant(Role(each["role"]), each["place"], each["place_name"] or NATIONAL_NAMES.get(each["place"], ""))
        for each in found["grants"]
    )
    return Viewer(
        person=found["person"],
        name=found["name"],
        grants=tuple(grants),
        now=datetime.fromisoformat(found["now"]),
        assurance=Assurance(found["assurance"]),
        session=found["session"],
    )


def _refuse_half_done() -> None:
    """Raises RuntimeError when a statement has failed and nobody took it back: the database would keep nothing."""
    if connection.connection.info.transaction_status == TransactionStatus.INERROR and not connection.needs_rollback:
        transaction.set_rollback(True)
        raise RuntimeError("a statement failed in this transaction and the error was swallowed: nothing was kept")
