"""The form of removing one's own account."""

from django import forms


class RemoveForm(forms.Form):
    """A tick, so that nobody removes her account by one press."""

    certain = forms.BooleanField(
        label="Ja, ta bort mitt konto. Jag förstår att det inte går att ångra.",
        error_messages={"required": "Kryssa i rutan om du vill ta bort kontot."},
    )
