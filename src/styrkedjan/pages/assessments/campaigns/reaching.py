"""The pages that those who are asked are reached by: a group's code, its poster and paper form, and letters."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from styrkedjan.actions.assessments import asking
from styrkedjan.actions.assessments.answering import new_receipt
from styrkedjan.core.access import Permission
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.campaigns import Phase
from styrkedjan.core.assessments.papers import MOST_PAPERS
from styrkedjan.core.refused import BadInput, NotFound
from styrkedjan.pages.assessments.answering.showing import facts, readers
from styrkedjan.pages.assessments.campaigns.forms import AskForm
from styrkedjan.pages.assessments.campaigns.showing import maybe_address
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.pages.layout.environment import words
from styrkedjan.pages.sharing.answering import attached, page_of
from styrkedjan.queries.assessments import leading as queries
from styrkedjan.queries.assessments.answering import paper_form
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.render.answer_forms import paper_pdf, poster_pdf, qr_svg, shown_address

TEMPLATE = "assessments/templates/assessment_ask.html"
RUN = Permission.RUN_SELF_ASSESSMENTS


@working_page("GET", "POST")
def ask(request: HttpRequest, key: str, campaign: UUID, group: UUID) -> HttpResponse:
    """How one group is reached: its code, poster and paper form, and a personal link to each by e-mail."""
    viewer = viewer_of(request)
    found = queries.overview(viewer, key, campaign, RUN)
    followed = _group(found, group)
    form, asked = AskForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            asked = asking.ask(viewer, key, campaign, group, form.cleaned_data["addresses"])
        except BadInput as bad:
            form.add_error("addresses", bad.message)
        else:
            found, form = queries.overview(viewer, key, campaign, RUN), AskForm()
            followed = _group(found, group)
    context = _context(found, followed) | {"form": form, "asked": asked}
    return render(request, TEMPLATE, context, status=422 if form.errors else 200)


def _group(found: queries.Overview, group: UUID) -> queries.FollowedGroup:
    followed = next((each for each in found.groups if each.group.key == str(group)), None)
    if followed is None:
        raise NotFound(NO_SUCH_PAGE)
    return followed


def _context(found: queries.Overview, followed: queries.FollowedGroup) -> dict[str, object]:
    code = followed.group.code
    address = code_address(code)
    return {
        "here": found.here,
        "found": found,
        "followed": followed,
        "qr": qr_svg(address, words()("answer_paper.qr", address=shown_address(address))),
        "start": shown_address(settings.SITE_ADDRESS + reverse("answer.start")),
        "can_ask": found.phase in (Phase.PLANNED, Phase.OPEN)
        and found.here.key in (followed.group.place, found.campaign.place),
        "left": followed.group.asked_count - followed.links_sent,
        "maybe": maybe_address,
        "most_papers": MOST_PAPERS,
    }


def code_address(code: str) -> str:
    """The address that a group's QR code holds."""
    return settings.SITE_ADDRESS + reverse("answer.form", args=[code])


@working_page("GET")
def poster(request: HttpRequest, key: str, campaign: UUID, group: UUID) -> HttpResponse:
    """The poster of a group, as PDF."""
    form = paper_form(viewer_of(request), key, campaign, group)
    start = settings.SITE_ADDRESS + reverse("answer.start")
    content = poster_pdf(form, start, code_address(form.group.code), facts(form).minutes, words())
    return attached(content, f"affisch-{form.group.code.lower()}.pdf", "application/pdf")


@working_page("GET")
def paper(request: HttpRequest, key: str, campaign: UUID, group: UUID) -> HttpResponse:
    """The form of a group on paper, so many copies as ``?antal=`` says, each with a receipt of its own."""
    form = paper_form(viewer_of(request), key, campaign, group)
    copies = min(page_of(request, "antal", form.group.asked_count), MOST_PAPERS)
    address = settings.SITE_ADDRESS + reverse("answer.receipt")
    receipts = [new_receipt() for _ in range(copies)]
    content = paper_pdf(form, receipts, address, readers(form), catalogue().disclosure.answers, words())
    return attached(content, f"blankett-{form.group.code.lower()}.pdf", "application/pdf")
