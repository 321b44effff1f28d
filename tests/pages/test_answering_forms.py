"""Answering without an account, by what the pages say and without script: forms, receipts and every mistake."""

import re
from datetime import timedelta
from html import unescape

import pytest

from styrkedjan.core.assessments.campaigns import Mode
from styrkedjan.core.catalogue import ChainLevel
from tests import campaigns
from tests.campaigns import UNIT, Made, close, link_to, open_for, sheets
from tests.people import browser
from tests.world import STORKOPING, World

pytestmark = pytest.mark.database

PRINCIPAL, TEACHING = ChainLevel.PRINCIPAL, ChainLevel.TEACHING


@pytest.fixture(autouse=True)
def inside(world: World, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def text_of(response) -> str:
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def hidden(page, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1]


def filled(page, answers: str = "4", **more: str) -> dict[str, str]:
    """The form of a page with this answer to every statement."""
    rows = hidden(page, "rader")
    given = {f"a{number}": answers for number in range(1, len(rows.split(",")) + 1)} if answers else {}
    return {"kvitto": hidden(page, "kvitto"), "rader": rows, **given, **more}


def form_of(made: Made, place: str = UNIT, level: ChainLevel = TEACHING) -> str:
    return f"/svara/{made.code(place, level)}/"


def handed_in(client, address: str, **more: str) -> str:
    """Hand in a whole sheet; gives the receipt as the done page prints it."""
    response = client.post(address, filled(client.get(address), **more))
    assert response.status_code == 303, text_of(response)
    assert response.headers["Location"] == "/svara/klart/"
    return re.search(r'id="kvittokod">([^<]+)<', client.get("/svara/klart/").content.decode())[1]


def checked_with(client, receipt: str, **more: str):
    return client.post("/svara/kvitto/", {"kvitto": receipt, **more})


# ---- Before the first statement ----


def test_the_code_leads_to_the_form_however_it_is_typed():
    made, client = open_for(), browser()
    code = made.code()
    for typed in (code, code.lower(), f" {code[:3]}-{code[3:]} ", f"{code[:2]} {code[2:]}"):
        assert client.post("/svara/", {"kod": typed}).headers["Location"] == f"/svara/{code}/"
    assert client.get(f"/svara/{code.lower()}/").headers["Location"] == f"/svara/{code}/"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Koden har sju tecken"),
        ("ABCD", "Koden har sju tecken"),
        ("2222222", "ingen självvärdering med koden 2222222"),
        ("K7QF-2M9X-4HTB-W3CD", "Det där är ett kvitto"),
    ],
)
def test_a_code_that_leads_nowhere_is_told_so(typed, said):
    response = browser().post("/svara/", {"kod": typed})
    assert response.status_code == 422
    assert said in text_of(response)


def test_unknown_codes_and_links_are_not_there():
    assert browser().get("/svara/2222222/").status_code == 404
    assert browser().get("/svara/hejhopp/").status_code == 404
    assert browser().get(f"/svara/lank/{'a' * 64}/").status_code == 404


def test_what_is_told_before_the_first_statement():
    said = text_of(browser().get(form_of(open_for())))
    assert "Vårt kvalitetsarbete i höst" in said
    assert "28 påståenden" in said and "ungefär 7 minuter" in said
    assert "Ditt svar är anonymt." in said
    assert "Är ni färre än 5" in said and "bara om minst 10 har svarat" in said
    assert "Rektor på Storskolan 1 och kvalitetsansvarig, skolchef och nämnd hos Storköpings kommun" in said
    assert "Sista dag" in said
    assert said.index("Ditt svar är anonymt.") < said.index("Rad 1 av 28")


def test_a_position_is_never_called_anonymous():
    said = text_of(browser().get(form_of(open_for(asked={(UNIT, PRINCIPAL): 1}), level=PRINCIPAL)))
    assert "Ditt svar är rektorns ställningstagande. Det är inte anonymt." in said
    assert "är anonymt." not in said.replace("inte anonymt", "")
    assert "I vilken grad lyckas ni som leder enheten med att" in said


