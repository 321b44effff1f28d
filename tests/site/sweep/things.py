"""What there is to find at the organiser: one of each kind, made by the house's own actions."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from styrkedjan.core.access import OPERATOR, Agency, Role, Viewer
from styrkedjan.core.places import organiser_of
from styrkedjan.core.statistics import SchoolYear
from tests.conftest import as_owner
from tests.people import someone
from tests.site.sweep.campaigns import Campaigns, make_campaigns
from tests.site.sweep.viewers import UNIT
from tests.world import SOURCE, STORKOPING, YEARS, World, workbook

ANALYSIS = {"works_well": "Hemlig mening ett.", "challenges": "Hemlig mening två."}
FIGURES = {"rows": [{"name": "Hemlig uppgift", "school_year": "2023/24", "value": "7", "unit": "st", "source": "egen"}]}
SECRETS = ("Hemlig", "Gömd Person", "gomd.person@prov.example")


@dataclass(frozen=True)
class Things:
    """Keys of what a stranger must not reach."""

    version: str
    arrival: str
    organiser_paper: UUID
    organiser_figures: UUID
    organiser_receipt: UUID
    unit_paper: UUID
    unit_figures: UUID
    unit_receipt: UUID
    grant: UUID
    invitation: UUID
    national_grant: UUID
    national_invitation: UUID
    own_grant: UUID
    own_session: UUID
    own_passkey: UUID
    own_identity: UUID
    organiser_campaigns: Campaigns
    unit_campaigns: Campaigns
    unit: str = UNIT

    def named(self, name: str) -> Any:
        """What ``@name`` stands for; a dot leads into what it has."""
        return attrgetter(name)(self)


def _papers(lead: Viewer, place: str) -> tuple[UUID, UUID, UUID]:
    from styrkedjan.actions.sharing import share, write
    from styrkedjan.core.sharing import PaperKind

    year = SchoolYear(2023)
    paper = write(lead, place, PaperKind.OWN_ANALYSIS, year, "Hemlig rubrik", ANALYSIS)
    figures = write(lead, place, PaperKind.OWN_FIGURES, year, "Hemlig tabell", FIGURES)
    return paper, figures, share(lead, place, paper, 1, Agency.SKOLVERKET)


def _hidden_person(role: Role, place: str) -> UUID:
    from styrkedjan.tables.access import Person, RoleGrant

    now, key, grant = datetime.now(UTC), uuid4(), uuid4()
    with as_owner():
        Person(key=key, name="Gömd Person", email=f"{key}@prov.example", created_at=now).save(force_insert=True)
        RoleGrant(
            key=grant,
            person_id=key,
            role=role,
            place=place,
            organiser="" if place in tuple(Agency) else organiser_of(place),
            starts_at=now - timedelta(days=1),
            granted_by="driftansvarig",
            granted_at=now,
        ).save(force_insert=True)
    return grant


def _invitation(actor: Viewer, role: Role, place: str) -> UUID:
    from styrkedjan.actions.access.invitations import invite
    from styrkedjan.core.people import Wanted

    return invite(actor, Wanted("gomd.person@prov.example", "Gömd Person", role, place)).key


def _own_things(token: str) -> tuple[UUID, UUID, UUID, UUID]:
    """What one person has on her account: her role, her session, a passkey and a linked identity."""
    from styrkedjan.tables.access import LinkedIdentity, Passkey, RoleGrant, SignInSession

    now, passkey, identity = datetime.now(UTC), uuid4(), uuid4()
    with as_owner():
        session = SignInSession.objects.get(token_hash=hashlib.sha256(token.encode()).hexdigest())
        grant = RoleGrant.scoped.for_operator(OPERATOR).get(person=session.person_id)
        whose = {"person_id": session.person_id, "made_at": now}
        Passkey(key=passkey, credential_id=b"prov", public_key=b"prov", sign_count=0, name="Gömd Person", **whose).save(
            force_insert=True
        )
        LinkedIdentity(key=identity, issuer="prov", subject="gomd.person@prov.example", assurance=1, **whose).save(
            force_insert=True
        )
    return grant.key, session.key, passkey, identity


def make_things(world: World, home: Path, account_owner: str) -> Things:
    """Make one of each, as the people who may. ``account_owner`` is the token of whose account has things on it."""
    from styrkedjan.actions.statistics import take_in
    from styrkedjan.queries.access.viewing import viewing
    from tests.world import catalogue

    with viewing(someone(Role.QUALITY_LEAD, STORKOPING)) as lead:
        organiser = _papers(lead, STORKOPING)
        unit = _papers(lead, UNIT)
        invitation = _invitation(lead, Role.BOARD_MEMBER, STORKOPING)
    with viewing(someone(Role.OPERATOR, "00")) as operator:
        national_invitation = _invitation(operator, Role.ANALYST, "skolverket")
        changed = workbook(YEARS[-1], {(STORKOPING, "pupil_count"): 12_345.0})
        arrival = take_in(operator, home / "landing", catalogue().sources[SOURCE], changed, "ny.xlsx")
    return Things(
        world.version,
        arrival,
        *organiser,
        *unit,
        _hidden_person(Role.BOARD_MEMBER, STORKOPING),
        invitation,
        _hidden_person(Role.ANALYST, "skolverket"),
        national_invitation,
        *_own_things(account_owner),
        make_campaigns(STORKOPING),
        make_campaigns(UNIT),
    )
