"""Forms of the own account."""

from django import forms

from styrkedjan.pages.layout.fields import email_field


class NameForm(forms.Form):
    """The name that others see."""

    name = forms.CharField(
        label="Namn",
        help_text="Så heter du för dem som du arbetar med här.",
        max_length=120,
        error_messages={"required": "Skriv ditt namn."},
    )


class NewEmailForm(forms.Form):
    """Another e-mail address."""

    email = email_field(
        "Ny e-postadress",
        "Vi skickar en länk dit. Adressen byts när du har öppnat den.",
        "Skriv den nya e-postadressen.",
    )


class PasskeyNameForm(forms.Form):
    """What to call a passkey."""

    name = forms.CharField(
        label="Namn på passkeyn",
        help_text="Något som du känner igen den på, till exempel ”Jobbdatorn” eller ”Telefonen”.",
        max_length=60,
        error_messages={"required": "Ge din passkey ett namn, till exempel ”Telefonen”."},
    )


class NewPasskeyForm(PasskeyNameForm):
    """A passkey that the device has just made."""

    credential = forms.CharField(
        widget=forms.HiddenInput,
        max_length=20_000,
        error_messages={"required": "Webbläsaren gav inget svar från enheten. Inget har ändrats. Försök igen."},
    )


class FirstCodeForm(forms.Form):
    """The first code from the app, which shows that it has the secret."""

    code = forms.CharField(
        label="Koden som appen visar",
        help_text="Sex siffror.",
        max_length=20,
        error_messages={"required": "Skriv koden som appen visar."},
    )
