"""What narrows the audit trail down: a kind of event, a person, and a time."""

from collections.abc import Mapping

from django import forms

from styrkedjan.core.access import Event
from styrkedjan.core.trail import TrailChoices, TrailFilter
from styrkedjan.pages.layout.environment import words

EVERYTHING = ("", "Alla")
DAY = "Skriv datumet som 2026-11-24."


class FilterForm(forms.Form):
    """The filter, in the address so that it can be kept and sent. What it cannot read narrows nothing down."""

    def __init__(self, data: Mapping[str, str], choices: TrailChoices) -> None:
        super().__init__(data, auto_id="filter-%s")
        events = [(str(event), words()(f"event.{event}")) for event in choices.events]
        self.fields["handelse"] = self._choice("Händelse", events)
        self.fields["person"] = self._choice("Person", list(choices.people))
        self.fields["fran"] = self._day("Från och med")
        self.fields["till"] = self._day("Till och med")

    def _choice(self, label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
        wrong = {"invalid_choice": "Det finns ingen sådan händelse i loggen. Välj en ur listan."}
        return forms.ChoiceField(label=label, choices=[EVERYTHING, *choices], required=False, error_messages=wrong)

    def _day(self, label: str) -> forms.DateField:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(label=label, widget=widget, required=False, error_messages={"invalid": DAY})

    def clean(self) -> dict:
        """The days must come in order."""
        found = super().clean() or {}
        if found.get("fran") and found.get("till") and found["fran"] > found["till"]:
            self.add_error("till", "Den sista dagen ligger före den första.")
        return found

    def wanted(self) -> TrailFilter:
        """What has been asked for; everything when it cannot be read."""
        if not self.is_valid():
            return TrailFilter()
        asked = self.cleaned_data
        event = Event(asked["handelse"]) if asked["handelse"] else None
        return TrailFilter(event, asked["person"], asked["fran"], asked["till"])
