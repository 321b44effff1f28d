"""What the views of official statistics share: the viewer, the school year asked for, and the version as ETag."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

from styrkedjan.core.access import ANYONE, Viewer
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.pages.layout.environment import words
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.queries.statistics import state_of_editions
from styrkedjan.render.charts import SCREEN
from styrkedjan.render.printer import Printer

View = Callable[..., HttpResponse]


def viewer_of(request: HttpRequest) -> Viewer:
    """Who is looking. Pages of official statistics need no sign-in."""
    return ANYONE


def year_of(request: HttpRequest) -> SchoolYear | None:
    """The school year in ``?lasar=``; None for the latest. Raises BadInput."""
    text = request.GET.get("lasar", "")
    return SchoolYear.parse(text) if text else None


def printer() -> Printer:
    """How values are put into words and charts on a page."""
    return Printer(catalogue(), words(), SCREEN)


def _etag(request: HttpRequest, **_: object) -> str:
    return f'"{state_of_editions()}-{catalogue().digest[:8]}-{settings.CODE_DIGEST}"'


def public_page(view: View) -> View:
    """A page for everyone: GET only, with an ETag of statistics edition, catalogue and code.

    A browser that asks again gets 304 without the page being made.
    """

    @wraps(view)
    def answer(request: HttpRequest, **arguments: object) -> HttpResponse:
        response = view(request, **arguments)
        patch_cache_control(response, public=True, no_cache=True)
        return response

    return require_safe(condition(etag_func=_etag)(answer))
