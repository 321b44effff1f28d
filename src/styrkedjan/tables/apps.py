"""The one Django app of the house."""

from django.apps import AppConfig


class TablesConfig(AppConfig):
    """Tables of every noun, under one app label so that migrations are one line of history."""

    name = "styrkedjan.tables"
    label = "tables"
    default_auto_field = "django.db.models.BigAutoField"
