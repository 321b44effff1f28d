"""The forms that working material is written and shared with. What may be kept is for the core to say."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.html import format_html

from styrkedjan.core.refused import BadInput
from styrkedjan.core.sharing import (
    COLUMNS,
    LONGEST_TEXT,
    LONGEST_TITLE,
    PARTS,
    RECEIVERS,
    FigureTable,
    PaperKind,
    clean,
    figures_in,
)
from styrkedjan.core.sharing.figures import LARGEST_FILE, LONGEST, read_csv, written_csv
from styrkedjan.core.sharing.kinds import figures_of
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.pages.layout.environment import words
from styrkedjan.pages.sharing.showing import receivers
from styrkedjan.queries.sharing import Paper
from styrkedjan.render.swedish import capitalise

TURN_OF_YEAR = 7  # from July on, the school year that begins is the one people write about
YEARS_BACK = 8
ROWS_AT_ONCE = 100  # more figures than this are edited in a file
EMPTY_ROWS, MORE_ROWS = 5, 10
MOST_SHOWN_PROBLEMS = 20
ROW_LINK = '<a href="#rad-{}-{}">{}</a>'  # to the field with the problem


class CleanField(forms.CharField):
    """A text as the core keeps it, so that its length is counted the same way there and here."""

    def to_python(self, value: object) -> str:
        return clean(str(value)) if value not in self.empty_values else ""


class Hidden(forms.CharField):
    """Something that goes with the form unseen and untouched."""

    def __init__(self) -> None:
        super().__init__(required=False, strip=False, widget=forms.HiddenInput)


class PaperForm(forms.Form):
    """What every paper has: a title and, when it is new, its school year. ``version`` is the one that was seen."""

    title = CleanField(
        label="Rubrik",
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"class": "input--long"}),
        error_messages={
            "required": "Skriv en rubrik, så att materialet går att hitta igen.",
            "max_length": f"Rubriken får vara högst {LONGEST_TITLE} tecken. Korta den.",
        },
    )
    lasar = forms.TypedChoiceField(label="Läsår", coerce=lambda value: SchoolYear(int(value)))
    version = Hidden()

    def __init__(self, *arguments: object, year: SchoolYear | None = None, **options: object) -> None:
        super().__init__(*arguments, **options)
        self.year = year
        if year is not None:
            del self.fields["lasar"]
        else:
            choice = self.fields["lasar"]
            choice.choices, choice.initial = year_choices()
        self.order_fields(["title", "lasar", *PARTS])

    @property
    def seen(self) -> int:
        """The number of the version that the form was filled from; 0 when it is no number."""
        text = self.cleaned_data["version"]
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0

    @property
    def needs_preview(self) -> bool:
        return False

    @property
    def wants_more_rows(self) -> bool:
        return False


def year_choices() -> tuple[list[tuple[int, str]], int]:
    """The school years to choose among, the coming one first, and the one that most people mean."""
    today = datetime.now(UTC)
    current = today.year if today.month >= TURN_OF_YEAR else today.year - 1
    years = range(current + 1, current - YEARS_BACK, -1)
    return [(autumn, str(SchoolYear(autumn))) for autumn in years], current


class AnalysisForm(PaperForm):
    """The four questions of an own analysis."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)
        for part in PARTS:
            self.fields[part] = CleanField(
                label=words()(f"paper_part.{part}"),
                required=False,
                max_length=LONGEST_TEXT,
                widget=forms.Textarea(attrs={"rows": 6}),
                error_messages={
                    "max_length": "Svaret är %(show_value)d tecken och får vara högst %(limit_value)d. Korta det."
                },
            )
            self.fields[part].widget.attrs.pop("maxlength", None)  # a pasted text is never cut off unseen

    @property
    def contents(self) -> dict[str, str]:
        return {part: self.cleaned_data[part] for part in PARTS}

    @classmethod
    def initial_of(cls, paper: Paper) -> dict[str, object]:
        """What the form is filled with to change a paper."""
        return {"title": paper.title, "version": paper.number, **paper.contents}


