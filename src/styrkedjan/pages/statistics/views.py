"""Data: which editions of the statistics there are, and the report of each import."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.pages.layout.answering import printer, public_page, viewer_of
from styrkedjan.queries import statistics
from styrkedjan.queries.places import names_of
from styrkedjan.render.briefings import printed_source
from styrkedjan.render.import_report import printed_report
from styrkedjan.render.swedish import moment


@public_page
def editions(request: HttpRequest) -> HttpResponse:
    """Every edition, newest first."""
    found = [(edition, moment(edition.created_at)) for edition in statistics.editions(viewer_of(request))]
    return render(request, "statistics/templates/editions.html", {"editions": found})


@public_page
def edition(request: HttpRequest, version: str) -> HttpResponse:
    """One edition: its source files and the import report."""
    viewer, p = viewer_of(request), printer()
    found = statistics.edition(viewer, version)
    names = names_of(viewer, found.report.named_places)
    context = {
        "edition": found,
        "published": moment(found.created_at),
        "sources": [printed_source(part) for part in found.facts.parts],
        "report": printed_report(found.report, p.catalogue, names, p.words),
    }
    return render(request, "statistics/templates/edition.html", context)
