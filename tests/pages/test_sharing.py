"""The pages of working material, under the database's walls: what each role sees, does and is refused."""

import hashlib
import json
import re
from html import unescape
from uuid import uuid4

import pytest

from styrkedjan.core.access import Agency, Assurance, Role
from tests.people import browser, someone
from tests.world import LILLAN, STORKOPING, World

pytestmark = pytest.mark.database

UNIT, OTHER_UNIT = f"{STORKOPING}-90000001", f"{STORKOPING}-90000002"
WORK, UNIT_WORK = f"/huvudman/{STORKOPING}/arbete/", f"/skolenhet/{UNIT}/arbete/"
ANSWERS = {
    "title": "Läget i höst",
    "lasar": "2025",
    "works_well": "Läsningen går bra.\r\n\r\n<b>Trygghet</b> 👍",
    "challenges": "Frånvaron.",
    "causes": "",
    "look_into": "",
}


@pytest.fixture(autouse=True)
def inside(world: World, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def lead(place: str = STORKOPING, **how):
    return browser(someone(Role.QUALITY_LEAD, place, **how))


def text_of(response) -> str:
    """What the page says: its main part without tags, in one line."""
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def written(client, work: str = WORK, **changes: str) -> str:
    """The address of a new own analysis."""
    response = client.post(f"{work}nytt/own_analysis/", {**ANSWERS, **changes})
    assert response.status_code == 303, text_of(response)
    return response.headers["Location"].split("?")[0]


def shared(client, paper: str, agency: str = "skolverket", version: int = 1) -> str:
    """The address of the receipt of a new share."""
    response = client.post(f"{paper}dela/", {"agency": agency, "understood": "on", "version": version})
    assert response.status_code == 303, text_of(response)
    return response.headers["Location"].split("?")[0]


def test_an_analysis_is_written_and_read():
    client = lead(name="Ylva Påhittsson")
    paper = written(client)
    page = client.get(f"{paper}?klart=sparat")
    said = text_of(page)
    assert "Läget i höst" in said
    assert "Sparat." in said
    assert "version 1" in said and "av Ylva Påhittsson" in said
    assert "Ingen myndighet ser det." in said
    assert "Läsningen går bra.\n\n&lt;b&gt;Trygghet&lt;/b&gt; 👍" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store, private"
    listed = text_of(client.get(WORK))
    assert "Läget i höst" in listed and "Bara hos er" in listed


def test_an_empty_title_is_asked_for_and_the_text_is_kept():
    response = lead().post(f"{WORK}nytt/own_analysis/", {**ANSWERS, "title": " "})
    assert response.status_code == 422
    assert "Skriv en rubrik, så att materialet går att hitta igen." in text_of(response)
    assert "Läsningen går bra." in response.content.decode()


def test_a_text_that_is_too_long_is_kept_in_the_form():
    response = lead().post(f"{WORK}nytt/own_analysis/", {**ANSWERS, "causes": "å" * 20_001})
    assert response.status_code == 422
    assert "20001 tecken och får vara högst 20000" in text_of(response)
    assert "å" * 20_001 in response.content.decode()


def test_who_saves_second_sees_both_texts_and_loses_none():
    ylva, bo = lead(name="Ylva Påhittsson"), lead(name="Bo Påhittsson")
    paper = written(ylva)
    assert ylva.post(f"{paper}andra/", {**ANSWERS, "challenges": "Ylvas ord.", "version": "1"}).status_code == 303
    response = bo.post(f"{paper}andra/", {**ANSWERS, "challenges": "Bos ord.", "version": "1"})
    said = text_of(response)
    assert response.status_code == 409
    assert "Ylva Påhittsson sparade version 2" in said
    assert "[borttaget:] Ylvas" in said and "[tillagt:] Bos" in said
    assert re.search(r'<textarea[^>]*name="challenges"[^>]*>\s*Bos ord\.</textarea>', response.content.decode())
    assert 'name="version" value="2"' in response.content.decode()
    assert "Ylvas ord." in text_of(bo.get(paper)), "nothing is overwritten before he has chosen"
    assert bo.post(f"{paper}andra/", {**ANSWERS, "challenges": "Bos ord.", "version": "2"}).status_code == 303
    assert "Bos ord." in text_of(bo.get(paper))
    assert "Ylvas ord." in text_of(bo.get(f"{paper}historik/?version=2"))


def test_a_paper_removed_meanwhile_gives_the_text_back():
    ylva, bo = lead(), lead()
    paper = written(ylva)
    assert "försvinner ur listan" in text_of(ylva.get(f"{paper}ta-bort/"))
    ylva.post(f"{paper}ta-bort/")
    response = bo.post(f"{paper}andra/", {**ANSWERS, "challenges": "Bos egna ord.", "version": "1"})
    assert response.status_code == 404
    assert "Bos egna ord." in text_of(response)


def test_history_shows_what_each_version_changed():
    client = lead()
    paper = written(client)
    client.post(f"{paper}andra/", {**ANSWERS, "challenges": "Frånvaron i åk 9.", "version": "1"})
    said = text_of(client.get(f"{paper}historik/"))
    assert "Vad version 2 ändrade" in said
    assert "Vilka utmaningar ser vi?" in said and "[tillagt:]" in said
    assert "Läsningen går bra." in text_of(client.get(f"{paper}historik/?version=1"))
    assert client.get(f"{paper}historik/?version=3").status_code == 404


ROWS = {
    "title": "Egna mått",
    "lasar": "2025",
    "name": ["Frånvaro", "", "Klagomål"],
    "school_year": ["", "", "2023/24"],
    "value": ["12,50", "", "3"],
    "unit": ["%", "", ""],
    "source": ["Skola24", "", "Diariet"],
}


def test_figures_are_typed_row_by_row():
    client = lead()
    paper = client.post(f"{WORK}nytt/own_figures/", ROWS).headers["Location"].split("?")[0]
    page = client.get(paper)
    said = text_of(page)
    assert "Huvudmannens egna uppgifter" in said and "Inte officiell statistik" in said
    assert "Frånvaro 2025/26 12,50 % Skola24" in said, "an empty year is the paper's own"
    assert "Klagomål 2023/24 3 Diariet" in said
    edit = client.get(f"{paper}andra/").content.decode()
    assert 'value="12,50"' in edit
    file = client.get(f"{paper}siffror.csv")
    assert file.content.decode("utf-8-sig").splitlines()[1] == "Frånvaro;2025/26;12,50;%;Skola24"


def test_a_bad_row_is_named_and_marked_and_what_was_typed_stands():
    response = lead().post(f"{WORK}nytt/own_figures/", {**ROWS, "value": ["hög", "", "3"]})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Rad 1: ”hög” är inget tal." in text_of(response)
    assert re.search(r'id="rad-1-value"[^>]*value="hög"[^>]*aria-invalid="true"', page)
    assert 'value="Klagomål"' in page


def test_more_rows_can_be_asked_for_without_saving():
    client = lead()
    response = client.post(f"{WORK}nytt/own_figures/", {**ROWS, "more": "1"})
    assert response.status_code == 200
    assert response.content.decode().count('name="value"') == 13
    assert "Här finns inget arbetsmaterial än" in text_of(client.get(WORK))


def csv_file(content: bytes, name: str = "siffror.csv"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content)


GOOD_FILE = "benämning;läsår;värde;enhet;källa\nFrånvaro;2024/25;12,5;%;Skola24\n".encode("cp1252")


def test_a_file_is_shown_before_it_is_saved():
    client = lead()
    preview = client.post(
        f"{WORK}nytt/own_figures/", {"title": "Ur filen", "lasar": "2025", "file": csv_file(GOOD_FILE)}
    )
    assert "Granska siffrorna" in text_of(preview) and "Frånvaro 2024/25 12,5 % Skola24" in text_of(preview)
    assert "Här finns inget arbetsmaterial än" in text_of(client.get(WORK)), "nothing is saved yet"
    fields = re.findall(
        r'<input type="hidden" name="(title|lasar|version|csv)" value="([^"]*)">', preview.content.decode()
    )
    saved = client.post(f"{WORK}nytt/own_figures/", {name: unescape(value) for name, value in fields})
    assert "Frånvaro 2024/25 12,5 % Skola24" in text_of(client.get(saved.headers["Location"]))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04en arbetsbok", "Filen är en Excel- eller zip-fil och ingen CSV-fil, vad den än heter."),
        (b"", "Filen är tom."),
        (b"a" * 200_001, "Filen är större än 200 kB."),
        ("benämning;läsår;värde;enhet;källa\na;i fjol;1;;k\nb;2024/25;x;;k\n".encode(), "Rad 3: ”x” är inget tal."),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content, said):
    response = lead().post(f"{WORK}nytt/own_figures/", {"title": "Fil", "lasar": "2025", "file": csv_file(content)})
    assert response.status_code == 422
    assert said in text_of(response)


