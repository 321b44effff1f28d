"""The poster and the paper form: accessible PDFs that say what an answer is, with codes that can be read."""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from styrkedjan.core.assessments.campaigns import (
    AnsweringGroup,
    Campaign,
    GroupKind,
    Mode,
    OwnStatement,
    form_for,
)
from styrkedjan.core.assessments.open_forms import OpenForm
from styrkedjan.core.assessments.plans import every_row
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.render.answer_forms import paper_pdf, poster_pdf, qr_svg, shown_address
from styrkedjan.render.words import Words
from tests.world import STORKOPING, catalogue

RECEIPTS = ("K7QF2M9X4HTBW3CD", "23456789ABCDEFGH")
READERS = "rektor på Storskolan 1 och kvalitetsansvarig hos Storköpings kommun"


def words() -> Words:
    return Words("sv", catalogue().words["sv"])


def form(asked: int = 12, statements: int = 28) -> OpenForm:
    framework = catalogue().framework
    campaign = Campaign(
        key="k",
        place=STORKOPING,
        title="Självvärdering hösten 2026 <å & ö>",
        edition=framework.id,
        school_form="compulsory",
        language="sv",
        modes=frozenset({Mode.INDIVIDUAL}),
        levels=tuple(ChainLevel),
        rows=every_row(framework)[:statements],
        own_statements=(OwnStatement("own.1", "Vi hinner tala om undervisningen varje vecka."),),
        opens_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
        closes_at=datetime(2026, 12, 15, 22, 59, tzinfo=UTC),
    )
    kind = GroupKind.ANONYMOUS if asked > 4 else GroupKind.POSITION
    group = AnsweringGroup("g", "k", f"{STORKOPING}-90000001", ChainLevel.TEACHING, kind, asked, "K7QF2M9", True)
    asks = form_for(campaign, ChainLevel.TEACHING, framework, "Egna")
    about = framework.self_assessment
    return OpenForm(group, asks, about.scale, about.reflection, "", "Storskolan 1", "Storköpings kommun")


def poster(**how) -> bytes:
    return poster_pdf(form(**how), "https://prov.example/svara/", "https://prov.example/svara/K7QF2M9/", 7, words())


def paper(**how) -> bytes:
    rules = catalogue().disclosure.answers
    return paper_pdf(form(**how), RECEIPTS, "https://prov.example/svara/kvitto/", READERS, rules, words())


def text_of(content: bytes, folder: Path) -> str:
    """What a reader finds in the PDF, in one line."""
    path = folder / "prov.pdf"
    path.write_bytes(content)
    said = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return " ".join(said.replace("\u00ad", "").split())


def test_the_poster_says_where_with_what_code_and_what_it_is(tmp_path):
    said = text_of(poster(), tmp_path)
    for expected in ("Storskolan 1", "<å & ö>", "prov.example/svara", "K7QF2M9", "Svaret är anonymt.", "7 minuter"):
        assert expected in said
    assert "ställningstagande" not in said
    position = text_of(poster(asked=1), tmp_path)
    assert "Svaret är ett ställningstagande." in position and "Svaret är anonymt" not in position


def test_the_same_poster_is_the_same_bytes():
    assert poster() == poster()


def test_every_copy_of_the_form_has_its_statements_its_receipt_and_its_slip(tmp_path):
    said = text_of(paper(), tmp_path)
    for receipt in ("K7QF-2M9X-4HTB-W3CD", "2345-6789-ABCD-EFGH"):
        assert said.count(receipt) >= 2, "on the form and on the slip"
    assert said.count("Riv av och spara: ditt kvitto") == 2
    assert said.count("Vi hinner tala om undervisningen varje vecka.") == 2
    assert "aldrig för en grupp där färre än fem har svarat" in said and "minst tio" in said
    assert "I hög grad" in said and "Vet inte / ser inte" in said and READERS.split(" och ")[0] in said
    numbers = re.findall(r"\b28 [A-ZÅÄÖ]", said)
    assert len(numbers) == 2


def test_the_paper_of_a_position_is_never_called_anonymous(tmp_path):
    said = text_of(paper(asked=2), tmp_path)
    assert "Svaret är ett ställningstagande." in said and "anonymt." not in said.replace("vara anonymt.", "")


@pytest.mark.parametrize("made", [poster, paper])
def test_it_is_tagged_in_swedish_and_its_fonts_are_its_own(made, tmp_path):
    path = tmp_path / "prov.pdf"
    path.write_bytes(made())
    told = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged:\s+yes", told) and "Självvärdering hösten 2026" in told
    fonts = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts and all("Styrkedjan" in line for line in fonts)


def test_a_qr_code_is_named_and_can_be_seen_in_the_dark():
    svg = qr_svg("https://prov.example/svara/K7QF2M9/", "Till formuläret <1>")
    assert "<title>Till formuläret &lt;1&gt;</title>" in svg
    assert "#fff" in svg and "style=" not in svg


def test_an_address_on_paper_has_no_scheme():
    assert shown_address("https://prov.example/svara/") == "prov.example/svara"
