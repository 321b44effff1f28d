"""The audit trail (händelselogg): one row per write, in the same transaction, in one hash chain per organiser.

The database itself numbers and hashes the rows (``migrations/0003_walls.py``), and lets nobody change or remove one.
"""

from django.db import models

from styrkedjan.core.access import Viewer
from styrkedjan.tables._scoped import Scoped


class Trail(Scoped):
    """Events by whose trail they stand in, and a person's own wherever they stand."""

    def by(self, viewer: Viewer) -> models.QuerySet:
        """What this viewer has done, in any trail; nothing for nobody."""
        return self._rows(actor=viewer.person) if viewer.is_signed_in else self._rows(actor=None)


class AuditEvent(models.Model):
    """Who did what, to what, when. No foreign keys, so the trail neither blocks nor follows deletions.

    ``actor`` is a person's key, never a name. ``organiser`` names the chain; empty for what has no tenant.
    ``sequence``, ``previous_hash`` and ``hash`` are set by the database, whatever is sent.
    """

    key = models.UUIDField(primary_key=True)
    organiser = models.CharField(max_length=10, blank=True)
    sequence = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    actor = models.TextField()
    role = models.TextField()
    place = models.TextField()
    event = models.TextField()
    about = models.TextField()
    facts = models.JSONField()
    previous_hash = models.CharField(max_length=64, default="")
    hash = models.CharField(max_length=64, default="")

    scoped = Trail()

    class Meta:
        db_table = "audit_event"
        constraints = [models.UniqueConstraint(fields=["organiser", "sequence"], name="audit_event_chain")]
        indexes = [models.Index(fields=["actor"], name="audit_event_actor")]


class AuditHead(models.Model):
    """Where each chain begins and ends, so that rows cut off at either end are missed.

    ``first_sequence`` and ``first_previous_hash`` move only when rows are weeded out after their time.
    """

    organiser = models.CharField(max_length=10, primary_key=True)
    first_sequence = models.BigIntegerField()
    first_previous_hash = models.CharField(max_length=64)
    last_sequence = models.BigIntegerField()
    last_hash = models.CharField(max_length=64)

    scoped = Scoped()

    class Meta:
        db_table = "audit_head"
