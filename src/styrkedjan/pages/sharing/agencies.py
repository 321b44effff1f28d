"""What an agency sees: what has been shared with it, and each version as it was shared. Every reading is noted."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.actions import sharing as actions
from styrkedjan.core.sharing import canonical
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.pages.sharing.answering import attached, page_of
from styrkedjan.pages.sharing.showing import kind_name, receivers, shown
from styrkedjan.queries import sharing as queries

TEMPLATES = "sharing/templates/"


@working_page("GET")
def shared(request: HttpRequest) -> HttpResponse:
    """By organiser, the one that shared last first."""
    viewer = viewer_of(request)
    context = {"page": queries.shared(viewer, page_of(request)), "receivers": receivers(viewer.agencies)}
    return render(request, f"{TEMPLATES}shared.html", context)


@working_page("GET")
def shared_version(request: HttpRequest, receipt: UUID) -> HttpResponse:
    """One version as it was shared."""
    viewer = viewer_of(request)
    actions.note_reading(viewer, receipt)
    found, organiser_name, version = queries.shared_version(viewer, receipt)
    context = {
        "receipt": found,
        "organiser_name": organiser_name,
        "kind_name": kind_name(version.kind),
        "contents": shown(version.kind, version.contents),
        "written_at": version.written_at,
    }
    return render(request, f"{TEMPLATES}shared_version.html", context)


@working_page("GET")
def version_json(request: HttpRequest, receipt: UUID) -> HttpResponse:
    """The same as a file, whose hash stands on the receipt."""
    viewer = viewer_of(request)
    actions.note_reading(viewer, receipt)
    found, _, version = queries.shared_version(viewer, receipt)
    return attached(canonical(version), f"arbetsmaterial-{found.paper}-v{found.number}.json", "application/json")
