"""Editions of the statistics and the files they were read from. The numbers themselves lie in the statistics store."""

from django.db import models


class SourceFile(models.Model):
    """Raw bytes that were landed: hash, name, origin and time."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    name = models.TextField()
    origin = models.TextField()
    fetched_at = models.DateTimeField()
    size = models.BigIntegerField()
    format = models.TextField()

    class Meta:
        db_table = "source_file"


class StatisticsEdition(models.Model):
    """One published edition. Exactly one is current: that row is what switches every reader at once."""

    version = models.CharField(max_length=16, primary_key=True)
    created_at = models.DateTimeField()
    is_current = models.BooleanField()
    invented = models.BooleanField()
    manifest = models.JSONField()
    report = models.JSONField()

    class Meta:
        db_table = "statistics_edition"
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=models.Q(is_current=True), name="one_current_statistics_edition"
            ),
        ]
