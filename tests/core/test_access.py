"""Who may do what."""

import pytest

from styrkedjan.core.access import ANYONE, OPERATOR, REASONS, Permission, Role, Viewer, may
from styrkedjan.core.refused import NotAllowed

# viewer -> permissions, in full
MATRIX = {
    "anyone": (ANYONE, {"read_statistics"}),
    "operator": (OPERATOR, {"read_statistics", "publish_statistics"}),
    "nobody": (Viewer("ingen", frozenset()), set()),
    "both": (Viewer("båda", frozenset(Role)), {"read_statistics", "publish_statistics"}),
}


@pytest.mark.parametrize("name", MATRIX)
def test_the_matrix_of_roles_and_permissions(name):
    viewer, allowed = MATRIX[name]
    assert {str(permission) for permission in Permission if may(viewer, permission).allowed} == allowed


def test_a_no_has_a_reason_that_a_user_can_read():
    decision = may(ANYONE, Permission.PUBLISH_STATISTICS)
    assert decision.reason.startswith("Bara den driftansvariga")
    with pytest.raises(NotAllowed, match="styrkedjan import") as refusal:
        decision.require()
    assert refusal.value.status == 403
    assert set(REASONS) == set(Permission)


def test_a_yes_lets_through():
    assert may(OPERATOR, Permission.PUBLISH_STATISTICS).require() is None