def test_every_statement_has_the_scale_a_comment_and_says_who_reads_it():
    page = browser().get(form_of(open_for(rows=3, own=("Vi har tid att planera ihop.",))))
    markup, said = page.content.decode(), text_of(page)
    assert markup.count('type="radio"') == 4 * 7
    assert markup.count("<textarea") == 4
    assert said.count("Läses ordagrant av rektor, kvalitetsansvarig, skolchef och nämnd.") == 4
    assert said.count("Det är ett arbetssätt hos de flesta.") == 5, (
        "at every statement, and where the scale is explained"
    )
    assert "Rad 4 av 4" in said and "Vi har tid att planera ihop." in said
    assert said.count("Vad fungerar väl hos oss?") == 1, "after the factor, and not after the own statements"


def test_the_page_is_small_and_needs_no_script():
    page = browser().get(form_of(open_for()))
    assert len(page.content) <= 60_000
    assert "hidden>" not in page.content.decode().split('id="r1"')[1].split("</fieldset>")[0]


def test_nothing_is_cached_and_the_token_of_a_link_leaks_nowhere():
    made = open_for()
    for address in (form_of(made), f"/svara/lank/{link_to(made)}/"):
        page = browser().get(address)
        assert page.status_code == 200
        assert "no-store" in page.headers["Cache-Control"]
        assert "ETag" not in page.headers and "Last-Modified" not in page.headers
    assert page.headers["Referrer-Policy"] == "strict-origin"
    cookie = page.cookies[next(name for name in page.cookies if name.startswith("svar-"))]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/svara/", True, "Lax")


# ---- Handing in ----


def test_a_whole_sheet_is_handed_in_with_four_statements_of_sql():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    made, client = open_for(), browser()
    with CaptureQueriesContext(connection) as asked:
        receipt = handed_in(client, form_of(made), k3="Vi saknar tid. 👍")
    assert len(asked) <= 4, [each["sql"][:90] for each in asked]
    assert re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}", receipt)
    ((answers, comments, is_in),) = sheets(made)
    assert answers == dict.fromkeys(made.rows, "4")
    assert comments == {made.rows[2]: "Vi saknar tid. 👍"}
    assert is_in


def test_double_submit_two_tabs_and_reload_are_one_sheet():
    made, client = open_for(), browser()
    first, second = client.get(form_of(made)), client.get(form_of(made))
    assert hidden(first, "kvitto") == hidden(second, "kvitto")
    for page, answer in ((first, "1"), (first, "1"), (second, "5")):
        assert client.post(form_of(made), filled(page, answer)).status_code == 303
    ((answers, _, _),) = sheets(made)
    assert set(answers.values()) == {"5"}


def test_after_handing_in_the_device_says_so_and_shows_no_answers():
    made, client = open_for(), browser()
    handed_in(client, form_of(made), k1="Bara för mig och dem som läser.")
    page = client.get(form_of(made))
    assert "Ett svar är inlämnat från den här enheten." in text_of(page)
    assert "Bara för mig" not in page.content.decode()


def test_the_next_person_on_a_shared_device_has_a_sheet_of_her_own():
    made, client = open_for(), browser()
    first = handed_in(client, form_of(made))
    page = client.get(form_of(made))
    gone = client.post("/svara/klart/", {"glom": hidden(page, "glom"), "till": form_of(made)})
    assert gone.headers["Location"] == form_of(made)
    assert client.get("/svara/klart/").headers["Location"] == "/svara/kvitto/", "her receipt is not shown to the next"
    assert handed_in(client, form_of(made)) != first
    assert len(sheets(made)) == 2


def test_beginning_again_leads_nowhere_else():
    for to in ("https://example.org/", "//example.org/", "/konto/", "/svara/\\example.org"):
        assert browser().post("/svara/klart/", {"till": to}).headers["Location"] == "/svara/"


