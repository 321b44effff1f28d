"""People: who has access, inviting, changing and ending roles, leaving, and saying yes to an invitation."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from styrkedjan.actions.access import invitations, pace, sessions
from styrkedjan.actions.access import people as actions
from styrkedjan.core.access import Assurance
from styrkedjan.core.people import InvitationState
from styrkedjan.core.refused import NotFound
from styrkedjan.core.sign_in import Method
from styrkedjan.pages.access.cookies import address_of, device_of
from styrkedjan.pages.access.onward import signed_in, with_onward
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.pages.people.forms import LastDayForm, OperatorInviteForm, OrganiserInviteForm, carried_out
from styrkedjan.queries import statistics
from styrkedjan.queries.access import people as queries

FOLDER = "people/templates"
GONE = 410
LETTERS_SHOWN = 20


def _home(organiser: str) -> str:
    """The page with the people of an organiser, or with the national ones."""
    return reverse("organiser.people", args=[organiser]) if organiser else reverse("operations")


def _done(organiser: str, slug: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": f"{_home(organiser)}?klart={slug}"})


def _page(request: HttpRequest, page: str, status: int = 200, **context: object) -> HttpResponse:
    return render(request, f"{FOLDER}/{page}.html", {"has_mail": bool(settings.SMTP), **context}, status=status)


@working_page("GET", "HEAD")
def people(request: HttpRequest, key: str) -> HttpResponse:
    """Who has access at an organiser, and who is invited."""
    found = queries.people(viewer_of(request), key)
    return _page(request, "people", people=found, done=request.GET.get("klart", ""))


@working_page("GET", "HEAD", "POST")
def invite(request: HttpRequest, key: str) -> HttpResponse:
    """Invite somebody to a role at an organiser or one of its units."""
    viewer = viewer_of(request)
    places = queries.places_to_invite_to(viewer, key)
    form = OrganiserInviteForm(request.POST if request.method == "POST" else None, places)
    if form.is_bound:
        pace.ask(viewer, "invite", key)
        if carried_out(form, lambda: invitations.invite(viewer, form.wanted())):
            return _done(key, "inbjuden")
    status = 422 if form.errors else 200
    return _page(request, "invite", status, form=form, key=key, name=places[0][1], back=_home(key))


@working_page("GET", "HEAD", "POST")
def invite_national(request: HttpRequest) -> HttpResponse:
    """Invite somebody to a national role, or to be the first at an organiser."""
    viewer = viewer_of(request)
    queries.national_people(viewer)  # who may not see them does not get the form either
    form = OperatorInviteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and carried_out(form, lambda: invitations.invite(viewer, form.wanted())):
        return _done("", "inbjuden")
    return _page(request, "invite", 422 if form.errors else 200, form=form, key="", name="", back=_home(""))


@working_page("GET", "HEAD", "POST")
def role(request: HttpRequest, grant: UUID, key: str = "") -> HttpResponse:
    """Set the last day of somebody's role, or go on to end it."""
    viewer = viewer_of(request)
    found = _role_at(request, grant, key)
    ends_at = found.role.ends_at
    first = {"last_day": queries.last_day(ends_at) if ends_at else None}
    form = LastDayForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_bound and carried_out(form, lambda: actions.change_last_day(viewer, grant, form.day())):
        return _done(key, "andrad")
    return _page(request, "role", 422 if form.errors else 200, found=found, form=form, back=_home(key), key=key)


@working_page("POST")
def end(request: HttpRequest, grant: UUID, key: str = "") -> HttpResponse:
    """End a role now."""
    _role_at(request, grant, key)
    actions.end(viewer_of(request), grant)
    return _done(key, "avslutad")


def _role_at(request: HttpRequest, grant: UUID, key: str) -> queries.OneRole:
    found = queries.role_of_somebody(viewer_of(request), grant)
    if found.role.organiser != key:
        raise NotFound(queries.NO_SUCH_ROLE)
    return found


@working_page("POST")
def send_again(request: HttpRequest, invitation: UUID, key: str = "") -> HttpResponse:
    """Send an invitation again, with a new link."""
    invitations.send_again(viewer_of(request), invitation)
    return _done(key, "skickad")


@working_page("POST")
def withdraw(request: HttpRequest, invitation: UUID, key: str = "") -> HttpResponse:
    """Take an invitation back."""
    invitations.withdraw(viewer_of(request), invitation)
    return _done(key, "aterkallad")


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What an invitation is, and yes to it. Looking changes nothing: programs that read letters open links too."""
    viewer = viewer_of(request)
    if request.method == "POST":
        pace.ask(viewer, "invitation", address_of(request))
        return _accepted(request, invitations.say_yes(viewer, token))
    opened = queries.invitation_by_link(viewer, token)
    status = 200 if opened.state is InvitationState.OPEN else GONE
    ways = bool(settings.FEDERATION.ways())
    return _page(request, "invitation", status, opened=opened, token=token, has_federation=ways)


def _accepted(request: HttpRequest, accepted: invitations.Accepted) -> HttpResponse:
    """In, when the account was made just now. Who had one signs in as always: the link is no second factor."""
    viewer = viewer_of(request)
    if viewer.is_signed_in:
        return redirect("account")
    if not accepted.is_new:
        return redirect(f"{reverse('sign_in')}?klart=rollen")
    session = sessions.begin(viewer, accepted.person, Method.INVITATION, Assurance.LINK, device_of(request))
    return signed_in(request, session, with_onward("account.safer", reverse("account")))


@working_page("GET", "HEAD")
def operations(request: HttpRequest) -> HttpResponse:
    """The operator's page: letters, national people and what is loaded."""
    viewer = viewer_of(request)
    queue = queries.letter_queue(viewer)
    letters = queries.waiting_letters(viewer, LETTERS_SHOWN)
    context = {"queue": queue, "letters": letters, "editions": statistics.editions(viewer)}
    people = queries.national_people(viewer)
    return _page(request, "operations", people=people, done=request.GET.get("klart", ""), **context)
