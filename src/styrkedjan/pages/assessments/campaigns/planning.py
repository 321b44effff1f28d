"""The form that a campaign is opened with. What may be opened is for the core to say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils.html import format_html

from styrkedjan.core.assessments.campaigns import MOST_OWN_STATEMENTS, Campaign, Mode
from styrkedjan.core.assessments.plans import (
    LONGEST_STATEMENT,
    MOST_ASKED,
    NO_LEVEL,
    NO_MODE,
    BadPlan,
    CampaignPlan,
    checked_plan,
    levels_at,
    row_id,
)
from styrkedjan.core.assessments.repeating import usual_title
from styrkedjan.core.catalogue import ChainLevel, Framework
from styrkedjan.core.places import organiser_of
from styrkedjan.pages.assessments.campaigns.forms import (
    FIELDS,
    NOT_A_NUMBER,
    closing,
    date_field,
    opening,
    title_field,
    today,
)
from styrkedjan.pages.layout.environment import words
from styrkedjan.queries.assessments.leading import UnitToAsk
from styrkedjan.render.swedish import capitalise

OPEN_DAYS = 21
MOST_SHOWN_STATEMENTS = 40
# The part of the page that a problem of the plan belongs to, where it is not one of the form's own fields.
PARTS = {"rows": "innehall-rader", "own_statements": "egna", "asked": "antal", "edition": "innehall-rader"}
PROBLEM = '<a href="#{}">{}</a>'
COUNT_MISSING = "skriv hur många som ska svara i undervisningen, eller ta bort krysset."


@dataclass(frozen=True)
class CountField:
    """One number field: how many are asked at a place and level."""

    name: str
    level: ChainLevel
    value: str
    problem: str


@dataclass(frozen=True)
class UnitLine:
    """One unit in the table: whether it is asked, and its number fields."""

    unit: UnitToAsk
    chosen: bool
    counts: tuple[CountField, ...]


@dataclass(frozen=True)
class FactorLine:
    """A factor that can be chosen: whole, or row by row."""

    id: str
    name: str
    whole: bool
    rows: tuple[tuple[str, str, bool], ...]

    @property
    def is_open(self) -> bool:
        return not self.whole and any(chosen for *_, chosen in self.rows)


class PlanForm(forms.Form):
    """Everything that a new campaign is. The rows, the own statements and the counts are read beside Django's fields.

    A count that is left empty is the one for all; zero, or a unit without its tick, is not asked.
    """

    title = title_field()
    school_form = forms.ChoiceField(label="Skolform", error_messages={"invalid_choice": "Välj en av skolformerna."})
    levels = forms.MultipleChoiceField(
        label="Nivåer i styrkedjan",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": NO_LEVEL,
            "invalid_choice": "En av nivåerna finns inte här. Välj bland dem som visas.",
        },
    )
    modes = forms.MultipleChoiceField(
        label="Hur svarar ni?",
        error_messages={"required": NO_MODE},
        choices=[
            (Mode.INDIVIDUAL, "Enskild reflektion: var och en svarar för sig, på telefon, dator eller papper"),
            (Mode.SHARED, "Gemensam skattning: gruppen enas om ett svar per påstående, med en som skriver"),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text="Väljer du båda svarar alla först var för sig. Spridningen visas för gruppen när svaren är räknade.",
    )
    opens = date_field("Öppnar", "Väljer du i dag öppnar den genast.")
    closes = date_field("Sista dag att svara", "Den stänger kl. 23.59.")

    def __init__(
        self,
        data: QueryDict | None,
        place: str,
        framework: Framework,
        units: Sequence[UnitToAsk],
        before: Campaign | None = None,
        start: "Start | None" = None,
    ) -> None:
        start = start or Start()
        super().__init__(data, initial=_initial(place, start))
        self.place, self.framework, self.units, self.before, self.start = place, framework, units, before, start
        self.fields["school_form"].choices = [(key, capitalise(name)) for key, name in framework.school_forms.items()]
        self.fields["levels"].choices = [(level, words()(f"campaign.asks.{level}")) for level in levels_at(place)]
        self.plan: CampaignPlan | None = None
        self.count_problems: dict[str, str] = {}

    # ---- What is asked ----

    @property
    def rows(self) -> tuple[str, ...]:
        """The ids of the rows that are chosen, by factor or one by one."""
        if not self.is_bound:
            return self.start.rows
        factors = set(self.data.getlist("factors"))
        one_by_one = dict.fromkeys(self.data.getlist("rows"))
        whole = (row_id(factor, row) for factor in self._factors() if factor.id in factors for row in factor.rows)
        return tuple(dict.fromkeys([*whole, *one_by_one]))

    def _factors(self) -> Iterable:
        return self.framework.success_factors

    @property
    def factors(self) -> list[FactorLine]:
        """The factors with their rows, as they are chosen now."""
        return [self._factor_line(factor, frozenset(self.rows)) for factor in self._factors()]

    def _factor_line(self, factor: object, chosen: frozenset[str]) -> FactorLine:
        rows = tuple((row_id(factor, row), row.name, row_id(factor, row) in chosen) for row in factor.rows)  # type: ignore[attr-defined]
        whole = bool(rows) and all(picked for *_, picked in rows)
        return FactorLine(factor.id, factor.name, whole, rows)  # type: ignore[attr-defined]

    @property
    def own(self) -> list[str]:
        """The own statements as they are written, blank fields and all."""
        given = self.data.getlist("own")[:MOST_SHOWN_STATEMENTS] if self.is_bound else list(self.start.own_statements)
        return given + [""] * (MOST_OWN_STATEMENTS - len(given))

    @property
    def has_own(self) -> bool:
        return any(text.strip() for text in self.own)

    longest_statement = LONGEST_STATEMENT
    most_asked = MOST_ASKED

    # ---- How many are asked ----

    @property
    def at_organiser(self) -> bool:
        return self.place == organiser_of(self.place)

    @property
    def unit_lines(self) -> list[UnitLine]:
        """The table of units."""
        levels = [level for level in ChainLevel if level is not ChainLevel.ORGANISER]
        return [
            UnitLine(unit, self._is_chosen(unit), tuple(self._count_field(unit.key, level) for level in levels))
            for unit in self.units
        ]

    def _is_chosen(self, unit: UnitToAsk) -> bool:
        if not self.at_organiser:
            return True
        if self.is_bound:
            return unit.key in self._ticked
        return unit.key in self.start.places if self.start.places else unit.is_open

    @property
    def _ticked(self) -> frozenset[str]:
        return frozenset(self.data.getlist("units"))

    @property
    def organiser_count(self) -> CountField:
        return self._count_field(organiser_of(self.place), ChainLevel.ORGANISER)

    def _count_field(self, place: str, level: ChainLevel) -> CountField:
        name = f"n-{level}-{place}"
        if self.is_bound:
            return CountField(name, level, self.data.get(name, ""), self.count_problems.get(name, ""))
        known = self.start.asked.get((place, level))
        return CountField(name, level, str(known or ""), "")

    def for_all(self, level: str) -> CountField:
        """The field whose number holds wherever a field of that level is left empty."""
        name = f"all-{level}"
        otherwise = "1" if level == ChainLevel.PRINCIPAL and not self.start.asked else ""
        value = self.data.get(name, "") if self.is_bound else otherwise
        return CountField(name, ChainLevel(level), value, self.count_problems.get(name, ""))

    def _asked(self, levels: Sequence[ChainLevel]) -> Iterator[tuple[tuple[str, ChainLevel], int]]:
        for level in levels:
            if level is ChainLevel.ORGANISER:
                yield from self._one(self.place, level, "", "Huvudmannen")
                continue
            for unit in self.units:
                if self._is_chosen(unit):
                    yield from self._one(unit.key, level, self.data.get(f"all-{level}", ""), unit.name)

    def _one(
        self, place: str, level: ChainLevel, otherwise: str, name: str
    ) -> Iterator[tuple[tuple[str, ChainLevel], int]]:
        field = f"n-{level}-{place}"
        text = (self.data.get(field, "") or otherwise).strip()
        if not text and level is ChainLevel.PRINCIPAL:
            text = "1"
        if not text:
            missing = COUNT_MISSING if self.at_organiser and place != self.place else "skriv hur många som ska svara."
            self.count_problems[field] = f"{name}: {missing}"
        elif not text.isascii() or not text.isdigit() or len(text) > 6:
            self.count_problems[field] = f"{name}: {NOT_A_NUMBER}"
        elif int(text) > MOST_ASKED:
            self.count_problems[field] = f"{name}: högst {MOST_ASKED} i en grupp."
        elif int(text):
            yield (place, level), int(text)

    # ---- The plan ----

    @property
    def ticket(self) -> UUID:
        """The key that the campaign will have: the same form sent twice opens it once."""
        try:
            return UUID(self.data.get("ticket", ""))
        except ValueError:
            return uuid4()

    @property
    def edition(self) -> str:
        return self.data.get("edition", "") if self.is_bound else self.framework.id

    def clean(self) -> Mapping[str, object]:
        given = self.cleaned_data
        levels = [ChainLevel(level) for level in given.get("levels", ())]
        asked = dict(self._asked(levels))
        for field, text in self.count_problems.items():
            self.add_error(None, format_html(PROBLEM, field, text))
        if self._has_forged_units:
            self.add_error(None, format_html(PROBLEM, "antal", "En av enheterna finns inte hos er. Välj igen."))
        if {"opens", "closes", "school_form"} & self.errors.keys():
            return given
        wanted = CampaignPlan(
            title=given.get("title", ""),
            edition=self.edition,
            school_form=given["school_form"],
            rows=self.rows,
            levels=tuple(levels),
            modes=frozenset(Mode(mode) for mode in given.get("modes", ())),
            asked=asked,
            opens_at=opening(given["opens"]),
            closes_at=closing(given["closes"]),
            own_statements=tuple(self.own),
            previous=self.before.key if self.before else None,
        )
        self._check(wanted)
        return given

    @property
    def _has_forged_units(self) -> bool:
        return bool(self._ticked - {unit.key for unit in self.units})

    def _check(self, wanted: CampaignPlan) -> None:
        try:
            self.plan = checked_plan(wanted, self.place, self.framework, datetime.now(UTC))
        except BadPlan as bad:
            self.show(bad)

    def show(self, bad: BadPlan) -> None:
        """Say what is wrong with the plan where it is on the page. A missing count is said once, by its field."""
        for field, text in bad.problems.items():
            own = FIELDS.get(field, field)
            if own in self.fields:
                if own not in self.errors:
                    self.add_error(own, text)
            elif field != "asked" or not self.count_problems:
                self.add_error(None, format_html(PROBLEM, PARTS.get(field, "innehall"), text))

    @property
    def carried_on(self) -> list[tuple[str, str]]:
        """Everything that was sent, for the page that shows it before it is opened."""
        kept = (name for name in self.data if name not in ("csrfmiddlewaretoken", "open", "change"))
        return [(name, value) for name in kept for value in self.data.getlist(name) if value]


@dataclass(frozen=True)
class Start:
    """What a new form begins with: nothing, or what an earlier campaign asked."""

    title: str = ""
    school_form: str = "compulsory"
    levels: tuple[ChainLevel, ...] = ()
    modes: frozenset[Mode] = frozenset({Mode.INDIVIDUAL})
    rows: tuple[str, ...] = ()
    own_statements: tuple[str, ...] = ()
    asked: Mapping[tuple[str, ChainLevel], int] = None  # type: ignore[assignment]
    days: int = OPEN_DAYS

    def __post_init__(self) -> None:
        object.__setattr__(self, "asked", self.asked or {})

    @property
    def places(self) -> frozenset[str]:
        return frozenset(place for place, _ in self.asked)


def _initial(place: str, start: Start) -> dict[str, object]:
    first = today()
    return {
        "title": start.title or usual_title(first),
        "school_form": start.school_form,
        "levels": [level for level in levels_at(place) if not start.levels or level in start.levels],
        "modes": [mode for mode in Mode if mode in start.modes],
        "opens": first,
        "closes": first + timedelta(days=start.days),
    }


def start_of_repeat(before: Campaign, rows: tuple[str, ...], asked: Mapping[tuple[str, ChainLevel], int]) -> Start:
    """What a repeated campaign begins with: the same again, for as many days."""
    return Start(
        school_form=before.school_form,
        levels=before.levels,
        modes=before.modes,
        rows=rows,
        own_statements=tuple(own.text for own in before.own_statements),
        asked=asked,
        days=min(max((before.closes_at - before.opens_at).days, 1), 120),
    )