def test_an_empty_sheet_is_refused_kindly():
    made, client = open_for(), browser()
    response = client.post(form_of(made), filled(client.get(form_of(made)), ""))
    assert response.status_code == 422
    assert "Du har inte svarat på något än" in text_of(response)
    assert sheets(made) == []


def test_some_answers_are_enough():
    made, client = open_for(), browser()
    page = client.get(form_of(made))
    assert client.post(form_of(made), filled(page, "", a7="dont_know")).status_code == 303
    assert sheets(made)[0][0] == {made.rows[6]: "dont_know"}


def test_a_comment_of_twenty_thousand_signs_is_wrong_at_its_field_and_everything_is_kept():
    made, client = open_for(), browser()
    long = "å" * 20_000
    response = client.post(form_of(made), filled(client.get(form_of(made)), k5=long, k6="Kort."))
    markup = response.content.decode()
    assert response.status_code == 422
    assert "Kommentaren har 20000 tecken och får ha högst 2000." in text_of(response)
    assert long in markup and "Kort." in markup
    assert markup.count(" checked") == 28
    field = markup.split('id="k5"')[1].split(">")[0]
    assert 'aria-invalid="true"' in field and "f5" in field
    assert sheets(made) == []


def test_emoji_and_what_word_pastes_are_kept_tidy():
    made, client = open_for(), browser()
    pasted = "Va\u0308l\x0bny rad\x00\r\n\r\n\r\n\r\n“citat” – ja 👩\u200d🏫 \ue000"
    page = client.get(form_of(made))
    assert client.post(form_of(made), filled(page, k1=pasted)).status_code == 303
    assert sheets(made)[0][1] == {made.rows[0]: "Väl\nny rad\n\n“citat” – ja 👩\u200d🏫"}


@pytest.mark.parametrize(
    "forged",
    [
        {"a1": "9"},
        {"a1": "4; DROP TABLE sheet"},
        {"rader": "clear_roles.99"},
        {"kvitto": "123"},
        {"kvitto": "0000000000000000"},
    ],
)
def test_a_forged_form_is_refused_in_swedish(forged):
    made, client = open_for(), browser()
    response = client.post(form_of(made), filled(client.get(form_of(made))) | forged)
    assert response.status_code == 422
    assert "Inget har skickats in" in text_of(response)
    assert sheets(made) == []


def test_a_receipt_of_another_campaign_overwrites_nothing():
    made, other, client = open_for(), open_for(), browser()
    receipt = handed_in(client, form_of(made))
    page = client.get(form_of(other))
    response = client.post(form_of(other), filled(page) | {"kvitto": receipt})
    assert response.status_code == 422
    assert len(sheets(made)) == 1 and sheets(other) == []


def test_a_form_from_elsewhere_is_not_taken():
    from django.test import Client

    made, client = open_for(), Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    page = client.get(form_of(made))
    assert client.post(form_of(made), filled(page)).status_code == 403
    assert sheets(made) == []


# ---- As many as were asked ----


def test_when_all_have_handed_in_there_is_no_room_and_that_is_told():
    made = open_for(asked={(UNIT, TEACHING): 5})
    clients = [browser() for _ in range(6)]
    pages = [client.get(form_of(made)) for client in clients]
    answers = [client.post(form_of(made), filled(page, k1="Kvar")) for client, page in zip(clients, pages, strict=True)]
    assert [each.status_code for each in answers] == [303] * 5 + [409]
    assert "Så många som skulle svara (5) har redan lämnat in" in text_of(answers[5])
    assert "Kvar" in answers[5].content.decode() and answers[5].content.decode().count(" checked") == 28
    assert clients[0].post(form_of(made), filled(pages[0], "1")).status_code == 303, "who is in may change"
    assert len(sheets(made)) == 5


# ---- Opening and closing ----


