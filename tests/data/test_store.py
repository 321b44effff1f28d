"""The statistics store: editions that are whole or not there, whatever happens while one is written."""

import hashlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from styrkedjan.core.refused import BrokenData, WrongState
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.data import store
from tests.data.tidy_tables import RAW, large, tidy

PROJECT = Path(__file__).resolve().parents[2]

TWO_YEARS = """
place                measure  year  value
00                   m        2023  80.5
2120009901           m        2023  70.1
2120009901-90000001  m        2023  ..
00                   m        2024  81.5
2120009901           m        2024  71.1
2120009901-90000002  m        2024  ...
"""
FIRST = "\n".join(line for line in TWO_YEARS.splitlines() if "2024" not in line)
SECOND = "\n".join(line for line in TWO_YEARS.splitlines() if "2023" not in line)


def built(folder: Path, table: str, base: store.Manifest = store.EMPTY, *, invented: bool = True) -> store.Manifest:
    return store.build(folder, base, tidy(table), RAW, invented=invented)


def cells(folder: Path, manifest: store.Manifest) -> set[tuple]:
    frame = store.read_observations(folder, manifest)
    return set(frame.select("place", "measure", "school_year", "status", "value", "mark").rows())


def files(folder: Path) -> set[str]:
    return {path.name for path in (folder / "parts").iterdir()}


