"""Sign in and sign out."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from styrkedjan.actions.access import proofs, sessions, sign_in
from styrkedjan.core.access import ANYONE, Viewer
from styrkedjan.core.refused import NotFound
from styrkedjan.pages.access.cookies import (
    address_of,
    browser_of,
    device_of,
    remember_browser,
    sign_out_response,
)
from styrkedjan.pages.access.onward import asks_for_more, onward_of, signed_in, with_onward
from styrkedjan.pages.access.sign_in.forms import CodeForm, EmailForm, LetterCodeForm, PasskeyForm, tried
from styrkedjan.pages.layout.answering import viewer_of
from styrkedjan.protocols import passkeys
from styrkedjan.queries.access import account as queries

reads_and_takes = require_http_methods(["GET", "HEAD", "POST"])


def _browser(request: HttpRequest) -> sign_in.Browser:
    return sign_in.Browser(browser_of(request), address_of(request), device_of(request))


def _let_in(request: HttpRequest, entered: sign_in.Entered) -> HttpResponse:
    """On to the second factor; or in, by way of an offer to add one when the session rests on a letter alone."""
    if entered.browser:
        return remember_browser(redirect("sign_in.confirm"), entered.browser)
    onward = entered.onward if entered.is_sure else with_onward("account.safer", entered.onward)
    return signed_in(request, entered.session, onward)


def _page(request: HttpRequest, name: str, **context: object) -> HttpResponse:
    """A page of the sign-in, with the status that tells when what was sent was wrong."""
    wrong = any(getattr(each, "errors", None) for each in context.values())
    context["has_federation"] = bool(settings.FEDERATION.ways())
    context["can_have_passkeys"] = passkeys.site_at(settings.SITE_ADDRESS).has_passkeys
    return render(request, f"access/sign_in/templates/{name}.html", context, status=422 if wrong else 200)


@never_cache
@reads_and_takes
def start(request: HttpRequest) -> HttpResponse:
    """Ask for an e-mail address, or for a passkey."""
    onward, viewer = onward_of(request), viewer_of(request)
    if viewer.is_signed_in:
        return redirect(onward or "start")
    form = EmailForm(request.POST or None)
    if request.method == "POST":
        send = lambda data: sign_in.send_link(viewer, data["email"], _browser(request), onward)  # noqa: E731
        if token := tried(form, send):
            return remember_browser(redirect("sign_in.code"), token)
    return _page(request, "sign_in", form=form, onward=onward, done=request.GET.get("klart", ""))


@never_cache
@reads_and_takes
def code(request: HttpRequest) -> HttpResponse:
    """Say that a letter may be on its way, and take its code."""
    viewer, browser = viewer_of(request), _browser(request)
    wait = queries.letter_wait(viewer, browser.token)
    if wait is None:
        return redirect("sign_in")
    form = LetterCodeForm(request.POST or None)
    if request.method == "POST":
        if entered := tried(form, lambda data: sign_in.enter_letter_code(viewer, data["code"], browser)):
            return _let_in(request, entered)
        wait = queries.letter_wait(viewer, browser.token) or wait
    return _page(request, "code", form=form, wait=wait)


@never_cache
@reads_and_takes
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to use a link: those who look through letters for harm open links, and must not use them up."""
    viewer = viewer_of(request)
    opened = queries.opened_link(viewer, token, browser_of(request))
    if opened is None:
        return _page(request, "spent_link")
    if request.method == "POST":
        return _let_in(request, sign_in.open_link(viewer, token, _browser(request)))
    return _page(request, "link", opened=opened)


@never_cache
@reads_and_takes
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor, of somebody half signed in or of somebody who needs to be surer."""
    viewer, browser = viewer_of(request), _browser(request)
    second = queries.second_factor(viewer, browser.token)
    if second is None or (viewer.is_signed_in and not asks_for_more(viewer)):
        return redirect(onward_of(request) or ("account" if viewer.is_signed_in else "sign_in"))
    is_passkey = "credential" in request.POST
    form = CodeForm(None if is_passkey else request.POST or None)
    sent = PasskeyForm(request.POST) if is_passkey else form
    if request.method == "POST" and (entered := tried(sent, lambda data: _confirmed(request, data))):
        return _let_in(request, entered)
    return _page(request, "confirm", second=second, form=form, sent=sent, is_passkey=is_passkey)


def _confirmed(request: HttpRequest, data: dict[str, str]) -> sign_in.Entered:
    viewer, browser = viewer_of(request), _browser(request)
    if not viewer.is_signed_in:
        if "credential" in data:
            return sign_in.confirm_with_passkey(viewer, data["credential"], browser)
        return sign_in.confirm_with_code(viewer, data["code"], browser)
    if "credential" in data:
        token = sign_in.raise_with_passkey(viewer, data["credential"], browser)
    else:
        token = sign_in.raise_with_code(viewer, data["code"], browser)
    return sign_in.Entered(onward_of(request) or reverse("account"), session=token, is_sure=True)


@never_cache
@require_POST
def passkey_question(request: HttpRequest) -> HttpResponse:
    """The question that any passkey for the site can sign."""
    return _question(request, ANYONE)


@never_cache
@require_POST
def confirm_question(request: HttpRequest) -> HttpResponse:
    """The question that only this person's passkeys can sign."""
    second = queries.second_factor(viewer_of(request), browser_of(request))
    if second is None:
        raise NotFound("Inloggningen tog för lång tid. Börja om.")
    return _question(request, Viewer(person=str(second.person)))


def _question(request: HttpRequest, who: Viewer) -> HttpResponse:
    options, browser = proofs.ask_for_passkey(who, browser_of(request), address_of(request))
    return remember_browser(HttpResponse(options, content_type="application/json"), browser)


@never_cache
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone."""
    viewer, onward = viewer_of(request), onward_of(request)
    form = PasskeyForm(request.POST)
    enter = lambda data: sign_in.enter_with_passkey(viewer, data["credential"], _browser(request))  # noqa: E731
    if entered := tried(form, enter):
        return signed_in(request, entered.session, onward)
    return _page(request, "sign_in", form=EmailForm(), sent=form, onward=onward, done="")


@never_cache
@reads_and_takes
def demo(request: HttpRequest) -> HttpResponse:
    """Pick an invented person to be. There is no such page but in the demo."""
    viewer = viewer_of(request)
    people = queries.demo_people(viewer)
    if request.method == "POST":
        caller = sign_in.Caller(request.get_host(), address_of(request), getattr(request, "was_forwarded", True))
        token = sign_in.enter_demo(viewer, _key(request.POST.get("person", "")), caller, device_of(request))
        return signed_in(request, token, onward_of(request))
    return _page(request, "demo", people=people, onward=onward_of(request))


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("Personen finns inte längre. Välj någon annan i listan.") from None


@never_cache
@reads_and_takes
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this browser's session. Looking at the address ends nothing."""
    viewer = viewer_of(request)
    if request.method != "POST":
        return redirect("account" if viewer.is_signed_in else "sign_in")
    if viewer.is_signed_in:
        sessions.end(viewer, viewer.session)
    return sign_out_response(redirect(f"{with_onward('sign_in', '')}?klart=utloggad"))