def test_before_opening_the_page_says_when():
    made = open_for(opens=timedelta(days=2))
    page = browser().get(form_of(made))
    assert "Självvärderingen öppnar" in text_of(page)
    assert "<fieldset" not in page.content.decode()


def test_what_was_being_written_when_it_closed_is_accepted_within_a_quarter_and_told():
    made, client, late = open_for(), browser(), browser()
    page = client.get(form_of(made))
    close(made, timedelta(minutes=14))
    assert client.get(form_of(made)).content.decode().count("<fieldset") == 28, "who has begun may finish"
    assert client.post(form_of(made), filled(page)).status_code == 303
    assert "så ditt svar kom med" in text_of(client.get("/svara/klart/"))
    assert "tar inte emot fler svar" in text_of(late.get(form_of(made))), "who has not begun may not begin"


def test_what_comes_too_late_is_told_so_and_stays_on_the_screen():
    made, client = open_for(), browser()
    page = client.get(form_of(made))
    close(made, timedelta(minutes=16))
    response = client.post(form_of(made), filled(page, k2="Mina ord."))
    markup = response.content.decode()
    assert response.status_code == 409
    assert "Självvärderingen stängde" in text_of(response) and "Svaret kom inte med" in text_of(response)
    assert "Mina ord." in markup and markup.count(" checked") == 28
    assert "data-hand-in" not in markup
    assert sheets(made) == []


def test_a_campaign_that_is_rated_together_is_not_answered_alone():
    page = browser().get(form_of(open_for(modes=(Mode.SHARED,))))
    assert "Ni svarar tillsammans" in text_of(page)


# ---- A link of one's own ----


def test_a_link_is_used_once_and_what_it_gave_can_be_changed():
    made, client = open_for(), browser()
    address = f"/svara/lank/{link_to(made)}/"
    page = client.get(address)
    assert "Den är bara din och kan användas en gång." in text_of(page)
    assert client.post(address, filled(page, "2")).status_code == 303
    assert client.post(address, filled(page, "3")).status_code == 303, "sent twice is one sheet"
    assert [set(answers.values()) for answers, _, _ in sheets(made)] == [{"3"}]
    again = browser().get(address)
    assert again.status_code == 409 and "Länken är redan använd" in text_of(again)


def test_a_link_that_somebody_else_used_meanwhile_takes_nothing_and_overwrites_nothing():
    made, hers, his = open_for(), browser(), browser()
    address = f"/svara/lank/{link_to(made)}/"
    her_page, his_page = hers.get(address), his.get(address)
    assert his.post(address, filled(his_page, "1")).status_code == 303
    response = hers.post(address, filled(her_page, "5", k1="Det jag tänkte."))
    assert response.status_code == 409
    assert "Det svaret är kvar som det var" in text_of(response)
    assert "Det jag tänkte." in response.content.decode()
    assert [set(answers.values()) for answers, _, _ in sheets(made)] == [{"1"}]


def test_two_people_on_one_device_with_a_link_each_have_a_sheet_each():
    made, client = open_for(), browser()
    for answer in "15":
        address = f"/svara/lank/{link_to(made)}/"
        page = client.get(address)
        assert "<fieldset" in page.content.decode()
        assert client.post(address, filled(page, answer)).status_code == 303
    assert sorted(min(answers.values()) for answers, _, _ in sheets(made)) == ["1", "5"]


def test_what_was_begun_elsewhere_goes_on_by_the_same_link():
    made, phone, desk = open_for(), browser(), browser()
    address = f"/svara/lank/{link_to(made)}/"
    phone.post(address, filled(phone.get(address), "", a1="3", k1="Påbörjat", spara="senare"))
    receipt = re.search(r'id="kvittokod">([^<]+)<', phone.get("/svara/klart/").content.decode())[1]
    assert desk.post(address, {"fortsatt": "2222-2222-2222-2222"}).status_code == 404
    page = desk.post(address, {"fortsatt": receipt})
    assert "Påbörjat" in page.content.decode()
    assert desk.post(address, filled(page)).status_code == 303
    assert [is_in for _, _, is_in in sheets(made)] == [True]
    assert browser().get(address).status_code == 409, "and the link is used"


