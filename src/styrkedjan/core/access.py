"""Access: who looks, and what they may do. Every query takes a ``Viewer`` first, every action an actor."""

from dataclasses import dataclass
from enum import StrEnum

from styrkedjan.core.refused import NotAllowed


class Role(StrEnum):
    """Roles per place. Official statistics need none; the operator (driftansvarig) runs the commands."""

    ANYONE = "anyone"
    OPERATOR = "operator"


class Permission(StrEnum):
    """What can be asked for."""

    READ_STATISTICS = "read_statistics"
    PUBLISH_STATISTICS = "publish_statistics"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ANYONE: frozenset({Permission.READ_STATISTICS}),
    Role.OPERATOR: frozenset({Permission.READ_STATISTICS, Permission.PUBLISH_STATISTICS}),
}


class Event(StrEnum):
    """What can happen and is written in the audit trail."""

    EDITION_PUBLISHED = "edition_published"


@dataclass(frozen=True)
class Viewer:
    """Who is looking: a name for the audit trail and the roles that hold now."""

    name: str
    roles: frozenset[Role]


ANYONE = Viewer(name="", roles=frozenset({Role.ANYONE}))
OPERATOR = Viewer(name="driftansvarig", roles=frozenset({Role.OPERATOR}))


@dataclass(frozen=True)
class Decision:
    """Yes, or no with the reason a user can read."""

    allowed: bool
    reason: str = ""

    def require(self) -> None:
        """Raises NotAllowed with the reason when the answer is no."""
        if not self.allowed:
            raise NotAllowed(self.reason)


def may(viewer: Viewer, permission: Permission) -> Decision:
    """May this viewer do this? Official statistics belong to no tenant, so there is no scope to hold it to."""
    if any(permission in ROLE_PERMISSIONS[role] for role in viewer.roles):
        return Decision(True)
    return Decision(False, REASONS[permission])


REASONS: dict[Permission, str] = {
    Permission.READ_STATISTICS: "Du behöver få läsa officiell statistik för att se det här.",
    Permission.PUBLISH_STATISTICS: "Bara den driftansvariga kan läsa in statistik, med kommandot styrkedjan import.",
}
