"""The own underlag as PDF: tagged like the official one, with the very words of the page."""

import re
from io import BytesIO

import pikepdf
import pytest

from styrkedjan.core.assessments.chosen import ChosenResults
from styrkedjan.render.chosen_results import PrintedCell, printed_results
from styrkedjan.render.pdf import briefing_pdf
from styrkedjan.render.words import Words
from tests.render.briefing_sample import catalogue, sample_briefing
from tests.render.test_pdf import PAINTING, elements, plain, text_of

STEPS = ["Inte alls", "I låg grad", "Delvis", "I hög grad", "Helt och hållet"]


def cell(level: str, state: str, counts: tuple[int, ...] = (), **more: object) -> dict[str, object]:
    return {"level": level, "state": state, "counts": counts, "outside": {}, "n_class": "", "band": None, **more}


RESULTS = ChosenResults.from_json(
    {
        "campaign": "11111111-2222-3333-4444-555555555555",
        "title": "Självvärdering hösten 2026",
        "edition": "2026-1",
        "counted_on": "2026-11-20",
        "steps": STEPS,
        "middle": 2,
        "outside": {"dont_know": "Vet inte / ser inte"},
        "factors": [
            {
                "factor": "clear_roles",
                "name": "Tydlig roll- och ansvarsfördelning",
                "whole": [cell("teaching", "bands", (13, 21, 37), n_class="50–99")],
                "rows": [
                    {
                        "row": "clear_roles.1",
                        "name": "Samsyn",
                        "cells": [
                            cell("organiser", "position", (0, 1, 0, 2, 0)),
                            cell("principal", "too_few"),
                            cell("teaching", "shown", (1, 2, 16, 15, 4), outside={"dont_know": 3}, n_class="20–49"),
                        ],
                    },
                    {
                        "row": "clear_roles.2",
                        "name": "Tydliga roller",
                        "cells": [
                            cell("principal", "gathered", band=2, n_class="10–19"),
                            cell("teaching", "protected", shared="Delvis"),
                        ],
                    },
                ],
            }
        ],
    }
)


@pytest.fixture(scope="module")
def made() -> bytes:
    return briefing_pdf(sample_briefing("organiser"), catalogue(), (RESULTS,))


@pytest.fixture(scope="module")
def text(made, tmp_path_factory) -> str:
    return text_of(made, tmp_path_factory.mktemp("own") / "own.pdf")


def words() -> Words:
    return Words("sv", catalogue().words["sv"])


def cells() -> list[PrintedCell]:
    (factor,) = printed_results(RESULTS, words()).factors
    return [cell for row in (factor.whole, *factor.rows) for cell in row.cells if cell]


ALL_STEPS = "Inte alls 1, i låg grad 2, delvis 16, i hög grad 15, helt och hållet 4, vet inte / ser inte 3"


def test_what_is_printed_says_what_was_released():
    told = [(cell.level, plain(cell.text), cell.base) for cell in cells()]
    assert told == [
        ("teaching", "Inte alls eller i låg grad 13, delvis 21, i hög grad eller helt och hållet 37", "50–99 svar"),
        ("organiser", "I låg grad 1, i hög grad 2", "3 ställningstaganden"),
        ("principal", "För få svar för att visas.", ""),
        ("teaching", ALL_STEPS, "20–49 svar"),
        ("principal", "Nästan alla svarade i hög grad eller helt och hållet.", "10–19 svar"),
        ("teaching", "Visas inte, så att ingen grupps svar går att räkna ut.", ""),
    ]
    assert cells()[-1].shared == "Gemensam skattning: delvis"
    assert [bool(cell.svg) for cell in cells()] == [True, False, False, True, False, False]


def test_results_come_back_from_json_as_they_were():
    assert ChosenResults.from_json(RESULTS.to_json()) == RESULTS


def test_the_paper_says_the_same_as_the_page(text):
    flat = re.sub(r"\s+", "", text.replace("-\n", ""))
    for each in cells():
        words_of_cell = [*each.text.split(), *each.base.split(), *each.shared.split()]
        missing = [word for word in words_of_cell if re.sub(r"\s+|-", "", plain(word)) not in flat.replace("-", "")]
        assert not missing, each
    for count in ("13", "21", "37", "16", "15"):
        assert re.search(rf"\b{count}\b", text)


def test_the_file_is_tagged_and_every_bar_is_told_in_words(made):
    document = pikepdf.open(BytesIO(made))
    with document.open_metadata() as meta:
        assert meta["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert meta["pdfaid:conformance"] == "A"
        assert meta["dc:title"].startswith("Underlag med självvärdering 2024/25")
    told = [str(figure.Alt) for figure in elements(document, "Figure")]
    bars = [each for each in told if each.startswith(("Samsyn", "Hela faktorn"))]
    assert len(bars) == 2 and "delvis 16" in plain(bars[1])
    assert len(elements(document, "Table")) == len(elements(document, "THead"))
    with document.open_outline() as outline:
        assert any("Så här bedömer vi oss själva" in item.title for item in outline.root)
    for page in document.pages:
        open_tags: list[bool] = []
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) in ("BDC", "BMC"):
                open_tags.append(operands[0] == "/Artifact" or (len(operands) > 1 and "/MCID" in operands[1]))
            elif str(operator) == "EMC":
                open_tags.pop()
            elif str(operator) in PAINTING:
                assert any(open_tags), f"{operator} stands outside the tags"


def test_it_says_whose_it_is_and_the_official_one_is_as_before(text, tmp_path):
    assert "ingen officiell statistik" in " ".join(text.split("\f")[0].split())
    assert "Alla kan se det här underlaget" not in text
    official = text_of(briefing_pdf(sample_briefing("organiser"), catalogue()), tmp_path / "official.pdf")
    assert "Alla kan se det här underlaget" in official and "bedömer vi oss" not in official


def test_the_same_results_give_the_same_bytes(made):
    assert briefing_pdf(sample_briefing("organiser"), catalogue(), (RESULTS,)) == made
    empty = briefing_pdf(sample_briefing("organiser"), catalogue(), ())
    assert empty.startswith(b"%PDF") and empty != made
