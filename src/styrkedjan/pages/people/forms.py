"""Forms of people: invite somebody, and set the last day of a role."""

from collections.abc import Callable
from datetime import date

from django import forms

from styrkedjan.core.access import NATIONAL_ROLES, Agency, Role
from styrkedjan.core.people import LONGEST_NAME, MANAGING_ROLES, PlaceKind, Wanted, roles_at
from styrkedjan.core.places import NATION
from styrkedjan.core.refused import BadInput, WrongState
from styrkedjan.pages.layout.environment import words
from styrkedjan.pages.layout.fields import email_field
from styrkedjan.render.swedish import capitalise

OTHER_UNIT = "other"


def _day(label: str, help_text: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Skriv dagen som år-månad-dag, till exempel 2027-06-30."},
    )


def _roles(roles: tuple[Role, ...]) -> list[tuple[str, str]]:
    return [(str(role), f"{capitalise(words()(f'role.{role}'))}: {words()(f'role_meaning.{role}')}") for role in roles]


class InviteForm(forms.Form):
    """Who is invited, to what. What differs between organisers and the nation is where."""

    name = forms.CharField(
        label="Namn", max_length=LONGEST_NAME, error_messages={"required": "Skriv namnet på den du bjuder in."}
    )
    email = email_field(
        "E-postadress",
        "Personens egen adress i arbetet. Inbjudan gäller den som läser breven dit.",
        "Skriv e-postadressen som inbjudan ska skickas till.",
    )
    role = forms.ChoiceField(label="Roll", widget=forms.RadioSelect, error_messages={"required": "Välj en roll."})
    first_day = _day("Första dagen", "Lämna tomt om rollen ska gälla så snart inbjudan tas emot.")
    last_day = _day("Sista dagen", "Rollen gäller dagen ut. Lämna tomt om den gäller tills vidare.")

    def wanted_at(self, place: str) -> Wanted:
        """What the form asks for, once it is valid, at the place that it means."""
        data = self.cleaned_data
        return Wanted(data["email"], data["name"], Role(data["role"]), place, data["first_day"], data["last_day"])


class OrganiserInviteForm(InviteForm):
    """An invitation to a role at an organiser or one of its units."""

    unit = forms.ChoiceField(label="Plats", error_messages={"required": "Välj en plats."})
    code = forms.RegexField(
        r"^\d{8}$",
        label="Skolenhetskod",
        help_text="Åtta siffror. Bara om du valde ”En annan skolenhet”, till exempel en förskola.",
        required=False,
        strip=True,
        error_messages={"invalid": "En skolenhetskod är åtta siffror."},
    )
    field_order = ("name", "email", "role", "unit", "code", "first_day", "last_day")

    def __init__(self, data: dict | None, places: tuple[tuple[str, str], ...]) -> None:
        super().__init__(data)
        self.organiser = places[0][0]
        self.fields["role"].choices = _roles((*roles_at(PlaceKind.ORGANISER), *roles_at(PlaceKind.SCHOOL_UNIT)))
        self.fields["unit"].choices = [*places, (OTHER_UNIT, "En annan skolenhet: skriv koden nedan")]

    def clean_code(self) -> str:
        code, unit = self.cleaned_data["code"], self.cleaned_data.get("unit")
        if unit == OTHER_UNIT and not code:
            raise forms.ValidationError("Skriv skolenhetskoden, eller välj en plats i listan.")
        return code

    def wanted(self) -> Wanted:
        unit = self.cleaned_data["unit"]
        return self.wanted_at(f"{self.organiser}-{self.cleaned_data['code']}" if unit == OTHER_UNIT else unit)


class OperatorInviteForm(InviteForm):
    """An invitation to a national role, or to be the first who manages an organiser's people."""

    where = forms.ChoiceField(
        label="Plats",
        choices=lambda: [
            (NATION, "Hela landet"),
            *((str(agency), words()(f"agency.{agency}")) for agency in Agency),
            ("organiser", "En huvudman: skriv numret nedan"),
        ],
    )
    organiser = forms.RegexField(
        r"^\d{6}-?\d{4}$",
        label="Organisationsnummer",
        help_text="Tio siffror. Bara om du valde en huvudman.",
        required=False,
        error_messages={"invalid": "Ett organisationsnummer är tio siffror."},
    )
    field_order = ("name", "email", "role", "where", "organiser", "first_day", "last_day")

    def __init__(self, data: dict | None) -> None:
        super().__init__(data)
        managing = tuple(role for role in Role if role in MANAGING_ROLES)
        self.fields["role"].choices = _roles((*NATIONAL_ROLES, *managing))

    def clean_organiser(self) -> str:
        number = self.cleaned_data["organiser"].replace("-", "")
        if self.cleaned_data.get("where") == "organiser" and not number:
            raise forms.ValidationError("Skriv huvudmannens organisationsnummer.")
        return number

    def wanted(self) -> Wanted:
        where = self.cleaned_data["where"]
        return self.wanted_at(self.cleaned_data["organiser"] if where == "organiser" else where)


class LastDayForm(forms.Form):
    """The last day of a role; none is until further notice."""

    last_day = _day("Sista dagen", "Rollen gäller dagen ut. Lämna tomt om den gäller tills vidare.")

    def day(self) -> date | None:
        """The day, once the form is valid."""
        return self.cleaned_data["last_day"]


def carried_out(form: forms.Form, call: Callable[[], object]) -> bool:
    """Do what a form asks for, and whether it was done: what is wrong is said in the form, with all that was typed."""
    if not form.is_valid():
        return False
    try:
        call()
    except (BadInput, WrongState) as refusal:
        form.add_error(None, capitalise(refusal.message))
        return False
    return True
