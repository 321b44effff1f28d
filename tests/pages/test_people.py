"""The pages of people, as a browser without scripts meets them: what is shown to whom, and every form."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from styrkedjan.core.access import OPERATOR, Assurance, Role
from styrkedjan.core.sign_in import token_hash
from tests.conftest import as_owner
from tests.people import browser, someone
from tests.world import LILLAN, LILLAN_UNIT

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("world", "tables")]

NEVER_NAMED = "2120009961"
LINK_IN_LETTER = re.compile(r"/inbjudan/([\w-]+)/")


def people_page(organiser: str = LILLAN) -> str:
    return f"/huvudman/{organiser}/personer/"


def text_of(response) -> str:
    """What a reader sees: no markup, single spaces."""
    page = response.content.decode().partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").split())


def grant_of(token: str) -> UUID:
    from styrkedjan.tables.access import RoleGrant, SignInSession

    with as_owner():
        person = SignInSession.objects.get(token_hash=token_hash(token)).person_id
        return RoleGrant.scoped.for_operator(OPERATOR).filter(person=person).order_by("granted_at").first().key


def last_letter():
    from styrkedjan.tables.access import OutgoingMail

    with as_owner():
        return OutgoingMail.objects.filter(kind="invitation").order_by("-made_at").first()


def form(**changes) -> dict[str, str]:
    fields = {"name": "Maj Dahl", "email": "maj@prov.example", "role": "principal", "unit": LILLAN_UNIT}
    return fields | changes


@pytest.fixture
def lead() -> str:
    return someone(Role.QUALITY_LEAD, LILLAN, name="Lena Lund")


def invite(lead: str, organiser: str = LILLAN, **changes) -> str:
    """Invite through the page; gives the address of the link that stands in the letter."""
    answer = browser(lead).post(f"{people_page(organiser)}bjud-in/", form(**changes))
    assert answer.status_code == 303, text_of(answer)
    return f"/inbjudan/{LINK_IN_LETTER.search(last_letter().body)[1]}/"


# ---- Who sees the page, and what of it ----


def test_those_who_manage_see_everybody_with_addresses(lead):
    someone(Role.PRINCIPAL, LILLAN_UNIT, name="Rut Ek")
    invite(lead)
    page = text_of(browser(lead).get(people_page()))
    for text in ("Lena Lund", "Rut Ek", "Rektor, Lillåns skola", "Maj Dahl", "maj@prov.example", "Bjud in en person"):
        assert text in page
    assert page.count("@prov.example") == 3
    assert "Vem kan se det här" in page


def test_a_board_member_sees_names_and_roles_alone(lead):
    invite(lead)
    board_member = someone(Role.BOARD_MEMBER, LILLAN, name="Nils Norr")
    page = text_of(browser(board_member).get(people_page()))
    assert "Lena Lund" in page
    assert "Nils Norr" in page
    for text in ("@prov.example", "Maj Dahl", "Bjud in en person", "Skicka igen"):
        assert text not in page


def test_a_principal_sees_her_own_unit_and_who_can_invite(lead):
    principal = someone(Role.PRINCIPAL, LILLAN_UNIT, name="Rut Ek")
    someone(Role.PRINCIPAL, f"{LILLAN}-90000999", name="Annan Rektor")
    someone(Role.BOARD_MEMBER, LILLAN, name="Nils Norr")
    page = text_of(browser(principal).get(people_page()))
    assert "Rut Ek" in page
    assert "Lena Lund" in page
    assert "Annan Rektor" not in page
    assert "Nils Norr" not in page
    assert "Du ser därför en del av listan" in page


def test_a_stranger_gets_404_and_staff_a_reason():
    stranger, staff = someone(Role.QUALITY_LEAD, NEVER_NAMED), someone(Role.STAFF_MEMBER, LILLAN_UNIT)
    assert browser(stranger).get(people_page()).status_code == 404
    answer = browser(staff).get(people_page())
    assert answer.status_code == 403
    assert "Vilka som har tillgång ser huvudmannens kvalitetsansvariga" in text_of(answer)


def test_nobody_signed_in_is_led_to_the_sign_in_page(lead):
    for address in (people_page(), people_page("9999999999"), "/drift/"):
        answer = browser().get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/logga-in/")


def test_a_session_by_link_alone_is_told_to_confirm():
    lead = someone(Role.QUALITY_LEAD, LILLAN, assurance=Assurance.LINK)
    page = text_of(browser(lead).get(people_page()))
    assert "Bekräfta först att det är du" in page
    assert "Bjud in en person" not in page
    assert browser(lead).post(f"{people_page()}bjud-in/", form()).status_code == 403


def test_the_page_is_never_kept(lead):
    assert "no-store" in browser(lead).get(people_page())["Cache-Control"]


def test_an_organiser_that_no_statistics_names_is_called_by_its_number():
    lead = someone(Role.QUALITY_LEAD, NEVER_NAMED, also=[(Role.PRINCIPAL, f"{NEVER_NAMED}-90000961")])
    page = text_of(browser(lead).get(people_page(NEVER_NAMED)))
    assert "Huvudman 212000-9961" in page
    assert "Rektor, Skolenhet 90000961" in page


def test_roles_at_an_organiser_that_has_left_the_statistics_still_work(lead):
    from styrkedjan.tables.places import Organiser, SchoolUnit

    with as_owner():
        Organiser.objects.filter(key=LILLAN).update(listed=False)
        SchoolUnit.objects.filter(organiser_id=LILLAN).update(listed=False)
    assert "Lillåns kommun" in text_of(browser(lead).get(people_page()))
    address = invite(lead)
    browser().post(address)
    assert "Maj Dahl" in text_of(browser(lead).get(people_page()))


def test_the_page_warns_before_the_last_role_that_can_invite_ends(lead):
    from styrkedjan.tables.access import RoleGrant

    assert "kan ingen bjuda in" not in text_of(browser(lead).get(people_page()))
    grant = grant_of(lead)
    with as_owner():
        rows = RoleGrant.scoped.for_operator(OPERATOR).filter(key=grant)
        rows.update(ends_at=datetime(2040, 6, 30, 22, tzinfo=UTC))
    assert "Efter 30 juni 2040 kan ingen bjuda in" in text_of(browser(lead).get(people_page()))


@pytest.mark.parametrize("page", ["people", "operations"])
def test_as_many_queries_for_thirty_as_for_one(page, django_queries):
    if page == "people":
        viewer, address, role, place = someone(Role.QUALITY_LEAD, LILLAN), people_page(), Role.PRINCIPAL, LILLAN_UNIT
    else:
        viewer, address, role, place = someone(Role.OPERATOR, "00"), "/drift/", Role.DIALOGUE_LEAD, "spsm"
    someone(role, place)
    invited(place, role)
    one = django_queries(lambda: browser(viewer).get(address))
    for _ in range(29):
        someone(role, place)
        invited(place, role)
    many = django_queries(lambda: browser(viewer).get(address))
    assert many == one
    assert one <= 14


@pytest.fixture
def django_queries():
    """Count the queries of a call, which must answer with a page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(call) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert "<h1>" in call().content.decode()
        return len(caught)

    return count


