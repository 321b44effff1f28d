"""A briefing in words: every text, number and chart, once, for all its faces.

The page and the PDF only place what stands here, so they cannot say different numbers.
"""

from dataclasses import dataclass

from styrkedjan.core.briefings import Briefing, Line, SourceFile, UnitRow
from styrkedjan.core.indicators import PUPIL_COUNT
from styrkedjan.core.places import SchoolUnit
from styrkedjan.core.statistics import Status
from styrkedjan.render import findings, swedish
from styrkedjan.render.line_charts import sparkline_of, strip_of
from styrkedjan.render.printer import Printer
from styrkedjan.render.values import PrintedValue, period, printed_value
from styrkedjan.render.words import Words


@dataclass(frozen=True)
class PrintedLine:
    """One measure, ready to place.

    ``strip`` and ``sparkline`` are SVG. Conditions have no strip; ``sparkline`` and ``earlier`` are empty with one
    school year loaded.
    ``earlier`` has one value per earlier school year, oldest first; a year before a break says so instead of a value.
    """

    id: str
    name: str
    short_name: str
    title: str
    own: PrintedValue
    organiser: PrintedValue | None
    nation: PrintedValue
    position: str
    position_text: str
    strip: str
    sparkline: str
    earlier: tuple[PrintedValue, ...]
    span: str
    latest: str
    period: str
    source: str
    definition: str
    rule: str
    headline: bool


@dataclass(frozen=True)
class PrintedConditions:
    """Operating conditions (förutsättningar) of one kind."""

    group: str
    title: str
    lines: tuple[PrintedLine, ...]
    note: str


@dataclass(frozen=True)
class PrintedSection:
    """One sub-goal (delmål)."""

    id: str
    short_name: str
    text: str
    findings: tuple[str, ...]
    lines: tuple[PrintedLine, ...]


@dataclass(frozen=True)
class PrintedUnit:
    """One unit of an organiser in the overview."""

    key: str
    name: str
    values: tuple[PrintedValue, ...]
    note: str


@dataclass(frozen=True)
class PrintedMark:
    """A mark that occurs, with its short word and what it means."""

    word: str
    explanation: str
    count: int


@dataclass(frozen=True)
class PrintedSource:
    """One source file in the source list."""

    name: str
    title: str
    years: str
    sha256: str
    origin: str
    fetched: str


@dataclass(frozen=True)
class PrintedBriefing:
    """A whole briefing, ready to place."""

    key: str
    name: str
    is_unit: bool
    invented: bool
    kind: str
    organiser_key: str
    organiser_name: str
    moved_note: str
    school_year: str
    school_year_code: int
    other_years: tuple[tuple[int, str], ...]
    earlier_years: tuple[str, ...]
    school_form: str
    goal: str
    framework: str
    version: str
    group: str
    size: PrintedValue
    lead: tuple[str, ...]
    small_base: str
    marks: tuple[PrintedMark, ...]
    conditions: tuple[PrintedConditions, ...]
    sections: tuple[PrintedSection, ...]
    unit_columns: tuple[str, ...]
    units: tuple[PrintedUnit, ...]
    unit_count: str
    sources: tuple[PrintedSource, ...]
    shown_count: int
    total_count: int


def printed(briefing: Briefing, printer: Printer) -> PrintedBriefing:
    """Put a briefing into words and charts."""
    words, place = printer.words, briefing.place
    return PrintedBriefing(
        key=place.key,
        name=place.name,
        is_unit=briefing.is_unit,
        invented=briefing.edition.invented,
        kind=words(f"organiser_type.{briefing.organiser.type}"),
        organiser_key=briefing.organiser.key,
        organiser_name=briefing.organiser.name,
        moved_note=_moved_note(place, words) if isinstance(place, SchoolUnit) else "",
        school_year=str(briefing.school_year),
        school_year_code=briefing.school_year.autumn,
        other_years=tuple(
            (year.autumn, str(year)) for year in reversed(briefing.place_years) if year != briefing.school_year
        ),
        earlier_years=tuple(map(str, briefing.earlier_years)),
        school_form=printer.catalogue.framework.school_forms[briefing.school_form],
        goal=briefing.goal.text,
        framework=briefing.framework_name,
        version=briefing.edition.version,
        group=findings.group_name(briefing.group, words),
        size=_size(briefing, words),
        lead=_lead(briefing, words),
        small_base=_small_base(briefing, printer),
        marks=_marks(briefing, words),
        conditions=tuple(
            _conditions(section.group, section.lines, briefing, printer) for section in briefing.conditions
        ),
        sections=tuple(
            PrintedSection(
                id=section.sub_goal.id,
                short_name=section.sub_goal.short_name,
                text=section.sub_goal.text,
                findings=findings.section_findings(section.lines, briefing, words),
                lines=tuple(printed_line(line, briefing, printer) for line in section.lines),
            )
            for section in briefing.sections
        ),
        unit_columns=tuple(measure.short_name for measure in briefing.unit_measures),
        units=tuple(_unit(row, briefing, words) for row in briefing.units),
        unit_count=swedish.plural(len(briefing.units), words("unit.one"), words("unit.many")),
        sources=tuple(map(printed_source, briefing.edition.parts)),
        shown_count=sum(line.status.has_number for line in briefing.lines),
        total_count=len(briefing.lines),
    )


