"""Find an organiser or a unit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from styrkedjan.core.refused import NotFound
from styrkedjan.pages.layout.answering import public_page, viewer_of
from styrkedjan.pages.layout.environment import place_address
from styrkedjan.queries import places


@public_page
def search(request: HttpRequest) -> HttpResponse:
    """The hits of a search; a single hit is opened at once."""
    result = places.search(viewer_of(request), request.GET.get("q", "").strip()[:200])
    if len(result.places) == 1:
        return redirect(place_address("position", result.places[0].key))
    return render(request, "places/templates/search.html", {"result": result})


@public_page
def unit_by_code(request: HttpRequest, code: str) -> HttpResponse:
    """The unit with this code, wherever it stands; a choice when it stands under two organisers."""
    result = places.search(viewer_of(request), code)
    if not result.units:
        raise NotFound(f"Ingen skolenhet med koden {code} finns i statistiken.")
    if len(result.units) == 1:
        return redirect(place_address("position", result.units[0].key))
    return render(request, "places/templates/search.html", {"result": result})
