"""Two database roles: the owner's for commands, and the site's, which owns nothing and may what is written down."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from styrkedjan.core.audit_chain import verify
from styrkedjan.site import postgres, rights
from styrkedjan.site.cli import REFUSED
from styrkedjan.site.running import Databases, house
from tests.actions.test_audit_chain import rows_of
from tests.conftest import PROJECT, make_home
from tests.site.command import COMMAND, environment, run

pytestmark = pytest.mark.database

OWNED = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) = %s ORDER BY relname
"""


@pytest.fixture
def home() -> Iterator[Path]:
    folder = make_home()
    yield folder
    postgres.stop(folder)
    shutil.rmtree(folder)


@pytest.fixture
def server(home) -> postgres.Server:
    return postgres.start(home)


def python(home: Path, script: str, **names: str) -> tuple[int, str, str]:
    """A script in a process of its own, with the databases that it is to find among its surroundings."""
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(home) | names, cwd=home, capture_output=True, text=True
    )
    return done.returncode, done.stdout.strip(), done.stderr


def command(home: Path, *arguments: str, **names: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        env=environment(home) | names,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


# --- what the site's role may ---


def test_the_sites_role_is_weak_and_the_owners_is_no_superuser(databases):
    with psycopg.connect(databases.site) as site, psycopg.connect(databases.owner) as owner:
        found = rights.strength(site)
        assert (found.role, found.is_superuser, found.bypasses, found.owned_tables) == ("styrkedjan", False, False, 0)
        assert not found.too_strong
        owns = rights.strength(owner)
        assert (owns.role, owns.is_superuser, owns.bypasses) == ("styrkedjan_owner", False, False)
        assert owns.owned_tables > 20 and owns.too_strong


def test_the_site_has_the_rights_that_stand_in_the_table_and_no_others(databases):
    with psycopg.connect(databases.owner) as owner:
        assert rights.as_they_should_be(owner, postgres.ROLE)
        for statement in (
            "GRANT DELETE ON share TO styrkedjan",
            "GRANT SELECT (body) ON outgoing_mail TO styrkedjan",
            "GRANT SELECT ON access_secret TO styrkedjan",
            "GRANT SELECT ON tally TO styrkedjan",
            "GRANT SELECT (answered) ON asked_person TO styrkedjan",
            "GRANT EXECUTE ON FUNCTION styrkedjan_signature(text) TO styrkedjan",
            "REVOKE SELECT ON person FROM styrkedjan",
            "REVOKE EXECUTE ON FUNCTION styrkedjan_enter(text) FROM styrkedjan",
        ):
            owner.execute(statement)
            assert not rights.as_they_should_be(owner, postgres.ROLE), statement
            rights.give(owner, postgres.ROLE)
            assert rights.as_they_should_be(owner, postgres.ROLE), statement
        owner.rollback()


def test_nobody_at_all_reaches_what_the_owner_did_not_give(databases):
    """PUBLIC has no rights of its own to functions or tables, so a third role has none either."""
    everybodys = """
        SELECT p.proname FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        WHERE p.pronamespace = 'public'::regnamespace AND a.grantee = 0
        UNION SELECT c.relname FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = 0
    """
    with psycopg.connect(databases.owner) as owner:
        assert owner.execute(everybodys).fetchall() == []
        owner.execute("CREATE FUNCTION open_to_all() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        assert owner.execute(everybodys).fetchall() == [("open_to_all",)], "the question can find one"
        owner.rollback()


@pytest.mark.parametrize("name", rights.FUNCTIONS)
def test_no_function_that_the_site_may_call_looks_in_a_folder_of_the_callers(databases, name):
    with psycopg.connect(databases.owner) as owner:
        definer, settings = owner.execute(
            "SELECT prosecdef, proconfig FROM pg_proc WHERE oid = %s::regprocedure", [name]
        ).fetchone()
    assert definer and settings == ["search_path=pg_catalog, public, pg_temp"]


# --- which role runs what ---

WHO = """
import os
from styrkedjan.site.running import house
with house({how}) as databases:
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        print(*cursor.fetchone(), databases.owner in os.environ.values())
"""


def test_commands_run_as_the_owner_and_the_site_as_its_own_role(home):
    assert python(home, WHO.format(how=""))[1] == "styrkedjan_owner styrkedjan_owner True"
    assert python(home, WHO.format(how="as_site=True"))[1] == "styrkedjan styrkedjan False"


def test_the_same_on_a_database_of_ones_own(home, server):
    addresses = {"DATABASE_URL": server.dsn, "DATABASE_OWNER_URL": server.owner_dsn}
    assert python(home, WHO.format(how=""), **addresses)[1] == "styrkedjan_owner styrkedjan_owner True"
    assert python(home, WHO.format(how="as_site=True"), **addresses)[1] == "styrkedjan styrkedjan False"
    one = python(home, WHO.format(how=""), DATABASE_URL=server.owner_dsn)
    assert one[1] == "styrkedjan_owner styrkedjan_owner True", "one address is enough for commands"


def test_what_stood_in_the_surroundings_stands_there_again(databases, monkeypatch):
    monkeypatch.setenv("DATABASE_OWNER_URL", databases.owner)
    before = os.environ["DATABASE_URL"]
    from styrkedjan.site import running

    try:
        with house(as_site=True) as inner:
            assert inner == Databases(before, databases.owner)
            assert "DATABASE_OWNER_URL" not in os.environ
        assert (os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"]) == (before, databases.owner)
    finally:
        running.use(before)


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        ("ALTER ROLE styrkedjan SUPERUSER", "är superanvändare"),
        ("ALTER ROLE styrkedjan BYPASSRLS", "kan gå förbi radskyddet"),
        ("GRANT styrkedjan_owner TO styrkedjan", "äger tabellerna eller ingår i rollen som gör det"),
    ],
)
def test_serve_refuses_a_role_that_is_too_strong(home, server, spoil, what):
    with psycopg.connect(server.admin_dsn, autocommit=True) as admin:
        admin.execute(spoil)
    code, _, said = run(home, "serve", "--port", free_port())
    assert code == REFUSED and f"databasrollen ”styrkedjan” {what}" in said
    assert "styrkedjan db roller" in said and "DATABASE_OWNER_URL" in said


def test_serve_refuses_one_role_for_everything(home, server):
    code, _, said = command(home, "serve", "--port", free_port(), DATABASE_URL=server.owner_dsn)
    assert code == REFUSED and "databasrollen ”styrkedjan_owner” äger tabellerna" in said


def test_the_sites_role_alone_changes_no_tables(home, server):
    code, _, said = command(home, "underlag", "Lillåns kommun", DATABASE_URL=server.dsn)
    assert code == REFUSED and "databasen går inte att använda" in said and "äger databasen" in said


def test_the_owners_address_that_is_no_address_is_named(home):
    code, _, said = command(home, "underlag", "x", DATABASE_URL="dbname=x", DATABASE_OWNER_URL="mysql://anna:hemligt@x")
    assert code == REFUSED and "DATABASE_OWNER_URL går inte att tolka" in said and "hemligt" not in said


def test_two_roles_are_made_by_what_the_command_prints(home, server):
    code, printed, _ = run(home, "db", "roller")
    assert code == 0
    statements = printed.replace("styrkedjan", "prov").replace("'…'", "'hemligt'")
    with psycopg.connect(server.admin_dsn, autocommit=True) as admin:
        for statement in (line for line in statements.splitlines() if not line.startswith("--")):
            admin.execute(statement)
    ways = {
        "DATABASE_URL": server.dsn.replace("user=styrkedjan dbname=styrkedjan", "user=prov dbname=prov"),
        "DATABASE_OWNER_URL": server.dsn.replace("user=styrkedjan dbname=styrkedjan", "user=prov_owner dbname=prov"),
    }
    assert python(home, WHO.format(how="as_site=True"), **ways)[1] == "prov prov False"
    with psycopg.connect(ways["DATABASE_OWNER_URL"]) as owner:
        assert rights.as_they_should_be(owner, "prov")


# --- from one role to two ---

FIRST_TABLES = """
import django
from django.core.management import call_command
django.setup()
call_command("migrate", "tables", "0001", verbosity=0)
"""


@pytest.fixture
def as_it_was(home) -> Path:
    """A home from when one role owned everything, with rows in the trail of that time."""
    server = postgres.start(home)
    with psycopg.connect(server.admin_dsn, autocommit=True) as admin:
        admin.execute("ALTER DATABASE styrkedjan OWNER TO styrkedjan")
        admin.execute("DROP ROLE styrkedjan_owner")
    made = python(home, FIRST_TABLES, DATABASE_URL=server.dsn, DJANGO_SETTINGS_MODULE="styrkedjan.site.settings")
    assert made[0] == 0, made[2]
    with psycopg.connect(server.dsn) as old:
        for number in (1, 2):
            old.execute(
                "INSERT INTO audit_event (at, actor, role, event, about, facts) VALUES (%s, %s, %s, %s, %s, %s)",
                [
                    datetime(2026, 1, number, tzinfo=UTC),
                    "driftansvarig",
                    "operator",
                    "edition_published",
                    "fil",
                    Jsonb({}),
                ],
            )
        assert len(old.execute(OWNED, ["styrkedjan"]).fetchall()) > 5
    postgres.stop(home)
    return home


def test_a_database_with_one_role_comes_through_with_its_trail(as_it_was):
    home = as_it_was
    for time in (1, 2):
        code, _, said = run(home, "underlag", "Lillåns kommun")
        assert code == REFUSED and "Ingen huvudman eller skolenhet heter" in said, time
    server = postgres.start(home)
    with psycopg.connect(server.owner_dsn) as owner:
        assert owner.execute(OWNED, ["styrkedjan"]).fetchall() == []
        assert owner.execute("SELECT to_regclass('audit_event_before_chains')").fetchone() == (None,)
        rows, head = rows_of(owner, "")
        assert [(row.sequence, row.at.day, row.actor, row.place) for row in rows] == [
            (1, 1, "driftansvarig", "00"),
            (2, 2, "driftansvarig", "00"),
        ]
        assert verify(rows, head) == []
        assert rights.as_they_should_be(owner, "styrkedjan")
    with psycopg.connect(server.dsn) as site:
        assert not rights.strength(site).too_strong
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            site.execute("ALTER TABLE audit_event ADD COLUMN x int")


def test_the_source_of_the_walls_is_in_the_package():
    """The SQL lies in files beside the migrations: an installation without them could not be set up."""
    folder = PROJECT / "src" / "styrkedjan" / "tables" / "migrations"
    migrations = "".join(path.read_text() for path in folder.glob("0*.py"))
    files = {path.name for path in (folder / "sql").iterdir()}
    assert files >= {"context.sql", "policies.sql", "audit.sql"}
    assert {name for name in files if f'"{name}"' not in migrations} == set(), "no file that nothing runs"