class FiguresForm(PaperForm):
    """Own figures, typed row by row or read from a file; what a file holds is shown before it is saved."""

    file = forms.FileField(
        label="Läs in en CSV-fil i stället",
        required=False,
        allow_empty_file=True,
        help_text=(
            f"Högst {LARGEST_FILE // 1000} kB. Första raden ska ha rubrikerna {', '.join(COLUMNS.values())}. "
            "Du får se siffrorna innan de sparas. Filen ersätter raderna här nedanför."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    csv = Hidden()  # what a file held, on its way from the preview; or rows too many to show

    table = FigureTable((), ())

    def clean_file(self) -> UploadedFile | None:
        file = self.cleaned_data["file"]
        if file is None:
            return None
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(
                f"Filen är större än {LARGEST_FILE // 1000} kB. Dela upp den på flera material."
            )
        try:
            self.table = read_csv(file.read())
        except BadInput as error:
            raise forms.ValidationError(error.message) from error
        if self.table.problems:
            raise forms.ValidationError(list(_said(self.table)))
        return file

    def clean(self) -> dict[str, object]:
        if self.cleaned_data.get("file") or "file" in self.errors:
            return self.cleaned_data
        if text := self.cleaned_data.get("csv"):
            self.table = read_csv(text.encode())
        else:
            self.table = figures_in(enumerate(self._typed(), 1))
        for problem in self.table.problems[:MOST_SHOWN_PROBLEMS]:
            self.add_error(None, format_html(ROW_LINK, problem.line, problem.column, str(problem)))
        return self.cleaned_data

    def _typed(self) -> Iterator[Mapping[str, str]]:
        """The rows of the form. A row without a school year is of the paper's own."""
        year = self.year or self.cleaned_data.get("lasar") or ""
        for row in self._rows():
            has_more = any(row[column].strip() for column in COLUMNS if column != "school_year")
            yield {**row, "school_year": row["school_year"].strip() or (str(year) if has_more else "")}

    def _rows(self) -> list[dict[str, str]]:
        columns = [self.data.getlist(column)[:ROWS_AT_ONCE] for column in COLUMNS] if self.is_bound else []
        return [dict(zip(COLUMNS, cells, strict=True)) for cells in zip(*columns, strict=False)]

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows to show: what has been typed or stands, and some empty ones after."""
        if self.initial.get("csv") or (self.is_bound and self.data.get("csv")):
            return []
        found = self._rows() if self.is_bound else [_cells(row) for row in self.initial.get("rows", ())]
        while found and not any(text.strip() for text in found[-1].values()):
            found.pop()
        empty = MORE_ROWS if self.wants_more_rows else EMPTY_ROWS
        return [*found, *[dict.fromkeys(COLUMNS, "")] * empty][:ROWS_AT_ONCE]

    @property
    def wrong(self) -> dict[tuple[int, str], str]:
        """What is wrong, by row and column, for the fields to show."""
        typed = not self.cleaned_data.get("csv") and "file" not in self.errors if self.is_bound else False
        return {(each.line, each.column): capitalise(each.text) for each in self.table.problems} if typed else {}

    @property
    def columns(self) -> list[tuple[str, str, int]]:
        """Each column's name, its head and how long its text may be."""
        return [(column, capitalise(head), LONGEST[column]) for column, head in COLUMNS.items()]

    @property
    def contents(self) -> dict[str, list[dict[str, str]]]:
        return {"rows": [figure.to_json() for figure in self.table.figures]}

    @property
    def as_csv(self) -> str:
        return written_csv(self.table.figures).decode()

    @property
    def needs_preview(self) -> bool:
        return bool(self.cleaned_data.get("file"))

    @property
    def wants_more_rows(self) -> bool:
        return self.is_bound and "more" in self.data

    @classmethod
    def initial_of(cls, paper: Paper) -> dict[str, object]:
        """What the form is filled with to change a paper; more rows than fit go along unseen."""
        figures = figures_of(paper.contents)
        long = {"csv": written_csv(figures).decode()} if len(figures) > ROWS_AT_ONCE else {"rows": figures}
        return {"title": paper.title, "version": paper.number, **long}


def _cells(figure: object) -> dict[str, str]:
    return {column: str(getattr(figure, column)) for column in COLUMNS} | {"value": figure.value.replace(".", ",")}


def _said(table: FigureTable) -> Iterator[str]:
    for problem in table.problems[:MOST_SHOWN_PROBLEMS]:
        yield str(problem)
    if (left := len(table.problems) - MOST_SHOWN_PROBLEMS) > 0:
        yield f"Och {left} fel till."


FORMS: dict[PaperKind, type[PaperForm]] = {
    PaperKind.OWN_ANALYSIS: AnalysisForm,
    PaperKind.OWN_FIGURES: FiguresForm,
}


def new_form(request: HttpRequest, kind: PaperKind) -> PaperForm:
    """The form of a new paper."""
    return FORMS[kind](request.POST, request.FILES) if request.method == "POST" else FORMS[kind]()


def edit_form(request: HttpRequest, paper: Paper) -> PaperForm:
    """The form that changes a paper."""
    made = FORMS[paper.kind]
    if request.method == "POST":
        return made(request.POST, request.FILES, year=paper.school_year)
    return made(initial=made.initial_of(paper), year=paper.school_year)


def again(request: HttpRequest, paper: Paper) -> PaperForm:
    """What has been typed once more, now to be saved after the version that somebody else has saved."""
    data = request.POST.copy()
    data["version"] = str(paper.number)
    return FORMS[paper.kind](data, year=paper.school_year)


class ShareForm(forms.Form):
    """Whom a version is shared with. ``version`` is the one that was seen."""

    agency = forms.ChoiceField(
        label="Vem ska få läsa?",
        choices=lambda: [(agency, capitalise(receivers([agency]))) for agency in RECEIVERS],
        widget=forms.RadioSelect,
        error_messages={"required": "Välj vem som ska få läsa."},
    )
    understood = forms.BooleanField(
        label="Jag har läst det här och vill dela",
        error_messages={"required": "Kryssa i rutan för att bekräfta att du har läst vad delningen innebär."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class CopyForm(forms.Form):
    """Where a paper is copied to."""

    target = forms.ChoiceField(label="Kopiera till", error_messages={"required": "Välj var kopian ska ligga."})

    def __init__(self, *arguments: object, places: tuple[tuple[str, str], ...], **options: object) -> None:
        super().__init__(*arguments, **options)
        self.fields["target"].choices = [("", "Välj en plats"), *places]
