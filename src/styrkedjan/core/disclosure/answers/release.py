"""The door: from what was counted to what may be shown, with the auditor's word on the whole."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from styrkedjan.core.catalogue import AnswerRules, Scale
from styrkedjan.core.disclosure.answers.audit import Attacked, Target, attack
from styrkedjan.core.disclosure.answers.counted import Counted, counted
from styrkedjan.core.disclosure.answers.earlier import Before, Told, before, known_cells
from styrkedjan.core.disclosure.answers.first_pass import Verdict, Verdicts, first_pass
from styrkedjan.core.disclosure.answers.lightest import lighter
from styrkedjan.core.disclosure.answers.places import places_of
from styrkedjan.core.disclosure.answers.released import AnswerRelease, CellState, DisclosureReport, ReleasedAnswers
from styrkedjan.core.disclosure.answers.second_pass import Openness, closed_upwards, second_pass
from styrkedjan.core.disclosure.publications import Publication
from styrkedjan.core.raw import RawAnswers
from styrkedjan.core.refused import WrongState

# How many hidden cells the auditor attacks in one release; of more, a sample.
MOST_ATTACKED = 2_000
FAULTS_TOLD = 20
HIDDEN = frozenset(CellState) - {CellState.SHOWN, CellState.POSITION, CellState.NO_ANSWERS}
EXACT, HEURISTIC = "exact", "heuristic"


class ReleaseRefused(WrongState):
    """The auditor found that hidden answers could be computed. Nothing is shown; ``report`` says what it found."""

    def __init__(self, report: DisclosureReport) -> None:
        super().__init__(
            "Resultatet visas inte: dolda svar skulle gå att räkna ut ur det som visas, nu eller tidigare. "
            "Svaren är kvar som de räknades. Granskningens rapport säger vilka rutor det gäller."
        )
        self.report = report


@dataclass(frozen=True, eq=False)
class Protected:
    """One level of anonymous answers on its way out: what the passes decided."""

    level: Counted
    verdicts: Verdicts
    openness: Openness
    fast: Openness
    method: str = HEURISTIC


@dataclass(frozen=True)
class _Way:
    """What a release is made with."""

    raw: RawAnswers
    organiser: str
    rules: AnswerRules
    scale: Scale
    positions: tuple[Counted, ...]
    before: Before
    most: int


def release_answers(
    raw: RawAnswers,
    organiser: str,
    rules: AnswerRules,
    scale: Scale,
    earlier: Sequence[Publication] = (),
    *,
    exact: bool = True,
    most_attacked: int = MOST_ATTACKED,
) -> AnswerRelease:
    """Let out what may be shown of one organiser's campaign.

    In: ``earlier``, what was released before of overlapping groups. Without ``exact``, patterns are made by the fast
    rule alone. Out: the organiser and every unit that has a group.
    Raises: ReleaseRefused when hidden cells could be computed even after all that can be hidden has been;
    DamagedData when the counts contradict themselves.
    """
    found = counted(raw, organiser, scale, rules)
    known = before(earlier, found.anonymous, scale, rules)
    way = _Way(raw, organiser, rules, scale, found.positions, known, most_attacked)
    levels = [_protected(level, way, exact and not earlier) for level in found.anonymous]
    places, attacked, targets = _tried(levels, way)
    if len(attacked) < len(targets):  # a pattern that the auditor has not seen whole must be safe by its shape
        levels = [replace(each, openness=each.fast, method=HEURISTIC) for each in levels]
        places, attacked, targets = _tried(levels, way)
    for hidden in (_fast, _without_totals, _without_cells):
        faulty = {(each.target.level, row) for each in attacked if each.fault for row in each.target.rows}
        if faulty:
            levels = [hidden(each, {row for level, row in faulty if level == each.level.level}) for each in levels]
            places, attacked, targets = _tried(levels, way)
    report = _report(places, levels, attacked, targets)
    if report.refused:
        raise ReleaseRefused(report)
    return AnswerRelease(places, report)


def _protected(level: Counted, way: _Way, exact: bool) -> Protected:
    verdicts = first_pass(level, way.rules)
    openness = second_pass(level, verdicts, way.rules, known_cells(way.before, level))
    if exact:
        better = lighter(level, verdicts, openness, way.rules)
        return Protected(level, verdicts, better.openness, openness, EXACT if better.proven else HEURISTIC)
    openness = _apart(level, verdicts, openness, way.before.between)
    return Protected(level, verdicts, openness, openness)


def _apart(level: Counted, verdicts: Verdicts, openness: Openness, between: Collection[Told]) -> Openness:
    """Hide also what would give away the answers between two dates."""
    places, rows = level.positions
    for _, place, row in (each for each in between if each[0] == level.level):
        if place == level.organiser:
            openness.total_rows[rows[row]] = False
        if place in places:
            openness.rows[places[place], rows[row]] = False
    return closed_upwards(level, verdicts, openness.rows, openness.total_rows)


def _fast(each: Protected, rows: Collection[str]) -> Protected:
    """Take the fast pattern where the lighter one gave something away."""
    return replace(each, openness=each.fast, method=HEURISTIC) if rows else each


def _without_totals(each: Protected, rows: Collection[str]) -> Protected:
    """Hide the organiser's totals of these rows, so that nothing binds the units together."""
    total_rows = each.openness.total_rows & ~np.isin(each.level.rows, list(rows))
    return _with(each, each.openness.rows, total_rows)


