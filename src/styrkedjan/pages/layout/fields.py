"""Fields that several forms have alike."""

from django import forms

from styrkedjan.core.letters import LONGEST_ADDRESS


def email_field(label: str, help_text: str, missing: str) -> forms.EmailField:
    """An e-mail address; ``missing`` is what is said when there is none."""
    return forms.EmailField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_ADDRESS,
        error_messages={
            "required": missing,
            "invalid": "Det är ingen fullständig e-postadress. Skriv den som namn@exempel.se.",
        },
    )
