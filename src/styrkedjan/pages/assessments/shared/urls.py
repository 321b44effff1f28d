"""Addresses: the shared rating, what came of it, and what of it enters the underlag."""

from django.urls import URLPattern, path

from styrkedjan.pages.assessments.shared import choosing, outcomes, own_briefing, rating


def place_pages(kind: str) -> list[URLPattern]:
    """The addresses under ``<place>/sjalvvardering/``. In: ``kind``, organiser or unit."""
    one = "<uuid:campaign>/"
    return [
        path(f"{one}gemensam/<slug:level>/", rating.shared, name=f"{kind}.assessment.shared"),
        path(f"{one}gemensam/<slug:level>/visa/", rating.wall, name=f"{kind}.assessment.shared.wall"),
        path(f"{one}aterkoppling/", outcomes.outcome, name=f"{kind}.assessment.outcome"),
        path(f"{one}aterkoppling/skriv/", outcomes.write, name=f"{kind}.assessment.outcome.write"),
        path(f"{one}aterkoppling/ta-bort/<uuid:outcome>/", outcomes.remove, name=f"{kind}.assessment.outcome.remove"),
        path(f"{one}till-underlaget/", choosing.choose, name=f"{kind}.assessment.choose"),
        path(f"{one}till-underlaget/material/", choosing.paper, name=f"{kind}.assessment.paper_to_share"),
    ]


def briefing_pages(kind: str) -> list[URLPattern]:
    """The own underlag, under a place. In: ``kind``, organiser or unit."""
    return [
        path("underlag/med-sjalvvardering/", own_briefing.own_briefing, name=f"{kind}.own_briefing"),
        path("underlag/med-sjalvvardering.pdf", own_briefing.pdf, name=f"{kind}.own_briefing.pdf"),
    ]


pages: list[URLPattern] = [path("svara/<slug:code>/resultat/", outcomes.by_code, name="answer.outcome")]