def invited(place: str, role: Role) -> None:
    from styrkedjan.actions.access import invitations
    from styrkedjan.core.people import Wanted
    from styrkedjan.queries.access.viewing import viewing

    organiser = place[:10] if place != "spsm" else ""
    inviter = someone(Role.QUALITY_LEAD, organiser) if organiser else someone(Role.OPERATOR, "00")
    with viewing(inviter) as viewer:
        invitations.invite(viewer, Wanted(f"{uuid4()}@prov.example", "Maj Dahl", role, place))


# ---- Inviting ----


def test_inviting_says_that_the_letter_is_on_its_way(lead):
    invite(lead)
    page = text_of(browser(lead).get(f"{people_page()}?klart=inbjuden"))
    assert "Inbjudan är på väg" in page
    assert "Väntar: ingen e-postserver är inställd" in page


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({}, "På väg."),
        ({"sent_at": datetime(2026, 11, 24, 9, 15, tzinfo=UTC)}, "Skickat 24 november 2026 kl. 10.15."),
        (
            {"problem": "e-postservern går inte att nå", "try_at": datetime(2026, 11, 24, 10, 2, tzinfo=UTC)},
            "Inte skickat än: e-postservern går inte att nå. Nytt försök 24 november 2026 kl. 11.02.",
        ),
        (
            {"problem": "mottagarens adress avvisades", "given_up_at": datetime(2026, 11, 24, 9, tzinfo=UTC)},
            "Kunde inte levereras: mottagarens adress avvisades.",
        ),
    ],
)
def test_the_state_of_the_letter_is_shown(lead, columns, said, settings_with_mail):
    from styrkedjan.tables.access import OutgoingMail

    invite(lead)
    key = last_letter().key
    with as_owner():
        OutgoingMail.objects.filter(key=key).update(**columns)
    assert said in text_of(browser(lead).get(people_page()))


