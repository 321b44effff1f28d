"""The briefing as PDF: what every reader must find in it, seen by other programs than the one that made it."""

import hashlib
import re
import shutil
import struct
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import typst

from styrkedjan.render import charts, pdf
from styrkedjan.render.briefings import PrintedBriefing, PrintedLine, printed
from styrkedjan.render.pdf import briefing_pdf, svg_png
from styrkedjan.render.printer import Printer
from styrkedjan.render.words import Words
from tests.render.briefing_sample import FORMER, ORGANISER, UNIT_NAMES, catalogue, sample_briefing
from tests.render.chart_specs import trend_spec

ROOT = Path(__file__).parents[2]
KINDS = ("organiser", "unit", "hidden_unit", "years")
PAINTING = {"Tj", "TJ", "'", '"', "Do", "f", "f*", "S", "s", "B", "B*", "b", "b*", "sh"}


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return {kind: briefing_pdf(sample_briefing(kind), catalogue()) for kind in KINDS}


@pytest.fixture(scope="module")
def texts(made, tmp_path_factory) -> dict[str, str]:
    """Each document as text, its rows kept as rows."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    folder = tmp_path_factory.mktemp("pdf")
    return {kind: text_of(content, folder / f"{kind}.pdf") for kind, content in made.items()}


def text_of(content: bytes, file: Path) -> str:
    file.write_bytes(content)
    run = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True)
    return plain(run.stdout)


def plain(text: str) -> str:
    """The text with ordinary spaces: a reader sees no difference."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def printed_sample(kind: str) -> PrintedBriefing:
    return printed(sample_briefing(kind), Printer(catalogue(), Words("sv", catalogue().words["sv"]), charts.PAPER))


def lines_of(whole: PrintedBriefing) -> list[PrintedLine]:
    return [line for block in (*whole.conditions, *whole.sections) for line in block.lines]


