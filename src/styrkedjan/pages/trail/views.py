"""The audit trail (händelselogg) of an organiser: what has happened, by whom, and that nothing has been touched."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.actions.access.trail import note_export
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.pages.layout.environment import words
from styrkedjan.pages.trail.forms import FilterForm
from styrkedjan.queries.access import trail as queries
from styrkedjan.render.trail import chain_words, printed_entry, trail_csv

UNREADABLE = 422


@working_page("GET", "HEAD")
def trail(request: HttpRequest, key: str) -> HttpResponse:
    """An organiser's events, newest first, a page at a time."""
    viewer = viewer_of(request)
    form = FilterForm(request.GET, queries.choices(viewer, key))
    page = queries.trail(viewer, key, form.wanted(), _before(request))
    kept = {name: value for name, value in form.data.items() if name in form.fields and value}
    context = {
        "page": page,
        "entries": [printed_entry(entry, words()) for entry in page.entries],
        "chain": chain_words(page.chain, words()),
        "form": form,
        "asked": urlencode(kept),
        "is_first": not _before(request),
    }
    return render(request, "trail/templates/trail.html", context, status=UNREADABLE if form.errors else 200)


@working_page("GET")
def csv(request: HttpRequest, key: str) -> HttpResponse:
    """The same events as a file, with the hashes. That somebody takes it out is an event too."""
    viewer = viewer_of(request)
    form = FilterForm(request.GET, queries.choices(viewer, key))
    entries = queries.exported(viewer, key, form.wanted())
    first, last = (entries[0].sequence, entries[-1].sequence) if entries else (0, 0)
    note_export(viewer, key, first, last, len(entries))
    name = {"Content-Disposition": f'attachment; filename="handelser-{key}.csv"'}
    return HttpResponse(trail_csv(entries, words()), content_type="text/csv; charset=utf-8", headers=name)


def _before(request: HttpRequest) -> int:
    text = request.GET.get("fore", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
