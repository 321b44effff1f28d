"""Answering without an account: by a code on a wall or a link of one's own, and what the receipt is good for.

Whoever answers is nobody: these pages know no session, and what they answer is kept by no cache.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods
from markupsafe import Markup

from styrkedjan.actions.assessments import answering as actions
from styrkedjan.core.assessments.campaigns import Phase
from styrkedjan.core.assessments.open_forms import LinkUsed, OpenForm
from styrkedjan.core.assessments.sheets import Sheet, TooLongComment, group_code, in_fours, receipt_code
from styrkedjan.core.refused import NotFound, Refused
from styrkedjan.pages.assessments.answering.receipts import (
    PATH,
    Asked,
    device_key,
    forget,
    just_done,
    keep,
    keep_done,
    receipt_on,
)
from styrkedjan.pages.assessments.answering.showing import facts, lines, posted_sheet
from styrkedjan.pages.layout.answering import View, viewer_of
from styrkedjan.queries.assessments import answering as queries
from styrkedjan.queries.assessments.answering import CountedSheet, HeldSheet
from styrkedjan.render.swedish import capitalise

TEMPLATES = "assessments/templates/"
NO_SUCH_CODE = (
    "Det finns ingen självvärdering med den koden. Den kan ha tagits bort. Kontrollera koden och försök igen."
)
NO_SUCH_LINK = "Länken leder inte längre någonstans. Självvärderingen kan vara räknad, eller så är länken inte hel."
NOTHING = Sheet({})


def unseen_page(view: View) -> View:
    """A page that knows nobody and that no cache keeps."""

    def answer(request: HttpRequest, **arguments: object) -> HttpResponse:
        response = view(request, **arguments)
        patch_cache_control(response, no_store=True, private=True)
        return response

    return require_http_methods(["GET", "HEAD", "POST"])(answer)


@unseen_page
def start(request: HttpRequest) -> HttpResponse:
    """Type the code that hangs on the wall."""
    typed = request.POST.get("kod", "")[:100]
    code = group_code(typed)
    if code and queries.form_by_code(viewer_of(request), code):
        return redirect("answer.form", code=code)
    problem = _code_problem(typed, code) if request.method == "POST" else ""
    context = {"typed": typed, "problem": problem}
    return render(request, f"{TEMPLATES}answer_start.html", context, status=422 if problem else 200)


def _code_problem(typed: str, code: str) -> str:
    if code:
        return f"Det finns ingen självvärdering med koden {code}. Jämför med affischen, tecken för tecken."
    if receipt_code(typed):
        return "Det där är ett kvitto. Skriv det på sidan för kvitton i stället."
    return "Koden har sju tecken, bokstäver och siffror, som K7QF2M9. Stora eller små bokstäver spelar ingen roll."


@unseen_page
def form(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a group, by its code."""
    known = group_code(code)
    found = queries.form_by_code(viewer_of(request), known) if known else None
    if found is None:
        raise NotFound(NO_SUCH_CODE)
    if known != code:
        return redirect("answer.form", code=known)
    return _answer(request, Asked(found))


@unseen_page
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The form behind a link of one's own."""
    found = queries.form_by_link(viewer_of(request), token)
    if found is None:
        raise NotFound(NO_SUCH_LINK)
    return _answer(request, Asked(found[0], token, found[1]))


def _answer(request: HttpRequest, asked: Asked) -> HttpResponse:
    if request.method == "POST" and "fortsatt" in request.POST:
        return _continue(request, asked)
    return _handed_in(request, asked) if request.method == "POST" else _opened(request, asked)


