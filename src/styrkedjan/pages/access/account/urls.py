"""Addresses of the own account."""

from django.urls import path

from styrkedjan.pages.access.account import factor_views, views

urlpatterns = [
    path("", views.account, name="account"),
    path("namn/", views.name, name="account.name"),
    path("epost/", views.email, name="account.email"),
    path("epost/<str:token>/", views.confirm_email, name="account.confirm_email"),
    path("sakrare/", views.safer, name="account.safer"),
    path("platser/", views.places, name="account.places"),
    path("roller/<uuid:key>/lamna/", views.leave, name="account.leave"),
    path("inloggningar/avsluta/", views.end_other_sessions, name="account.end_others"),
    path("inloggningar/<uuid:key>/avsluta/", views.end_session, name="account.end_session"),
    path("passkeys/ny/", factor_views.new_passkey, name="account.new_passkey"),
    path("passkeys/fraga/", factor_views.passkey_question, name="account.passkey_question"),
    path("passkeys/<uuid:key>/", factor_views.passkey, name="account.passkey"),
    path("passkeys/<uuid:key>/ta-bort/", factor_views.remove_passkey, name="account.remove_passkey"),
    path("koder/", factor_views.codes, name="account.codes"),
    path("koder/ta-bort/", factor_views.remove_codes, name="account.remove_codes"),
    path("reservkoder/", factor_views.recovery, name="account.recovery"),
]
