"""Läget and the briefing (underlag) of an organiser or a unit: one value, printed once, placed by each page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.core.briefings import Briefing
from styrkedjan.pages.layout.answering import printer, public_page, viewer_of, year_of
from styrkedjan.queries import briefings
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.render.briefings import printed
from styrkedjan.render.downloads import briefing_csv
from styrkedjan.render.pdf import briefing_pdf


def _briefing(request: HttpRequest, key: str) -> Briefing:
    return briefings.briefing(viewer_of(request), key, year_of(request))


@public_page
def position(request: HttpRequest, key: str) -> HttpResponse:
    """Läget: each sub-goal with its indicators, operating conditions beside."""
    context = {"b": printed(_briefing(request, key), printer()), "workshops": catalogue().workshops}
    return render(request, "briefings/templates/position.html", context)


@public_page
def briefing(request: HttpRequest, key: str) -> HttpResponse:
    """The whole briefing as a page that reads like a report."""
    context = {"b": printed(_briefing(request, key), printer()), "workshops": catalogue().workshops}
    return render(request, "briefings/templates/briefing.html", context)


@public_page
def pdf(request: HttpRequest, key: str) -> HttpResponse:
    """The same briefing as PDF/UA."""
    whole = _briefing(request, key)
    name = f"underlag-{whole.place.key}-{whole.school_year.autumn}.pdf"
    return _download(briefing_pdf(whole, catalogue()), name, "application/pdf")


@public_page
def csv(request: HttpRequest, key: str) -> HttpResponse:
    """Every number of the briefing with its mark and its source cell."""
    whole = _briefing(request, key)
    name = f"siffror-{whole.place.key}-{whole.school_year.autumn}.csv"
    return _download(briefing_csv(whole, printer()), name, "text/csv; charset=utf-8")


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'inline; filename="{name}"'})
