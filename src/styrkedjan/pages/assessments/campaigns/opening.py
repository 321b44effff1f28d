"""The pages that a campaign is opened on: the form, what it will be, and one that is asked again."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.actions.assessments import campaigns as actions
from styrkedjan.core.access import Permission, Viewer
from styrkedjan.core.assessments.campaigns import Campaign
from styrkedjan.core.assessments.plans import BadPlan
from styrkedjan.core.assessments.repeating import Carried, carried, row_name
from styrkedjan.pages.assessments.campaigns.planning import PlanForm, Start, start_of_repeat
from styrkedjan.pages.assessments.campaigns.showing import how, planned_levels, who_sees
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.pages.layout.environment import place_address
from styrkedjan.queries.assessments import leading as queries
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.queries.sharing import Here

TEMPLATES = "assessments/templates/"


@working_page("GET", "POST")
def new(request: HttpRequest, key: str) -> HttpResponse:
    """Open a campaign: fill in, look at what it will be, and open."""
    viewer = viewer_of(request)
    here = queries.here(viewer, key, Permission.RUN_SELF_ASSESSMENTS)
    return _answered(request, viewer, here, _form(request, viewer, here))


@working_page("GET", "POST")
def repeat(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """Open a campaign that asks the same as an earlier one, in the newest edition of the framework."""
    viewer = viewer_of(request)
    found = queries.overview(viewer, key, campaign, Permission.RUN_SELF_ASSESSMENTS)
    before, frameworks = found.campaign, queries.frameworks_since(found.campaign.edition)
    rows = carried(before, frameworks)
    asked = {(group.place, group.level): group.asked_count for group in found.values}
    form = _form(request, viewer, found.here, before, start_of_repeat(before, rows.rows, asked))
    return _answered(request, viewer, found.here, form, rows)


def _form(
    request: HttpRequest, viewer: Viewer, here: Here, before: Campaign | None = None, start: Start | None = None
) -> PlanForm:
    data = request.POST if request.method == "POST" else None
    units = queries.units_to_ask(viewer, here.key)
    return PlanForm(data, here.key, catalogue().framework, units, before, start)


def _answered(
    request: HttpRequest, viewer: Viewer, here: Here, form: PlanForm, rows: Carried | None = None
) -> HttpResponse:
    if request.method != "POST" or "change" in request.POST or not form.is_valid() or form.plan is None:
        return _form_page(request, here, form, rows)
    if "open" not in request.POST:
        return _review_page(request, here, form)
    try:
        made = actions.open_campaign(viewer, here.key, form.plan, form.ticket)
    except BadPlan as bad:
        form.show(bad)
        return _form_page(request, here, form, rows)
    address = place_address("assessment", here.key, made)
    return HttpResponse(status=303, headers={"Location": f"{address}?klart=oppnad"})


def _form_page(request: HttpRequest, here: Here, form: PlanForm, rows: Carried | None) -> HttpResponse:
    framework = catalogue().framework
    context = {
        "here": here,
        "form": form,
        "ended": rows.ended if rows else (),
        "new_rows": [row_name(framework, row) for row in rows.new] if rows else [],
        "rules": catalogue().disclosure.answers,
        "edition": framework,
    }
    wrong = form.is_bound and bool(form.errors) and "change" not in request.POST
    return render(request, f"{TEMPLATES}assessment_new.html", context, status=422 if wrong else 200)


def _review_page(request: HttpRequest, here: Here, form: PlanForm) -> HttpResponse:
    plan, framework = form.plan, catalogue().framework
    names = {unit.key: unit.name for unit in form.units} | {here.key: here.name}
    context = {
        "here": here,
        "form": form,
        "plan": plan,
        "levels": planned_levels(plan, framework, names),
        "how": how(plan.modes),
        "school_form": framework.school_forms[plan.school_form],
        "visible": who_sees(here.key),
        "rules": catalogue().disclosure.answers,
    }
    return render(request, f"{TEMPLATES}assessment_review.html", context)
