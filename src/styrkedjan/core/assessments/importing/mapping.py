"""What the columns of a table of answers mean, as it seems and as somebody says, and the sheets that come of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher

from styrkedjan.core.assessments.campaigns import MOST_OWN_STATEMENTS, OWN
from styrkedjan.core.assessments.importing.tables import FEW, AnswerTable, Column, plain
from styrkedjan.core.assessments.plans import LONGEST_STATEMENT, LONGEST_TITLE
from styrkedjan.core.assessments.sheets import Sheet
from styrkedjan.core.catalogue import ChainLevel, Framework, Scale
from styrkedjan.core.refused import BadInput

LIKE_ENOUGH = 0.85
LEVEL, PLACE, OWN_STATEMENT, SKIP = "level", "place", OWN, "skip"


@dataclass(frozen=True)
class Mapped:
    """What somebody has said that a table means.

    ``targets`` are by column: a row's id, OWN_STATEMENT, LEVEL or PLACE; a column that is not there is left out.
    ``steps`` give each value's answer, ``levels`` its level and ``places`` its place; SKIP for none. ``level`` is
    everyone's where no column says it.
    """

    targets: Mapping[int, str]
    steps: Mapping[str, str]
    levels: Mapping[str, str]
    places: Mapping[str, str]
    level: str = ""

    def columns_of(self, *targets: str) -> list[int]:
        """The columns with one of these targets."""
        return [column for column, target in self.targets.items() if target in targets]

    @property
    def statements(self) -> dict[int, str]:
        """The columns with answers, and the id of the row that each answers."""
        own = {column: f"{OWN}.{number}" for number, column in enumerate(self.columns_of(OWN_STATEMENT), 1)}
        rows = {column: target for column, target in self.targets.items() if target not in (LEVEL, PLACE)}
        return rows | own


class Unclear(BadInput):
    """What was said of a table does not hold together. ``problems`` are by field, in Swedish; nothing was read in."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(dict.fromkeys(problems.values())))
        self.problems = dict(problems)


def guessed(table: AnswerTable, framework: Framework, scale: Scale, places: Mapping[str, str]) -> Mapped:
    """What the table seems to say.

    In: ``places``, key and name of those that the answers can be of.
    """
    rows = _row_texts(framework)
    found: dict[int, str] = {}
    for at, column in enumerate(table.columns):
        target = _target(column, rows, places)
        if target and (target not in found.values()):
            found[at] = target
    values = {value for column in table.columns for value in column.values}
    return Mapped(
        targets=found,
        steps={value: step for value in values if (step := step_of(value, scale))},
        levels={value: level for value in values if (level := _level_of(value))},
        places={value: key for value in values if (key := place_of(value, places))},
    )


def _row_texts(framework: Framework) -> dict[str, str]:
    """Each way in which a row can be named, and the row's id. A name that two rows have names neither."""
    texts: dict[str, set[str]] = {}
    for factor in framework.success_factors:
        for row in factor.rows:
            for text in (f"{factor.id}.{row.id}", row.name, *row.cells.values()):
                texts.setdefault(plain(text), set()).add(f"{factor.id}.{row.id}")
    return {text: next(iter(ids)) for text, ids in texts.items() if len(ids) == 1 and text}


def _target(column: Column, rows: Mapping[str, str], places: Mapping[str, str]) -> str:
    values = list(column.values)
    if all(_level_of(value) for value in values):
        return LEVEL
    if all(place_of(value, places) for value in values):
        return PLACE
    return _row_of(column.head, rows) if column.can_be_a_statement else ""


def _row_of(head: str, rows: Mapping[str, str]) -> str:
    said = plain(head)
    if said in rows:
        return rows[said]
    inside = [text for text in rows if len(text) > 12 and text in said]
    if inside:
        return rows[max(inside, key=len)]
    scored = [(SequenceMatcher(None, text, said).ratio(), text) for text in rows if len(text) > 12]
    likeness, text = max(scored, default=(0.0, ""))
    return rows[text] if likeness >= LIKE_ENOUGH else ""


def step_of(value: str, scale: Scale) -> str:
    """The answer of the scale that a value says: its id, its name, both, or LimeSurvey's code of it (A4)."""
    said = plain(value)
    for answer in (*scale.steps, *scale.outside):
        names = {plain(answer.id), plain(answer.name), plain(f"{answer.id} {answer.name}"), plain(f"a{answer.id}")}
        if said in names:
            return answer.id
    return ""


_LEVELS = {
    ChainLevel.ORGANISER: ("organiser", "huvudman", "huvudmannen", "huvudmannanivå"),
    ChainLevel.PRINCIPAL: ("principal", "rektor", "rektorer", "skolledning", "skolledare"),
    ChainLevel.TEACHING: ("teaching", "undervisning", "undervisningen", "lärare", "pedagog", "personal"),
}


def _level_of(value: str) -> str:
    said = plain(value)
    return next((str(level) for level, names in _LEVELS.items() if said in names), "")


def place_of(value: str, places: Mapping[str, str]) -> str:
    """The place that a value names, by its code or its name."""
    said = plain(value)
    found = [key for key, name in places.items() if said in (plain(key), plain(key.rpartition("-")[2]), plain(name))]
    return found[0] if len(found) == 1 else ""


