"""What the views of official statistics share: the viewer, the school year asked for, and the version as ETag."""

import hashlib
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import condition, require_http_methods, require_safe

from styrkedjan.core.access import ANYONE, Viewer
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.pages.layout.account import sign_in_url
from styrkedjan.pages.layout.environment import words
from styrkedjan.pages.layout.refusing import refused_page
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.queries.statistics import state_of_editions
from styrkedjan.render.charts import SCREEN
from styrkedjan.render.printer import Printer

SIGNED_OUT = "Du är inte längre inloggad, så inget har sparats. Kopiera det du skrev, logga in och försök igen."
View = Callable[..., HttpResponse]


def viewer_of(request: HttpRequest) -> Viewer:
    """Who is looking: the middleware has found out. Pages of official statistics need no sign-in."""
    return getattr(request, "viewer", ANYONE)


def year_of(request: HttpRequest) -> SchoolYear | None:
    """The school year in ``?lasar=``; None for the latest. Raises BadInput."""
    text = request.GET.get("lasar", "")
    return SchoolYear.parse(text) if text else None


def printer() -> Printer:
    """How values are put into words and charts on a page."""
    return Printer(catalogue(), words(), SCREEN)


def _etag(request: HttpRequest, **_: object) -> str:
    practice = "-prov" if settings.DEMO else ""
    return f'"{state_of_editions()}-{catalogue().digest[:8]}-{settings.CODE_DIGEST}{practice}{_whose(request)}"'


def _whose(request: HttpRequest) -> str:
    """What tells one viewer's copy of a page from another's; nothing when nobody is signed in.

    The page holds a button to sign out, whose token belongs to the cookie: a new cookie is a new copy.
    """
    viewer = viewer_of(request)
    if not viewer.is_signed_in:
        return ""
    parts = (viewer.person, viewer.name, viewer.session, viewer.assurance, viewer.grants)
    whole = repr((*parts, request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")))
    return f"-{hashlib.sha256(whole.encode()).hexdigest()[:16]}"


def public_page(view: View) -> View:
    """A page for everyone: GET only, with an ETag of statistics edition, catalogue, code and viewer.

    A browser that asks again gets 304 without the page being made. Only what nobody is signed in to may be
    kept by caches that people share.
    """
    conditional = condition(etag_func=_etag)(view)

    @wraps(view)
    def answer(request: HttpRequest, **arguments: object) -> HttpResponse:
        response = conditional(request, **arguments)
        signed_in = viewer_of(request).is_signed_in
        patch_cache_control(response, no_cache=True, **{"private" if signed_in else "public": True})
        patch_vary_headers(response, ["Cookie"])
        return response

    return require_safe(answer)


def _signed_out(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return refused_page(request, SIGNED_OUT, 403)
    return redirect(sign_in_url(request))


def working_page(*methods: str) -> Callable[[View], View]:
    """A page for those who have signed in, never kept by any cache. Others are led to the sign-in page.

    The answer is the same for every address, so that it tells nothing of what exists. A form that is sent after the
    session has ended is not led away from: its page shows what was typed, so that it can be copied.
    """

    def made(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **arguments: object) -> HttpResponse:
            response = view(request, **arguments) if viewer_of(request).is_signed_in else _signed_out(request)
            patch_cache_control(response, no_store=True, private=True)
            patch_vary_headers(response, ["Cookie"])
            return response

        return require_http_methods(list(methods))(answer)

    return made
