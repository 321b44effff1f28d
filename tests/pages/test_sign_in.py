"""The pages of signing in and of the own account, by what they say and without script."""

import html
import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from styrkedjan.core.access import ANYONE, Assurance, Role
from tests import signing
from tests.people import someone
from tests.signing import account, by_letter, email_of, link_and_code, with_codes, with_passkey
from tests.world import STORKOPING

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("tables")]


def visitor(token: str = "", **headers):
    """A browser without script; with the cookie of a session when there is a token."""
    from django.conf import settings
    from django.test import Client

    client = Client(SERVER_NAME="localhost", headers={"User-Agent": "Firefox/140.0 Windows", **headers})
    if token:
        client.cookies[settings.SIGN_IN_COOKIE] = token
    return client


def text(answer) -> str:
    shown = re.sub(r"<(script|style|noscript).*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", shown)))


def cookie(client, name: str = "") -> str:
    from django.conf import settings

    found = client.cookies.get(settings.SIGN_IN_COOKIE + name)
    return found.value if found else ""


def ask_for_link(client, person, onward: str = ""):
    return client.post(f"/logga-in/{onward}", {"email": email_of(person)})


# ---- In by letter ----


def test_from_the_address_to_the_account_by_link():
    person, client = account("Anna Ek"), visitor()
    page = text(client.get("/logga-in/"))
    assert "E-postadress" in page
    assert "Har du en passkey?" in page
    assert ask_for_link(client, person, "?vidare=/konto/").url == "/logga-in/kod/"
    assert "Om adressen finns hos oss har vi skickat en länk." in text(client.get("/logga-in/kod/"))

    token, _ = link_and_code(email_of(person))
    opened = client.get(f"/logga-in/lank/{token}/")
    assert "Logga in som Anna Ek" in text(opened)
    assert "en annan webbläsare" not in text(opened)
    assert opened["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    entered = client.post(f"/logga-in/lank/{token}/")
    assert entered.url == "/konto/sakrare/?vidare=%2Fkonto%2F"
    offer = text(client.get(entered.url))
    assert "Gör din inloggning säkrare" in offer
    assert "Inte nu" in offer
    mine = text(client.get("/konto/"))
    assert "Anna Ek" in mine
    assert "länk i e-post" in mine
    assert "Firefox på Windows den här" in mine


def test_a_robot_that_opens_the_link_does_not_use_it_up():
    person, client = account(), visitor()
    ask_for_link(client, person)
    token, _ = link_and_code(email_of(person))
    for _ in range(3):
        assert "inte använd förrän du trycker" in text(visitor().get(f"/logga-in/lank/{token}/"))
    assert client.post(f"/logga-in/lank/{token}/").status_code == 302
    assert "Länken går inte att använda" in text(client.get(f"/logga-in/lank/{token}/"))
    assert "Länken går inte att använda" in text(visitor().post(f"/logga-in/lank/{token}/"))


def test_another_browser_may_use_the_link_and_is_told():
    person = account()
    ask_for_link(visitor(), person)
    token, _ = link_and_code(email_of(person))
    other = visitor()
    assert "Länken begärdes i en annan webbläsare" in text(other.get(f"/logga-in/lank/{token}/"))
    other.post(f"/logga-in/lank/{token}/")
    assert cookie(other)


def test_the_code_of_the_letter():
    person, client = account(), visitor()
    ask_for_link(client, person)
    _, code = link_and_code(email_of(person))
    wrong = client.post("/logga-in/kod/", {"code": "x"})
    assert wrong.status_code == 422
    assert "Koden stämmer inte" in text(wrong)
    assert visitor().get("/logga-in/kod/").url == "/logga-in/"
    assert client.post("/logga-in/kod/", {"code": code}).url == "/konto/sakrare/"


def test_the_answer_is_the_same_to_an_address_nobody_has():
    known, unknown = visitor(), visitor()
    first = ask_for_link(known, account())
    second = unknown.post("/logga-in/", {"email": "nobody@prov.example"})
    assert (first.status_code, first.url) == (second.status_code, second.url)
    shown = [re.sub(r'value="\w{64}"', "", each.get("/logga-in/kod/").content.decode()) for each in (known, unknown)]
    assert shown[0] == shown[1]


@pytest.mark.parametrize("email", ["", "anna", "anna@"])
def test_an_address_that_is_none(email):
    answer = visitor().post("/logga-in/", {"email": email})
    assert answer.status_code == 422
    assert "e-postadress" in text(answer)
    assert "<title>Fel: Logga in" in answer.content.decode()


def test_too_many_letters_say_when_to_come_back():
    person, client = account(), visitor()
    for _ in range(5):
        ask_for_link(client, person)
    answer = ask_for_link(client, person)
    assert answer.status_code == 429
    assert "Försök igen om 3 minuter" in text(answer)
    assert 0 < int(answer["Retry-After"]) <= 180


@pytest.mark.parametrize(
    "onward", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "\t//evil.example"]
)
def test_one_never_ends_up_on_another_site(onward):
    person, client = account(), visitor()
    client.post("/logga-in/", {"email": email_of(person)}, query_params={"vidare": onward})
    token, _ = link_and_code(email_of(person))
    entered = client.post(f"/logga-in/lank/{token}/")
    assert entered.url == "/konto/sakrare/"
    assert client.get("/logga-in/", query_params={"vidare": onward}).url == "/"


