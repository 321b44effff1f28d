"""The second wall: with the first one taken away, the database itself keeps each organiser's rows to itself.

Every statement here is plain SQL on a connection as the site really has it.
"""

import json
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.site.asking import enter, refused, seen, sees_nothing, share
from tests.tenants import (
    ASSESSMENT_TABLES,
    TENANT_TABLES,
    UNREAD_TABLES,
    Tenant,
    columns_of,
    event,
    grant,
    insert,
    invitation,
    paper,
    sha256,
)

pytestmark = pytest.mark.database


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_everything_is_there_to_be_seen(owner_connection, tenants, table):
    both = {tenants.ours.organiser, tenants.theirs.organiser}
    found = seen(owner_connection, table)
    assert tenants.theirs.organiser in found and (table == "share" or both <= found)


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_without_a_filter_a_viewer_sees_her_own_alone(site, tenants, table):
    assert enter(site, tenants.ours.token)["person"] == str(tenants.ours.lead)
    assert seen(site, table) == (set() if table == "share" else {tenants.ours.organiser})
    assert enter(site, tenants.theirs.token)
    assert seen(site, table) == {tenants.theirs.organiser}


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_nobody_in_particular_sees_nothing(site, tenants, table):
    assert seen(site, table) == set()
    assert enter(site, "ett påhittat token") is None
    assert seen(site, table) == set()


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_nothing_of_another_is_changed_or_removed(site, tenants, table, owner_connection):
    enter(site, tenants.ours.token)
    theirs, named = [tenants.theirs.organiser], sql.Identifier(table)
    whole = owner_connection.execute(sql.SQL("SELECT * FROM {} WHERE organiser = %s").format(named), theirs).fetchall()
    columns = [each.name for each in site.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(named)).description]
    for column in columns:
        change = sql.SQL("UPDATE {} SET {} = {}").format(named, *[sql.Identifier(column)] * 2).as_string()
        assert refused(site, f"{change} WHERE organiser = %s", *theirs), column
    assert refused(site, f"DELETE FROM {table} WHERE organiser = %s", *theirs)
    removes = table == "campaign_outcome"  # what was said of a campaign can be taken back by those who said it
    with site.transaction(force_rollback=True):
        assert not removes or site.execute("DELETE FROM campaign_outcome").rowcount == 1, "her own"
    for statement in (f"TRUNCATE {table} CASCADE", *([] if removes else [f"DELETE FROM {table}"])):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), site.transaction():
            site.execute(statement)
    site.commit()
    assert (
        whole
        == owner_connection.execute(sql.SQL("SELECT * FROM {} WHERE organiser = %s").format(named), theirs).fetchall()
    )


