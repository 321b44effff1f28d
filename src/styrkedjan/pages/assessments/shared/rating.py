"""The shared rating: row by row on a page, and one row at a time on the wall."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.actions.assessments.shared import rate
from styrkedjan.core.access import Permission, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.campaigns import Phase
from styrkedjan.core.assessments.rating import LONGEST_NOTE, RatedMeanwhile
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.refused import BadInput, NotFound
from styrkedjan.pages.assessments.shared.placing import here
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.pages.layout.environment import place_address, words
from styrkedjan.pages.sharing.answering import page_of
from styrkedjan.pages.sharing.showing import visible_to
from styrkedjan.queries.assessments.shared import SharedSheet, shared_levels, shared_sheet
from styrkedjan.render.chosen_results import PrintedCell, printed_spread

TEMPLATES = "assessments/templates/"


@dataclass(frozen=True)
class Unsaved:
    """What has been chosen and is not saved: the row, the answer and the note, and why."""

    row: str
    answer: str
    note: str
    why: str
    by_another: bool


@working_page("GET", "POST")
def shared(request: HttpRequest, key: str, campaign: UUID, level: str) -> HttpResponse:
    """Every row of a level, each its own form."""
    sheet = _sheet(request, key, campaign, level)
    if request.method != "POST":
        return _list_page(request, key, sheet)
    unsaved = _rated(request, key, sheet)
    if unsaved:
        return _list_page(request, key, _sheet(request, key, campaign, level), unsaved)
    number = sheet.row(request.POST["row"]).number
    address = place_address("assessment.shared", key, campaign, level)
    return HttpResponse(status=303, headers={"Location": f"{address}#rad-{number}"})


@working_page("GET", "POST")
def wall(request: HttpRequest, key: str, campaign: UUID, level: str) -> HttpResponse:
    """One row, large, for a projector."""
    sheet = _sheet(request, key, campaign, level)
    if request.method != "POST":
        return _wall_page(request, key, sheet, min(page_of(request, "rad"), len(sheet.rows)))
    number = sheet.row(request.POST.get("row", "")).number
    unsaved = _rated(request, key, sheet)
    if unsaved:
        return _wall_page(request, key, _sheet(request, key, campaign, level), number, unsaved)
    address = place_address("assessment.shared.wall", key, campaign, level)
    return HttpResponse(status=303, headers={"Location": f"{address}?rad={number}"})


def _sheet(request: HttpRequest, place: str, campaign: UUID, level: str) -> SharedSheet:
    if level not in tuple(ChainLevel):
        raise NotFound(NO_SUCH_PAGE)
    return shared_sheet(viewer_of(request), place, campaign, ChainLevel(level))


def _rated(request: HttpRequest, place: str, sheet: SharedSheet) -> Unsaved | None:
    """Save what was sent; what was not saved and why, when somebody else was first or it cannot be kept."""
    sent = request.POST
    row, answer, note = sent.get("row", ""), sent.get("answer", ""), sent.get("note")
    try:
        rate(viewer_of(request), place, sheet.form, sheet.scale, row, sent.get("seen", ""), answer, note)
    except RatedMeanwhile as error:
        return Unsaved(row, answer, note or "", error.message, True)
    except BadInput as error:
        sheet.row(row)
        return Unsaved(row, answer, note or "", error.message, False)
    return None


def _list_page(request: HttpRequest, place: str, sheet: SharedSheet, unsaved: Unsaved | None = None) -> HttpResponse:
    context = _context(request, place, sheet, unsaved) | {
        "levels": shared_levels(viewer_of(request), place, UUID(sheet.campaign.key)),
        "visible": visible_to(place),
        "longest_note": LONGEST_NOTE,
    }
    return render(request, f"{TEMPLATES}shared_rating.html", context, status=_status(unsaved))


def _wall_page(
    request: HttpRequest, place: str, sheet: SharedSheet, number: int, unsaved: Unsaved | None = None
) -> HttpResponse:
    if not sheet.rows:
        raise NotFound(NO_SUCH_PAGE)
    context = _context(request, place, sheet, unsaved) | {"row": sheet.rows[number - 1], "number": number}
    return render(request, f"{TEMPLATES}shared_wall.html", context, status=_status(unsaved))


def _status(unsaved: Unsaved | None) -> int:
    if unsaved is None:
        return 200
    return 409 if unsaved.by_another else 422


def _context(request: HttpRequest, place: str, sheet: SharedSheet, unsaved: Unsaved | None) -> dict[str, object]:
    viewer = viewer_of(request)
    return {
        "here": here(viewer, place),
        "sheet": sheet,
        "campaign": sheet.campaign,
        "level": sheet.group.level,
        "may_rate": may(viewer, Permission.RUN_SELF_ASSESSMENTS, place).allowed and sheet.phase is not Phase.PLANNED,
        "spread": _spread(sheet),
        "unsaved": unsaved,
    }


def _spread(sheet: SharedSheet) -> dict[str, PrintedCell]:
    """The individual answers by row, in words; nothing before they have been counted."""
    scale = sheet.scale
    steps, outside = tuple(step.name for step in scale.steps), {each.id: each.name for each in scale.outside}
    middle = scale.step_ids.index(scale.middle) if scale.middle else None
    return {
        row.statement.row: printed_spread(row.spread, steps, middle, outside, words())
        for row in sheet.rows
        if row.spread
    }
