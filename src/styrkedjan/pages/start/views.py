"""The first page, and the pages for what is not there and what broke."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.pages.layout.answering import public_page, viewer_of
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
    context = {"message": "Den här adressen leder ingenstans.", "suggestions": (), "status": 404}
    return render(request, "layout/templates/refused.html", context, status=404)


def misdirected(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be answered: most often for a host that this site does not go by."""
    message = "Förfrågan går inte att svara på. Kontrollera adressen. Driften anger värdnamnen i STYRKEDJAN_HOSTS."
    context = {"message": message, "suggestions": (), "status": 400}
    return render(request, "layout/templates/refused.html", context, status=400)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from one of our own pages, or from one that has stood open for very long."""
    message = "Formuläret kunde inte kännas igen. Ingenting har ändrats. Ladda om sidan och försök igen."
    context = {"message": message, "suggestions": (), "status": 403}
    return render(request, "layout/templates/refused.html", context, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Something broke here. Plain HTML, because a template may be what broke."""
    return HttpResponse(
        "<!doctype html><html lang=sv><meta charset=utf-8><title>Något gick fel</title>"
        "<h1>Något gick fel hos oss</h1><p>Felet är loggat. Ingenting har ändrats. Försök igen om en stund.</p>",
        status=500,
    )
