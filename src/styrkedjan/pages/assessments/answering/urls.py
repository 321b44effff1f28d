"""Addresses: answering with a code or a link, the receipt, and typing in answers on paper."""

from django.urls import URLPattern, path

from styrkedjan.pages.assessments.answering import papers, views


def place_pages(kind: str) -> list[URLPattern]:
    """The addresses under ``<place>/sjalvvardering/``. In: ``kind``, organiser or unit."""
    return [path("<uuid:campaign>/skriv-in/<uuid:group>/", papers.typing, name=f"{kind}.assessment.typing")]


pages: list[URLPattern] = [
    path("svara/", views.start, name="answer.start"),
    path("svara/klart/", views.done, name="answer.done"),
    path("svara/kvitto/", views.receipt, name="answer.receipt"),
    path("svara/lank/<slug:token>/", views.link, name="answer.link"),
    path("svara/<slug:code>/", views.form, name="answer.form"),
]