@pytest.fixture
def settings_with_mail():
    from django.test import override_settings

    with override_settings(SMTP="smtp://127.0.0.1:1"):
        yield


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Skriv namnet på den du bjuder in."),
        ({"email": "maj"}, "Det är ingen fullständig e-postadress."),
        ({"role": ""}, "Välj en roll."),
        ({"role": "operator"}, "Välj ett giltigt alternativ"),
        ({"unit": f"{NEVER_NAMED}-90000961"}, "Välj ett giltigt alternativ"),
        ({"unit": LILLAN}, "Den rollen finns bara på en skolenhet."),
        ({"unit": "other"}, "Skriv skolenhetskoden"),
        ({"unit": "other", "code": "12"}, "En skolenhetskod är åtta siffror."),
        ({"last_day": "igår"}, "Skriv dagen som år-månad-dag"),
        ({"last_day": "2020-01-01"}, "Sista dagen ligger före den första, eller har redan varit."),
    ],
)
def test_a_form_that_is_wrong_keeps_what_was_typed(lead, changes, said):
    answer = browser(lead).post(f"{people_page()}bjud-in/", form(**changes))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert ('value="Maj Dahl"' in answer.content.decode()) == ("name" not in changes)
    assert last_letter() is None


def test_a_unit_that_the_list_lacks_is_given_by_its_code(lead):
    invite(lead, unit="other", code="90000777")
    assert "Rektor, Skolenhet 90000777" in text_of(browser(lead).get(people_page()))


def test_a_name_is_never_markup(lead):
    invite(lead, name="<b>Maj</b> & Co")
    page = browser(lead).get(people_page()).content.decode()
    assert "&lt;b&gt;Maj&lt;/b&gt; &amp; Co" in page
    assert "<b>Maj</b> & Co bjuder" not in last_letter().body
    assert "Hej <b>Maj</b> & Co!" in last_letter().body


def test_sending_again_and_withdrawing(lead):
    first = invite(lead)
    page = browser(lead).get(people_page()).content.decode()
    again, withdraw = (re.search(rf'action="([^"]+/{way}/)"', page)[1] for way in ("igen", "aterta"))
    assert browser(lead).post(again)["Location"].endswith("?klart=skickad")
    assert browser().get(first).status_code == 404
    second = f"/inbjudan/{LINK_IN_LETTER.search(last_letter().body)[1]}/"
    assert browser().get(second).status_code == 200
    assert browser(lead).post(withdraw)["Location"].endswith("?klart=aterkallad")
    answer = browser().get(second)
    assert answer.status_code == 410
    assert "Inbjudan har tagits tillbaka" in text_of(answer)
    assert "Maj Dahl" not in text_of(browser(lead).get(people_page()))


# ---- Changing, ending, leaving ----


def test_a_last_day_is_set_and_shown(lead):
    principal = someone(Role.PRINCIPAL, LILLAN_UNIT, name="Rut Ek")
    address = f"{people_page()}roll/{grant_of(principal)}/"
    page = text_of(browser(lead).get(address))
    assert "Rut Ek, rektor" in page
    assert "förlorar tillgången direkt" in page
    assert browser(lead).post(address, {"last_day": "2040-06-30"})["Location"].endswith("?klart=andrad")
    assert "30 juni 2040" in text_of(browser(lead).get(people_page()))
    assert 'value="2040-06-30"' in browser(lead).get(address).content.decode()
    answer = browser(lead).post(address, {"last_day": "2020-01-01"})
    assert answer.status_code == 422
    assert "Avsluta rollen i stället" in text_of(answer)