def test_very_many_figures_are_kept_when_only_the_title_changes():
    rows = "".join(f"mått {number};2024/25;{number};;k\n" for number in range(150))
    client = lead()
    content = "benämning;läsår;värde;enhet;källa\n" + rows
    paper = client.post(f"{WORK}nytt/own_figures/", {"title": "Många", "lasar": "2025", "csv": content})
    paper = paper.headers["Location"].split("?")[0]
    edit = client.get(f"{paper}andra/")
    assert "Det är för många siffror för att visa här." in text_of(edit)
    hidden = unescape(re.search(r'name="csv" value="([^"]*)"', edit.content.decode())[1])
    client.post(f"{paper}andra/", {"title": "Ny rubrik", "version": "1", "csv": hidden})
    said = text_of(client.get(paper))
    assert "Ny rubrik" in said and "mått 149 2024/25" in said


def test_the_sharing_dialog_says_what_leaves_and_what_it_means_before_the_button():
    client = lead()
    paper = written(client)
    page = client.get(f"{paper}dela/")
    said = text_of(page)
    button = said.index("Dela version 1")
    for sentence in (
        "allmän handling hos myndigheten. Vem som helst kan begära ut den.",
        "det som redan har lämnats ut är fortfarande en allmän handling",
        "Kontrollsumma",
        "Dialogledarna på Skolverket",
        "Dialogledarna på SPSM",
    ):
        assert said.index(sentence) < button
    not_confirmed = client.post(f"{paper}dela/", {"agency": "spsm", "version": "1"})
    assert not_confirmed.status_code == 422
    assert "Kryssa i rutan för att bekräfta" in text_of(not_confirmed)
    assert "Inget har delats än" in text_of(client.get(f"{WORK}kvitton/"))


