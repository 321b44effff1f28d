"""One indicator at one place, and the lineage of one number, in words."""

from dataclasses import dataclass

from styrkedjan.core.briefings import Briefing, Line
from styrkedjan.core.catalogue import SubGoal
from styrkedjan.core.disclosure import ReleasedValue
from styrkedjan.core.places import SchoolUnit
from styrkedjan.render import charts, findings, swedish
from styrkedjan.render.briefings import (
    PrintedBriefing,
    PrintedLine,
    PrintedUnit,
    printed,
    printed_line,
)
from styrkedjan.render.line_charts import strip_of, trend_of
from styrkedjan.render.printer import Printer
from styrkedjan.render.values import PrintedValue, amount, period, printed_value


@dataclass(frozen=True)
class PrintedYear:
    """One school year of a measure: the place and riket. ``break_note`` says why the series begins anew here."""

    year: str
    own: PrintedValue
    nation: PrintedValue
    break_note: str


@dataclass(frozen=True)
class PrintedIndicator:
    """An indicator page, ready to place. ``trend`` is empty with one school year loaded."""

    b: PrintedBriefing
    line: PrintedLine
    kicker: str
    goal: str
    unit_text: str
    strip: str
    strip_phone: str
    strip_description: str
    trend: str
    trend_phone: str
    years: tuple[PrintedYear, ...]
    units: tuple[PrintedUnit, ...]
    respondent: str
    official_label: str
    breaks: tuple[str, ...]


def printed_indicator(
    briefing: Briefing,
    line: Line,
    sub_goal: SubGoal | None,
    units: tuple[tuple[SchoolUnit, ReleasedValue | None], ...],
    printer: Printer,
) -> PrintedIndicator:
    """Put one indicator into words and charts."""
    measure, words = line.measure, printer.words
    with_trend = len(briefing.edition.school_years) > 1
    return PrintedIndicator(
        b=printed(briefing, printer),
        line=printed_line(line, briefing, printer),
        kicker=sub_goal.short_name if sub_goal else words(f"conditions.{measure.group}"),
        goal=sub_goal.text if sub_goal else "",
        unit_text=words(f"scale.{measure.unit}"),
        strip=strip_of(line, briefing, printer, charts.Size(560, 44), ends=True),
        strip_phone=strip_of(line, briefing, printer, charts.STRIP_PHONE, ends=True, prefix="m"),
        strip_description=_spread_sentence(line, briefing, printer),
        trend=trend_of(line, briefing, printer, charts.TREND) if with_trend else "",
        trend_phone=trend_of(line, briefing, printer, charts.TREND_PHONE, prefix="n") if with_trend else "",
        years=_years(line, briefing, printer),
        units=tuple(_unit(unit, value, line, printer) for unit, value in units),
        respondent=words(f"respondent.{measure.respondent}") if measure.respondent else "",
        official_label=measure.official_label,
        breaks=tuple(
            words("break.from", year=series_break.first_school_year, note=series_break.note)
            for series_break in measure.breaks
        ),
    )


def _spread_sentence(line: Line, briefing: Briefing, printer: Printer) -> str:
    """Where eight of ten comparable places lie, in words; why not when there are too few."""
    spread, words = line.distribution, printer.words
    if spread is None:
        return words("spread.too_few", minimum=printer.catalogue.disclosure.minimum_places_in_distribution)
    group = findings.group_name(briefing.group, words)
    return words(
        "spread.middle",
        count=swedish.number(spread.places, 0),
        group=group,
        low=amount(spread.p10, line.measure),
        high=amount(spread.p90, line.measure),
    )


def _years(line: Line, briefing: Briefing, printer: Printer) -> tuple[PrintedYear, ...]:
    """Every loaded school year, oldest first."""
    measure, words = line.measure, printer.words
    own = {value.school_year: value for part in line.history for value in part.values}
    notes = {part.values[0].school_year: part.note for part in line.history}
    nation = {value.school_year: value for value in line.nation_history}
    years = [year for year in briefing.edition.school_years if year <= briefing.school_year]
    return tuple(
        PrintedYear(
            period(measure, year, words),
            printed_value(own.get(year), measure, words),
            printed_value(nation.get(year), measure, words),
            notes.get(year, ""),
        )
        for year in years
    )


def _unit(unit: SchoolUnit, value: ReleasedValue | None, line: Line, printer: Printer) -> PrintedUnit:
    note = printer.words("moved.short") if unit.also_under else ""
    return PrintedUnit(unit.key, unit.name, (printed_value(value, line.measure, printer.words),), note)
