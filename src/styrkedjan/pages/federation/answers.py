"""What to do with an answer from another system: in, back to the account, or how to get in."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from styrkedjan.actions.access import federation as actions
from styrkedjan.core.federation import Identity, Protocol, Untrusted
from styrkedjan.pages.access.cookies import address_of, device_of
from styrkedjan.pages.access.onward import local, signed_in
from styrkedjan.pages.federation.binding import Binding, binding_of, unbind
from styrkedjan.pages.layout.answering import viewer_of
from styrkedjan.pages.layout.environment import place_address
from styrkedjan.queries.access import federation as queries


def asking(request: HttpRequest, binding: Binding) -> actions.Browser:
    """The browser that asks, as the actions know it."""
    return actions.Browser(binding.token, address_of(request), device_of(request))


def purpose_of(request: HttpRequest, binding: Binding) -> actions.Purpose:
    """What the form says that the sign-in is for."""
    connects = request.POST.get("syfte") == "koppla"
    return actions.Purpose(local(request.POST.get("vidare", "")), connects, binding.invitation)


def take(request: HttpRequest, protocol: Protocol, fields: Mapping[str, str], key: str = "") -> HttpResponse:
    """Take an answer that has come back with the browser.

    In: ``key``, the way in whose own address the answer came to; an answer to a question to another is refused.
    """
    federation, binding = settings.FEDERATION, binding_of(request)
    question = federation.question_of(protocol, fields)

    def read(asked: str) -> Identity:
        if key and asked != key:
            raise Untrusted("other_issuer")
        return federation.read(protocol, asked, question, binding.token, fields)

    browser = asking(request, binding)
    outcome = actions.finish(viewer_of(request), protocol, question, browser, read, binding.invitation)
    if not outcome.session:
        context = {"identity": outcome.identity, "onward": outcome.onward}
        return unbind(render(request, "federation/templates/unknown.html", context, status=403))
    return unbind(signed_in(request, outcome.session, _onward(request, outcome)))


def _onward(request: HttpRequest, outcome: actions.Outcome) -> str:
    if outcome.connected:
        return f"{reverse('account')}?klart=kopplad"
    if outcome.onward:
        return outcome.onward
    place = queries.place_to_start_at(viewer_of(request), outcome.session, outcome.identity.unit_codes)
    return place_address("position", place) if place else ""
