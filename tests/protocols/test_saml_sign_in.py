"""Signing in through the federation, from the page where one chooses to the page that one wanted."""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.conf import settings
from django.test import Client, override_settings

from styrkedjan.core.access import Assurance, Event, Role
from styrkedjan.core.federation import REFUSALS
from styrkedjan.site.federation import Federation
from tests.conftest import as_owner
from tests.people import someone
from tests.protocols.federation_case import ADDRESS, Site, connect, person_of, running_site
from tests.protocols.identity_peer import IdentityPeer
from tests.protocols.saml_case import add_attribute
from tests.world import LILLAN_UNIT, STORKOPING

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def site(house, tmp_path_factory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("federation")) as made:
        yield made


@pytest.fixture
def anna(tables, site) -> str:
    """Anna, who has connected her identity. Gives her person's key."""
    person = person_of(someone(Role.QUALITY_LEAD, STORKOPING, name="Anna Ek", also=[(Role.PRINCIPAL, LILLAN_UNIT)]))
    connect(person, site.peer.issuer)
    return person


def viewer_in(answer):
    """Whom the session in an answer belongs to."""
    from styrkedjan.queries.access.viewing import viewing

    with viewing(answer.cookies[settings.SIGN_IN_COOKIE].value) as viewer:
        return viewer


def events() -> list[tuple[str, dict]]:
    """What the trail says, oldest first."""
    from styrkedjan.tables.access import AuditEvent

    with as_owner():
        rows = AuditEvent.scoped._rows().order_by("organiser", "sequence")
        return [(row.event, row.facts) for row in rows]


def refused(answer) -> str:
    """The name of a refusal, as the trail has it; the page says it in Swedish."""
    assert answer.status_code == 403
    assert settings.SIGN_IN_COOKIE not in answer.cookies
    name = [facts["why"] for event, facts in events() if event == Event.SIGN_IN_REFUSED][-1]
    assert REFUSALS[name] in answer.content.decode()
    return name


def test_anna_signs_in(anna, site):
    browser = site.browser()
    browser.leave(vidare=f"/huvudman/{STORKOPING}/arbete/")
    answer = browser.bring()
    assert (answer.status_code, answer.headers["location"]) == (302, f"/huvudman/{STORKOPING}/arbete/")
    viewer = viewer_in(answer)
    assert (viewer.person, viewer.assurance) == (anna, Assurance.STRONG)
    facts = next(facts for event, facts in events() if event == Event.SIGNED_IN)
    assert facts["method"] == "saml"
    assert "anna" not in str(events())


def test_a_hint_of_a_unit_chooses_where_to_start(anna, site):
    browser = site.browser()
    browser.leave()
    hint = add_attribute("urn:oid:1.2.752.194.10.2.4", "99999999", LILLAN_UNIT[-8:])
    assert browser.bring(browser.answer(edit=hint)).headers["location"] == f"/skolenhet/{LILLAN_UNIT}/"


def test_a_hint_gives_no_right(tables, site):
    person = person_of(someone(Role.STAFF_MEMBER, STORKOPING))
    connect(person, site.peer.issuer)
    browser = site.browser()
    browser.leave()
    answer = browser.bring(browser.answer(edit=add_attribute("urn:oid:1.2.752.194.10.2.4", LILLAN_UNIT[-8:])))
    assert answer.headers["location"] == "/"
    assert [grant.place for grant in viewer_in(answer).grants] == [STORKOPING]


def test_another_site_is_never_gone_to(anna, site):
    browser = site.browser()
    browser.leave(vidare="https://annan.example/")
    assert browser.bring().headers["location"] == "/"


def test_replayed(anna, site):
    """The same assertion, brought back as the answer to the same question by the same browser."""
    browser = site.browser()
    browser.leave()
    field = browser.answer()
    assert browser.bring(field).status_code == 302
    browser.leave()  # a new binding, since signing in took the old one away
    assert refused(browser.bring(field)) == "other_browser"


def test_over_the_wire(anna, site):
    """The identity service listens on a port, checks our signature and gives the browser a form to post."""
    before = site.metadata.read_text()
    with site.peer.listening():
        site.metadata.write_text(site.peer.metadata())
        browser = site.browser()
        page = httpx.get(browser.leave()).text
    site.metadata.write_text(before)
    assert 'action="http://127.0.0.1:8700/saml/acs"' in page
    answer = browser.bring(re.search(r'name="SAMLResponse" value="([^"]+)"', page)[1])
    assert viewer_in(answer).person == anna


def test_replayed_assertion_to_a_new_question(anna, site):
    """An assertion is used once, also when the question it answers could be answered again."""
    from styrkedjan.tables.access import SignInAttempt

    browser = site.browser()
    browser.leave()
    field, binding = browser.answer(), browser.client.cookies[f"{settings.SIGN_IN_COOKIE}-federation"].value
    assert browser.bring(field).status_code == 302
    with as_owner():
        SignInAttempt.objects.update(used_at=None)
    browser.client.cookies.clear()
    browser.client.cookies[f"{settings.SIGN_IN_COOKIE}-federation"] = binding
    assert refused(browser.bring(field)) == "replayed"


