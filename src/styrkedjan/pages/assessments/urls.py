"""The addresses of the self-assessment: under an organiser and a unit, and those that need no account."""

from django.urls import URLPattern

from styrkedjan.pages.assessments.answering import urls as answering
from styrkedjan.pages.assessments.campaigns import urls as campaigns
from styrkedjan.pages.assessments.importing import urls as importing
from styrkedjan.pages.assessments.results import urls as results
from styrkedjan.pages.assessments.shared import urls as shared

briefing_pages = shared.briefing_pages

PARTS = (campaigns, answering, results, shared, importing)


def place_pages(kind: str) -> list[URLPattern]:
    """Every page under a place's ``sjalvvardering/``. In: ``kind``, organiser or unit."""
    return [page for part in PARTS for page in part.place_pages(kind)]


pages = [page for part in PARTS for page in part.pages]