def test_a_share_leads_to_its_receipt_and_is_seen_everywhere():
    client = lead(name="Ylva Påhittsson")
    paper = written(client)
    receipt = shared(client, paper)
    said = text_of(client.get(f"{receipt}?klart=delat"))
    assert "Version 1 är delad med dialogledarna på Skolverket." in said
    assert "av Ylva Påhittsson" in said and "Ingen har läst det än." in said
    for page in (paper, f"{paper}andra/", f"{paper}historik/"):
        assert "Dialogledarna på Skolverket ser det som har delats" in text_of(client.get(page))
    assert "Delat Skolverket, version 1" in text_of(client.get(WORK))
    assert "Läget i höst" in text_of(client.get(f"{WORK}kvitton/"))
    again = client.post(f"{paper}dela/", {"agency": "skolverket", "understood": "on", "version": "1"})
    assert again.status_code == 409
    assert "redan delad med samma mottagare" in text_of(again)


def test_the_file_of_a_receipt_has_the_receipts_hash():
    client = lead()
    receipt = shared(client, written(client, UNIT_WORK))
    file = client.get(f"{receipt}version.json")
    assert hashlib.sha256(file.content).hexdigest() in text_of(client.get(receipt))
    assert json.loads(file.content)["contents"]["challenges"] == "Frånvaron."
    assert "attachment" in file.headers["Content-Disposition"]
    rows = client.get(f"{WORK}kvitton.csv").content.decode("utf-8-sig").splitlines()
    assert rows[1].split(";")[1:5] == ["Storskolan 1", UNIT, "egen analys", "Läget i höst"]
    assert hashlib.sha256(file.content).hexdigest() in rows[1]


def test_a_newer_version_is_read_before_it_is_shared():
    client = lead()
    paper = written(client)
    client.post(f"{paper}andra/", {**ANSWERS, "challenges": "Nyare.", "version": "1"})
    response = client.post(f"{paper}dela/", {"agency": "spsm", "understood": "on", "version": "1"})
    assert response.status_code == 409
    assert "En nyare version sparades" in text_of(response)
    assert 'name="version" value="2"' in response.content.decode()
    assert "checked" not in response.content.decode(), "it must be confirmed anew"


