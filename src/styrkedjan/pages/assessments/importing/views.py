"""Answers collected elsewhere, read in: choose a file, say what it means. And the counting of a closed campaign."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from styrkedjan.actions.assessments.counting import count
from styrkedjan.actions.assessments.importing import import_answers
from styrkedjan.core.access import Permission, Viewer, may
from styrkedjan.core.assessments.importing import Unclear
from styrkedjan.core.refused import BadInput, BrokenData
from styrkedjan.pages.assessments.importing.forms import FileForm, MeaningForm
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.pages.layout.environment import place_address
from styrkedjan.queries import sharing
from styrkedjan.queries.assessments import importing as queries
from styrkedjan.queries.catalogue import catalogue

TEMPLATES = "assessments/templates/"


@working_page("POST")
def count_answers(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """Count the answers of a campaign that has closed, and go to what they say."""
    count(viewer_of(request), key, campaign)
    return redirect(place_address("assessment.results", key, campaign))


@working_page("GET", "POST")
def read_in(request: HttpRequest, key: str) -> HttpResponse:
    """Choose a file; then say what its columns mean, as many times as it takes."""
    viewer = viewer_of(request)
    may(viewer, Permission.RUN_SELF_ASSESSMENTS, key).require()
    if "sealed" in request.POST:
        return _meaning(request, viewer, key, queries.held(viewer, key, request.POST["sealed"]))
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            return _meaning(request, viewer, key, queries.take_in(viewer, key, file.read(), file.name[:200]))
        except (BadInput, BrokenData) as error:
            form.add_error("file", error.message)
    context = {"form": form, "here": sharing.here(viewer, key)}
    return render(request, f"{TEMPLATES}import.html", context, status=422 if form.errors else 200)


def _meaning(request: HttpRequest, viewer: Viewer, key: str, held: queries.HeldFile) -> HttpResponse:
    data = request.POST if "sealed" in request.POST else None
    framework, places = catalogue().framework, queries.answering_places(viewer, key)
    form = MeaningForm(data, held.table, queries.guess(viewer, key, held.table), framework, places)
    if data is not None and "las_in" in data and form.gather(key):
        try:
            made = import_answers(viewer, key, form.collected, form.sheets)
            return redirect(place_address("assessment.results", key, made))
        except Unclear as unclear:
            form.tell(unclear)
    context = {"form": form, "here": sharing.here(viewer, key), "sealed": held.sealed}
    wrong = data is not None and "las_in" in data
    return render(request, f"{TEMPLATES}import_meaning.html", context, status=422 if wrong else 200)