# ---- The second factor ----


def test_from_the_link_to_the_second_factor():
    person = account("Anna Ek")
    secret, _ = with_codes(by_letter(person).session)
    signing.forget_codes_used(person)
    client = visitor()
    ask_for_link(client, person, "?vidare=/data/")
    token, _ = link_and_code(email_of(person))
    assert client.post(f"/logga-in/lank/{token}/").url == "/logga-in/bekrafta/"
    assert not cookie(client)
    page = text(client.get("/logga-in/bekrafta/"))
    assert "Hej Anna Ek! Ett steg kvar." in page
    assert "Engångskod" in page
    wrong = client.post("/logga-in/bekrafta/", {"code": "000000"})
    assert wrong.status_code == 422
    assert "Koden stämmer inte" in text(wrong)
    assert client.post("/logga-in/bekrafta/", {"code": pyotp.TOTP(secret).now()}).url == "/data/"
    assert cookie(client)
    assert not cookie(client, "-browser")


def test_nobody_half_signed_in_has_nothing_to_confirm():
    assert visitor().get("/logga-in/bekrafta/").url == "/logga-in/"
    assert visitor().post("/logga-in/bekrafta/fraga/").status_code == 404


def test_a_passkey_signs_in_over_the_pages():
    person = account()
    device, _ = with_passkey(by_letter(person).session)
    client = visitor()
    question = client.post("/logga-in/passkey/fraga/")
    assert question["Content-Type"] == "application/json"
    answer = device.sign(question.content.decode())
    assert client.post("/logga-in/passkey/?vidare=/data/", {"credential": answer}).url == "/data/"
    again = client.get("/konto/")
    assert "passkey" in text(again)
    replayed = visitor().post("/logga-in/passkey/", {"credential": answer})
    assert replayed.status_code == 422
    assert "annan webbläsare" in text(replayed)


def test_a_session_is_made_surer_and_changes_its_cookie():
    person = account()
    secret, _ = with_codes(by_letter(person).session)
    signing.forget_codes_used(person)
    from styrkedjan.actions.access import sessions

    weak = sessions.begin(ANYONE, person, "invitation", Assurance.LINK, "Prov")
    client = visitor(weak)
    assert "bekräfta att det är du" in text(client.get("/konto/"))
    assert client.get("/konto/reservkoder/").url == "/logga-in/bekrafta/?vidare=%2Fkonto%2Freservkoder%2F"
    raised = client.post("/logga-in/bekrafta/?vidare=/konto/reservkoder/", {"code": pyotp.TOTP(secret).now()})
    assert raised.url == "/konto/reservkoder/"
    assert cookie(client) != weak
    assert visitor(weak).get("/konto/").url.startswith("/logga-in/")


# ---- Cookies ----


def test_the_cookies_are_closed_to_scripts_and_other_sites():
    person, client = account(), visitor()
    ask_for_link(client, person)
    token, _ = link_and_code(email_of(person))
    client.post(f"/logga-in/lank/{token}/")
    from django.conf import settings

    held = client.cookies[settings.SIGN_IN_COOKIE]
    assert (held["httponly"], held["samesite"], held["path"], held["domain"]) == (True, "Lax", "/", "")
    assert held["max-age"] == 12 * 3600


def test_a_token_that_somebody_planted_is_not_taken_over():
    """Fixation: whoever signs in gets a token of her own, whatever the browser held before."""
    planted = "A" * 43
    person, client = account(), visitor(planted)
    ask_for_link(client, person)
    token, _ = link_and_code(email_of(person))
    client.post(f"/logga-in/lank/{token}/")
    assert cookie(client) not in ("", planted)
    assert visitor(planted).get("/konto/").url.startswith("/logga-in/")


