"""The briefing (underlag) as PDF/UA-1 and PDF/A-2a in one file, from the same printed value as the page.

Typst places what ``printed`` has already put into words and charts, and refuses a picture without a description. The
same briefing gives the same bytes: the file is dated by when its figures were fetched, not by when it was made.
"""

import json
import re
from dataclasses import asdict
from datetime import UTC
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import typst

from styrkedjan.core.assessments.chosen import ChosenResults
from styrkedjan.core.briefings import Briefing, Line
from styrkedjan.core.catalogue import Catalogue, ChainLevel
from styrkedjan.render import charts, swedish
from styrkedjan.render.briefings import PrintedBriefing, PrintedLine, PrintedSection, printed
from styrkedjan.render.chosen_results import PrintedCell, PrintedResults, PrintedRow, printed_results
from styrkedjan.render.line_charts import strip_of
from styrkedjan.render.printer import Printer
from styrkedjan.render.values import PrintedValue
from styrkedjan.render.words import Words

TEMPLATES = Path(__file__).parent / "typst"
FONTS = Path(__file__).parent / "fonts"
CHART_WIDTH = 360  # points, as in chart.typ
STANDARDS = ["a-2a", "ua-1"]
KEYS = ("own", "nation", "ticks", "band", "hidden", "missing", "break")
NOTHING_THERE = ("MISSING", "ABSENT", "NOT_APPLICABLE")  # statuses drawn as an empty slot: nobody hid anything

STRIP = charts.Size(220, 24)  # 48 to 57 mm on paper: its words are then as large as the table's
EXAMPLE = charts.Size(470, 28)
GRADE = f"årskurs{swedish.NO_BREAK_SPACE}"  # the number never stands alone on a line

PLACED_AS_PRINTED = (
    "name", "is_unit", "invented", "moved_note", "school_year", "earlier_years", "goal", "framework", "version",
    "group", "lead", "small_base", "unit_columns", "unit_count",
)  # fmt: skip

Json = dict[str, Any]


def briefing_pdf(briefing: Briefing, catalogue: Catalogue, own: tuple[ChosenResults, ...] | None = None) -> bytes:
    """The whole briefing as a tagged A4 document.

    In: ``own``, what the place has chosen of its self-assessments; None for the official briefing alone.
    Out: the same bytes for the same briefing and catalogue, in every process.
    Raises: typst.TypstError when the document cannot be made accessible; that is a bug in a template or a chart.
    """
    printer = Printer(catalogue, Words("sv", catalogue.words["sv"]), charts.PAPER, STRIP)
    results = None if own is None else [printed_results(each, printer.words, charts.PAPER) for each in own]
    content = _content(briefing, printed(briefing, printer), printer)
    return compiled("briefing.typ", content | _own(results, content, printer.words))


def svg_png(svg: str, width: int) -> bytes:
    """A chart drawn in the PAPER theme as PNG on white, ``width`` px wide, in its own proportions."""
    return _compile("chart.typ", svg, format="png", ppi=72 * width / CHART_WIDTH)


def compiled(template: str, content: Json) -> bytes:
    """A template filled with content, as PDF/UA-1 and PDF/A-2a."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("årskurs ", GRADE)
    return _compile(template, text, format="pdf", pdf_standards=STANDARDS)


@cache
def _fonts() -> typst.Fonts:
    """The product's own fonts and no others, so that every computer makes the same file."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _compile(template: str, content: str, **how: Any) -> bytes:
    made = _typst(template, {"content": content}, **how)
    _forget()
    return made


def _typst(template: str, inputs: dict[str, str], **how: Any) -> bytes:
    """Always a template in a file: each source given as bytes would use up one of Typst's 65 535 file numbers."""
    return typst.compile(TEMPLATES / template, root=TEMPLATES, font_paths=_fonts(), sys_inputs=inputs, **how)


def _forget() -> None:
    """Let Typst forget what only the documents before this one needed.

    It drops what ten compilations in a row have not asked for. Empty ones count and take a millisecond each, so that
    what every document shares stays and a server that makes thousands keeps two in memory and not ten.
    """
    for _ in range(4):
        _typst("nothing.typ", {}, format="svg")


def _content(briefing: Briefing, whole: PrintedBriefing, printer: Printer) -> Json:
    """What the template places: the printed briefing, and what only a paper needs."""
    fetched = max(part.fetched_at for part in briefing.edition.parts).astimezone(UTC)
    return {
        "theme": asdict(charts.PAPER),
        "keys": {kind: charts.key(kind, charts.PAPER) for kind in KEYS},
        "mark_shapes": [charts.level_key(level, charts.PAPER) for level in ChainLevel],
        "title": f"Underlag {whole.school_year} – {whole.name}",
        "date": {unit: getattr(fetched, unit) for unit in ("year", "month", "day", "hour", "minute", "second")},
        "kind": _kind(whole),
        "school_form": swedish.capitalise(whole.school_form),
        "school_form_definite": f"{whole.school_form}n",
        "conditions": [
            {
                "title": group.title,
                "note": group.note,
                "period": swedish.capitalise(group.lines[0].period),
                "lines": [_line(line) for line in group.lines],
            }
            for group in whole.conditions
        ],
        "sections": [_section(section) for section in whole.sections],
        "units": [
            {"name": unit.name, "note": unit.note, "values": [_value(value) for value in unit.values]}
            for unit in whole.units
        ],
        "marks": _marks(whole, printer.words),
        "rules": _rules(whole),
        "example": _example(briefing, printer),
        "traces": [_trace(line, printer.words) for line in briefing.lines],
        "sources": [asdict(source) for source in whole.sources],
        **{name: getattr(whole, name) for name in PLACED_AS_PRINTED},
    }


