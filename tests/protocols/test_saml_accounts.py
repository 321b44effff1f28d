"""What an identity may do to an account: accept its invitation, be disconnected from it, and grow surer."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings

from styrkedjan.core.access import Assurance, Event, Role
from tests.conftest import as_owner
from tests.people import someone
from tests.protocols.federation_case import Site, connect, person_of, running_site
from tests.protocols.identity_peer import LOA3
from tests.protocols.test_saml_sign_in import events, refused, viewer_in
from tests.world import LILLAN_UNIT, STORKOPING

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def site(house, tmp_path_factory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("federation")) as made:
        yield made


@pytest.fixture
def anna(tables, site) -> str:
    """Anna, who has connected her identity. Gives her person's key."""
    person = person_of(someone(Role.PRINCIPAL, LILLAN_UNIT, name="Anna Ek"))
    connect(person, site.peer.issuer)
    return person


def invited(email: str) -> str:
    """The path of an invitation to a role at Lillån."""
    from styrkedjan.actions.access import invitations
    from styrkedjan.core.people import Wanted
    from styrkedjan.queries.access.viewing import viewing

    with viewing(someone(Role.QUALITY_LEAD, STORKOPING)) as viewer:
        wanted = Wanted(email, "Ny Person", Role.STAFF_MEMBER, f"{STORKOPING}-90000001")
        return invitations.invite(viewer, wanted).address.removeprefix("http://127.0.0.1:8700")


def token_in(path: str) -> str:
    return path.strip("/").split("/")[-1]


def email_of(person: str) -> str:
    from styrkedjan.tables.access import Person

    with as_owner():
        return Person.objects.get(key=person).email


def test_an_invitation_is_accepted_on_the_way(tables, world, site):
    from styrkedjan.tables.access import LinkedIdentity

    path = invited("ny@storkoping.example")
    browser = site.browser()
    page = browser.client.get(f"{path}e-legitimation/").content.decode()
    assert "Ta emot inbjudan med e-legitimation" in page
    browser.leave(inbjudan=token_in(path))
    answer = browser.bring()
    assert answer.status_code == 302
    viewer = viewer_in(answer)
    assert (viewer.name, viewer.assurance) == ("Ny Person", Assurance.STRONG)
    assert [grant.role for grant in viewer.grants] == [Role.STAFF_MEMBER]
    assert str(LinkedIdentity.objects.get().person_id) == viewer.person


@pytest.mark.parametrize("has", ["codes", "another identity", "nothing"])
def test_an_invitation_takes_over_no_account(tables, world, site, has):
    """Whoever reads somebody's letters connects no identity of her own to the account that is there already."""
    from styrkedjan.tables.access import Invitation, LinkedIdentity, OneTimeCodes, RoleGrant, SignInSession

    person = person_of(someone(Role.PRINCIPAL, LILLAN_UNIT))
    if has == "codes":
        with as_owner():
            OneTimeCodes(person_id=person, sealed_secret="-", made_at=datetime.now(UTC)).save(force_insert=True)
    elif has == "another identity":
        connect(person, site.peer.issuer, "ylva@storkoping.example")
    email = email_of(person)
    path = invited(email)
    with as_owner():
        before = [table.objects.count() for table in (LinkedIdentity, SignInSession)]
        grants = RoleGrant.scoped._rows().count()
    accepted = [event for event, _ in events()].count(Event.INVITATION_ACCEPTED)
    browser = site.browser()
    browser.leave(inbjudan=token_in(path))
    field = browser.answer()
    binding = browser.client.cookies[f"{settings.SIGN_IN_COOKIE}-federation"].value
    page = browser.bring(field)
    assert page.status_code == 409
    assert "Det finns redan ett konto med den adressen" in page.content.decode()
    assert "koppla e-legitimationen under Mitt konto" in page.content.decode()
    assert settings.SIGN_IN_COOKIE not in page.cookies
    with as_owner():
        assert [table.objects.count() for table in (LinkedIdentity, SignInSession)] == before
        assert RoleGrant.scoped._rows().count() == grants
        assert Invitation.scoped._rows().get(email=email).used_at is None
    assert [event for event, _ in events()].count(Event.INVITATION_ACCEPTED) == accepted
    assert [facts["why"] for event, facts in events() if event == Event.SIGN_IN_REFUSED][-1:] == ["has_account"]
    browser.client.cookies[f"{settings.SIGN_IN_COOKIE}-federation"] = binding
    assert refused(browser.bring(field)) == "used_request"
    assert browser.client.get(path).status_code == 200  # the invitation is still open


def test_whoever_is_connected_already_accepts_an_invitation_with_the_same_identity(anna, world, site):
    from styrkedjan.tables.access import LinkedIdentity

    path = invited(email_of(anna))
    browser = site.browser()
    browser.leave(inbjudan=token_in(path))
    answer = browser.bring()
    assert answer.status_code == 302
    viewer = viewer_in(answer)
    assert (viewer.person, viewer.assurance) == (anna, Assurance.STRONG)
    assert Role.STAFF_MEMBER in {grant.role for grant in viewer.grants}
    assert LinkedIdentity.objects.count() == 1


def test_somebody_elses_identity_accepts_no_invitation(anna, world, site):
    """The invited address is new, and the identity is already somebody's."""
    from styrkedjan.tables.access import Invitation, Person

    path = invited("ny@storkoping.example")
    browser = site.browser()
    browser.leave(inbjudan=token_in(path))
    assert browser.bring().status_code == 409
    with as_owner():
        assert Invitation.scoped._rows().get(email="ny@storkoping.example").used_at is None
        assert not Person.objects.filter(email="ny@storkoping.example").exists()


@pytest.mark.parametrize("stored", [Assurance.LINK, Assurance.STRONG])
@pytest.mark.parametrize("session", [Assurance.LINK, Assurance.STRONG])
def test_a_sure_identity_is_disconnected_by_a_sure_session_alone(tables, site, stored, session):
    from styrkedjan.actions.access.adding import SIGN_IN_SURELY
    from styrkedjan.tables.access import LinkedIdentity

    token = someone(Role.PRINCIPAL, LILLAN_UNIT, assurance=session)
    key = connect(person_of(token), site.peer.issuer, assurance=stored)
    page = site.browser(token).client.post(f"/konto/kopplingar/{key}/")
    if session < stored:
        assert page.status_code == 403
        assert SIGN_IN_SURELY in page.content.decode()
    else:
        assert page.headers["location"] == "/konto/?klart=bortkopplad"
    assert LinkedIdentity.objects.exists() is (session < stored)


@pytest.mark.parametrize(
    ("stored", "level", "kept"),
    [
        (Assurance.STRONG, "http://id.elegnamnden.se/loa/1.0/loa1", Assurance.STRONG),
        (Assurance.LINK, LOA3, Assurance.STRONG),
        (Assurance.LINK, "http://id.elegnamnden.se/loa/1.0/loa1", Assurance.LINK),
    ],
)
def test_a_weak_sign_in_does_not_weaken_what_is_known_of_an_identity(tables, site, stored, level, kept):
    from styrkedjan.tables.access import LinkedIdentity

    person = person_of(someone(Role.PRINCIPAL, LILLAN_UNIT))
    connect(person, site.peer.issuer, assurance=stored)
    browser = site.browser()
    browser.leave()
    site.peer.level = level
    try:
        answer = browser.bring()
    finally:
        site.peer.level = LOA3
    assert viewer_in(answer).assurance is (Assurance.STRONG if level == LOA3 else Assurance.LINK)
    row = LinkedIdentity.objects.get()
    assert row.assurance == kept
    assert row.used_at