def test_nothing_is_put_in_another_tenant(site, tenants):
    enter(site, tenants.ours.token)
    ours, theirs = tenants.ours, tenants.theirs
    now = datetime.now(UTC)
    for write in (
        lambda: grant(site, ours.lead, "quality_lead", theirs.organiser, theirs.organiser),
        lambda: invitation(site, "quality_lead", theirs.organiser, theirs.organiser),
        lambda: paper(site, theirs.organiser),
        lambda: insert(
            site,
            "paper_version",
            key=uuid4(),
            organiser=theirs.organiser,
            paper_id=theirs.keys["working_paper"],
            number=9,
            title="x",
            contents=Jsonb({}),
            sha256="x",
            written_at=now,
            written_by="x",
        ),
        lambda: share(site, theirs.organiser, theirs.keys["paper_version"]),
        *(partial(of_a_campaign, site, table, theirs) for table in (*ASSESSMENT_TABLES, "tally", "answer_comment")),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"), site.transaction():
            write()


def test_what_belongs_to_another_is_not_reached_through_ones_own(site, tenants):
    """A receipt of one's own for somebody else's version, or a version of one's own under somebody else's paper."""
    enter(site, tenants.ours.token)
    ours, theirs = tenants.ours, tenants.theirs
    with pytest.raises(psycopg.errors.ForeignKeyViolation), site.transaction():
        share(site, ours.organiser, theirs.keys["paper_version"])
        site.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(psycopg.errors.ForeignKeyViolation), site.transaction():
        insert(
            site,
            "paper_version",
            key=uuid4(),
            organiser=ours.organiser,
            paper_id=theirs.keys["working_paper"],
            number=9,
            title="x",
            contents=Jsonb({}),
            sha256="x",
            written_at=datetime.now(UTC),
            written_by="x",
        )
        site.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("table", [*ASSESSMENT_TABLES[1:], "tally", "answer_comment"])
def test_nothing_of_ones_own_hangs_on_anothers_campaign(site, tenants, table):
    enter(site, tenants.ours.token)
    with pytest.raises(psycopg.errors.ForeignKeyViolation), site.transaction():
        mixed = {**tenants.ours.keys, **{at: tenants.theirs.keys[at] for at in ("campaign", "answering_group")}}
        of_a_campaign(site, table, tenants.ours, mixed)
        site.execute("SET CONSTRAINTS ALL IMMEDIATE")


def of_a_campaign(connection: psycopg.Connection, table: str, tenant: Tenant, keys: dict | None = None) -> UUID:
    """One more row of a tenant's self-assessment: its key."""
    key, whose = uuid4(), keys or tenant.keys
    columns = columns_of(table, tenant.organiser, whose)
    new = {"code": key.hex[:7], "level": "principal"} if table == "answering_group" else {}
    new |= {"row": "x.2"} if "row" in columns else {}
    insert(connection, table, key=key, organiser=tenant.organiser, **{**columns, **new})
    return key


@pytest.mark.parametrize("table", UNREAD_TABLES)
def test_what_was_answered_is_read_by_nobody_at_the_site(site, tenants, table, owner_connection):
    """Neither another's nor one's own: a release is what is read, when it has passed the gate."""
    assert seen(owner_connection, table) >= {tenants.ours.organiser, tenants.theirs.organiser}
    for token in (tenants.ours.token, tenants.agency_token, tenants.operator_token):
        enter(site, token)
        for statement in (
            f"SELECT * FROM {table}",
            f"DELETE FROM {table}",
            f"UPDATE {table} SET organiser = organiser",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), site.transaction():
                site.execute(statement)


def test_those_asked_are_seen_by_their_own_organiser_and_never_who_has_answered(site, tenants):
    statement = "SELECT organiser FROM asked_person"
    assert site.execute(statement).fetchall() == []
    enter(site, tenants.ours.token)
    assert site.execute(statement).fetchall() == [(tenants.ours.organiser,)]
    for column in ("answered", "reminded_on"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), site.transaction():
            site.execute(f"SELECT {column} FROM asked_person")


def test_anothers_mailbox_is_neither_counted_nor_emptied(site, tenants):
    theirs = [tenants.theirs.keys["campaign"]]
    for token, sheets in (
        (tenants.ours.token, 0),
        ("ingen", 0),
        (tenants.operator_token, 0),
        (tenants.theirs.token, 1),
    ):
        enter(site, token)
        for function in ("handed_in", "asked"):
            assert len(site.execute(f"SELECT * FROM styrkedjan_{function}(%s)", theirs).fetchall()) == sheets
        with site.transaction(force_rollback=True):
            emptied = site.execute("SELECT * FROM styrkedjan_empty_mailbox(%s)", theirs).fetchall()
            assert len(emptied) == 2 * sheets, "the row that says that it was emptied, and the sheet"


def test_ones_own_is_moved_to_nobody_else(site, tenants):
    enter(site, tenants.ours.token)
    for table in ("working_paper", "invitation", "role_grant", "paper_version", *ASSESSMENT_TABLES):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), site.transaction():
            site.execute(
                sql.SQL("UPDATE {} SET organiser = %s").format(sql.Identifier(table)), [tenants.theirs.organiser]
            )