def _own(results: list[PrintedResults] | None, content: Json, words: Words) -> Json:
    """What the chapter of the self-assessment places; nothing of it in the official briefing."""
    if results is None:
        return {"own": None}
    return {
        "title": words("own_briefing.title", school_year=content["school_year"], name=content["name"]),
        "own": [
            {
                "title": each.title,
                "counted": each.counted,
                "has_hidden": each.has_hidden,
                "level_names": each.level_names,
                "factors": [
                    {"name": factor.name, "rows": [_own_row(row) for row in (factor.whole, *factor.rows)]}
                    for factor in each.factors
                ],
            }
            for each in results
        ],
    }


def _own_row(row: PrintedRow) -> Json:
    return {"name": row.name, "cells": [_own_cell(cell) if cell else None for cell in row.cells]}


def _own_cell(cell: PrintedCell) -> Json:
    bar = _drawing(cell.svg) if cell.svg else None
    return {"text": cell.text, "base": cell.base, "shared": cell.shared, "hidden": cell.hidden, "bar": bar}


def _kind(whole: PrintedBriefing) -> str:
    if whole.is_unit:
        return f"Skolenhet {whole.key[11:]} hos {whole.organiser_name}"
    return f"{swedish.capitalise(whole.kind)} {whole.key}"


def _value(value: PrintedValue) -> Json:
    return {"text": value.text, "swatch": "" if value.shown else _swatch(value.status)}


def _swatch(status: str) -> str:
    if status == "BREAK":
        return "break"
    return "missing" if status in NOTHING_THERE else "hidden"


def _marks(whole: PrintedBriefing, words: Words) -> list[Json]:
    """What each mark means and how often it stands; a break in a series counts when earlier years are printed."""
    swatches = {words(f"mark.{status}.short"): "missing" for status in NOTHING_THERE}
    swatches[words("mark.APPROXIMATE.short")] = ""
    marks = [
        {"text": mark.word, "swatch": swatches.get(mark.word, "hidden"), "about": mark.explanation, "count": mark.count}
        for mark in whole.marks
    ]
    blocks = (*whole.conditions, *whole.sections)
    earlier = [value for block in blocks for line in block.lines for value in line.earlier]
    breaks = [value for value in earlier if value.status == "BREAK"]
    for value in breaks[:1]:
        marks.append({**_value(value), "about": value.explanation, "count": len(breaks)})
    return marks


def _line(line: PrintedLine) -> Json:
    return {
        "name": line.short_name,
        "own": _value(line.own),
        "organiser": _value(line.organiser) if line.organiser else None,
        "nation": _value(line.nation),
        "earlier": [_value(value) for value in line.earlier],
        "position": line.latest or line.position_text,
    }


def _section(section: PrintedSection) -> Json:
    periods = dict.fromkeys(f"{line.source} gäller {line.period}" for line in section.lines)
    return {
        "short_name": section.short_name,
        "text": section.text,
        "findings": section.findings,
        "periods": swedish.capitalise(swedish.join_words(list(periods))),
        "lines": [{**_line(line), "strip": _drawing(line.strip)} for line in section.lines],
    }


def _rules(whole: PrintedBriefing) -> list[Json]:
    """Each written rule behind "nära riket" once, with the indicators it holds for: by name when they are few."""
    names: dict[str, list[str]] = {}
    for line in (line for section in whole.sections for line in section.lines if line.rule):
        names.setdefault(line.rule, []).append(line.short_name)
    return [
        {"text": rule, "holds_for": swedish.join_words(held) if len(held) < 3 else f"{len(held)} indikatorer"}
        for rule, held in names.items()
    ]


def _example(briefing: Briefing, printer: Printer) -> Json:
    """The strip that the legend is learned on: the first with a value and a spread, else the first of all."""
    lines = briefing.indicator_lines
    line = next((line for line in lines if line.status.has_number and line.distribution), lines[0])
    return _drawing(strip_of(line, briefing, printer, EXAMPLE, ends=True, prefix="l"))


def _drawing(svg: str) -> Json:
    """A chart and, as its alternative text, what its own title and description say."""
    title, description = (unescape(_between(svg, tag)) for tag in ("title", "desc"))
    return {"svg": svg, "title": title, "alt": f"{title}. {description}"}


def _between(svg: str, tag: str) -> str:
    found = re.search(f"<{tag}[^>]*>(.*?)</{tag}>", svg, re.DOTALL)
    assert found, f"a chart has a {tag}"
    return found[1]


def _trace(line: Line, words: Words) -> Json:
    parts = sorted({value.part + 1 for value in (line.own, line.nation) if value})
    return {
        "name": line.measure.short_name,
        "own": line.own.cell if line.own else words("mark.ABSENT.short"),
        "nation": line.nation.cell if line.nation else words("mark.ABSENT.short"),
        "file": swedish.join_words([str(part) for part in parts]),
    }
