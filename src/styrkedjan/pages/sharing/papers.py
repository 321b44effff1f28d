"""The pages of a place's working material: the list, a paper, writing it, its history, copying and removing it."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from styrkedjan.actions import sharing as actions
from styrkedjan.core.access import Agency, Permission, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.refused import NotFound
from styrkedjan.core.sharing import KINDS, PaperKind, SavedMeanwhile
from styrkedjan.core.sharing.figures import written_csv
from styrkedjan.core.sharing.kinds import figures_of, require_written
from styrkedjan.pages.layout.answering import viewer_of, working_page
from styrkedjan.pages.layout.environment import place_address
from styrkedjan.pages.sharing.answering import attached, done, page_of
from styrkedjan.pages.sharing.forms import CopyForm, PaperForm, again, edit_form, new_form
from styrkedjan.pages.sharing.showing import compared, kind_name, shown, visible_in_list, visible_to
from styrkedjan.queries import sharing as queries

TEMPLATES = "sharing/templates/"


def _writer(request: HttpRequest, place: str) -> tuple[Viewer, queries.Here]:
    viewer = viewer_of(request)
    here = queries.here(viewer, place)
    may(viewer, Permission.WRITE_WORKING_MATERIAL, place).require()
    return viewer, here


@working_page("GET")
def work(request: HttpRequest, key: str) -> HttpResponse:
    """Everything that the place has written, and of an organiser what its units have."""
    viewer = viewer_of(request)
    context = {
        "here": queries.here(viewer, key),
        "page": queries.papers(viewer, key, page_of(request)),
        "kinds": [kind for kind in PaperKind if KINDS[kind].written],
        "visible": visible_in_list(key),
        "done": done(request),
    }
    return render(request, f"{TEMPLATES}work.html", context)


@working_page("GET")
def paper(request: HttpRequest, key: str, paper: UUID) -> HttpResponse:
    """One paper as it stands."""
    viewer = viewer_of(request)
    here, found = queries.here(viewer, key), queries.paper(viewer, key, paper)
    context = {
        "here": here,
        "paper": found,
        "contents": shown(found.kind, found.contents),
        "is_written": KINDS[found.kind].written,
        "visible": visible_to(key, found.open_to),
        "done": done(request),
    }
    return render(request, f"{TEMPLATES}paper.html", context)


@working_page("GET", "POST")
def new(request: HttpRequest, key: str, paper_kind: str) -> HttpResponse:
    """Begin a paper."""
    viewer, here = _writer(request, key)
    kind = _kind(paper_kind)
    form, writing = new_form(request, kind), _Writing(here, kind, place_address("work", key))
    if not _is_ready(request, form):
        return _form_page(request, writing, form)
    if form.needs_preview:
        return _preview_page(request, writing, form)
    made = actions.write(viewer, key, kind, form.cleaned_data["lasar"], form.cleaned_data["title"], form.contents)
    return _saved(key, made)


def _kind(text: str) -> PaperKind:
    if text not in tuple(PaperKind) or not KINDS[PaperKind(text)].written:
        raise NotFound(NO_SUCH_PAGE)
    return PaperKind(text)


def _is_ready(request: HttpRequest, form: PaperForm) -> bool:
    return request.method == "POST" and not form.wants_more_rows and form.is_valid()


@working_page("GET", "POST")
def edit(request: HttpRequest, key: str, paper: UUID) -> HttpResponse:
    """Change a paper; when somebody else has saved meanwhile, both texts are shown and neither is lost."""
    viewer, here = _writer(request, key)
    found = queries.paper(viewer, key, paper)
    require_written(found.kind)
    form = edit_form(request, found)
    writing = _Writing(here, found.kind, place_address("paper", key, paper), found.open_to)
    if not _is_ready(request, form):
        return _form_page(request, writing, form)
    if form.needs_preview:
        return _preview_page(request, writing, form)
    try:
        actions.rewrite(viewer, key, paper, form.seen, form.cleaned_data["title"], form.contents)
    except SavedMeanwhile:
        return _conflict_page(request, writing, queries.paper(viewer, key, paper), form)
    return _saved(key, paper)


@dataclass(frozen=True)
class _Writing:
    """What is being written, and where. ``open_to`` are the agencies that can read an earlier version of it."""

    here: queries.Here
    kind: PaperKind
    back: str
    open_to: tuple[Agency, ...] = ()

    def context(self, form: PaperForm) -> dict[str, object]:
        """What the pages that a paper is written on have in common."""
        return {
            "here": self.here,
            "kind": self.kind,
            "kind_name": kind_name(self.kind),
            "form": form,
            "back": self.back,
            "visible": visible_to(self.here.key, self.open_to),
        }


def _form_page(request: HttpRequest, writing: _Writing, form: PaperForm) -> HttpResponse:
    context = writing.context(form) | {"conflict": None}
    status = 422 if form.is_bound and not form.wants_more_rows else 200
    return render(request, f"{TEMPLATES}edit.html", context, status=status)


def _preview_page(request: HttpRequest, writing: _Writing, form: PaperForm) -> HttpResponse:
    return render(request, f"{TEMPLATES}preview.html", writing.context(form))


def _conflict_page(request: HttpRequest, writing: _Writing, theirs: queries.Paper, mine: PaperForm) -> HttpResponse:
    written = (mine.cleaned_data["title"], mine.contents)
    context = writing.context(again(request, theirs)) | {
        "conflict": theirs,
        "theirs": shown(theirs.kind, theirs.contents),
        "differences": compared(theirs.kind, (theirs.title, theirs.contents), written),
    }
    return render(request, f"{TEMPLATES}edit.html", context, status=409)


def _saved(place: str, paper: UUID) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": f"{place_address('paper', place, paper)}?klart=sparat"})


@working_page("GET")
def history(request: HttpRequest, key: str, paper: UUID) -> HttpResponse:
    """Every version, and what one of them changed."""
    viewer = viewer_of(request)
    found, lines = queries.paper(viewer, key, paper), queries.history(viewer, key, paper)
    number = page_of(request, "version", found.number)
    after = queries.version(viewer, key, paper, number)
    before = queries.version(viewer, key, paper, number - 1) if number > 1 else None
    context = {
        "here": queries.here(viewer, key),
        "paper": found,
        "lines": lines,
        "number": number,
        "changes": compared(found.kind, _texts(before), _texts(after)) if before else (),
        "contents": shown(found.kind, after.contents),
        "visible": visible_to(key, found.open_to),
    }
    return render(request, f"{TEMPLATES}history.html", context)


def _texts(version: queries.Version) -> tuple:
    return version.title, version.contents


@working_page("GET")
def figures_csv(request: HttpRequest, key: str, paper: UUID) -> HttpResponse:
    """The own figures as a file that can be read in again."""
    found = queries.paper(viewer_of(request), key, paper)
    if found.kind is not PaperKind.OWN_FIGURES:
        raise NotFound(NO_SUCH_PAGE)
    name = f"egna-siffror-{paper}-v{found.number}.csv"
    return attached(written_csv(figures_of(found.contents)), name, "text/csv; charset=utf-8")


@working_page("GET", "POST")
def copy(request: HttpRequest, key: str, paper: UUID) -> HttpResponse:
    """Copy the version that stands to another place where the viewer may write."""
    viewer = viewer_of(request)
    here, found = queries.here(viewer, key), queries.paper(viewer, key, paper)
    require_written(found.kind)
    form = CopyForm(request.POST or None, places=queries.places_to_copy_to(viewer, key))
    if request.method == "POST" and form.is_valid():
        target = form.cleaned_data["target"]
        made = actions.copy_to(viewer, key, paper, target)
        return HttpResponse(status=303, headers={"Location": f"{place_address('paper', target, made)}?klart=kopierat"})
    return render(request, f"{TEMPLATES}copy.html", {"here": here, "paper": found, "form": form})


@working_page("GET", "POST")
def remove(request: HttpRequest, key: str, paper: UUID) -> HttpResponse:
    """Ask, and then take the paper away; one that has been shared stays."""
    viewer, here = _writer(request, key)
    found = queries.paper(viewer, key, paper)
    if request.method == "POST":
        actions.remove(viewer, key, paper)
        return HttpResponse(status=303, headers={"Location": f"{place_address('work', key)}?klart=borttaget"})
    return render(request, f"{TEMPLATES}remove.html", {"here": here, "paper": found})
