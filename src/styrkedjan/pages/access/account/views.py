"""The own account: who I am, how I sign in, where I am signed in, and what roles I have."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from styrkedjan.actions.access import account as actions
from styrkedjan.actions.access import people, sessions
from styrkedjan.core.refused import NotFound
from styrkedjan.pages.access.account.forms import NameForm, NewEmailForm
from styrkedjan.pages.access.cookies import address_of, sign_out_response
from styrkedjan.pages.access.onward import onward_of, with_onward
from styrkedjan.pages.access.sign_in.forms import tried
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.queries.access import account as queries

TEMPLATES = "access/account/templates"
FEW_ROLES = 12  # as many as the account's own page shows; the rest are on a page of their own with a filter


def done(slug: str) -> HttpResponse:
    """Back to the account, which says what has been done."""
    return redirect(f"{reverse('account')}?klart={slug}")


def page(request: HttpRequest, name: str, **context: object) -> HttpResponse:
    """A page of the account, with the status that tells when what was sent was wrong, and where to go afterwards."""
    wrong = any(getattr(each, "errors", None) for each in context.values())
    context["onward"] = onward_of(request)
    return render(request, f"{TEMPLATES}/{name}.html", context, status=422 if wrong else 200)


@working_page("GET", "HEAD")
def account(request: HttpRequest) -> HttpResponse:
    """Everything about the own account."""
    viewer = viewer_of(request)
    roles = queries.own_roles(viewer)
    return page(
        request,
        "account",
        account=queries.account(viewer),
        roles=roles[:FEW_ROLES],
        more_roles=max(0, len(roles) - FEW_ROLES),
        has_federation=bool(settings.FEDERATION.ways()),
        done=request.GET.get("klart", ""),
    )


@working_page("GET", "HEAD")
def places(request: HttpRequest) -> HttpResponse:
    """Every place where the viewer has a role, with a box to find one in."""
    viewer, text = viewer_of(request), request.GET.get("q", "")[:100]
    found = queries.own_roles(viewer, text)
    return page(request, "places", roles=found, text=text, total=len(viewer.grants))


@working_page("GET", "HEAD", "POST")
def name(request: HttpRequest) -> HttpResponse:
    """Change the name."""
    viewer = viewer_of(request)
    form = NameForm(request.POST or None, initial={"name": viewer.name})
    if request.method == "POST" and tried(form, lambda data: actions.change_name(viewer, data["name"]) or True):
        return done("namn")
    return page(request, "name", form=form)


@working_page("GET", "HEAD", "POST")
def email(request: HttpRequest) -> HttpResponse:
    """Ask for another e-mail address."""
    viewer = viewer_of(request)
    account = queries.account(viewer)
    if account.has_factor and not account.is_sure:
        return redirect(with_onward("sign_in.confirm", request.path))
    form = NewEmailForm(request.POST or None)
    ask = lambda data: actions.ask_for_new_email(viewer, data["email"], address_of(request)) or True  # noqa: E731
    if request.method == "POST" and tried(form, ask):
        return done("epost-begard")
    return page(request, "email", form=form, account=account)


@working_page("GET", "HEAD", "POST")
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Take a new e-mail address into use."""
    viewer = viewer_of(request)
    new = queries.new_email(viewer, token)
    if request.method == "POST":
        actions.confirm_email(viewer, token)
        return done("epost")
    return page(request, "confirm_email", new=new)


@working_page("POST")
def end_session(request: HttpRequest, key: UUID) -> HttpResponse:
    """End one session. When it is this one, the browser is signed out."""
    viewer = viewer_of(request)
    sessions.end(viewer, key)
    if str(key) == viewer.session:
        return sign_out_response(redirect(f"{reverse('sign_in')}?klart=utloggad"))
    return done("inloggning-avslutad")


@working_page("POST")
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End every session but this one."""
    sessions.end_others(viewer_of(request))
    return done("inloggningar-avslutade")


@working_page("GET", "HEAD", "POST")
def leave(request: HttpRequest, key: UUID) -> HttpResponse:
    """Leave a role, once it has been said what that means."""
    viewer = viewer_of(request)
    role = next((each for each in queries.own_roles(viewer) if each.key == key), None)
    if role is None:
        raise NotFound("Rollen finns inte längre på ditt konto. Inget har ändrats.")
    if request.method == "POST":
        people.leave(viewer, key)
        return done("roll-lamnad")
    return page(request, "leave", role=role)


@working_page("GET", "HEAD")
def safer(request: HttpRequest) -> HttpResponse:
    """Offer to add a second factor, right after signing in with a letter alone."""
    return page(request, "safer", account=queries.account(viewer_of(request)))