def test_signing_out_takes_a_form_and_ends_the_session():
    token = someone()
    client = visitor(token)
    assert client.get("/logga-ut/").url == "/konto/"
    assert "Mitt konto" in text(client.get("/konto/"))
    out = client.post("/logga-ut/")
    assert "Du är utloggad." in text(client.get(out.url))
    assert visitor(token).get("/konto/").url.startswith("/logga-in/")


def test_forms_without_their_token_do_nothing():
    from django.test import Client

    client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    assert "Ingenting har ändrats" in text(client.post("/logga-in/", {"email": "anna@prov.example"}))
    assert client.post("/logga-in/passkey/fraga/").status_code == 403


def test_an_address_that_a_visitor_claims_makes_no_new_bucket():
    for number in range(5):
        client = visitor(**{"X-Forwarded-For": f"203.0.113.{number}"})
        client.post("/logga-in/", {"email": "anna@prov.example"})
    from styrkedjan.tables.access import Pace

    assert Pace.objects.count() == 2  # one for the e-mail address, one for where the requests really came from


# ---- The account ----


def test_what_the_account_shows(world):
    client = visitor(someone(Role.QUALITY_LEAD, STORKOPING, name="Åsa Öberg", also=[(Role.DIALOGUE_LEAD, "spsm")]))
    page = text(client.get("/konto/"))
    for word in ("Åsa Öberg", "Så loggar jag in", "Storköping", "Kvalitetsansvarig", "SPSM", "Dialogledare"):
        assert word in page
    assert "Hämta allt" in page or "Mina uppgifter" in page


def test_the_account_is_nobody_elses():
    assert visitor().get("/konto/").url == "/logga-in/?vidare=%2Fkonto%2F"
    assert visitor(someone()).get("/konto/")["Cache-Control"] == "no-store, private"


def test_the_name_is_changed():
    client = visitor(someone(name="Åsa"))
    assert "Skriv ditt namn" in text(client.post("/konto/namn/", {"name": "  "}))
    done = client.post("/konto/namn/", {"name": "Åsa <b>Öberg</b>"})
    page = client.get(done.url)
    assert "Ditt namn är ändrat." in text(page)
    assert "Åsa &lt;b&gt;Öberg&lt;/b&gt;" in page.content.decode()


def test_the_address_is_changed_from_the_new_one():
    client = visitor(by_letter(account()).session)
    asked = client.post("/konto/epost/", {"email": "ny@prov.example"})
    assert "Vi har skickat en länk" in text(client.get(asked.url))
    link = re.search(r"/konto/epost/[\w-]{43}/", signing.letter_to("ny@prov.example").body).group()
    assert "ny@prov.example" in text(client.get(link))
    assert "Din e-postadress är bytt." in text(client.get(client.post(link).url))
    assert "ny@prov.example" in text(client.get("/konto/"))
    assert client.get(link).status_code == 404
    assert visitor(someone()).get(link).status_code == 404


def test_codes_are_turned_on_without_script():
    client = visitor(by_letter(account()).session)
    assert "Visa QR-koden" in text(client.get("/konto/koder/"))
    client.post("/konto/koder/")
    page = client.get("/konto/koder/")
    assert 'src="data:image/svg+xml' in page.content.decode()
    secret = (
        re.search(r'<code class="secret"[^>]*>([A-Z2-7 ]+)</code>', page.content.decode()).group(1).replace(" ", "")
    )
    wrong = client.post("/konto/koder/", {"code": "000000"})
    assert "Koden stämmer inte" in text(wrong)
    assert secret[:4] in text(wrong)
    added = client.post("/konto/koder/", {"code": pyotp.TOTP(secret).now()})
    assert "Engångskoder är påslagna" in text(client.get(added.url))

    shown = client.post("/konto/reservkoder/")
    codes = re.findall(r"<code>([a-z2-7-]{30})</code>", shown.content.decode())
    assert len(codes) == 10
    assert "De visas bara nu" in text(shown)
    assert codes[0] not in client.get("/konto/reservkoder/").content.decode()
    page = text(client.get("/konto/"))
    assert "10 kvar." in page
    assert "Påslagna sedan" in page

    assert "Det är ditt sista sätt" in text(client.get("/konto/koder/ta-bort/"))
    gone = text(client.get(client.post("/konto/koder/ta-bort/").url))
    assert "Engångskoder är avstängda." in gone
    assert "Slå på engångskoder" in gone


