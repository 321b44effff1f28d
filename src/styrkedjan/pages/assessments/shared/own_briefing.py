"""The own underlag: the official briefing with the chosen results of the self-assessment, as a page and as a PDF."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.core.access import Permission, may
from styrkedjan.pages.layout.answering import printer, viewer_of, working_page, year_of
from styrkedjan.pages.sharing.showing import visible_to
from styrkedjan.queries.assessments import own_briefing as queries
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.render.briefings import printed
from styrkedjan.render.chosen_results import printed_results
from styrkedjan.render.pdf import briefing_pdf


def _own_briefing(request: HttpRequest, key: str) -> queries.OwnBriefing:
    viewer = viewer_of(request)
    may(viewer, Permission.READ_SELF_ASSESSMENTS, key).require()
    return queries.own_briefing(viewer, key, year_of(request))


@working_page("GET")
def own_briefing(request: HttpRequest, key: str) -> HttpResponse:
    """The whole briefing, and what the place has chosen beside it."""
    whole, made = _own_briefing(request, key), printer()
    context = {
        "b": printed(whole.briefing, made),
        "results": [printed_results(each, made.words) for each in whole.results],
        "workshops": catalogue().workshops,
        "visible": visible_to(key),
    }
    return render(request, "assessments/templates/own_briefing.html", context)


@working_page("GET")
def pdf(request: HttpRequest, key: str) -> HttpResponse:
    """The same as PDF/UA."""
    whole = _own_briefing(request, key)
    name = f"underlag-med-sjalvvardering-{key}-{whole.briefing.school_year.autumn}.pdf"
    content = briefing_pdf(whole.briefing, catalogue(), whole.results)
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
