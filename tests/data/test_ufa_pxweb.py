"""Underlag för analys from the statistics database: fetched, landed, and read into the same table as the workbook."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import xlsxwriter

from styrkedjan.core.catalogue import StatisticsSource
from styrkedjan.core.refused import BadInput, BrokenData, NotFound
from styrkedjan.core.statistics import TIDY_COLUMNS, TIDY_PLACE_COLUMNS, MarkTable, SchoolYear, Status, Tidy
from styrkedjan.data.sources import ufa_pxweb
from styrkedjan.data.sources.pxweb import PxWebClient
from styrkedjan.data.sources.ufa_pxweb import fetch, land_fetched, read_answers, read_landed
from styrkedjan.data.sources.ufa_workbook import read_workbook
from tests.data.pxweb_server import FakeTime, Server, Table, serving

PUPILS, GIRLS, SAFETY = (
    "Elever: Antal elever",
    "Elever: Andel (%) flickor",
    "Delmål 2: Elevers upplevelse av trygghet (medelvärde)*",
)
SOURCE = StatisticsSource(
    id="ufa_grundskola",
    name="Påhittat underlag",
    publisher="Ingen",
    licence="CC0 1.0",
    url="",
    school_form="grundskola",
    title="Underlag för analys för grundskola efter mått, huvudman och läsår",
    sheet="Underlag för analys",
    marks=MarkTable(
        "ufa_grundskola",
        {
            ".": Status.MISSING,
            "..": Status.HIDDEN,
            "...": Status.MAJORITY,
            "-": Status.BELOW_RULES,
            "ca": Status.APPROXIMATE,
        },
    ),
    mark_words={},
    labels={PUPILS: "pupil_count", GIRLS: "girls_percent", SAFETY: "safety"},
    absent={},
)
PLACES = {
    "00": "RIKET: TOTALT",
    "2120009999": "ÖBY KOMMUN (2120009999): HUVUDMAN",
    "5560000001": "FRIA 48:AN (SVB) (5560000001): HUVUDMAN",
    "2120009999-12345678": "ÖBY KOMMUN (2120009999): S:T PERS SKOLA (7-9) (12345678)",
    "5560000001-12345678": "FRIA 48:AN (SVB) (5560000001): S:T PERS SKOLA (7-9) (12345678)",
}
YEARS = (2022, 2023, 2024)
FIGURES: dict[tuple[str, str], list[float | int | str]] = {
    (PUPILS, "00"): [1_000_000, 1_000_100, 1_000_200],
    (PUPILS, "2120009999"): [500, 0, 498],
    (PUPILS, "5560000001"): [".", 61, ".."],
    (PUPILS, "2120009999-12345678"): [120, 118, "."],
    (PUPILS, "5560000001-12345678"): [".", ".", 117],
    (GIRLS, "00"): [48.5, 48.6, 48.7],
    (GIRLS, "2120009999"): [49.25, 50.0, "..."],
    (GIRLS, "5560000001"): [".", "..", ".."],
    (GIRLS, "2120009999-12345678"): [51.1, 0.0, "."],
    (GIRLS, "5560000001-12345678"): [".", ".", "..."],
    (SAFETY, "00"): [7.9, 8.0, 8.2],
    (SAFETY, "2120009999"): [7.5, "-", 8.1],
    (SAFETY, "5560000001"): [".", "-", "-"],
    (SAFETY, "2120009999-12345678"): ["-", 8.8, "."],
    (SAFETY, "5560000001-12345678"): [".", ".", 9.4],
}
CELLS = {(m, p, year): cell for (m, p), row in FIGURES.items() for year, cell in zip(YEARS, row, strict=True)}
TABLE = Table(SOURCE.title, {"0": PUPILS, "1": GIRLS, "24": SAFETY}, PLACES, YEARS, CELLS, notes=("En not.",))
MEANING = ["place", "measure", "school_year", "status", "value", "mark"]


def meaning(tidy: Tidy) -> pl.DataFrame:
    """What the table says, without where in its source each thing stood."""
    return tidy.observations.select(MEANING).sort("place", "measure", "school_year")


def by_hand() -> pl.DataFrame:
    rows = [
        (
            place,
            SOURCE.labels[measure],
            year,
            int(SOURCE.marks.status(cell) if isinstance(cell, str) else Status.VALUE),
            None if isinstance(cell, str) else float(cell),
            cell if isinstance(cell, str) else None,
        )
        for (measure, place, year), cell in CELLS.items()
    ]
    schema = {name: TIDY_COLUMNS[name] for name in MEANING}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("place", "measure", "school_year")


def workbook() -> bytes:
    """The same figures laid out as the official Excel file: places across, measures down."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet(SOURCE.sheet)
    sheet.write_string(0, 0, SOURCE.title)
    columns = [(place, year) for place in PLACES for year in YEARS]
    for at, (place, year) in enumerate(columns, start=1):
        sheet.write_string(2, at, PLACES[place])
        sheet.write_string(3, at, str(SchoolYear(year)))
    for down, measure in enumerate(TABLE.measures.values(), start=4):
        sheet.write_string(down, 0, measure)
        for at, (place, year) in enumerate(columns, start=1):
            sheet.write(down, at, CELLS[(measure, place, year)])
    sheet.write_string(8, 0, "En not.")
    book.close()
    return content.getvalue()


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def server(time: FakeTime) -> Iterator[Server]:
    with serving(TABLE, time.clock, longest_list=4) as running:
        yield running


