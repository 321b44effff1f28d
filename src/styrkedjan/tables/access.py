"""The audit trail: one row per write, in the same transaction."""

from django.db import models


class AuditEvent(models.Model):
    """Who did what, to what, when. No foreign keys, so the trail neither blocks nor follows deletions."""

    at = models.DateTimeField()
    actor = models.TextField()
    role = models.TextField()
    event = models.TextField()
    about = models.TextField()
    facts = models.JSONField()

    class Meta:
        db_table = "audit_event"
