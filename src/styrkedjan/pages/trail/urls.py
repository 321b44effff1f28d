"""The addresses of an organiser's audit trail."""

from django.urls import path

from styrkedjan.pages.trail import views

organiser_pages = [
    path("handelser/", views.trail, name="organiser.trail"),
    path("handelser.csv", views.csv, name="organiser.trail.csv"),
]
