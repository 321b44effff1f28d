"""The only door for writing: a transaction and its audit row, together or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import DatabaseError, transaction

from styrkedjan.core.access import Event, Viewer
from styrkedjan.core.refused import WrongState
from styrkedjan.tables.access import AuditEvent

DISK_FULL = "53100"  # SQLSTATE disk_full


@contextmanager
def change(actor: Viewer, event: Event, about: str) -> Iterator[dict]:
    """Run the block in one transaction and write its audit row.

    Out: a dict to put facts in that belong in the trail (ids and counts, never personal content).
    Raises: WrongState when the database's disk is full; then nothing of the block is kept.
    """
    facts: dict = {}
    try:
        with transaction.atomic():
            yield facts
            AuditEvent.objects.create(
                at=datetime.now(UTC),
                actor=actor.name,
                role=",".join(sorted(actor.roles)),
                event=event,
                about=about,
                facts=facts,
            )
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == DISK_FULL:
            raise WrongState("databasens disk är full. Inget har ändrats. Frigör utrymme och försök igen.") from error
        raise
