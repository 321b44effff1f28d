"""The people of the demo: put in once, beside an invented nation and nowhere else."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

from styrkedjan.actions._change import change
from styrkedjan.core.access import Assurance, Event, Grant, Permission, Viewer, may
from styrkedjan.core.refused import WrongState
from styrkedjan.data.invented_nation.people import InventedPerson
from styrkedjan.tables.access import Person, RoleGrant
from styrkedjan.tables.statistics import StatisticsEdition


def populate(actor: Viewer, people: Iterable[InventedPerson]) -> tuple[Viewer, ...]:
    """Put in invented people with their roles.

    Out: them as viewers, so that the demo can let them write; empty when they are there already.
    Raises: WrongState where real statistics or real people are: the two are never mixed.
    """
    may(actor, Permission.RUN_THE_HOUSE).require()
    if Person.objects.filter(invented=False).exists() or not _is_invented():
        raise WrongState("här finns riktiga personer eller riktig statistik. Inga påhittade personer läggs in.")
    if Person.objects.exists():
        return ()
    return tuple(_add(actor, person) for person in people)


def _is_invented() -> bool:
    return StatisticsEdition.objects.filter(is_current=True, invented=True).exists()


def _add(actor: Viewer, person: InventedPerson) -> Viewer:
    now, key = datetime.now(UTC), uuid4()
    with change(actor, Event.PERSON_ADDED, about=str(key)) as facts:
        Person(key=key, name=person.name, email=person.email, created_at=now, invented=True).save(force_insert=True)
        for grant in person.grants:
            _give(actor, key, grant, now)
        facts.update(roles=len(person.grants), invented=True)
    return Viewer(str(key), person.name, person.grants, now, Assurance.STRONG)


def _give(actor: Viewer, person: object, grant: Grant, now: datetime) -> None:
    with change(actor, Event.ROLE_GRANTED, about=str(person), place=grant.place) as facts:
        RoleGrant(
            key=uuid4(),
            person_id=person,
            role=grant.role,
            place=grant.place,
            organiser=grant.organiser,
            starts_at=now,
            granted_by=actor.person,
            granted_at=now,
        ).save(force_insert=True)
        facts.update(role=str(grant.role))
