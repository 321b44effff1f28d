"""The chain view of one place, its rounds, its files, and the disclosure report."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.pages.assessments.results.showing import (
    answer_file,
    downloaded,
    shown_disclosure,
    shown_results,
    shown_rounds,
)
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.queries.assessments import results as queries
from styrkedjan.render.answer_downloads import answers_csv, answers_parquet, answers_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@working_page("GET", "HEAD")
def results(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """The chain view; before the answers have been counted, how far it has come."""
    found = queries.results(viewer_of(request), key, campaign)
    return render(request, "assessments/templates/results.html", shown_results(found))


@working_page("GET", "HEAD")
def rounds(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """The campaign and those that it repeats, side by side."""
    found = queries.rounds(viewer_of(request), key, campaign)
    return render(request, "assessments/templates/rounds.html", shown_rounds(found))


@working_page("GET", "HEAD")
def results_csv(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """The released answers of the place as CSV."""
    found = queries.counted_results(viewer_of(request), key, campaign)
    return downloaded(found, answers_csv(answer_file(found)), "csv", "text/csv; charset=utf-8")


@working_page("GET", "HEAD")
def results_xlsx(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """The released answers of the place as a workbook."""
    found = queries.counted_results(viewer_of(request), key, campaign)
    return downloaded(found, answers_xlsx(answer_file(found)), "xlsx", XLSX)


@working_page("GET", "HEAD")
def results_parquet(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """The released answers of the place as Parquet."""
    found = queries.counted_results(viewer_of(request), key, campaign)
    return downloaded(found, answers_parquet(answer_file(found)), "parquet", "application/vnd.apache.parquet")


@working_page("GET", "HEAD")
def disclosure(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """The auditor's report on what was released, in words."""
    found = queries.disclosed(viewer_of(request), key, campaign)
    return render(request, "assessments/templates/disclosure_report.html", shown_disclosure(found))
