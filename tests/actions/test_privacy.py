"""A person's own data: taken out whole, and removed so that nothing of it can be found again."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from styrkedjan.core.access import OPERATOR, Assurance, Event, Role
from styrkedjan.core.refused import NotAllowed, NotFound, WrongState
from styrkedjan.core.sharing import PaperKind
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.data.catalogue import load_privacy
from tests.conftest import PROJECT, as_owner
from tests.people import someone
from tests.world import LILLAN, STORKOPING

pytestmark = pytest.mark.database

NAME, EMAIL = "Zofia Ovanlig-Efternamn", "zofia.ovanlig@prov.example"
OTHER_NAME = "Lottie Lämnad"
NOW = datetime.now(UTC)
OK, FORBIDDEN, UNCONFIRMED, SEE_OTHER = 200, 403, 422, 302


@pytest.fixture(autouse=True)
def inside(world, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def viewing(token: str):
    from styrkedjan.queries.access.viewing import viewing as enter

    return enter(token)


def key_of(token: str) -> UUID:
    with viewing(token) as viewer:
        return UUID(viewer.person)


def zofia(assurance: Assurance = Assurance.STRONG) -> str:
    """Somebody of whom the house holds something in every table that knows of people."""
    from styrkedjan.actions import sharing
    from styrkedjan.core.access import Agency

    someone(Role.SUPERINTENDENT, STORKOPING, name=OTHER_NAME)
    token = someone(Role.QUALITY_LEAD, STORKOPING, name=NAME, assurance=assurance)
    key = key_of(token)
    with as_owner():
        _known_everywhere(key)
    _asks_and_is_asked(key)
    if assurance is Assurance.STRONG:
        with viewing(token) as viewer:
            texts = {"works_well": "Läsningen.", "challenges": "", "causes": "", "look_into": ""}
            paper = sharing.write(viewer, STORKOPING, PaperKind.OWN_ANALYSIS, SchoolYear(2024), "Läget", texts)
            sharing.share(viewer, STORKOPING, paper, 1, Agency.SPSM)
    return token


def _asks_and_is_asked(key: UUID) -> None:
    """She has opened a self-assessment, is asked herself, and has written what came of it."""
    from styrkedjan.tables.assessments import AskedPerson, CampaignRow, Outcome
    from tests.campaigns import TEACHING, UNIT, open_for

    made = open_for(asked={(UNIT, TEACHING): 8}, place=STORKOPING)
    with as_owner():
        CampaignRow._base_manager.filter(key=made.key).update(made_by=str(key))
        asked = AskedPerson(
            key=uuid4(), organiser=STORKOPING, group_id=made.group(), email=EMAIL, link_hash="l" * 64,
            invited_on=NOW.date(),
        )  # fmt: skip
        asked.save(force_insert=True)
        outcome = Outcome(
            key=uuid4(), organiser=STORKOPING, campaign_id=made.key, heard="Tiden räcker inte.",
            decided="Vi ser över det.",
            published_at=NOW, written_by=str(key),
        )  # fmt: skip
        outcome.save(force_insert=True)


def _known_everywhere(key: UUID) -> None:
    from styrkedjan.tables import access as tables

    tables.Person.objects.filter(key=key).update(email=EMAIL)
    later = NOW + timedelta(days=1)
    rows = [
        tables.Invitation(
            key=uuid4(), token_hash="h" * 64, email=EMAIL, name=NAME, role="board_member", place=LILLAN,
            organiser=LILLAN, role_starts_at=NOW, invited_by="någon", made_at=NOW, expires_at=later, mail=uuid4(),
        ),
        tables.OutgoingMail(
            key=uuid4(), kind="invitation", recipient=EMAIL, subject=f"Till {NAME}", body=f"Hej {NAME}!", made_at=NOW,
            expires_at=later, try_at=NOW,
        ),
        tables.SignInAttempt(
            key_hash="a" * 64, kind="new_email", person_id=key, facts={"email": f"ny-{EMAIL}"}, made_at=NOW,
            expires_at=later,
        ),
        tables.Passkey(
            key=uuid4(), person_id=key, credential_id=b"zofia", public_key=b"key", sign_count=0,
            name=f"{NAME}s telefon", made_at=NOW,
        ),
        tables.OneTimeCodes(person_id=key, sealed_secret="förseglat", made_at=NOW),
        tables.RecoveryCode(key=uuid4(), person_id=key, code_hash="hemlighash", made_at=NOW),
        tables.LinkedIdentity(
            key=uuid4(), person_id=key, issuer="https://idp.example", subject=EMAIL, assurance=2, made_at=NOW
        ),
    ]  # fmt: skip
    for row in rows:
        row.save(force_insert=True)


def browse(token: str):
    from django.conf import settings
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.cookies[settings.SIGN_IN_COOKIE] = token
    return client


def extract_of(token: str) -> tuple[dict, str]:
    answer = browse(token).get("/konto/uppgifter.zip")
    assert answer.status_code == OK
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    return json.loads(packed.read("uppgifter.json")), packed.read("uppgifter.html").decode()


def test_the_extract_has_everything():
    token = zofia()
    found, readable = extract_of(token)
    empty = {heading for heading, rows in found.items() if not rows}
    assert not empty, "of her there is something in every table"
    assert found["Person"][0]["E-postadress"] == EMAIL
    assert found["Roller"][0]["Roll"] == "kvalitetsansvarig"
    assert found["Inbjudningar till din e-postadress"][0]["Platsnyckel"] == LILLAN
    assert found["Brev till din e-postadress"][0]["Slag"] == "invitation"
    assert found["Passkeys"][0]["Namn"] == f"{NAME}s telefon"
    assert found["Delningar som du har gjort"][0]["Namn på kvittot"] == NAME
    assert {"Skrev i arbetsmaterial", "Delade arbetsmaterial"} <= {
        row["Vad"] for row in found["Händelser där det var du som gjorde något"]
    }
    for text in (NAME, EMAIL, "<h2>Passkeys</h2>", "Inloggningar"):
        assert text in readable


def test_the_extract_has_no_secrets_and_nobody_else():
    found, readable = extract_of(zofia())
    for secret in ("förseglat", "hemlighash", "hhhhhh", "aaaaaa", OTHER_NAME):
        assert secret not in readable
        assert secret not in json.dumps(found, ensure_ascii=False)


def test_the_extract_speaks_of_every_table_with_personal_data():
    from styrkedjan.queries.access.privacy import SECTIONS

    personal = {table.name for table in load_privacy(PROJECT / "catalogue") if table.is_personal}
    assert personal == {name for names, _, _ in SECTIONS for name in names}


def test_the_extract_is_written_down_and_asks_who_it_is():
    from styrkedjan.tables.access import AuditEvent, SignInSession

    token = zofia()
    extract_of(token)
    with viewing(token) as viewer:
        assert AuditEvent.scoped.by(viewer).filter(event=Event.REGISTER_EXTRACT_MADE).count() == 1
    weak = someone(Role.STAFF_MEMBER, f"{STORKOPING}-90000001", assurance=Assurance.LINK)
    assert browse(weak).get("/konto/uppgifter.zip").status_code == OK, "she has just signed in"
    SignInSession.objects.filter(person=key_of(weak)).update(started_at=NOW - timedelta(hours=1))
    assert browse(weak).get("/konto/uppgifter.zip").status_code == FORBIDDEN
    assert browse(weak).post("/konto/ta-bort/", {"certain": "on"}).status_code == FORBIDDEN


@pytest.mark.parametrize("proof", ["passkey", "identity"])
def test_a_letter_alone_does_not_open_what_a_surer_proof_guards(proof):
    from styrkedjan.queries.access.privacy import is_sure
    from styrkedjan.tables import access as tables

    weak = someone(Role.STAFF_MEMBER, f"{STORKOPING}-90000001", assurance=Assurance.LINK)
    key = key_of(weak)
    proofs = {
        "passkey": tables.Passkey(
            key=uuid4(), person_id=key, credential_id=key.bytes, public_key=b"x", sign_count=0, name="x", made_at=NOW
        ),
        "identity": tables.LinkedIdentity(
            key=uuid4(), person_id=key, issuer="https://idp.example", subject="x", assurance=2, made_at=NOW
        ),
    }
    with viewing(weak) as viewer:
        assert is_sure(viewer)
    with as_owner():
        proofs[proof].save(force_insert=True)
    with viewing(weak) as viewer:
        assert not is_sure(viewer)
    assert browse(weak).get("/konto/uppgifter.zip").status_code == FORBIDDEN
    assert browse(weak).post("/konto/ta-bort/", {"certain": "on"}).status_code == FORBIDDEN


def everything_that_says(*texts: str) -> set[tuple[str, str]]:
    """Every (table, column) of the whole database in which one of the texts stands, read by the owner."""
    from django.db import connection

    found = set()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND data_type IN ('text', 'character varying', 'jsonb', 'bytea')"
        )
        for table, column in cursor.fetchall():
            for text in texts:
                sought = f'SELECT 1 FROM "{table}" WHERE position(%s in lower("{column}"::text)) > 0 LIMIT 1'
                cursor.execute(sought, [text.lower()])
                if cursor.fetchone():
                    found.add((table, column))
    return found


def staying() -> set[tuple[str, str]]:
    columns = [column for table in load_privacy(PROJECT / "catalogue") for column in table.columns]
    return {(column.table, column.column) for column in columns if column.stays}


def test_after_removal_nothing_is_found():
    token = zofia()
    before = everything_that_says(NAME, EMAIL)
    assert {("person", "name"), ("outgoing_mail", "body"), ("invitation", "email"), ("passkey", "name")} <= before
    answer = browse(token).post("/konto/ta-bort/", {"certain": "on"})
    assert (answer.status_code, answer["Location"]) == (SEE_OTHER, "/konto/borttaget/")
    assert everything_that_says(NAME, EMAIL) == {("share", "shared_by_name")}, "the receipt says what an agency got"
    assert ("share", "shared_by_name") in staying()


def test_after_removal_the_key_stands_only_where_the_catalogue_says():
    token = zofia()
    key = key_of(token)
    browse(token).post("/konto/ta-bort/", {"certain": "on"})
    allowed = staying() | {("audit_event", "about"), ("audit_event", "facts")}  # ids of what happened
    assert everything_that_says(str(key)) <= allowed
    with as_owner():
        from django.db import connection

        with connection.cursor() as cursor:
            for table in ("passkey", "one_time_codes", "recovery_code", "linked_identity", "sign_in_session",
                          "sign_in_attempt"):  # fmt: skip
                cursor.execute(f"SELECT count(*) FROM {table} WHERE person_id = %s", [key])
                assert cursor.fetchone() == (0,), table


def test_removal_ends_roles_and_sessions_and_leaves_its_traces():
    from styrkedjan.tables import access as tables

    token = zofia()
    key = key_of(token)
    browse(token).post("/konto/ta-bort/", {"certain": "on"})
    with viewing(token) as viewer:
        assert not viewer.is_signed_in
    with as_owner():
        grants = list(tables.RoleGrant.scoped.for_operator(OPERATOR).filter(person=key))
        assert all(grant.ends_at for grant in grants)
        events = tables.AuditEvent.scoped.for_operator(OPERATOR).filter(actor=str(key))
        assert events.filter(event=Event.ROLE_ENDED, organiser=STORKOPING).count() == 1
        assert events.filter(event=Event.PERSON_REMOVED, organiser="").count() == 1


def test_without_the_tick_nothing_happens():
    token = zofia()
    assert browse(token).post("/konto/ta-bort/").status_code == UNCONFIRMED
    with viewing(token) as viewer:
        assert viewer.name == NAME


def test_the_last_who_can_invite_cannot_go():
    token = someone(Role.QUALITY_LEAD, LILLAN, name=NAME)
    page = browse(token).get("/konto/ta-bort/").content.decode()
    assert "Du är den enda som kan bjuda in personer hos Lillåns kommun" in page
    assert browse(token).post("/konto/ta-bort/", {"certain": "on"}).status_code == WrongState.status
    with viewing(token) as viewer:
        assert viewer.name == NAME
        assert viewer.grants


def test_nobody_removes_somebody_else():
    from styrkedjan.actions.access import privacy

    other = key_of(someone(Role.STAFF_MEMBER, f"{STORKOPING}-90000001"))
    with viewing(zofia()) as viewer, pytest.raises(NotAllowed):
        privacy.remove(viewer, other)


def test_the_operator_removes_anyone_once():
    from styrkedjan.actions.access import privacy

    key = key_of(zofia())
    with as_owner():
        privacy.remove(OPERATOR, key)
        with pytest.raises(NotFound):
            privacy.remove(OPERATOR, key)
    assert everything_that_says(NAME, EMAIL) == {("share", "shared_by_name")}


def test_the_site_cannot_have_anybody_else_forgotten(tables):
    from django.db import ProgrammingError, connection, transaction

    with connection.cursor() as cursor, pytest.raises(ProgrammingError), transaction.atomic():
        cursor.execute("SELECT styrkedjan_forget(%s)", [uuid4()])
    with connection.cursor() as cursor:
        cursor.execute("SELECT styrkedjan_forget_me()")
        assert json.loads(cursor.fetchone()[0]) == {"outgoing_mail": 0, "invitation": 0}, "nobody is looking"


def test_a_new_person_may_have_the_old_address():
    from styrkedjan.tables.access import Person

    token = zofia()
    old = key_of(token)
    browse(token).post("/konto/ta-bort/", {"certain": "on"})
    Person(key=uuid4(), name="Någon Ny", email=EMAIL, created_at=NOW).save(force_insert=True)
    assert Person.objects.get(email=EMAIL).key != old
