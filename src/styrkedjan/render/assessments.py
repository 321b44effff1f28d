"""The chain view as a reader sees it: printed rows, charts and tables."""

from collections.abc import Iterator
from dataclasses import dataclass

from styrkedjan.core.assessments.campaigns import OWN
from styrkedjan.core.assessments.chain import Cell, ChainView, FactorView, Response, RowView
from styrkedjan.core.assessments.lanes import Lane, banded
from styrkedjan.core.assessments.measures import Telling
from styrkedjan.core.catalogue import ChainLevel, Framework, Scale
from styrkedjan.core.disclosure.answers import CellState
from styrkedjan.render import answer_sentences as say
from styrkedjan.render import swedish
from styrkedjan.render.charts.chain import LANE, Axis, LaneSpec, axis_of, lane, step_key
from styrkedjan.render.charts.theme import SCREEN, Theme
from styrkedjan.render.words import Words

FEWEST_QUESTIONS, MOST_QUESTIONS = 2, 3


@dataclass(frozen=True)
class PrintedCell:
    """One level of one row. ``numbers`` are its row of the table: a text per step, per answer outside, and measures.

    ``merged`` stands in the table in place of the steps when they are not shown one by one.
    """

    level: ChainLevel
    level_name: str
    text: str
    svg: str
    says: str
    spread: str
    notes: tuple[str, ...]
    numbers: tuple[str, ...]
    merged: str
    outside: tuple[str, ...]
    measures: tuple[str, str, str]


@dataclass(frozen=True)
class PrintedRow:
    """One row: its levels, and what can be said of how they differ. ``differs``: the levels see it differently."""

    id: str
    name: str
    cells: tuple[PrintedCell, ...]
    headline: str
    gaps: tuple[str, ...]
    differs: bool
    comments: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PrintedFactor:
    """A factor: as a whole, row by row, what to talk about (question, ids of its rows), and its sub-goals.

    ``sub_goals`` are (name, id of a measure to look at or nothing).
    """

    id: str
    name: str
    whole: PrintedRow | None
    rows: tuple[PrintedRow, ...]
    questions: tuple[tuple[str, tuple[str, ...]], ...]
    sub_goals: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PrintedResponse:
    """How many of a level have answered, and what that means for the reading."""

    level: ChainLevel
    level_name: str
    text: str
    note: str


@dataclass(frozen=True)
class PrintedChain:
    """A whole chain view in words and charts. ``steps`` are (picture, name) for the legend."""

    title: str
    finding: str
    response: tuple[PrintedResponse, ...]
    factors: tuple[PrintedFactor, ...]
    steps: tuple[tuple[str, str], ...]
    heads: tuple[str, ...]
    outside_heads: tuple[str, ...]
    sub_goals_note: str
    differing: tuple[tuple[str, str], ...]
    has_above: bool
    has_marks: bool


@dataclass(frozen=True)
class ChainPrinter:
    """What printing a chain view needs besides it."""

    framework: Framework
    words: Words
    theme: Theme = SCREEN


@dataclass(frozen=True)
class _Page:
    """What every lane of one page shares."""

    chain: ChainView
    printer: ChainPrinter
    axis: Axis
    middle: int | None

    @property
    def words(self) -> Words:
        return self.printer.words

    @property
    def scale(self) -> Scale:
        return self.chain.scale

    def response(self, level: ChainLevel) -> Response | None:
        return next((each for each in self.chain.response if each.level is level), None)


def printed_chain(chain: ChainView, printer: ChainPrinter) -> PrintedChain:
    """Put a chain view into words and charts, for a page or a document."""
    page = _Page(chain, printer, _axis(chain), _middle(chain.scale))
    words, scale = printer.words, chain.scale
    factors = tuple(_factor(page, factor) for factor in chain.factors)
    cells = [cell for factor in chain.factors for row in factor.rows for cell in row.cells]
    levels = len({cell.level for cell in cells})
    return PrintedChain(
        title=words("chain.title.one" if levels == 1 else "chain.title.many", count=swedish.count_word(levels)),
        finding=say.finding(chain, words) if levels > 1 else "",
        response=_responses(chain, words),
        factors=factors,
        steps=step_legend(scale, printer.theme),
        heads=tuple(step.name for step in scale.steps),
        outside_heads=tuple(step.name for step in scale.outside),
        sub_goals_note=chain.sub_goals_note,
        differing=tuple((row.id, row.name) for factor in factors for row in factor.rows if row.differs),
        has_above=any(cell.above and cell.above.is_distribution and not cell.elsewhere for cell in cells),
        has_marks=any(cell.here.is_position or cell.here.of_positions for cell in cells),
    )