def test_where_one_was_going_is_kept_while_the_sign_in_is_made_safer():
    client, onward = visitor(by_letter(account()).session), "?vidare=/data/"
    offered = client.get(f"/konto/sakrare/{onward}").content.decode()
    to_codes = re.search(r'href="(/konto/koder/[^"]*)"', offered).group(1)
    assert f"/konto/passkeys/ny/{onward}" in offered
    assert to_codes == f"/konto/koder/{onward}"

    def form_to(page) -> str:
        return re.search(r'action="(/konto/[^"]*)"', page.content.decode()).group(1)

    begun = client.post(form_to(client.get(to_codes)))
    page = client.get(begun.url)
    secret = re.search(r'<code class="secret"[^>]*>([A-Z2-7 ]+)</code>', page.content.decode()).group(1)
    added = client.post(form_to(page), {"code": pyotp.TOTP(secret.replace(" ", "")).now()})
    recovery = client.get(added.url)
    assert "Engångskoder är påslagna" in text(recovery)
    assert 'href="/data/">Inte nu' in recovery.content.decode()
    shown = client.post(form_to(recovery)).content.decode()
    assert 'href="/data/">Jag har sparat koderna' in shown


def test_a_passkey_keeps_where_one_was_going_and_elsewhere_is_nowhere():
    from tests.protocols.device import Device

    client = visitor(by_letter(account()).session)
    assert (
        'action="/konto/passkeys/ny/?vidare=/data/"' in client.get("/konto/passkeys/ny/?vidare=/data/").content.decode()
    )
    answer = Device(signing.ORIGIN, signing.DOMAIN).make(client.post("/konto/passkeys/fraga/").content.decode())
    added = client.post("/konto/passkeys/ny/?vidare=/data/", {"credential": answer, "name": "Telefonen"})
    assert 'href="/data/">Inte nu' in client.get(added.url).content.decode()
    client.post("/konto/reservkoder/")
    again = Device(signing.ORIGIN, signing.DOMAIN)
    answer = again.make(client.post("/konto/passkeys/fraga/").content.decode())
    done = client.post("/konto/passkeys/ny/?vidare=/data/", {"credential": answer, "name": "Datorn"})
    assert done.url == "/data/"
    assert (
        "ond.example"
        not in client.get("/konto/reservkoder/?vidare=//ond.example/").content.decode().partition("<main")[2]
    )


def test_an_old_session_is_told_before_it_asks_for_another_address():
    token = by_letter(account()).session
    client = visitor(token)
    assert 'name="email"' in client.get("/konto/epost/").content.decode()
    signing_in_long_ago(token)
    page = client.get("/konto/epost/")
    assert "Logga in igen först" in text(page)
    assert 'name="email"' not in page.content.decode()
    assert client.post("/konto/epost/", {"email": "ny@prov.example"}).status_code == 403
    assert signing.letter_to("ny@prov.example") is None


def signing_in_long_ago(token: str) -> None:
    from styrkedjan.core.sign_in import token_hash
    from styrkedjan.tables.access import SignInSession
    from tests.conftest import as_owner

    with as_owner():
        rows = SignInSession.objects.filter(token_hash=token_hash(token))
        rows.update(started_at=datetime.now(UTC) - timedelta(minutes=16))


def test_one_way_to_confirm_needs_no_heading_to_see():
    person = account()
    _, raised = with_codes(by_letter(person).session)
    client = visitor()
    ask_for_link(client, person)
    token, _ = link_and_code(email_of(person))
    client.post(f"/logga-in/lank/{token}/")
    page = client.get("/logga-in/bekrafta/").content.decode()
    assert '<h2 id="med-kod" class="visually-hidden">Med en engångskod</h2>' in page
    with_passkey(raised)
    both = client.get("/logga-in/bekrafta/").content.decode()
    assert '<h2 id="med-kod">Med en engångskod</h2>' in both
    assert '<h2 id="med-passkey">Med din passkey</h2>' in both


def test_few_recovery_codes_are_told_of():
    person = account()
    _, raised = with_codes(by_letter(person).session)
    page = text(visitor(raised).get("/konto/"))
    assert "Du har inga reservkoder" in page


