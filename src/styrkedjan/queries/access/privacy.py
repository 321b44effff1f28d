"""What the house keeps and for how long, and everything that it holds about the viewer herself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection

from styrkedjan.core.access import Agency, Assurance, Permission, Role, Viewer, may
from styrkedjan.core.people import MANAGING_ROLES, holds, place_title
from styrkedjan.core.privacy import PrivacyTable, Section
from styrkedjan.core.sign_in import is_fresh
from styrkedjan.data.catalogue import load_privacy
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.queries.places import names_of
from styrkedjan.tables import access as tables
from styrkedjan.tables.assessments import AskedPerson, CampaignRow, Outcome
from styrkedjan.tables.sharing import PaperVersion, Share

Row = dict[str, Any]


@lru_cache(maxsize=1)
def privacy_register() -> tuple[PrivacyTable, ...]:
    """Every table of the database: what it holds, why and how long. Open to all, so it takes no viewer."""
    return load_privacy(settings.CATALOGUE)


@dataclass(frozen=True)
class Removal:
    """What the removal of one's own account would end, and the places that hinder it: nobody else can invite there."""

    roles: tuple[tuple[Role, str], ...]
    last_at: tuple[str, ...]
    is_sure: bool


def extract(viewer: Viewer) -> tuple[Section, ...]:
    """Everything that the house holds about the viewer, but no secrets: nothing of it opens anything."""
    may(viewer, Permission.MANAGE_OWN_ACCOUNT).require()
    return tuple(Section(heading, tuple(rows(viewer))) for _, heading, rows in SECTIONS)


def removal(viewer: Viewer) -> Removal:
    """What would happen if the viewer removed her account."""
    may(viewer, Permission.MANAGE_OWN_ACCOUNT).require()
    now = datetime.now(UTC)
    own = [row for row in tables.RoleGrant.scoped.own(viewer) if row.ends_at is None or row.ends_at > now]
    names = _place_names(viewer, [row.place for row in own])
    managing = tables.RoleGrant.scoped.of(viewer).filter(role__in=MANAGING_ROLES).exclude(person=viewer.person)
    others = {row.organiser for row in managing if holds(row.starts_at, row.ends_at, now)}
    alone = [row.place for row in own if row.role in MANAGING_ROLES and row.organiser not in others]
    return Removal(
        roles=tuple((Role(row.role), names[row.place]) for row in own),
        last_at=tuple(dict.fromkeys(names[place] for place in alone)),
        is_sure=is_sure(viewer),
    )


def is_sure(viewer: Viewer) -> bool:
    """Whether the viewer has shown who she is surely, or lately, enough to see and remove everything."""
    may(viewer, Permission.MANAGE_OWN_ACCOUNT).require()
    if viewer.assurance >= Assurance.STRONG:
        return True
    if _has_surer_proof(viewer):
        return False
    session = tables.SignInSession.objects.filter(key=viewer.session).first()
    return session is not None and is_fresh(session.started_at, datetime.now(UTC))


def _has_surer_proof(viewer: Viewer) -> bool:
    """Whether the viewer could show more than a letter: a factor, or a sure identity in another system."""
    factors = (tables.Passkey, tables.OneTimeCodes)
    if any(table.objects.filter(person_id=viewer.person).exists() for table in factors):
        return True
    own = tables.LinkedIdentity.objects.filter(person_id=viewer.person)
    return own.filter(assurance__gte=Assurance.STRONG).exists()


def _place_names(viewer: Viewer, places: list[str]) -> dict[str, str]:
    words = catalogue().words["sv"]
    known = {str(agency): words[f"agency.{agency}"] for agency in Agency} | {"00": words["place.nation"]}
    names = names_of(viewer, tuple(set(places))) | known
    return {place: place_title(place, names) for place in places}


def _person(viewer: Viewer) -> list[Row]:
    row = tables.Person.objects.get(key=viewer.person)
    return [{"Nyckel": str(row.key), "Namn": row.name, "E-postadress": row.email, "Kontot skapat": row.created_at}]


def _roles(viewer: Viewer) -> list[Row]:
    rows = list(tables.RoleGrant.scoped.own(viewer).order_by("starts_at", "key"))
    names = _place_names(viewer, [row.place for row in rows])
    return [
        {
            "Roll": _role(row.role),
            "Plats": names[row.place],
            "Platsnyckel": row.place,
            "Från": row.starts_at,
            "Till": row.ends_at,
            "Gavs": row.granted_at,
        }
        for row in rows
    ]


def _role(role: str) -> str:
    return catalogue().words["sv"][f"role.{role}"]


def _invitations(viewer: Viewer) -> list[Row]:
    return [
        {
            "Namn": name,
            "Roll": _role(role),
            "Platsnyckel": place,
            "Skickad": made_at,
            "Går ut": expires_at,
            "Använd": used_at,
            "Tillbakadragen": withdrawn_at,
        }
        for name, role, place, made_at, expires_at, used_at, withdrawn_at in _called("styrkedjan_invitations_to_me")
    ]


def _letters(viewer: Viewer) -> list[Row]:
    return [
        {"Slag": kind, "Skrivet": made_at, "Skickat": sent_at, "Uppgivet": given_up_at, "Försök": attempts}
        for kind, made_at, sent_at, given_up_at, attempts in _called("styrkedjan_letters_to_me")
    ]


