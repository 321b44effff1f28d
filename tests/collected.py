"""Invented files of answers that were collected elsewhere, as LimeSurvey and others export them."""

import csv
import io
from collections.abc import Sequence
from random import Random

from tests.world import STORKOPING, catalogue

UNITS = ("90000001", "90000002")
STEPS = ("Inte alls", "I låg grad", "Delvis", "I hög grad", "Helt och hållet")


def rows_of(factor: str, count: int) -> list[tuple[str, str]]:
    """The first rows of a factor: id, and the question at the teaching level."""
    framework = catalogue().framework
    scale, found = framework.self_assessment.scale, framework.factor_by_id[factor]
    return [(f"{factor}.{row.id}", scale.question("teaching", row.cells["teaching"])) for row in found.rows[:count]]


QUESTIONS = rows_of("clear_roles", 2)
LIMESURVEY_HEADS = (
    "id",
    "submitdate",
    "lastpage",
    "startlanguage",
    "seed",
    "token",
    "ipaddr",
    "enhet",
    *(f"G1Q{number}. {text}" for number, (_, text) in enumerate(QUESTIONS, 1)),
    "Vad vill du tillägga?",
    "Din e-postadress",
)


def limesurvey_rows(count: int = 12, seed: int = 1) -> list[list[str]]:
    """Answers of so many people, half at each of two units, and two who never sent theirs in."""
    chance, rows = Random(seed), []
    for at in range(count + 2):
        sent = "2026-10-01 09:00:00" if at < count else ""
        answers = [chance.choice(STEPS) for _ in QUESTIONS]
        technical = [str(at + 1), sent, "4", "sv", str(chance.getrandbits(31)), f"tok{at:05d}", f"192.0.2.{at}"]
        rows.append([*technical, UNITS[at % 2], *answers, f"En egen tanke, nummer {at}", f"n{at}@prov.example"])
    return rows


def written(
    heads: Sequence[str] = LIMESURVEY_HEADS,
    rows: Sequence[Sequence[str]] | None = None,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
) -> bytes:
    """A file with everything in quotes."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([heads, *(limesurvey_rows() if rows is None else rows)])
    return text.getvalue().encode(encoding)


PLACES = {STORKOPING: "Storköpings kommun", **{f"{STORKOPING}-{code}": f"Storskolan {code[-1]}" for code in UNITS}}
PERSONAL = ("tok0000", "192.0.2", "@prov.example", "En egen tanke")