def elements(document: pikepdf.Pdf, kind: str) -> list[pikepdf.Dictionary]:
    """Every structure element of one kind, in reading order."""
    found, waiting = [], [document.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting.extend(reversed(list(node)))
        elif isinstance(node, pikepdf.Dictionary):
            found += [node] if node.get("/S") == f"/{kind}" else []
            waiting.append(node.get("/K"))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_says_what_it_is(made, kind):
    document = pikepdf.open(BytesIO(made[kind]))
    with document.open_metadata() as meta:
        assert meta["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert meta["pdfaid:part"] == "2"
        assert meta["pdfaid:conformance"] == "A"
        assert meta["dc:title"] == f"Underlag 2024/25 – {sample_briefing(kind).place.name}"
    assert str(document.Root.Lang) == "sv"
    assert bool(document.Root.MarkInfo.Marked)
    assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
    assert document.Root.StructTreeRoot.K


@pytest.mark.parametrize("kind", KINDS)
def test_every_chart_is_told_in_words(made, kind):
    document = pikepdf.open(BytesIO(made[kind]))
    told = [str(figure.Alt) for figure in elements(document, "Figure")]
    assert len(told) == 25 + 1  # the indicators and the example of the legend
    assert all("Riket:" in text for text in told)
    assert any("Trygghet" in text or "trygghet" in text for text in told)


def test_headers_of_tables_say_what_they_head(made):
    document = pikepdf.open(BytesIO(made["organiser"]))
    heads = elements(document, "TH")
    assert len(heads) > 50
    for head in heads:
        attributes = head.A if isinstance(head.A, pikepdf.Array) else [head.A]
        assert any(str(each.get("/Scope")) == "/Column" for each in attributes)
    assert len(elements(document, "Table")) == len(elements(document, "THead"))


def test_headings_and_contents_lead_to_their_pages(made):
    document = pikepdf.open(BytesIO(made["organiser"]))
    assert len(elements(document, "TOCI")) == len(elements(document, "H1")) - 1  # the list does not list itself
    assert len(elements(document, "Link")) == len(elements(document, "TOCI"))
    with document.open_outline() as outline:
        names = [item.title for item in outline.root]
    assert names[0] == "Så läser du underlaget"
    assert any(name.startswith("Trygghet och studiero") for name in names)
    assert "Innehåll" not in names


def test_nothing_is_painted_outside_the_tags(made):
    """Every mark on the paper is either tagged content or declared to be an ornament."""
    for page in pikepdf.open(BytesIO(made["years"])).pages:
        open_tags: list[bool] = []
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) in ("BDC", "BMC"):
                tagged = operands[0] == "/Artifact" or (len(operands) > 1 and "/MCID" in operands[1])
                open_tags.append(tagged)
            elif str(operator) == "EMC":
                open_tags.pop()
            elif str(operator) in PAINTING:
                assert any(open_tags), f"{operator} stands outside the tags"


def test_a_chart_without_words_is_refused(monkeypatch, tmp_path):
    templates = shutil.copytree(pdf.TEMPLATES, tmp_path / "typst")
    parts = templates / "parts.typ"
    told = parts.read_text()
    assert "alt: drawing.alt, " in told
    parts.write_text(told.replace("alt: drawing.alt, ", ""))
    monkeypatch.setattr(pdf, "TEMPLATES", templates)
    with pytest.raises(typst.TypstError, match="alt text"):
        briefing_pdf(sample_briefing("unit"), catalogue())


def test_the_same_briefing_gives_the_same_bytes(made):
    assert briefing_pdf(sample_briefing("unit"), catalogue()) == made["unit"]
    program = (
        "import hashlib; from tests.render.briefing_sample import *; from styrkedjan.render.pdf import briefing_pdf;"
        "print(hashlib.sha256(briefing_pdf(sample_briefing('unit'), catalogue())).hexdigest())"
    )
    fresh = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True)
    assert fresh.stdout.strip() == hashlib.sha256(made["unit"]).hexdigest()
    assert made["organiser"] != made["years"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_paper_prints_the_numbers_of_the_page(texts, kind):
    """A row holds the place's own value, the organiser's and that of riket, side by side and as on the page."""
    whole = printed_sample(kind)
    for line in lines_of(whole):
        row = [line.own, *([line.organiser] if line.organiser else []), line.nation]
        # A mark of two words may be set on two lines beside the row; the next test counts those.
        placed = [plain(value.text) for value in row if value.shown or " " not in plain(value.text)]
        pattern = " +".join(map(re.escape, placed))
        assert re.search(rf"(?m) {pattern}(?: |$)", texts[kind]), f"{line.short_name}: {pattern}"
    for unit in whole.units:
        for value in unit.values:
            assert not value.shown or plain(value.text) in texts[kind]


def test_what_is_hidden_is_said_and_never_zero(texts):
    whole = printed_sample("hidden_unit")
    hidden = [line for line in lines_of(whole) if not line.own.shown]
    assert len(hidden) > 40
    text = texts["hidden_unit"]
    for word in {line.own.text.split()[0] for line in hidden}:
        # A word stands once for each hidden line in its table, and again in the explanation.
        assert text.count(word) > sum(line.own.text.split()[0] == word for line in hidden)
    assert not re.search(r"(?m)(?<=\s)0(?:,0+)?(?: %)?(?=\s|$)", text)
    assert not re.search(r"\b(nan|null|none)\b", text.lower())


def test_marks_are_explained_with_how_many_they_are(texts):
    for mark in printed_sample("hidden_unit").marks:
        assert re.search(rf"{mark.word}\s+{re.escape(mark.explanation)}\s+{mark.count}\b", texts["hidden_unit"])
    assert re.search(r"brott i serien\s+Måttet gjordes om efter det här läsåret", texts["years"])
    assert "brott i serien" not in texts["organiser"]


def test_the_front_page(texts):
    front = texts["organiser"].split("\f")[0]
    whole = printed_sample("organiser")
    flat = " ".join(front.split())
    for expected in (
        "Underlag för analys och dialog",
        ORGANISER.name,
        f"Kommunal huvudman {ORGANISER.key}",
        "Grundskola, läsåret 2024/25",
        whole.goal,
        whole.version,
        *whole.lead,
    ):
        assert " ".join(plain(expected).split()) in re.sub(r"(?<=\w)- (?=[a-zåäö])", "", flat)
    assert "Påhittade" not in texts["organiser"]
    unit_front = " ".join(texts["unit"].split("\f")[0].split())
    assert f"hos {ORGANISER.name}" in unit_front
    assert FORMER.name.split()[0] in unit_front  # has changed organiser
    assert "Litet underlag" in texts["hidden_unit"].split("\f")[0]


def test_an_invented_nation_says_so_on_every_page(tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    content = briefing_pdf(sample_briefing("organiser", invented=True), catalogue())
    pages = text_of(content, tmp_path / "invented.pdf").split("\f")[:-1]
    assert all("Påhittade uppgifter" in page for page in pages)
    assert not any("Källa: Skolverket" in page or "Officiell statistik" in page for page in pages)


def test_units_in_full_and_every_number_leads_to_a_cell(texts):
    text = texts["organiser"]
    flat = re.sub(r"(?<=\w)-\s+(?=[a-zåäö])", "", text)
    for name in UNIT_NAMES:
        assert name.split()[0] in flat
    assert "bytt huvudman" in text
    for line in sample_briefing("organiser").lines:
        assert line.own is not None
        assert re.search(rf"\bC{line.own.row}\s+B{line.own.row}\s+1\b", text)
    assert f"{2024:064x}" in text


@pytest.mark.parametrize(("kind", "fewest", "most"), [("organiser", 8, 10), ("unit", 7, 9), ("years", 9, 12)])
def test_a_reasonable_number_of_pages(made, texts, kind, fewest, most):
    pages = texts[kind].split("\f")[:-1]
    assert fewest <= len(pages) <= most
    assert f"Sida {len(pages)} av {len(pages)}" in pages[-1]
    assert all(len(page.split()) > 40 for page in pages)  # no page is nearly empty


def test_a_chart_as_png():
    png = svg_png(charts.trend(trend_spec(), charts.PAPER), 1120)
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == (1120, 416)
    assert png == svg_png(charts.trend(trend_spec(), charts.PAPER), 1120)
