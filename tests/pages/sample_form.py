"""A form with one field of every kind, and pages made of it, for the tests of the parts of forms."""

from datetime import UTC, datetime
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory

from styrkedjan.core.access import Assurance, Grant, Role, Viewer

ORGANISER = "2120009007"
UNIT = "2120009007-90070001"
LEAD = Viewer(
    person=str(UUID(int=1)),
    name="Åsa Öberg-Lindqvist",
    grants=(
        Grant(Role.QUALITY_LEAD, ORGANISER, "Klintbackens kommun"),
        Grant(Role.BOARD_MEMBER, ORGANISER, "Klintbackens kommun"),
        *(Grant(Role.PRINCIPAL, f"{ORGANISER}-9007{n:04d}", f"Ekskolan {n}") for n in range(1, 10)),
        Grant(Role.DIALOGUE_LEAD, "skolverket", "Skolverket"),
        Grant(Role.OPERATOR, "00", "riket"),
    ),
    now=datetime(2026, 11, 24, 9, tzinfo=UTC),
    assurance=Assurance.STRONG,
    session=str(UUID(int=2)),
)


class SampleForm(forms.Form):
    """Every kind of field that a page of ours asks with."""

    name = forms.CharField(label="Namn", help_text="Så som det ska stå i listan.")
    email = forms.EmailField(label="E-postadress", help_text="Länken för att logga in skickas hit.")
    until = forms.DateField(label="Gäller till och med", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    why = forms.CharField(label="Meddelande", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    place = forms.ChoiceField(
        label="Plats", choices=[("1", "Hela huvudmannen"), ("2", "Ekskolan, anpassad grundskola och fritidshem")]
    )
    role = forms.ChoiceField(
        label="Roll",
        widget=forms.RadioSelect,
        choices=[("principal", "Rektor"), ("board_member", "Nämnd eller styrelse")],
        help_text="Rollen avgör vad personen ser och får göra.",
    )
    topics = forms.MultipleChoiceField(
        label="Vad ska ingå",
        widget=forms.CheckboxSelectMultiple,
        choices=[("position", "Läget per delmål"), ("notes", "Våra egna anteckningar om förutsättningarna")],
    )
    sure = forms.BooleanField(label="Jag har kontrollerat att inga elever nämns", help_text="Det går inte att ångra.")
    file = forms.FileField(label="Fil", required=False, widget=forms.FileInput(attrs={"accept": ".xlsx"}))
    code = forms.CharField(label="Engångskod", help_text="Sex siffror från din app.", min_length=6)
    kept = forms.CharField(widget=forms.HiddenInput, initial="7")

    def clean(self) -> dict:
        if self.data.get("name") == "Ingen":
            raise forms.ValidationError("Det finns redan en inbjudan till den här adressen.")
        return self.cleaned_data


GOOD = {
    "name": "Bo Ek", "email": "bo@example.org", "place": "1", "role": "principal", "topics": ["notes"],
    "sure": "on", "code": "123456", "kept": "7",
}  # fmt: skip
WRONG = {"name": "Ingen", "email": "bo", "until": "aldrig", "place": "9", "code": "12"}


def rendered(source: str, viewer: Viewer | None = None, path: str = "/prov/?sida=2", **context: object) -> str:
    """A template of ours as the site would answer with it."""
    request: HttpRequest = RequestFactory().get(path)
    if viewer:
        request.viewer = viewer
    return engines["jinja2"].from_string(source).render(context, request)