def test_a_passkey_is_added_named_and_removed_over_the_pages():
    from tests.protocols.device import Device

    client = visitor(by_letter(account()).session)
    page = client.get("/konto/passkeys/ny/")
    assert "Passkeys behöver JavaScript" in page.content.decode()
    device = Device(signing.ORIGIN, signing.DOMAIN)
    answer = device.make(client.post("/konto/passkeys/fraga/").content.decode())
    added = client.post("/konto/passkeys/ny/", {"credential": answer, "name": "Telefonen"})
    assert "Din passkey är tillagd" in text(client.get(added.url))
    mine = client.get("/konto/")
    assert "Telefonen" in text(mine)
    passkey = re.search(r"/konto/passkeys/[0-9a-f-]{36}/", mine.content.decode()).group()
    assert "Jobbdatorn" in text(client.get(client.post(passkey, {"name": "Jobbdatorn"}).url))
    assert "Ta bort passkeyn ”Jobbdatorn”?" in text(client.get(f"{passkey}ta-bort/"))
    assert "Passkeyn är borttagen." in text(client.get(client.post(f"{passkey}ta-bort/").url))
    assert client.get(passkey).status_code == 404


def test_a_session_too_old_for_a_first_factor_says_so():
    token = by_letter(account()).session
    from styrkedjan.tables.access import SignInSession

    SignInSession.objects.all().update(started_at=datetime.now(UTC) - timedelta(minutes=16))
    for path in ("/konto/koder/", "/konto/passkeys/ny/"):
        assert "Logga in igen först" in text(visitor(token).get(path))
    assert visitor(token).post("/konto/koder/").status_code == 403


def test_a_session_is_ended_from_another():
    person = account()
    here, there = (by_letter(person).session for _ in range(2))
    page = visitor(here).get("/konto/").content.decode()
    ends = re.findall(r"/konto/inloggningar/[0-9a-f-]{36}/avsluta/", page)
    assert len(ends) == 2
    visitor(here).post(ends[1])
    assert visitor(there).get("/konto/").url.startswith("/logga-in/")
    assert "Logga ut överallt utom här" not in text(visitor(here).get("/konto/"))
    assert "Du är utloggad" in text(visitor().get(visitor(here).post(ends[0]).url))


def test_leaving_a_role_says_what_it_means_first(world):
    client = visitor(someone(Role.BOARD_MEMBER, STORKOPING))
    leave = re.search(r"/konto/roller/[0-9a-f-]{36}/lamna/", client.get("/konto/").content.decode()).group()
    page = text(client.get(leave))
    assert "Lämna rollen som nämnd eller styrelse?" in page
    assert "upphör i samma sekund" in page
    assert visitor(someone(Role.QUALITY_LEAD, STORKOPING)).get(leave).status_code == 404
    assert visitor(someone(Role.QUALITY_LEAD, STORKOPING)).post(leave).status_code == 404
    after = text(client.get(client.post(leave).url))
    assert "Du har lämnat rollen." in after
    assert "Du har ingen roll just nu." in after


def test_three_hundred_roles_are_fine(world):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    units = [(Role.STAFF_MEMBER, f"{STORKOPING}-9{number:07d}") for number in range(300)]
    client = visitor(someone(Role.QUALITY_LEAD, STORKOPING, also=units))
    with CaptureQueriesContext(
        connection,
    ) as many:
        page = client.get("/konto/platser/")
    assert "301 roller" in text(page)
    few = visitor(someone(Role.QUALITY_LEAD, STORKOPING))
    with CaptureQueriesContext(connection) as one:
        assert "1 roll" in text(few.get("/konto/platser/"))
    assert len(many) == len(one)
    found = text(client.get("/konto/platser/?q=storköping"))
    assert "roll" in found
    assert "Ingen av dina platser heter så" in text(client.get("/konto/platser/?q=xyzzy"))
    assert "Visa alla platser (289 till)" in text(client.get("/konto/"))


# ---- The demo ----


def test_there_is_no_demo():
    for method in ("get", "post"):
        assert getattr(visitor(), method)("/logga-in/prov/").status_code == 404
    assert "påhittad person" not in text(visitor().get("/logga-in/"))


def test_the_demo_lists_invented_people_and_lets_one_in(world):
    from django.test import override_settings

    someone(Role.QUALITY_LEAD, STORKOPING, name="Ylva Påhittsson")
    with override_settings(DEMO=True):
        client = visitor()
        page = client.get("/logga-in/prov/")
        assert "Ylva Påhittsson" in text(page)
        assert "Kvalitetsansvarig, Storköping" in text(page)
        key = re.search(r'name="person" value="([0-9a-f-]{36})"', page.content.decode()).group(1)
        assert client.post("/logga-in/prov/", {"person": key}).url == "/"
        assert cookie(client)
        forwarded = visitor(**{"X-Forwarded-For": "127.0.0.1"})
        assert forwarded.post("/logga-in/prov/", {"person": key}).status_code == 403
        assert client.post("/logga-in/prov/", {"person": "x"}).status_code in (302, 404)
