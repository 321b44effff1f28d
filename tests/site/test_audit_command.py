"""``styrkedjan audit verify`` and ``styrkedjan gallra`` as the operator runs them."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from styrkedjan.site import postgres
from tests import world as small
from tests.conftest import make_home
from tests.site.command import run

pytestmark = pytest.mark.database

FINE, TOUCHED, REFUSED = 0, 1, 2
CHAIN = "huset"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home with a running server and one edition: the house's own chain has its first events."""
    folder = make_home()
    with postgres.running(folder):
        (folder / "år.xlsx").write_bytes(small.workbook(small.YEARS[0]))
        code, _, err = run(folder, "import", "år.xlsx")
        assert code == FINE, err
        yield folder
    shutil.rmtree(folder)


@pytest.fixture
def owner(home) -> Iterator[psycopg.Connection]:
    """The owner's own connection, with the guards in their places."""
    with psycopg.connect(postgres.status(home).owner_dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def hand(home) -> Iterator[psycopg.Connection]:
    """The hand of somebody with the owner's password, who turns off the guards; what it did is undone."""
    with psycopg.connect(postgres.status(home).owner_dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT * FROM audit_event")
        connection.execute("CREATE TABLE kept_head AS SELECT * FROM audit_head")
        connection.execute("ALTER TABLE audit_event DISABLE TRIGGER keep, DISABLE TRIGGER chain")
        yield connection
        connection.execute("ALTER TABLE audit_event DISABLE TRIGGER keep, DISABLE TRIGGER chain")
        connection.execute("DELETE FROM audit_event")
        connection.execute("INSERT INTO audit_event SELECT * FROM kept")
        connection.execute("DELETE FROM audit_head")
        connection.execute("INSERT INTO audit_head SELECT * FROM kept_head")
        connection.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER keep, ENABLE ALWAYS TRIGGER chain")
        connection.execute("DROP TABLE kept, kept_head")


def heads(home: Path) -> Path:
    """The file with the heads of every chain, as it was before anything was touched."""
    path = home / "huvuden.json"
    if not path.exists():
        code, out, err = run(home, "audit", "verify", "--write-heads", path)
        assert code == FINE, out + err
    return path


def test_a_whole_trail(home):
    code, out, _ = run(home, "audit", "verify", "--heads", heads(home))
    assert code == FINE
    assert out.startswith(f"{CHAIN}: ")
    assert "Händelseloggen är hel." in out
    assert "kl." in out


def test_the_file_of_heads_says_where_each_chain_ends(home):
    found = json.loads(heads(home).read_text())
    assert set(found) == {"made_at", "chains"}
    assert found["chains"][CHAIN]["sequence"] >= 1
    assert len(found["chains"][CHAIN]["hash"]) == 64


def test_a_changed_row_is_told_by_its_number(home, hand):
    hand.execute("UPDATE audit_event SET about = 'något annat' WHERE sequence = 1 AND organiser = ''")
    code, out, _ = run(home, "audit", "verify", "--write-heads", home / "nya.json")
    assert code == TOUCHED
    assert "rad 1: raden är ändrad" in out
    assert "1 fel i händelseloggen" in out
    assert not (home / "nya.json").exists(), "heads of a chain that is broken are worth nothing"


def test_a_row_that_is_gone_is_missed(home, hand):
    hand.execute("DELETE FROM audit_event WHERE sequence = 1 AND organiser = ''")
    code, out, _ = run(home, "audit", "verify")
    assert code == TOUCHED
    assert "saknas" in out


def test_a_chain_rewritten_whole_is_given_away_by_the_heads(home, hand):
    kept = heads(home)
    hand.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER chain")
    hand.execute("CREATE TABLE forged AS SELECT * FROM audit_event")
    hand.execute("UPDATE forged SET actor = 'någon annan'")
    hand.execute("DELETE FROM audit_event")
    hand.execute("DELETE FROM audit_head")
    hand.execute("INSERT INTO audit_event SELECT * FROM forged ORDER BY organiser, sequence")
    hand.execute("DROP TABLE forged")
    code, out, _ = run(home, "audit", "verify")
    assert (code, "Händelseloggen är hel." in out) == (FINE, True), "by itself it looks whole"
    code, out, _ = run(home, "audit", "verify", "--heads", kept)
    assert code == TOUCHED
    assert "omskriven" in out


def test_a_chain_that_is_gone_whole_is_missed_by_the_heads(home, hand):
    kept = heads(home)
    hand.execute("DELETE FROM audit_event")
    hand.execute("DELETE FROM audit_head")
    code, out, _ = run(home, "audit", "verify", "--heads", kept)
    assert code == TOUCHED
    assert f"{CHAIN}: hela kedjan saknas" in out


@pytest.mark.parametrize("text", ["inte json", "{}", '{"chains": {"huset": {}}}', '{"chains": []}', "[]"])
def test_a_file_that_holds_no_heads_is_refused(home, text):
    path = home / "fel.json"
    path.write_text(text)
    code, _, err = run(home, "audit", "verify", "--heads", path)
    assert code == REFUSED
    assert err.startswith("Det gick inte: ")
    assert "kedjehuvuden" in err


def test_a_file_that_is_not_there_is_refused(home):
    code, _, err = run(home, "audit", "verify", "--heads", "finns-inte.json")
    assert (code, "finns-inte.json" in err) == (REFUSED, True)


def test_weeding_says_what_each_rule_reached(home, owner):
    owner.execute("INSERT INTO pace (key_hash, \"left\", at) VALUES (repeat('a', 64), 1, now() - interval '3 days')")
    code, out, _ = run(home, "gallra", "--prova")
    assert code == FINE
    assert "Ingenting har ändrats." in out
    counted = next(line for line in out.splitlines() if "Hur ofta" in line)
    assert counted.split()[:1] == ["1"]
    assert "2 dagar efter det senaste försöket" in counted
    code, out, err = run(home, "gallra")
    assert code == FINE, err
    assert next(line for line in out.splitlines() if "Hur ofta" in line) == counted
    assert owner.execute("SELECT count(*) FROM pace").fetchone() == (0,)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("person",), "nyckel"),
        (("person", "zofia"), "nyckel"),
        (("person", "00000000-0000-0000-0000-000000000000", "--prova"), "--prova"),
        (("person", "00000000-0000-0000-0000-000000000000"), "redan borttagen"),
    ],
)
def test_a_person_who_is_not_there_is_refused(home, arguments, said):
    code, _, err = run(home, "gallra", *arguments)
    assert (code, said in err) == (REFUSED, True), err


def test_a_person_is_removed_by_her_key(home, owner):
    key = "11111111-2222-4333-8444-555555555555"
    owner.execute(
        "INSERT INTO person (key, name, email, created_at, invented) VALUES (%s, 'Ove', 'o@prov.example', now(), true)",
        [key],
    )
    code, out, err = run(home, "gallra", "person", key)
    assert code == FINE, err
    assert "borttagna" in out
    assert owner.execute("SELECT name, email FROM person WHERE key = %s", [key]).fetchone() == ("", None)