def _size(briefing: Briefing, words: Words) -> PrintedValue:
    line = briefing.line(PUPIL_COUNT)
    assert line is not None, "every framework counts pupils"
    return printed_value(line.own, line.measure, words)


def _lead(briefing: Briefing, words: Words) -> tuple[str, ...]:
    nothing_shown = not any(line.status.has_number for line in briefing.lines)
    sentences = (
        "" if nothing_shown else findings.compared(briefing.indicator_lines, words),
        findings.outside_middle(briefing.indicator_lines, briefing.group, words),
        findings.not_shown((line.status for line in briefing.lines), words),
    )
    return tuple(sentence for sentence in sentences if sentence)


def _small_base(briefing: Briefing, printer: Printer) -> str:
    """The note on a small base; empty when nothing is compared, for then there is nothing to be careful with."""
    needed = briefing.small_base and any(line.position.compared for line in briefing.indicator_lines)
    return printer.words("small_base", pupils=printer.small_base_pupils) if needed else ""


def _moved_note(unit: SchoolUnit, words: Words) -> str:
    if not unit.also_under:
        return ""
    return words("moved.unit", organisers=swedish.join_words([organiser.name for organiser in unit.also_under]))


def _marks(briefing: Briefing, words: Words) -> tuple[PrintedMark, ...]:
    """The marks that the briefing shows, also those that only stand in the overview of units."""
    statuses = [line.status for line in briefing.lines]
    statuses += [value.status for row in briefing.units for value in row.values.values()]
    statuses += [line.organiser.status for line in briefing.lines if line.organiser]
    return tuple(
        PrintedMark(words(f"mark.{status.name}.short"), words(f"mark.{status.name}.long"), statuses.count(status))
        for status in Status
        if status is not Status.VALUE and status in statuses
    )


def _conditions(group: str, lines: tuple[Line, ...], briefing: Briefing, printer: Printer) -> PrintedConditions:
    any_number = any(line.status.has_number for line in lines)
    note = "" if any_number or group != "costs" else printer.words("conditions.costs.none")
    return PrintedConditions(
        group=group,
        title=printer.words(f"conditions.{group}"),
        lines=tuple(printed_line(line, briefing, printer) for line in lines),
        note=note,
    )


def printed_line(line: Line, briefing: Briefing, printer: Printer) -> PrintedLine:
    """Put one line into words, with its strip and, when earlier years are loaded, its trend."""
    words, measure = printer.words, line.measure
    return PrintedLine(
        id=measure.id,
        name=measure.name,
        short_name=measure.short_name,
        title=findings.line_title(line, words),
        own=printed_value(line.own, measure, words),
        organiser=printed_value(line.organiser, measure, words) if briefing.is_unit else None,
        nation=printed_value(line.nation, measure, words),
        position=str(line.position),
        position_text=words(f"position.{line.position}"),
        strip=strip_of(line, briefing, printer, printer.strip_size) if measure.is_indicator else "",
        sparkline=sparkline_of(line, briefing, printer) if briefing.earlier_years else "",
        earlier=_earlier(line, briefing, words),
        span=findings.span_of_years(line, words),
        latest=findings.latest_known(line, words),
        period=period(measure, briefing.school_year, words),
        source=words(f"source.{measure.source}"),
        definition=measure.definition,
        rule=findings.floor_rule(measure, briefing.small_base, words),
        headline=measure.headline,
    )


def _earlier(line: Line, briefing: Briefing, words: Words) -> tuple[PrintedValue, ...]:
    """What stood in each earlier school year, none of it from the other side of a break."""
    comparable = {value.school_year: value for value in line.comparable}
    known = {value.school_year for part in line.history for value in part.values}
    before_break = PrintedValue(words("mark.BREAK.short"), False, "BREAK", words("mark.BREAK.long"), ())
    return tuple(
        before_break
        if year in known and year not in comparable
        else printed_value(comparable.get(year), line.measure, words)
        for year in briefing.earlier_years
    )


def _unit(row: UnitRow, briefing: Briefing, words: Words) -> PrintedUnit:
    values = tuple(printed_value(row.values.get(measure.id), measure, words) for measure in briefing.unit_measures)
    return PrintedUnit(row.unit.key, row.unit.name, values, words("moved.short") if row.moved else "")


def printed_source(part: SourceFile) -> PrintedSource:
    """One source file in words."""
    return PrintedSource(
        name=part.name,
        title=part.title,
        years=swedish.join_words([str(year) for year in part.school_years]),
        sha256=part.sha256,
        origin=part.origin,
        fetched=swedish.moment(part.fetched_at),
    )
