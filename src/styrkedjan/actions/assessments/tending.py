"""Tending: what has to happen with self-assessments when nobody is looking. Counted on time, reminded when asked for.

It runs beside the site, as the database's owner: the site itself can neither see who has not answered nor open a sheet.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.template.loader import render_to_string

from styrkedjan.actions._change import change
from styrkedjan.actions.access import letters
from styrkedjan.actions.assessments.counting import count
from styrkedjan.actions.assessments.links import link_address, link_token
from styrkedjan.core.access import Event, Permission, Viewer, may
from styrkedjan.core.assessments.campaigns import GroupKind
from styrkedjan.core.disclosure.answers import ReleaseRefused
from styrkedjan.core.letters import LetterKind
from styrkedjan.core.refused import DamagedData, WrongState
from styrkedjan.render import swedish
from styrkedjan.tables.assessments import AskedPerson, CampaignRow
from styrkedjan.tables.places import place_name

log = logging.getLogger("styrkedjan")

# Rows that have been removed lie in the database's files until this has been run.
CLEAR_AWAY = "VACUUM sheet, asked_person, campaign"


@dataclass(frozen=True)
class Tended:
    """How many self-assessments were counted, how many reminded about, and how many could not be counted.

    ``damaged``: a sheet cannot be opened, or nothing of the whole could be released.
    """

    counted: int
    reminded: int
    damaged: int


def tend(actor: Viewer) -> Tended:
    """Count every campaign whose time is up, and write the reminders that have been asked for.

    One that cannot be counted does not hold the others up: it is logged by its key, and tried again next time.
    Raises: NotAllowed to anyone but the operator.
    """
    may(actor, Permission.RUN_THE_HOUSE).require()
    now = datetime.now(UTC)
    reminded = sum(_remind(actor, key, now) for key in _to_remind(actor, now))
    counted, damaged = 0, 0
    for key, place in _to_count(actor, now):
        try:
            count(actor, place, key)
            counted += 1
        except (DamagedData, ReleaseRefused) as error:
            log.error("Självvärderingen %s går inte att räkna (%s). Inget har ändrats.", key, type(error).__name__)
            damaged += 1
        except WrongState:  # somebody has it open still, or it has been counted this very moment
            continue
    if counted and not connection.in_atomic_block:
        _clear_away()
    return Tended(counted, reminded, damaged)


def _to_count(actor: Viewer, now: datetime) -> list[tuple[UUID, str]]:
    rows = CampaignRow.scoped.for_operator(actor).filter(counted_at=None, removed_at=None, closes_at__lte=now)
    return list(rows.order_by("closes_at", "key").values_list("key", "place"))


def _to_remind(actor: Viewer, now: datetime) -> list[UUID]:
    rows = CampaignRow.scoped.for_operator(actor).filter(counted_at=None, removed_at=None)
    due = rows.filter(remind_asked_at__isnull=False, opens_at__lte=now, closes_at__gt=now)
    return list(due.order_by("remind_asked_at", "key").values_list("key", flat=True))


def _remind(actor: Viewer, key: UUID, now: datetime) -> bool:
    """Write to those whose links have not been used. Every link is marked as reminded, so that none stands out."""
    row = CampaignRow.scoped.for_operator(actor).get(key=key)
    today = now.astimezone(swedish.SWEDEN).date()
    with change(actor, Event.PEOPLE_REMINDED, about=str(key), place=row.place):
        held = CampaignRow.scoped.for_operator(actor).filter(key=key, remind_asked_at__isnull=False)
        if held.select_for_update().first() is None:
            return False
        asked = AskedPerson.scoped.for_operator(actor).filter(group__campaign=key)
        subject = f"Påminnelse: {row.title}"
        for person in _not_answered(asked, today):
            letters.write(LetterKind.NOTICE, person.email, subject, _body(row, person), row.closes_at)
        asked.update(reminded_on=today)
        held.update(remind_asked_at=None)
    return True


def _not_answered(asked, today: date) -> list[AskedPerson]:  # noqa: ANN001  (a query set of asked people)
    earlier = asked.filter(Q(reminded_on=None) | Q(reminded_on__lt=today), answered=False, invited_on__lt=today)
    return list(earlier.select_related("group").order_by("key"))


def _body(row: CampaignRow, person: AskedPerson) -> str:
    facts = {
        "title": row.title,
        "place_name": place_name(person.group.place),
        "is_position": person.group.kind == GroupKind.POSITION,
        "address": link_address(link_token(person.key)),
        "closes": swedish.moment(row.closes_at),
        "site": settings.SITE_ADDRESS,
    }
    return render_to_string("assessments/letters/reminder.txt", facts)


def _clear_away() -> None:
    with connection.cursor() as cursor:
        cursor.execute(CLEAR_AWAY)