def _middle(scale: Scale) -> int | None:
    return None if scale.middle is None else scale.step_ids.index(scale.middle)


def _axis(chain: ChainView) -> Axis:
    """One scale for every lane of the page, also those of the factors as wholes and of the organiser."""
    rows = [row for factor in chain.factors for row in (*factor.rows, *([factor.whole] if factor.whole else []))]
    lanes = [each for row in rows for cell in row.cells for each in (cell.here, cell.above) if each]
    return axis_of((each.counts, middle_of(each, chain.scale)) for each in lanes if each.is_distribution)


def step_legend(scale: Scale, theme: Theme) -> tuple[tuple[str, str], ...]:
    """How each step is drawn, and its name, from lowest to highest."""
    pictures = (step_key(place, len(scale.steps), _middle(scale), theme) for place in range(len(scale.steps)))
    return tuple((picture, step.name) for picture, step in zip(pictures, scale.steps, strict=True))


def middle_of(each: Lane, scale: Scale) -> int | None:
    """The place of the middle step, or of the middle band; None when there is none."""
    if each.state is CellState.BANDS:
        return None if scale.middle is None else 1
    return _middle(scale)


def _responses(chain: ChainView, words: Words) -> tuple[PrintedResponse, ...]:
    """Level by level; of a level that only the organiser has, whose answers they are."""
    here = {each.level: each for each in chain.response}
    cells = (cell for factor in chain.factors for row in factor.rows for cell in row.cells)
    elsewhere = {cell.level for cell in cells if cell.elsewhere}
    return tuple(
        _response(here[level], words) if level in here else PrintedResponse(level, _name(level, words), told, "")
        for level in chain.campaign.levels
        if level in here or level in elsewhere
        for told in [words("chain.elsewhere")]
    )


def _response(each: Response, words: Words) -> PrintedResponse:
    told, note = f"{say.response(each, words)}.", say.response_note(each, words)
    return PrintedResponse(each.level, _name(each.level, words), told, note)


def _name(level: ChainLevel, words: Words) -> str:
    return swedish.capitalise(words(f"level.{level}"))


def _factor(page: _Page, factor: FactorView) -> PrintedFactor:
    words, framework = page.words, page.printer.framework
    names = {row.id: row.name for row in factor.rows}
    asked: dict[str, tuple[str, ...]] = {}  # the same question of two rows is asked once, with both
    for each in factor.questions:
        text = say.question(each, names[each.row], words)
        asked[text] = tuple(dict.fromkeys((*asked.get(text, ()), each.row)))
    reflection = () if factor.id == OWN else framework.self_assessment.reflection.questions
    asked |= dict.fromkeys(reflection[: max(0, FEWEST_QUESTIONS - len(asked))], ())
    measures = {goal.id: framework.measures_of(goal.id) for goal in factor.sub_goals}
    return PrintedFactor(
        factor.id,
        factor.name or words("chain.own_statements"),
        _row(page, factor.whole) if factor.whole else None,
        tuple(_row(page, row) for row in factor.rows),
        tuple(asked.items())[:MOST_QUESTIONS],
        tuple((goal.short_name, measures[goal.id][0].id if measures[goal.id] else "") for goal in factor.sub_goals),
    )


def _row(page: _Page, row: RowView) -> PrintedRow:
    words = page.words
    return PrintedRow(
        row.id,
        row.name,
        tuple(_cell(page, row, cell) for cell in row.cells),
        say.headline(row, words),
        tuple(text for text in (say.gap(gap, words) for gap in row.gaps) if text),
        any(gap.telling is Telling.DIFFERS for gap in row.gaps),
        tuple((words(f"level.{level}"), text) for level, text in row.comments),
    )


