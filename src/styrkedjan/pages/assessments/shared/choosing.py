"""Choosing which results enter the own underlag, and making a paper of them to share."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.actions import sharing
from styrkedjan.actions.assessments.choosing import choose as choose_results
from styrkedjan.core.access import Permission, may
from styrkedjan.core.refused import WrongState
from styrkedjan.core.sharing import PaperKind
from styrkedjan.pages.assessments.shared.placing import here
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.pages.layout.environment import place_address
from styrkedjan.pages.sharing.showing import visible_to
from styrkedjan.queries.assessments.own_briefing import choice, paper_of


@working_page("GET", "POST")
def choose(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """Which factors stand in the own underlag of the place."""
    viewer = viewer_of(request)
    may(viewer, Permission.RUN_SELF_ASSESSMENTS, key).require()
    held = choice(viewer, key, campaign)
    if request.method == "POST":
        choose_results(viewer, key, campaign, request.POST.getlist("factor"))
        address = place_address("assessment.choose", key, campaign)
        return HttpResponse(status=303, headers={"Location": f"{address}?klart=sparat"})
    context = {"here": here(viewer, key), "choice": held, "visible": visible_to(key)}
    context["done"] = request.GET.get("klart") == "sparat"
    return render(request, "assessments/templates/choose.html", context)


@working_page("POST")
def paper(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """Make the chosen results working material, which can then be shared like any other."""
    viewer = viewer_of(request)
    may(viewer, Permission.WRITE_WORKING_MATERIAL, key).require()
    year, title, results = paper_of(viewer, key, campaign)
    if not results.factors:
        raise WrongState("inga resultat är valda. Inget material har gjorts. Välj minst en faktor och spara först.")
    made = sharing.write(viewer, key, PaperKind.SELF_ASSESSMENT, year, title, results.to_json())
    address = place_address("paper", key, made)
    return HttpResponse(status=303, headers={"Location": f"{address}?klart=sparat"})
