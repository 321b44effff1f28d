"""Working material: what is kept of a text, how versions differ, and the bytes that a receipt vouches for."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrkedjan.core.access import Agency, Role
from styrkedjan.core.refused import BadInput
from styrkedjan.core.sharing import (
    KINDS,
    LONGEST_TEXT,
    LONGEST_TITLE,
    PARTS,
    PaperKind,
    Version,
    audience,
    canonical,
    clean,
    differences,
    pieces,
    sha256_of,
    title,
)
from styrkedjan.core.statistics import SchoolYear

ANALYSIS, FIGURES = KINDS[PaperKind.OWN_ANALYSIS], KINDS[PaperKind.OWN_FIGURES]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("ett\r\ntvå\rtre", "ett\ntvå\ntre"),
        ("rad\x0bbruten i Word\x0coch ny sida", "rad\nbruten i Word\noch ny sida"),
        ("a\u2028b\u2029c\x85d", "a\nb\nc\nd"),
        ("nol\x00l, pip\x07 och esc\x1b[0m", "noll, pip och esc[0m"),
        ("A\u030a a\u0308", "Å ä"),
        ("bra 👍🏽 familj 👨‍👩‍👧", "bra 👍🏽 familj 👨‍👩‍👧"),
        ("“citat” – och … hårt\u00a0mellanslag", "“citat” – och … hårt\u00a0mellanslag"),
        ("\ufeffvänd\u202e om", "vänd om"),
        ("halv \ud83d emoji", "halv  emoji"),
        ("  \n tomt runt om \n\n", "tomt runt om"),
        ("kolumn\tett", "kolumn\tett"),
    ],
)
def test_what_is_kept_of_a_text(written, kept):
    assert clean(written) == kept


@given(st.text())
def test_a_kept_text_can_always_be_stored_and_is_kept_as_it_is_the_second_time(written):
    kept = clean(written)
    assert kept.encode().decode() == kept
    assert "\x00" not in kept
    assert clean(kept) == kept


def test_a_title_is_one_line_and_must_be_there():
    assert title(" Läget\r\n i höst ") == "Läget i höst"
    with pytest.raises(BadInput, match="rubrik"):
        title(" \x00\n ")
    with pytest.raises(BadInput, match="200"):
        title("a" * (LONGEST_TITLE + 1))


def test_an_analysis_keeps_its_four_answers_and_nothing_else():
    kept = ANALYSIS.checked({"works_well": " Läsningen.\r\n", "other": "något annat"})
    assert kept == {"works_well": "Läsningen.", "challenges": "", "causes": "", "look_into": ""}
    assert tuple(ANALYSIS.parts(kept)) == PARTS


def test_an_answer_may_be_long_but_not_longer():
    assert len(ANALYSIS.checked({"causes": "å" * LONGEST_TEXT})["causes"]) == LONGEST_TEXT
    with pytest.raises(BadInput, match="20001"):
        ANALYSIS.checked({"causes": "å" * (LONGEST_TEXT + 1)})


ROW = {"name": "Frånvaro över 10 %", "school_year": "2024/25", "value": "12,50", "unit": "%", "source": "Skola24"}


def test_figures_are_kept_as_written_with_a_decimal_point():
    kept = FIGURES.checked({"rows": [ROW]})
    assert kept == {"rows": [{**ROW, "value": "12.50"}]}
    assert FIGURES.parts(kept) == {"rows": "Frånvaro över 10 %, 2024/25: 12,50\u00a0% (Skola24)"}
    assert FIGURES.checked(kept) == kept, "what has been kept can be saved again"


def test_figures_that_cannot_be_read_are_not_kept():
    with pytest.raises(BadInput, match="Rad 2: ”hög” är inget tal"):
        FIGURES.checked({"rows": [ROW, {**ROW, "name": "Trivsel", "value": "hög"}]})


def test_there_is_nothing_to_share_in_an_empty_paper():
    assert ANALYSIS.is_empty(ANALYSIS.checked({}))
    assert not ANALYSIS.is_empty(ANALYSIS.checked({"causes": "Vi vet inte än."}))
    assert FIGURES.is_empty(FIGURES.checked({"rows": []}))
    assert not FIGURES.is_empty(FIGURES.checked({"rows": [ROW]}))


def test_every_kind_has_a_rule():
    assert set(KINDS) == set(PaperKind)


VERSION = Version(
    paper="0b6f9a64-0c55-4b67-9c1e-0b3f6c1f2a10",
    place="2120009901-90000001",
    kind=PaperKind.OWN_ANALYSIS,
    school_year=SchoolYear(2024),
    number=3,
    title="Läget i höst 👍",
    contents={"works_well": "Åk 3 läser.\nMer än förr.", "causes": ""},
    written_at=datetime(2026, 11, 24, 9, 30, 0, 120, tzinfo=UTC),
)


def test_the_receipts_hash_is_that_of_the_file():
    assert sha256_of(VERSION) == hashlib.sha256(canonical(VERSION)).hexdigest()
    said = json.loads(canonical(VERSION))
    assert said["title"] == "Läget i höst 👍"
    assert said["school_year"] == "2024/25"
    assert said["contents"]["works_well"] == "Åk 3 läser.\nMer än förr."
    assert canonical(VERSION).endswith(b"}\n")


def test_the_same_version_is_the_same_bytes_however_it_has_been_stored():
    swapped = dict(reversed(VERSION.contents.items()))
    elsewhere = VERSION.written_at.astimezone(timezone(timedelta(hours=1)))
    assert canonical(replace(VERSION, contents=swapped, written_at=elsewhere)) == canonical(VERSION)


@pytest.mark.parametrize(
    "change",
    [
        {"number": 4},
        {"title": "Läget i höst"},
        {"place": "2120009901"},
        {"contents": {"works_well": "Åk 3 läser.", "causes": ""}},
        {"school_year": SchoolYear(2025)},
        {"written_at": VERSION.written_at + timedelta(microseconds=1)},
    ],
)
def test_whatever_differs_shows_in_the_hash(change):
    assert sha256_of(replace(VERSION, **change)) != sha256_of(VERSION)


def spelled(before: str, after: str) -> str:
    signs = {"same": "{}", "removed": "[-{}-]", "added": "[+{}+]"}
    return "".join(signs[piece.change].format(piece.text) for piece in pieces(before, after))


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        ("a b c", "a b c", "a b c"),
        ("", "ny text", "[+ny text+]"),
        ("gammal text", "", "[-gammal text-]"),
        ("vi läser bra", "vi läser mycket bra", "vi läser [+mycket +]bra"),
        ("vi läser bra", "vi skriver bra", "vi [-läser -][+skriver +]bra"),
        ("ett\ntvå\ntre\n", "ett\ntre\n", "ett\n[-två\n-]tre\n"),
        ("ett\nsamma", "ett\nny rad\nsamma", "ett\n[+ny rad\n+]samma"),
    ],
)
def test_what_has_changed(before, after, seen):
    assert spelled(before, after) == seen


@given(st.text(alphabet="ab \n"), st.text(alphabet="ab \n"))
def test_the_pieces_hold_both_texts_whole(before, after):
    found = pieces(before, after)
    assert "".join(piece.text for piece in found if piece.change != "added") == before
    assert "".join(piece.text for piece in found if piece.change != "removed") == after
    assert all(piece.text for piece in found)


def test_a_text_made_to_be_slow_counts_as_rewritten():
    before, after = "a " * 10_000, "b " + "a " * 9_998 + "c "
    found = pieces(before, after)
    assert "".join(piece.text for piece in found if piece.change != "added") == before
    assert len(found) < 5


def test_only_the_parts_that_differ_are_named():
    assert set(differences({"a": "x", "b": "y"}, {"a": "x", "b": "z"})) == {"b"}


def test_who_can_see_it_is_what_the_pages_say():
    """The words on the pages name these roles: when the tables change, the words must."""
    own = audience("2120009901")
    assert own.at_organiser == (Role.QUALITY_LEAD, Role.SUPERINTENDENT, Role.BOARD_MEMBER)
    assert own.at_unit == ()
    unit = audience("2120009901-90000001", ["spsm", "spsm"])
    assert unit.at_unit == (Role.PRINCIPAL,)
    assert unit.agencies == (Agency.SPSM,)
