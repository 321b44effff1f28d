"""A plan (plan) for a campaign: what somebody wants to open or change, checked before anything is written."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from styrkedjan.core.assessments.campaigns import MOST_OWN_STATEMENTS, OWN, Mode, OwnStatement
from styrkedjan.core.catalogue import ChainLevel, Framework
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import BadInput

LONGEST_TITLE = 120
LONGEST_STATEMENT = 300
MOST_ASKED = 5_000
MOST_GROUPS = 2_000
LONGEST_OPEN = timedelta(days=366)
LANGUAGES = ("sv",)
UNIT_LEVELS = (ChainLevel.PRINCIPAL, ChainLevel.TEACHING)

NO_TITLE = "Skriv en rubrik, så att de som svarar känner igen självvärderingen."
NOTHING_ASKED = "Välj minst en framgångsfaktor, en rad eller ett eget påstående."
NO_LEVEL = "Välj minst en nivå som ska svara."
NO_MODE = "Välj hur ni svarar: var och en för sig, tillsammans eller båda."
OTHER_EDITION = (
    "Kvalitetssystemet har fått en ny utgåva sedan du öppnade sidan. Det du fyllde i står kvar. "
    "Se över vad ni frågar om och öppna sedan."
)
ODD_ROWS = "En av raderna finns inte i den här utgåvan av kvalitetssystemet. Välj igen bland dem som visas."
CLOSES_FIRST = "Sista dagen är före den första. Välj en senare sista dag."
CLOSED_ALREADY = "Sista dagen har redan varit. Välj en dag framåt."
TOO_LONG_OPEN = "En självvärdering kan vara öppen i högst ett år. Välj en tidigare sista dag."
NOBODY = "Skriv hur många som ska svara, minst en grupp med minst en person."
ODD_GROUP = "En av grupperna finns inte här. Inget har öppnats. Ladda om sidan och fyll i igen."


class BadPlan(BadInput):
    """A plan that cannot be carried out; ``problems`` says why, by field, in Swedish."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(dict.fromkeys(problems.values())))
        self.problems = dict(problems)


@dataclass(frozen=True)
class CampaignPlan:
    """What a campaign shall be. ``asked`` says how many are asked, by place and level: each becomes a group.

    ``rows`` are ids like ``professional_development.3``; ``own_statements`` the texts of own statements.
    """

    title: str
    edition: str
    school_form: str
    rows: tuple[str, ...]
    levels: tuple[ChainLevel, ...]
    modes: frozenset[Mode]
    asked: Mapping[tuple[str, ChainLevel], int]
    opens_at: datetime
    closes_at: datetime
    own_statements: tuple[str, ...] = ()
    language: str = "sv"
    previous: str | None = None

    @property
    def own(self) -> tuple[OwnStatement, ...]:
        """The own statements with their ids."""
        return tuple(OwnStatement(f"{OWN}.{number}", text) for number, text in enumerate(self.own_statements, 1))


@dataclass(frozen=True)
class CampaignChange:
    """What is changed in a campaign. ``asked`` is by the group's key; ``seen`` the fingerprint of what was shown."""

    title: str
    opens_at: datetime
    closes_at: datetime
    asked: Mapping[str, int]
    seen: str


def checked_plan(plan: CampaignPlan, place: str, framework: Framework, now: datetime) -> CampaignPlan:
    """The plan as it may be opened at a place: tidy texts, and the rows in the framework's order.

    In: ``framework``, the newest edition.
    Raises: BadPlan with everything that is wrong, by field.
    """
    tidy = replace(
        plan,
        title=one_line(plan.title),
        own_statements=tuple(filter(None, map(one_line, plan.own_statements))),
        levels=tuple(level for level in ChainLevel if level in plan.levels),
        rows=tuple(row for row in every_row(framework) if row in plan.rows),
    )
    problems: dict[str, str] = {}
    for field, text in _problems(tidy, plan, place, framework, now):
        problems.setdefault(field, text)
    if problems:
        raise BadPlan(problems)
    return tidy


def _problems(
    tidy: CampaignPlan, plan: CampaignPlan, place: str, framework: Framework, now: datetime
) -> Iterator[tuple[str, str]]:
    if plan.edition != framework.id:
        yield "edition", OTHER_EDITION
    elif set(plan.rows) - set(tidy.rows):
        yield "rows", ODD_ROWS
    yield from title_problems(tidy.title)
    if plan.school_form not in framework.school_forms:
        yield "school_form", "Välj en av skolformerna."
    if plan.language not in LANGUAGES:
        yield "language", "Formuläret finns bara på svenska än så länge."
    if not tidy.modes:
        yield "modes", NO_MODE
    yield from _statement_problems(tidy, framework)
    yield from date_problems(tidy.opens_at, tidy.closes_at, now)
    yield from _asked_problems(tidy, place)