def assert_whole(folder: Path) -> None:
    """Every named part is the bytes that its name says."""
    for path in (folder / "parts").glob("*.parquet"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem


def test_what_was_built_reads_back_equal_with_the_way_to_its_cells(tmp_path):
    manifest = built(tmp_path, TWO_YEARS)
    assert cells(tmp_path, manifest) == {
        ("00", "m", 2023, 0, 80.5, None),
        ("2120009901", "m", 2023, 0, 70.1, None),
        ("2120009901-90000001", "m", 2023, 2, None, ".."),
        ("00", "m", 2024, 0, 81.5, None),
        ("2120009901", "m", 2024, 0, 71.1, None),
        ("2120009901-90000002", "m", 2024, 3, None, "..."),
    }
    frame = store.read_observations(tmp_path, manifest)
    assert frame["place"].is_sorted()
    last = frame.filter(pl.col("place") == "2120009901-90000002").row(0, named=True)
    assert (last["row"], last["column"]) == (10, 2)
    assert manifest.parts[last["part"]].school_year == 2024
    assert manifest.school_years == (SchoolYear(2023), SchoolYear(2024))
    assert_whole(tmp_path)


def test_the_same_content_has_the_same_version_in_any_folder_and_order(tmp_path):
    whole = built(tmp_path / "a", TWO_YEARS)
    assert built(tmp_path / "b", TWO_YEARS).version == whole.version
    assert built(tmp_path / "a", TWO_YEARS, whole).version == whole.version
    assert files(tmp_path / "a") == files(tmp_path / "b")
    first = built(tmp_path / "c", FIRST)
    either = built(tmp_path / "c", SECOND, first)
    other = built(tmp_path / "d", FIRST, built(tmp_path / "d", SECOND))
    assert either.version == other.version != first.version


def test_a_large_table_is_written_to_the_same_bytes_every_time(tmp_path):
    versions = {store.build(tmp_path / name, store.EMPTY, large(2024), RAW, invented=True).version for name in "abc"}
    assert len(versions) == 1


def test_a_manifest_survives_being_stored(tmp_path):
    import json

    manifest = built(tmp_path, TWO_YEARS)
    again = store.Manifest.from_json(json.loads(json.dumps(manifest.to_json())))
    assert again == manifest and again.version == manifest.version
    facts = again.facts()
    assert (facts.version, facts.invented, len(facts.parts)) == (manifest.version, True, 2)
    assert facts.parts[0].name == "fil.xlsx" and facts.parts[0].school_years == (SchoolYear(2023),)


@pytest.mark.parametrize(
    ("before", "after"), [("70.1", "70.2"), ("70.1", ".."), ("..", "."), ("70.1", "~70.1")], ids=str
)
def test_one_changed_cell_makes_a_new_version_and_the_old_edition_stands(tmp_path, before, after):
    first = built(tmp_path, FIRST)
    was = cells(tmp_path, first)
    second = built(tmp_path, FIRST.replace(before, after, 1), first)
    assert second.version != first.version
    assert cells(tmp_path, first) == was
    assert len(cells(tmp_path, second) - was) == 1


def test_a_year_that_is_replaced_leaves_the_others(tmp_path):
    both = built(tmp_path, TWO_YEARS)
    revised = built(tmp_path, SECOND.replace("71.1", "99.9"), both)
    assert revised.parts[0] == both.parts[0]
    assert revised.parts[1] != both.parts[1]
    assert ("2120009901", "m", 2023, 0, 70.1, None) in cells(tmp_path, revised)
    assert ("2120009901", "m", 2024, 0, 99.9, None) in cells(tmp_path, revised)


def test_sources_stand_side_by_side(tmp_path):
    first = built(tmp_path, FIRST)
    both = store.build(tmp_path, first, tidy(FIRST.replace("m  ", "n  "), "other"), RAW, invented=True)
    assert [part.source for part in both.parts] == ["other", "ufa"]
    assert {row[1] for row in cells(tmp_path, both)} == {"m", "n"}


@pytest.mark.parametrize("invented", [True, False])
def test_invented_and_real_never_stand_in_one_edition(tmp_path, invented):
    first = built(tmp_path, FIRST, invented=not invented)
    second = built(tmp_path, SECOND, first, invented=invented)
    assert second.invented is invented
    assert [part.school_year for part in second.parts] == [2024]
    assert built(tmp_path / "x", FIRST, invented=True).version != built(tmp_path / "x", FIRST, invented=False).version


def test_places_have_the_names_of_their_latest_year(tmp_path):
    renamed = tidy(SECOND)
    places = renamed.places.with_columns(pl.col("organiser_label").str.replace("NAMN", "NYTT"))
    from dataclasses import replace

    manifest = store.build(tmp_path, built(tmp_path, FIRST), replace(renamed, places=places), RAW, invented=True)
    organisers, units = store.named_places(tmp_path, manifest)
    assert [row[:3] for row in organisers] == [("2120009901", "Nytt 2120009901", "municipality")]
    assert [(row[0], row[1], row[2], row[6]) for row in units] == [
        ("2120009901-90000001", "90000001", "2120009901", 2023),
        ("2120009901-90000002", "90000002", "2120009901", 2024),
    ]


def test_an_empty_edition_has_no_rows(tmp_path):
    frame = store.read_observations(tmp_path, store.EMPTY)
    assert frame.is_empty() and frame.columns == store.read_observations(tmp_path, built(tmp_path, FIRST)).columns


@pytest.mark.parametrize("damage", [b"", b"PAR1", None], ids=["empty", "cut", "gone"])
def test_a_damaged_part_is_detected_and_reading_the_file_again_heals_it(tmp_path, damage):
    manifest = built(tmp_path, FIRST)
    path = store.part_path(tmp_path, manifest.parts[0].observations)
    path.unlink() if damage is None else path.write_bytes(damage)
    with pytest.raises(BrokenData, match="Läs in källfilen igen"):
        store.read_observations(tmp_path, manifest)
    assert built(tmp_path, FIRST, manifest).version == manifest.version
    assert cells(tmp_path, manifest)


def test_one_flipped_bit_is_detected(tmp_path):
    manifest = built(tmp_path, FIRST)
    path = store.part_path(tmp_path, manifest.parts[0].places)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(BrokenData, match="är skadad"):
        store.read_places(tmp_path, manifest)


BUILD_FOREVER = """
import sys
from pathlib import Path
from styrkedjan.data import store
from tests.data.tidy_tables import RAW, large
folder, shift = Path(sys.argv[1]), float(sys.argv[2])
tables = [large(year, shift + year) for year in range(2000, 2012)]
print("ready", flush=True)
base = store.EMPTY
for table in tables * 20:
    base = store.build(folder, base, table, RAW, invented=True)
"""


def python(script: str, *arguments: object, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_a_build_that_is_killed_leaves_no_half_part(tmp_path):
    """Killed at random moments, many times: the earlier edition reads, and every named part is whole."""
    earlier = built(tmp_path, FIRST)
    was = cells(tmp_path, earlier)
    moments = random.Random(20241124)
    parts_seen = 0
    for number in range(10):
        with python(BUILD_FOREVER, tmp_path, number / 1000) as building:
            assert building.stdout.readline() == "ready\n", building.stderr.read()
            time.sleep(moments.uniform(0.0, 0.1))
            building.kill()
        assert_whole(tmp_path)
        assert cells(tmp_path, earlier) == was
        parts_seen = max(parts_seen, len(files(tmp_path)))
    assert parts_seen > 2, "the kills came while something was written"
    built(tmp_path, SECOND, earlier)
    assert not [name for name in files(tmp_path) if not name.endswith(".parquet")], "the next build clears up"


FILL = """
import resource, sys
from pathlib import Path
from styrkedjan.core.refused import Refused
from styrkedjan.data import store
from tests.data.tidy_tables import RAW, large
table = large(2024)
if sys.argv[2] != "-":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    store.build(Path(sys.argv[1]), store.EMPTY, table, RAW, invented=True)
except Refused as refusal:
    print(type(refusal).__name__, refusal.message)
"""


@pytest.mark.parametrize("limit", [0, 1, 4_000, 60_000, 200_000])
def test_a_file_that_finds_no_room_is_refused_and_leaves_nothing(tmp_path, limit):
    earlier = built(tmp_path, FIRST)
    before, was = files(tmp_path), cells(tmp_path, earlier)
    out, err = python(FILL, tmp_path, limit).communicate(timeout=60)
    assert out.startswith("WrongState disken är full"), (out, err)
    assert "Den förra utgåvan gäller fortfarande" in out and "Frigör utrymme" in out
    assert err == "", "no panic is printed"
    assert files(tmp_path) == before and cells(tmp_path, earlier) == was


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
@pytest.mark.parametrize("kilobytes", [32, 300, 420])
def test_a_full_disk_is_refused_and_gets_its_room_back(tmp_path, kilobytes):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", disk]).returncode:
        pytest.skip("may not mount a small disk here")
    try:
        earlier = built(disk, FIRST)
        before, was = files(disk), cells(disk, earlier)
        out, err = python(FILL, disk, "-").communicate(timeout=60)
        assert out.startswith("WrongState disken är full"), (out, err)
        assert files(disk) == before and cells(disk, earlier) == was
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_second_file_that_finds_no_room_takes_the_first_with_it(tmp_path):
    """The observations fit, the places do not: neither stays."""
    earlier = built(tmp_path, FIRST)
    before = files(tmp_path)
    table = tidy(SECOND)
    wide = table.places.with_columns(pl.lit(os.urandom(200_000).hex()).alias("organiser_label"))
    script = FILL.replace("table = large(2024)", "import pickle; table = pickle.load(sys.stdin.buffer)")
    import pickle
    from dataclasses import replace

    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path), "100000"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as building:
        out, _ = building.communicate(pickle.dumps(replace(table, places=wide)), timeout=60)
    assert out.decode().startswith("WrongState disken är full")
    assert files(tmp_path) == before and cells(tmp_path, earlier)


def test_a_folder_that_is_a_file_is_refused_in_words(tmp_path):
    taken = tmp_path / "statistics"
    taken.write_text("")
    with pytest.raises(WrongState, match="går inte att skriva"):
        built(taken, FIRST)
