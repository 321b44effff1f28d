"""``styrkedjan disclosure`` as an analyst runs it: files in, a pattern and a verdict out, and no database."""

import json

import pytest

from styrkedjan.core.disclosure.cells import Axis
from styrkedjan.core.disclosure.jj import read_jj, write_jj
from tests.core.tables_to_protect import magnitudes
from tests.site.command import run

FINE, NOT_PROTECTED, REFUSED = 0, 1, 2


@pytest.fixture
def folder(tmp_path):
    table = magnitudes(4, [Axis.with_total(5), Axis.with_total(6)])
    (tmp_path / "tabell.jj").write_text(write_jj(table))
    return tmp_path


@pytest.mark.parametrize("how", [(), ("--heuristic",)])
def test_a_table_is_protected_and_the_auditor_agrees(folder, how):
    code, out, err = run(folder, "disclosure", "suppress", "tabell.jj", "--out", "ut.json", *how)
    assert (code, err) == (FINE, "")
    table = read_jj((folder / "tabell.jj").read_text(), "tabell.jj")
    pattern = json.loads((folder / "ut.json").read_text())
    assert set(pattern) == {"suppressed", "weight", "proven_optimal", "bound"}
    assert table.primaries < set(pattern["suppressed"])
    assert pattern["weight"] == table.weight_of(frozenset(pattern["suppressed"])) >= pattern["bound"] > 0
    assert f"{len(pattern['suppressed'])} av {len(table.cells)} celler döljs" in out

    code, out, err = run(folder, "disclosure", "audit", "tabell.jj", "ut.json")
    assert (code, err) == (FINE, "")
    cells = json.loads(out)["cells"]
    assert {each["id"] for each in cells} == table.primaries
    assert all(each["protected"] and each["lower"] < each["upper"] for each in cells)
    assert not (folder / "db").exists()
    assert not list(folder.glob(".ut.json*"))


def test_the_auditor_answers_one_when_a_cell_is_given_away(folder):
    table = read_jj((folder / "tabell.jj").read_text(), "tabell.jj")
    (folder / "ut.json").write_text(json.dumps({"suppressed": sorted(table.primaries)}))
    code, out, _ = run(folder, "disclosure", "audit", "tabell.jj", "ut.json")
    assert code == NOT_PROTECTED
    given_away = [each for each in json.loads(out)["cells"] if not each["protected"]]
    assert given_away and all(each["lower"] == pytest.approx(each["upper"]) for each in given_away)


def test_a_pattern_that_forgets_an_unsafe_cell_is_not_protected(folder):
    run(folder, "disclosure", "suppress", "tabell.jj", "--out", "ut.json")
    pattern = json.loads((folder / "ut.json").read_text())
    table = read_jj((folder / "tabell.jj").read_text(), "tabell.jj")
    forgotten = min(table.primaries)
    pattern["suppressed"].remove(forgotten)
    (folder / "ut.json").write_text(json.dumps(pattern))
    code, out, _ = run(folder, "disclosure", "audit", "tabell.jj", "ut.json")
    assert code == NOT_PROTECTED
    assert not next(each for each in json.loads(out)["cells"] if each["id"] == forgotten)["protected"]


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ('{"suppressed": [99999]}', "cellen 99999, som inte finns i tabellen"),
        ('{"suppressed": ["1"]}', "en lista med cellernas nummer"),
        ('{"suppressed": [true]}', "en lista med cellernas nummer"),
        ("[]", "filen är inget mönster"),
        ("{", "filen är inget mönster"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_refused(folder, pattern, says):
    (folder / "ut.json").write_text(pattern)
    code, out, err = run(folder, "disclosure", "audit", "tabell.jj", "ut.json")
    assert (code, out) == (REFUSED, "")
    assert says in err


def test_a_broken_table_is_refused_and_the_old_pattern_stays(folder):
    (folder / "ut.json").write_text("det gamla")
    (folder / "tabell.jj").write_text("0\n1\n0 7 7 s 0 100 0 0\n0\n")
    code, _, err = run(folder, "disclosure", "suppress", "tabell.jj", "--out", "ut.json")
    assert code == REFUSED
    assert "tabell.jj: rad 3: en cell har nio uppgifter" in err
    assert (folder / "ut.json").read_text() == "det gamla"


def test_a_cell_that_cannot_be_protected_is_named(folder):
    (folder / "tabell.jj").write_text("0\n2\n5 7 7 u 0 100 1 1 0\n6 7 7 z 0 100 0 0 0\n1\n0 2 : 5 (1) 6 (-1)\n")
    code, _, err = run(folder, "disclosure", "suppress", "tabell.jj", "--out", "ut.json")
    assert code == REFUSED
    assert "Cellen 5 går inte att skydda" in err
    assert not (folder / "ut.json").exists()


def test_files_that_are_not_there_are_named(folder):
    code, _, err = run(folder, "disclosure", "suppress", "saknas.jj", "--out", "ut.json")
    assert code == REFUSED
    assert "saknas.jj går inte att läsa: sökvägen finns inte" in err
    code, _, err = run(folder, "disclosure", "suppress", "tabell.jj", "--out", "saknas/ut.json")
    assert code == REFUSED
    assert "ut.json går inte att skriva" in err and "Ingen fil har ändrats" in err
