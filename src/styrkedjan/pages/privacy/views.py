"""What the house keeps and why, who may what, how accessible it is; and everything of one's own, to take or remove."""

from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from styrkedjan.actions.access import privacy as actions
from styrkedjan.core.access import NATIONAL_ROLES, PLACE_ROLES, STRONG_PERMISSIONS, Permission, Role, permissions_of
from styrkedjan.pages.access.cookies import sign_out_response
from styrkedjan.pages.layout.answering import public_page, viewer_of, working_page
from styrkedjan.pages.layout.environment import words
from styrkedjan.pages.privacy.forms import RemoveForm
from styrkedjan.queries.access import privacy as queries
from styrkedjan.render.privacy import extract_zip, printed_cell, printed_privacy
from styrkedjan.render.swedish import moment

FOLDER = "privacy/templates"
UNCONFIRMED = 422
EVERYBODY = (Role.ANYONE, Role.SIGNED_IN)


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    """Personal data: what is kept, why and how long, and what a person may ask for."""
    context = {"tables": printed_privacy(queries.privacy_register(), words()), "contact": settings.CONTACT}
    return render(request, f"{FOLDER}/privacy.html", context)


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement (tillgänglighetsredogörelse)."""
    return render(request, f"{FOLDER}/accessibility.html", {"contact": settings.CONTACT})


@public_page
def roles(request: HttpRequest) -> HttpResponse:
    """Which role may do what, from the one table that the house itself obeys."""
    tables = (_matrix("Hos en huvudman", (*EVERYBODY, *PLACE_ROLES)), _matrix("Nationellt", NATIONAL_ROLES))
    return render(request, f"{FOLDER}/roles.html", {"tables": tables})


def _matrix(title: str, held: tuple[Role, ...]) -> dict[str, object]:
    """Roles across and permissions down, only those that some of the roles have."""
    asked = [permission for permission in Permission if any(permission in permissions_of(role) for role in held)]
    rows = [
        (permission, permission in STRONG_PERMISSIONS, [permission in permissions_of(role) for role in held])
        for permission in asked
    ]
    return {"title": title, "roles": held, "rows": rows}


@working_page("GET")
def extract(request: HttpRequest) -> HttpResponse:
    """Everything that the house holds about the one who asks, as a file."""
    viewer, now = viewer_of(request), datetime.now(UTC)
    actions.note_extract(viewer)
    sections = queries.extract(viewer)
    context = {"sections": sections, "made_at": moment(now), "cell": lambda value: printed_cell(value, words())}
    readable = render_to_string(f"{FOLDER}/extract.html", context)
    name = {"Content-Disposition": 'attachment; filename="uppgifter.zip"'}
    return HttpResponse(extract_zip(readable, sections, now), content_type="application/zip", headers=name)


@working_page("GET", "HEAD", "POST")
def remove(request: HttpRequest) -> HttpResponse:
    """Remove one's own account: what goes, what stays and why, and the button."""
    viewer = viewer_of(request)
    form = RemoveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.remove(viewer, UUID(viewer.person))
        return sign_out_response(redirect(reverse("account.removed")))
    stays = [
        (table.about, column.why, column.stays)
        for table in printed_privacy(queries.privacy_register(), words())
        for column in table.columns
        if column.stays
    ]
    context = {"form": form, "found": queries.removal(viewer), "stays": stays}
    return render(request, f"{FOLDER}/remove.html", context, status=UNCONFIRMED if form.errors else 200)


@public_page
def removed(request: HttpRequest) -> HttpResponse:
    """What is said to somebody whose account has been removed."""
    return render(request, f"{FOLDER}/removed.html")