def test_unsolicited(anna, site):
    browser = site.browser()
    browser.leave()
    browser.question = "_never-asked"
    assert refused(browser.bring()) == "unsolicited"


def test_an_answer_to_nothing(anna, site):
    browser = site.browser()
    browser.leave()
    field = browser.answer(edit=lambda root: root.attrib.pop("InResponseTo"))
    page = browser.bring(field)
    assert page.status_code == 403
    assert REFUSALS["unsolicited"] in page.content.decode()


def test_other_browsers_request(anna, site):
    """An answer works only in the browser that asked: nobody is signed in as somebody else, either way."""
    first, second = site.browser(), site.browser()
    first.leave()
    second.leave()
    assert refused(second.bring(first.answer())) == "other_browser"
    assert refused(site.browser().bring(second.answer())) == "other_browser"
    assert first.bring().status_code == 302


def test_used_request(anna, site):
    """A question is answered once, also with a refusal and also with another assertion."""
    browser = site.browser()
    browser.leave()
    party = site.federation.doors().party
    unsigned = site.peer.unsigned(browser.question, party.entity_id, party.answers)
    assert refused(browser.bring(base64.b64encode(unsigned.encode()).decode())) == "unsigned"
    assert refused(browser.bring()) == "used_request"


def test_old_request(anna, site):
    from styrkedjan.tables.access import SignInAttempt

    browser = site.browser()
    browser.leave()
    with as_owner():
        SignInAttempt.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert refused(browser.bring()) == "old_request"


def test_other_issuer(anna, site):
    """A service answers a question that was put to another, as when a rogue member of the federation meddles."""
    browser = site.browser()
    browser.leave()
    stranger = IdentityPeer(
        site.folder / "stranger", issuer="https://okand.example", own_metadata=site.peer.own_metadata
    )
    party = site.federation.doors().party
    made = stranger.answer(browser.question, party.entity_id, party.answers)
    assert refused(browser.bring(base64.b64encode(made.encode()).decode())) == "other_issuer"


def test_unknown_issuer(anna, site):
    """A service that has left the metadata while somebody was there."""
    browser = site.browser()
    browser.leave()
    before = site.metadata.read_text()
    site.metadata.write_text(IdentityPeer(site.folder / "member", issuer="https://medlem.example", scope="").metadata())
    try:
        assert refused(browser.bring()) == "unknown_issuer"
        assert site.browser().client.get(f"/logga-in/saml/{site.key}/").status_code == 404
    finally:
        site.metadata.write_text(before)


def test_an_unknown_identity_is_told_how_to_get_in(tables, site):
    """Also when somebody here has the very e-mail address that the other system claims."""
    from styrkedjan.tables.access import Person

    person = person_of(someone(Role.QUALITY_LEAD, STORKOPING))
    with as_owner():
        Person.objects.filter(key=person).update(email="anna.ek@storkoping.example")
    browser = site.browser()
    browser.leave()
    page = browser.bring()
    assert page.status_code == 403
    assert settings.SIGN_IN_COOKIE not in page.cookies
    assert "Kontot är inte kopplat till någon här" in page.content.decode()
    assert "Koppla sedan det här kontot under Mitt konto" in page.content.decode()


def test_a_removed_person_is_nobody(anna, site):
    from styrkedjan.tables.access import Person

    with as_owner():
        Person.objects.filter(key=anna).update(removed_at=datetime.now(UTC))
    browser = site.browser()
    browser.leave()
    assert "inte kopplat till någon" in browser.bring().content.decode()


def test_an_identity_is_connected_and_disconnected(tables, site):
    from styrkedjan.tables.access import LinkedIdentity

    token = someone(Role.PRINCIPAL, LILLAN_UNIT)
    browser = site.browser(token)
    assert "Koppla ett konto" in browser.client.get("/konto/kopplingar/ny/").content.decode()
    browser.leave(syfte="koppla")
    browser.client.cookies.pop(settings.SIGN_IN_COOKIE)  # it does not come along when another site posts the answer
    answer = browser.bring()
    assert answer.headers["location"] == "/konto/?klart=kopplad"
    assert viewer_in(answer).assurance is Assurance.STRONG
    row = LinkedIdentity.objects.get()
    assert (row.subject, row.issuer) == ("anna@storkoping.example", site.peer.issuer)
    assert str(row.person_id) == viewer_in(answer).person
    page = browser.client.get(f"/konto/kopplingar/{row.key}/")
    assert "anna@storkoping.example" in page.content.decode()
    assert browser.client.post(f"/konto/kopplingar/{row.key}/").headers["location"] == "/konto/?klart=bortkopplad"
    assert not LinkedIdentity.objects.exists()
    kinds = [event for event, _ in events()]
    assert {Event.IDENTITY_LINKED, Event.IDENTITY_UNLINKED} <= set(kinds)


