"""What holds for every answer: refusals as pages in plain Swedish, and the headers of a site that trusts nobody."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.core.refused import Refused
from styrkedjan.render.swedish import capitalise

Answer = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("styrkedjan")

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def headers(get_response: Answer) -> Answer:
    """Put the strict content policy on every answer."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response

    return answer


class refusals:
    """Turn a Refused into its page; leave anything else to be a logged 500."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        if error.status >= 500:
            log.error("%s %s: %s", request.method, request.path, error.message)
        suggestions = getattr(error, "suggestions", ())
        context = {"message": capitalise(error.message), "suggestions": suggestions, "status": error.status}
        return render(request, "layout/templates/refused.html", context, status=error.status)
