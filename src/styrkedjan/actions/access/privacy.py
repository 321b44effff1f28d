"""What a person decides over her own data: take everything out, and be removed where the law allows it."""

import json
from datetime import UTC, datetime
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connection

from styrkedjan.actions._change import change
from styrkedjan.actions.access import people
from styrkedjan.actions.access.adding import require_surest
from styrkedjan.core.access import Assurance, Event, Permission, Viewer, may
from styrkedjan.core.privacy import FOLLOWS_PERSON
from styrkedjan.core.refused import NotAllowed, NotFound
from styrkedjan.core.sign_in import is_fresh
from styrkedjan.data.catalogue import load_privacy
from styrkedjan.tables.access import Person, RoleGrant, SignInSession

SIGN_IN_ANEW = (
    "Det här kräver att vi vet säkert att det är du. Bekräfta med en passkey eller en engångskod under Mitt konto, "
    "eller logga ut och in igen."
)
NO_SUCH_PERSON = "Det finns ingen person med den nyckeln, eller så är den redan borttagen. Inget har ändrats."


def note_extract(actor: Viewer) -> None:
    """Write down that the actor takes out what is held about her. Raises: NotAllowed when the house is not sure."""
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    _require_sure(actor)
    with change(actor, Event.REGISTER_EXTRACT_MADE, about=actor.person) as facts:
        facts["session"] = actor.session


def remove(actor: Viewer, person: UUID) -> None:
    """Remove a person: end her roles and make her nameless. Only her key stays, in the trail and on what she wrote.

    In: ``person``, the actor herself, or anyone for the operator.
    Raises: NotAllowed when it is somebody else, or the house is not sure that it is she; NotFound when she has been
    removed already; WrongState while nobody else can invite people at one of her organisers.
    """
    own = str(person) == actor.person
    may(actor, Permission.MANAGE_OWN_ACCOUNT if own else Permission.RUN_THE_HOUSE).require()
    if own:
        _require_sure(actor)
    with change(actor, Event.PERSON_REMOVED, about=str(person)) as facts:
        row = Person.objects.select_for_update().filter(key=person, removed_at=None).first()
        if row is None:
            raise NotFound(NO_SUCH_PERSON)
        facts["roles"] = _leave_everything(actor) if own else _end_everything(actor, row)
        facts.update(_forget(actor, row, own))


def _require_sure(actor: Viewer) -> None:
    require_surest(actor)
    if actor.assurance >= Assurance.STRONG:
        return
    started = SignInSession.objects.filter(key=actor.session).values_list("started_at", flat=True).first()
    if started is None or not is_fresh(started, datetime.now(UTC)):
        raise NotAllowed(SIGN_IN_ANEW)


def _leave_everything(actor: Viewer) -> int:
    """Leave every role as she would one by one, each with a row in that organiser's trail."""
    now = datetime.now(UTC)
    standing = [row.key for row in RoleGrant.scoped.own(actor) if row.ends_at is None or row.ends_at > now]
    for key in standing:
        people.leave(actor, key)
    return len(standing)


def _end_everything(actor: Viewer, row: Person) -> int:
    now = datetime.now(UTC)
    rows = RoleGrant.scoped.for_operator(actor).filter(person=row)
    standing = any(each.ends_at is None or each.ends_at > now for each in rows)
    return people.end_everything(actor, row.email) if standing and row.email else 0


def _forget(actor: Viewer, row: Person, own: bool) -> dict[str, int]:
    """Remove what follows her and empty her row. Gives how many rows of each table."""
    with connection.cursor() as cursor:
        if own:  # the database knows who she is, and shows the site nobody's addresses
            cursor.execute("SELECT styrkedjan_forget_me()")
        else:
            cursor.execute("SELECT styrkedjan_forget(%s)", [row.key])
        gone = json.loads(cursor.fetchone()[0])
    for table in _following():
        gone[table._meta.db_table] = table._default_manager.filter(person=row.key).delete()[0]
    row.name, row.email, row.removed_at = "", None, datetime.now(UTC)
    row.save(update_fields=["name", "email", "removed_at"])
    return gone


def _following() -> list:
    """The tables whose rows go with their person, as the catalogue says."""
    names = {table.name for table in load_privacy(settings.CATALOGUE) if table.follows == FOLLOWS_PERSON}
    return [model for model in apps.get_app_config("tables").get_models() if model._meta.db_table in names]
