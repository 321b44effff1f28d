"""What must hold before the site starts: it is either set up safely, or it says why not and stays down."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from styrkedjan.core.refused import WrongState
from styrkedjan.site import postgres
from styrkedjan.site.checks import refuse_real_people_in_demo, refuse_unsafe_exposure
from styrkedjan.site.exposure import Exposure, is_loopback
from tests.conftest import make_home
from tests.site.command import COMMAND, environment

REFUSED = 2
EARNEST = {
    "STYRKEDJAN_BIND": "127.0.0.1",
    "STYRKEDJAN_ADDRESS": "https://kvalitet.example.org",
    "STYRKEDJAN_PROXY": "1",
}
AT_HOME = {"STYRKEDJAN_BIND": "127.0.0.1"}
DEMO = AT_HOME | {"STYRKEDJAN_DEMO": "1"}
DEBUG = AT_HOME | {"STYRKEDJAN_DEBUG": "1"}


@pytest.mark.parametrize(
    "surroundings",
    [
        AT_HOME,
        EARNEST,
        EARNEST | {"STYRKEDJAN_BIND": "0.0.0.0"},
        EARNEST | {"STYRKEDJAN_HOSTS": "kvalitet.example.org, localhost"},
        DEMO,
        DEMO | {"STYRKEDJAN_BIND": "::1", "STYRKEDJAN_ADDRESS": "http://[::1]:8700"},
        DEBUG,
        DEMO | {"STYRKEDJAN_DEBUG": "1"},
    ],
)
def test_what_is_safe_has_no_faults(surroundings):
    assert list(Exposure.read(surroundings).faults()) == []


# what is set -> what the refusal says
UNSAFE = [
    (DEMO | {"STYRKEDJAN_BIND": "0.0.0.0"}, "demoläget"),
    (DEMO | {"STYRKEDJAN_BIND": "0.0.0.0", "STYRKEDJAN_DEBUG": "1"}, "demoläget"),
    (DEMO | {"STYRKEDJAN_BIND": "192.0.2.7"}, "lyssna på 192.0.2.7"),
    (DEMO | {"STYRKEDJAN_BIND": ""}, "en okänd adress"),
    (DEMO | EARNEST, "demoläget"),
    (DEMO | {"STYRKEDJAN_ADDRESS": "https://localhost"}, "demoläget"),
    (DEMO | {"STYRKEDJAN_HOSTS": "localhost,kvalitet.example.org"}, "nås på kvalitet.example.org"),
    (DEMO | {"STYRKEDJAN_PROXY": "1"}, "visas vidare"),
    (DEBUG | {"STYRKEDJAN_BIND": "0.0.0.0"}, "felsökningsläget"),
    (DEBUG | EARNEST, "felsökningsläget"),
    ({"STYRKEDJAN_BIND": "0.0.0.0"}, "utan kryptering"),
    (AT_HOME | {"STYRKEDJAN_ADDRESS": "http://kvalitet.example.org"}, "inte krypterad"),
    (AT_HOME | {"STYRKEDJAN_ADDRESS": "https://kvalitet.example.org"}, "STYRKEDJAN_PROXY=1"),
    (EARNEST | {"STYRKEDJAN_HOSTS": "annan.example.org"}, "saknas i STYRKEDJAN_HOSTS"),
    (EARNEST | {"STYRKEDJAN_HOSTS": "kvalitet.example.org,*"}, "får inte innehålla *"),
    (EARNEST | {"STYRKEDJAN_HOSTS": "kvalitet.example.org,.example.org"}, "börja med punkt"),
    (EARNEST | {"STYRKEDJAN_ADDRESS": "https://kvalitet.example.org/skola"}, "utan något efter namnet"),
    (EARNEST | {"STYRKEDJAN_ADDRESS": "https://anna@kvalitet.example.org"}, "utan något efter namnet"),
    (EARNEST | {"STYRKEDJAN_ADDRESS": "kvalitet.example.org"}, "Skriv den som https://"),
    (EARNEST | {"STYRKEDJAN_ADDRESS": "https://kvalitet.example.org:abc"}, "Skriv den som https://"),
]


@pytest.mark.parametrize(("surroundings", "told"), UNSAFE, ids=[told for _, told in UNSAFE])
def test_what_is_unsafe_is_refused_in_words(surroundings, told):
    with pytest.raises(WrongState) as refused:
        refuse_unsafe_exposure(Exposure.read(surroundings))
    assert told in refused.value.message and "inte startad" in refused.value.message


@pytest.mark.parametrize("surroundings", [surroundings for surroundings, _ in UNSAFE[:10]])
def test_demo_and_debug_are_off_in_the_settings_whoever_serves(surroundings):
    exposure = Exposure.read(surroundings)
    assert not exposure.demo and not exposure.debug
    assert Exposure.read(DEMO).demo and Exposure.read(DEBUG).debug


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "[::1]", "::1", "localhost"])
def test_the_machine_itself_is_known(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "10.0.0.1", "localhost.example.org", "127.0.0.1.example.org"])
def test_what_only_looks_like_the_machine_itself_is_not_taken_for_it(host):
    assert not is_loopback(host)


@pytest.mark.parametrize("key", ["hemlig", "a" * 64, "abcabcabc" * 8])
def test_a_key_that_can_be_guessed_is_refused(monkeypatch, key):
    monkeypatch.setenv("STYRKEDJAN_SECRET_KEY", key)
    with pytest.raises(WrongState, match="för lätt att gissa"):
        refuse_unsafe_exposure(Exposure.read(EARNEST))


def test_a_key_that_cannot_be_guessed_is_taken(monkeypatch):
    monkeypatch.setenv("STYRKEDJAN_SECRET_KEY", "".join(map(chr, range(40, 100))))
    refuse_unsafe_exposure(Exposure.read(EARNEST))
    with pytest.raises(WrongState):
        refuse_unsafe_exposure(Exposure.read(EARNEST | {"STYRKEDJAN_PROXY": "0"}))


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = make_home()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def settings_of(home: Path, **surroundings: str) -> dict:
    """The settings as another server would read them."""
    script = (
        "import json; from styrkedjan.site import settings as s; "
        "print(json.dumps([s.DEMO, s.DEBUG, s.HTTPS, s.SIGN_IN_COOKIE, s.SECURE_HSTS_SECONDS, s.ALLOWED_HOSTS]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(home) | surroundings, capture_output=True, text=True, check=True
    )
    demo, debug, https, cookie, hsts, hosts = json.loads(done.stdout)
    return {"demo": demo, "debug": debug, "https": https, "cookie": cookie, "hsts": hsts, "hosts": hosts}


def test_the_key_is_made_once_and_nobody_else_reads_it(home):
    settings_of(home)
    made = home / "secret_key"
    first = made.read_text()
    assert made.stat().st_mode & 0o777 == 0o600 and len(first) >= 64
    settings_of(home)
    assert made.read_text() == first


def test_under_another_server_demo_and_debug_are_off(home):
    read = settings_of(home, STYRKEDJAN_DEMO="1", STYRKEDJAN_DEBUG="1")
    assert (read["demo"], read["debug"]) == (False, False)
    read = settings_of(home, STYRKEDJAN_DEMO="1", STYRKEDJAN_DEBUG="1", STYRKEDJAN_BIND="127.0.0.1")
    assert (read["demo"], read["debug"]) == (True, True)


def test_an_address_with_https_makes_the_settings_strict(home):
    read = settings_of(home, **EARNEST)
    assert read["https"] and read["cookie"] == "__Host-styrkedjan" and read["hsts"] == 63_072_000
    assert "kvalitet.example.org" in read["hosts"] and "*" not in read["hosts"]


@pytest.mark.parametrize(
    ("arguments", "surroundings", "told"),
    [
        (("--demo", "--adress", "0.0.0.0"), {}, "demoläget"),
        (("--adress", "0.0.0.0"), {"STYRKEDJAN_DEMO": "1", "STYRKEDJAN_DEBUG": "1"}, "demoläget"),
        (("--demo",), EARNEST, "demoläget"),
        (("--adress", "0.0.0.0"), {}, "utan kryptering"),
        (("--adress", "skola"), {}, "skriv en IP-adress"),
        (("--adress", "192.0.2.7"), EARNEST, "har inte adressen 192.0.2.7"),
    ],
)
def test_the_command_refuses_before_it_touches_anything(home, arguments, surroundings, told):
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "serve", "--port", "8799", *arguments],
        env=environment(home) | surroundings, cwd=home, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == REFUSED and told in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert not (home / "postgres").exists()


@pytest.mark.database
def test_a_demo_among_real_people_is_refused(house):
    with postgres.running(house) as server, psycopg.connect(server.owner_dsn) as connection:
        connection.execute("UPDATE person SET invented = true")  # those whom other tests have left behind
        added = [_add_person(connection, invented=True)]
        try:
            refuse_real_people_in_demo(server.owner_dsn)
            added.append(_add_person(connection, invented=False))
            with pytest.raises(WrongState, match="riktiga personer"):
                refuse_real_people_in_demo(server.owner_dsn)
        finally:
            connection.execute("DELETE FROM person WHERE key = ANY(%s)", [added])


def _add_person(connection: psycopg.Connection, *, invented: bool) -> str:
    added = connection.execute(
        "INSERT INTO person (key, name, email, created_at, invented) "
        "VALUES (gen_random_uuid(), '', NULL, now(), %s) RETURNING key",
        [invented],
    ).fetchone()
    connection.commit()
    return added[0]
