"""Chosen results of a self-assessment in words: once, for the page, the paper that is shared and the PDF."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from styrkedjan.core.assessments.chosen import ChosenCell, ChosenFactor, ChosenResults, ChosenRow
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.disclosure.answers import CellState, ReleasedCell
from styrkedjan.render import swedish
from styrkedjan.render.charts.chain import Axis, LaneSpec, axis_of, lane
from styrkedjan.render.charts.svg import Size
from styrkedjan.render.charts.theme import SCREEN, Theme
from styrkedjan.render.words import Words

BARS = (CellState.SHOWN, CellState.BANDS)
BAR, PAPER_BAR = Size(240, 24), Size(150, 18)


@dataclass(frozen=True)
class PrintedCell:
    """What one level answered, ready to place: the answers, of how many they are, and what was agreed together.

    ``svg`` is the distribution as a bar, empty when there is none. ``hidden`` says that the answers are there and are
    not shown.
    """

    level: str
    level_name: str
    text: str
    base: str
    shared: str
    hidden: bool
    svg: str = ""


@dataclass(frozen=True)
class PrintedRow:
    """One row of the table; ``cells`` has one entry per level of the results, None where the row is not asked."""

    name: str
    cells: tuple[PrintedCell | None, ...]


@dataclass(frozen=True)
class PrintedFactor:
    """One factor: its rows, and first all of them together."""

    id: str
    name: str
    whole: PrintedRow
    rows: tuple[PrintedRow, ...]


@dataclass(frozen=True)
class PrintedResults:
    """The chosen results of one campaign, ready to place."""

    campaign: str
    title: str
    counted: str
    levels: tuple[str, ...]
    level_names: tuple[str, ...]
    factors: tuple[PrintedFactor, ...]

    @property
    def has_hidden(self) -> bool:
        """Whether something is not shown, so that it must be said why."""
        rows = (row for factor in self.factors for row in (factor.whole, *factor.rows))
        return any(cell.hidden for row in rows for cell in row.cells if cell)


@dataclass(frozen=True)
class _Page:
    """What every cell of one campaign's results shares."""

    results: ChosenResults
    words: Words
    theme: Theme
    levels: tuple[ChainLevel, ...]
    axis: Axis


def printed_results(results: ChosenResults, words: Words, theme: Theme = SCREEN) -> PrintedResults:
    """Put chosen results into words and bars."""
    levels = tuple(_levels(results))
    page = _Page(results, words, theme, levels, axis_of(_bars(results)))
    return PrintedResults(
        campaign=results.campaign,
        title=results.title,
        counted=words("answers.counted_on", date=swedish.date(date.fromisoformat(results.counted_on))),
        levels=tuple(map(str, levels)),
        level_names=tuple(words(f"level.{level}.name") for level in levels),
        factors=tuple(_factor(factor, page) for factor in results.factors),
    )


def _rows(results: ChosenResults) -> Iterator[tuple[ChosenCell, ...]]:
    for factor in results.factors:
        yield factor.whole
        yield from (row.cells for row in factor.rows)


def _levels(results: ChosenResults) -> Iterator[ChainLevel]:
    held = {cell.level for cells in _rows(results) for cell in cells}
    return (level for level in ChainLevel if level in held)


def _bars(results: ChosenResults) -> Iterator[tuple[tuple[int, ...], int | None]]:
    cells = (cell for row in _rows(results) for cell in row if CellState(cell.state) in BARS)
    return ((cell.counts, _middle(cell, results)) for cell in cells)


def _middle(cell: ChosenCell, results: ChosenResults) -> int | None:
    return 1 if CellState(cell.state) is CellState.BANDS else results.middle


def _factor(factor: ChosenFactor, page: _Page) -> PrintedFactor:
    whole = ChosenRow(factor.factor, page.words("answers.whole_factor"), factor.whole)
    return PrintedFactor(
        id=factor.factor,
        name=factor.name,
        whole=_row(whole, page),
        rows=tuple(_row(row, page) for row in factor.rows),
    )


def _row(row: ChosenRow, page: _Page) -> PrintedRow:
    held = {cell.level: cell for cell in row.cells}
    cells = (held.get(level) for level in page.levels)
    return PrintedRow(row.name, tuple(_drawn(cell, row, page) if cell else None for cell in cells))


def _drawn(cell: ChosenCell, row: ChosenRow, page: _Page) -> PrintedCell:
    told = printed_cell(cell, page.results, page.words, whole="." not in row.row)
    if CellState(cell.state) not in BARS or not sum(cell.counts):
        return told
    chart_id = f"svar-{page.results.campaign[:8]}-{row.row.replace('.', '-')}-{cell.level}"
    title = f"{row.name}, {told.level_name}"
    middle = _middle(cell, page.results)
    spec = LaneSpec(chart_id, title, told.text, cell.level, "bar", counts=cell.counts, middle=middle)
    size = BAR if page.theme.classes else PAPER_BAR
    return replace(told, svg=lane(spec, page.axis, page.theme, size))


def printed_cell(cell: ChosenCell, results: ChosenResults, words: Words, whole: bool = False) -> PrintedCell:
    """Put what one level answered into words. In: ``whole``, to a factor as a whole, so several answers of each."""
    state = CellState(cell.state)
    return PrintedCell(
        level=str(cell.level),
        level_name=words(f"level.{cell.level}.name"),
        text=_text(state, cell, results, words),
        base=_base(state, cell, words, whole),
        shared=words("answers.shared", answer=cell.shared.lower()) if cell.shared else "",
        hidden=state in (CellState.TOO_FEW, CellState.PROTECTED),
    )


def _text(state: CellState, cell: ChosenCell, results: ChosenResults, words: Words) -> str:
    if state is CellState.GATHERED:
        band = _bands(results)[cell.band if cell.band is not None else 0]
        return words("answers.gathered", band=band)
    if not state.has_counts:
        return words(f"answers.{state}")
    names = _bands(results) if state is CellState.BANDS else tuple(step.lower() for step in results.steps)
    inside = zip(names, cell.counts, strict=True)
    outside = ((results.outside[name].lower(), count) for name, count in cell.outside.items())
    told = [f"{name}{swedish.NO_BREAK_SPACE}{count}" for name, count in (*inside, *outside) if count]
    return swedish.capitalise(", ".join(told)) if told else words("answers.no_answers")


def _bands(results: ChosenResults) -> tuple[str, ...]:
    """The low, the middle and the high steps of the scale, each by its names."""
    steps, middle = tuple(step.lower() for step in results.steps), results.middle
    half = len(steps) // 2
    parts = (steps[:half], steps[middle : middle + 1] if middle is not None else (), steps[-half:])
    return tuple(swedish.join_words(part, "eller") for part in parts)


def _base(state: CellState, cell: ChosenCell, words: Words, whole: bool) -> str:
    if state is CellState.POSITION and whole and cell.rows != 1:
        return words.count("answers.position.whole", cell.people, rows=cell.rows) if cell.people else ""
    if state is CellState.POSITION:
        return words.count("answers.position", sum(cell.counts) + sum(cell.outside.values()))
    return words("answers.n", n_class=cell.n_class) if cell.n_class else ""


def printed_spread(
    cell: ReleasedCell, steps: tuple[str, ...], middle: int | None, outside: Mapping[str, str], words: Words
) -> PrintedCell:
    """One released cell in words, beside a shared rating."""
    shell = ChosenResults("", "", "", "", steps, middle, outside, ())
    chosen = ChosenCell(cell.level, str(cell.state), cell.counts, cell.outside, cell.n_class, cell.band)
    return printed_cell(chosen, shell, words)
