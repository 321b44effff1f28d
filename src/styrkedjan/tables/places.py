"""Organisers (huvudmän) and school units (skolenheter) that any edition of the statistics has named.

``listed`` says that the current edition names the place; rows are never removed, so that working material can
point at a place that has closed.
"""

from django.db import models


class Organiser(models.Model):
    """An organiser, by its ten-digit organisation number."""

    key = models.CharField(max_length=10, primary_key=True)
    name = models.TextField()
    type = models.TextField()
    sort_key = models.TextField(db_collation="C")
    search_key = models.TextField()
    listed = models.BooleanField()

    class Meta:
        db_table = "organiser"


class SchoolUnit(models.Model):
    """A school unit under one organiser; a unit that changes organiser has a row under each."""

    key = models.CharField(max_length=19, primary_key=True)
    code = models.CharField(max_length=8)
    organiser = models.ForeignKey(Organiser, on_delete=models.PROTECT, related_name="units", db_index=False)
    name = models.TextField()
    sort_key = models.TextField(db_collation="C")
    search_key = models.TextField()
    listed = models.BooleanField()
    last_school_year = models.SmallIntegerField()

    class Meta:
        db_table = "school_unit"
        # Named here and not on the fields, which would bring an index for prefixes with each that nothing asks for.
        indexes = [
            models.Index(fields=["code"], name="school_unit_code"),
            models.Index(fields=["organiser"], name="school_unit_organiser"),
        ]
