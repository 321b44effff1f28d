"""Access: who looks, what each role may do and where, and what is written in the audit trail."""

from styrkedjan.core.access.events import Event
from styrkedjan.core.access.roles import (
    NATIONAL_ROLES,
    PLACE_ROLES,
    REASONS,
    ROLE_PERMISSIONS,
    STRONG_PERMISSIONS,
    Agency,
    Permission,
    Role,
    permissions_of,
)
from styrkedjan.core.access.viewer import ANYONE, OPERATOR, Assurance, Decision, Grant, Viewer, may

__all__ = [
    "ANYONE",
    "NATIONAL_ROLES",
    "OPERATOR",
    "PLACE_ROLES",
    "REASONS",
    "ROLE_PERMISSIONS",
    "STRONG_PERMISSIONS",
    "Agency",
    "Assurance",
    "Decision",
    "Event",
    "Grant",
    "Permission",
    "Role",
    "Viewer",
    "may",
    "permissions_of",
]