def title_problems(title: str) -> Iterator[tuple[str, str]]:
    """What is wrong with a title."""
    if not title:
        yield "title", NO_TITLE
    if len(title) > LONGEST_TITLE:
        yield "title", f"Rubriken har {len(title)} tecken och får ha högst {LONGEST_TITLE}. Korta den."


def date_problems(opens_at: datetime, closes_at: datetime, now: datetime) -> Iterator[tuple[str, str]]:
    """What is wrong with the dates."""
    if closes_at <= now:
        yield "closes_at", CLOSED_ALREADY
    elif closes_at <= opens_at:
        yield "closes_at", CLOSES_FIRST
    elif closes_at - max(opens_at, now) > LONGEST_OPEN:
        yield "closes_at", TOO_LONG_OPEN
    if opens_at - now > LONGEST_OPEN:
        yield "opens_at", "Självvärderingen kan öppna högst ett år framåt. Välj en tidigare första dag."


def _statement_problems(plan: CampaignPlan, framework: Framework) -> Iterator[tuple[str, str]]:
    if len(plan.own_statements) > MOST_OWN_STATEMENTS:
        yield (
            "own_statements",
            f"Ni har skrivit {len(plan.own_statements)} egna påståenden och kan ha högst {MOST_OWN_STATEMENTS}.",
        )
    longest = max(map(len, plan.own_statements), default=0)
    if longest > LONGEST_STATEMENT:
        yield (
            "own_statements",
            f"Ett eget påstående har {longest} tecken och får ha högst {LONGEST_STATEMENT}. Korta det.",
        )
    if not plan.rows and not plan.own_statements:
        yield "rows", NOTHING_ASKED
    elif plan.rows and not plan.own_statements:
        cells = {level for factor, row in _rows(framework) if row_id(factor, row) in plan.rows for level in row.cells}
        if set(plan.levels) - cells:
            yield "rows", "En av nivåerna får inget påstående att svara på. Välj fler rader eller färre nivåer."


def _asked_problems(plan: CampaignPlan, place: str) -> Iterator[tuple[str, str]]:
    if not plan.levels:
        yield "levels", NO_LEVEL
        return
    if len(plan.asked) > MOST_GROUPS:
        yield "asked", f"Det blir {len(plan.asked)} grupper, och en självvärdering kan ha {MOST_GROUPS}. Dela upp den."
    if not plan.asked:
        yield "asked", NOBODY
    for (where, level), count in plan.asked.items():
        if level not in plan.levels or not may_answer(place, where, level):
            yield "asked", ODD_GROUP
        yield from count_problems(count)


def count_problems(count: int) -> Iterator[tuple[str, str]]:
    """What is wrong with how many are asked in one group."""
    if not 1 <= count <= MOST_ASKED:
        yield "asked", f"Antalet i en grupp är {count} och ska vara mellan 1 och {MOST_ASKED}."


def may_answer(campaign_place: str, place: str, level: ChainLevel) -> bool:
    """Whether those at a place and level can answer a campaign of another place, by their keys alone."""
    if level is ChainLevel.ORGANISER:
        return place == campaign_place == organiser_of(place)
    is_unit = place != organiser_of(place)
    return is_unit and (place == campaign_place or campaign_place == organiser_of(place))


def levels_at(place: str) -> tuple[ChainLevel, ...]:
    """The levels that a campaign of this place can have: a unit has no level of its organiser."""
    return tuple(ChainLevel) if place == organiser_of(place) else UNIT_LEVELS


def every_row(framework: Framework) -> tuple[str, ...]:
    """The id of every row, in the framework's order."""
    return tuple(row_id(factor, row) for factor, row in _rows(framework))


def _rows(framework: Framework) -> Iterator[tuple]:
    return ((factor, row) for factor in framework.success_factors for row in factor.rows)


def row_id(factor: object, row: object) -> str:
    """The id of a row in a campaign: the factor's and the row's own."""
    return f"{factor.id}.{row.id}"  # type: ignore[attr-defined]


def one_line(text: str) -> str:
    """A text on one line, with composed letters and no control signs."""
    kept = (sign if unicodedata.category(sign) not in ("Cc", "Cs", "Co") else " " for sign in text)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", "".join(kept))).strip()


def fingerprint(title: str, opens_at: datetime, closes_at: datetime, asked: Iterable[tuple[str, int]]) -> str:
    """A short text that differs when somebody has changed a campaign since it was shown."""
    parts = [title, opens_at.isoformat(), closes_at.isoformat(), *(f"{key}={count}" for key, count in sorted(asked))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
