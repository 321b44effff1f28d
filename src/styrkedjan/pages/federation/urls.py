"""Addresses of signing in through other systems."""

from django.urls import path

from styrkedjan.core.federation import Protocol
from styrkedjan.pages.federation import views

pages = [
    path("logga-in/saml/", views.choose, name="federation"),
    path("logga-in/saml/<slug:key>/", views.go, {"protocol": Protocol.SAML}, name="federation.saml"),
    path("logga-in/oidc/<slug:key>/", views.go, {"protocol": Protocol.OIDC}, name="federation.oidc"),
    path("saml/metadata", views.metadata, name="federation.metadata"),
    path("saml/acs", views.saml_answer, name="federation.acs"),
    path("oidc/<slug:key>/svar", views.oidc_answer, name="federation.answer"),
    path("konto/kopplingar/ny/", views.connect, name="identity.link"),
    path("konto/kopplingar/<uuid:key>/", views.disconnect, name="identity.unlink"),
    path("inbjudan/<str:token>/e-legitimation/", views.invited, name="invitation.federation"),
]
