"""The import report in words, for the terminal and for the page."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from styrkedjan.core.catalogue import Catalogue
from styrkedjan.core.places import NATION
from styrkedjan.core.statistics import Change, ImportReport, SchoolYear
from styrkedjan.render import swedish
from styrkedjan.render.words import Words

MOST_PLACES = 20


@dataclass(frozen=True)
class ReportSection:
    """One part of the report: a title, a sentence, and rows of text."""

    title: str
    text: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class PrintedReport:
    """The report in words: facts as (label, value) and sections."""

    facts: tuple[tuple[str, str], ...]
    sections: tuple[ReportSection, ...]


def printed_report(report: ImportReport, catalogue: Catalogue, names: Mapping[str, str], words: Words) -> PrintedReport:
    """Put an import report into words. ``names`` gives readable names by place key."""
    return PrintedReport(facts=_facts(report, catalogue, words), sections=_sections(report, catalogue, names, words))


def _facts(report: ImportReport, catalogue: Catalogue, words: Words) -> tuple[tuple[str, str], ...]:
    counted = report.counted
    marks = catalogue.sources[report.source].marks
    facts = [
        ("file", report.file),
        ("sha256", report.sha256),
        ("school_years", swedish.join_words(list(counted.school_years))),
        ("measures", swedish.number(counted.measures, 0)),
        ("columns", swedish.number(counted.columns, 0)),
        ("organisers", swedish.number(counted.organisers, 0)),
        ("units", swedish.number(counted.units, 0)),
        ("unit_columns", swedish.number(counted.unit_columns, 0)),
        ("numbers", swedish.number(counted.numbers, 0)),
    ]
    printed = [(words(f"report.fact.{key}"), value) for key, value in facts]
    for mark, count in counted.marks.items():
        meaning = words(f"mark.{marks.status(mark).name}.short")
        printed.append((words("report.fact.mark", mark=mark, meaning=meaning), swedish.number(count, 0)))
    return tuple(printed)


def _sections(
    report: ImportReport, catalogue: Catalogue, names: Mapping[str, str], words: Words
) -> tuple[ReportSection, ...]:
    name = _namer(names, words)
    measures = {measure.id: measure.short_name for measure in catalogue.framework.measures}

    def change_row(change: Change) -> str:
        return words(
            "report.change",
            place=name(change.place),
            measure=measures.get(change.measure, change.measure),
            year=SchoolYear(change.school_year),
            before=_as_swedish(change.before),
            after=_as_swedish(change.after),
        )

    sections = [
        _places_section("new", report.new_places, report, name, words),
        _places_section("gone", report.gone_places, report, name, words),
        ReportSection(
            words("report.moved"),
            words.count("report.moved.text", len(report.moved)) if report.moved else words("report.moved.none"),
            tuple(
                words(
                    "report.moved.row",
                    name=_unit_name(code, organisers, names),
                    code=code,
                    organisers=swedish.join_words([name(organiser) for organiser in organisers]),
                )
                for code, organisers in report.moved.items()
            ),
        ),
        _change_section("changes", report.change_count, report.changes, change_row, words),
        _change_section("jumps", report.jump_count, report.jumps, change_row, words),
    ]
    if report.extra_decimals:
        rows = tuple(f"{measures.get(key, key)}: {count}" for key, count in report.extra_decimals.items())
        sections.append(ReportSection(words("report.decimals"), words("report.decimals.text"), rows))
    return tuple(sections)


def _as_swedish(text: str) -> str:
    """A number with a decimal comma and every decimal of the source; a mark as it stands."""
    return text.replace(".", ",") if re.fullmatch(r"-?[0-9]+\.[0-9]+", text) else text


def _namer(names: Mapping[str, str], words: Words) -> Callable[[str], str]:
    def name(key: str) -> str:
        return words("place.nation") if key == NATION else names.get(key, key)

    return name


def _unit_name(code: str, organisers: tuple[str, ...], names: Mapping[str, str]) -> str:
    return next((names[f"{key}-{code}"] for key in organisers if f"{key}-{code}" in names), code)


def _places_section(
    kind: str, places: tuple[str, ...], report: ImportReport, name: Callable[[str], str], words: Words
) -> ReportSection:
    title = words(f"report.{kind}")
    if not report.compared_with:
        return ReportSection(title, words("report.first"), ())
    if not places:
        return ReportSection(title, words(f"report.{kind}.none", year=report.compared_with), ())
    rows = tuple(f"{name(key)} ({key})" for key in places[:MOST_PLACES])
    more = len(places) - len(rows)
    if more:
        rows = (*rows, words("report.more", count=swedish.number(more, 0)))
    return ReportSection(title, _counted(f"report.{kind}.text", len(places), words, year=report.compared_with), rows)


def _change_section(
    kind: str, count: int, changes: tuple[Change, ...], row: Callable[[Change], str], words: Words
) -> ReportSection:
    title = words(f"report.{kind}")
    if not count:
        return ReportSection(title, words(f"report.{kind}.none"), ())
    rows = tuple(row(change) for change in changes)
    more = count - len(rows)
    if more:
        rows = (*rows, words("report.more", count=swedish.number(more, 0)))
    return ReportSection(title, _counted(f"report.{kind}.text", count, words), rows)


def _counted(key: str, count: int, words: Words, **values: str) -> str:
    form = "one" if count == 1 else "many"
    return words(f"{key}.{form}", count=swedish.number(count, 0), **values)