def _cell(page: _Page, row: RowView, cell: Cell) -> PrintedCell:
    words, scale, here = page.words, page.scale, cell.here
    response = page.response(cell.level)
    says = say.summary(here, scale, words)
    notes = (
        say.state_note(here, response, words),
        say.shared(cell, scale, words),
        say.change(cell, scale, words) if "." in row.id else "",
        say.bounds(cell, response, scale, words),
    )
    return PrintedCell(
        cell.level,
        words(f"level.{cell.level}.name"),
        as_continued(cell.text),
        lane(_spec(page, row, cell), page.axis, page.printer.theme, LANE),
        says,
        say.spread(here, words),
        tuple(note for note in notes if note),
        tuple(str(count) for count in here.counts) if here.state in (CellState.SHOWN, CellState.POSITION) else (),
        _merged(here, scale, words),
        tuple(str(here.outside.get(each.id, 0)) if here.counts and here.outside_told else "" for each in scale.outside),
        _measures(here, scale, words),
    )


def as_continued(text: str) -> str:
    """A cell's text after the words that it continues."""
    return f"… {text.rstrip('.')}" if text[:1].islower() else text


def _merged(here: Lane, scale: Scale, words: Words) -> str:
    """What stands in place of the steps in the table."""
    if here.state is CellState.BANDS:
        names = say.band_names(scale, words)
        return ", ".join(f"{name} {count}" for name, count in zip(names, here.counts, strict=True))
    shown = here.state in (CellState.SHOWN, CellState.POSITION)
    return "" if shown else swedish.capitalise(say.summary(here, scale, words))


def _measures(here: Lane, scale: Scale, words: Words) -> tuple[str, str, str]:
    number = "" if here.agreement is None else swedish.number(here.agreement, 2)
    return here.n_class or words("chain.none"), say.median(here, scale, words) or words("chain.none"), number


def _spec(page: _Page, row: RowView, cell: Cell) -> LaneSpec:
    here, scale, words = cell.here, page.scale, page.words
    above = cell.above if cell.above and cell.above.is_distribution and not cell.elsewhere else None
    kind = kind_of(here)
    marks = tuple(_marks(row, cell, scale)) if kind == "bar" else ()
    return LaneSpec(
        id=f"d-{row.id.replace('.', '-')}-{cell.level}",
        title=f"{words(f'level.{cell.level}.name')}: {row.name}",
        description=description(here, scale, words, above, marks),
        level=cell.level,
        kind=kind,
        counts=here.counts,
        middle=middle_of(here, scale),
        beside=_alike(above, here, scale) if above else (),
        marks=marks,
        word=word_of(here, scale, words),
        at=(here.band or 0) - 1 if here.state is CellState.GATHERED else 0,
    )


def kind_of(here: Lane) -> str:
    """How a lane is drawn: bar, position, gathered, hidden or none."""
    if here.is_distribution:
        return "bar"
    if here.is_position:
        return "position"
    if here.state is CellState.GATHERED:
        return "gathered"
    return "hidden" if here.is_hidden else "none"


def word_of(here: Lane, scale: Scale, words: Words) -> str:
    """What stands in a lane that has no bar."""
    gathered = here.state is CellState.GATHERED
    return words("chain.gathered.word") if gathered else words(f"chain.state.{here.state}.short")


def _alike(above: Lane, here: Lane, scale: Scale) -> tuple[int, ...]:
    """The organiser's counts in the same steps or bands as those of the lane, so that they are read alike."""
    if here.state is CellState.BANDS:
        return above.in_bands(scale)
    return () if above.state is CellState.BANDS else above.counts


def _marks(row: RowView, cell: Cell, scale: Scale) -> Iterator[tuple[ChainLevel, int]]:
    """The positions that other levels have taken, in the steps or bands of this lane."""
    for other in row.cells:
        if other.level is cell.level or not other.here.is_position:
            continue
        counts = banded(other.here.counts, scale) if cell.here.state is CellState.BANDS else other.here.counts
        yield from ((other.level, step) for step, count in enumerate(counts) if count)


def description(
    here: Lane, scale: Scale, words: Words, above: Lane | None, marks: tuple[tuple[ChainLevel, int], ...]
) -> str:
    """A lane in words: every count, the positions over it and the organiser's counts beside it."""
    if not here.counts:
        return swedish.capitalise(say.summary(here, scale, words))
    names = say.step_names(here, scale, words)
    parts = [f"{name} {count}" for name, count in zip(names, here.counts, strict=True)]
    sentences = [f"{', '.join(parts)}."]
    sentences += [words("chain.mark", level=words(f"level.{level}"), step=names[step]) for level, step in marks]
    if above:
        counts = zip(say.step_names(above, scale, words), above.counts, strict=True)
        sentences.append(words("chain.beside", parts=", ".join(f"{name} {count}" for name, count in counts)))
    return " ".join(sentences)