def _opened(request: HttpRequest, asked: Asked) -> HttpResponse:
    viewer, receipt = viewer_of(request), receipt_on(request, asked)
    held = queries.sheet_behind(viewer, receipt) if receipt else None
    phase = asked.form.campaign.phase(datetime.now(UTC))
    if isinstance(held, CountedSheet) or (held and held.handed_in):
        return render(request, f"{TEMPLATES}answer_closed.html", _outside(asked) | {"phase": phase, "held": held})
    if (phase is not Phase.OPEN and not (phase is Phase.GRACE and receipt)) or not asked.form.is_answered_alone:
        return render(request, f"{TEMPLATES}answer_closed.html", _outside(asked) | {"phase": phase, "held": None})
    if asked.link_used:
        raise LinkUsed
    sheet = queries.contents(viewer, held) if held else NOTHING
    return _form_page(request, asked, receipt or actions.new_receipt(), sheet)


def _outside(asked: Asked) -> dict[str, object]:
    return {"form": asked.form, "asked": asked, "outcome_url": _outcome_url(asked.form.group.code)}


def _outcome_url(code: str) -> str:
    try:
        return reverse("answer.outcome", args=[code]) if code else ""
    except NoReverseMatch:
        return ""


def _form_page(
    request: HttpRequest,
    asked: Asked,
    receipt: str,
    sheet: Sheet,
    problem: Refused | None = None,
    *,
    told: bool = False,
) -> HttpResponse:
    """The form with what has been answered. ``told`` says that what stands in it goes before what the device has."""
    own = {"asked": asked, "receipt": receipt, "told": told or bool(problem)}
    context = _form_context(asked.form, sheet, problem) | own
    response = render(request, f"{TEMPLATES}answer_form.html", context, status=problem.status if problem else 200)
    keep(response, asked, receipt)
    return response


def _form_context(form: OpenForm, sheet: Sheet, problem: Refused | None) -> dict[str, object]:
    statements = _statements(form, sheet, problem) if problem or sheet is not NOTHING else _empty(form)
    return {
        "form": form,
        "facts": facts(form),
        "lines": lines(form),
        "statements": statements,
        "problem": capitalise(problem.message) if problem else "",
        "wrong_row": _wrong_row(problem),
        "is_closed": bool(problem) and form.campaign.phase(datetime.now(UTC)) in (Phase.CLOSED, Phase.COUNTED),
        "begun": bool(sheet.answers or sheet.comments),
    }


def _statements(form: OpenForm, sheet: Sheet, problem: Refused | None = None) -> Markup:
    context = {
        "form": form,
        "facts": facts(form),
        "lines": lines(form),
        "sheet": sheet,
        "problem": capitalise(problem.message) if problem else "",
        "wrong_row": _wrong_row(problem),
    }
    return Markup(render_to_string(f"{TEMPLATES}answer_statements.html", context))  # noqa: S704  (a template of ours)


@lru_cache(maxsize=256)
def _empty(form: OpenForm) -> Markup:
    """The statements before anybody has answered: most of the page, and the same for everyone who opens it."""
    return _statements(form, NOTHING)


def _wrong_row(problem: Refused | None) -> str:
    return problem.row if isinstance(problem, TooLongComment) else ""


