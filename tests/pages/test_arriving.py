"""A workbook handed in in the browser: its report first, then published or thrown away."""

import io

import pytest

from styrkedjan.core.access import Role
from tests.conftest import as_owner
from tests.people import someone
from tests.world import STORKOPING, YEARS, workbook

pytestmark = pytest.mark.database
CHANGED = {(STORKOPING, "pupil_count"): 12_345.0}


@pytest.fixture
def analyst(tables, world):
    """A browser where an analyst is signed in, on small Sweden."""
    from django.conf import settings
    from django.test import Client

    client = Client(HTTP_HOST="localhost")
    client.cookies[settings.SIGN_IN_COOKIE] = someone(Role.ANALYST, "skolverket")
    return client


def hand_in(client, content: bytes, name: str = "underlag.xlsx"):
    file = io.BytesIO(content)
    file.name = name
    return client.post("/data/inlasning/", {"file": file})


def events() -> list[str]:
    from styrkedjan.core.access import OPERATOR
    from styrkedjan.tables.access import AuditEvent

    with as_owner():
        return list(AuditEvent.scoped.for_operator(OPERATOR).order_by("at").values_list("event", flat=True))


def test_the_report_comes_before_anything_is_published(analyst, world):
    from styrkedjan.queries.statistics import current_version

    answer = hand_in(analyst, workbook(YEARS[-1], CHANGED))
    assert answer.status_code == 302
    page = analyst.get(answer["Location"]).content.decode()
    assert "Inget är publicerat ännu" in page
    assert "underlag.xlsx" in page
    assert current_version() == world.version
    assert events()[-1] == "statistics_taken_in"


def test_publishing_switches_the_edition(analyst, world):
    from styrkedjan.queries.statistics import current_version

    place = hand_in(analyst, workbook(YEARS[-1], CHANGED))["Location"]
    answer = analyst.post(f"{place}publicera/")
    assert answer["Location"] == f"/data/utgava/{current_version()}/"
    assert current_version() != world.version
    assert analyst.post(f"{place}kasta/").status_code == 409


def test_throwing_away_leaves_nothing(analyst, world):
    place = hand_in(analyst, workbook(YEARS[-1], CHANGED))["Location"]
    assert analyst.post(f"{place}kasta/")["Location"] == "/data/"
    assert analyst.get(place).status_code == 404
    assert events()[-1] == "statistics_discarded"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "Filen är tom"), (b"PK\x03\x04half", "avbruten eller skadad"), (b"%PDF-1.7", "ingen Excelfil")],
    ids=["empty", "half an upload", "another kind of file"],
)
def test_a_file_that_is_no_workbook_is_refused_in_words(analyst, world, content, said):
    before = len(events())
    answer = hand_in(analyst, content, "underlag.xlsx")
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert len(events()) == before


def test_no_file_at_all_says_so(analyst):
    answer = analyst.post("/data/inlasning/", {})
    assert answer.status_code == 422
    assert "Välj en fil." in answer.content.decode()


def test_the_way_in_is_shown_only_to_those_who_may(analyst, tables):
    from django.test import Client

    assert "/data/inlasning/" in analyst.get("/data/").content.decode()
    assert "/data/inlasning/" not in Client(HTTP_HOST="localhost").get("/data/").content.decode()
