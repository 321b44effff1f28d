"""Working material (arbetsmaterial) of a place, version by version, and the receipts of what has been shared."""

from django.db import models

from styrkedjan.core.access import Viewer
from styrkedjan.tables._scoped import Scoped


class SharedWithAgencies(Scoped):
    """Also lets an agency in, to what has been shared with it and not withdrawn."""

    def shared_with(self, viewer: Viewer) -> models.QuerySet:
        """The rows behind the receipts that name one of this viewer's agencies."""
        path = self.model.PATH_TO_SHARE
        # In one filter, so that it is one and the same receipt that names the agency and is not withdrawn.
        found = self._rows(**{f"{path}agency__in": viewer.agencies, f"{path}withdrawn_at": None})
        return found.distinct() if path else found


class WorkingPaper(models.Model):
    """One piece of working material: the organiser's or unit's own analysis, or own figures. Private until shared."""

    PATH_TO_SHARE = "versions__shares__"

    key = models.UUIDField(primary_key=True)
    organiser = models.CharField(max_length=10)
    place = models.TextField()
    kind = models.TextField()
    title = models.TextField()
    school_year = models.SmallIntegerField()
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version_number = models.IntegerField()
    removed_at = models.DateTimeField(null=True)

    scoped = SharedWithAgencies()

    class Meta:
        db_table = "working_paper"
        indexes = [models.Index(fields=["organiser", "place"], name="working_paper_place")]


class PaperVersion(models.Model):
    """The contents of a paper at one time. Never changed: an edit makes the next version."""

    PATH_TO_SHARE = "shares__"

    key = models.UUIDField(primary_key=True)
    organiser = models.CharField(max_length=10)
    paper = models.ForeignKey(WorkingPaper, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    title = models.TextField()
    contents = models.JSONField()
    sha256 = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    written_by = models.TextField()

    scoped = SharedWithAgencies()

    class Meta:
        db_table = "paper_version"
        constraints = [models.UniqueConstraint(fields=["paper", "number"], name="one_paper_version_per_number")]


class Share(models.Model):
    """The receipt (kvitto) of one sharing: exactly which version left, when, to whom, and until when it can be read."""

    PATH_TO_SHARE = ""

    key = models.UUIDField(primary_key=True)
    organiser = models.CharField(max_length=10)
    version = models.ForeignKey(PaperVersion, on_delete=models.PROTECT, related_name="shares")
    agency = models.TextField()
    shared_at = models.DateTimeField()
    shared_by = models.TextField()
    shared_by_name = models.TextField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(blank=True)

    scoped = SharedWithAgencies()

    class Meta:
        db_table = "share"
        indexes = [models.Index(fields=["agency"], name="share_agency")]
