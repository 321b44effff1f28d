"""The addresses of people: at an organiser, nationally, and the link of an invitation."""

from django.urls import path

from styrkedjan.pages.people import views

organiser_pages = [
    path("personer/", views.people, name="organiser.people"),
    path("personer/bjud-in/", views.invite, name="organiser.people.invite"),
    path("personer/roll/<uuid:grant>/", views.role, name="organiser.people.role"),
    path("personer/roll/<uuid:grant>/avsluta/", views.end, name="organiser.people.end"),
    path("personer/inbjudan/<uuid:invitation>/igen/", views.send_again, name="organiser.people.again"),
    path("personer/inbjudan/<uuid:invitation>/aterta/", views.withdraw, name="organiser.people.withdraw"),
]

pages = [
    path("inbjudan/<str:token>/", views.invitation, name="invitation"),
    path("drift/", views.operations, name="operations"),
    path("drift/bjud-in/", views.invite_national, name="operations.invite"),
    path("drift/roll/<uuid:grant>/", views.role, name="operations.role"),
    path("drift/roll/<uuid:grant>/avsluta/", views.end, name="operations.end"),
    path("drift/inbjudan/<uuid:invitation>/igen/", views.send_again, name="operations.again"),
    path("drift/inbjudan/<uuid:invitation>/aterta/", views.withdraw, name="operations.withdraw"),
]
