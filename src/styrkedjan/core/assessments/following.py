"""Following a campaign while it is open: how many have handed in, and never who."""

from collections.abc import Sequence
from dataclasses import dataclass

from styrkedjan.core.assessments.campaigns import AnsweringGroup, GroupKind, Phase
from styrkedjan.core.catalogue import ChainLevel


@dataclass(frozen=True)
class Rate:
    """How many of those who are asked have handed in. ``handed_in`` is None where a number would point at somebody."""

    asked: int
    handed_in: int | None

    @property
    def share(self) -> float:
        """0-1; 0 when it is not shown."""
        return min(1.0, (self.handed_in or 0) / self.asked) if self.asked else 0.0


@dataclass(frozen=True)
class LevelRate:
    """The rate of one level over every place. ``hidden_groups`` of them have too few people for a rate of their own."""

    level: ChainLevel
    rate: Rate
    group_count: int
    hidden_groups: int


def rate_of(group: AnsweringGroup, fewest: int) -> Rate:
    """The rate of one group. In: ``fewest``, so many people a group must have for a rate of its own."""
    return Rate(group.asked_count, group.sheet_count if group.asked_count >= fewest else None)


def rate_together(groups: Sequence[AnsweringGroup], fewest: int) -> Rate:
    """The rate of several groups together.

    The small ones are counted in only when together they are enough: else what is shown of the others, taken from
    the whole, would tell of them. Then the rate is of the others alone.
    """
    shown = [group for group in groups if group.asked_count >= fewest]
    small = [group for group in groups if group.asked_count < fewest]
    if sum(group.asked_count for group in small) >= fewest:
        shown = list(groups)
    asked = sum(group.asked_count for group in shown)
    if not shown:
        return Rate(sum(group.asked_count for group in groups), None)
    return Rate(asked, sum(group.sheet_count for group in shown))


def level_rates(groups: Sequence[AnsweringGroup], fewest: int) -> tuple[LevelRate, ...]:
    """The rate of each level, in the order of the chain."""
    found = []
    for level in ChainLevel:
        mine = [group for group in groups if group.level is level and group.kind is not GroupKind.POOLED]
        if mine:
            hidden = sum(group.asked_count < fewest for group in mine)
            found.append(LevelRate(level, rate_together(mine, fewest), len(mine), hidden))
    return tuple(found)


def rate_of_all(groups: Sequence[AnsweringGroup], fewest: int) -> Rate:
    """The rate of a whole campaign: of what the levels show, so that nothing more can be had by taking them from it."""
    shown = [each.rate for each in level_rates(groups, fewest) if each.rate.handed_in is not None]
    if not shown:
        return Rate(sum(group.asked_count for group in groups), None)
    return Rate(sum(rate.asked for rate in shown), sum(rate.handed_in or 0 for rate in shown))


def may_be_counted(phase: Phase, groups: Sequence[AnsweringGroup]) -> bool:
    """Whether the answers can be counted: it has closed for good, or closed with everyone in.

    While it is open nothing is counted, also when all have handed in: they may change their answers until then.
    """
    if phase is Phase.CLOSED:
        return True
    asked = [group for group in groups if group.kind is not GroupKind.POOLED]
    everyone = bool(asked) and all(group.sheet_count >= group.asked_count for group in asked)
    return phase is Phase.GRACE and everyone
