"""What holds for every answer: refusals as pages in plain Swedish, and the headers of a site that trusts nobody."""

import logging
import math
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError

from styrkedjan.core.access import ANYONE
from styrkedjan.core.refused import Refused, TooMany
from styrkedjan.pages.layout.answering import viewer_of
from styrkedjan.pages.layout.refusing import refused_page
from styrkedjan.queries.access.viewing import viewing as viewing_as
from styrkedjan.render.swedish import capitalise
from styrkedjan.site.logs import is_token_path

Answer = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("styrkedjan")

POLICY = (
    "default-src 'none'; object-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


FEATURES = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)"
)
# What no answer goes without. One that says nothing of caching is not cached: only what is public says so.
EVERYWHERE = {
    "Permissions-Policy": FEATURES,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


def headers(get_response: Answer) -> Answer:
    """Put the strict content policy and its companions on every answer."""
    policy = f"{POLICY}; upgrade-insecure-requests" if settings.HTTPS else POLICY
    fixed = EVERYWHERE | {"Content-Security-Policy": policy}

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        if is_token_path(request.path):  # not even our own server is told the rest of this address; forms still work
            response.headers["Referrer-Policy"] = "strict-origin"
        return response

    return answer


UNSEEN = "/svara/"


def viewing(get_response: Answer) -> Answer:
    """Know who looks: ``request.viewer``. With the cookie of a session the whole answer is one transaction.

    Nothing is kept of an answer that went wrong. A cookie that opens nothing any more is taken away.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        token = request.COOKIES.get(settings.SIGN_IN_COOKIE, "")
        request.viewer = ANYONE  # type: ignore[attr-defined]
        # Whoever answers is nobody, also when she is signed in: her answer shares no transaction with her session.
        if not token or request.path.startswith(UNSEEN):
            return get_response(request)
        with viewing_as(token) as viewer:
            request.viewer = viewer  # type: ignore[attr-defined]
            response = get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        if not viewer.is_signed_in and settings.SIGN_IN_COOKIE not in response.cookies:
            response.delete_cookie(settings.SIGN_IN_COOKIE)
        return response

    return answer


def _write_down(request: HttpRequest, error: Refused) -> None:
    """Log a fault of ours, and a no to somebody who is signed in or tries too often. A mistyped address is no event."""
    viewer = viewer_of(request)
    if error.status >= 500:
        log.error("%s %s: %s", request.method, request.path, error.message)
    elif error.status == TooMany.status or (error.status in (403, 404) and viewer.is_signed_in):
        who = viewer.person or "anyone"
        log.warning("%s %s refused with %s to %s", request.method, request.path, error.status, who)


class refusals:
    """Turn a Refused into its page; leave anything else to be a logged 500."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, UnreadablePostError):
            return refused_page(request, "Sändningen avbröts på vägen. Ingenting har ändrats.", 400)
        if not isinstance(error, Refused):
            return None
        _write_down(request, error)
        suggestions = getattr(error, "suggestions", ())
        response = refused_page(request, capitalise(error.message), error.status, suggestions)
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(math.ceil(error.wait.total_seconds()))
        return response
