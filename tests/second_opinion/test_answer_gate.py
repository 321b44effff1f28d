"""An attacker with patience: every table of whole answers that agrees with a release, listed one by one.

No solver and nothing of the gate's own arithmetic: only the released values, read as anyone reads them.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from styrkedjan.core.assessments.campaigns import GroupKind
from styrkedjan.core.catalogue import AnswerRules, ScaleStep
from styrkedjan.core.disclosure import AnswerRelease, CellState, ReleasedCell, release_answers
from tests.core.answers_to_release import ORGANISER, SCALE, TEACHING, group, raw, unit

STEPS, OUTSIDE = ("1", "2", "3", "4"), ("dont_know",)
SMALL = replace(
    SCALE,
    steps=tuple(ScaleStep(step, step, "") for step in STEPS),
    outside=tuple(ScaleStep(answer, answer, "") for answer in OUTSIDE),
    middle=None,
)
BANDS = (0, 0, 2, 2)
RULES = AnswerRules(minimum_answers=3, minimum_answers_for_comments=6, most_in_a_position=2, narrowest_interval=3)
CLASSES = {"3–9": (3, 9), "10–19": (10, 19)}
ROWS = ("f.1", "f.2")
KINDS = len(STEPS) + len(OUTSIDE) + 1  # and no answer at all
Table = tuple[int, ...]


def compositions(total: int, parts: int) -> Iterator[Table]:
    """Every way to divide so many sheets between the answers."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        yield from ((first, *rest) for rest in compositions(total - first, parts - 1))


LARGEST = 5
ALL = {sheets: tuple(compositions(sheets, KINDS)) for sheets in range(3, LARGEST + 1)}


def full(cell: ReleasedCell, sheets: int) -> Table:
    given_ = (*cell.counts, *(cell.outside.get(answer, 0) for answer in OUTSIDE))
    return (*given_, sheets - sum(given_))


def agrees(cell: ReleasedCell, table: Table, sheets: int) -> bool:
    """Can a row of a group, or of the organiser, be this, from what is said of it alone?"""
    steps, state = table[: len(STEPS)], cell.state
    answered = sum(steps)
    if state is CellState.SHOWN:
        return table == full(cell, sheets)
    if state is CellState.NO_ANSWERS:
        return answered == 0
    if state is CellState.TOO_FEW:
        return 1 <= answered < RULES.minimum_answers
    if state is CellState.GATHERED:
        least, most = CLASSES[cell.n_class]
        off = sum(count for count, band in zip(steps, BANDS, strict=True) if band != cell.band)
        return off <= 1 and least <= answered <= most
    return answered >= RULES.minimum_answers or sheets > LARGEST  # of a hidden total nothing is said


def added(tables: tuple[Table, ...]) -> Table:
    return tuple(map(sum, zip(*tables, strict=True)))


def possible(release: AnswerRelease, row: str, sheets: dict[str, int]) -> list[tuple[Table, ...]]:
    """What the groups of the total can have answered to a row, all at once, by that row's own cells."""
    places = list(release.places[ORGANISER].parts[TEACHING])
    total, whole = release.places[ORGANISER].cell(TEACHING, row), sum(sheets.values())
    choices = []
    for place in places:
        cell = release.places[place].cell(TEACHING, row) if place != ORGANISER else None
        choices.append([table for table in ALL[sheets[place]] if cell is None or agrees(cell, table, sheets[place])])
    if total.state is not CellState.SHOWN:
        return [tables for tables in product(*choices) if agrees(total, added(tables), whole)]
    *rest, last = choices
    known, last_ones = full(total, whole), set(last)
    found = []
    for tables in product(*rest):
        left = tuple(known[kind] - sum(table[kind] for table in tables) for kind in range(KINDS))
        if left in last_ones:
            found.append((*tables, left))
    return found


def with_factors(release: AnswerRelease, found: list[list[tuple[Table, ...]]], sheets: dict[str, int]):
    """The combinations of rows that also agree with every shown factor total."""
    places = list(release.places[ORGANISER].parts[TEACHING])
    shown = []
    for at, place in enumerate(places):
        cell = release.places[place].cell(TEACHING, "f") if place != ORGANISER else None
        if cell is not None and cell.state is CellState.SHOWN:
            shown.append(((at,), full(cell, sheets[place] * len(ROWS))))
    total = release.places[ORGANISER].cell(TEACHING, "f")
    if total.state is CellState.SHOWN:
        shown.append((tuple(range(len(places))), full(total, sum(sheets.values()) * len(ROWS))))

    def key(tables: tuple[Table, ...]) -> tuple[Table, ...]:
        return tuple(added(tuple(tables[at] for at in ats)) for ats, _ in shown)

    seen = [{}, {}]
    for which in (0, 1):
        for tables in found[which]:
            seen[which].setdefault(key(tables), []).append(tables)
    keep = [[], []]
    for first, tables in seen[0].items():
        wanted = tuple(
            tuple(whole - part for whole, part in zip(known, mine, strict=True))
            for (_, known), mine in zip(shown, first, strict=True)
        )
        if wanted in seen[1]:
            keep[0] += tables
            keep[1] += seen[1][wanted]
    return keep


