"""Signing in: what lets a person in, once, and everything that does not."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pyotp
import pytest

from styrkedjan.core.access import ANYONE, Assurance, Event, Viewer
from styrkedjan.core.refused import BadInput, NotAllowed, NotFound, TooMany, WrongState
from styrkedjan.protocols import passkeys
from tests import signing
from tests.conftest import as_owner
from tests.protocols.device import Device
from tests.signing import (
    ADDRESS,
    DOMAIN,
    ORIGIN,
    account,
    as_viewer,
    asked,
    browser,
    by_letter,
    email_of,
    link_and_code,
    with_codes,
    with_passkey,
)

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("tables")]


def actions():
    from styrkedjan.actions.access import sign_in

    return sign_in


def factors():
    from styrkedjan.actions.access import factors as module

    return module


def rows(name: str):
    from styrkedjan.tables import access

    return getattr(access, name).objects


def events(person: str) -> list[str]:
    from styrkedjan.tables.access import AuditEvent

    with as_owner():
        mine = AuditEvent.scoped._rows(actor=person).order_by("organiser", "sequence")
        return [row.event for row in mine]


def aged(minutes: float, **which) -> None:
    """As if a while had gone since something was begun."""
    from styrkedjan.tables.access import SignInAttempt

    with as_owner():
        for row in SignInAttempt.objects.filter(**which):
            row.expires_at -= timedelta(minutes=minutes)
            row.save()


def assurance(token: str) -> Assurance:
    with as_viewer(token) as viewer:
        return viewer.assurance


# ---- The letter ----


def test_a_link_lets_in_once():
    person = account()
    actions().send_link(ANYONE, f"  {email_of(person).upper()} ", browser(), "/data/")
    token, _ = link_and_code(email_of(person))
    entered = actions().open_link(ANYONE, token, browser())
    assert (entered.onward, entered.browser, entered.is_sure) == ("/data/", "", False)
    with as_viewer(entered.session) as viewer:
        assert (viewer.person, viewer.assurance) == (str(person), Assurance.LINK)
    with pytest.raises(WrongState, match="redan använts"):
        actions().open_link(ANYONE, token, browser())
    assert events(str(person)) == [Event.SIGNED_IN]


def test_a_link_lives_for_a_quarter_of_an_hour():
    person = account()
    actions().send_link(ANYONE, email_of(person), browser(), "")
    token, _ = link_and_code(email_of(person))
    aged(14.9, person_id=person)
    from styrkedjan.queries.access import account as queries

    assert queries.opened_link(ANYONE, token, "").name == "Anna Ek"
    aged(0.2, person_id=person)
    assert queries.opened_link(ANYONE, token, "") is None
    with pytest.raises(WrongState):
        actions().open_link(ANYONE, token, browser())


def test_only_hashes_are_kept():
    person = account()
    own = actions().send_link(ANYONE, email_of(person), browser(), "")
    token, code = link_and_code(email_of(person))
    row = rows("SignInAttempt").get(person_id=person)
    session = actions().open_link(ANYONE, token, browser()).session
    kept = f"{row.key_hash}{row.browser_hash}{row.facts}{rows('SignInSession').get(person_id=person).token_hash}"
    assert not [secret for secret in (own, token, code, session) if secret in kept]


def test_an_unknown_address_gets_no_letter_and_no_other_answer():
    known, unknown = account(), "nobody@prov.example"
    for email in (email_of(known), unknown):
        token = actions().send_link(ANYONE, email, browser(), "")
        with pytest.raises(BadInput, match="Koden stämmer inte"):
            actions().enter_letter_code(ANYONE, "x", browser(token))
    assert signing.letter_to(email_of(known)).kind == "sign_in_link"
    assert signing.letter_to(unknown) is None


@pytest.mark.parametrize("email", ["", "anna", "anna@", "anna@exempel.se, bo@exempel.se", "a@b.se\nBcc: c@d.se"])
def test_what_is_no_address(email):
    with pytest.raises(BadInput, match="e-postadress"):
        actions().send_link(ANYONE, email, browser(), "")


def test_somebody_removed_gets_no_letter_and_her_old_link_is_dead():
    person = account()
    email = email_of(person)
    actions().send_link(ANYONE, email, browser(), "")
    token, _ = link_and_code(email)
    rows("Person").filter(key=person).update(removed_at=datetime.now(UTC))
    with pytest.raises(WrongState):
        actions().open_link(ANYONE, token, browser())
    before = signing.letter_to(email).key
    actions().send_link(ANYONE, email, browser(), "")
    assert signing.letter_to(email).key == before


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "../../etc"])
def test_a_made_up_link(token):
    with pytest.raises(WrongState):
        actions().open_link(ANYONE, token, browser())


# ---- The code of the letter ----


def test_the_code_works_in_the_browser_that_asked_and_no_other():
    person = account()
    own = actions().send_link(ANYONE, email_of(person), browser(), "")
    _, code = link_and_code(email_of(person))
    with pytest.raises(WrongState):
        actions().enter_letter_code(ANYONE, code, browser("b" * 43))
    entered = actions().enter_letter_code(ANYONE, f" {code[:3]} {code[3:]}", browser(own))
    assert assurance(entered.session) == Assurance.LINK
    with pytest.raises(WrongState):
        actions().enter_letter_code(ANYONE, code, browser(own))


def test_five_wrong_codes_spend_the_code_but_not_the_link():
    person = account()
    own = actions().send_link(ANYONE, email_of(person), browser(), "")
    token, code = link_and_code(email_of(person))
    wrong = ("3" if code[0] == "2" else "2") + code[1:]
    for number in range(5):
        with pytest.raises(BadInput, match="Koden stämmer inte" if number < 4 else "går inte att använda längre"):
            actions().enter_letter_code(ANYONE, wrong, browser(own))
    with pytest.raises(WrongState, match="går inte att använda längre"):
        actions().enter_letter_code(ANYONE, code, browser(own))
    assert actions().open_link(ANYONE, token, browser()).session


# ---- The second factor ----


def test_codes_are_asked_for_once_they_are_there():
    person = account()
    secret, raised = with_codes(by_letter(person).session)
    assert assurance(raised) == Assurance.STRONG
    waiting = by_letter(person)
    assert (waiting.session, len(waiting.browser)) == ("", 43)
    signing.forget_codes_used(person)
    entered = actions().confirm_with_code(ANYONE, pyotp.TOTP(secret).now(), browser(waiting.browser))
    assert assurance(entered.session) == Assurance.STRONG
    assert entered.is_sure


def test_a_code_is_never_let_in_twice():
    person = account()
    secret, _ = with_codes(by_letter(person).session)
    signing.forget_codes_used(person)
    code = pyotp.TOTP(secret).now()
    actions().confirm_with_code(ANYONE, code, browser(by_letter(person).browser))
    again = by_letter(person).browser
    with pytest.raises(BadInput, match="redan vara använd"):
        actions().confirm_with_code(ANYONE, code, browser(again))
    assert Event.SIGN_IN_REFUSED in events(str(person))


def test_the_second_factor_belongs_to_the_browser_of_the_first():
    person = account()
    secret, _ = with_codes(by_letter(person).session)
    waiting = by_letter(person)
    signing.forget_codes_used(person)
    for other in ("", "b" * 43):
        with pytest.raises(WrongState, match="Börja om"):
            actions().confirm_with_code(ANYONE, pyotp.TOTP(secret).now(), browser(other))
    aged(10.1, kind="second_factor")
    with pytest.raises(WrongState, match="Börja om"):
        actions().confirm_with_code(ANYONE, pyotp.TOTP(secret).now(), browser(waiting.browser))


def test_guessing_codes_slows_down_and_writes_nothing_more():
    person = account()
    with_codes(by_letter(person).session)
    waiting = by_letter(person).browser
    rows("Pace").all().delete()
    for _ in range(10):
        with pytest.raises(BadInput):
            actions().confirm_with_code(ANYONE, "000000", browser(waiting))
    before = len(events(str(person))), rows("Pace").count()
    with pytest.raises(TooMany, match="Försök igen om") as refused:
        actions().confirm_with_code(ANYONE, "000000", browser(waiting))
    assert timedelta(0) < refused.value.wait <= timedelta(minutes=2)
    assert (len(events(str(person))), rows("Pace").count()) == before


def test_recovery_codes_work_once_each():
    person = account()
    _, raised = with_codes(by_letter(person).session)
    with as_viewer(raised) as viewer:
        codes = factors().make_recovery_codes(viewer)
    assert len(set(codes)) == 10
    assert not [code for code in codes if rows("RecoveryCode").filter(code_hash__contains=code).exists()]
    first = by_letter(person).browser
    assert actions().confirm_with_code(ANYONE, codes[0].upper().replace("-", " "), browser(first)).session
    again = by_letter(person).browser
    with pytest.raises(BadInput, match="Varje kod fungerar en gång"):
        actions().confirm_with_code(ANYONE, codes[0], browser(again))
    assert actions().confirm_with_code(ANYONE, codes[1], browser(again)).session


def test_new_recovery_codes_take_the_old_ones_place():
    person = account()
    _, raised = with_codes(by_letter(person).session)
    with as_viewer(raised) as viewer:
        old, new = factors().make_recovery_codes(viewer), factors().make_recovery_codes(viewer)
    waiting = by_letter(person).browser
    with pytest.raises(BadInput):
        actions().confirm_with_code(ANYONE, old[0], browser(waiting))
    assert actions().confirm_with_code(ANYONE, new[0], browser(waiting)).session


# ---- Passkeys ----


def test_a_passkey_alone_signs_in():
    person = account()
    device, _ = with_passkey(by_letter(person).session)
    options, own = asked()
    entered = actions().enter_with_passkey(ANYONE, device.sign(options), browser(own))
    with as_viewer(entered.session) as viewer:
        assert (viewer.person, viewer.assurance) == (str(person), Assurance.STRONG)
    assert rows("Passkey").get(person_id=person).sign_count == 1


def test_an_answer_works_once_in_its_browser_and_in_time():
    device, _ = with_passkey(by_letter(account()).session)
    options, own = asked()
    answer = device.sign(options)
    with pytest.raises(BadInput, match="annan webbläsare"):
        actions().enter_with_passkey(ANYONE, answer, browser("b" * 43))
    actions().enter_with_passkey(ANYONE, answer, browser(own))
    with pytest.raises(BadInput, match="annan webbläsare"):
        actions().enter_with_passkey(ANYONE, answer, browser(own))
    late, own = asked()
    aged(5.1, kind="passkey", used_at=None)
    with pytest.raises(BadInput, match="för lång tid"):
        actions().enter_with_passkey(ANYONE, device.sign(late), browser(own))


def test_a_made_up_challenge_is_nothing():
    device, _ = with_passkey(by_letter(account()).session)
    forged = passkeys.ask_to_sign(passkeys.site_at(ORIGIN), [])
    _, own = asked()
    with pytest.raises(BadInput):
        actions().enter_with_passkey(ANYONE, device.sign(forged.options), browser(own))


def test_a_question_for_making_a_passkey_is_not_one_for_signing_in():
    session = by_letter(account()).session
    device, raised = with_passkey(session)
    with as_viewer(raised) as viewer:
        options = factors().ask_for_new_passkey(viewer, ADDRESS)
        with pytest.raises(BadInput):
            actions().enter_with_passkey(ANYONE, device.sign(options), browser(viewer.session))


def test_a_copied_passkey_is_refused_and_written_down():
    person = account()
    device, _ = with_passkey(by_letter(person).session)
    for _ in range(2):
        options, own = asked()
        actions().enter_with_passkey(ANYONE, device.sign(options), browser(own))
    device.sign_count = 0
    options, own = asked()
    with pytest.raises(passkeys.Cloned):
        actions().enter_with_passkey(ANYONE, device.sign(options), browser(own))
    assert events(str(person))[-1] == Event.SIGN_IN_REFUSED


def test_an_unknown_passkey_and_one_that_says_it_is_somebody_else():
    mine, _ = with_passkey(by_letter(account()).session)
    other = account("Bo")
    stranger = Device(ORIGIN, DOMAIN, user=mine.user)
    options, own = asked()
    with pytest.raises(BadInput, match="kunde inte bekräftas"):
        actions().enter_with_passkey(ANYONE, stranger.sign(options), browser(own))
    mine.user = other.bytes
    options, own = asked()
    with pytest.raises(BadInput, match="kunde inte bekräftas"):
        actions().enter_with_passkey(ANYONE, mine.sign(options), browser(own))


def test_the_second_factor_must_be_the_persons_own():
    mine, theirs = account(), account("Bo")
    with_passkey(by_letter(mine).session)
    device, _ = with_passkey(by_letter(theirs).session)
    waiting = by_letter(mine).browser
    options, _ = asked(Viewer(person=str(mine)), waiting)
    with pytest.raises(BadInput):
        actions().confirm_with_passkey(ANYONE, device.sign(options), browser(waiting))


def test_a_passkey_as_the_second_factor():
    person = account()
    device, _ = with_passkey(by_letter(person).session)
    waiting = by_letter(person).browser
    options, _ = asked(Viewer(person=str(person)), waiting)
    entered = actions().confirm_with_passkey(ANYONE, device.sign(options), browser(waiting))
    assert assurance(entered.session) == Assurance.STRONG


def test_somebody_removed_cannot_use_her_passkey():
    person = account()
    device, _ = with_passkey(by_letter(person).session)
    rows("Person").filter(key=person).update(removed_at=datetime.now(UTC))
    options, own = asked()
    with pytest.raises(NotFound):
        actions().enter_with_passkey(ANYONE, device.sign(options), browser(own))


# ---- Adding and removing ----


def test_the_first_factor_asks_for_a_fresh_session():
    person = account()
    token = by_letter(person).session
    rows("SignInSession").filter(person_id=person).update(started_at=datetime.now(UTC) - timedelta(minutes=16))
    with as_viewer(token) as viewer:
        for call in (factors().begin_codes, lambda actor: factors().ask_for_new_passkey(actor, ADDRESS)):
            with pytest.raises(NotAllowed, match="en kvart sedan"):
                call(viewer)


def test_a_further_factor_asks_for_the_first():
    person = account()
    with_codes(by_letter(person).session)
    from styrkedjan.actions.access import sessions

    weak = sessions.begin(ANYONE, person, "invitation", Assurance.LINK, "Prov")
    with as_viewer(weak) as viewer:
        for call in (
            factors().begin_codes,
            lambda actor: factors().ask_for_new_passkey(actor, ADDRESS),
            factors().remove_codes,
            factors().make_recovery_codes,
            lambda actor: factors().remove_passkey(actor, uuid4()),
        ):
            with pytest.raises(NotAllowed, match="Bekräfta först"):
                call(viewer)


def test_a_session_is_raised_under_a_new_token():
    person = account()
    secret, _ = with_codes(by_letter(person).session)
    from styrkedjan.actions.access import sessions

    weak = sessions.begin(ANYONE, person, "saml", Assurance.LINK, "Prov")
    signing.forget_codes_used(person)
    with as_viewer(weak) as viewer:
        strong = actions().raise_with_code(viewer, pyotp.TOTP(secret).now(), browser())
    assert strong != weak
    assert (assurance(weak), assurance(strong)) == (Assurance.NONE, Assurance.STRONG)
    assert rows("SignInSession").get(person_id=person, ended_at=None, device="Firefox på Windows").method == "saml"


def test_adding_a_factor_changes_the_token_too():
    before = by_letter(account()).session
    _, after = with_passkey(before)
    assert (assurance(before), assurance(after)) == (Assurance.NONE, Assurance.STRONG)


def test_without_factors_a_session_rests_on_the_letter():
    person = account()
    _, raised = with_codes(by_letter(person).session)
    with as_viewer(raised) as viewer:
        factors().make_recovery_codes(viewer)
        factors().remove_codes(viewer)
    assert assurance(raised) == Assurance.LINK
    assert not rows("RecoveryCode").filter(person_id=person).exists()
    assert by_letter(person).session


def test_one_factor_of_two_can_go():
    person = account()
    device, raised = with_passkey(by_letter(person).session)
    _, raised = with_codes(raised)
    with as_viewer(raised) as viewer:
        factors().remove_passkey(viewer, rows("Passkey").get(person_id=person).key)
    assert assurance(raised) == Assurance.STRONG
    options, own = asked()
    with pytest.raises(BadInput):
        actions().enter_with_passkey(ANYONE, device.sign(options), browser(own))


def test_nobody_touches_anothers_passkey():
    theirs = account("Bo")
    with_passkey(by_letter(theirs).session)
    key = rows("Passkey").get(person_id=theirs).key
    _, mine = with_passkey(by_letter(account()).session)
    with as_viewer(mine) as viewer:
        for call in (
            lambda: factors().remove_passkey(viewer, key),
            lambda: factors().rename_passkey(viewer, key, "Min"),
        ):
            with pytest.raises(NotFound):
                call()
    assert rows("Passkey").get(key=key).name == "Telefonen"


def test_a_device_has_one_passkey_for_one_account():
    device, _ = with_passkey(by_letter(account()).session)
    with pytest.raises(WrongState, match="redan en passkey"):
        with_passkey(by_letter(account("Bo")).session, device)


def test_a_question_for_a_new_passkey_belongs_to_its_session():
    mine, theirs = by_letter(account()).session, by_letter(account("Bo")).session
    with as_viewer(mine) as viewer:
        options = factors().ask_for_new_passkey(viewer, ADDRESS)
    device = Device(ORIGIN, DOMAIN)
    with as_viewer(theirs) as viewer, pytest.raises(WrongState):
        factors().add_passkey(viewer, device.make(options), "Min", "Prov")


# ---- Sessions ----


def test_a_session_ended_elsewhere_has_ended_here():
    from styrkedjan.actions.access import sessions

    person = account()
    here, there = (sessions.begin(ANYONE, person, "link", Assurance.LINK, "Prov") for _ in range(2))
    with as_viewer(there) as viewer:
        key = viewer.session
    with as_viewer(here) as viewer:
        sessions.end(viewer, key)
    assert (assurance(here), assurance(there)) == (Assurance.LINK, Assurance.NONE)


def test_every_other_session_can_be_ended():
    from styrkedjan.actions.access import sessions

    person = account()
    tokens = [sessions.begin(ANYONE, person, "link", Assurance.LINK, "Prov") for _ in range(3)]
    with as_viewer(tokens[1]) as viewer:
        assert sessions.end_others(viewer) == 2
    assert [assurance(token) for token in tokens] == [Assurance.NONE, Assurance.LINK, Assurance.NONE]


def test_nobody_ends_anothers_session():
    from styrkedjan.actions.access import sessions

    mine, theirs = (sessions.begin(ANYONE, account(), "link", Assurance.LINK, "Prov") for _ in range(2))
    with as_viewer(theirs) as viewer:
        key = viewer.session
    with as_viewer(mine) as viewer, pytest.raises(NotFound):
        sessions.end(viewer, key)
    assert assurance(theirs) == Assurance.LINK


def test_sessions_end_by_themselves():
    from styrkedjan.actions.access import sessions

    now, person = datetime.now(UTC), account()
    idle, old = (sessions.begin(ANYONE, person, "link", Assurance.LINK, device) for device in ("idle", "old"))
    rows("SignInSession").filter(device="idle").update(seen_at=now - timedelta(hours=4, minutes=1))
    rows("SignInSession").filter(device="old").update(expires_at=now - timedelta(seconds=1))
    assert (assurance(idle), assurance(old)) == (Assurance.NONE, Assurance.NONE)
    token = sessions.begin(ANYONE, person, "link", Assurance.LINK, "new")
    session = rows("SignInSession").get(device="new")
    assert session.expires_at - session.started_at == timedelta(hours=12)
    assert assurance(token) == Assurance.LINK


# ---- Pace ----


def test_many_accounts_behind_one_address_do_not_slow_each_other():
    """Fifty here; the buckets of a whole school are counted in tests/core/test_sign_in.py, by the same function."""
    from styrkedjan.actions.access import pace

    for number in range(50):
        email = f"{number}@prov.example"
        pace.ask(ANYONE, "link", email, ADDRESS)
        pace.ask(ANYONE, "open", ADDRESS)
        pace.ask(ANYONE, "code", email, ADDRESS)
    assert rows("Pace").count() == 2 * 50 + 3


def test_a_thousand_attackers_do_not_keep_the_owner_of_a_passkey_out():
    from styrkedjan.actions.access import pace

    person = account()
    device, _ = with_passkey(by_letter(person).session)
    refused = 0
    for number in range(1000):
        try:
            pace.ask(ANYONE, "code", str(person), f"198.51.{number // 250}.{number % 250}")
            pace.ask(ANYONE, "link", email_of(person), f"198.51.{number // 250}.{number % 250}")
        except TooMany:
            refused += 1
    assert refused > 980
    options, own = asked()
    assert actions().enter_with_passkey(ANYONE, device.sign(options), browser(own)).session


def test_a_refused_try_takes_nothing_from_any_bucket():
    from styrkedjan.actions.access import pace

    for _ in range(5):
        pace.ask(ANYONE, "link", "anna@prov.example", ADDRESS)
    before = {row.key_hash: (row.left, row.at) for row in rows("Pace").all()}
    with pytest.raises(TooMany):
        pace.ask(ANYONE, "link", "anna@prov.example", ADDRESS)
    assert {row.key_hash: (row.left, row.at) for row in rows("Pace").all()} == before


def test_a_clock_that_has_gone_back_locks_nobody_out():
    from styrkedjan.actions.access import pace

    for ahead in (timedelta(minutes=3), timedelta(days=400)):
        pace.ask(ANYONE, "link", "anna@prov.example", ADDRESS)
        rows("Pace").all().update(at=datetime.now(UTC) + ahead)
        pace.ask(ANYONE, "link", "anna@prov.example", ADDRESS)


# ---- The account ----


def test_another_address_is_confirmed_from_that_address():
    from styrkedjan.actions.access import account as own

    person = account()
    old, new = email_of(person), f"{uuid4()}@prov.example"
    token = by_letter(person).session
    with as_viewer(token) as viewer:
        own.ask_for_new_email(viewer, new, ADDRESS)
        assert email_of(person) == old
        link = signing.letter_to(new).body.split("/konto/epost/")[1][:43]
        own.confirm_email(viewer, link)
        with pytest.raises(WrongState):
            own.confirm_email(viewer, link)
    assert email_of(person) == new
    notice = signing.letter_to(old)
    assert "har nu e-postadressen" in notice.body
    assert new not in notice.body


def test_the_link_to_another_address_works_for_its_person_alone():
    from styrkedjan.actions.access import account as own

    person = account()
    with as_viewer(by_letter(person).session) as viewer:
        own.ask_for_new_email(viewer, "ny@prov.example", ADDRESS)
    link = signing.letter_to("ny@prov.example").body.split("/konto/epost/")[1][:43]
    with as_viewer(by_letter(account("Bo")).session) as viewer, pytest.raises(WrongState):
        own.confirm_email(viewer, link)


def test_an_address_that_is_somebody_elses_gets_no_letter():
    from styrkedjan.actions.access import account as own

    theirs = email_of(account("Bo"))
    with as_viewer(by_letter(account()).session) as viewer:
        own.ask_for_new_email(viewer, theirs, ADDRESS)
    assert signing.letter_to(theirs) is None


def test_with_a_factor_another_address_asks_for_it():
    from styrkedjan.actions.access import account as own
    from styrkedjan.actions.access import sessions

    person = account()
    with_codes(by_letter(person).session)
    weak = sessions.begin(ANYONE, person, "invitation", Assurance.LINK, "Prov")
    with as_viewer(weak) as viewer, pytest.raises(NotAllowed, match="Bekräfta först"):
        own.ask_for_new_email(viewer, "ny@prov.example", ADDRESS)


def linked(person, assurance: Assurance = Assurance.STRONG) -> None:
    """Connect an identity in another system."""
    from styrkedjan.tables.access import LinkedIdentity

    row = LinkedIdentity(
        key=uuid4(), person_id=person, issuer="https://idp.example", subject=str(person), assurance=assurance,
        made_at=datetime.now(UTC),
    )  # fmt: skip
    with as_owner():
        row.save(force_insert=True)


def test_an_old_open_browser_cannot_ask_for_another_address():
    from styrkedjan.actions.access import account as own

    person = account()
    token = by_letter(person).session
    with as_owner():
        rows("SignInSession").filter(person_id=person).update(started_at=datetime.now(UTC) - timedelta(minutes=16))
    with as_viewer(token) as viewer, pytest.raises(NotAllowed, match="mer än en kvart"):
        own.ask_for_new_email(viewer, "ny@prov.example", ADDRESS)
    assert signing.letter_to("ny@prov.example") is None


def test_with_a_strong_identity_another_address_asks_for_it():
    from styrkedjan.actions.access import account as own

    person = account()
    token = by_letter(person).session
    linked(person)
    with as_viewer(token) as viewer, pytest.raises(NotAllowed, match="e-legitimationen"):
        own.ask_for_new_email(viewer, "ny@prov.example", ADDRESS)


@pytest.mark.parametrize("proof", ["codes", "identity"])
def test_a_proof_that_has_come_meanwhile_is_asked_for_before_the_address_changes(proof):
    from styrkedjan.actions.access import account as own
    from styrkedjan.actions.access import sessions

    person = account()
    old = email_of(person)
    token = by_letter(person).session
    with as_viewer(token) as viewer:
        own.ask_for_new_email(viewer, "ny@prov.example", ADDRESS)
    link = signing.letter_to("ny@prov.example").body.split("/konto/epost/")[1][:43]
    strong = with_codes(token)[1] if proof == "codes" else ""
    if proof == "identity":
        linked(person)
        strong = sessions.begin(ANYONE, person, "oidc", Assurance.STRONG, "Prov")
    weak = sessions.begin(ANYONE, person, "link", Assurance.LINK, "Prov")
    with as_viewer(weak) as viewer, pytest.raises(NotAllowed):
        own.confirm_email(viewer, link)
    assert email_of(person) == old
    with as_viewer(strong) as viewer:
        own.confirm_email(viewer, link)
    assert email_of(person) == "ny@prov.example"


# ---- The demo ----

HERE = ("localhost:8700", "127.0.0.1", False)


@pytest.mark.parametrize(
    "caller",
    [
        ("styrkedjan.example", "127.0.0.1", False),
        ("localhost:8700", "192.0.2.7", False),
        ("localhost:8700", "127.0.0.1", True),
        ("localhost.evil.example", "127.0.0.1", False),
        ("localhost", "", False),
    ],
)
def test_the_demo_answers_this_machine_alone(settings_demo, caller):
    with pytest.raises(NotAllowed, match="på den dator"):
        actions().enter_demo(ANYONE, account(), actions().Caller(*caller), "Prov")


def test_the_demo_is_nowhere_else():
    with pytest.raises(NotFound):
        actions().enter_demo(ANYONE, account(), actions().Caller(*HERE), "Prov")


@pytest.mark.parametrize("host", ["localhost:8700", "localhost", "127.0.0.1:8700", "[::1]:8700", "[::1]"])
def test_the_demo_signs_in_an_invented_person(settings_demo, host):
    token = actions().enter_demo(ANYONE, account(), actions().Caller(host, "::1", False), "Prov")
    assert assurance(token) == Assurance.STRONG


def test_the_demo_closes_where_a_real_person_has_an_account(settings_demo):
    invented = account()
    account("Verklig", invented=False)
    with pytest.raises(NotAllowed, match="riktiga konton"):
        actions().enter_demo(ANYONE, invented, actions().Caller(*HERE), "Prov")


@pytest.fixture
def settings_demo(tables):
    """The demo, where everybody is invented: also those whom other tests have left behind."""
    from django.test import override_settings

    from styrkedjan.tables.access import Person

    with as_owner():
        Person.objects.update(invented=True)
    with override_settings(DEMO=True):
        yield
