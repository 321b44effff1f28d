"""The auditor of a release: what an attacker who has read all of it can work out about each hidden cell.

It knows only what is published, now and before. Two linear programs give the feasible interval of a count; which
cells must be protected, and not what they hold, is all that it is told from inside.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import highspy
import numpy as np

from styrkedjan.core.catalogue import AnswerRules, ChainLevel, Scale
from styrkedjan.core.disclosure.answers.first_pass import ALL_BUT
from styrkedjan.core.disclosure.answers.released import CellState
from styrkedjan.core.disclosure.answers.sight import Constraint, Sight, Unknown
from styrkedjan.core.disclosure.publications import Publication
from styrkedjan.core.refused import DamagedData

NEAR = 1e-6  # the solver's own tolerance, on counts
Kinds = tuple[int, ...]


@dataclass(frozen=True)
class Target:
    """A hidden cell: the sum over groups and rows that it is.

    ``sensitive`` when the first pass hid it; ``told`` when it is a cell of the release and not of a group within one.
    """

    level: ChainLevel
    place: str
    row: str  # or a factor
    groups: frozenset[str]
    rows: tuple[str, ...]
    state: CellState
    sensitive: bool
    told: bool = True

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        return tuple((group, row) for group in sorted(self.groups) for row in self.rows)


@dataclass(frozen=True)
class Attacked:
    """How wide the widest feasible interval of a cell's counts is, and what is wrong; empty when nothing is.

    The attack stops at an interval that is wide enough, so ``interval`` is at least so wide.
    """

    target: Target
    interval: float
    fault: str


def attack(
    publications: Sequence[Publication], targets: Sequence[Target], scale: Scale, rules: AnswerRules, most: int
) -> tuple[Attacked, ...]:
    """Attack hidden cells, at most so many: then a sample that depends on nothing but their names."""
    chosen = sorted(targets, key=lambda target: crc32(f"{target.level}{target.place}{target.row}".encode()))[:most]
    return tuple(each for level in ChainLevel for each in _at_level(publications, chosen, level, scale, rules))


def _at_level(
    publications: Sequence[Publication],
    targets: Iterable[Target],
    level: ChainLevel,
    scale: Scale,
    rules: AnswerRules,
) -> Iterator[Attacked]:
    mine = [target for target in targets if target.level == level]
    if mine:
        asked = {row for target in mine for row in target.rows}
        about = (each for publication in publications for each in publication.about(level))
        statements = tuple(each for each in about if not asked.isdisjoint(each.rows))
        whole = {row for each in statements for row in each.rows}  # a factor binds its other rows too
        about = (each for publication in publications for each in publication.about(level))
        sight = Sight(tuple(each for each in about if not whole.isdisjoint(each.rows)), scale, rules)
        puzzles = _puzzles(sight)
        # a cell that may be shown may also be known, when what is out already gives it; but a cell that our own
        # release gives would be hidden in vain
        idle = 0 if len(publications) > 1 else 1
        for target in mine:
            yield _attacked(target, sight, puzzles, rules.narrowest_interval if target.sensitive else idle)


def _puzzles(sight: Sight) -> Mapping[Unknown, "_Puzzle"]:
    """For each unknown the puzzle it is part of: unknowns that no constraint joins are apart."""
    towards: dict[Unknown, Unknown] = {}

    def head(unknown: Unknown) -> Unknown:
        while towards.setdefault(unknown, unknown) != unknown:
            towards[unknown] = towards[towards[unknown]]
            unknown = towards[unknown]
        return unknown

    constraints = list(sight.constraints())
    for constraint in constraints:
        for unknown in constraint.unknowns:
            towards[head(unknown)] = head(constraint.unknowns[0])
    members: dict[Unknown, tuple[list[Unknown], list[Constraint]]] = {}
    for unknown in list(towards):
        members.setdefault(head(unknown), ([], []))[0].append(unknown)
    for constraint in constraints:
        members[head(constraint.unknowns[0])][1].append(constraint)
    puzzles: dict[Unknown, _Puzzle] = {}
    for unknowns, binding in members.values():
        puzzles |= dict.fromkeys(unknowns, _Puzzle(unknowns, binding, sight))
    return puzzles


def _attacked(target: Target, sight: Sight, puzzles: Mapping[Unknown, "_Puzzle"], demanded: float) -> Attacked:
    unknowns = [each for each in target.unknowns if each not in sight.known]
    parts = {id(puzzles[each]): puzzles[each] for each in unknowns}
    if not unknowns:
        return Attacked(target, 0.0, "kan räknas ut" if target.sensitive else "")
    attack_on = _Attack(list(parts.values()), unknowns, sight)
    if target.state is CellState.TOO_FEW:  # it is told that they are so few
        demanded = min(demanded, sight.rules.minimum_answers - 1)
    width = attack_on.widest(demanded)
    fault = ""
    if width < demanded - NEAR:
        fault = "kan räknas ut" if width < NEAR else f"kan bestämmas så när som på {width:.2g}"
    elif target.sensitive and attack_on.tells_step():
        fault = "röjer att nästan alla svarade lika"
    elif target.state is CellState.GATHERED and attack_on.tells_step_in_band(sight.bands == _band(target, sight)):
        fault = "röjer vilket steg nästan alla valde"
    return Attacked(target, width, fault)


def _band(target: Target, sight: Sight) -> int | None:
    said = (each.cell for each in sight.statements if (each.groups, each.rows) == (target.groups, target.rows))
    return next((cell.band for cell in said if cell.state is CellState.GATHERED), None)


class _Attack:
    """One cell under attack. Its unknowns may lie in several puzzles, whose answers then add."""

    def __init__(self, puzzles: list["_Puzzle"], unknowns: list[Unknown], sight: Sight) -> None:
        self.steps = sight.steps
        self.parts = [(puzzle, [each for each in unknowns if each in puzzle.place]) for puzzle in puzzles]
        self.seen: list[np.ndarray] = []

    def end(self, kinds: Kinds, sign: int) -> float:
        """The largest (sign 1) or smallest (-1) that the cell can have in these answers."""
        found = [puzzle.extreme(mine, kinds, sign) for puzzle, mine in self.parts]
        self.seen.append(sum(np.array(each) for each in found)[list(self.steps)])
        return float(sum(each[list(kinds)].sum() for each in found))

    def widest(self, enough: float) -> float:
        """The widest interval of a step's count; the first that is wide enough will do."""
        widest = 0.0
        for step in self.steps:
            highest = self.end((step,), 1)
            if highest > max(widest, NEAR) and highest >= enough - NEAR:
                widest = max(widest, highest - self.end((step,), -1))
            if widest >= enough - NEAR:
                return widest
        return widest or max((self.end((step,), 1) - self.end((step,), -1) for step in self.steps), default=0.0)

    def _others(self, step: int) -> Kinds:
        return tuple(other for other in self.steps if other != step)

    def tells_step(self) -> bool:
        """Is there a step that all, or all but one, must have chosen?"""
        for step in self.steps:
            others = list(self._others(step))
            if any(table[others].sum() >= 1 + ALL_BUT - NEAR for table in self.seen):
                continue
            answered = self.end(self.steps, 1)
            if self.end(tuple(others), 1) < min(1 + ALL_BUT, answered) - NEAR:
                return True
        return False

    def tells_step_in_band(self, band: np.ndarray) -> bool:
        """Of a cell that is said to be gathered in a band: can it be at one step of it only?"""
        return sum(self.end(self._others(step), -1) <= ALL_BUT + NEAR for step in np.flatnonzero(band).tolist()) < 2


