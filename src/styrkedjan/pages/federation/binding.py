"""What ties an answer from another system to the browser that carried the question."""

import secrets
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from styrkedjan.core.federation import ATTEMPT_LIVES, WayIn
from styrkedjan.core.sign_in import TOKEN_BYTES, is_token

Answer = TypeVar("Answer", bound=HttpResponse)
REMEMBERED_SECONDS = 400 * 24 * 3600


@dataclass(frozen=True)
class Binding:
    """A browser's token and, when it is about to accept one, its invitation. Both stay in the browser."""

    token: str
    invitation: str = ""


def binding_of(request: HttpRequest) -> Binding:
    """The binding in the browser's cookie; empty when it has none that could be ours."""
    token, _, invitation = request.COOKIES.get(_cookie(), "").partition(".")
    return Binding(token if is_token(token) else "", invitation if is_token(invitation) else "")


def new_binding(request: HttpRequest, invitation: str) -> Binding:
    """The browser's binding with this invitation. Its token is kept, so that a sign-in in another tab still works."""
    token = binding_of(request).token or secrets.token_urlsafe(TOKEN_BYTES)
    return Binding(token, invitation if is_token(invitation) else "")


def bind(response: Answer, binding: Binding) -> Answer:
    """Give the browser its binding.

    SAML's answer is a form that another site posts here, and only a cookie with SameSite=None comes with that. Over
    plain http, which is this machine alone, browsers take no such cookie, and ports of one machine are one site.
    """
    response.set_cookie(
        _cookie(),
        f"{binding.token}.{binding.invitation}",
        max_age=int(ATTEMPT_LIVES.total_seconds()),
        secure=settings.HTTPS,
        httponly=True,
        samesite="None" if settings.HTTPS else "Lax",
        path="/",
    )
    return response


def unbind(response: Answer) -> Answer:
    """Take the binding away: what it was for is done."""
    response.delete_cookie(_cookie(), samesite="None" if settings.HTTPS else "Lax")
    return response


def last_choice(request: HttpRequest) -> tuple[str, str]:
    """Protocol and key of what this browser chose last time."""
    protocol, _, key = request.COOKIES.get(_choice_cookie(), "").partition(".")
    return protocol, key


def remember_choice(response: Answer, way: WayIn) -> Answer:
    """Let the browser remember where its owner signs in."""
    value = f"{way.protocol}.{way.key}"
    response.set_cookie(
        _choice_cookie(), value, max_age=REMEMBERED_SECONDS, secure=settings.HTTPS, httponly=True, samesite="Lax"
    )
    return response


def _cookie() -> str:
    return f"{settings.SIGN_IN_COOKIE}-federation"


def _choice_cookie() -> str:
    return f"{settings.SIGN_IN_COOKIE}-valt"
