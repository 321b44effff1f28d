"""What each place is shown: the released values, made from what was counted and which cells are open."""

from collections.abc import Iterator, Mapping

import numpy as np

from styrkedjan.core.catalogue import AnswerRules, ChainLevel, Scale
from styrkedjan.core.disclosure.answers.counted import Counted
from styrkedjan.core.disclosure.answers.first_pass import Verdict, Verdicts, bands_of, judged, silent
from styrkedjan.core.disclosure.answers.released import CellState, ReleasedCell, n_class
from styrkedjan.core.disclosure.answers.second_pass import Openness

Cells = dict[tuple[ChainLevel, str], ReleasedCell]


class Shower:
    """Makes the cells of a level, for each group that is told and for the organiser's total."""

    def __init__(self, level: Counted, scale: Scale, rules: AnswerRules) -> None:
        self.level, self.rules = level, rules
        self.names = (*level.rows, *level.factors)
        self.outside = [answer.id for answer in scale.outside]
        self.bands = bands_of(scale)
        self.classes: dict[int, str] = {}
        # a band of a single step would say which step it is
        self.tellable = {band for band in self.bands.tolist() if (self.bands == band).sum() > 1}
        self.counts = np.concatenate(
            [level.counts, *(level.counts[:, rows].sum(axis=1, keepdims=True) for rows in level.rows_of)], axis=1
        )

    def anonymous(self, verdicts: Verdicts, openness: Openness) -> Iterator[tuple[str, Cells]]:
        """The cells of each told place, and last those of the organiser when anything is part of its total."""
        level, several = self.level, len(self.level.rolling) > 1
        silent_groups, silent_total = silent(level, verdicts)
        found = np.concatenate([verdicts.rows, verdicts.factors], axis=1)
        open_ = np.concatenate([openness.rows, openness.factors], axis=1)
        # where a total is shown, to say that a part of it is gathered can give away at which step
        bound = np.concatenate([openness.total_rows, np.ones(len(level.factors), dtype=bool)])
        for at in np.flatnonzero(level.told).tolist():
            gathered = ~(bound & bool(several and level.rolls_up[at])) & ~self._in_shown_factor(openness.factors[at])
            yield level.places[at], self._cells(self.counts[at], found[at], open_[at], gathered, silent_groups[at])
        if level.rolling.size:
            found = np.concatenate([verdicts.total_rows, verdicts.total_factors])
            open_ = np.concatenate([openness.total_rows, openness.total_factors])
            gathered = ~self._in_shown_factor(openness.total_factors)
            if several:  # of a hidden total nothing is told: what is said of all binds each
                found = np.where(found == Verdict.FEW, Verdict.EXTREME, found)
                gathered[:] = False
            counts = self.counts[level.rolling].sum(axis=0)
            yield level.organiser, self._cells(counts, found, open_, gathered, silent_total)

    def _in_shown_factor(self, factors: np.ndarray) -> np.ndarray:
        """For each row and factor: is the total of the factor shown?"""
        shown = np.zeros(len(self.names), dtype=bool)
        for at, rows in enumerate(self.level.rows_of):
            shown[rows] = factors[at]
        return shown

    def positions(self) -> Iterator[tuple[str, Cells]]:
        """The cells of roles that few hold: all is shown. For the organiser they are summed as what they are."""
        for at in np.flatnonzero(self.level.told).tolist():
            yield self.level.places[at], self._positions(self.counts[at])
        if self.level.rolling.size:
            yield self.level.organiser, self._positions(self.counts[self.level.rolling].sum(axis=0))

    def _positions(self, counts: np.ndarray) -> Cells:
        key, steps = self.level.level, self.level.step_count
        cells: Cells = {}
        for name, each in zip(self.names, counts.tolist(), strict=True):
            outside = self._outside(each)
            given = any(each[:steps]) or bool(outside)
            state = CellState.POSITION if given else CellState.NO_ANSWERS
            cells[key, name] = ReleasedCell(key, name, state, tuple(each[:steps]) if given else (), outside)
        return cells

    def _cells(
        self, counts: np.ndarray, found: np.ndarray, open_: np.ndarray, gathered: np.ndarray, silent_: np.ndarray
    ) -> Cells:
        key, steps = self.level.level, self.level.step_count
        cells: Cells = {}
        for name, each, verdict, is_open, may_gather, is_silent in zip(
            self.names, *(of.tolist() for of in (counts, found, open_, gathered, silent_)), strict=True
        ):
            if verdict == Verdict.EMPTY:
                cell = ReleasedCell(key, name, CellState.NO_ANSWERS)
            elif is_open:
                told = tuple(each[:steps])
                n = self._class(sum(told))
                outside = {} if is_silent else self._outside(each)
                cell = ReleasedCell(key, name, CellState.SHOWN, told, outside, n, outside_told=not is_silent)
            elif verdict == Verdict.FEW:
                cell = ReleasedCell(key, name, CellState.TOO_FEW)
            else:
                cell = self._gathered(name, each[:steps], may_gather and verdict == Verdict.EXTREME)
            cells[key, name] = cell
        return cells

    def _gathered(self, name: str, steps: list[int], may_gather: bool) -> ReleasedCell:
        key = self.level.level
        band = int(self.bands[int(np.argmax(steps))])
        # a factor can be too sensitive to show without being gathered itself
        if may_gather and band in self.tellable and judged(np.array(steps), self.rules) == Verdict.EXTREME:
            return ReleasedCell(key, name, CellState.GATHERED, n_class=self._class(sum(steps)), band=band)
        return ReleasedCell(key, name, CellState.PROTECTED)

    def _class(self, answers: int) -> str:
        if answers not in self.classes:
            self.classes[answers] = n_class(answers, self.rules.minimum_answers)
        return self.classes[answers]

    def _outside(self, counts: list[int]) -> Mapping[str, int]:
        given = counts[self.level.step_count :]
        if not any(given):
            return {}
        return {name: count for name, count in zip(self.outside, given, strict=True) if count}