def test_sharing_with_a_link_alone_tells_how_to_confirm():
    client = lead(assurance=Assurance.LINK)
    paper = written(client)
    page = client.get(f"{paper}dela/")
    assert "Bekräfta först att det är du." in text_of(page)
    assert 'name="understood"' not in page.content.decode()
    posted = client.post(f"{paper}dela/", {"agency": "spsm", "understood": "on", "version": "1"})
    assert posted.status_code == 403
    assert "Bekräfta först" in text_of(posted)


def test_a_principal_is_told_who_shares():
    client = browser(someone(Role.PRINCIPAL, UNIT))
    paper = written(client, UNIT_WORK)
    assert "dela/" not in client.get(paper).content.decode()
    response = client.get(f"{paper}dela/")
    assert response.status_code == 403
    assert "Bara huvudmannens kvalitetsansvariga och skolchef kan dela material." in text_of(response)


def test_taking_back_ends_the_reading():
    client, reader = lead(), browser(someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET))
    receipt = shared(client, written(client))
    address = f"/delat/{receipt.rstrip('/').rsplit('/', 1)[1]}/"
    assert "Läget i höst" in text_of(reader.get("/delat/"))
    assert "Läsningen går bra." in text_of(reader.get(address))
    assert "allmän handling" in text_of(client.get(f"{receipt}ta-tillbaka/"))
    done = client.post(f"{receipt}ta-tillbaka/")
    assert "Delningen är tillbakatagen." in text_of(client.get(done.headers["Location"]))
    for gone in (address, f"{address}version.json"):
        assert reader.get(gone).status_code == 404
    assert "Inget är delat" in text_of(reader.get("/delat/"))
    again = client.post(f"{receipt}ta-tillbaka/")
    assert again.status_code == 409
    assert "redan tillbakatagen" in text_of(again)


def test_each_reading_stands_on_the_receipt_with_role_and_without_name():
    client, reader = lead(), browser(someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET, name="Sten Hemlig"))
    receipt = shared(client, written(client))
    address = f"/delat/{receipt.rstrip('/').rsplit('/', 1)[1]}/"
    page = text_of(reader.get(address))
    assert "Din läsning är antecknad i huvudmannens händelselogg." in page
    assert "Storköpings kommun" in page
    file = reader.get(f"{address}version.json").content
    said = text_of(client.get(receipt))
    assert said.count("Skolverket dialogledare") == 1, "a page and its file within the hour are one reading"
    assert "Hemlig" not in said
    assert hashlib.sha256(file).hexdigest() in said


def test_a_paper_is_copied_to_another_organiser():
    token = someone(Role.QUALITY_LEAD, STORKOPING, also=[(Role.QUALITY_LEAD, LILLAN)])
    client = browser(token)
    paper = written(client)
    page = client.get(f"{paper}kopiera/").content.decode()
    assert f'value="{LILLAN}"' in page and f'value="{UNIT}"' in page and f'value="{STORKOPING}"' not in page
    copied = client.post(f"{paper}kopiera/", {"target": LILLAN}).headers["Location"]
    assert copied.startswith(f"/huvudman/{LILLAN}/arbete/")
    assert "Läsningen går bra." in text_of(client.get(copied))


def pages_of(paper: str, receipt: str) -> list[str]:
    work = paper.rstrip("/").rsplit("/", 1)[0] + "/"
    under_paper = ["", "andra/", "historik/", "kopiera/", "ta-bort/", "dela/"]
    under_receipt = ["", "version.json", "ta-tillbaka/"]
    return [
        work,
        f"{work}nytt/own_analysis/",
        f"{work}nytt/own_figures/",
        f"{work}kvitton/",
        f"{work}kvitton.csv",
        *[paper + each for each in under_paper],
        *[receipt + each for each in under_receipt],
    ]


def statuses(client, addresses: list[str]) -> set[int]:
    return {client.get(address).status_code for address in addresses}


@pytest.mark.parametrize("work", [WORK, UNIT_WORK])
def test_every_page_opens_for_its_own_and_for_no_stranger(work):
    own = lead()
    paper = written(own, work)
    addresses = pages_of(paper, shared(own, paper))
    assert statuses(own, addresses) == {200}
    assert statuses(lead(LILLAN), addresses) == {404}
    assert statuses(browser(someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET)), addresses) == {404}
    assert statuses(browser(someone()), addresses) == {404}
    assert statuses(browser(), addresses) == {302}
    for role, place in ((Role.STAFF_MEMBER, UNIT), (Role.PRINCIPAL, OTHER_UNIT)):
        assert statuses(browser(someone(role, place)), addresses) == {403}


