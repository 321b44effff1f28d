"""What stands between the server and the pages: who is asking, how much they send, and what may be compressed."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware

from styrkedjan.pages.layout.refusing import refused_page

Answer = Callable[[HttpRequest], HttpResponse]
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")
MEGABYTE = 1_000_000


def proxied(get_response: Answer) -> Answer:
    """Let REMOTE_ADDR be the visitor's: what our own proxy says last, and never what the visitor says.

    Without a proxy of ours, anything that claims to be forwarded is thrown away, so that nobody further in believes it.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        said = {name: request.META.pop(name, "") for name in FORWARDED}
        request.was_forwarded = any(said.values())  # type: ignore[attr-defined]  # the demo answers nobody else's proxy
        if settings.TRUSTED_PROXY:
            nearest = said["HTTP_X_FORWARDED_FOR"].rpartition(",")[2].strip()
            request.META["REMOTE_ADDR"] = _address(nearest) or request.META.get("REMOTE_ADDR", "")
            request.META["HTTP_X_FORWARDED_PROTO"] = said["HTTP_X_FORWARDED_PROTO"].rpartition(",")[2].strip()
        return get_response(request)

    return answer


def _address(said: str) -> str:
    """A forwarded address without port; nothing when it is none, for then its limits would be an account's."""
    text = said.strip("[]") if said.endswith("]") else said
    host, colon, port = text.rpartition(":")
    if colon and port.isdigit() and (host.count(".") == 3 or host.startswith("[")):
        text = host.strip("[]")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


class compression(GZipMiddleware):
    """Compress what everyone gets alike, and nothing else.

    A compressed page that holds both a secret and what somebody typed lets its length tell of the secret (BREACH).
    Source: Gluck, Harris and Prado, "BREACH: Reviving the CRIME attack", Black Hat USA 2013.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        is_public = "public" in response.headers.get("Cache-Control", "") and not response.cookies
        if not is_public or settings.SIGN_IN_COOKIE in request.COOKIES:
            return response
        return super().process_response(request, response)


class limits:
    """Refuse a body that is too large from its announced length, before anything of it has been read."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        most = settings.UPLOADS.get(name, settings.FORM_MOST)
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal() and int(announced) <= most:
            return None
        message = f"Det du skickade är för stort. Högst {most // MEGABYTE} MB går att ta emot. Ingenting har ändrats."
        return refused_page(request, message, 413)
