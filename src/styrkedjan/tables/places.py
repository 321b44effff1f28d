"""Organisers (huvudmän) and school units (skolenheter) that any edition of the statistics has named.

``listed`` says that the current edition names the place; rows are never removed, so that working material can
point at a place that has closed.
"""

from django.db import models

from styrkedjan.core.places import organiser_of


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


def place_row(key: str) -> "Organiser | SchoolUnit | None":
    """The row of a place, an organiser or a unit; None when no edition has named it."""
    rows = Organiser.objects if key == organiser_of(key) else SchoolUnit.objects
    return rows.filter(key=key).first()


def place_name(key: str) -> str:
    """The name of an organiser or a unit; empty when no edition has named it."""
    row = place_row(key)
    return row.name if row else ""
