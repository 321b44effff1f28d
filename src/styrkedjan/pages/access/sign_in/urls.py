"""Addresses of signing in."""

from django.urls import path

from styrkedjan.pages.access.sign_in import views

urlpatterns = [
    path("", views.start, name="sign_in"),
    path("kod/", views.code, name="sign_in.code"),
    path("lank/<str:token>/", views.link, name="sign_in.link"),
    path("bekrafta/", views.confirm, name="sign_in.confirm"),
    path("bekrafta/fraga/", views.confirm_question, name="sign_in.confirm_question"),
    path("passkey/", views.passkey, name="sign_in.passkey"),
    path("passkey/fraga/", views.passkey_question, name="sign_in.passkey_question"),
    path("prov/", views.demo, name="sign_in.demo"),
]