def test_somebody_elses_identity_is_not_connected(anna, site):
    browser = site.browser(someone(Role.PRINCIPAL, LILLAN_UNIT))
    browser.leave(syfte="koppla")
    page = browser.bring()
    assert page.status_code == 409
    assert "redan kopplat till någon annan" in page.content.decode()


def test_a_person_who_has_signed_out_connects_nothing(tables, site):
    from styrkedjan.tables.access import LinkedIdentity, SignInSession

    browser = site.browser(someone(Role.PRINCIPAL, LILLAN_UNIT))
    browser.leave(syfte="koppla")
    with as_owner():
        SignInSession.objects.update(ended_at=datetime.now(UTC))
    assert browser.bring().status_code == 409
    assert not LinkedIdentity.objects.exists()


def test_nobody_connects_without_signing_in(tables, site):
    page = site.browser().client.post(f"/logga-in/saml/{site.key}/", {"syfte": "koppla"})
    assert page.status_code == 403
    assert "Refresh" not in page.headers


@pytest.mark.parametrize("has_factor", [False, True])
def test_a_letter_alone_connects_only_when_fresh_and_first(tables, site, has_factor):
    """Whoever reads somebody's letters cannot connect an e-legitimation of her own beside a factor."""
    from styrkedjan.tables.access import OneTimeCodes, SignInSession

    browser = site.browser(someone(Role.PRINCIPAL, LILLAN_UNIT, assurance=Assurance.LINK))
    with as_owner():
        if has_factor:
            person = SignInSession.objects.latest("started_at").person_id
            OneTimeCodes(person_id=person, sealed_secret="-", made_at=datetime.now(UTC)).save(force_insert=True)
        else:
            SignInSession.objects.update(started_at=datetime.now(UTC) - timedelta(minutes=20))
    page = browser.client.post(f"/logga-in/saml/{site.key}/", {"syfte": "koppla"})
    assert page.status_code == 403
    assert "Refresh" not in page.headers


def test_nobody_elses_identity_is_seen_or_taken(anna, site):
    from styrkedjan.tables.access import LinkedIdentity

    key = LinkedIdentity.objects.get().key
    stranger = site.browser(someone(Role.PRINCIPAL, LILLAN_UNIT))
    assert stranger.client.get(f"/konto/kopplingar/{key}/").status_code == 404
    assert stranger.client.post(f"/konto/kopplingar/{key}/").status_code == 404
    assert LinkedIdentity.objects.exists()


def test_the_choice_is_searched_and_remembered(tables, site):
    browser = site.browser()
    assert "Som förra gången" not in browser.client.get("/logga-in/saml/").content.decode()
    assert "Storköpings kommun" in browser.client.get("/logga-in/saml/?q=storkop").content.decode()
    assert "Ingen passar till ”lillån”" in browser.client.get("/logga-in/saml/?q=lillån").content.decode()
    browser.leave()
    assert "Som förra gången" in browser.client.get("/logga-in/saml/").content.decode()


def test_cookies_hold_over_https(tables, site):
    with override_settings(HTTPS=True, SIGN_IN_COOKIE="__Host-styrkedjan"):
        page = site.browser().client.post(f"/logga-in/saml/{site.key}/", secure=True)
    binding = page.cookies["__Host-styrkedjan-federation"]
    assert (binding["samesite"], binding["secure"], binding["httponly"], binding["path"]) == ("None", True, True, "/")
    choice = page.cookies["__Host-styrkedjan-valt"]
    assert (choice["samesite"], choice["secure"]) == ("Lax", True)


def test_only_the_answer_may_be_posted_by_another_site(anna, site):
    strict = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True)
    assert strict.post(f"/logga-in/saml/{site.key}/").status_code == 403
    page = strict.post("/saml/acs", {"SAMLResponse": "x"})
    assert page.status_code == 403
    assert REFUSALS["unreadable"] in page.content.decode()
    assert strict.get("/saml/acs").status_code == 405


def test_our_metadata(tables, site):
    answer = site.browser().client.get("/saml/metadata")
    assert answer.headers["content-type"] == "application/samlmetadata+xml"
    assert 'entityID="http://127.0.0.1:8700/saml/metadata"' in answer.content.decode()
    assert 'Location="http://127.0.0.1:8700/saml/acs"' in answer.content.decode()


def test_a_site_without_federation_has_no_such_pages(tables, tmp_path):
    client = Client(SERVER_NAME="127.0.0.1")
    with override_settings(FEDERATION=Federation(tmp_path, ADDRESS)):
        assert client.get("/saml/metadata").status_code == 404
        assert client.get("/logga-in/saml/0000000000000000/").status_code == 404
        assert client.post("/saml/acs", {"SAMLResponse": "x"}).status_code == 403
        assert "Ingen inloggningstjänst är öppen" in client.get("/logga-in/saml/").content.decode()
