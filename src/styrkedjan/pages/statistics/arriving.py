"""A workbook on its way in: handed over, its report read, then published or thrown away."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from styrkedjan.actions import statistics as actions
from styrkedjan.core.access import Permission, may
from styrkedjan.core.refused import BadInput, BrokenData
from styrkedjan.pages.layout.answering import printer, viewer_of, working_page
from styrkedjan.pages.statistics.forms import WorkbookForm
from styrkedjan.queries import statistics
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.queries.places import names_of
from styrkedjan.render.import_report import printed_report

SOURCE = "ufa_compulsory"
LANDED = settings.HOME / "landing"


@working_page("GET", "POST")
def hand_in(request: HttpRequest) -> HttpResponse:
    """Choose a workbook; a right one leads to its report."""
    viewer = viewer_of(request)
    may(viewer, Permission.PUBLISH_STATISTICS).require()
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            sha256 = actions.take_in(viewer, LANDED, catalogue().sources[SOURCE], file.read(), file.name[:200])
            return redirect("arrival", sha256)
        except (BadInput, BrokenData) as error:
            form.add_error("file", error.message)
    return render(request, "statistics/templates/hand_in.html", {"form": form}, status=422 if form.errors else 200)


@working_page("GET")
def arrival(request: HttpRequest, sha256: str) -> HttpResponse:
    """What publishing this workbook would bring."""
    viewer, p = viewer_of(request), printer()
    found = statistics.arrival(viewer, LANDED, catalogue().sources[SOURCE], sha256)
    report = printed_report(found.report, p.catalogue, names_of(viewer, found.report.named_places), p.words)
    return render(request, "statistics/templates/arrival.html", {"arrival": found, "report": report})


@working_page("POST")
def publish(request: HttpRequest, sha256: str) -> HttpResponse:
    """Make it part of the current edition."""
    known = catalogue()
    folders = (LANDED, settings.STATISTICS_STORE)
    source, measures = known.sources[SOURCE], known.framework.measure_by_id
    publication = actions.publish_landed(viewer_of(request), folders, source, measures, sha256)
    return redirect("edition", publication.version)


@working_page("POST")
def discard(request: HttpRequest, sha256: str) -> HttpResponse:
    """Throw it away."""
    actions.discard(viewer_of(request), LANDED, sha256)
    return redirect("editions")
