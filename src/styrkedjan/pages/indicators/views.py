"""One indicator at one place, its charts as files, and the lineage of any number."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.core.refused import NotFound
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.pages.layout.answering import printer, public_page, viewer_of, year_of
from styrkedjan.queries import indicators
from styrkedjan.render.charts import PAPER, STRIP, TREND
from styrkedjan.render.indicators import printed_indicator
from styrkedjan.render.line_charts import strip_of, trend_of
from styrkedjan.render.lineage import printed_lineage
from styrkedjan.render.pdf import svg_png

CHARTS = {"spridning": (strip_of, STRIP), "lasar": (trend_of, TREND)}
PNG_WIDTH = 1120
KINDS = {"svg": "image/svg+xml", "png": "image/png"}


@public_page
def indicator(request: HttpRequest, key: str, measure: str) -> HttpResponse:
    """Definition, value, comparison, earlier years, units and the way to the source."""
    view = indicators.indicator(viewer_of(request), key, measure, year_of(request))
    context = {"i": printed_indicator(view.briefing, view.line, view.sub_goal, view.units, printer())}
    return render(request, "indicators/templates/indicator.html", context)


@public_page
def chart(request: HttpRequest, key: str, measure: str, chart: str, kind: str) -> HttpResponse:
    """A chart as a file: ``spridning`` or ``lasar``, as svg or png."""
    if chart not in CHARTS or kind not in KINDS:
        raise NotFound("Det diagrammet finns inte.")
    view = indicators.indicator(viewer_of(request), key, measure, year_of(request))
    draw, size = CHARTS[chart]
    svg = draw(view.line, view.briefing, replace(printer(), theme=PAPER), size)
    return HttpResponse(svg if kind == "svg" else svg_png(svg, PNG_WIDTH), content_type=KINDS[kind])


@public_page
def lineage(request: HttpRequest, key: str, measure: str, year: int) -> HttpResponse:
    """Where a number comes from: file, sheet, cell, mark, hash and date."""
    found = indicators.lineage(viewer_of(request), key, measure, SchoolYear(year))
    return render(request, "indicators/templates/lineage.html", {"x": printed_lineage(found, printer())})
