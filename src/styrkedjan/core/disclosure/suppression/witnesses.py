"""For a safe pattern, the guesses that make it safe: what has to be made anew when one of its cells is published."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from styrkedjan.core.disclosure.suppression.blocks import Block
from styrkedjan.core.disclosure.suppression.pattern import Patience
from styrkedjan.core.disclosure.suppression.programs import ENOUGH, STILL, Attack, Move, Router

FEW = 3  # a guess that makes fewer moves than this is not worth sharing


@dataclass(frozen=True)
class Guess:
    """Deviations that make some of the demanded moves, by number, and the cells that they move."""

    moves: tuple[int, ...]
    moved: np.ndarray


class Witnesses:
    """Guesses that together make every demanded move of a block.

    One guess can make many moves, since nothing stops an attacker from being wrong about many cells at once. The moves
    that are left get a guess each, of as few and light cells as can be.
    """

    def __init__(self, block: Block, moves: Sequence[Move], patience: Patience) -> None:
        self.block, self.moves = block, list(moves)
        self.attack = Attack(block, patience)
        self.router = Router(block, patience)
        weights = block.weight[~block.primary]
        self.router.price(np.where(block.primary, 0.0, block.weight) + float(weights.mean() if weights.size else 1.0))
        self.needy = np.zeros(block.size, dtype=bool)
        self.needy[[column for column, _, _ in self.moves]] = True
        self.failed = np.zeros(len(self.moves))  # how often the move could not be made: such are tried first
        found = self._made(range(len(self.moves)))
        self.whole = found is not None
        self.guesses = found or []

    def without(self, column: int, open_: np.ndarray) -> bool:
        """Can every move be made by the open cells, now that the column is closed? If so, remember how."""
        touched = [guess for guess in self.guesses if guess.moved[column]]
        if not touched:
            return self.whole
        if not self.whole or self._leaves_one_alone(column, open_):
            return False
        self.attack.allow_only(open_)
        self.router.allow_only(open_)
        anew = self._made([move for guess in touched for move in guess.moves])
        if anew is None:
            return False
        self.guesses = [guess for guess in self.guesses if not guess.moved[column]] + anew
        return True

    def _leaves_one_alone(self, column: int, open_: np.ndarray) -> bool:
        """Does a relation of the column now hold one open cell, and that one that must move?"""
        for row in self.block.row[self.block.column == column]:
            rest = self.block.column[self.block.starts[row] : self.block.starts[row + 1]]
            rest = rest[open_[rest]]
            if rest.size == 1 and self.needy[rest[0]]:
                return True
        return False

    def _made(self, numbers: Sequence[int]) -> list[Guess] | None:
        """Guesses that make all these moves, or None when one cannot be made."""
        waiting = sorted(numbers, key=lambda number: -self.failed[number])
        guesses = []
        if waiting and self.failed[waiting[0]]:
            guesses.append(self._alone(waiting.pop(0)))
        while len(waiting) >= FEW and None not in guesses:
            together = self._together(waiting)
            if together is None or len(together.moves) < FEW:
                break
            guesses.append(together)
            waiting = [number for number in waiting if number not in together.moves]
        for number in waiting:
            if None in guesses:
                return None
            guesses.append(self._alone(number))
        return None if None in guesses else guesses

    def _together(self, numbers: Sequence[int]) -> Guess | None:
        first = {self.moves[number][0]: number for number in reversed(numbers)}  # one move for each cell
        deviations = self.attack.reach_together([self.moves[number] for number in first.values()])
        if deviations is None:
            return None
        made = [number for number in numbers if self._makes(deviations, number)]
        return Guess(tuple(made), np.abs(deviations) > STILL)

    def _makes(self, deviations: np.ndarray, number: int) -> bool:
        column, sign, distance = self.moves[number]
        return sign * deviations[column] >= distance * (1 - ENOUGH)

    def _alone(self, number: int) -> Guess | None:
        way = self.router.route(*self.moves[number])
        if way is None:
            self.failed[number] += 1
            return None
        return Guess((number,), np.abs(way) > STILL)