# ---- The receipt ----


def test_a_draft_is_saved_and_goes_on_on_another_device():
    made, phone, desk = open_for(), browser(), browser()
    phone.post(form_of(made), filled(phone.get(form_of(made)), "", a1="3", k2="Halvvägs", spara="senare"))
    done = phone.get("/svara/klart/")
    assert "Sparat, inte inlämnat" in text_of(done)
    receipt = re.search(r'id="kvittokod">([^<]+)<', done.content.decode())[1]
    assert "Påbörjat, inte inlämnat." in text_of(checked_with(desk, receipt))
    page = checked_with(desk, receipt.lower().replace("-", " "), andra="1")
    assert "Halvvägs" in page.content.decode()
    assert desk.post(form_of(made), filled(page)).status_code == 303
    assert [(set(answers.values()), is_in) for answers, _, is_in in sheets(made)] == [({"4"}, True)]
    assert "Halvvägs" not in phone.get(form_of(made)).content.decode(), "handed in meanwhile"


def test_a_draft_comes_back_on_the_same_device():
    made, client = open_for(), browser()
    client.post(form_of(made), filled(client.get(form_of(made)), "", a1="3", spara="senare"))
    assert client.get(form_of(made)).content.decode().count(" checked") == 1


def test_the_receipt_shows_changes_and_takes_back_until_closing():
    made, client = open_for(), browser()
    receipt = handed_in(client, form_of(made), k1="Först så.")
    assert "Inlämnat. Ligger i brevlådan." in text_of(checked_with(browser(), receipt))
    page = checked_with(browser(), receipt, andra="1")
    assert "Först så." in page.content.decode() and page.content.decode().count(" checked") == 28
    assert client.post(form_of(made), filled(page, "1", k1="")).status_code == 303
    assert sheets(made)[0][:2] == (dict.fromkeys(made.rows, "1"), {})
    assert "Svaret är tillbakataget." in text_of(checked_with(client, receipt, **{"ta-tillbaka": "1"}))
    assert sheets(made) == []
    assert checked_with(client, receipt).status_code == 404
    assert "<fieldset" in client.get(form_of(made)).content.decode(), "she may answer anew"


def test_after_closing_the_receipt_changes_nothing():
    made, client = open_for(), browser()
    receipt = handed_in(client, form_of(made))
    close(made, timedelta(minutes=16))
    assert "räknas inom kort" in text_of(checked_with(client, receipt))
    assert checked_with(client, receipt, **{"ta-tillbaka": "1"}).status_code == 409
    assert "räknas inom kort" in text_of(checked_with(client, receipt, andra="1"))
    assert len(sheets(made)) == 1


def test_a_counted_receipt_proves_that_it_was_counted():
    from styrkedjan.core.sign_in import token_hash
    from styrkedjan.tables.assessments import CampaignRow, CountedReceipt
    from tests.conftest import as_owner

    made = open_for()
    with as_owner():
        CountedReceipt(
            receipt_hash=token_hash("K7QF2M9X4HTBW3CD"), organiser=STORKOPING, campaign_id=made.key, kept=True
        ).save(force_insert=True)
        CampaignRow._base_manager.filter(key=made.key).update(counted_at="2026-11-20T12:00:00Z")
    said = text_of(checked_with(browser(), "k7qf 2m9x 4htb w3cd"))
    assert "Ditt svar är räknat." in said and "20 november 2026" in said


@pytest.mark.parametrize(("typed", "status"), [("", 404), ("abc", 404), ("2222-2222-2222-2222", 404)])
def test_a_receipt_that_is_none_is_told_so(typed, status):
    response = checked_with(browser(), typed)
    assert response.status_code == status
    assert "kvitto" in text_of(response)


# ---- Who answers is nobody ----


