"""The charts of one line of a briefing: its distribution strip, its trend and its sparkline, as SVG."""

from styrkedjan.core.briefings import Briefing, Line
from styrkedjan.core.catalogue import Measure, Unit
from styrkedjan.core.disclosure import ReleasedValue
from styrkedjan.render import charts, findings, swedish
from styrkedjan.render.printer import Printer
from styrkedjan.render.values import printed_value

SCALE_STEPS: dict[Unit, float] = {Unit.PERCENT: 10, Unit.INDEX: 1}


def strip_of(
    line: Line, briefing: Briefing, printer: Printer, size: charts.Size, *, ends: bool = False, prefix: str = "s"
) -> str:
    """The distribution strip of a line, as SVG: with ``ends`` it stands alone, else in a row with its value beside.

    ``prefix`` tells two drawings of one line on a page apart.
    """
    words, measure, spread = printer.words, line.measure, line.distribution
    low, high = _scale(line)
    group = findings.group_name(briefing.group, words)
    return charts.strip(
        charts.Strip(
            id=f"{prefix}-{measure.id}",
            title=findings.line_title(line, words),
            low=low,
            high=high,
            unit=measure.unit,
            decimals=measure.decimals,
            own_status=line.status,
            own=line.own.value if line.own else None,
            own_name=briefing.place.name,
            mark_word=printed_value(line.own, measure, words).text,
            nation=line.nation.value if line.nation else None,
            ticks=spread.ticks if spread else (),
            p10=spread.p10 if spread else None,
            p50=spread.p50 if spread else None,
            p90=spread.p90 if spread else None,
            group=words("group.counted", count=swedish.number(spread.places, 0), group=group) if spread else "",
            show_ends=ends,
            show_word=ends,
        ),
        printer.theme,
        size,
    )


def _scale(line: Line) -> tuple[float, float]:
    """A scale that holds the whole comparison group, the place and riket, ending on round numbers."""
    known = [value.value for value in (line.own, line.nation) if value and value.value is not None]
    if line.distribution:
        known += [line.distribution.ticks[0][0], line.distribution.ticks[-1][0]]
        if line.measure.unit not in SCALE_STEPS:
            # Counts and costs of riket and of the largest places would push all others into one corner.
            own = [line.own.value] if line.own and line.own.value is not None else []
            known = [line.distribution.p10, line.distribution.p90, *own]
    return _ends(known, line.measure)


def trend_of(line: Line, briefing: Briefing, printer: Printer, size: charts.Size, *, prefix: str = "t") -> str:
    """The line over school years, cut at breaks, as SVG."""
    return charts.trend(_trend(line, briefing, printer, prefix), printer.theme, size)


def sparkline_of(line: Line, briefing: Briefing, printer: Printer) -> str:
    """The same line small enough for a table cell."""
    return charts.sparkline(_trend(line, briefing, printer, "p"), printer.theme, charts.SPARKLINE)


def _trend(line: Line, briefing: Briefing, printer: Printer, prefix: str) -> charts.Trend:
    measure = line.measure
    own = [value for part in line.history for value in part.values]
    nation = [value for value in line.nation_history if value.value is not None]
    low, high = _ends([value.value for value in (*own, *nation) if value.value is not None], measure)
    return charts.Trend(
        id=f"{prefix}-{measure.id}",
        title=printer.words("trend.title", name=measure.name),
        points=tuple(_point(value, printer) for value in own),
        low=low,
        high=high,
        unit=measure.unit,
        decimals=measure.decimals,
        own_name=briefing.place.name,
        nation=tuple(_point(value, printer) for value in nation),
        breaks=tuple(series_break.first_school_year for series_break in measure.breaks),
        first=briefing.edition.school_years[0],
        last=briefing.school_year,
    )


def _ends(known: list[float], measure: Measure) -> tuple[float, float]:
    """The nearest round numbers outside these values; a scale always has a length."""
    if not known:
        return 0.0, 1.0
    step = SCALE_STEPS.get(measure.unit, 1)
    low, high = step * (min(known) // step), -step * (-max(known) // step)
    return (low, high) if high > low else (low, low + step)


def _point(value: ReleasedValue, printer: Printer) -> charts.Point:
    measure = printer.catalogue.framework.measure_by_id[value.measure]
    word = "" if value.value is not None else printed_value(value, measure, printer.words).text
    return charts.Point(value.school_year, value.status, value.value, word)
