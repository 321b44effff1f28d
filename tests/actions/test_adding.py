"""What a session must prove before one more way in may be put on the account."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from styrkedjan.core.access import Assurance, Role
from styrkedjan.core.refused import NotAllowed
from tests.conftest import as_owner
from tests.people import someone
from tests.world import LILLAN

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("tables")]


def adding(assurance: Assurance, *, identity: Assurance | None = None) -> str:
    """Why a way in may not be added in a session this sure, with an identity elsewhere this sure; nothing if it may."""
    from styrkedjan.actions.access.adding import require_sure_to_add
    from styrkedjan.queries.access.viewing import viewing
    from styrkedjan.tables.access import LinkedIdentity

    with viewing(someone(Role.BOARD_MEMBER, LILLAN, assurance=assurance)) as viewer:
        if identity is not None:
            with as_owner():
                LinkedIdentity(
                    key=uuid4(),
                    person_id=viewer.person,
                    issuer="https://idp.example",
                    subject="någon",
                    assurance=identity,
                    made_at=datetime.now(UTC),
                ).save(force_insert=True)
        try:
            require_sure_to_add(viewer)
        except NotAllowed as refusal:
            return refusal.message
    return ""


def test_a_fresh_letter_may_add_the_first():
    assert adding(Assurance.LINK) == ""


def test_a_letter_is_not_enough_beside_a_connected_e_legitimation():
    assert "e-legitimationen" in adding(Assurance.LINK, identity=Assurance.STRONG)


def test_an_identity_no_surer_than_a_letter_keeps_nobody_out():
    assert adding(Assurance.LINK, identity=Assurance.LINK) == ""


def test_a_sure_session_may_add():
    assert adding(Assurance.STRONG, identity=Assurance.STRONG) == ""