@pytest.fixture
def factory(time: FakeTime) -> Callable[[str], PxWebClient]:
    return lambda base: PxWebClient(base, clock=time.clock, sleep=time.sleep)


Factory = Callable[[str], PxWebClient]


def test_a_fetched_table_says_what_the_figures_say(server: Server, factory: Factory) -> None:
    fetched = fetch(server.table_url, SOURCE, client_factory=factory)
    tidy = read_answers(fetched.answers, fetched.url, SOURCE)
    assert meaning(tidy).equals(by_hand())
    assert tidy.observations.schema == TIDY_COLUMNS
    assert tidy.places.schema == TIDY_PLACE_COLUMNS
    assert tidy.school_years == (SchoolYear(2022), SchoolYear(2023), SchoolYear(2024))
    assert (tidy.source, tidy.title, tidy.sheet, tidy.notes) == (SOURCE.id, SOURCE.title, "", ("En not.",))
    assert tidy.measure_labels == {"pupil_count": PUPILS, "girls_percent": GIRLS, "safety": SAFETY}
    assert tidy.places.rows() == [
        ("00", "", ""),
        ("2120009999", "ÖBY KOMMUN", ""),
        ("5560000001", "FRIA 48:AN (SVB)", ""),
        ("2120009999-12345678", "ÖBY KOMMUN", "S:T PERS SKOLA (7-9)"),
        ("5560000001-12345678", "FRIA 48:AN (SVB)", "S:T PERS SKOLA (7-9)"),
    ]


def test_the_workbook_and_the_api_give_the_same_table(server: Server, factory: Factory) -> None:
    api = read_answers(fetch(server.table_url, SOURCE, client_factory=factory).answers, "tabell.px", SOURCE)
    excel = read_workbook(workbook(), "Underlag.xlsx", SOURCE)
    assert meaning(api).equals(meaning(excel))
    assert meaning(excel).equals(by_hand())
    assert api.places.equals(excel.places)
    assert (api.measure_labels, api.title, api.source) == (excel.measure_labels, excel.title, excel.source)


def test_a_table_of_real_width_is_one_call_a_year_and_every_call_is_kept(server: Server, factory: Factory) -> None:
    measures = {str(n): f"Mått {n}" for n in range(49)}
    places = {str(5560000000 + n): f"PÅHITTAD {n} AB ({5560000000 + n}): HUVUDMAN" for n in range(50)}
    cells = {(measure, place, year): 1 for measure in measures.values() for place in places for year in YEARS}
    server.table = Table(SOURCE.title, measures, places, YEARS, cells)
    server.longest_list = 49
    told: list[tuple[int, int]] = []
    fetched = fetch(server.table_url, SOURCE, progress=lambda *now: told.append(now), client_factory=factory)
    queries = [query for _method, _path, query in server.calls]
    assert queries[0] is None
    assert [[part["selection"]["values"] for part in query["query"]] for query in queries[1:] if query] == [
        [[*measures], ["20000"], [str(year)]] for year in YEARS
    ]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [json.loads(request) for request in fetched.requests[1:]] == queries[1:]
    labels = {label: f"measure_{code}" for code, label in measures.items()}
    tidy = read_answers(fetched.answers, "t", replace(SOURCE, labels=labels))
    assert tidy.observations.height == len(cells)


