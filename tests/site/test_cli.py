"""The command as its users run it: exit codes, Swedish answers, and never a traceback."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from styrkedjan.site import postgres
from tests import world as small
from tests.conftest import make_home
from tests.site.command import COMMAND, environment, run, run_each, start

pytestmark = pytest.mark.database

FIRST, SECOND, _ = small.YEARS
REFUSED = 2


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home in which the first year is imported by the command itself, with a running server."""
    folder = make_home()
    with postgres.running(folder):
        (folder / "första.xlsx").write_bytes(small.workbook(FIRST))
        (folder / "andra [1].xlsx").write_bytes(small.workbook(SECOND))
        code, out, err = run(folder, "import", "första.xlsx")
        assert code == 0, err
        (folder / "told.txt").write_text(out)
        yield folder
    shutil.rmtree(folder)


REFUSALS: dict[str, tuple[str, ...]] = {
    "half a file": ("import", "halv.xlsx"),
    "no workbook": ("import", "text.xlsx"),
    "unknown mark": ("import", "okänt.xlsx"),
    "no file": ("import", "finns-inte.xlsx"),
    "a folder": ("import", "."),
    "wrong year": ("import", "första.xlsx", "--lasar", "2024/26"),
    "unknown organiser": ("underlag", "Lilans komun"),
    "ambiguous name": ("underlag", "Storskolan"),
    "year not loaded": ("underlag", "Lillåns kommun", "--lasar", "1999/00"),
    "neither": ("underlag",),
    "both": ("underlag", "Lillåns kommun", "--all", "mapp"),
    "no such folder": ("underlag", "Lillåns kommun", "--pdf", "ingen/ut.pdf"),
}


@pytest.fixture(scope="module")
def refusals(home) -> dict[str, str]:
    """What each command that must be refused says: one process of commands, one after the other."""
    (home / "halv.xlsx").write_bytes(small.workbook(FIRST)[:5_000])
    (home / "text.xlsx").write_text("a;b;c")
    (home / "okänt.xlsx").write_bytes(small.workbook(FIRST, {(small.LILLAN, "girls_percent"): "#"}))
    said = {}
    for (kind, arguments), (code, err) in zip(REFUSALS.items(), run_each(home, *REFUSALS.values()), strict=True):
        assert code == REFUSED, (arguments, err)
        assert err.startswith("Det gick inte: ") and "Traceback" not in err
        said[kind] = err
    return said


def test_the_report_of_an_import_has_its_counts(home):
    told = (home / "told.txt").read_text()
    assert "gäller nu" in told
    for label, count in {
        "Fil": "första.xlsx",
        "Läsår": "2021/22",
        "Mått": "49",
        "Kolumner": "57",
        "Huvudmän": "17",
        "Skolenhetskoder": "38",
        "Kolumner med skolenheter": "39",
    }.items():
        [line] = [line for line in told.splitlines() if line.startswith(f"  {label:<34}")]
        assert line.split(maxsplit=len(label.split()))[-1] == count
    assert "Flyttskolan (90000099): Åskolan AB och Öskolan AB" in told
    assert "Inget tidigare läsår är inläst" in told


def test_a_file_name_is_printed_as_it_is_and_a_lone_place_in_the_singular(home):
    code, out, err = run(home, "import", "andra [1].xlsx")
    assert code == 0, err
    assert "andra [1].xlsx" in out
    assert "En plats som den förra utgåvan har för 2021/22 finns inte i den här filen." in out
    assert "Storskolan 34 (2120009901-90000034)" in out


# what was asked -> what the answer must say
ANSWERS = [
    ("half a file", ["halv.xlsx"]),
    ("no workbook", ["text.xlsx"]),
    ("unknown mark", ["okänt tecken ”#”", "cell ", "Inget har ändrats"]),
    ("no file", ["finns-inte.xlsx går inte att läsa: sökvägen finns inte. Inget har ändrats."]),
    ("a folder", ["går inte att läsa: det är en mapp. Inget har ändrats."]),
    ("wrong year", ["”2024/26” är inget läsår"]),
    ("unknown organiser", ["heter ”Lilans komun”.", "Menade du något av det här?", "  Lillåns kommun"]),
    ("ambiguous name", ["kan vara flera", "Storskolan 1 (2120009901-90000001)"]),
    ("year not loaded", ["Läsåret 1999/00 är inte inläst", "2021/22"]),
    ("neither", ["skriv antingen"]),
    ("both", ["skriv antingen"]),
    ("no such folder", ["gick inte att skriva"]),
]


