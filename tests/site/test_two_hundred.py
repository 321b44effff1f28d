"""Two hundred people press send in the same second, on the site as it is served: everyone is in, and nobody twice."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import pytest

from tests.campaigns import TEACHING, UNIT, Made, open_for, sheets
from tests.conftest import as_owner
from tests.rush import Respondent, each, served

pytestmark = pytest.mark.database
PEOPLE = 200
PRESSES = 2  # each presses twice


@pytest.fixture(scope="module")
def address(house: Path) -> Iterator[str]:
    with served(house) as site:
        yield site


@pytest.fixture
def leaving() -> Iterator[ExitStack]:
    """Everybody leaves when the test has ended."""
    with ExitStack() as stack:
        yield stack


def arrive(address: str, path: str, how_many: int, leaving: ExitStack) -> list[Respondent]:
    """So many people open the form, each with a browser of her own."""
    everyone = [Respondent(address) for _ in range(how_many)]
    for somebody in everyone:
        leaving.callback(somebody.leave)
        somebody.open(path)
    return everyone


@pytest.fixture
def campaign(house: Path) -> Iterator[Made]:
    """A campaign for two hundred, which stays until the test has ended."""
    from styrkedjan.tables.assessments import CampaignRow

    made = open_for(asked={(UNIT, TEACHING): PEOPLE})
    yield made
    with as_owner():
        CampaignRow._base_manager.filter(key=made.key).delete()


def test_two_hundred_at_the_same_second_are_all_in_and_none_twice(
    address: str, campaign: Made, leaving: ExitStack
) -> None:
    path, together = f"/svara/{campaign.code()}/", Barrier(PEOPLE)
    everyone = arrive(address, path, PEOPLE, leaving)
    assert len({somebody.receipt for somebody in everyone}) == PEOPLE

    def presses(number: int) -> list[int]:
        together.wait(60)
        answer = str(number % 5 + 1)
        return [everyone[number].hand_in(path, answer) for _ in range(PRESSES)]

    assert each(presses, PEOPLE, PEOPLE) == [[303] * PRESSES] * PEOPLE
    found = sheets(campaign)
    assert [is_in for _, _, is_in in found] == [True] * PEOPLE
    for answer in "12345":
        given = [answers for answers, _, _ in found if answers == dict.fromkeys(campaign.rows, answer)]
        assert len(given) == PEOPLE // 5, answer


def test_not_one_more_than_were_asked_gets_in_however_they_crowd(address: str, house: Path, leaving: ExitStack) -> None:
    from styrkedjan.tables.assessments import CampaignRow

    made = open_for(asked={(UNIT, TEACHING): 10})
    try:
        path, together = f"/svara/{made.code()}/", Barrier(40)
        everyone = arrive(address, path, 40, leaving)

        def presses(number: int) -> int:
            together.wait(60)
            return everyone[number].hand_in(path, "3")

        told = each(presses, 40, 40)
        assert (told.count(303), told.count(409)) == (10, 30)
        assert len(sheets(made)) == 10
    finally:
        with as_owner():
            CampaignRow._base_manager.filter(key=made.key).delete()