def test_a_wide_table_is_fetched_in_parts_and_put_together(
    server: Server, factory: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_answers(fetch(server.table_url, SOURCE, client_factory=factory).answers, "t", SOURCE)
    monkeypatch.setattr(ufa_pxweb, "MOST_PLACES", 500_000)  # at most two measures of one year in a call
    fetched = fetch(server.table_url, SOURCE, client_factory=factory)
    assert len(fetched.answers) == 1 + 3 * 2
    parts = read_answers(fetched.answers, "t", SOURCE)
    assert meaning(parts).equals(meaning(whole))
    assert parts.places.equals(whole.places)


def test_only_the_wanted_years(server: Server, factory: Factory) -> None:
    wanted = [SchoolYear(2024), SchoolYear(2022), SchoolYear(2024)]
    tidy = read_answers(fetch(server.table_url, SOURCE, wanted, client_factory=factory).answers, "t", SOURCE)
    assert tidy.school_years == (SchoolYear(2022), SchoolYear(2024))
    assert meaning(tidy).equals(by_hand().filter(pl.col("school_year") != 2023))


@pytest.mark.parametrize("years", [[SchoolYear(2030)], []])
def test_a_year_that_the_table_does_not_have(server: Server, factory: Factory, years: list[SchoolYear]) -> None:
    with pytest.raises(BadInput, match=r"Den har 2022/23, 2023/24, 2024/25"):
        fetch(server.table_url, SOURCE, years, client_factory=factory)
    assert len(server.calls) == 1


def test_an_address_that_is_no_table(server: Server, factory: Factory) -> None:
    with pytest.raises(BadInput, match=r"slutar på \.px"):
        fetch(f"{server.base}/Grundskola", SOURCE, client_factory=factory)
    assert server.calls == []


def test_a_table_with_short_lists_is_asked_for_whole(server: Server, factory: Factory) -> None:
    server.longest_list = 1_000
    fetched = fetch(server.table_url, SOURCE, client_factory=factory)
    assert json.loads(fetched.requests[1])["query"][1]["selection"] == {"filter": "all", "values": ["*"]}
    assert meaning(read_answers(fetched.answers, "t", SOURCE)).equals(by_hand())


def test_a_table_of_other_dimensions(server: Server, factory: Factory) -> None:
    server.faults = [("body", json.dumps({"title": "x", "variables": [{"code": "region"}, {"code": "time"}]}))]
    with pytest.raises(BrokenData, match="har dimensionerna region, time"):
        fetch(server.table_url, SOURCE, client_factory=factory)


def test_a_fault_on_the_way_is_tried_again_and_a_busy_server_waited_for(
    server: Server, factory: Factory, time: FakeTime
) -> None:
    server.faults = [("drop", ""), ("status", "500"), ("status", "429")]
    fetched = fetch(server.table_url, SOURCE, client_factory=factory)
    assert meaning(read_answers(fetched.answers, "t", SOURCE)).equals(by_hand())
    assert time.slept == [1.0, 2.0, 10.0]


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("order", [("time", "level", "variable"), ("level", "time", "variable")])
def test_any_order_of_dimensions_moved_codes_and_sparse_values(
    server: Server, factory: Factory, order: tuple[str, ...], sparse: bool
) -> None:
    moved = {"7": SAFETY.replace(" ", "  ", 1), "8": GIRLS, "9": PUPILS}
    cells = CELLS | {(moved["7"], place, year): CELLS[(SAFETY, place, year)] for place in PLACES for year in YEARS}
    server.table = replace(TABLE, order=order, sparse=sparse, measures=moved, cells=cells)
    tidy = read_answers(fetch(server.table_url, SOURCE, client_factory=factory).answers, "t", SOURCE)
    assert meaning(tidy).equals(by_hand())


def test_an_observation_points_at_its_place_in_the_answer() -> None:
    document = answer()
    tidy = read(document)
    for row, value, column in tidy.observations.select("row", "value", "column").rows():
        assert document["value"][row - 1] == value
        assert column == 0


def test_mixed_case_and_labels_without_codes() -> None:
    document = answer()
    document["dimension"]["level"]["category"]["label"] = {
        "00": "Riket: totalt",
        "2120009999": "Öby kommun",
        "5560000001": "Fria 48:an (svb) (5560000001): Huvudman",
        "2120009999-12345678": "Öby kommun: S:t Pers skola",
        "5560000001-12345678": "S:t Pers skola: norra",
    }
    tidy = read(document)
    assert tidy.places.rows()[1:] == [
        ("2120009999", "Öby kommun", ""),
        ("5560000001", "Fria 48:an (svb)", ""),
        ("2120009999-12345678", "Öby kommun", "S:t Pers skola"),
        ("5560000001-12345678", "Fria 48:an (svb)", "S:t Pers skola: norra"),
    ]


def answer() -> dict[str, Any]:
    """The whole table as one answer, as a value of its own to break."""
    wanted = {dimension: TABLE.codes(dimension) for dimension in TABLE.order}
    return copy.deepcopy(TABLE.answer(wanted))


def read(document: object, source: StatisticsSource = SOURCE) -> Tidy:
    return read_answers([json.dumps(document).encode()], "tabell.px", source)


def test_every_form_of_status_says_the_same() -> None:
    document = answer()
    listed = [document["status"].get(str(at)) for at in range(len(document["value"]))]
    assert meaning(read(document | {"status": listed})).equals(by_hand())
    assert meaning(read(document | {"status": [mark or "" for mark in listed]})).equals(by_hand())
    hidden = document | {"value": [None] * len(listed)}
    for only in ("..", [".."]):
        statuses = read(hidden | {"status": only}).observations["status"]
        assert set(statuses) == {Status.HIDDEN}
    full = document | {"value": [1] * len(listed), "status": None}
    assert set(read(full).observations["status"]) == {Status.VALUE}


def test_index_as_a_list_and_a_single_category_without_index() -> None:
    document = answer()
    for dimension in document["dimension"].values():
        dimension["category"]["index"] = list(dimension["category"]["index"])
    document["id"].append("ContentsCode")
    document["size"].append(1)
    document["dimension"]["ContentsCode"] = {"category": {"label": {"UFA": "Underlag"}}}
    assert meaning(read(document)).equals(by_hand())


def test_a_number_with_a_mark_that_has_one_is_approximate() -> None:
    document = answer()
    document["status"]["0"] = "ca"
    first = read(document).observations.row(0, named=True)
    assert (first["status"], first["value"], first["mark"]) == (Status.APPROXIMATE, 1_000_000.0, "ca")


def put(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    """A change to an answer: ``a/b/c`` set to the value, or taken away when the value is ``...``."""

    def change(document: dict[str, Any]) -> None:
        *way, last = path.split("/")
        at: Any = document
        for step in way:
            at = at[int(step) if isinstance(at, list) else step]
        key = int(last) if isinstance(at, list) else last
        if value is ...:
            del at[key]
        else:
            at[key] = value

    return change


BROKEN: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "class": (put("class", "collection"), r"cell class: svaret är ingen tabell"),
    "no id": (put("id", ...), r"cell id: svaret saknar id"),
    "renamed dimension": (put("id/0", "region"), r"cell dimension\.region: dimensionen beskrivs inte"),
    "size product": (put("value/44", ...), r"cell value: 44 värden, men size ger 45 celler"),
    "size": (put("size/0", 4), r"cell dimension\.variable: 3 koder, men size säger 4"),
    "sizes": (put("size", [3, 15]), r"cell size: svarets id och size passar inte ihop"),
    "two at one index": (put("dimension/time/category/index/2023", 0), r"cell dimension\.time: koderna står inte"),
    "text as number": (put("value/17", "12,5"), r"tabell\.px, cell value\[17\]: ”12,5” är inget tal"),
    "true as number": (put("value/17", True), r"cell value\[17\]: ”True” är inget tal"),
    "huge number": (put("value/17", 10**400), r"cell value\[17\]: .* orimligt stort"),
    "gap without mark": (put("status/6", ...), r"cell value\[6\]: talet saknas utan förklaring"),
    "number with hiding mark": (put("status/17", ".."), r"cell value\[17\]: ett tal står tillsammans med .* ”\.\.”"),
    "mark that needs a number": (put("status/6", "ca"), r"cell value\[6\]: tecknet ”ca” ska ha ett tal"),
    "unknown mark": (put("status/6", ":"), r"cell value\[6\]: okänt tecken ”:”.*sources\.yaml"),
    "mark outside": (put("status/45", "."), r"cell status\[45\]: platsen ”45” finns inte"),
    "mark no text": (put("status/6", 5), r"cell status\[6\]: status är ingen text"),
    "status list too short": (put("status", [".", ".."]), r"cell status: status har inte en plats för varje cell"),
    "value missing": (put("value", ...), r"cell value: svaret saknar value"),
    "sparse outside": (put("value", {"-1": 5}), r"cell value\[-1\]: platsen ”-1” finns inte"),
    "unknown label": (
        put("dimension/variable/category/label/1", "Elever: Andel flickor"),
        r"cell dimension\.variable: okänt mått: ”Elever: Andel flickor” \(liknar ”Elever: Andel \(%\) flickor”",
    ),
    "doubled label": (put("dimension/variable/category/label/1", PUPILS), r"måttet ”Elever: Antal elever” finns två"),
    "no labels": (put("dimension/variable/category/label", ...), r"3 okända mått: ”0”"),
    "year code": (put("dimension/time/category/label/2024", "2025/26"), r"koden 2024 och rubriken ”2025/26” är olika"),
    "year label": (put("dimension/time/category/label/2024", "VT 2024"), r"dimension\.time: ”VT 2024” är inget läsår"),
    "place label": (
        put("dimension/level/category/label/2120009999", "ÖBY KOMMUN (2120009998): HUVUDMAN"),
        r"cell dimension\.level: koden 2120009999 och rubriken .* olika platser",
    ),
    "note only": (put("dimension", {}), r"dimensionen beskrivs inte"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_refused_and_says_where(name: str) -> None:
    change, words = BROKEN[name]
    document = answer()
    change(document)
    with pytest.raises(BrokenData, match=words) as caught:
        read(document)
    assert str(caught.value).startswith("tabell.px")
    assert "Inget har ändrats" in str(caught.value)
    assert caught.value.spot is not None


def test_a_place_code_of_another_kind() -> None:
    document = answer()
    category = document["dimension"]["level"]["category"]
    category["index"] = {"2180" if key == "2120009999" else key: at for key, at in category["index"].items()}
    with pytest.raises(BrokenData, match="”2180” är varken riket"):
        read(document)


def test_a_dimension_more_than_we_know() -> None:
    document = answer()
    document["id"].append("kön")
    document["size"].append(2)
    document["dimension"]["kön"] = {"category": {"index": ["1", "2"]}}
    document["value"] = [1] * 90
    document["status"] = {}
    with pytest.raises(BrokenData, match="dimensionen ”kön”, som vi inte kan läsa"):
        read(document)


def test_an_empty_table_is_refused() -> None:
    document = answer()
    document["dimension"]["level"]["category"] = {"index": {}, "label": {}}
    with pytest.raises(BrokenData, match="tabellen är tom"):
        read(document | {"size": [3, 0, 3], "value": [], "status": {}})


def test_as_many_places_as_asked_for_may_be_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ufa_pxweb, "MOST_PLACES", 5)
    with pytest.raises(BrokenData, match="kan vara avkortat"):
        read(answer())


def test_a_vanished_measure_is_refused_for_the_years_that_must_have_it() -> None:
    labels = SOURCE.labels | {"Kostnader: Per elev": "cost_per_pupil"}
    with pytest.raises(BrokenData, match=r"mått saknas för läsåret 2024/25: ”Kostnader: Per elev”"):
        read(answer(), replace(SOURCE, labels=labels, absent={"cost_per_pupil": (2022, 2023)}))
    assert read(answer(), replace(SOURCE, labels=labels, absent={"cost_per_pupil": YEARS}))


def test_answers_that_do_not_belong_together() -> None:
    def part(measures: list[str], years: list[str], places: list[str] | None = None) -> bytes:
        wanted = {"variable": measures, "level": places or TABLE.codes("level"), "time": years}
        return json.dumps(TABLE.answer(wanted)).encode()

    whole = part(["0", "1", "24"], ["2024"])
    assert read_answers([whole], "t", SOURCE).observations.height == 15
    with pytest.raises(BrokenData, match="två svar innehåller samma"):
        read_answers([whole, part(["1"], ["2024"])], "t", SOURCE)
    with pytest.raises(BrokenData, match=r"inte hel: ”.*” saknas för 2023/24"):
        read_answers([whole, part(["0", "1"], ["2023"])], "t", SOURCE)
    with pytest.raises(BrokenData, match="olika platser"):
        read_answers([whole, part(["0", "1", "24"], ["2023"], TABLE.codes("level")[:-1])], "t", SOURCE)
    with pytest.raises(BrokenData, match="inget svar med data"):
        read_answers([json.dumps(TABLE.metadata(1)).encode()], "t", SOURCE)
    with pytest.raises(BrokenData, match=r"t \(svar 2\), cell value\[0\]"):
        read_answers([whole, part(["0", "1", "24"], ["2023"]).replace(b"1000100", b'"x"')], "t", SOURCE)


def test_a_landed_fetch_is_read_again_from_its_list(server: Server, factory: Factory, tmp_path: Path) -> None:
    fetched = fetch(server.table_url, SOURCE, client_factory=factory)
    when = datetime(2026, 11, 24, tzinfo=UTC)
    kept = land_fetched(tmp_path, fetched, when)
    assert (kept.name, kept.origin, kept.fetched_at) == ("Grundskola.px.json", server.table_url, when)
    assert land_fetched(tmp_path, fetched, when) == kept
    again = read_landed(tmp_path, kept.sha256, SOURCE)
    assert again.observations.equals(read_answers(fetched.answers, fetched.url, SOURCE).observations)
    answers = json.loads(kept.path.read_bytes())["answers"]
    gone = tmp_path / "raw" / answers[1]["sha256"][:2] / answers[1]["sha256"]
    gone.unlink()
    with pytest.raises(NotFound):
        read_landed(tmp_path, kept.sha256, SOURCE)
    with pytest.raises(BrokenData, match="ingen lista över svar"):
        read_landed(tmp_path, answers[0]["sha256"], SOURCE)


def test_a_million_cells_are_read_in_a_blink() -> None:
    source = replace(SOURCE, labels={f"Mått {n}": f"measure_{n}" for n in range(49)})
    places = {"00": "RIKET: TOTALT"}
    for n in range(5_460):
        number, code = 5_560_000_000 + n // 6, 10_000_000 + n
        if n % 6:
            places[f"{number}-{code}"] = f"PÅHITTAD {n // 6} AB ({number}): SKOLA {n} ({code})"
        else:
            places[f"{number}"] = f"PÅHITTAD {n // 6} AB ({number}): HUVUDMAN"
    size = (49, len(places), 4)
    random = np.random.default_rng(1)
    numbers = random.random(size=int(np.prod(size))).round(3) * 100
    hidden = random.random(size=len(numbers)) < 0.6
    document = {
        "class": "dataset",
        "label": SOURCE.title,
        "id": ["variable", "level", "time"],
        "size": size,
        "dimension": {
            "variable": {"category": {"index": list(source.labels), "label": {}}},
            "level": {"category": {"index": list(places), "label": places}},
            "time": {"category": {"index": ["2022", "2023", "2024", "2025"], "label": {}}},
        },
        "value": [None if gone else value for gone, value in zip(hidden, numbers.tolist(), strict=True)],
        "status": {str(at): "." for at in np.flatnonzero(hidden)},
    }
    content = json.dumps(document).encode()
    tidy = read_answers([content], "t", source)
    assert tidy.observations.height == len(numbers) > 1_070_000
    assert tidy.observations["value"].null_count() == hidden.sum()
