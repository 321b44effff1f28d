"""Django finds models here; each lives in its noun's file."""

from styrkedjan.tables.access import AuditEvent
from styrkedjan.tables.places import Organiser, SchoolUnit
from styrkedjan.tables.statistics import SourceFile, StatisticsEdition

__all__ = ["AuditEvent", "Organiser", "SchoolUnit", "SourceFile", "StatisticsEdition"]
