"""Addresses: opening, following and closing a campaign."""

from django.urls import URLPattern, path

from styrkedjan.pages.assessments.campaigns import opening, reaching, views


def place_pages(kind: str) -> list[URLPattern]:
    """The addresses under ``<place>/sjalvvardering/``. In: ``kind``, organiser or unit."""
    one = "<uuid:campaign>/"
    return [
        path("", views.assessments, name=f"{kind}.assessments"),
        path("ny/", opening.new, name=f"{kind}.assessment.new"),
        path(one, views.assessment, name=f"{kind}.assessment"),
        path(f"{one}andra/", views.edit, name=f"{kind}.assessment.edit"),
        path(f"{one}upprepa/", opening.repeat, name=f"{kind}.assessment.repeat"),
        path(f"{one}stang/", views.close, name=f"{kind}.assessment.close"),
        path(f"{one}ta-bort/", views.remove, name=f"{kind}.assessment.remove"),
        path(f"{one}paminn/", views.remind, name=f"{kind}.assessment.remind"),
        path(f"{one}samlat/", views.roll_up, name=f"{kind}.assessment.roll_up"),
        path(f"{one}fraga/<uuid:group>/", reaching.ask, name=f"{kind}.assessment.ask"),
        path(f"{one}affisch/<uuid:group>.pdf", reaching.poster, name=f"{kind}.assessment.poster"),
        path(f"{one}papper/<uuid:group>.pdf", reaching.paper, name=f"{kind}.assessment.paper"),
    ]


pages: list[URLPattern] = []