def test_ending_a_role_shuts_the_door_at_once(lead):
    board_member = someone(Role.BOARD_MEMBER, LILLAN, name="Nils Norr")
    other = browser(board_member)
    assert "Lena Lund" in text_of(other.get(people_page()))
    answer = browser(lead).post(f"{people_page()}roll/{grant_of(board_member)}/avsluta/")
    assert answer["Location"].endswith("?klart=avslutad")
    assert other.get(people_page()).status_code == 404
    page = text_of(browser(lead).get(people_page()))
    assert "Roller som har avslutats det senaste året" in page
    assert "Nils Norr" in page


def test_the_last_who_can_invite_gets_the_way_out(lead):
    answer = browser(lead).post(f"{people_page()}roll/{grant_of(lead)}/avsluta/")
    assert answer.status_code == 409
    assert "Bjud in en annan kvalitetsansvarig eller skolchef först" in text_of(answer)
    assert browser(lead).get(people_page()).status_code == 200


def test_a_role_is_found_only_at_its_own_organiser(lead):
    operator = someone(Role.OPERATOR, "00", also=[(Role.QUALITY_LEAD, LILLAN)])
    principal = someone(Role.PRINCIPAL, LILLAN_UNIT)
    grant = grant_of(principal)
    assert browser(operator).get(f"{people_page()}roll/{grant}/").status_code == 200
    for address in (f"/drift/roll/{grant}/", f"{people_page(NEVER_NAMED)}roll/{grant}/"):
        assert browser(operator).get(address).status_code == 404
    assert browser(operator).post(f"{people_page(NEVER_NAMED)}roll/{grant}/avsluta/").status_code == 404


def test_leaving_ones_own_role(lead):
    principal = someone(Role.PRINCIPAL, LILLAN_UNIT)
    address = f"/konto/roller/{grant_of(principal)}/lamna/"
    assert "rektor" in text_of(browser(principal).get(address))
    assert browser(principal).get(people_page()).status_code == 200
    assert browser(principal).post(address).status_code in (302, 303)
    assert browser(principal).get(people_page()).status_code == 404


# ---- The link of an invitation ----


def test_looking_changes_nothing_and_yes_signs_in(lead):
    address, visitor = invite(lead, last_day="2040-06-30"), browser()
    for _ in range(2):
        page = text_of(visitor.get(address))
        for text in ("Maj Dahl, maj@prov.example", "Rektor", "Lillåns skola", "Lena Lund", "till och med 30 juni 2040"):
            assert text in page
    answer = visitor.post(address)
    assert answer.status_code == 302
    assert settings.SIGN_IN_COOKIE in answer.cookies
    page = text_of(visitor.get(people_page()))
    assert "Maj Dahl" in page
    again = visitor.get(address)
    assert again.status_code == 410
    assert "Inbjudan har redan använts" in text_of(again)


def test_who_has_an_account_gets_the_role_and_signs_in_as_always(lead):
    from styrkedjan.tables.access import Person, SignInSession

    known = someone(Role.STAFF_MEMBER, LILLAN_UNIT)
    with as_owner():
        person = SignInSession.objects.get(token_hash=token_hash(known)).person_id
        email = Person.objects.get(key=person).email
    address, visitor = invite(lead, email=email), browser()
    answer = visitor.post(address)
    assert answer.status_code == 302
    assert answer["Location"] == "/logga-in/?klart=rollen"
    assert settings.SIGN_IN_COOKIE not in visitor.cookies
    with as_owner():
        assert SignInSession.objects.filter(person=person).count() == 1
    assert "Rollen är din. Logga in för att använda den." in text_of(visitor.get(answer["Location"]))
    assert visitor.get("/konto/").status_code == 302
    with as_owner():
        from styrkedjan.tables.access import RoleGrant

        roles = RoleGrant.scoped.for_operator(OPERATOR).filter(person=person).values_list("role", flat=True)
        assert sorted(roles) == ["principal", "staff_member"]


