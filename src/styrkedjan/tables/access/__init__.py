"""People and roles, signing in, letters, and the audit trail."""

from styrkedjan.tables.access.audit import AuditEvent, AuditHead
from styrkedjan.tables.access.mail import OutgoingMail
from styrkedjan.tables.access.people import Invitation, Person, RoleGrant
from styrkedjan.tables.access.sign_in import (
    LinkedIdentity,
    OneTimeCodes,
    Pace,
    Passkey,
    RecoveryCode,
    SeenAssertion,
    SignInAttempt,
    SignInSession,
)

__all__ = [
    "AuditEvent",
    "AuditHead",
    "Invitation",
    "LinkedIdentity",
    "OneTimeCodes",
    "OutgoingMail",
    "Pace",
    "Passkey",
    "Person",
    "RecoveryCode",
    "RoleGrant",
    "SeenAssertion",
    "SignInAttempt",
    "SignInSession",
]
