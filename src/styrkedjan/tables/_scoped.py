"""The first wall between tenants: a table that belongs to organisers has no manager that gives all its rows.

The second wall is PostgreSQL's row-level security (``migrations/0003_walls.py``), which holds where this one fails.
"""

from typing import Any

from django.db import models

from styrkedjan.core.access import Permission, Viewer, may


class Scoped(models.Manager):
    """The only manager of a tenant table: every way in names whose rows it gives."""

    def get_queryset(self) -> models.QuerySet:
        """Raises TypeError: there is no way to ask for everyone's rows."""
        raise TypeError(
            f"{self.model.__name__} belongs to tenants: use .of(viewer) or another way in that names a scope"
        )

    def _rows(self, **scope: Any) -> models.QuerySet:
        return super().get_queryset().filter(**scope)

    def of(self, viewer: Viewer) -> models.QuerySet:
        """The rows of the organisers where this viewer has a role."""
        return self._rows(organiser__in=viewer.organisers)

    def at(self, viewer: Viewer, organiser: str) -> models.QuerySet:
        """The rows of one organiser; none when the viewer has no role there."""
        return self.of(viewer).filter(organiser=organiser)

    def for_operator(self, viewer: Viewer) -> models.QuerySet:
        """Every tenant's rows, for commands at the machine. Raises: NotAllowed to anyone but an operator."""
        may(viewer, Permission.RUN_THE_HOUSE).require()
        return self._rows()