def test_one_works_with_ones_own(site, tenants):
    """Otherwise every no above would be worth nothing."""
    ours = tenants.ours
    enter(site, ours.token)
    made = paper(site, ours.organiser, "spsm")
    assert made["share"] in seen(site, "share", "key")
    assert site.execute("UPDATE working_paper SET title = 'Nytt' WHERE key = %s", [made["working_paper"]]).rowcount == 1
    assert site.execute("UPDATE share SET withdrawn_at = now(), withdrawn_by = 'x'").rowcount == 1
    new = grant(site, ours.lead, "principal", f"{ours.organiser}-90000002", ours.organiser)
    assert site.execute("UPDATE role_grant SET ends_at = now() WHERE key = %s", [new]).rowcount == 1
    invited, _ = invitation(site, "board_member", ours.organiser, ours.organiser)
    assert site.execute("UPDATE invitation SET withdrawn_at = now() WHERE key = %s", [invited]).rowcount == 1
    assert event(site, ours.organiser) in seen(site, "audit_event", "key")
    for table in ASSESSMENT_TABLES:
        assert of_a_campaign(site, table, ours) in seen(site, table, "key")
    for table in ("tally", "answer_comment"):
        of_a_campaign(site, table, ours)
    site.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("role", "place"), [("operator", "{ours}"), ("operator", "00"), ("quality_lead", "{theirs}"), ("analyst", "{ours}")]
)
def test_no_role_given_at_home_opens_anything_else(site, tenants, role, place):
    """The organiser of a grant says whose tenant it lies in: its place and role must agree."""
    enter(site, tenants.ours.token)
    where = place.format(ours=tenants.ours.organiser, theirs=tenants.theirs.organiser)
    with pytest.raises(psycopg.errors.CheckViolation):
        grant(site, tenants.ours.lead, role, where, tenants.ours.organiser)


def test_a_receipt_and_a_version_say_what_was_shared_for_ever(site, tenants):
    enter(site, tenants.theirs.token)
    for statement in (
        "UPDATE share SET agency = 'spsm'",
        "DELETE FROM share",
        "UPDATE paper_version SET contents = '{}'",
        "DELETE FROM paper_version",
        "UPDATE role_grant SET role = 'superintendent'",
        "UPDATE role_grant SET starts_at = now()",
        "UPDATE answer_release SET contents = '{}'",
        "DELETE FROM answer_release",
        "UPDATE campaign_outcome SET decided = 'x'",
        "DELETE FROM answering_group",
        "DELETE FROM campaign",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), site.transaction():
            site.execute(statement)


# --- the context ---


def context(connection: psycopg.Connection) -> str:
    return connection.execute("SELECT current_setting('styrkedjan.context', true)").fetchone()[0]


def claim(connection: psycopg.Connection, written: str) -> None:
    connection.execute("SELECT set_config('styrkedjan.context', %s, false)", [written])


def test_the_context_dies_with_the_transaction_and_is_not_used_again(site, databases, tenants):
    enter(site, tenants.ours.token)
    genuine = context(site)
    assert not sees_nothing(site)
    site.commit()
    assert sees_nothing(site) and not context(site)
    site.rollback()
    claim(site, genuine)
    assert sees_nothing(site), "the same connection, another transaction"
    site.rollback()
    enter(site, tenants.ours.token)
    genuine = context(site)
    with psycopg.connect(databases.site) as another:
        claim(another, genuine)
        assert sees_nothing(another), "another connection while the first goes on"
    claim(site, genuine)
    assert not sees_nothing(site), "what is refused above is the replay, not the setting"


def edited(genuine: str, **changes: object) -> str:
    payload, signature = genuine[:-65], genuine[-64:]
    return f"{json.dumps(json.loads(payload) | changes)}.{signature}"


