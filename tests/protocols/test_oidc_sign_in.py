"""Signing in at a named issuer, from the page where one chooses to the page that one wanted."""

from collections.abc import Iterator
from contextlib import nullcontext
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.conf import settings

from styrkedjan.core.access import Assurance, Event, Role
from styrkedjan.core.federation import Identity, Protocol, Unreachable, Untrusted, WayIn
from styrkedjan.core.refused import Refused
from tests.conftest import as_owner
from tests.people import someone
from tests.protocols.federation_case import ANSWERS, Site, connect, person_of, running_site
from tests.protocols.openid_peer import OpenIdPeer
from tests.protocols.test_saml_sign_in import events, refused, viewer_in
from tests.world import LILLAN_UNIT, STORKOPING

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def site(house, tmp_path_factory) -> Iterator[Site]:
    with (
        OpenIdPeer(ANSWERS).listening() as peer,
        running_site(tmp_path_factory.mktemp("federation"), peer) as made,
    ):
        yield made


@pytest.fixture
def anna(tables, site) -> str:
    """Someone who has connected her identity at the issuer. Gives her person's key."""
    browser = site.browser(someone(Role.QUALITY_LEAD, STORKOPING))
    answer = browser.come_back(browser.leave("oidc", syfte="koppla"))
    assert answer.headers["location"] == "/konto/?klart=kopplad"
    return viewer_in(answer).person


@pytest.fixture
def down(site) -> Iterator[None]:
    yield
    site.openid.is_down = False


def test_she_signs_in(anna, site):
    browser = site.browser()
    answer = browser.come_back(browser.leave("oidc", vidare="/konto/"))
    assert (answer.status_code, answer.headers["location"]) == (302, "/konto/")
    viewer = viewer_in(answer)
    assert (viewer.person, viewer.assurance) == (anna, Assurance.STRONG)
    assert [facts["method"] for event, facts in events() if event == Event.SIGNED_IN][-1] == "oidc"


def test_an_unknown_identity_is_told_how_to_get_in(tables, site):
    browser = site.browser()
    page = browser.come_back(browser.leave("oidc"))
    assert page.status_code == 403
    assert "inte kopplat till någon" in page.content.decode()


def test_replayed_code_and_state(anna, site):
    browser = site.browser()
    browser.come_back(browser.leave("oidc"))
    browser.leave("oidc")  # gives the browser a binding again, which signing in took away
    assert refused(browser.client.get("/oidc/prov/svar", browser.fields)) == "other_browser"


def test_replayed_in_the_same_browser(anna, site):
    browser = site.browser()
    address = browser.leave("oidc")
    name = f"{settings.SIGN_IN_COOKIE}-federation"
    binding = browser.client.cookies[name].value
    browser.come_back(address)
    browser.client.cookies.clear()
    browser.client.cookies[name] = binding
    assert refused(browser.client.get("/oidc/prov/svar", browser.fields)) == "used_request"


@pytest.mark.parametrize("state", ["", "okänd", "A" * 43])
def test_wrong_state(anna, site, state):
    browser = site.browser()
    browser.come_back(browser.leave("oidc"))
    assert refused(site.browser().client.get("/oidc/prov/svar", browser.fields | {"state": state})) == "unsolicited"


def test_other_browsers_state(anna, site):
    first, second = site.browser(), site.browser()
    first.leave("oidc")
    second.come_back(second.leave("oidc"))
    assert refused(first.client.get("/oidc/prov/svar", second.fields)) == "other_browser"


def test_an_answer_at_another_issuers_address(anna, site):
    """A state that was for one issuer, brought to the address of another."""
    browser = site.browser()
    fields = urlsplit(httpx.get(browser.leave("oidc")).headers["location"]).query
    assert refused(browser.client.get(f"/oidc/annan/svar?{fields}")) == "other_issuer"


def test_a_saml_answer_does_not_fit_an_oidc_question(anna, site):
    browser = site.browser()
    browser.leave("oidc")
    browser.leave()
    field = browser.answer()
    assert browser.client.get("/oidc/prov/svar", {"state": browser.question, "code": "x"}).status_code == 403
    connect(person_of(someone(Role.PRINCIPAL, LILLAN_UNIT)), site.peer.issuer)
    assert browser.bring(field).status_code == 302


def test_an_issuer_that_is_down(anna, site, down):
    from styrkedjan.tables.access import SignInAttempt

    site.federation._oidc = None  # what was known of the issuer is forgotten
    site.openid.is_down = True
    with as_owner():
        before = SignInAttempt.objects.count()
    page = site.browser().client.post("/logga-in/oidc/prov/")
    assert page.status_code == 503
    assert "Prov-id svarar inte som den ska just nu" in page.content.decode()
    with as_owner():
        assert SignInAttempt.objects.count() == before


@pytest.mark.parametrize("answer", ["known", "untrusted", "silent"])
def test_nothing_is_written_while_an_issuer_is_waited_for(tables, answer):
    """With a session the whole answer is one transaction, and a row in the trail makes everybody else's wait."""
    from styrkedjan.actions.access import federation as actions
    from styrkedjan.queries.access.viewing import viewing

    way = WayIn(Protocol.OIDC, "prov", "Prov-id", "https://op.example")
    browser, seen = actions.Browser("b" * 43, "192.0.2.1", "Prov"), []

    def read(key: str) -> Identity:
        seen.append((key, len(events()), paces()))
        if answer == "untrusted":
            raise Untrusted("forged")
        if answer == "silent":
            raise Unreachable("Prov-id")
        return Identity(way.issuer, "anna")

    with viewing(someone(Role.PRINCIPAL, LILLAN_UNIT)) as viewer:
        actions.begin(viewer, way, "fråga", browser, actions.Purpose())
        before, left = len(events()), paces()
        with nullcontext() if answer == "known" else pytest.raises(Refused):
            actions.finish(viewer, way.protocol, "fråga", browser, read)
        assert seen == [("prov", before, left)]
        assert len(events()) > before
        assert paces() != left  # and still it has been counted


def paces() -> list:
    from styrkedjan.tables.access import Pace

    with as_owner():
        return list(Pace.objects.order_by("key_hash").values_list("key_hash", "at"))


def test_declined_there(anna, site):
    browser = site.browser()
    state = parse_qs(urlsplit(browser.leave("oidc")).query)["state"][0]
    fields = {"state": state, "error": "access_denied", "iss": site.openid.issuer}
    assert refused(browser.client.get("/oidc/prov/svar", fields)) == "declined"
