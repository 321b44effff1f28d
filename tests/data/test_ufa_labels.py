"""The words of Underlag för analys: place labels and measure labels."""

import dataclasses
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrkedjan.core.catalogue import StatisticsSource
from styrkedjan.core.refused import BrokenData, Spot
from styrkedjan.core.statistics import MarkTable, SchoolYear, Status
from styrkedjan.data.sources.ufa_labels import (
    PlaceLabel,
    label_of_place,
    match_measures,
    normalise,
    parse_place_label,
)

SOURCE = StatisticsSource(
    id="ufa_pahittad",
    name="Påhittat underlag",
    publisher="Ingen",
    licence="CC0 1.0",
    url="",
    school_form="grundskola",
    title="Underlag för analys för påhittad skola",
    sheet="Underlag för analys",
    marks=MarkTable("ufa_pahittad", {".": Status.MISSING, "..": Status.HIDDEN}),
    mark_words={},
    labels={
        "Elever: Antal elever": "pupil_count",
        "Elever: Andel (%) flickor": "girls_percent",
        "Delmål 2: Elevers upplevelse av trygghet (medelvärde)*": "safety",
        "Delmål 2: Elevers upplevelse av trygghet, index*": "safety",
        "Kostnader: Per elev": "cost_per_pupil",
    },
    absent={"cost_per_pupil": (2025,)},
)
LABELS = [*list(SOURCE.labels)[:3], "Kostnader: Per elev"]
SPOT = Spot("tabell.px", cell="dimension.variable")
YEAR = [SchoolYear(2024)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RIKET: TOTALT", PlaceLabel("00", "", "")),
        ("Riket:  totalt ", PlaceLabel("00", "", "")),
        ("ÅSELE SKOL AB (5560000001): HUVUDMAN", PlaceLabel("5560000001", "ÅSELE SKOL AB", "")),
        ("Åsele skol AB (5560000001): Huvudman", PlaceLabel("5560000001", "Åsele skol AB", "")),
        (
            "FRIA 48:AN (SVB) (5560000001): HUVUDMAN",
            PlaceLabel("5560000001", "FRIA 48:AN (SVB)", ""),
        ),
        (
            "ÖBY KOMMUN (2120009999): S:T PERS SKOLA (7-9) (12345678)",
            PlaceLabel("2120009999-12345678", "ÖBY KOMMUN", "S:T PERS SKOLA (7-9)"),
        ),
        (
            "HUVUDMAN AB (5560000001): SKOLENHET HUVUDMAN (12345678)",
            PlaceLabel("5560000001-12345678", "HUVUDMAN AB", "SKOLENHET HUVUDMAN"),
        ),
        (
            "AB (5560000001): SKOLA: HUVUDMAN (12345678)",
            PlaceLabel("5560000001-12345678", "AB", "SKOLA: HUVUDMAN"),
        ),
        (
            "AB (5560000001): F.D. X (2120009999): HUVUDMAN (12345678)",
            PlaceLabel("5560000001-12345678", "AB", "F.D. X (2120009999): HUVUDMAN"),
        ),
        (
            "ÖBY\xa0KOMMUN (2120009999):  SKOLA   F-6 (12345678)",
            PlaceLabel("2120009999-12345678", "ÖBY KOMMUN", "SKOLA F-6"),
        ),
    ],
)  # fmt: skip
def test_place_labels(text: str, expected: PlaceLabel) -> None:
    assert parse_place_label(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RIKET",
        "ÖBY KOMMUN",
        "ÖBY KOMMUN (212000999): HUVUDMAN",
        "(2120009999): HUVUDMAN",
        "ÖBY KOMMUN (2120009999): SKOLA",
        "ÖBY KOMMUN (2120009999): SKOLA (1234567)",
        "ÖBY KOMMUN (2120009999): SKOLA (12345678) X",
        "ÖBY KOMMUN (٢١٢٠٠٠٩٩٩٩): HUVUDMAN",
    ],
)
def test_what_is_no_place_label(text: str) -> None:
    assert parse_place_label(text) is None


NAME = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1).map(normalise).filter(bool)


