"""What the page of a form shows: what is said before the first statement, and the statements one by one."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from styrkedjan.core.assessments.campaigns import OWN, Statement
from styrkedjan.core.assessments.open_forms import OpenForm
from styrkedjan.core.assessments.sheets import Sheet
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.queries.catalogue import catalogue

SECONDS_PER_STATEMENT = 15
# Whose position it is, and who "ni" are.
WHOSE = {
    ChainLevel.ORGANISER: "huvudmannens",
    ChainLevel.PRINCIPAL: "rektorns",
    ChainLevel.TEACHING: "undervisningsnivåns",
}


@dataclass(frozen=True)
class Line:
    """One statement on the page. ``number`` counts from 1; ``lead`` is the part of the question that many have."""

    number: int
    row: str
    factor_name: str
    row_name: str
    lead: str
    rest: str
    ends_factor: bool


@dataclass(frozen=True)
class Facts:
    """What is told before the first statement."""

    statement_count: int
    factor_count: int
    minutes: int
    whose: str
    readers: str
    reading_roles: str
    minimum_answers: int
    minimum_answers_for_comments: int


@lru_cache(maxsize=256)
def lines(form: OpenForm) -> tuple[Line, ...]:
    """The statements of a form as the page shows them."""
    statements = form.form.statements
    lead = f"{form.scale.stem} {form.scale.leads[form.group.level]}"
    after = (*statements[1:], None)
    return tuple(
        _line(number, lead, each, each.factor != OWN and (following is None or following.factor != each.factor))
        for number, (each, following) in enumerate(zip(statements, after, strict=True), 1)
    )


def _line(number: int, lead: str, statement: Statement, ends_factor: bool) -> Line:
    question = statement.question
    begins = question.startswith(f"{lead} ")
    rest = question.removeprefix(f"{lead} ")
    return Line(
        number, statement.row, statement.factor_name, statement.row_name, lead if begins else "", rest, ends_factor
    )


@lru_cache(maxsize=256)
def facts(form: OpenForm) -> Facts:
    """How long it takes, who reads, and what the answers are."""
    rules, count = catalogue().disclosure.answers, len(form.form.statements)
    return Facts(
        statement_count=count,
        factor_count=len({each.factor for each in form.form.statements if each.factor != OWN}),
        minutes=max(1, math.ceil(count * SECONDS_PER_STATEMENT / 60)),
        whose=WHOSE[form.group.level],
        readers=readers(form),
        reading_roles=f"{'' if form.is_at_the_organiser else 'rektor, '}kvalitetsansvarig, skolchef och nämnd",
        minimum_answers=rules.minimum_answers,
        minimum_answers_for_comments=rules.minimum_answers_for_comments,
    )


def readers(form: OpenForm) -> str:
    """Who reads the results of a group."""
    above = f"kvalitetsansvarig, skolchef och nämnd hos {form.organiser_name}"
    return above if form.is_at_the_organiser else f"rektor på {form.place_name} och {above}"


def posted_rows(data: Mapping[str, str]) -> tuple[str, ...]:
    """The rows that the page was made with, in its order: its fields are named by their place in it."""
    return tuple(filter(None, data.get("rader", "").split(",")))[:500]


def posted_sheet(data: Mapping[str, str]) -> Sheet:
    """The answers and comments that a form has sent, as they were sent."""
    rows = posted_rows(data)
    answers = {row: data.get(f"a{number}", "") for number, row in enumerate(rows, 1)}
    comments = {row: data.get(f"k{number}", "") for number, row in enumerate(rows, 1)}
    return Sheet(
        {row: answer for row, answer in answers.items() if answer},
        {row: text for row, text in comments.items() if text.strip()},
    )