def test_a_context_that_is_edited_or_made_up_opens_nothing(site, tenants):
    enter(site, tenants.ours.token)
    genuine, theirs = context(site), tenants.theirs.organiser
    payload = genuine[:-65]
    forged = json.dumps(json.loads(payload) | {"organisers": [theirs], "operator": True})
    for written in (
        edited(genuine, organisers=[theirs]),
        edited(genuine, operator=True),
        edited(genuine, agencies=["skolverket"]),
        genuine[:-1] + ("0" if genuine[-1] != "0" else "1"),
        genuine + genuine[-1],
        payload,
        f"{forged}.{sha256(forged)}",
        f"{forged}.{'0' * 64}",
        f"{genuine} {genuine}",
        "." + genuine[-64:],
        "0" * 200,
        "x",
        "",
    ):
        claim(site, written)
        assert sees_nothing(site), written
    claim(site, genuine)
    assert not sees_nothing(site)


def test_the_hash_that_the_site_can_read_opens_nothing(site, tenants):
    (found,) = site.execute(
        "SELECT token_hash FROM sign_in_session WHERE person_id = %s", [tenants.theirs.lead]
    ).fetchone()
    assert found == sha256(tenants.theirs.token)
    assert enter(site, found) is None and sees_nothing(site)


def test_who_enters_next_does_not_keep_what_the_one_before_could_see(site, tenants):
    enter(site, tenants.theirs.token)
    assert not sees_nothing(site)
    enter(site, "ingen")
    assert sees_nothing(site)


def test_row_security_is_not_switched_off(site, tenants):
    enter(site, tenants.ours.token)
    site.execute("SET row_security = off")
    for table in TENANT_TABLES:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"), site.transaction():
            seen(site, table)


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE styrkedjan_owner",
        "SET SESSION AUTHORIZATION styrkedjan_owner",
        "GRANT styrkedjan_owner TO styrkedjan",
        "ALTER ROLE styrkedjan BYPASSRLS",
        "ALTER ROLE styrkedjan SUPERUSER",
        "ALTER TABLE share DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE share OWNER TO styrkedjan",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "ALTER TABLE share ADD COLUMN x int",
        "SET session_replication_role = replica",
        "DROP POLICY own_tenant ON share",
        "CREATE POLICY all_of_it ON share USING (true)",
        "DROP TABLE share",
        "CREATE TABLE of_my_own (x int)",
        "CREATE TEMPORARY TABLE sign_in_session (x int)",
        "CREATE SCHEMA mine",
        "CREATE VIEW everything AS SELECT * FROM share",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION styrkedjan_is_operator() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "CREATE EXTENSION dblink",
        "CREATE TRIGGER mine BEFORE INSERT ON share FOR EACH ROW EXECUTE FUNCTION styrkedjan_chain()",
        "SELECT * FROM access_secret",
        "UPDATE access_secret SET secret = 'x'",
        "SELECT styrkedjan_signature('x')",
        "SELECT styrkedjan_remember('{}')",
        "SELECT styrkedjan_context()",
        "SELECT * FROM django_migrations",
        "SELECT body FROM outgoing_mail",
        "SELECT recipient, subject FROM outgoing_mail",
        "SELECT * FROM outgoing_mail",
        "UPDATE outgoing_mail SET try_at = now()",
        "SELECT styrkedjan_take_sheets('00000000-0000-0000-0000-000000000000')",
        "SELECT styrkedjan_form_of('00000000-0000-0000-0000-000000000000')",
        "DELETE FROM person",
        "DELETE FROM role_grant",
        "DELETE FROM organiser",
        "COPY share TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_sites_role_may_not(site, tenants, statement):
    enter(site, tenants.operator_token)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        site.execute(statement)


def test_a_letter_is_written_and_its_state_read(site):
    now = datetime.now(UTC)
    insert(
        site,
        "outgoing_mail",
        key=uuid4(),
        kind="invitation",
        recipient="ny@prov.example",
        subject="x",
        body="hemlig länk",
        made_at=now,
        expires_at=now,
        try_at=now,
        attempts=0,
        problem="",
    )
    columns = "key, kind, made_at, try_at, attempts, sent_at, given_up_at, problem, expires_at"
    assert site.execute(f"SELECT {columns} FROM outgoing_mail").fetchone()[1] == "invitation"
