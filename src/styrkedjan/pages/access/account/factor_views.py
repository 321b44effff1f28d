"""Ways to confirm a sign-in: passkeys, one-time codes and recovery codes."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from styrkedjan.actions.access import factors
from styrkedjan.core.refused import NotFound
from styrkedjan.pages.access.account.forms import FirstCodeForm, NewPasskeyForm, PasskeyNameForm
from styrkedjan.pages.access.account.views import done, page
from styrkedjan.pages.access.cookies import address_of, device_of, sign_in_response
from styrkedjan.pages.access.onward import onward_of, with_onward
from styrkedjan.pages.access.sign_in.forms import tried
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.queries.access import account as queries


def _added(request: HttpRequest, token: str, slug: str) -> HttpResponse:
    """The session is surer now and has a new cookie; the next step is codes for the day when the factor is lost."""
    rotate_token(request)
    onward = onward_of(request)
    if not queries.account(viewer_of(request)).recovery_left:
        asked = {"klart": slug} | ({"vidare": onward} if onward else {})
        return sign_in_response(redirect(f"{reverse('account.recovery')}?{urlencode(asked)}"), token)
    return sign_in_response(redirect(onward or f"{reverse('account')}?klart={slug}"), token)


def _first_confirm(request: HttpRequest, account: queries.Account) -> HttpResponse | None:
    """Where to be made sure of first, when a change of factors asks for it."""
    if account.has_factor and not account.is_sure:
        return redirect(with_onward("sign_in.confirm", request.get_full_path()))
    return None


@working_page("GET", "HEAD", "POST")
def new_passkey(request: HttpRequest) -> HttpResponse:
    """Make a passkey on this device."""
    viewer = viewer_of(request)
    account = queries.account(viewer)
    if elsewhere := _first_confirm(request, account):
        return elsewhere
    form = NewPasskeyForm(request.POST or None)
    device = device_of(request)
    add = lambda data: factors.add_passkey(viewer, data["credential"], data["name"], device)  # noqa: E731
    if request.method == "POST" and (token := tried(form, add)):
        return _added(request, token, "passkey")
    return page(request, "new_passkey", form=form, account=account)


@working_page("POST")
def passkey_question(request: HttpRequest) -> HttpResponse:
    """The question that the device answers with a new passkey."""
    options = factors.ask_for_new_passkey(viewer_of(request), address_of(request))
    return HttpResponse(options, content_type="application/json")


@working_page("GET", "HEAD", "POST")
def passkey(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a passkey another name."""
    viewer = viewer_of(request)
    own = _own_passkey(request, key)
    form = PasskeyNameForm(request.POST or None, initial={"name": own.name})
    rename = lambda data: factors.rename_passkey(viewer, key, data["name"]) or True  # noqa: E731
    if request.method == "POST" and tried(form, rename):
        return done("passkey-namn")
    return page(request, "passkey", form=form, passkey=own)


@working_page("GET", "HEAD", "POST")
def remove_passkey(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a passkey away, once it has been said what that means."""
    account = queries.account(viewer_of(request))
    if elsewhere := _first_confirm(request, account):
        return elsewhere
    own = _own_passkey(request, key)
    if request.method == "POST":
        factors.remove_passkey(viewer_of(request), key)
        return done("passkey-borta")
    return page(request, "remove_factor", account=account, passkey=own)


def _own_passkey(request: HttpRequest, key: UUID) -> queries.OwnPasskey:
    own = next((each for each in queries.account(viewer_of(request)).passkeys if each.key == key), None)
    if own is None:
        raise NotFound(factors.NO_SUCH_PASSKEY)
    return own


@working_page("GET", "HEAD", "POST")
def codes(request: HttpRequest) -> HttpResponse:
    """Begin with one-time codes: show the secret, and take the first code."""
    viewer = viewer_of(request)
    account = queries.account(viewer)
    if elsewhere := _first_confirm(request, account):
        return elsewhere
    if request.method == "POST" and "code" not in request.POST:
        factors.begin_codes(viewer)
        return redirect(with_onward("account.codes", onward_of(request)))
    form = FirstCodeForm(request.POST or None)
    confirm = lambda data: factors.confirm_codes(viewer, data["code"], address_of(request), device_of(request))  # noqa: E731
    if request.method == "POST" and (token := tried(form, confirm)):
        return _added(request, token, "koder")
    return page(request, "codes", form=form, account=account, new=queries.new_codes(viewer))


@working_page("GET", "HEAD", "POST")
def remove_codes(request: HttpRequest) -> HttpResponse:
    """Turn one-time codes off, once it has been said what that means."""
    account = queries.account(viewer_of(request))
    if elsewhere := _first_confirm(request, account):
        return elsewhere
    if account.codes_since is None:
        return redirect("account")
    if request.method == "POST":
        factors.remove_codes(viewer_of(request))
        return done("koder-borta")
    return page(request, "remove_factor", account=account, passkey=None)


@working_page("GET", "HEAD", "POST")
def recovery(request: HttpRequest) -> HttpResponse:
    """Make recovery codes. They are shown in the answer and never again."""
    viewer = viewer_of(request)
    account = queries.account(viewer)
    if elsewhere := _first_confirm(request, account):
        return elsewhere
    made = factors.make_recovery_codes(viewer) if request.method == "POST" else ()
    return page(request, "recovery", account=account, codes=made, done=request.GET.get("klart", ""))
