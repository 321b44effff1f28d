"""A shared rating (gemensam skattning) as it may be kept, and what happens when two scribes write at once."""

from styrkedjan.core.assessments.campaigns import Form
from styrkedjan.core.catalogue import Scale
from styrkedjan.core.refused import BadInput, WrongState
from styrkedjan.core.sharing.texts import clean

LONGEST_NOTE = 2_000


class RatedMeanwhile(WrongState):
    """Somebody else has rated the row since the form was filled; nothing is overwritten."""

    def __init__(self) -> None:
        super().__init__(
            "någon annan har ändrat raden sedan du öppnade sidan. Det du skrev är inte sparat än. Jämför och välj."
        )


def checked_rating(form: Form, scale: Scale, row: str, answer: str, note: str) -> tuple[str, str]:
    """The answer and the note as they may be kept; an empty answer says that the group has not agreed on one.

    Raises: BadInput for a row that is not asked, an answer that the scale does not have, or a note too long.
    """
    if row not in form.rows or (answer and answer not in scale.answer_by_id):
        raise BadInput("Svaret hör inte till den här självvärderingen. Inget har sparats. Ladda om sidan.")
    text = clean(note)
    if len(text) > LONGEST_NOTE:
        raise BadInput(
            f"Anteckningen är {len(text)} tecken och får vara högst {LONGEST_NOTE}. Inget har sparats. Korta den."
        )
    return answer, text
