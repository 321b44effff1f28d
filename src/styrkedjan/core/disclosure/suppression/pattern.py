"""What suppression gives, and the patience it is allowed."""

from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]


@dataclass(frozen=True)
class Pattern:
    """The cells to hide, the unsafe ones with them.

    ``weight`` is that of all hidden cells. No safe pattern weighs less than ``bound``, and when ``proven_optimal``
    none weighs less than this one.
    """

    suppressed: frozenset[int]
    weight: float
    proven_optimal: bool
    bound: float


class Patience:
    """How many seconds are left. Without a clock, only the seconds that the solver itself counts are spent."""

    def __init__(self, seconds: float, clock: Clock | None = None, whole: "Patience | None" = None) -> None:
        self.clock, self.whole = clock, whole
        self.end = seconds + (clock() if clock else 0.0)
        self.solving = 0.0

    @property
    def left(self) -> float:
        return self.end - (self.clock() if self.clock else self.solving)

    def spend(self, seconds: float) -> None:
        """So long the solver says that it worked."""
        self.solving += seconds
        if self.whole:
            self.whole.spend(seconds)

    def share(self, seconds: float) -> "Patience":
        """A part of what is left, on the same clock."""
        return Patience(min(seconds, self.left), self.clock, self)
