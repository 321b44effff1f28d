"""The fields that the forms of a campaign share, and the forms that it is changed and asked with."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from django import forms
from django.http import QueryDict

from styrkedjan.core.assessments.campaigns import Campaign
from styrkedjan.core.assessments.plans import (
    LONGEST_TITLE,
    NO_TITLE,
    BadPlan,
)
from styrkedjan.core.people import start_of
from styrkedjan.render.swedish import SWEDEN

LAST_MINUTE = time(23, 59)
FIELDS = {"opens_at": "opens", "closes_at": "closes"}
NOT_A_NUMBER = "Skriv antalet som en siffra, till exempel 24."


def today() -> date:
    """The day in Sweden."""
    return datetime.now(UTC).astimezone(SWEDEN).date()


def opening(day: date) -> datetime:
    """When a campaign opens: now, when its first day is today or has been."""
    return datetime.now(UTC) if day <= today() else start_of(day)


def closing(day: date) -> datetime:
    """When a campaign closes on its last day: a minute before midnight, as everybody reads it."""
    return datetime.combine(day, LAST_MINUTE, SWEDEN)


def date_field(label: str, help_text: str = "") -> forms.DateField:
    """A day, as the browser's own calendar gives it."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Välj ett datum.", "invalid": "Skriv datumet så här: 2026-12-15."},
    )


def title_field() -> forms.CharField:
    """What the campaign is called."""
    return forms.CharField(
        label="Rubrik",
        error_messages={"required": NO_TITLE},
        widget=forms.TextInput(attrs={"class": "input--long", "maxlength": LONGEST_TITLE}),
        help_text="Den ser alla som svarar.",
    )


class ChangeForm(forms.Form):
    """The title, the dates and the counts of a campaign that has not closed. ``seen`` is what the page was made of."""

    title = title_field()
    opens = date_field("Öppnar")
    closes = date_field("Sista dag att svara", "Den stänger kl. 23.59.")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, campaign: Campaign, *, has_opened: bool, seen: str) -> None:
        days = [when.astimezone(SWEDEN).date() for when in (campaign.opens_at, campaign.closes_at)]
        initial = {"title": campaign.title, "opens": days[0], "closes": days[1], "seen": seen}
        super().__init__(data, initial=initial)
        self.campaign, self.days = campaign, days
        if has_opened:
            del self.fields["opens"]

    @property
    def opens_at(self) -> datetime:
        day = self.cleaned_data.get("opens", self.days[0])
        return self.campaign.opens_at if day == self.days[0] else opening(day)

    @property
    def closes_at(self) -> datetime:
        day = self.cleaned_data["closes"]
        return self.campaign.closes_at if day == self.days[1] else closing(day)

    def show(self, bad: BadPlan) -> None:
        """Say what is wrong where it is on the page."""
        for field, text in bad.problems.items():
            own = FIELDS.get(field, field)
            self.add_error(own if own in self.fields else None, text)


def counts_in(data: QueryDict, keys: Iterable[str]) -> tuple[dict[str, int], dict[str, str]]:
    """The numbers of a table of groups, by the group's key, and what is wrong with those that are none."""
    counts, problems = {}, {}
    for key in keys:
        text = data.get(f"n-{key}", "").strip()
        if text.isascii() and text.isdigit() and len(text) < 7:
            counts[key] = int(text)
        elif f"n-{key}" in data:
            problems[key] = NOT_A_NUMBER
    return counts, problems


class AskForm(forms.Form):
    """Addresses to ask, pasted as they come."""

    addresses = forms.CharField(
        label="E-postadresser",
        error_messages={"required": "Skriv minst en e-postadress, en på varje rad."},
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="En på varje rad, eller med komma eller semikolon mellan. Klistra gärna in från ett annat program.",
    )
