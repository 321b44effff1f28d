"""The download opens in a Swedish spreadsheet, hides what is hidden, and is no formula."""

import csv
import io
from dataclasses import replace

import pytest

from styrkedjan.render import charts
from styrkedjan.render.downloads import COLUMNS, briefing_csv
from styrkedjan.render.printer import Printer
from styrkedjan.render.words import Words
from tests.core.briefing_spec import EDITION, FILE, MEASURES, MOVED, ORGANISER, SWEDEN, UNIT, briefing
from tests.world import catalogue

PRINTER = Printer(catalogue(), Words("sv", catalogue().words["sv"]), charts.PAPER)


def opened(content: bytes) -> list[dict[str, str]]:
    """The file as a spreadsheet set to Swedish opens it."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def row(content: bytes, place: str, measure_id: str) -> dict[str, str]:
    [found] = [each for each in opened(content) if each["platsnyckel"] == place and each["måttets id"] == measure_id]
    return found


def test_the_file_is_what_a_swedish_spreadsheet_expects():
    content = briefing_csv(briefing(), PRINTER)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n") == 1 + len(MEASURES) + 2 * 2
    assert tuple(opened(content)[0]) == COLUMNS
    assert "mått" in content.decode("utf-8-sig")


def test_a_number_has_a_decimal_comma_and_no_unit():
    content = briefing_csv(briefing(SWEDEN.replace("2024  400", "2024  12400")), PRINTER)
    assert row(content, ORGANISER.key, "grades")["värde"] == "75,0"
    assert row(content, ORGANISER.key, "grades")["riket"] == "80,0"
    assert row(content, ORGANISER.key, "pupil_count")["värde"] == "12400"
    assert row(content, ORGANISER.key, "grades")["läget"] == "lägre än riket"


@pytest.mark.parametrize(
    ("mark", "word"),
    [("..", "skyddat"), ("...", "nästan alla"), ("-", "redovisas inte"), (".", "saknas"), ("*", "gäller inte")],
)
def test_a_hidden_value_is_neither_zero_nor_blank(mark, word):
    content = briefing_csv(briefing(SWEDEN.replace("grades       2024  75", f"grades 2024 {mark}")), PRINTER)
    found = row(content, ORGANISER.key, "grades")
    assert (found["värde"], found["tecken"]) == (word, mark)
    assert found["tecknets betydelse"].endswith(".")


def test_a_hidden_value_of_riket_is_told_too():
    content = briefing_csv(briefing(SWEDEN.replace("grades       2024  80", "grades 2024 ..")), PRINTER)
    assert row(content, ORGANISER.key, "grades")["riket"] == "skyddat"
    assert row(content, ORGANISER.key, "other")["riket"] == "finns inte"


def test_no_cell_of_value_or_riket_is_ever_blank():
    for place in (ORGANISER, UNIT):
        for each in opened(briefing_csv(briefing(place=place), PRINTER)):
            assert each["värde"] and each["riket"]


def test_an_approximate_value_explains_itself():
    content = briefing_csv(briefing(SWEDEN.replace("grades       2024  75", "grades 2024 ~100")), PRINTER)
    found = row(content, ORGANISER.key, "grades")
    assert (found["värde"], found["tecken"]) == ("100,0", "~100")
    assert found["tecknets betydelse"].startswith("Värdet är ungefärligt")


def test_each_number_leads_back_to_its_cell():
    found = row(briefing_csv(briefing(), PRINTER), ORGANISER.key, "pupil_count")
    assert (found["källfil"], found["blad"], found["sha256"], found["utgåva"]) == ("fil.xlsx", "Blad", FILE.sha256, "v")
    assert found["cell"] == "B5"
    missing = row(briefing_csv(briefing(), PRINTER), ORGANISER.key, "other")
    assert (missing["källfil"], missing["cell"], missing["sha256"]) == ("", "", "")


def test_the_units_follow_with_their_own_values():
    content = briefing_csv(briefing(), PRINTER)
    assert row(content, UNIT.key, "pupil_count")["värde"] == "149"
    assert row(content, UNIT.key, "grades")["värde"] == "skyddat"
    assert row(content, MOVED.key, "grades")["värde"] == "finns inte"
    assert row(content, UNIT.key, "grades")["läget"] == "", "the organiser's position is not the unit's"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_name_is_never_taken_for_a_formula(start):
    evil = f'{start}HYPERLINK("http://x";"y")'
    edition = replace(EDITION, parts=(replace(FILE, name=evil, sheet=evil),))
    place = replace(ORGANISER, name=evil)
    content = briefing_csv(replace(briefing(), place=place, edition=edition), PRINTER)
    found = row(content, ORGANISER.key, "grades")
    for column in ("plats", "källfil", "blad"):
        assert found[column] == f"'{evil}"
    for each in opened(content):
        for column, text in each.items():
            assert text[:1] not in ("=", "+", "@", "\t", "\r"), column
            assert not text.startswith("-") or column == "tecken"


def test_semicolons_and_quotes_in_a_name_stay_in_their_cell():
    name = 'Skolan; "den" gamla'
    content = briefing_csv(replace(briefing(), place=replace(ORGANISER, name=name)), PRINTER)
    assert row(content, ORGANISER.key, "grades")["plats"] == name
