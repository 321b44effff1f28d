"""Cookies of signing in: one that is the session, and one that knows the browser in which something was begun."""

from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from styrkedjan.core.sign_in import SESSION_LIVES, device_words, is_token

Answer = TypeVar("Answer", bound=HttpResponse)


def sign_in_response(response: Answer, token: str) -> Answer:
    """Give the browser its session, and let it forget what it had begun."""
    _set(response, settings.SIGN_IN_COOKIE, token, int(SESSION_LIVES.total_seconds()))
    response.delete_cookie(_browser_cookie(), samesite="Lax")
    return response


def sign_out_response(response: Answer) -> Answer:
    """Take the session from the browser."""
    response.delete_cookie(settings.SIGN_IN_COOKIE, samesite="Lax")
    response.delete_cookie(_browser_cookie(), samesite="Lax")
    return response


def remember_browser(response: Answer, token: str) -> Answer:
    """Give the browser the token that ties what it has begun to it. It goes when the browser is closed."""
    _set(response, _browser_cookie(), token, None)
    return response


def browser_of(request: HttpRequest) -> str:
    """The token of the browser that asks; empty when it has none that could be ours."""
    token = request.COOKIES.get(_browser_cookie(), "")
    return token if is_token(token) else ""


def device_of(request: HttpRequest) -> str:
    """The browser and the device in words, for the list of sessions."""
    return device_words(request.headers.get("User-Agent", ""))


def address_of(request: HttpRequest) -> str:
    """The network address that asks; behind our own proxy, the one that the proxy saw."""
    return request.META.get("REMOTE_ADDR", "")


def _browser_cookie() -> str:
    return f"{settings.SIGN_IN_COOKIE}-browser"


def _set(response: HttpResponse, name: str, token: str, lives: int | None) -> None:
    # Lax: a link in a letter must find the session, and a form on another site must not.
    response.set_cookie(name, token, max_age=lives, secure=settings.HTTPS, httponly=True, samesite="Lax", path="/")
