"""Retention (gallring): remove what has had its time, by the rules that the catalogue's privacy.yaml states."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField, Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from styrkedjan.actions._change import change
from styrkedjan.actions.access import privacy
from styrkedjan.core.access import Event, Permission, Viewer, may
from styrkedjan.core.privacy import Does, RetentionRule
from styrkedjan.data.catalogue import load_privacy
from styrkedjan.tables._scoped import Scoped
from styrkedjan.tables.access import Person, RoleGrant


class _Trial(Exception):
    """Everything has been done and counted, and is now taken back."""


def run(actor: Viewer, *, trial: bool = False) -> dict[str, int]:
    """Follow every rule once, in one transaction.

    In: ``trial``, to count alone: the same is done and taken back.
    Out: how many rows each rule reached, by the rule's id, in the order of the catalogue.
    """
    may(actor, Permission.RUN_THE_HOUSE).require()
    rules = [rule for table in load_privacy(settings.CATALOGUE) for rule in table.rules]
    counts = dict.fromkeys((rule.id for rule in rules), 0)
    try:
        with change(actor, Event.RETENTION_RUN, about="") as facts:
            for rule in _in_order(rules):
                counts[rule.id] = _DOES[rule.does](actor, rule, datetime.now(UTC) - timedelta(days=rule.days))
            facts.update(counts)
            if trial:
                raise _Trial
    except _Trial:
        pass
    return counts


def _in_order(rules: list[RetentionRule]) -> list[RetentionRule]:
    """People are made nameless while their roles still tell when the last one ended; then the last table first, so
    that rows go before those that they lean on.
    """
    first = [rule for rule in rules if rule.does is Does.NAMELESS]
    return first + [rule for rule in reversed(rules) if rule not in first]


def _remove(actor: Viewer, rule: RetentionRule, before: datetime) -> int:
    rows = _due(actor, rule, before)
    if rule.unless:
        rows = rows.exclude(**{f"{rule.unless}__isnull": False})
    _, removed = rows.delete()
    return removed.get(rows.model._meta.label, 0)


def _empty(actor: Viewer, rule: RetentionRule, before: datetime) -> int:
    filled = Q()
    for column in rule.columns:
        filled |= ~Q(**{column: ""})
    return _due(actor, rule, before).filter(filled).update(**dict.fromkeys(rule.columns, ""))


def _nameless(actor: Viewer, rule: RetentionRule, before: datetime) -> int:
    people: list[UUID] = list(_without_role(actor, rule, before).values_list("key", flat=True))
    for person in people:
        privacy.remove(actor, person)
    return len(people)


def _without_role(actor: Viewer, rule: RetentionRule, before: datetime) -> QuerySet:
    """Those who have not been removed, and have had no role since."""
    since = Q(ends_at=None) | Q(ends_at__gt=before)
    held = RoleGrant.scoped.for_operator(actor).filter(since, person=OuterRef("key"))
    return Person.objects.filter(~Exists(held), removed_at=None, **{f"{rule.after[0]}__lte": before})


def _weed(actor: Viewer, rule: RetentionRule, before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT styrkedjan_weed_audit(%s)", [before])
        return cursor.fetchone()[0]


def _due(actor: Viewer, rule: RetentionRule, before: datetime) -> QuerySet:
    """The rows whose moment, the first of the rule's columns that has a value, lies before."""
    columns = [F(name) for name in rule.after]
    moment = Coalesce(*columns, output_field=DateTimeField()) if len(columns) > 1 else columns[0]
    return _rows(actor, rule.table).alias(moment=moment).filter(moment__lte=before)


def _rows(actor: Viewer, table: str) -> QuerySet:
    models: dict[str, type[Model]] = {each._meta.db_table: each for each in apps.get_app_config("tables").get_models()}
    manager = models[table]._default_manager
    return manager.for_operator(actor) if isinstance(manager, Scoped) else manager.all()


_DOES = {Does.REMOVE: _remove, Does.EMPTY: _empty, Does.NAMELESS: _nameless, Does.WEED: _weed}
