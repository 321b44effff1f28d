"""Forms of signing in."""

from collections.abc import Callable
from typing import TypeVar

from django import forms

from styrkedjan.core.refused import BadInput, WrongState
from styrkedjan.pages.layout.fields import email_field
from styrkedjan.render.swedish import capitalise

Given = TypeVar("Given")
Data = dict[str, str]


class EmailForm(forms.Form):
    """Where to send the link."""

    email = email_field("E-postadress", "Den adress som du blev inbjuden med.", "Skriv din e-postadress.")


class LetterCodeForm(forms.Form):
    """The code of the letter."""

    code = forms.CharField(
        label="Kod ur brevet",
        help_text="Åtta tecken, till exempel abcd-efgh. Stora eller små bokstäver spelar ingen roll.",
        max_length=20,
        error_messages={"required": "Skriv koden ur brevet."},
    )


class CodeForm(forms.Form):
    """A one-time code or a recovery code."""

    code = forms.CharField(
        label="Engångskod",
        help_text="Sex siffror ur appen i din telefon, eller en av dina reservkoder.",
        max_length=60,
        error_messages={"required": "Skriv koden som appen visar."},
    )


class PasskeyForm(forms.Form):
    """What the browser gives from a passkey."""

    credential = forms.CharField(
        max_length=20_000,
        error_messages={"required": "Webbläsaren gav inget svar från din passkey. Försök igen."},
    )


def tried(form: forms.Form, call: Callable[[Data], Given]) -> Given | None:
    """What a call gives for what the form holds; None when something was wrong, which then stands on the form."""
    if not form.is_valid():
        return None
    try:
        return call(form.cleaned_data)
    except (BadInput, WrongState) as no:
        visible = [name for name, field in form.fields.items() if name != "credential"]
        form.add_error(visible[0] if len(visible) == 1 else None, capitalise(no.message))
        return None
