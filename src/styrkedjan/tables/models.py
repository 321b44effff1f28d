"""Every table, where Django looks for them."""

from styrkedjan.tables.access import (
    AuditEvent,
    AuditHead,
    Invitation,
    LinkedIdentity,
    OneTimeCodes,
    OutgoingMail,
    Pace,
    Passkey,
    Person,
    RecoveryCode,
    RoleGrant,
    SeenAssertion,
    SignInAttempt,
    SignInSession,
)
from styrkedjan.tables.places import Organiser, SchoolUnit
from styrkedjan.tables.sharing import PaperVersion, Share, WorkingPaper
from styrkedjan.tables.statistics import SourceFile, StatisticsEdition

__all__ = [
    "AuditEvent",
    "AuditHead",
    "Invitation",
    "LinkedIdentity",
    "OneTimeCodes",
    "Organiser",
    "OutgoingMail",
    "Pace",
    "PaperVersion",
    "Passkey",
    "Person",
    "RecoveryCode",
    "RoleGrant",
    "SchoolUnit",
    "SeenAssertion",
    "Share",
    "SignInAttempt",
    "SignInSession",
    "SourceFile",
    "StatisticsEdition",
    "WorkingPaper",
]