def _called(function: str) -> list[tuple]:
    """Rows of a function that knows who looks: the site itself reads no addresses of letters."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}()")  # noqa: S608  (a name of ours)
        return cursor.fetchall()


def _sessions(viewer: Viewer) -> list[Row]:
    return [
        {
            "Enhet": row.device,
            "Sätt": row.method,
            "Började": row.started_at,
            "Senast använd": row.seen_at,
            "Går ut": row.expires_at,
            "Avslutad": row.ended_at,
        }
        for row in tables.SignInSession.objects.filter(person=viewer.person).order_by("started_at")
    ]


def _attempts(viewer: Viewer) -> list[Row]:
    return [
        {"Slag": row.kind, "Ny e-postadress": row.facts.get("email"), "Började": row.made_at, "Går ut": row.expires_at}
        for row in tables.SignInAttempt.objects.filter(person=viewer.person).order_by("made_at")
    ]


def _passkeys(viewer: Viewer) -> list[Row]:
    return [
        {
            "Namn": row.name,
            "Enhetens beteckning": bytes(row.credential_id).hex(),
            "Tillagd": row.made_at,
            "Senast använd": row.used_at,
        }
        for row in tables.Passkey.objects.filter(person=viewer.person).order_by("made_at")
    ]


def _codes(viewer: Viewer) -> list[Row]:
    return [{"Tillagda": row.made_at} for row in tables.OneTimeCodes.objects.filter(person=viewer.person)]


def _recovery(viewer: Viewer) -> list[Row]:
    rows = tables.RecoveryCode.objects.filter(person=viewer.person).order_by("made_at", "key")
    return [{"Gjord": row.made_at, "Använd": row.used_at} for row in rows]


def _identities(viewer: Viewer) -> list[Row]:
    return [
        {"System": row.issuer, "Namn där": row.subject, "Kopplad": row.made_at, "Senast använd": row.used_at}
        for row in tables.LinkedIdentity.objects.filter(person=viewer.person).order_by("made_at")
    ]


def _papers(viewer: Viewer) -> list[Row]:
    written = PaperVersion.scoped.of(viewer).filter(written_by=viewer.person).select_related("paper")
    return [
        {"Rubrik": row.title, "Platsnyckel": row.paper.place, "Version": row.number, "Skrevs": row.written_at}
        for row in written.order_by("written_at", "key")
    ]


def _asked(viewer: Viewer) -> list[Row]:
    """Where her address has been asked at the organisers where she has a role. Whether she has answered nobody sees."""
    email = tables.Person.objects.values_list("email", flat=True).get(key=viewer.person)
    rows = AskedPerson.scoped.of(viewer).filter(email=email).order_by("invited_on", "key")
    return [
        {"E-postadress": address, "Länken skickades": day.isoformat()}
        for address, day in rows.values_list("email", "invited_on")
    ]


def _campaigns(viewer: Viewer) -> list[Row]:
    rows = CampaignRow.scoped.of(viewer).filter(made_by=viewer.person).order_by("made_at", "key")
    return [{"Rubrik": row.title, "Platsnyckel": row.place, "Öppnades": row.made_at} for row in rows]


def _outcomes(viewer: Viewer) -> list[Row]:
    rows = Outcome.scoped.of(viewer).filter(written_by=viewer.person).order_by("published_at", "key")
    return [{"Hört": row.heard, "Beslutat": row.decided, "Publicerades": row.published_at} for row in rows]


def _shares(viewer: Viewer) -> list[Row]:
    shared = Share.scoped.of(viewer).filter(shared_by=viewer.person).select_related("version")
    return [
        {
            "Rubrik": row.version.title,
            "Version": row.version.number,
            "Myndighet": catalogue().words["sv"][f"agency.{row.agency}"],
            "Delades": row.shared_at,
            "Namn på kvittot": row.shared_by_name,
            "Drogs tillbaka": row.withdrawn_at,
        }
        for row in shared.order_by("shared_at", "key")
    ]


def _events(viewer: Viewer) -> list[Row]:
    words = catalogue().words["sv"]
    return [
        {
            "När": row.at,
            "Vad": words.get(f"event.{row.event}", row.event),
            "Roll": row.role,
            "Platsnyckel": row.place,
            "Gällde": row.about,
            "Uppgifter": row.facts,
            "Logg": row.organiser or "husets",
            "Nummer": row.sequence,
        }
        for row in tables.AuditEvent.scoped.by(viewer).order_by("at", "organiser", "sequence")
    ]


# Which tables each part speaks of. Every table with personal data stands here: a house test compares.
SECTIONS: tuple[tuple[tuple[str, ...], str, Callable[[Viewer], list[Row]]], ...] = (
    (("person",), "Person", _person),
    (("role_grant",), "Roller", _roles),
    (("invitation",), "Inbjudningar till din e-postadress", _invitations),
    (("sign_in_session",), "Inloggningar", _sessions),
    (("sign_in_attempt",), "Påbörjade inloggningar", _attempts),
    (("passkey",), "Passkeys", _passkeys),
    (("one_time_codes",), "Engångskoder", _codes),
    (("recovery_code",), "Reservkoder", _recovery),
    (("linked_identity",), "Kopplade inloggningar", _identities),
    (("outgoing_mail",), "Brev till din e-postadress", _letters),
    (("working_paper", "paper_version"), "Arbetsmaterial som du har skrivit", _papers),
    (("share",), "Delningar som du har gjort", _shares),
    (("asked_person",), "Självvärderingar som du har fått en egen länk till", _asked),
    (("campaign",), "Självvärderingar som du har öppnat", _campaigns),
    (("campaign_outcome",), "Återkoppling som du har skrivit", _outcomes),
    (("audit_event",), "Händelser där det var du som gjorde något", _events),
)