class _Puzzle:
    """Unknowns that hang together, and the solver that knows what binds them."""

    def __init__(self, unknowns: list[Unknown], constraints: list[Constraint], sight: Sight) -> None:
        self.place = {unknown: at for at, unknown in enumerate(unknowns)}
        self.constraints, self.kinds, self.most = constraints, sight.kinds, sight.most
        self._program: highspy.Highs | None = None

    @property
    def program(self) -> highspy.Highs:
        """The solver, made when it is first needed: of most puzzles nothing is asked."""
        if self._program is None:
            self._program = self._made()
        return self._program

    def _made(self) -> highspy.Highs:
        program = highspy.Highs()
        program.silent()
        program.setOptionValue("threads", 1)
        size = len(self.place) * self.kinds
        program.addVars(size, np.zeros(size), np.full(size, self.most))
        for each in self.constraints:
            columns = self._columns(each.unknowns, tuple(each.kinds))
            program.addRow(each.least, min(each.most, highspy.kHighsInf), columns.size, columns, np.ones(columns.size))
        return program

    def _columns(self, unknowns: Iterable[Unknown], kinds: Kinds) -> np.ndarray:
        starts = np.array([self.place[unknown] for unknown in unknowns], dtype=np.int32) * self.kinds
        return (starts[:, None] + np.array(kinds, dtype=np.int32)).ravel()

    def extreme(self, unknowns: list[Unknown], kinds: Kinds, sign: int) -> np.ndarray:
        """The sums over these unknowns, by answer, in the table that has most (or fewest) in these answers."""
        columns = self._columns(unknowns, kinds)
        values = self._solved(columns, sign)
        if values is None:  # start anew: a warm start can lead astray
            self._program = None
            values = self._solved(columns, sign)
        if values is None:
            raise DamagedData("Det som skulle visas säger emot sig självt. Ingenting visas. Räkna om svaren.")
        return values.reshape(-1, self.kinds)[[self.place[unknown] for unknown in unknowns]].sum(axis=0)

    def _solved(self, columns: np.ndarray, sign: int) -> np.ndarray | None:
        program = self.program
        program.changeColsCost(columns.size, columns, np.full(columns.size, -float(sign)))
        program.run()
        optimal = program.getModelStatus() == highspy.HighsModelStatus.kOptimal
        program.changeColsCost(columns.size, columns, np.zeros(columns.size))
        return np.array(program.getSolution().col_value) if optimal else None
