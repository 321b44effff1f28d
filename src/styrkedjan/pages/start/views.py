"""The first page, and the pages for what is not there and what broke."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.pages.layout.answering import public_page, viewer_of
from styrkedjan.pages.layout.refusing import TOO_MUCH, refused_page
from styrkedjan.queries.places import largest_and_smallest
from styrkedjan.queries.statistics import edition_facts, version_or_none


@public_page
def start(request: HttpRequest) -> HttpResponse:
    """Find your organiser or unit; what the site is; what to look at first."""
    viewer = viewer_of(request)
    facts = edition_facts(viewer) if version_or_none() else None
    largest, smallest = largest_and_smallest(viewer) if facts else (None, None)
    context = {"facts": facts, "largest": largest, "smallest": smallest}
    return render(request, "start/templates/start.html", context)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that leads nowhere."""
    return refused_page(request, "Den här adressen leder ingenstans.", 404)


def misdirected(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be answered: for a host that this site does not go by, or with more than a form holds."""
    if isinstance(exception, TOO_MUCH):
        return refused_page(request, "Det du skickade är för stort eller har för många delar. Inget har ändrats.", 413)
    message = "Förfrågan går inte att svara på. Kontrollera adressen. Driften anger värdnamnen i STYRKEDJAN_HOSTS."
    return refused_page(request, message, 400)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from one of our own pages, or from one that has stood open for very long."""
    message = "Formuläret kunde inte kännas igen. Ingenting har ändrats. Öppna sidan på nytt och försök igen."
    return refused_page(request, message, 403)


def broken(request: HttpRequest) -> HttpResponse:
    """Something broke here. Plain HTML, because a template may be what broke."""
    return HttpResponse(
        "<!doctype html><html lang=sv><meta charset=utf-8><title>Något gick fel</title>"
        "<h1>Något gick fel hos oss</h1><p>Felet är loggat. Ingenting har ändrats. Försök igen om en stund.</p>",
        status=500,
    )
