"""Addresses: the chain view, its rounds and files, and the disclosure report."""

from django.urls import URLPattern, path

from styrkedjan.pages.assessments.results import views


def place_pages(kind: str) -> list[URLPattern]:
    """The addresses under ``<place>/sjalvvardering/``. In: ``kind``, organiser or unit."""
    one = "<uuid:campaign>/"
    return [
        path(f"{one}resultat/", views.results, name=f"{kind}.assessment.results"),
        path(f"{one}resultat/over-tid/", views.rounds, name=f"{kind}.assessment.rounds"),
        path(f"{one}resultat.csv", views.results_csv, name=f"{kind}.assessment.results.csv"),
        path(f"{one}resultat.xlsx", views.results_xlsx, name=f"{kind}.assessment.results.xlsx"),
        path(f"{one}resultat.parquet", views.results_parquet, name=f"{kind}.assessment.results.parquet"),
        path(f"{one}rojandekontroll/", views.disclosure, name=f"{kind}.assessment.disclosure"),
    ]


pages: list[URLPattern] = []