def test_answering_while_signed_in_leaves_no_trace_of_who():
    from styrkedjan.core.access import Role
    from styrkedjan.tables.access import AuditEvent
    from tests.conftest import as_owner
    from tests.people import someone

    made = open_for()
    client = browser(someone(Role.STAFF_MEMBER, UNIT, name="Ylva Påhittsson"))
    with as_owner():
        before = AuditEvent._base_manager.count()
    assert "Ylva" not in client.get(form_of(made)).content.decode()
    handed_in(client, form_of(made))
    with as_owner():
        assert AuditEvent._base_manager.count() == before


def test_the_log_holds_neither_token_nor_receipt(caplog):
    from styrkedjan.site.logs import masked

    made, client = open_for(), browser()
    token = link_to(made)
    receipt = handed_in(client, f"/svara/lank/{token}/")
    client.post("/svara/kvitto/", {"kvitto": "2222-2222-2222-2222"})
    assert token not in caplog.text and receipt not in caplog.text
    assert token not in masked(f"GET /svara/lank/{token}/ took long")


# ---- Papers ----


def typing_page(made: Made) -> str:
    return f"/skolenhet/{UNIT}/sjalvvardering/{made.key}/skriv-in/{made.group()}/"


def principal():
    from styrkedjan.core.access import Role
    from tests.people import someone

    return browser(someone(Role.PRINCIPAL, UNIT))


def test_papers_are_read_shown_and_saved():
    made, client = open_for(rows=4), principal()
    text = "K7QF-2M9X-4HTB-W3CD: 4 3 V -\n\n 5,5,i,1 | 2: Vi saknar tid | 4: Ja"
    shown = client.post(typing_page(made), {"papper": text})
    said = text_of(shown)
    assert "Så här lästes raderna" in said and "Papper 2" in said and "2: Vi saknar tid" in said
    assert sheets(made) == []
    read = unescape(re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", shown.content.decode(), re.DOTALL)[1])
    for _ in range(2):  # twice is once
        saved = client.post(typing_page(made), {"papper": read, "spara": "1"})
        assert "2 papper är inskrivna." in text_of(saved)
    found = sorted(sheets(made), key=lambda each: len(each[0]))
    assert [list(answers.values()) for answers, _, _ in found] == [
        ["4", "3", "dont_know"],
        ["5", "5", "not_relevant", "1"],
    ]
    assert list(found[1][1].values()) == ["Vi saknar tid", "Ja"]
    assert "Inlämnat." in text_of(checked_with(browser(), "k7qf 2m9x 4htb w3cd")), "who answered on paper has a receipt"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("4 3 5", "Raden har 3 svar men blanketten har 4 påståenden."),
        ("4 3 X 5", "”X” vid påstående 3 är inget svar."),
        ("- - - -", "Raden har inga svar."),
        ("ABCD: 4 3 5 1", "Koden före kolonet är inte ett kvitto"),
        ("4 3 5 1 | Vi saknar tid", "ska börja med påståendets nummer"),
        ("4 3 5 1 | 9: Vi", "ska börja med påståendets nummer"),
        ("", "Skriv minst en rad"),
    ],
)
def test_a_line_that_cannot_be_read_is_pointed_out_and_kept(line, said):
    made = open_for(rows=4)
    response = principal().post(typing_page(made), {"papper": f"{line}", "spara": "1"})
    assert response.status_code == 422
    assert said in text_of(response)
    assert line in unescape(response.content.decode())
    assert sheets(made) == []


def test_papers_are_typed_in_by_those_who_lead():
    from styrkedjan.core.access import Role
    from tests.people import someone

    made = open_for()
    assert principal().get(typing_page(made)).status_code == 200
    assert browser(someone(Role.STAFF_MEMBER, UNIT)).get(typing_page(made)).status_code == 403
    assert browser(someone(Role.PRINCIPAL, f"{STORKOPING}-90000002")).get(typing_page(made)).status_code in (403, 404)
    assert campaigns.some_rows(1)[0] in made.rows
