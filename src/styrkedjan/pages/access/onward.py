"""Where to go when signed in: what was asked for, and never another site."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from styrkedjan.core.access import Assurance, Viewer
from styrkedjan.pages.access.cookies import sign_in_response


def onward_of(request: HttpRequest) -> str:
    """The local address in ``?vidare=``; empty when there is none, or it leads to another site."""
    return local(request.GET.get("vidare", ""))


def local(address: str) -> str:
    """The address when it begins with a slash and stays on this site; else nothing."""
    is_local = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_local and len(address) <= 2000 else ""


def with_onward(page: str, onward: str) -> str:
    """The address of a page that leads on to another afterwards."""
    return f"{reverse(page)}?{urlencode({'vidare': onward})}" if onward else reverse(page)


def signed_in(request: HttpRequest, token: str, onward: str) -> HttpResponse:
    """Go on as signed in, with new cookies for both session and forms."""
    rotate_token(request)
    return sign_in_response(redirect(onward or "start"), token)


def asks_for_more(viewer: Viewer) -> bool:
    """Whether the viewer's session rests on a letter alone."""
    return viewer.assurance < Assurance.STRONG
