"""Answers on paper, as somebody types them in afterwards: one line per paper."""

import re
from dataclasses import dataclass

from styrkedjan.core.assessments.campaigns import Form
from styrkedjan.core.assessments.sheets import Sheet, receipt_code, tidy_comment
from styrkedjan.core.catalogue import Scale

# What is typed for the answers outside the scale, and for none.
TYPED_OUTSIDE = {"V": "dont_know", "I": "not_relevant"}
NO_ANSWER = "-"
MOST_PAPERS = 100


@dataclass(frozen=True)
class Paper:
    """One line. ``receipt`` is the code printed on the paper, empty when none was typed; ``problem``, what is wrong."""

    line: int
    receipt: str
    sheet: Sheet
    problem: str = ""


def read_papers(form: Form, scale: Scale, text: str) -> tuple[Paper, ...]:
    """Each line that holds something, as a paper: ``[code:] answers [| number: comment …]``.

    ``K7QF-2M9X-4HTB-W3CD: 4 3 V 5 I - | 2: Vi saknar tid`` answers six statements and comments the second.
    """
    lines = enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
    return tuple(_paper(form, scale, number, line) for number, line in lines if line.strip())


def _paper(form: Form, scale: Scale, number: int, line: str) -> Paper:
    head, *comments = line.split("|")
    code, colon, marks = head.rpartition(":")
    receipt = receipt_code(code)
    try:
        if colon and not receipt:
            raise ValueError("Koden före kolonet är inte ett kvitto: den ska ha 16 tecken.")
        sheet = Sheet(_answers(form, scale, marks), _comments(form, comments))
    except ValueError as error:
        return Paper(number, receipt, Sheet({}), str(error))
    return Paper(number, receipt, sheet, "" if sheet.answers or sheet.comments else "Raden har inga svar.")


def _answers(form: Form, scale: Scale, marks: str) -> dict[str, str]:
    typed = re.sub(r"[\s,;]", "", marks.upper().replace("–", NO_ANSWER).replace("_", NO_ANSWER))
    if len(typed) != len(form.rows):
        raise ValueError(f"Raden har {len(typed)} svar men blanketten har {len(form.rows)} påståenden.")
    known = {step: step for step in scale.step_ids} | TYPED_OUTSIDE
    for place, mark in enumerate(typed, 1):
        if mark != NO_ANSWER and known.get(mark) not in scale.answer_by_id:
            raise ValueError(f"”{mark}” vid påstående {place} är inget svar.")
    return {row: known[mark] for row, mark in zip(form.rows, typed, strict=True) if mark != NO_ANSWER}


def _comments(form: Form, parts: list[str]) -> dict[str, str]:
    found = {}
    for part in parts:
        number, colon, text = part.partition(":")
        place = int(number) if number.strip().isdecimal() else 0
        if not colon or not 1 <= place <= len(form.rows):
            raise ValueError(f"”{part.strip()[:40]}” ska börja med påståendets nummer och ett kolon, som 3: texten.")
        found[form.rows[place - 1]] = tidy_comment(text)
    return {row: text for row, text in found.items() if text}


def marks_of(form: Form, sheet: Sheet) -> tuple[str, ...]:
    """What would be typed for each statement of a sheet, in order."""
    back = {answer: mark for mark, answer in TYPED_OUTSIDE.items()}
    given = (sheet.answers.get(row, "") for row in form.rows)
    return tuple(back.get(answer, answer) or NO_ANSWER for answer in given)
