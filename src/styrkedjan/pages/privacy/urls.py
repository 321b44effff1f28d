"""The addresses of what everybody may know of the house, and of a person's own data."""

from django.urls import path

from styrkedjan.pages.privacy import views

pages = [
    path("personuppgifter/", views.privacy, name="privacy"),
    path("tillganglighet/", views.accessibility, name="accessibility"),
    path("roller/", views.roles, name="roles"),
    path("konto/uppgifter.zip", views.extract, name="account.extract"),
    path("konto/ta-bort/", views.remove, name="account.remove"),
    path("konto/borttaget/", views.removed, name="account.removed"),
]
