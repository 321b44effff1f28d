"""Choose where to sign in, go there, and come back signed in."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from styrkedjan.actions.access import federation as actions
from styrkedjan.core.federation import Protocol
from styrkedjan.core.refused import NotFound
from styrkedjan.core.sign_in import is_token
from styrkedjan.pages.access.onward import onward_of
from styrkedjan.pages.federation.answers import asking, purpose_of, take
from styrkedjan.pages.federation.binding import bind, last_choice, new_binding, remember_choice
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.queries.access import federation as queries

TEMPLATES = "federation/templates"
reads = require_http_methods(["GET", "HEAD"])
reads_and_takes = require_http_methods(["GET", "HEAD", "POST"])


def _choose(request: HttpRequest, purpose: str = "", invitation: str = "") -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    ways = settings.FEDERATION.ways()
    found = queries.choice(viewer_of(request), ways, text, last_choice(request))
    carried = {"vidare": onward_of(request), "syfte": purpose, "inbjudan": invitation}
    context = {"choice": found, "carried": carried, "purpose": purpose, "is_open": bool(ways)}
    return render(request, f"{TEMPLATES}/choose.html", context)


@never_cache
@reads
def choose(request: HttpRequest) -> HttpResponse:
    """Find one's own organiser's identity service, or a named issuer."""
    return _choose(request)


@working_page("GET", "HEAD")
def connect(request: HttpRequest) -> HttpResponse:
    """The same, to connect the identity to one's account."""
    return _choose(request, purpose="koppla")


@never_cache
@reads
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """The same, to accept an invitation."""
    if not is_token(token):
        raise NotFound("Länken till inbjudan stämmer inte. Kontrollera att hela länken kom med.")
    return _choose(request, purpose="inbjudan", invitation=token)


@never_cache
@reads_and_takes
def go(request: HttpRequest, protocol: Protocol, key: str) -> HttpResponse:
    """Ask before going; then send the browser there with a question.

    The way there is a page and not a redirect: the content policy lets no form of ours end up on another site.
    """
    way = settings.FEDERATION.way(protocol, key)
    if request.method != "POST":
        return render(request, f"{TEMPLATES}/go.html", {"way": way, "onward": onward_of(request)})
    binding = new_binding(request, request.POST.get("inbjudan", ""))
    question = settings.FEDERATION.ask(way, binding.token)
    actions.begin(viewer_of(request), way, question.key, asking(request, binding), purpose_of(request, binding))
    response = render(request, f"{TEMPLATES}/leaving.html", {"way": way, "address": question.address})
    response.headers["Refresh"] = f"0; url={question.address}"
    return remember_choice(bind(response, binding), way)


@require_safe
def metadata(request: HttpRequest) -> HttpResponse:
    """Our SAML metadata, for the federation."""
    return HttpResponse(settings.FEDERATION.metadata(), content_type="application/samlmetadata+xml")


# Another site's form posts here, so it has no token of ours. What protects it: the answer must belong to a question
# that this very browser carried, and is taken once.
@csrf_exempt
@never_cache
@require_POST
def saml_answer(request: HttpRequest) -> HttpResponse:
    """An identity service's answer, posted by the browser."""
    return take(request, Protocol.SAML, request.POST.dict())


@never_cache
@require_safe
def oidc_answer(request: HttpRequest, key: str) -> HttpResponse:
    """An issuer's answer, with the browser that it sends back."""
    return take(request, Protocol.OIDC, request.GET.dict(), key)


@working_page("GET", "HEAD", "POST")
def disconnect(request: HttpRequest, key: UUID) -> HttpResponse:
    """Disconnect an identity from one's account."""
    viewer = viewer_of(request)
    if request.method == "POST":
        actions.disconnect(viewer, key)
        return redirect(f"{reverse('account')}?klart=bortkopplad")
    return render(request, f"{TEMPLATES}/disconnect.html", {"identity": queries.own_identity(viewer, key)})