def test_who_is_signed_in_says_yes_and_stays_signed_in(lead):
    from styrkedjan.tables.access import Person, SignInSession

    known = someone(Role.STAFF_MEMBER, LILLAN_UNIT)
    with as_owner():
        person = SignInSession.objects.get(token_hash=token_hash(known)).person_id
        email = Person.objects.get(key=person).email
    answer = browser(known).post(invite(lead, email=email))
    assert answer["Location"] == "/konto/"
    assert "Rektor" in text_of(browser(known).get("/konto/"))


@pytest.mark.parametrize("way", ["get", "post"])
@pytest.mark.parametrize("token", ["A" * 43, "kort", "x'; --", "%00"])
def test_a_link_that_is_none(way, token):
    answer = getattr(browser(), way)(f"/inbjudan/{token}/")
    assert answer.status_code == 404
    assert "Länken till inbjudan stämmer inte" in text_of(answer)


def test_a_link_that_has_gone_out_tells_nothing_of_whose_it_was(lead):
    from styrkedjan.tables.access import Invitation

    address = invite(lead)
    with as_owner():
        mine = Invitation.scoped.for_operator(OPERATOR).filter(email="maj@prov.example")
        mine.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    answer = browser().get(address)
    assert answer.status_code == 410
    page = text_of(answer)
    assert "Inbjudan har gått ut" in page
    for text in ("Maj", "@", "Lillån", "rektor", "Lena"):
        assert text not in page
    assert browser().post(address).status_code == 409


def test_who_is_signed_in_as_somebody_else_is_told(lead):
    address = invite(lead)
    assert "Du är inloggad som någon annan" in text_of(browser(lead).get(address))
    answer = browser(lead).post(address)
    assert answer.status_code == 409
    assert "annan e-postadress" in text_of(answer)
    assert browser().get(address).status_code == 200


# ---- The operator's page ----


def test_the_operators_page_counts_letters_and_lists_national_people(lead):
    invite(lead)
    operator = someone(Role.OPERATOR, "00", name="Drifa Drift")
    someone(Role.ANALYST, "00", name="Ana Lys")
    page = text_of(browser(operator).get("/drift/"))
    for text in ("Drifa Drift", "Ana Lys", "Nationell analytiker", "Ingen e-postserver är inställd", "inbjudan"):
        assert text in page
    assert "Maj Dahl" not in page
    assert "maj@prov.example" not in page


@pytest.mark.parametrize("role", [Role.QUALITY_LEAD, Role.ANALYST, Role.DIALOGUE_LEAD])
def test_nobody_else_reaches_the_operators_pages(role):
    viewer = someone(role, {Role.QUALITY_LEAD: LILLAN, Role.ANALYST: "00"}.get(role, "spsm"))
    for address in ("/drift/", "/drift/bjud-in/"):
        answer = browser(viewer).get(address)
        assert answer.status_code == 403
        assert "driftansvariga" in text_of(answer)


def test_the_operator_invites_a_first_lead_and_a_dialogue_lead():
    operator = someone(Role.OPERATOR, "00")
    who = {"name": "Maj Dahl", "email": "maj@prov.example"}
    first = {**who, "role": "quality_lead", "where": "organiser", "organiser": "212000-9961"}
    assert browser(operator).post("/drift/bjud-in/", first)["Location"] == "/drift/?klart=inbjuden"
    assert browser().post(f"/inbjudan/{LINK_IN_LETTER.search(last_letter().body)[1]}/").status_code == 302
    second = {**first, "email": "ny@prov.example"}
    answer = browser(operator).post("/drift/bjud-in/", second)
    assert answer.status_code == 422
    assert "redan någon som kan bjuda in" in text_of(answer)
    agency = {**who, "role": "dialogue_lead", "where": "spsm"}
    assert browser(operator).post("/drift/bjud-in/", agency).status_code == 303
    assert "Dialogledare, SPSM" in text_of(browser(operator).get("/drift/"))
    nowhere = {**who, "role": "quality_lead", "where": "organiser"}
    assert "Skriv huvudmannens organisationsnummer." in text_of(browser(operator).post("/drift/bjud-in/", nowhere))