def sheets_of(
    table: AnswerTable, mapped: Mapped, scale: Scale, place: str, places: Mapping[str, str]
) -> dict[tuple[str, ChainLevel], list[Sheet]]:
    """The answers as sheets, by place and level. An empty sheet is none.

    In: ``place``, whose answers they are where no column says.
    Raises: Unclear with everything that does not hold together.
    """
    problems = dict(_problems(table, mapped, scale, places))
    if problems:
        raise Unclear(problems)
    levels = _said(table, mapped.columns_of(LEVEL), mapped.levels, mapped.level)
    where = _said(table, mapped.columns_of(PLACE), mapped.places, place)
    answers = {row: table.cells(column) for column, row in mapped.statements.items()}
    sheets: dict[tuple[str, ChainLevel], list[Sheet]] = {}
    for at in range(table.row_count):
        given = {row: mapped.steps[cells[at]] for row, cells in answers.items() if cells[at]}
        kept = {row: answer for row, answer in given.items() if answer != SKIP}
        if kept and SKIP not in (levels[at], where[at]):
            sheets.setdefault((where[at], ChainLevel(levels[at])), []).append(Sheet(kept))
    if not sheets:
        raise Unclear({"": "Inget svar blir kvar med de valen. Inget har lästs in. Ändra valen och försök igen."})
    return sheets


def _said(table: AnswerTable, columns: Sequence[int], meaning: Mapping[str, str], otherwise: str) -> list[str]:
    if not columns:
        return [otherwise] * table.row_count
    return [meaning[cell] if cell else SKIP for cell in table.cells(columns[0])]


def _problems(table: AnswerTable, mapped: Mapped, scale: Scale, places: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from _target_problems(table, mapped)
    yield from _value_problems(table, mapped.statements, mapped.steps, {*scale.answer_by_id, SKIP}, "steg")
    yield from _value_problems(table, mapped.columns_of(LEVEL), mapped.levels, {*ChainLevel, SKIP}, "niva")
    yield from _value_problems(table, mapped.columns_of(PLACE), mapped.places, {*places, SKIP}, "plats")
    if not mapped.columns_of(LEVEL) and mapped.level not in tuple(ChainLevel):
        yield "niva", "Välj vilken nivå som svaren kommer från, eller vilken kolumn som säger det."


def _target_problems(table: AnswerTable, mapped: Mapped) -> Iterator[tuple[str, str]]:
    if not mapped.statements:
        yield "", "Välj minst en kolumn med svar, och vilken rad den svarar på."
    if len(mapped.columns_of(OWN_STATEMENT)) > MOST_OWN_STATEMENTS:
        yield "", f"Högst {MOST_OWN_STATEMENTS} kolumner kan vara egna påståenden."
    counted = Counter(target for target in mapped.targets.values() if target != OWN_STATEMENT)
    for column, target in mapped.targets.items():
        head = table.columns[column].head
        if counted[target] > 1:
            yield f"kolumn-{column}", f"Kolumnen ”{head}” och en annan är valda till samma sak. Välj en av dem."
        elif target not in (LEVEL, PLACE) and not table.columns[column].can_be_a_statement:
            yield (
                f"kolumn-{column}",
                (
                    f"Kolumnen ”{head}” har {len(table.columns[column].values)} olika värden och kan inte vara "
                    "svar på en skala. Välj en annan kolumn."
                ),
            )


def _value_problems(
    table: AnswerTable, columns: Iterable[int], meaning: Mapping[str, str], allowed: set[str], field: str
) -> Iterator[tuple[str, str]]:
    for column in columns:
        missing = [value for value in table.columns[column].values if meaning.get(value) not in allowed]
        if missing:
            named = ", ".join(f"”{value}”" for value in missing[:FEW])
            more = f" och {len(missing) - FEW} till" if len(missing) > FEW else ""
            yield f"{field}-{column}", f"Säg vad {named}{more} i kolumnen ”{table.columns[column].head}” betyder."


# ---- What the whole is ----


@dataclass(frozen=True)
class Collected:
    """What somebody says of answers that were collected elsewhere: what they are called, of what, and when."""

    title: str
    school_form: str
    edition: str
    first_day: date
    last_day: date
    own_statements: tuple[str, ...] = ()


def checked_collected(said: Collected, framework: Framework, today: date) -> Collected:
    """The same with a tidy title. In: ``framework``, the newest edition. Raises: Unclear, by field."""
    tidy = replace(
        said,
        title=" ".join(said.title.split()),
        own_statements=tuple(text[:LONGEST_STATEMENT] for text in said.own_statements),
    )
    problems = {}
    if not tidy.title:
        problems["title"] = "Skriv en rubrik, så att resultatet går att hitta igen."
    elif len(tidy.title) > LONGEST_TITLE:
        problems["title"] = f"Rubriken får ha högst {LONGEST_TITLE} tecken."
    if tidy.school_form not in framework.school_forms:
        problems["school_form"] = "Välj en av skolformerna."
    if tidy.edition != framework.id:
        problems[""] = "Kvalitetssystemet har fått en ny utgåva sedan du öppnade sidan. Läs in filen igen."
    if tidy.last_day < tidy.first_day:
        problems["last_day"] = "Sista dagen är före den första."
    elif tidy.last_day > today:
        problems["last_day"] = "Sista dagen har inte varit än. Läs in svaren när insamlingen är klar."
    if problems:
        raise Unclear(problems)
    return tidy