@given(unit=NAME, code=st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_any_school_name_comes_back_whole(unit: str, code: str) -> None:
    label = parse_place_label(f"PÅHITTAD AB (5560000001): {unit} ({code})")
    assert label == PlaceLabel(f"5560000001-{code}", "PÅHITTAD AB", unit)


def test_normalise_joins_white_space_and_composes_letters() -> None:
    assert normalise("  La\u0308rare,\n andel\u00a0(%) ") == "Lärare, andel (%)"


@pytest.mark.parametrize(
    ("place", "text", "expected"),
    [
        ("00", "Riket totalt", ("", "")),
        ("00", "00", ("", "")),
        ("2120009999", "Öby kommun", ("Öby kommun", "")),
        ("2120009999", "Öby kommun: huvudman", ("Öby kommun", "")),
        ("2120009999", "Öby kommun [2120009999]", ("Öby kommun", "")),
        ("2120009999-12345678", "Öby skola", ("Öby kommun", "Öby skola")),
        ("2120009999-12345678", "Öby skola (12345678)", ("Öby kommun", "Öby skola")),
        ("2120009999-12345678", "Öby skola [2120009999-12345678]", ("Öby kommun", "Öby skola")),
        ("2120009999-12345678", "ÖBY KOMMUN: Öby skola", ("Öby kommun", "Öby skola")),
        ("2120009999-12345678", "ÖBY KOMMUN (2120009999): Öby skola", ("Öby kommun", "Öby skola")),
        ("2120009999-12345678", "S:t Pers skola: norra", ("Öby kommun", "S:t Pers skola: norra")),
        ("5560000001-12345678", "Okänd AB: Öby skola", ("Okänd AB", "Öby skola")),
        ("5560000001-12345678", "Öby skola", ("", "Öby skola")),
    ],
)
def test_labels_without_the_codes(place: str, text: str, expected: tuple[str, str]) -> None:
    label = label_of_place(place, text, {"2120009999": "Öby kommun"}, SPOT)
    assert (label.place, label.organiser_label, label.unit_label) == (place, *expected)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("2120009999", "ÖBY KOMMUN (2120009998): HUVUDMAN"),
        ("2120009999-12345678", "ÖBY KOMMUN (2120009999): SKOLA (12345679)"),
        ("2120009999-12345678", "Öby skola (12345679)"),
        ("2120009999", "2120009999"),
        ("2120009999", " "),
        ("2120009999-12345678", "(12345678)"),
    ],
)
def test_a_label_that_names_another_place_or_none_is_refused(place: str, text: str) -> None:
    with pytest.raises(BrokenData, match=r"tabell\.px, cell dimension\.variable"):
        label_of_place(place, text, {}, SPOT)


def test_measures_are_matched_on_text_whatever_their_order() -> None:
    printed = [label.replace(" ", "  ", 1) for label in reversed(LABELS)]
    matched = match_measures(printed, SOURCE, YEAR, SPOT)
    assert list(matched) == printed
    assert list(matched.values()) == ["cost_per_pupil", "safety", "girls_percent", "pupil_count"]


def test_an_unknown_measure_is_refused_with_the_closest_known() -> None:
    with pytest.raises(BrokenData) as caught:
        match_measures(
            [*LABELS, "Elever: Andel flickor"], SOURCE, YEAR, lambda at: Spot("a.xlsx", "Blad", f"A{at + 5}")
        )
    message = str(caught.value)
    assert message.startswith("a.xlsx, bladet ”Blad”, cell A9: okänt mått: ”Elever: Andel flickor”")
    assert "liknar ”Elever: Andel (%) flickor”" in message
    assert "catalogue/sources.yaml" in message
    assert "Inget har ändrats" in message


def test_many_unknown_measures_are_counted_not_listed() -> None:
    with pytest.raises(BrokenData, match=r"7 okända mått: .* och 2 till") as caught:
        match_measures([*LABELS, *(f"Qqq{n} zzz" for n in range(7))], SOURCE, YEAR, SPOT)
    assert "liknar inget känt mått" in str(caught.value)


def test_a_vanished_measure_is_refused_unless_the_year_never_had_it() -> None:
    with pytest.raises(BrokenData, match=r"mått saknas för läsåret 2024/25: ”Kostnader: Per elev” \(cost_per_pupil\)"):
        match_measures(LABELS[:3], SOURCE, [SchoolYear(2025), SchoolYear(2024)], SPOT)
    assert len(match_measures(LABELS[:3], SOURCE, [SchoolYear(2025)], SPOT)) == 3
    assert len(match_measures(LABELS, SOURCE, [SchoolYear(2025)], SPOT)) == 4


def test_no_label_at_all_is_refused() -> None:
    with pytest.raises(BrokenData, match="mått saknas"):
        match_measures([], SOURCE, YEAR, SPOT)


def test_two_labels_of_one_measure_are_refused() -> None:
    doubled = [*LABELS, "Delmål 2: Elevers upplevelse av trygghet, index*"]
    with pytest.raises(BrokenData, match=r"safety finns två gånger: ”.*medelvärde.*” och ”.*index\*”"):
        match_measures(doubled, SOURCE, YEAR, SPOT)


def test_the_asterisk_of_the_school_survey_is_part_of_the_label() -> None:
    bare = [label.rstrip("*") for label in LABELS]
    with pytest.raises(BrokenData, match="okänt mått"):
        match_measures(bare, SOURCE, YEAR, SPOT)
    mapped = dataclasses.replace(SOURCE, labels=SOURCE.labels | {bare[2]: "safety"})
    assert match_measures(bare, mapped, YEAR, SPOT)[bare[2]] == "safety"


@pytest.mark.real
def test_every_label_of_the_official_workbook_is_understood() -> None:
    from python_calamine import CalamineWorkbook

    shared = Path(os.environ.get("STYRKEDJAN_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
    path = shared / "skolverket-ufa-grundskola" / "Underlag_for_analys.xlsx"
    if not path.exists():
        pytest.skip("the official workbook is not here")
    labels = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[2][1:]
    parsed = [parse_place_label(str(label)) for label in labels]
    places = [label.place for label in parsed if label]
    assert len(places) == len(set(places)) == len(labels) == 5_992
    assert sum(len(place) == 10 for place in places) == 875
    assert sum(bool(re.fullmatch(r"\d{10}-\d{8}", place)) for place in places) == 5_116
