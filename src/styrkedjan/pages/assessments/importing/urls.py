"""Addresses: answers collected elsewhere, and the counting of a campaign that has closed."""

from django.urls import URLPattern, path

from styrkedjan.pages.assessments.importing import views


def place_pages(kind: str) -> list[URLPattern]:
    """The addresses under ``<place>/sjalvvardering/``. In: ``kind``, organiser or unit."""
    return [
        path("las-in/", views.read_in, name=f"{kind}.assessment.import"),
        path("<uuid:campaign>/rakna/", views.count_answers, name=f"{kind}.assessment.count"),
    ]


pages: list[URLPattern] = []