def test_what_a_principal_sees():
    own, principal = lead(), browser(someone(Role.PRINCIPAL, UNIT))
    whole, ours, theirs = written(own), written(own, UNIT_WORK), written(own, f"/skolenhet/{OTHER_UNIT}/arbete/")
    assert statuses(principal, [UNIT_WORK, ours, f"{ours}andra/"]) == {200}
    assert statuses(principal, [WORK, whole, theirs]) == {403}
    everything = own.get(WORK).content.decode()
    assert all(address in everything for address in (whole, ours, theirs))


def test_a_board_member_reads_and_is_offered_nothing_else():
    own, board = lead(), browser(someone(Role.BOARD_MEMBER, STORKOPING))
    paper = written(own)
    page = board.get(paper).content.decode()
    assert "Läsningen går bra." in page
    assert "andra/" not in page and "dela/" not in page and "ta-bort/" not in page
    assert statuses(board, [f"{paper}andra/", f"{paper}dela/", f"{paper}ta-bort/", f"{WORK}nytt/own_analysis/"]) == {
        403
    }
    assert board.post(f"{paper}andra/", {**ANSWERS, "version": "1"}).status_code == 403


def test_the_agencies_list_is_for_agencies():
    assert lead().get("/delat/").status_code == 404
    assert browser().get("/delat/").status_code == 302
    weak = browser(someone(Role.DIALOGUE_LEAD, Agency.SPSM, assurance=Assurance.LINK)).get("/delat/")
    assert weak.status_code == 403
    assert "Bekräfta först" in text_of(weak)


def test_addresses_that_name_nothing():
    client = lead()
    paper = written(client)
    receipt = shared(client, paper)
    reader = browser(someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET))
    wrong_uuid, key = str(uuid4()), paper.rstrip("/").rsplit("/", 1)[1]
    for address in (
        f"{WORK}{wrong_uuid}/",
        f"{WORK}kvitton/{key}/",
        receipt.replace("/kvitton/", "/"),
        f"{WORK}inte-ett-nummer/",
        f"{WORK}nytt/hemligt/",
        f"{UNIT_WORK}{key}/",
        f"{paper}siffror.csv",
        f"/skolenhet/{STORKOPING}-99999999/arbete/",
    ):
        assert client.get(address).status_code == 404, address
    for address in (f"/delat/{wrong_uuid}/", f"/delat/{key}/", "/delat/x/"):
        assert reader.get(address).status_code == 404, address


def queries_of(client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert "Läget i höst" in text_of(client.get(address))
    return len(captured)


def test_as_many_queries_for_thirty_papers_as_for_one():
    client, reader = lead(), browser(someone(Role.DIALOGUE_LEAD, Agency.SKOLVERKET))
    paper = written(client, UNIT_WORK)
    shared(client, paper)
    addresses = (WORK, f"{WORK}kvitton/", UNIT_WORK)
    one = [queries_of(client, address) for address in addresses] + [queries_of(reader, "/delat/")]
    for number in range(29):
        work = f"/skolenhet/{STORKOPING}-900000{number + 2:02d}/arbete/"
        shared(client, written(client, work), "skolverket")
    shared(client, written(client, UNIT_WORK))
    thirty = [queries_of(client, address) for address in addresses] + [queries_of(reader, "/delat/")]
    assert thirty == one


def test_a_long_list_comes_in_pages():
    from django.conf import settings

    from styrkedjan.actions import sharing
    from styrkedjan.core.sharing import PaperKind
    from styrkedjan.core.statistics import SchoolYear
    from styrkedjan.queries.access.viewing import viewing

    client = lead()
    with viewing(client.cookies[settings.SIGN_IN_COOKIE].value) as viewer:
        for number in range(51):
            sharing.write(viewer, STORKOPING, PaperKind.OWN_ANALYSIS, SchoolYear(2024), f"Analys {number}", {})
    first, second = client.get(WORK), client.get(f"{WORK}?sida=2")
    assert "Analys 50" in text_of(first) and "Analys 0 " not in text_of(first) and "Nästa" in text_of(first)
    assert "Analys 0 " in text_of(second) and "Föregående" in text_of(second)
    assert "Analys 50" in text_of(client.get(f"{WORK}?sida=-1")), "what makes no sense is the first page"