def check(release: AnswerRelease, truth: dict[str, dict[str, Table]], sheets: dict[str, int]) -> int:
    """No sensitive cell is pinned; gives how many were attacked."""
    places = list(release.places[ORGANISER].parts[TEACHING])
    found = with_factors(release, [possible(release, row, sheets) for row in ROWS], sheets)
    attacked = 0
    for which, row in enumerate(ROWS):
        assert found[which], "the truth must be among what is possible"
        for at, place in enumerate(places):
            steps = truth[place][row][: len(STEPS)]
            answered = sum(steps)
            few = 0 < answered < RULES.minimum_answers
            if not few and (answered == 0 or answered - max(steps) > 1):
                continue
            attacked += 1
            tables = {tables[at][: len(STEPS)] for tables in found[which]}
            spans = [max(t[step] for t in tables) - min(t[step] for t in tables) for step in range(len(STEPS))]
            told_few = few and place != ORGANISER
            demanded = RULES.minimum_answers - 1 if told_few else RULES.narrowest_interval
            assert max(spans) >= demanded, (place, row, sorted(tables)[:5])
            most = max(map(sum, tables))
            for step in range(len(STEPS)):
                elsewhere = max(sum(table) - table[step] for table in tables)
                assert elsewhere >= min(2, most), (place, row, step)
            cell = release.places[place].cell(TEACHING, row) if place != ORGANISER else None
            if cell is not None and cell.state is CellState.GATHERED:
                gathered = {t.index(max(t)) for t in tables if sum(t) - max(t) <= 1}
                assert len(gathered) > 1, (place, row)
    return attacked


@st.composite
def organisers(draw):
    """Two or three small groups, two rows; answers lean towards one step, as people in one place do."""
    count = draw(st.sampled_from([2, 2, 2, 3]))
    places = [unit(number) for number in range(count)]
    if draw(st.booleans()):
        places[0] = ORGANISER  # small groups counted together
    truth, sheets = {}, {}
    for place in places:
        sheets[place] = draw(st.integers(3, LARGEST)) if count == 2 else 3
        lean = draw(st.integers(0, KINDS - 1))
        truth[place] = {}
        for row in ROWS:
            each = [draw(st.sampled_from([lean, lean, *range(KINDS)])) for _ in range(sheets[place])]
            truth[place][row] = tuple(each.count(kind) for kind in range(KINDS))
    return truth, sheets


def raw_of(truth, sheets):
    groups = [group(place, count, kind=_kind(place)) for place, count in sheets.items()]
    tallies = [
        {"place": place, "level": TEACHING.value, "row": row, "answer": answer, "count": count}
        for place, rows in truth.items()
        for row, table in rows.items()
        for answer, count in zip((*STEPS, *OUTSIDE), table, strict=False)
    ]
    return raw(groups, tallies)


def _kind(place):
    return GroupKind.POOLED if place == ORGANISER else GroupKind.ANONYMOUS


@settings(max_examples=60, deadline=None, derandomize=True)
@given(organisers())
def test_no_hidden_cell_is_pinned_by_anyone_with_patience(organiser):
    truth, sheets = organiser
    for exact in (True, False):
        check(release_answers(raw_of(truth, sheets), ORGANISER, RULES, SMALL, exact=exact), truth, sheets)


def test_the_attacker_finds_something_to_attack_and_can_succeed():
    """The check can fail: the same attacker pins a gathered group whose company is shown."""
    alone, company = (0, 0, 0, 5, 0, 0), (1, 1, 2, 1, 0, 0)
    truth = {unit(0): dict.fromkeys(ROWS, alone), unit(1): dict.fromkeys(ROWS, company)}
    sheets = {unit(0): 5, unit(1): 5}
    release = release_answers(raw_of(truth, sheets), ORGANISER, RULES, SMALL)
    assert check(release, truth, sheets) == 2
    leaking = dict(release.places)
    for place, of in ((unit(1), company), (ORGANISER, tuple(map(sum, zip(alone, company, strict=True))))):
        shown = {
            (TEACHING, row): ReleasedCell(TEACHING, row, CellState.SHOWN, of[:4], {"dont_know": of[4]}) for row in ROWS
        }
        leaking[place] = replace(leaking[place], cells={**leaking[place].cells, **shown})
    try:
        check(AnswerRelease(leaking, release.report), truth, sheets)
    except AssertionError as caught:
        assert unit(0) in str(caught)
    else:
        raise AssertionError("the leak was not found")
