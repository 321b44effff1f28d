"""The door for writing: what the database says no to becomes a refusal that says what to do, and nothing is kept."""

import pytest
from django.db import DatabaseError

from styrkedjan.core.access import OPERATOR, Event
from styrkedjan.core.refused import WrongState
from tests.conftest import as_owner

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("tables")]


def change_that_meets(sqlstate: str) -> None:
    """A change in which the database raises this error."""
    from django.db import connection

    from styrkedjan.actions._change import change

    with change(OPERATOR, Event.RETENTION_RUN, about="prov"), connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'prov' USING ERRCODE = '{sqlstate}'; END $$")


def rows() -> int:
    from styrkedjan.tables.access import AuditEvent

    with as_owner():
        return AuditEvent.scoped.for_operator(OPERATOR).count()


@pytest.mark.parametrize(
    ("sqlstate", "said"), [("53100", "disk är full"), ("40P01", "i samma ögonblick")], ids=["disk full", "deadlock"]
)
def test_what_can_be_tried_again_is_said_so(sqlstate, said):
    before = rows()
    with pytest.raises(WrongState, match=said):
        change_that_meets(sqlstate)
    assert rows() == before


def test_anything_else_is_a_fault_of_ours():
    with pytest.raises(DatabaseError):
        change_that_meets("22012")
