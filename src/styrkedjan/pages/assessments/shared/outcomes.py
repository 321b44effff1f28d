"""Återkoppling: what was heard and decided, looked at before it is published, and read by all who could answer."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from styrkedjan.actions.assessments.outcomes import publish_outcomes, remove_outcome
from styrkedjan.core.access import ANYONE, Permission, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.chosen import ChosenResults
from styrkedjan.core.assessments.outcomes import LONGEST_TEXT, OutcomeText, checked_outcomes
from styrkedjan.core.refused import BadInput, NotFound
from styrkedjan.pages.assessments.shared.placing import here
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.pages.layout.environment import place_address, words
from styrkedjan.queries.assessments import outcomes as queries
from styrkedjan.queries.assessments.outcomes import CampaignOutcome
from styrkedjan.render.chosen_results import PrintedResults, printed_results

TEMPLATES = "assessments/templates/"
DONE = {"publicerat": "Publicerat. Alla som kunde svara kan läsa det.", "borttaget": "Texten är borttagen."}


@working_page("GET")
def outcome(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """What everyone who could answer at the place reads."""
    viewer = viewer_of(request)
    found = queries.outcome(viewer, key, campaign)
    context = _reading(found) | {
        "here": here(viewer, key),
        "may_write": _may_write(viewer, found),
        "done": DONE.get(request.GET.get("klart", ""), ""),
    }
    return render(request, f"{TEMPLATES}outcome.html", context)


@require_safe
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """The same without an account; nobody is asked who she is."""
    context = _reading(queries.outcome_by_code(ANYONE, code))
    response = render(request, f"{TEMPLATES}answer_outcome.html", context)
    patch_cache_control(response, no_store=True, private=True)
    return response


def _reading(found: CampaignOutcome) -> dict[str, object]:
    return {
        "outcome": found,
        "campaign": found.campaign,
        "results": _printed(found.results),
        "organiser_results": _printed(found.organiser_results),
    }


def _printed(results: ChosenResults | None) -> PrintedResults | None:
    return printed_results(results, words()) if results and results.factors else None


def _may_write(viewer: Viewer, found: CampaignOutcome) -> bool:
    """Whoever has opened a campaign says what came of it."""
    return found.place == found.campaign.place and may(viewer, Permission.RUN_SELF_ASSESSMENTS, found.place).allowed


@working_page("GET", "POST")
def write(request: HttpRequest, key: str, campaign: UUID) -> HttpResponse:
    """Write, look, and only then publish."""
    viewer = viewer_of(request)
    may(viewer, Permission.RUN_SELF_ASSESSMENTS, key).require()
    found = queries.outcome(viewer, key, campaign)
    if not _may_write(viewer, found):
        raise NotFound(NO_SUCH_PAGE)
    texts = _texts(request, found)
    if request.method != "POST" or "andra" in request.POST:
        return _form_page(request, found, texts)
    try:
        return _sent(request, found, texts)
    except BadInput as error:
        return _form_page(request, found, texts, error.message)


def _texts(request: HttpRequest, found: CampaignOutcome) -> tuple[OutcomeText, ...]:
    sent = request.POST
    return tuple(
        OutcomeText(factor, sent.get(f"hort-{factor}", ""), sent.get(f"beslut-{factor}", ""))
        for factor, _ in found.factors
    )


def _sent(request: HttpRequest, found: CampaignOutcome, texts: tuple[OutcomeText, ...]) -> HttpResponse:
    kept = checked_outcomes(texts, (factor for factor, _ in found.factors))
    if "publicera" not in request.POST:
        context = _writing(request, found) | {"texts": kept, "names": dict(found.factors)}
        return render(request, f"{TEMPLATES}outcome_preview.html", context)
    publish_outcomes(viewer_of(request), found.place, UUID(found.campaign.key), kept)
    address = place_address("assessment.outcome", found.place, found.campaign.key)
    return HttpResponse(status=303, headers={"Location": f"{address}?klart=publicerat"})


def _writing(request: HttpRequest, found: CampaignOutcome) -> dict[str, object]:
    return {"here": here(viewer_of(request), found.place), "outcome": found, "campaign": found.campaign}


def _form_page(
    request: HttpRequest, found: CampaignOutcome, texts: tuple[OutcomeText, ...], problem: str = ""
) -> HttpResponse:
    context = _writing(request, found) | {
        "texts": {text.factor: text for text in texts},
        "results": _printed(found.results),
        "problem": problem,
        "longest": LONGEST_TEXT,
    }
    return render(request, f"{TEMPLATES}outcome_form.html", context, status=422 if problem else 200)


@working_page("GET", "POST")
def remove(request: HttpRequest, key: str, campaign: UUID, outcome: UUID) -> HttpResponse:
    """Ask, and then take one published text away."""
    viewer = viewer_of(request)
    may(viewer, Permission.RUN_SELF_ASSESSMENTS, key).require()
    found = queries.outcome(viewer, key, campaign)
    text = next((each for each in found.outcomes if each.key == outcome), None)
    if text is None or not _may_write(viewer, found):
        raise NotFound(NO_SUCH_PAGE)
    if request.method == "POST":
        remove_outcome(viewer, key, campaign, outcome)
        address = place_address("assessment.outcome", key, campaign)
        return HttpResponse(status=303, headers={"Location": f"{address}?klart=borttaget"})
    return render(request, f"{TEMPLATES}outcome_remove.html", _writing(request, found) | {"text": text})