def _without_cells(each: Protected, rows: Collection[str]) -> Protected:
    """Hide these rows altogether."""
    kept = ~np.isin(each.level.rows, list(rows))
    return _with(each, each.openness.rows & kept, each.openness.total_rows & kept)


def _with(each: Protected, rows: np.ndarray, total_rows: np.ndarray) -> Protected:
    openness = closed_upwards(each.level, each.verdicts, rows, total_rows)
    return replace(each, openness=openness, method=HEURISTIC)


def _tried(
    levels: list[Protected], way: _Way
) -> tuple[dict[str, ReleasedAnswers], tuple[Attacked, ...], tuple[Target, ...]]:
    """What the release would be, what an attacker makes of it, and all that there was to attack."""
    shown = {each.level.level: (each.level, each.verdicts, each.openness) for each in levels}
    places = places_of(way.raw, way.organiser, shown, way.positions, way.rules, way.scale)
    targets = tuple(target for each in levels for target in _targets(each, places))
    if not targets or not way.most:
        return places, (), targets
    published = [*way.before.same, Publication.of(places)]
    return places, attack(published, targets, way.scale, way.rules, way.most), targets


def _targets(each: Protected, places: Mapping[str, ReleasedAnswers]) -> Iterator[Target]:
    """Every cell of a level that is hidden: those told of, and the sensitive ones of groups that are not."""
    level, verdicts = each.level, each.verdicts
    names = [*level.rows, *level.factors]
    rows_of = {
        factor: [level.rows[at] for at in rows] for factor, rows in zip(level.factors, level.rows_of, strict=True)
    }
    of_groups = np.concatenate([verdicts.rows, verdicts.factors], axis=1).tolist()
    of_total = np.concatenate([verdicts.total_rows, verdicts.total_factors]).tolist()
    total = frozenset(level.places[at] for at in level.rolling)
    judged = [(place, frozenset([place]), found) for place, found in zip(level.places, of_groups, strict=True)]
    for place, groups, found in [*judged, ("", total, of_total)] if total else judged:
        cells = places[place or level.organiser].cells if place != level.organiser else {}
        for name, verdict in zip(names, found, strict=True):
            cell = cells.get((level.level, name))
            sensitive = verdict >= Verdict.FEW
            rows = tuple(rows_of.get(name, [name]))
            if cell is not None and cell.state in HIDDEN:
                # that few answered is told of every part of a total, and so of the total
                state = CellState.TOO_FEW if verdict == Verdict.FEW else cell.state
                yield Target(level.level, place or level.organiser, name, groups, rows, state, sensitive, True)
            elif cell is None and sensitive and len(total) > 1:
                yield Target(level.level, place, name, groups, rows, CellState.PROTECTED, True, False)


def _report(
    places: Mapping[str, ReleasedAnswers],
    levels: list[Protected],
    attacked: tuple[Attacked, ...],
    targets: tuple[Target, ...],
) -> DisclosureReport:
    told = [target for target in targets if target.told]
    first = sum(target.sensitive for target in told)
    faults = [
        f"{each.target.level} {each.target.place} {each.target.row}: {each.fault}" for each in attacked if each.fault
    ]
    return DisclosureReport(
        cells=sum(len(answers.cells) for answers in places.values()),
        hidden_first=first,
        hidden_second=len(told) - first,
        audited=len(attacked),
        sampled=len(attacked) < len(targets),
        smallest_interval=min((each.interval for each in attacked if each.target.sensitive), default=None),
        refused=bool(faults),
        method=EXACT if all(each.method == EXACT for each in levels) else HEURISTIC,
        faults=tuple(sorted(faults)[:FAULTS_TOLD]),
    )
