"""The quality system itself: goals, success factors, indicators, the workshop script and the glossary."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.pages.layout.answering import public_page
from styrkedjan.queries.catalogue import catalogue, success_factor, workshop_script


@public_page
def framework(request: HttpRequest) -> HttpResponse:
    """National goals, sub-goals per school form and the seven success factors."""
    known = catalogue()
    context = {"f": known.framework, "workshops": known.workshops}
    return render(request, "catalogue/templates/framework.html", context)


@public_page
def factor(request: HttpRequest, factor: str) -> HttpResponse:
    """One success factor: why, how it shows and the table of the chain."""
    context = {"factor": success_factor(factor), "f": catalogue().framework}
    return render(request, "catalogue/templates/factor.html", context)


@public_page
def workshop(request: HttpRequest, script: str) -> HttpResponse:
    """A workshop script: agenda, reflection, table talk and check-out."""
    found = workshop_script(script)
    context = {"script": found, "factor": success_factor(found.success_factor)}
    return render(request, "catalogue/templates/workshop.html", context)


@public_page
def measures(request: HttpRequest) -> HttpResponse:
    """Every indicator and operating condition with its definition."""
    return render(request, "catalogue/templates/measures.html", {"f": catalogue().framework})


@public_page
def glossary(request: HttpRequest) -> HttpResponse:
    """The words of the house."""
    terms = sorted(catalogue().glossary, key=lambda term: term.swedish)
    return render(request, "catalogue/templates/glossary.html", {"terms": terms})
