"""The PxWeb client against a local server with the real server's limits and bad days."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from styrkedjan.core.refused import BadInput, BrokenData
from styrkedjan.data import web
from styrkedjan.data.sources.pxweb import PxWebClient, Selection, split
from tests.data.pxweb_server import TABLE, FakeTime, Server, Table, serving

PLACES = {"00": "RIKET: TOTALT", "2120009999": "PÅHITTADE KOMMUN (2120009999): HUVUDMAN"}
SMALL = Table(
    title="Underlag för analys för påhittad skola",
    measures={"0": "Elever: Antal elever", "1": "Elever: Andel (%) flickor"},
    places=PLACES,
    years=(2023, 2024),
    cells={
        (label, place, year): 10.5
        for label in ("Elever: Antal elever", "Elever: Andel (%) flickor")
        for place in PLACES
        for year in (2023, 2024)
    },
)
WHOLE = (
    Selection.items("variable", ["0", "1"]),
    Selection.top("level", 20_000),
    Selection.items("time", ["2023", "2024"]),
)


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def server(time: FakeTime) -> Iterator[Server]:
    with serving(SMALL, time.clock, longest_list=1) as running:
        yield running


@pytest.fixture
def client(server: Server, time: FakeTime) -> Iterator[PxWebClient]:
    with PxWebClient(server.base, clock=time.clock, sleep=time.sleep) as made:
        yield made


@pytest.mark.parametrize("as_object", [False, True])
def test_a_folder_is_read_in_both_forms(server: Server, client: PxWebClient, as_object: bool) -> None:
    server.folder_as_object = as_object
    (entry,) = client.folder("Grundskola")
    assert (entry.id, entry.type, entry.text) == ("Grundskola.px", "t", SMALL.title)


@pytest.mark.parametrize("body", ['"x"', "[1]", '{"value": {"a": 1}}', "{}"])
def test_what_is_no_folder_is_refused(server: Server, client: PxWebClient, body: str) -> None:
    server.faults = [("body", body)]
    with pytest.raises(BrokenData, match="ingen innehållsförteckning"):
        client.folder("Grundskola")


def test_metadata_without_the_long_list_of_places(client: PxWebClient) -> None:
    metadata = client.metadata(TABLE)
    level, years = metadata.variable("level"), metadata.variable("time")
    assert metadata.title == SMALL.title
    assert level is not None and level.values is None and level.text == "huvudman/skolenhet"
    assert years is not None and years.time and not years.elimination
    assert metadata.variable("region") is None


def test_metadata_with_lists_when_they_are_short(server: Server, client: PxWebClient) -> None:
    server.longest_list = 1_000
    level = client.metadata(TABLE).variable("level")
    assert level is not None and level.values == tuple(PLACES)
    assert level.value_texts == tuple(PLACES.values())


def test_what_is_no_table_is_refused(server: Server, client: PxWebClient) -> None:
    with pytest.raises(BrokenData, match="beskriver ingen tabell"):
        client.metadata("Grundskola")


@pytest.mark.parametrize("level", [Selection.top("level", 20_000), Selection.every("level", 2)])
def test_a_query_gives_the_untouched_answer(client: PxWebClient, level: Selection) -> None:
    content = client.query(TABLE, (WHOLE[0], level, WHOLE[2]))
    assert content.startswith(b'{"version": "2.0", "class": "dataset"')
    assert content.count(b"10.5") == 8


def test_an_unknown_value_is_a_clear_refusal(client: PxWebClient, time: FakeTime) -> None:
    bare_unit_code = Selection.items("level", ["12345678"])
    with pytest.raises(BrokenData, match=r"svar 400.*finns inte i tabellen.*Inget har ändrats"):
        client.query(TABLE, (WHOLE[0], bare_unit_code, WHOLE[2]))
    assert time.slept == []


def test_a_missing_table_and_a_query_that_is_too_large_for_the_server(server: Server, client: PxWebClient) -> None:
    with pytest.raises(BrokenData, match="svar 404"):
        client.metadata("Gymnasieskola/Gymnasieskola.px")
    server.max_cells = 7
    with pytest.raises(BrokenData, match="svar 403"):
        client.query(TABLE, WHOLE)


def test_a_query_over_our_own_limits_never_leaves_the_house(server: Server, client: PxWebClient) -> None:
    too_many_cells = (Selection.items("variable", [str(n) for n in range(63)]), WHOLE[1], WHOLE[2])
    too_many_listed = (Selection.items("level", [str(n) for n in range(999)]), *WHOLE[::2])
    for query in (too_many_cells, too_many_listed):
        with pytest.raises(ValueError, match="over the server's limits"):
            client.query(TABLE, query)
    assert server.calls == []


def test_never_more_than_ten_calls_in_ten_seconds(server: Server, client: PxWebClient, time: FakeTime) -> None:
    for _ in range(25):
        client.folder("Grundskola")
    assert len(server.calls) == 25
    assert server.too_fast == 0
    assert time.slept == [10.0, 10.0]


def test_retries_count_against_the_limit_too(server: Server, client: PxWebClient) -> None:
    server.faults = [("status", "503")] * 3
    for _ in range(10):
        client.folder("Grundskola")
    assert (len(server.calls), server.too_fast) == (13, 0)


def test_busy_without_retry_after_waits_longer_and_longer(server: Server, client: PxWebClient, time: FakeTime) -> None:
    server.faults = [("status", "429")] * 3
    assert client.folder("Grundskola")
    assert time.slept == [10.0, 20.0, 40.0]


def test_busy_for_too_long_is_told_in_swedish(server: Server, client: PxWebClient) -> None:
    server.faults = [("status", "429")] * 4
    with pytest.raises(BrokenData, match=r"upptagen \(svar 429\).*Inget har ändrats"):
        client.folder("Grundskola")
    assert len(server.calls) == 4


def test_retry_after_is_honoured(server: Server, client: PxWebClient, time: FakeTime) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    server.faults = [("busy", "7"), ("busy", later), ("busy", "snart")]
    assert client.folder("Grundskola")
    assert time.slept[0] == 7.0
    assert 55.0 <= time.slept[1] <= 61.0
    assert time.slept[2] == 40.0


def test_retry_after_for_hours_is_not_waited_for(server: Server, client: PxWebClient, time: FakeTime) -> None:
    server.faults = [("busy", "7200")]
    with pytest.raises(BrokenData, match="vänta 120 minuter"):
        client.folder("Grundskola")
    assert time.slept == []


@pytest.mark.parametrize("fault", [("drop", ""), ("cut", ""), ("status", "500"), ("status", "503")])
def test_a_passing_fault_is_tried_again(
    server: Server, client: PxWebClient, time: FakeTime, fault: tuple[str, str]
) -> None:
    server.faults = [fault, fault]
    assert client.query(TABLE, WHOLE).count(b"10.5") == 8
    assert time.slept == [1.0, 2.0]


@pytest.mark.parametrize(
    ("fault", "words"),
    [(("drop", ""), "anslutningen bröts, trots flera försök"), (("status", "500"), r"svar 500\), trots flera försök")],
)
def test_a_lasting_fault_is_told(server: Server, client: PxWebClient, fault: tuple[str, str], words: str) -> None:
    server.faults = [fault] * 4
    with pytest.raises(BrokenData, match=words) as caught:
        client.query(TABLE, WHOLE)
    assert str(caught.value).startswith(f"{server.table_url}: ")
    assert "Excel-fil" in str(caught.value)
    assert server.faults == []


def test_a_server_that_is_not_there(time: FakeTime) -> None:
    with serving(SMALL, time.clock) as gone:
        base = gone.base
    with (
        PxWebClient(base, clock=time.clock, sleep=time.sleep) as client,
        pytest.raises(BrokenData, match="inte att få kontakt"),
    ):
        client.folder()


def test_cut_off_json_and_web_pages_are_refused(server: Server, client: PxWebClient) -> None:
    server.faults = [("truncated", ""), ("html", ""), ("body", "<html>"), ("body", '["a"]'), ("body", '{"title": NaN}')]
    with pytest.raises(BrokenData, match="inte hel JSON"):
        client.query(TABLE, WHOLE)
    with pytest.raises(BrokenData, match=r"webbsida, inte data.*/api/v1/"):
        client.query(TABLE, WHOLE)
    with pytest.raises(BrokenData, match="webbsida"):
        client.query(TABLE, WHOLE)
    with pytest.raises(BrokenData, match="svaret är ingen tabell"):
        client.query(TABLE, WHOLE)
    with pytest.raises(BrokenData, match="inte hel JSON"):
        client.metadata(TABLE)


def test_a_byte_order_mark_is_read_past(server: Server, client: PxWebClient) -> None:
    server.faults = [("body", "\ufeff[]")]
    assert client.folder("Grundskola") == ()


def test_an_answer_over_the_limit_is_refused(server: Server, time: FakeTime) -> None:
    server.faults = [("body", "[" + " " * 3 * 2**20 + "]")]
    with (
        PxWebClient(server.base, clock=time.clock, sleep=time.sleep, body_limit=2 * 2**20) as client,
        pytest.raises(BrokenData, match="större än 2 MB"),
    ):
        client.folder("Grundskola")


def test_redirects_are_followed_on_the_same_server_only(server: Server, client: PxWebClient) -> None:
    server.faults = [("redirect", f"{server.base}/{TABLE}")]
    assert client.query("gammal.px", WHOLE).count(b"10.5") == 8
    assert [method for method, _path, _query in server.calls] == ["POST", "POST"]
    server.faults = [("redirect", f"http://localhost:{server.port}/annat")]
    with pytest.raises(BrokenData, match="en annan server än den du angav"):
        client.folder("Grundskola")
    server.faults = [("redirect", f"{server.base}/Grundskola")] * 9
    with pytest.raises(BrokenData, match="i en ring"):
        client.folder("Grundskola")
    assert len(server.calls) == 2 + 1 + web.MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    ("start", "target", "followed"),
    [
        ("http://exempel.se/a", "https://exempel.se/b", True),
        ("https://exempel.se/a", "/b", True),
        ("https://exempel.se/a", "http://exempel.se/b", False),
        ("https://exempel.se/a", "https://exempel.se:8443/b", False),
        ("https://exempel.se/a", "https://exempel.se.annan.se/b", False),
        ("http://exempel.se:8000/a", "https://exempel.se/b", False),
    ],
)
def test_where_a_redirect_may_lead(start: str, target: str, followed: bool) -> None:
    answer = web.Answer(httpx.URL(start), 302, {"location": target}, b"")
    if followed:
        assert str(web.redirect_target(answer)).startswith("https://exempel.se/b")
    else:
        with pytest.raises(BrokenData, match="annan server"):
            web.redirect_target(answer)


@pytest.mark.parametrize(
    "url", ["", "skolverket.se", "ftp://exempel.se/x", "https://", "file:///etc/passwd", "http://["]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(BadInput, match="ingen webbadress"):
        PxWebClient(url)


def test_an_address_with_a_password_is_refused() -> None:
    with pytest.raises(BadInput, match="lösenord"):
        PxWebClient("https://nils:hemligt@exempel.se/")


def test_splitting_stays_under_both_limits_and_covers_everything_once() -> None:
    measures, years = [str(n) for n in range(200)], ["2022", "2023", "2024"]
    query = (Selection.items("variable", measures), Selection.top("level", 20_000), Selection.items("time", years))
    parts = split(query, by=("time", "variable"))
    covered = [(measure, year) for part in parts for measure in part[0].values for year in part[2].values]
    assert sorted(covered) == sorted((measure, year) for measure in measures for year in years)
    assert all(part[0].size * part[1].size * part[2].size <= 1_250_000 for part in parts)
    assert len(parts) == 3 * 4


def test_a_query_that_fits_is_left_whole() -> None:
    assert split(WHOLE, by=("time", "variable")) == (WHOLE,)


def test_splitting_by_listed_values() -> None:
    places = [str(n) for n in range(2_500)]
    parts = split((Selection.items("level", places), Selection.items("time", ["2024"])), by=("level",))
    assert [len(part[0].values) for part in parts] == [999, 999, 502]


def test_what_cannot_be_split_is_a_bug_not_a_call() -> None:
    with pytest.raises(ValueError, match="cannot be split"):
        split((Selection.items("time", ["2024"]), Selection.top("level", 2_000_000)), by=("time",))
