"""The forms that answers collected elsewhere are read in with: the file, and what its columns and values mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django import forms
from django.http import QueryDict
from django.utils.html import format_html

from styrkedjan.core.assessments.importing import (
    LEVEL,
    OWN_STATEMENT,
    PLACE,
    SKIP,
    AnswerTable,
    Collected,
    Mapped,
    Unclear,
    sheets_of,
)
from styrkedjan.core.assessments.plans import LONGEST_TITLE
from styrkedjan.core.assessments.sheets import Sheet
from styrkedjan.core.catalogue import ChainLevel, Framework
from styrkedjan.pages.layout.environment import words
from styrkedjan.render.swedish import SWEDEN, capitalise

SUGGESTED_DAYS = 21
SHOWN_VALUES = 8
SHOWN_DROPPED = 12
PROBLEM = '<a href="#{}">{}</a>'
Choices = list[tuple[str, object]]


class FileForm(forms.Form):
    """One file of answers. What it is is judged by its content, never by its name."""

    file = forms.FileField(
        label="Fil med svar (CSV eller xlsx)",
        help_text="Högst 10 MB och 5 000 svar. Inget läses in förrän du har sagt vad kolumnerna betyder.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,text/csv"}),
        error_messages={"required": "Välj en fil.", "empty": "Filen är tom. Välj en annan fil."},
    )


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Välj ett datum.", "invalid": "Skriv datumet så här: 2026-12-15."},
    )


@dataclass(frozen=True)
class ValueLine:
    """One value and what it is taken to mean: a select, and whether it still has to be chosen."""

    name: str
    value: str
    chosen: str
    missing: bool


@dataclass(frozen=True)
class ColumnLine:
    """One column and what it is taken for. ``shown`` are some of its values, ``more`` how many others there are."""

    name: str
    head: str
    shown: tuple[str, ...]
    more: int
    chosen: str
    is_coded: bool
    problem: str


@dataclass(frozen=True)
class _Kind:
    """Values of one kind: the targets whose columns have them, and the prefix of their fields."""

    prefix: str
    targets: tuple[str, ...]
    guessed: Mapping[str, str]


class MeaningForm(forms.Form):
    """What a file is, and what its columns and values mean. The columns are read beside Django's own fields."""

    title = forms.CharField(
        label="Rubrik",
        error_messages={"required": "Skriv en rubrik, så att resultatet går att hitta igen."},
        widget=forms.TextInput(attrs={"class": "input--long", "maxlength": LONGEST_TITLE}),
    )
    school_form = forms.ChoiceField(label="Skolform", error_messages={"invalid_choice": "Välj en av skolformerna."})
    first_day = _day("Svaren samlades in från")
    last_day = _day("till och med")
    level = forms.ChoiceField(
        label="Svaren kommer från",
        required=False,
        help_text="Välj inget om en kolumn i filen säger vilken nivå varje svar kommer från.",
    )
    sealed = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None, table: AnswerTable, guess: Mapped, framework: Framework, places: Mapping[str, str]
    ) -> None:
        today = datetime.now(UTC).astimezone(SWEDEN).date()
        initial = {"first_day": today - timedelta(days=SUGGESTED_DAYS), "last_day": today, "school_form": "compulsory"}
        super().__init__(data, initial=initial)
        self.table, self.framework, self.places, self.guess = table, framework, places, guess
        self.fields["school_form"].choices = list(framework.school_forms.items())
        levels = [(str(level), capitalise(words()(f"level.{level}.name"))) for level in ChainLevel]
        self.fields["level"].choices = [("", "En kolumn i filen säger det"), *levels]
        self.sheets: Mapping[tuple[str, ChainLevel], list[Sheet]] = {}
        self.wrong: dict[str, str] = {}

    # ---- What is chosen ----

    @property
    def mapped(self) -> Mapped:
        """What has been chosen so far; what seems right where nothing has been."""
        chosen = {at: self._chosen(f"kolumn-{at}", self.guess.targets.get(at, "")) for at in range(len(self._columns))}
        targets = {at: target for at, target in chosen.items() if target in self._targets}
        steps, levels, places = (self._meanings(kind) for kind in self._kinds)
        return Mapped(targets, steps, levels, places, str(self.data.get("level", "")))

    @property
    def _columns(self) -> tuple:
        return self.table.columns

    @property
    def _targets(self) -> frozenset[str]:
        rows = (f"{factor.id}.{row.id}" for factor in self.framework.success_factors for row in factor.rows)
        return frozenset([*rows, OWN_STATEMENT, LEVEL, PLACE])

    @property
    def _kinds(self) -> tuple[_Kind, _Kind, _Kind]:
        rows = tuple(self._targets - {LEVEL, PLACE})
        return (
            _Kind("steg", rows, self.guess.steps),
            _Kind("niva", (LEVEL,), self.guess.levels),
            _Kind("plats", (PLACE,), self.guess.places),
        )

    def _chosen(self, name: str, otherwise: str) -> str:
        return str(self.data[name]) if name in self.data else otherwise

    def _meanings(self, kind: _Kind) -> dict[str, str]:
        names = self._value_names
        said = {value: self._chosen(f"{kind.prefix}-{at}", kind.guessed.get(value, "")) for value, at in names.items()}
        return {value: meaning for value, meaning in said.items() if meaning}

    @property
    def _value_names(self) -> dict[str, int]:
        """Each value and its number, the same for as long as the file is held."""
        values = dict.fromkeys(value for column in self._columns for value in column.values)
        return {value: at for at, value in enumerate(values)}

    # ---- What is shown ----

    @property
    def column_lines(self) -> list[ColumnLine]:
        """The columns that may be used, in the file's order."""
        targets = self.mapped.targets
        return [
            ColumnLine(
                name=f"kolumn-{at}",
                head=column.head,
                shown=tuple(column.values)[:SHOWN_VALUES],
                more=max(len(column.values) - SHOWN_VALUES, 0),
                chosen=targets.get(at, ""),
                is_coded=column.can_be_a_statement,
                problem=self.wrong.get(f"kolumn-{at}", ""),
            )
            for at, column in enumerate(self._columns)
        ]

    @property
    def column_choices(self) -> Choices:
        """What a column can be, the rows by their factor."""
        rows: Choices = [
            (factor.name, [(f"{factor.id}.{row.id}", row.name) for row in factor.rows])
            for factor in self.framework.success_factors
        ]
        sorting = [(LEVEL, "Vilken nivå svaret kommer från")]
        if len(self.places) > 1:
            sorting.append((PLACE, "Vilken enhet svaret kommer från"))
        return [
            ("", "Läses inte in"),
            ("Om svaret", sorting),
            *rows,
            ("Annat", [(OWN_STATEMENT, "Ett eget påstående")]),
        ]

    @property
    def value_parts(self) -> list[tuple[str, list[ValueLine], Choices]]:
        """What the values of the chosen columns mean: a title, the values, and what each can be."""
        answers = self.framework.self_assessment.scale.answer_by_id.values()
        levels = [(str(level), capitalise(words()(f"level.{level}.name"))) for level in ChainLevel]
        choices: tuple[Choices, ...] = (
            [(answer.id, answer.name) for answer in answers],
            [*levels],
            [*self.places.items()],
        )
        titles = ("Svaren", "Nivåerna", "Enheterna")
        ends = [("", "Välj"), (SKIP, "Räknas inte")]
        parts = zip(titles, self._kinds, choices, strict=True)
        found = [(title, self._lines(kind), [ends[0], *each, ends[1]]) for title, kind, each in parts]
        return [(title, lines, each) for title, lines, each in found if lines]

    def _lines(self, kind: _Kind) -> list[ValueLine]:
        chosen, meanings = self.mapped.columns_of(*kind.targets), self._meanings(kind)
        values = dict.fromkeys(value for at in chosen for value in self._columns[at].values)
        names = self._value_names
        # Units that were recognised by themselves are not asked about: there can be hundreds.
        asked = [value for value in values if kind.prefix != "plats" or not kind.guessed.get(value)]
        return [
            ValueLine(
                f"{kind.prefix}-{names[value]}", value, meanings.get(value, ""), self._is_missing(meanings, value)
            )
            for value in asked
        ]

    def _is_missing(self, meanings: Mapping[str, str], value: str) -> bool:
        return self.is_bound and value not in meanings

    # ---- What comes of it ----

    @property
    def collected(self) -> Collected:
        """What has been said of the whole."""
        own = (self._columns[at].head for at in self.mapped.columns_of(OWN_STATEMENT))
        return Collected(
            title=self.cleaned_data["title"],
            school_form=self.cleaned_data["school_form"],
            edition=self.framework.id,
            first_day=self.cleaned_data["first_day"],
            last_day=self.cleaned_data["last_day"],
            own_statements=tuple(own),
        )

    def gather(self, place: str) -> bool:
        """Make sheets of the answers; False, with what is wrong told, when something has to be chosen first."""
        valid, scale = self.is_valid(), self.framework.self_assessment.scale
        try:
            self.sheets = sheets_of(self.table, self.mapped, scale, place, self.places)
        except Unclear as unclear:
            self.tell(unclear)
            return False
        return valid

    def tell(self, unclear: Unclear) -> None:
        """Put what is wrong where it belongs."""
        for field, text in unclear.problems.items():
            self.wrong[field] = text
            name = {"niva": "level"}.get(field, field)
            if name in self.fields:
                self.add_error(name, text)
            else:
                self.add_error(None, format_html(PROBLEM, _anchor(field), text) if field else text)

    @property
    def dropped(self) -> Iterable[tuple[str, list[str], int]]:
        """Why columns are left out, with some of their heads and how many more there are."""
        reasons = dict.fromkeys(why for _, why in self.table.dropped)
        for why in reasons:
            heads = [head for head, each in self.table.dropped if each is why]
            yield words()(f"import_dropped.{why}"), heads[:SHOWN_DROPPED], max(len(heads) - SHOWN_DROPPED, 0)


def _anchor(field: str) -> str:
    kind, _, _ = field.partition("-")
    return {"steg": "svaren", "niva": "nivaerna", "plats": "enheterna"}.get(kind, field)
