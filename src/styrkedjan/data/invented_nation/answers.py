"""Invented answers to a self-assessment: sheets that look like those of people who differ, from a seed."""

import random
from collections.abc import Iterable, Iterator

from styrkedjan.core.assessments.sheets import Sheet
from styrkedjan.core.catalogue import ChainLevel

# What people on each level tend to see: the further from teaching, the rosier. Centre of a scale of five steps.
CENTRES = {ChainLevel.ORGANISER: 3.9, ChainLevel.PRINCIPAL: 3.7, ChainLevel.TEACHING: 3.1}
SPREAD = 0.95
DONT_KNOW_SHARE, COMMENT_SHARE, SKIPPED_SHARE = 0.05, 0.06, 0.02
COMMENTS = (
    "Vi har tid avsatt, men den går ofta till annat.",
    "Arbetslaget har hittat en form för att se varandras undervisning.",
    "Vi vet inte vad som händer med det vi för fram.",
    "Det har blivit bättre sedan i höstas.",
    "Nyanställda får inte den introduktion som är planerad.",
    "Det skiljer sig mycket mellan arbetslagen.",
)


def invented_sheets(
    seed: str, level: ChainLevel, rows: Iterable[str], count: int, shift: float = 0.0
) -> Iterator[Sheet]:
    """So many sheets of a group. In: ``shift``, how much higher than usual this group answers."""
    chance, asked = random.Random(seed), tuple(rows)  # noqa: S311 - invented figures, the same each time
    leanings = {row: chance.gauss(CENTRES[level] + shift, 0.45) for row in asked}
    for _ in range(count):
        person = chance.gauss(0, 0.5)
        answers = dict(_answers(chance, asked, {row: centre + person for row, centre in leanings.items()}))
        comments = {row: chance.choice(COMMENTS) for row in answers if chance.random() < COMMENT_SHARE}
        yield Sheet(answers, comments)


def _answers(chance: random.Random, rows: Iterable[str], centres: dict[str, float]) -> Iterator[tuple[str, str]]:
    for row in rows:
        draw = chance.random()
        if draw < DONT_KNOW_SHARE:
            yield row, "dont_know"
        elif draw < 1 - SKIPPED_SHARE:
            yield row, str(min(5, max(1, round(chance.gauss(centres[row], SPREAD)))))
