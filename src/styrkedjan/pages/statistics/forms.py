"""The form that takes a workbook in."""

from django import forms


class WorkbookForm(forms.Form):
    """One workbook. What it holds is judged by its content, never by its name."""

    file = forms.FileField(
        label="Arbetsboken Underlag för analys (xlsx)",
        help_text="Högst 50 MB. Inget publiceras förrän du har läst rapporten.",
        error_messages={"required": "Välj en fil.", "empty": "Filen är tom. Välj en annan fil."},
    )
