"""The pages of personal data, roles and accessibility: open to all, and saying what the house really does."""

import pytest

from styrkedjan.core.access import Permission, Role, permissions_of
from styrkedjan.data.catalogue import load_catalogue, load_privacy
from tests.conftest import PROJECT
from tests.people import someone
from tests.world import STORKOPING

pytestmark = pytest.mark.database

OK, NOT_MODIFIED = 200, 304


@pytest.fixture(autouse=True)
def inside(world, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def page(address: str, token: str = "", **headers: str):
    from django.conf import settings
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    if token:
        client.cookies[settings.SIGN_IN_COOKIE] = token
    return client.get(address, headers=headers)


def text(address: str, token: str = "") -> str:
    answer = page(address, token)
    assert answer.status_code == OK
    return answer.content.decode()


def test_every_table_with_personal_data_is_told():
    said = text("/personuppgifter/")
    for table in load_privacy(PROJECT / "catalogue"):
        assert table.about in said
    assert "Sparas så länge rollen gäller, sedan två år efter att rollen tog slut." in said
    assert "tio år efter händelsen" in said


def test_who_to_ask(settings):
    assert "dataskyddsombud" in text("/personuppgifter/")
    settings.CONTACT = "dataskydd@prov.example"
    for address in ("/personuppgifter/", "/tillganglighet/"):
        assert "dataskydd@prov.example" in text(address)


@pytest.fixture
def settings():
    """Django's settings, for one test."""
    from django.conf import settings as real
    from django.test import override_settings

    with override_settings(CONTACT=""):
        yield real


def test_only_who_is_signed_in_is_offered_her_own_data():
    assert "/konto/uppgifter.zip" not in text("/personuppgifter/")
    assert "/konto/uppgifter.zip" in text("/personuppgifter/", someone(Role.QUALITY_LEAD, STORKOPING))


def test_the_matrix_is_the_table_that_the_house_obeys():
    words = load_catalogue(PROJECT / "catalogue").words["sv"]
    said = text("/roller/")
    for permission in Permission:
        assert words[f"permission.{permission}"] in said
    given = sum(len(permissions_of(role)) for role in Role)
    assert said.count('<td class="roles__yes">ja</td>') == given
    assert said.count("<h3>") == len(Role)


def test_the_statement_names_the_law_the_faults_and_who_supervises():
    said = text("/tillganglighet/")
    for word in ("2018:1937", "Kända brister", "Digg", "WCAG 2.2", "Senast bedömd"):
        assert word in said


@pytest.mark.parametrize("address", ["/personuppgifter/", "/roller/", "/tillganglighet/"])
def test_a_page_that_has_not_changed_is_not_sent_again(address):
    first = page(address)
    assert page(address, **{"If-None-Match": first["ETag"]}).status_code == NOT_MODIFIED


def test_what_is_said_to_who_has_gone():
    assert "Ditt konto är borttaget" in text("/konto/borttaget/")
