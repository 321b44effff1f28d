"""The sharing dialog, and the receipts: what has left, to whom, who has read it, and taking it back for the future."""

import csv
import io
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.actions import sharing as actions
from styrkedjan.core.access import Agency, Permission, Viewer, may
from styrkedjan.core.refused import WrongState
from styrkedjan.core.sharing import KINDS, SavedMeanwhile, canonical
from styrkedjan.core.sharing.figures import no_formula
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.pages.layout.environment import place_address, words
from styrkedjan.pages.sharing.answering import attached, done
from styrkedjan.pages.sharing.forms import ShareForm
from styrkedjan.pages.sharing.showing import kind_name, receivers, shown, visible_in_list, visible_to
from styrkedjan.queries import sharing as queries
from styrkedjan.render.swedish import SWEDEN

TEMPLATES = "sharing/templates/"
HEADS = (
    "kvitto", "plats", "platsnyckel", "slag", "rubrik", "läsår", "version", "sha256", "mottagare", "delat", "delat av",
    "tillbakataget",
)  # fmt: skip


@working_page("GET", "POST")
def share(request: HttpRequest, key: str, paper: UUID) -> HttpResponse:
    """Who, what exactly, what it leads to; then the button."""
    viewer = viewer_of(request)
    here, found = queries.here(viewer, key), queries.paper(viewer, key, paper)
    decision = may(viewer, Permission.SHARE_WORKING_MATERIAL, here.organiser)
    if not decision.step_up:
        decision.require()
    form = ShareForm(request.POST if request.method == "POST" else None, initial={"version": found.number})
    if request.method == "POST" and form.is_valid():
        return _shared(request, here, found, form)
    return _share_page(request, here, found, form, status=422 if form.is_bound else 200)


def _shared(request: HttpRequest, here: queries.Here, paper: queries.Paper, form: ShareForm) -> HttpResponse:
    viewer, seen = viewer_of(request), form.cleaned_data
    try:
        receipt = actions.share(viewer, here.key, paper.key, seen["version"], Agency(seen["agency"]))
    except SavedMeanwhile:
        return _share_page(request, here, paper, ShareForm(initial={"version": paper.number}), 409, newer=True)
    except WrongState as error:
        form.add_error(None, error.message[:1].upper() + error.message[1:])
        return _share_page(request, here, paper, form, 409)
    address = place_address("receipt", here.key, receipt)
    return HttpResponse(status=303, headers={"Location": f"{address}?klart=delat"})


def _share_page(
    request: HttpRequest, here: queries.Here, paper: queries.Paper, form: ShareForm, status: int, newer: bool = False
) -> HttpResponse:
    decision = may(viewer_of(request), Permission.SHARE_WORKING_MATERIAL, here.organiser)
    context = {
        "here": here,
        "paper": paper,
        "kind_name": kind_name(paper.kind),
        "contents": shown(paper.kind, paper.contents),
        "is_empty": KINDS[paper.kind].is_empty(paper.contents),
        "form": form,
        "decision": decision,
        "newer": newer,
        "visible": visible_to(here.key, paper.open_to),
    }
    return render(request, f"{TEMPLATES}share.html", context, status=status)


@working_page("GET")
def receipts(request: HttpRequest, key: str) -> HttpResponse:
    """Every receipt of the place, newest first."""
    viewer = viewer_of(request)
    context = {"here": queries.here(viewer, key), "receipts": queries.receipts(viewer, key)}
    context["visible"] = visible_in_list(key)
    return render(request, f"{TEMPLATES}receipts.html", context)


@working_page("GET")
def receipts_csv(request: HttpRequest, key: str) -> HttpResponse:
    """The same as a file."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADS)
    writer.writerows(map(_row, queries.receipts(viewer_of(request), key)))
    return attached(b"\xef\xbb\xbf" + text.getvalue().encode(), f"kvitton-{key}.csv", "text/csv; charset=utf-8")


def _row(receipt: queries.Receipt) -> list[str]:
    withdrawn = receipt.withdrawn_at
    cells = (
        receipt.key,
        receipt.place_name,
        receipt.place,
        words()(f"paper_kind.{receipt.kind}"),
        receipt.title,
        receipt.school_year,
        receipt.number,
        receipt.sha256,
        words()(f"agency.{receipt.agency}"),
        receipt.shared_at.astimezone(SWEDEN).isoformat(timespec="seconds"),
        receipt.shared_by,
        withdrawn.astimezone(SWEDEN).isoformat(timespec="seconds") if withdrawn else "",
    )
    return [no_formula(str(cell)) for cell in cells]


def _found(viewer: Viewer, place: str, key: UUID) -> tuple[queries.Here, queries.Receipt]:
    return queries.here(viewer, place), queries.receipt(viewer, place, key)


@working_page("GET")
def receipt(request: HttpRequest, key: str, receipt: UUID) -> HttpResponse:
    """One receipt, and each time the agency has read."""
    viewer = viewer_of(request)
    here, found = _found(viewer, key, receipt)
    context = {
        "here": here,
        "receipt": found,
        "readings": queries.readings(viewer, found),
        "receivers": receivers([found.agency]),
        "may_share": may(viewer, Permission.SHARE_WORKING_MATERIAL, here.organiser),
        "visible": visible_to(key, [found.agency] if found.is_open else ()),
        "done": done(request),
    }
    return render(request, f"{TEMPLATES}receipt.html", context)


@working_page("GET")
def version_json(request: HttpRequest, key: str, receipt: UUID) -> HttpResponse:
    """The shared version, the very bytes that the receipt's hash is of."""
    viewer = viewer_of(request)
    found = queries.receipt(viewer, key, receipt)
    content = canonical(queries.version(viewer, key, found.paper, found.number))
    return attached(content, f"arbetsmaterial-{found.paper}-v{found.number}.json", "application/json")


@working_page("GET", "POST")
def withdraw(request: HttpRequest, key: str, receipt: UUID) -> HttpResponse:
    """Ask, and then end the share for the future."""
    viewer = viewer_of(request)
    here, found = _found(viewer, key, receipt)
    may(viewer, Permission.SHARE_WORKING_MATERIAL, here.organiser).require()
    if request.method == "POST":
        actions.withdraw(viewer, key, receipt)
        address = place_address("receipt", key, receipt)
        return HttpResponse(status=303, headers={"Location": f"{address}?klart=tillbaka"})
    context = {"here": here, "receipt": found, "receivers": receivers([found.agency])}
    return render(request, f"{TEMPLATES}withdraw.html", context)
