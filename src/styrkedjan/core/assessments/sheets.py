"""A sheet (svarsblankett): one person's answers, as they are checked, sealed and counted. It names nobody."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from styrkedjan.core.assessments.campaigns import Form
from styrkedjan.core.catalogue import Scale
from styrkedjan.core.refused import BadInput

LONGEST_COMMENT = 2_000
# The code of a receipt: letters and digits that nobody takes for another, in four groups of four, 80 bits.
RECEIPT_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
RECEIPT_LENGTH = 16
GROUP_CODE_LENGTH = 7
# A sealed sheet has one of few sizes, so that its length says nothing of what stands in it. The smallest has room for
# all answers and some 12,000 characters of comments: with 4,096, those who wrote much were known by their sheets.
SMALLEST_SEALED = 16_384


@dataclass(frozen=True)
class Sheet:
    """One person's answers (svar) by row (``professional_development.3`` -> id of a step or an outside answer).

    ``comments`` are by row too.
    """

    answers: Mapping[str, str]
    comments: Mapping[str, str] = field(default_factory=dict)


class TooLongComment(BadInput):
    """A comment is longer than can be kept; ``row`` says which. What was written is not lost: the form keeps it."""

    def __init__(self, row: str, length: int) -> None:
        super().__init__(
            f"Kommentaren har {length} tecken och får ha högst {LONGEST_COMMENT}. Inget har skickats in än, och "
            "det du har skrivit står kvar. Korta texten och skicka igen."
        )
        self.row = row


class EmptySheet(BadInput):
    """Nothing has been answered."""

    def __init__(self) -> None:
        super().__init__(
            "Du har inte svarat på något än, så det finns inget att skicka in. Svara på minst ett påstående. "
            "Det är inget fel att hoppa över dem du inte kan bedöma."
        )


def checked(form: Form, scale: Scale, sheet: Sheet) -> Sheet:
    """The sheet as it may be kept: only the form's own rows, answers of the scale, and comments without odd signs.

    Raises: BadInput for an answer that the scale does not have or a row that is not asked; TooLongComment.
    """
    for row, answer in sheet.answers.items():
        if row not in form.rows or answer not in scale.answer_by_id:
            raise BadInput(
                "Ett av svaren hör inte till den här självvärderingen. Inget har skickats in. Ladda om sidan."
            )
    comments = {}
    for row, text in sheet.comments.items():
        tidy = tidy_comment(text)
        if row not in form.rows:
            raise BadInput(
                "En kommentar hör inte till den här självvärderingen. Inget har skickats in. Ladda om sidan."
            )
        if len(tidy) > LONGEST_COMMENT:
            raise TooLongComment(row, len(tidy))
        if tidy:
            comments[row] = tidy
    return Sheet(dict(sheet.answers), comments)


def tidy_comment(text: str) -> str:
    """A comment as it is kept: composed letters, plain line breaks, no control signs (also what Word pastes)."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n"))
    kept = (letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs", "Co"))
    return re.sub(r"\n{3,}", "\n\n", "".join(kept)).strip()


def written(sheet: Sheet) -> str:
    """The sheet as text of one of few lengths, in bytes: a power of two from SMALLEST_SEALED."""
    body = json.dumps({"answers": dict(sheet.answers), "comments": dict(sheet.comments)}, ensure_ascii=False)
    length, size = len(body.encode()), SMALLEST_SEALED
    while size < length:
        size *= 2
    return body + " " * (size - length)


def read(text: str) -> Sheet:
    """The sheet that ``written`` wrote."""
    body = json.loads(text)
    return Sheet(body["answers"], body["comments"])


def receipt_code(text: str) -> str:
    """A receipt's code as somebody has typed it, without spaces and dashes; empty when it cannot be one."""
    return _typed_code(text, RECEIPT_LENGTH)


def group_code(text: str) -> str:
    """A group's code as somebody has typed it, without spaces and dashes; empty when it cannot be one."""
    return _typed_code(text, GROUP_CODE_LENGTH)


def _typed_code(text: str, length: int) -> str:
    typed = re.sub(r"[\s\-–—_.]", "", text.upper())
    known = len(typed) == length and all(letter in RECEIPT_LETTERS for letter in typed)
    return typed if known else ""


def in_fours(code: str) -> str:
    """A code as it is shown, in groups of four: K7QF-2M9X-4HTB-W3CD."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
