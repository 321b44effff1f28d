"""The pages that a campaign is followed and led on: the list, one campaign, its changes and how it ends."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.actions.assessments import asking
from styrkedjan.actions.assessments import campaigns as actions
from styrkedjan.core.access import Permission, Role, Viewer, may
from styrkedjan.core.assessments.campaigns import Mode, Phase
from styrkedjan.core.assessments.plans import BadPlan, CampaignChange, fingerprint
from styrkedjan.pages.assessments.campaigns.forms import ChangeForm, counts_in
from styrkedjan.pages.assessments.campaigns.showing import (
    asks_what,
    done,
    how,
    level_parts,
    maybe_address,
    next_step,
    phase_line,
    split,
    who_sees,
)
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.pages.layout.environment import place_address
from styrkedjan.queries.assessments import leading as queries
from styrkedjan.queries.catalogue import catalogue, framework_of

TEMPLATES = "assessments/templates/"
RUN = Permission.RUN_SELF_ASSESSMENTS


@working_page("GET")
def assessments(request: HttpRequest, key: str) -> HttpResponse:
    """The campaigns of a place, for those who lead and for those who are asked."""
    viewer = viewer_of(request)
    here = queries.here(viewer, key)
    reads = may(viewer, Permission.READ_SELF_ASSESSMENTS, key).allowed
    going, counted = split(queries.campaigns(viewer, key) if reads else ())
    context = {
        "here": here,
        "mine": queries.to_answer(viewer, key),
        "going": going,
        "counted": counted,
        "reads": reads,
        "importing": maybe_address("assessment.import", key),
    }
    return _page(request, "assessments", context)


def _page(request: HttpRequest, name: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    shared = {"done": done(request), "phase_line": phase_line, "next_step": next_step, "maybe": maybe_address}
    return render(request, f"{TEMPLATES}{name}.html", {**shared, **context}, status=status)


@working_page("GET")
def assessment(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """One campaign: where it is, how many have handed in, and what there is to do."""
    viewer = viewer_of(request)
    found = queries.overview(viewer, key, campaign)
    runs = may(viewer, RUN, key).allowed
    context = {"runs": runs, "leads": runs and found.is_own, "chooses": _chooses(viewer, found)}
    return _page(request, "assessment", {**_about(found), **context})


def _about(found: queries.Overview) -> dict[str, object]:
    value = found.campaign
    return {
        "here": found.here,
        "found": found,
        "levels": level_parts(found),
        "how": how(value.modes),
        "asks": asks_what(value, framework_of(value.edition)),
        "shared": Mode.SHARED in value.modes,
        "visible": who_sees(found.here.key),
        "rules": catalogue().disclosure.answers,
    }


def _chooses(viewer: Viewer, found: queries.Overview) -> bool:
    """Whether this viewer says if the unit is part of the organiser's total."""
    waits = found.phase is not Phase.COUNTED
    return waits and found.here.is_unit and Role.PRINCIPAL in viewer.roles_at(found.here.key)


@working_page("GET", "POST")
def edit(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """Change title, dates and how many are asked; a unit in its organiser's campaign, only the last."""
    viewer = viewer_of(request)
    found = queries.overview(viewer, key, campaign, RUN)
    form = _change_form(request, found)
    counts, wrong = counts_in(request.POST, [group.key for group in found.values])
    if request.method == "POST" and form.is_valid() and not wrong:
        try:
            _change(viewer, found, campaign, form, counts)
            return _back(key, campaign, "andrad")
        except BadPlan as bad:
            form.show(bad)
    context = {"here": found.here, "found": found, "form": form, "wrong": wrong, "typed": request.POST}
    return _page(request, "assessment_edit", context, 422 if form.errors or wrong else 200)


def _change_form(request: HttpRequest, found: queries.Overview) -> ChangeForm:
    value = found.campaign
    counts = [(group.key, group.asked_count) for group in found.values]
    seen = fingerprint(value.title, value.opens_at, value.closes_at, counts)
    data = request.POST if request.method == "POST" else None
    form = ChangeForm(data, value, has_opened=found.phase is not Phase.PLANNED, seen=seen)
    if not found.is_own:
        form.fields.clear()
    return form


def _change(viewer: Viewer, found: queries.Overview, key: UUID, form: ChangeForm, counts: dict[str, int]) -> None:
    if not found.is_own:
        actions.change_asked(viewer, found.here.key, key, counts)
        return
    given = form.cleaned_data
    wanted = CampaignChange(given["title"], form.opens_at, form.closes_at, counts, given["seen"])
    actions.change_campaign(viewer, found.here.key, key, wanted)


def _back(key: str, campaign: UUID, word: str) -> HttpResponse:
    address = place_address("assessment", key, campaign)
    return HttpResponse(status=303, headers={"Location": f"{address}?klart={word}"})


@working_page("GET", "POST")
def close(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """Ask, and then close now."""
    viewer = viewer_of(request)
    found = queries.overview(viewer, key, campaign, RUN)
    if request.method == "POST":
        actions.close_now(viewer, key, campaign)
        return _back(key, campaign, "stangd")
    return _page(request, "assessment_close", {"here": found.here, "found": found, "levels": level_parts(found)})


@working_page("GET", "POST")
def remove(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """Ask, and then take the campaign away."""
    viewer = viewer_of(request)
    found = queries.overview(viewer, key, campaign, RUN)
    if request.method == "POST":
        actions.remove(viewer, key, campaign)
        return HttpResponse(status=303, headers={"Location": f"{place_address('assessments', key)}?klart=borttagen"})
    return _page(request, "assessment_remove", {"here": found.here, "found": found})


@working_page("GET", "POST")
def remind(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """Ask, and then remind those who have not used their links."""
    viewer = viewer_of(request)
    found = queries.overview(viewer, key, campaign, RUN)
    if request.method == "POST":
        asking.remind(viewer, key, campaign)
        return _back(key, campaign, "paminns")
    return _page(request, "assessment_remind", {"here": found.here, "found": found})


@working_page("GET", "POST")
def roll_up(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """Let the unit's answers be part of the organiser's total, or not."""
    viewer = viewer_of(request)
    found = queries.overview(viewer, key, campaign, RUN)
    if request.method == "POST":
        wanted = request.POST.get("med") == "1"
        actions.set_roll_up(viewer, key, campaign, wanted)
        return _back(key, campaign, "med" if wanted else "utan")
    part = any(group.rolls_up for group in found.values)
    context = {"here": found.here, "found": found, "part": part, "chooses": _chooses(viewer, found)}
    return _page(request, "assessment_roll_up", context)
