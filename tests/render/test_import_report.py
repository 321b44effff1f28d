"""The import report in words: counts, names and changes, in Swedish and in the right number."""

from dataclasses import replace

import pytest

from styrkedjan.core.statistics import Change, Counted, ImportReport
from styrkedjan.render.import_report import MOST_PLACES, PrintedReport, ReportSection, printed_report
from styrkedjan.render.words import Words
from tests.world import SOURCE, catalogue

SV = Words("sv", catalogue().words["sv"])
COUNTED = Counted(49, 5992, 875, 5103, 5116, 115273, {".": 137605, "..": 25225, "...": 1, "-": 3243}, ("2024/25",))
EMPTY = ImportReport(
    file="fil.xlsx",
    sha256="ab" * 32,
    source=SOURCE,
    counted=COUNTED,
    new_places=(),
    gone_places=(),
    compared_with="",
    moved={},
    change_count=0,
    changes=(),
    jump_count=0,
    jumps=(),
    extra_decimals={},
)
NAMES = {"2120009901": "Ekdalens kommun", "5569990001": "Björk AB", "2120009901-90000001": "Ekskolan"}


def printed(**changes) -> PrintedReport:
    return printed_report(replace(EMPTY, **changes), catalogue(), NAMES, SV)


def section(title: str, **changes) -> ReportSection:
    [found] = [each for each in printed(**changes).sections if each.title == title]
    return found


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


def test_the_counts_are_all_there():
    assert [(label, plain(value)) for label, value in printed().facts] == [
        ("Fil", "fil.xlsx"),
        ("SHA-256", "ab" * 32),
        ("Läsår", "2024/25"),
        ("Mått", "49"),
        ("Kolumner", "5 992"),
        ("Huvudmän", "875"),
        ("Skolenhetskoder", "5 103"),
        ("Kolumner med skolenheter", "5 116"),
        ("Tal", "115 273"),
        ("Tecken . (saknas)", "137 605"),
        ("Tecken .. (skyddat)", "25 225"),
        ("Tecken ... (nästan alla)", "1"),
        ("Tecken - (redovisas inte)", "3 243"),
    ]


def test_a_report_with_nothing_to_compare_with_says_so():
    for title in ("Nya sedan förra gången", "Borta sedan förra gången"):
        assert section(title).text == "Inget tidigare läsår är inläst, så det finns inget att jämföra med."


# title, field, no places, one, several
PLACES = [
    (
        "Nya sedan förra gången",
        "new_places",
        "Alla platser i filen finns för 2023/24 i den förra utgåvan.",
        "En plats i filen finns inte för 2023/24 i den förra utgåvan.",
    ),
    (
        "Borta sedan förra gången",
        "gone_places",
        "Alla platser som den förra utgåvan har för 2023/24 finns kvar.",
        "En plats som den förra utgåvan har för 2023/24 finns inte i den här filen.",
    ),
]


@pytest.mark.parametrize(("title", "field", "none", "one"), PLACES)
def test_new_and_gone_places_are_named_and_counted(title, field, none, one):
    assert section(title, compared_with="2023/24").text == none
    single = section(title, compared_with="2023/24", **{field: ("2120009901",)})
    assert (single.text, single.rows) == (one, ("Ekdalens kommun (2120009901)",))
    many = tuple(f"{number:010d}" for number in range(1_234))
    several = section(title, compared_with="2023/24", **{field: many})
    assert plain(several.text).startswith("1 234 platser")
    assert len(several.rows) == MOST_PLACES + 1 and plain(several.rows[-1]) == "… och 1 214 till"
    assert several.rows[0] == "0000000000 (0000000000)", "a place without a known name is told by its key"


def test_moved_units_are_told_with_both_organisers():
    moved = section("Bytt huvudman", moved={"90000001": ("2120009901", "5569990001")})
    assert moved.text.startswith("En skolenhetskod står under två huvudmän")
    assert moved.rows == ("Ekskolan (90000001): Ekdalens kommun och Björk AB",)
    assert section("Bytt huvudman").text == "Ingen skolenhetskod står under två huvudmän."
    two = {"90000001": ("2120009901", "5569990001"), "90000002": ("2120009901", "5569990001")}
    assert section("Bytt huvudman", moved=two).text.startswith("2 skolenhetskoder står under")


CHANGES = [
    (("7.9", "8.1"), "7,9 blev 8,1"),
    (("..", "12.345"), ".. blev 12,345"),
    (("138700", "."), "138700 blev ."),
    (("...", "-"), "... blev -"),
    (("~100", "99.5"), "~100 blev 99,5"),
]


@pytest.mark.parametrize(("texts", "expected"), CHANGES)
def test_a_change_is_told_before_and_after_with_decimal_commas(texts, expected):
    change = Change("2120009901", "pupil_count", 2024, *texts)
    [told] = section("Ändrade uppgifter för samma läsår", change_count=1, changes=(change,)).rows
    assert told == f"Ekdalens kommun, Antal elever, 2024/25: {expected}"


@pytest.mark.parametrize(
    ("title", "kind", "one"),
    [
        ("Ändrade uppgifter för samma läsår", "change", "En uppgift skiljer sig från den förra utgåvan."),
        ("Stora ändringar sedan läsåret före", "jump", "En uppgift har ändrats mer än måttets egen gräns."),
    ],
)
def test_changes_are_counted_in_the_singular_and_the_plural(title, kind, one):
    change = Change("00", "pupil_count", 2024, "1", "2")
    single = section(title, **{f"{kind}_count": 1, f"{kind}s": (change,)})
    assert single.text.startswith(one) and single.rows[0].startswith("riket, ")
    many = section(title, **{f"{kind}_count": 1_500, f"{kind}s": (change,) * 12})
    assert plain(many.text).startswith("1 500 uppgifter") and plain(many.rows[-1]) == "… och 1 488 till"
    assert len(many.rows) == 13


def test_finer_numbers_have_a_section_only_when_there_are_some():
    assert "Fler decimaler än väntat" not in [each.title for each in printed().sections]
    assert section("Fler decimaler än väntat", extra_decimals={"pupil_count": 3}).rows[0].endswith(": 3")