def _continue(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Go on with what was begun on another device, on the page of one's own link."""
    receipt = receipt_code(request.POST.get("fortsatt", ""))
    held = queries.sheet_behind(viewer_of(request), receipt) if receipt else None
    if not isinstance(held, HeldSheet) or held.open_form.group.key != asked.form.group.key:
        raise NotFound("Det finns inget påbörjat svar här med det kvittot. Kontrollera koden, tecken för tecken.")
    return _form_page(request, asked, receipt, queries.contents(viewer_of(request), held), told=True)


def _handed_in(request: HttpRequest, asked: Asked) -> HttpResponse:
    sheet, receipt = posted_sheet(request.POST), receipt_code(request.POST.get("kvitto", ""))
    finished = "spara" not in request.POST
    try:
        actions.hand_in(viewer_of(request), asked.form, receipt, sheet, finished=finished, link=asked.link)
    except Refused as problem:
        return _form_page(request, asked, receipt or actions.new_receipt(), sheet, problem)
    response = HttpResponseRedirect(reverse("answer.done"), status=303)
    keep(response, asked, receipt)
    keep_done(response, asked, receipt)
    return response


@unseen_page
def done(request: HttpRequest) -> HttpResponse:
    """What has just been handed in or saved, with its receipt; or, posted to, the device forgets it."""
    if request.method == "POST":
        return _forgotten(request)
    receipt, key = just_done(request)
    held = queries.sheet_behind(viewer_of(request), receipt) if receipt else None
    if not isinstance(held, HeldSheet):
        return redirect("answer.receipt")
    context = _receipt_context(receipt, held) | {"device_key": key, "again": _again(held, key)}
    return render(request, f"{TEMPLATES}answer_done.html", context)


def _again(held: HeldSheet, key: str) -> str:
    """Where the next person on the same device begins: not on somebody else's own link."""
    by_code = key == device_key(held.open_form) and held.open_form.group.code
    return reverse("answer.form", args=[held.open_form.group.code]) if by_code else PATH


def _forgotten(request: HttpRequest) -> HttpResponse:
    """Take the receipt away from the device, and begin again where the form says."""
    _, key = just_done(request)
    posted, to = request.POST.get("glom", ""), request.POST.get("till", "")
    ours = to.startswith(PATH) and "//" not in to and "\\" not in to
    response = HttpResponseRedirect(to if ours else PATH, status=303)
    forget(response, key, posted if posted.startswith("svar-") else "")
    return response


def _receipt_context(receipt: str, held: HeldSheet | CountedSheet) -> dict[str, object]:
    is_held = isinstance(held, HeldSheet)
    phase = held.open_form.campaign.phase(datetime.now(UTC)) if is_held else Phase.COUNTED
    return {
        "receipt": receipt,
        "receipt_in_fours": in_fours(receipt),
        "held": held if is_held else None,
        "counted": None if is_held else held,
        "phase": phase,
        "can_change": is_held and phase in (Phase.OPEN, Phase.GRACE),
    }


@unseen_page
def receipt(request: HttpRequest) -> HttpResponse:
    """Type the code of a receipt: what became of the sheet, and change it or take it back until closing."""
    typed = request.POST.get("kvitto", "")[:100]
    code = receipt_code(typed)
    if request.method != "POST":
        return _receipt_page(request, {})
    try:
        return _with_receipt(request, code, request.POST)
    except Refused as problem:
        return _receipt_page(request, {"typed": typed, "problem": capitalise(problem.message)}, problem.status)


def _with_receipt(request: HttpRequest, code: str, data: Mapping[str, str]) -> HttpResponse:
    held = queries.sheet_behind(viewer_of(request), code) if code else None
    if held is None:
        raise NotFound(_receipt_problem(code))
    context = _receipt_context(code, held)
    if "andra" in data and isinstance(held, HeldSheet) and context["can_change"]:
        sheet = queries.contents(viewer_of(request), held)
        return _form_page(request, Asked(held.open_form), code, sheet, told=True)
    if "ta-tillbaka" in data:
        actions.take_back(viewer_of(request), code)
        response = _receipt_page(request, {"taken_back": True})
        forget(response, Asked(held.open_form).device_key if isinstance(held, HeldSheet) else "")
        return response
    return _receipt_page(request, context)


def _receipt_problem(code: str) -> str:
    if not code:
        return (
            "Ett kvitto har sexton tecken, fyra grupper om fyra. Bokstäverna I och O och siffrorna 0 och 1 finns inte."
        )
    return (
        "Det finns inget svar med det kvittot. Antingen är något tecken fel, eller så är svaret tillbakataget, eller "
        "så hör det till en grupp som var för liten för att sparas."
    )


def _receipt_page(request: HttpRequest, context: Mapping[str, object], status: int = 200) -> HttpResponse:
    whole = {"typed": "", "problem": "", "taken_back": False, "held": None, "counted": None, **context}
    return render(request, f"{TEMPLATES}answer_receipt.html", whole, status=status)
