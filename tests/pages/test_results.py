"""The pages of results, under the database's walls: the chain view, rounds, files and the disclosure report."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from styrkedjan.core.access import Role
from tests.people import browser, someone
from tests.released_answers import FACTOR, NOW, ROWS, TAUGHT, campaign, cell, group, own, plenty, released, stored
from tests.world import LILLAN, STORKOPING

pytestmark = pytest.mark.database

UNIT, OTHER = f"{STORKOPING}-90000001", f"{STORKOPING}-90000002"


@pytest.fixture(autouse=True)
def inside(world, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def lead(place: str = STORKOPING):
    return browser(someone(Role.QUALITY_LEAD, place))


def text_of(response) -> str:
    """What the page says: its main part without tags, in one line."""
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def address(place: str, key: object, page: str = "resultat/") -> str:
    return f"/{'skolenhet' if '-' in place else 'huvudman'}/{place}/sjalvvardering/{key}/{page}"


def mixed_unit():
    """A unit in which every state is found: shown, bands, gathered, position, too few, protected and no answers."""
    told = ("0 1 4 12 6", "6 9 8", "high", "~~", "..", "--")
    cells = [cell("teaching", row, each) for row, each in zip(TAUGHT, told, strict=True)]
    cells += [cell("principal", row, "p 0 0 0 1 0") for row in ROWS[:1]]
    groups = [group("principal", 1, 1, "position"), group("teaching", 30, 23)]
    return released(UNIT, groups, cells, (("teaching", ROWS[0], "<b>Mer</b> tid."),))


def test_each_state_is_shown_and_explained():
    key = stored(campaign(), plenty(STORKOPING, 1), mixed_unit())
    page = browser(someone(Role.PRINCIPAL, UNIT)).get(address(UNIT, key))
    said = text_of(page)
    assert "Samma fråga, tre nivåer" in said
    assert "23 svar, mitten i hög grad svaren liknar varandra" in said
    assert "Ställningstagande: i hög grad" in said and "Så få har rollen att svaren inte är anonyma." in said
    assert "Stegen visas i tre grupper" in said
    assert "Nästan alla svar: i hög grad eller helt och hållet" in said
    assert "Svaren är skyddade:" in said and "Färre än fem har svarat." in said and "Ingen har svarat" in said
    assert "Svaren är hela huvudmannens. De hör inte till någon enhet." in said
    assert "&lt;b&gt;Mer&lt;/b&gt; tid." in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store, private"


def test_a_gap_is_said_in_pairs_and_asked_about():
    release = released(
        UNIT,
        [group("organiser", 24, 20), group("teaching", 160, 143)],
        [cell("organiser", ROWS[0], "0 0 1 9 10"), cell("teaching", ROWS[0], "9 31 52 40 11")],
    )
    said = text_of(lead().get(address(UNIT, stored(campaign(rows=ROWS[:1]), release))))
    assert said.count("Nivåerna ser olika på detta.") == 2, "one row is its own finding"
    assert re.search(r"I \d\d av 100 slumpvisa par ger huvudmannanivån ett högre svar än undervisningsnivån", said)
    assert "Vad ser huvudmannanivån som undervisningsnivån inte ser, och tvärtom?" in said


def test_the_organisers_page_lists_units_by_name_without_any_number():
    key = stored(campaign(), plenty(STORKOPING, 1), mixed_unit(), plenty(OTHER, 4))
    page = lead().get(address(STORKOPING, key)).content.decode()
    listed = page.split('class="unit-links"')[1].split("</ul>")[0]
    assert re.findall(r">([^<]+)</a>", listed) == ["Storskolan 1", "Storskolan 2"]
    assert not re.search(r"\d+ svar|procent|\d,\d", listed)
    for trick in ("?sort=enighet", "?enheter=1", "?ordning=mitten&enhet=alla"):
        assert lead().get(address(STORKOPING, key) + trick).content.decode().count("unit-links") == 1
        sorted_ = lead().get(address(STORKOPING, key) + trick).content.decode().split('class="unit-links"')[1]
        assert sorted_.split("</ul>")[0] == listed


def test_every_chart_has_its_table():
    key = stored(campaign(), mixed_unit())
    page = lead().get(address(UNIT, key)).content.decode()
    table = page.split("Visa som tabell")[1].split("</table>")[0]
    assert [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr>.*?</tr>", table, re.S)][2] == (
        "Undervisning 0 1 4 12 6 0 0 20–49 i hög grad 0,60"
    )
    assert table.count("<tr>") == 1 + sum(len(row.split("lane__chart")) - 1 for row in page.split('id="rad-')[1:])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"opens_at": NOW + timedelta(days=800), "closes_at": NOW + timedelta(days=900)}, "har inte öppnat än"),
        ({"closes_at": NOW + timedelta(days=900)}, "Svaren visas när självvärderingen har stängt"),
        ({}, "Svaren väntar på att räknas"),
    ],
)
def test_before_counting_the_page_says_how_far_it_has_come(changes, said):
    key = stored(campaign(counted_at=None, **changes), plenty(STORKOPING, 1))
    found = text_of(lead().get(address(STORKOPING, key)))
    assert said in found and "0 av 190 har svarat" in found
    assert "mitten" not in found


def test_a_campaign_of_a_unit_has_no_result_at_the_organiser():
    key = stored(campaign(place=UNIT), mixed_unit())
    assert "Här finns inget eget resultat" in text_of(lead().get(address(STORKOPING, key)))


@pytest.mark.parametrize(
    "page", ["resultat/", "resultat/over-tid/", "resultat.csv", "resultat.xlsx", "rojandekontroll/"]
)
def test_a_stranger_finds_nothing(page):
    key = stored(campaign(), plenty(STORKOPING, 1), mixed_unit())
    assert lead().get(address(STORKOPING, key, page)).status_code == 200
    assert lead(LILLAN).get(address(STORKOPING, key, page)).status_code == 404
    assert browser(someone(Role.PRINCIPAL, OTHER)).get(address(UNIT, key, page)).status_code == 403
    assert browser(someone(Role.STAFF_MEMBER, UNIT)).get(address(UNIT, key, page)).status_code == 403
    assert browser().get(address(STORKOPING, key, page)).status_code == 302


def files(place: str, key: object) -> tuple[list[dict[str, str]], list[list[object]], pl.DataFrame]:
    client = lead()
    text = client.get(address(place, key, "resultat.csv")).content.decode("utf-8-sig")
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(address(place, key, "resultat.xlsx")).content))
    frame = pl.read_parquet(client.get(address(place, key, "resultat.parquet")).content)
    return list(csv.DictReader(io.StringIO(text), delimiter=";")), book.get_sheet_by_name("Resultat").to_python(), frame


def test_files_hold_one_place_its_states_in_words_and_where_it_comes_from():
    key = stored(campaign(own_statements=own("=1+1")), plenty(STORKOPING, 1), mixed_unit(), plenty(OTHER, 4))
    rows, sheet, frame = files(UNIT, key)
    assert {row["platsnyckel"] for row in rows} == {UNIT} == set(frame["platsnyckel"].to_list())
    assert {row["nivå"] for row in rows} == {"Rektor", "Undervisning"}, "the organiser's own answers are not the unit's"
    by_row = {row["radens id"]: row for row in rows if row["nivå"] == "Undervisning"}
    assert by_row[TAUGHT[0]]["4 I hög grad"] == "12" and by_row[TAUGHT[0]]["antal svar"] == "23"
    assert by_row[TAUGHT[1]]["4 I hög grad"] == "i tre grupper"
    assert by_row[TAUGHT[1]]["grupp: i hög grad eller helt och hållet"] == "8"
    for hidden, word in ((2, "nästan alla lika"), (3, "skyddat"), (4, "för få svar"), (5, "inga svar")):
        told = by_row[TAUGHT[hidden]]
        assert (told["1 Inte alls"], told["antal svar"], told["enighet"]) == (word, word, word)
        only = frame.filter((pl.col("radens id") == TAUGHT[hidden]) & (pl.col("nivå") == "Undervisning"))
        assert only["antal svar"].to_list() == [None] and only["läge"].to_list() == [word]
    assert by_row[TAUGHT[0]]["utgåva"] == "2026-1" and by_row[TAUGHT[0]]["omgångens nyckel"] == str(key)
    assert len(sheet) == len(rows) + 1 == frame.height + 1
    assert by_row["own.1"]["rad"] == "'=1+1", "no spreadsheet takes it for a formula"
    assert any("=1+1" in line for line in sheet), "in a workbook a text is a text"


def test_answers_outside_the_scale_that_are_not_told_are_nowhere_a_nought():
    untold = cell("teaching", FACTOR, "0 2 8 24 12") | {"outside_told": False}
    told = cell("teaching", ROWS[0], "0 1 4 12 6", {"dont_know": 3})
    key = stored(campaign(), released(UNIT, [group("teaching", 30, 26)], [told, untold]))
    rows, _, frame = files(UNIT, key)
    by_row = {row["radens id"]: row for row in rows}
    assert (by_row[ROWS[0]]["Vet inte / ser inte"], by_row[ROWS[0]]["Inte relevant för oss"]) == ("3", "0")
    assert by_row[FACTOR]["Vet inte / ser inte"] == by_row[FACTOR]["Inte relevant för oss"] == "skyddat"
    assert by_row[FACTOR]["4 I hög grad"] == "24"
    assert frame.filter(pl.col("radens id") == FACTOR)["Vet inte / ser inte"].to_list() == [None]


def test_a_file_names_the_place_and_the_campaign():
    key = stored(campaign(), mixed_unit())
    told = lead().get(address(UNIT, key, "resultat.xlsx")).headers
    assert told["Content-Disposition"] == 'attachment; filename="storskolan-1-sjalvvardering-hosten-2026.xlsx"'


def test_there_is_no_file_before_counting():
    key = stored(campaign(counted_at=None), plenty(STORKOPING, 1))
    for ending in ("csv", "xlsx", "parquet"):
        response = lead().get(address(STORKOPING, key, f"resultat.{ending}"))
        assert response.status_code == 409 and "Svaren är inte räknade än" in text_of(response)


def test_rounds_stand_beside_each_other_and_changed_words_are_said():
    first = campaign(title="Första", rows=ROWS[:1], closes_at=NOW - timedelta(days=700))
    second = campaign(title="Andra", previous=first.key, closes_at=NOW - timedelta(days=400))
    stored(first, plenty(STORKOPING, 1, ROWS[:1]))
    stored(second, plenty(STORKOPING, 2))
    key = stored(campaign(previous=second.key), plenty(STORKOPING, 3))
    said = text_of(lead().get(address(STORKOPING, key, "resultat/over-tid/")))
    assert "3 omgångar, den äldsta först" in said
    assert re.search(r"december 2024 .*?oktober 2025 .*?november 2026", said)
    assert "Raden var inte med." in said
    alone = text_of(lead().get(address(STORKOPING, stored(campaign(), plenty(STORKOPING, 3)), "resultat/over-tid/")))
    assert "Det finns ingen tidigare omgång att jämföra med" in alone


def test_the_disclosure_report_is_in_words():
    key = stored(campaign(), plenty(STORKOPING, 1))
    said = text_of(lead().get(address(STORKOPING, key, "rojandekontroll/")))
    assert "105, varav 94 visas" in said
    assert "Skyddade för sin egen skull 7" in said and "Skyddade för andras skull 4" in said
    assert "ett spann på 6" in said and "1,3 sekunder" in said and "exakt:" in said


def test_one_person_is_told_as_one_person_in_a_factor_as_a_whole():
    cells = [cell("principal", row, f"p 0 {number % 2} 0 0 {1 - number % 2}") for number, row in enumerate(ROWS)]
    high = len(ROWS) - len(ROWS) // 2
    cells.append(cell("principal", FACTOR, f"p 0 {len(ROWS) - high} 0 0 {high}"))
    key = stored(campaign(), released(UNIT, [group("principal", 1, 1, "position")], cells))
    reader = browser(someone(Role.PRINCIPAL, UNIT))
    said = text_of(reader.get(address(UNIT, key)))
    assert f"Svar på {len(ROWS)} rader från en person: " in said
    assert (
        "ställningstaganden" not in said and ", mitten" not in said and "spridda " not in said.split("Hela faktorn")[1]
    )
    content = reader.get(address(UNIT, key, "resultat.csv")).content.decode("utf-8-sig")
    whole = next(row for row in csv.DictReader(io.StringIO(content), delimiter=";") if row["rad"] == "hela faktorn")
    assert whole["enighet"] == whole["mitten"] == "ställningstagande"
    assert whole["förklaring"] == f"svar på {len(ROWS)} rader från en person"


def test_the_same_question_of_two_rows_is_asked_once():
    told = [
        cell(level, row, each)
        for row in ROWS[:2]
        for level, each in (("organiser", "0 0 1 9 10"), ("teaching", "9 31 52 40 11"))
    ]
    release = released(UNIT, [group("organiser", 24, 20), group("teaching", 160, 143)], told)
    page = lead().get(address(UNIT, stored(campaign(rows=ROWS[:2]), release))).content.decode()
    question = "Vad ser huvudmannanivån som undervisningsnivån inte ser, och tvärtom?"
    assert page.count(question) == 1
    item = page.split(question)[1].split("</li>")[0]
    assert [f"#rad-{row}" in item for row in ROWS[:2]] == [True, True]