@pytest.mark.parametrize(("kind", "texts"), ANSWERS, ids=[kind for kind, _ in ANSWERS])
def test_a_refusal_exits_2_and_says_in_swedish_what_was_wrong(refusals, kind, texts):
    for text in texts:
        assert text in refusals[kind]


def test_every_refusal_has_its_answer():
    assert [kind for kind, _ in ANSWERS] == list(REFUSALS)


def test_what_was_refused_left_nothing_half(refusals, home):
    assert not list(home.glob("**/.ut.pdf*")) and not (home / "mapp").exists()
    code, out, _ = run(home, "import", "första.xlsx")
    assert code == 0 and "Inget nytt" in out


@pytest.mark.parametrize("named", ["Lillåns kommun", "212000-9902", "90000040"])
def test_a_briefing_is_written_for_a_name_a_number_or_a_code(home, named):
    path = home / "ut.pdf"
    path.unlink(missing_ok=True)
    code, out, err = run(home, "underlag", named, "--pdf", path)
    assert code == 0, err
    assert path.read_bytes().startswith(b"%PDF-")
    assert str(path) in out and ("Lillåns skola" in out) == (named == "90000040")


def test_two_commands_at_once_share_one_server(home):
    commands = [
        start(home, "underlag", "Lillåns kommun", "--pdf", home / "a.pdf"),
        start(home, "import", "första.xlsx"),
    ]
    told = [command.communicate(timeout=60) for command in commands]
    assert [command.returncode for command in commands] == [0, 0], told


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql://anna:hemligt@127.0.0.1:1/prov", "databasen går inte att använda"),
        ("mysql://anna:hemligt@127.0.0.1/prov", "DATABASE_URL går inte att tolka"),
        ("host=/finns/inte password=hemligt", "DATABASE_URL saknar databasens namn"),
    ],
)
def test_a_database_that_cannot_be_used_is_refused_in_words(home, address, told):
    command = [sys.executable, "-c", COMMAND, "underlag", "Lillåns kommun"]
    done = subprocess.run(
        command, env=environment(home) | {"DATABASE_URL": address}, cwd=home, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == REFUSED and done.stderr.startswith(f"Det gick inte: {told}"), done.stderr
    assert "Traceback" not in done.stderr and "hemligt" not in done.stderr


@pytest.mark.parametrize("arguments", [("serve", "--port", "70000"), ("serve", "--processer", "0")])
def test_a_number_that_cannot_be_used_is_refused_in_words(home, arguments):
    code, _, said = run(home, *arguments)
    assert code == REFUSED and "skriv ett heltal från 1 till" in said


def test_a_site_that_is_killed_leaves_its_port(home):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = start(home, "serve", "--port", port, "--processer", "2")
    try:
        assert wait_for(lambda: answers(port)), "the site is up"
    finally:
        site.kill()
        site.communicate(timeout=20)
    assert wait_for(lambda: not answers(port)), "no process of the site is left"


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(done: Callable[[], bool], seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_a_command_without_a_home_of_its_own_makes_one_and_stops_its_server_again():
    folder = make_home()
    try:
        code, _, said = run(folder, "underlag", "Lillåns kommun")
        assert code == REFUSED and said.startswith("Det gick inte: ")
        assert postgres.status(folder) is None, "the server was stopped after the command"
    finally:
        postgres.stop(folder)
        shutil.rmtree(folder)


def test_the_commands_see_the_home_and_not_the_tests_database(home):
    seen = environment(home)
    assert "DATABASE_URL" not in seen and seen["STYRKEDJAN_HOME"] == str(home)
