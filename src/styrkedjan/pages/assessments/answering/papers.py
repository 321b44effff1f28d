"""Typing in what was answered on paper: one line per paper, shown as it was understood before it is saved."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.actions.assessments import answering as actions
from styrkedjan.core.assessments.open_forms import OpenForm
from styrkedjan.core.assessments.papers import MOST_PAPERS, Paper, marks_of, read_papers
from styrkedjan.core.assessments.sheets import in_fours
from styrkedjan.core.refused import Refused
from styrkedjan.pages.assessments.answering.showing import lines
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.queries.assessments import answering as queries
from styrkedjan.queries.sharing import Here
from styrkedjan.render.swedish import capitalise, plural

TEMPLATE = "assessments/templates/typing.html"


@working_page("GET", "POST")
def typing(request: HttpRequest, key: str, campaign: UUID, group: UUID) -> HttpResponse:
    """Type, look at how it was read, and save."""
    viewer = viewer_of(request)
    form = queries.paper_form(viewer, key, campaign, group)
    text = request.POST.get("papper", "")
    papers = read_papers(form.form, form.scale, text)
    problem = _problem(request, papers)
    if not problem and "spara" in request.POST:
        try:
            actions.hand_in_papers(viewer, key, form, papers)
        except Refused as refused:
            problem = capitalise(refused.message)
        else:
            return _page(request, key, form, text="", saved=len(papers))
    if not problem and papers and "andra" not in request.POST:
        return _page(request, key, form, text=_with_codes(text, papers), papers=papers)
    return _page(request, key, form, text=text, problem=problem, wrong=tuple(each for each in papers if each.problem))


def _problem(request: HttpRequest, papers: tuple[Paper, ...]) -> str:
    if request.method != "POST" or "andra" in request.POST:
        return ""
    if not papers:
        return "Skriv minst en rad: ett papper på varje rad."
    if len(papers) > MOST_PAPERS:
        return f"Det är {len(papers)} papper. Skriv in högst {MOST_PAPERS} åt gången."
    codes = [each.receipt for each in papers if each.receipt]
    if len(codes) != len(set(codes)):
        return "Samma kvitto står på två rader. Varje papper har sitt eget."
    wrong = sum(1 for each in papers if each.problem)
    return f"{plural(wrong, 'rad', 'rader')} går inte att läsa. Inget har sparats än." if wrong else ""


def _with_codes(text: str, papers: tuple[Paper, ...]) -> str:
    """The text with a receipt before each line that has none, so that saving it twice saves each paper once."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for paper in papers:
        if not paper.receipt:
            rows[paper.line - 1] = f"{in_fours(actions.new_receipt())}: {rows[paper.line - 1].strip()}"
    return "\n".join(rows)


def _page(request: HttpRequest, key: str, form: OpenForm, **what: object) -> HttpResponse:
    papers = what.get("papers", ())
    context = {
        "here": Here(key, _name(form, key), form.campaign.organiser, form.organiser_name),
        "form": form,
        "lines": lines(form),
        "problem": "",
        "wrong": (),
        "saved": 0,
        "read": [(paper, marks_of(form.form, paper.sheet)) for paper in papers],  # type: ignore[attr-defined]
        **what,
    }
    return render(request, TEMPLATE, context, status=422 if context["problem"] else 200)


def _name(form: OpenForm, key: str) -> str:
    return form.place_name if key == form.group.place else form.organiser_name
