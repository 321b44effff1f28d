"""Counting: from the sheets of a campaign to sums by group, and loose comments. After this no sheet is left.

A group with too few sheets is never counted alone: small groups of one level are counted together, at the organiser.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from styrkedjan.core.assessments.campaigns import AnsweringGroup, GroupKind, GroupState
from styrkedjan.core.assessments.sheets import Sheet
from styrkedjan.core.catalogue import AnswerRules, ChainLevel
from styrkedjan.core.places import organiser_of
from styrkedjan.core.raw import ANSWER_COLUMNS, GROUP_COLUMNS, RawAnswers

Answer = tuple[str, str]  # the row's id and the answer's
Comment = tuple[str, str]  # the row's id and the text


@dataclass(frozen=True)
class CountedGroup:
    """What is kept of a group. ``key`` is empty for a group that was made of small ones.

    ``tally`` has sums and ``comments`` are in the order of their texts: neither tells in which order sheets came.
    """

    key: str
    place: str
    level: ChainLevel
    kind: GroupKind
    state: GroupState
    asked_count: int
    sheet_count: int
    rolls_up: bool
    tally: Mapping[Answer, int] = field(default_factory=dict)
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True)
class Counted:
    """What is kept of a campaign's sheets."""

    groups: tuple[CountedGroup, ...]

    @property
    def sheet_count(self) -> int:
        """Every sheet, also those that were too few to keep; a pooled sheet once."""
        return sum(group.sheet_count for group in self.groups if group.kind is not GroupKind.POOLED)

    @property
    def totals(self) -> dict[str, int]:
        """What the trail may know: how many, never of which group."""
        states = Counter(group.state for group in self.groups)
        return {
            "sheets": self.sheet_count,
            "groups": len(self.groups),
            "pooled": states[GroupState.POOLED],
            "too_few": states[GroupState.TOO_FEW],
        }

    def raw(self) -> RawAnswers:
        """The sums as the gate takes them."""
        return RawAnswers(
            tallies=pl.DataFrame(
                [
                    (group.place, str(group.level), row, answer, count)
                    for group in self.groups
                    for (row, answer), count in sorted(group.tally.items())
                ],
                schema=ANSWER_COLUMNS,
                orient="row",
            ),
            groups=pl.DataFrame([_frame_row(group) for group in self.groups], schema=GROUP_COLUMNS, orient="row"),
            comments=tuple(
                (group.place, str(group.level), row, text) for group in self.groups for row, text in group.comments
            ),
        )


def _frame_row(group: CountedGroup) -> tuple:
    return (
        group.place,
        str(group.level),
        str(group.kind),
        str(group.state),
        group.asked_count,
        group.sheet_count,
        group.rolls_up,
    )


def counted(groups: Sequence[AnsweringGroup], sheets: Mapping[str, Sequence[Sheet]], rules: AnswerRules) -> Counted:
    """Count the sheets of a campaign.

    In: ``sheets`` by the key of their group. A group of a role that few hold (POSITION) is counted as positions
    whatever their number, and never together with others.
    """
    alone = [_alone(group, sheets.get(group.key, ()), rules) for group in groups]
    pools = _pools(groups, sheets, alone, rules)
    pooled_levels = {pool.level for pool in pools}
    settled = [
        replace(group, state=GroupState.POOLED if group.level in pooled_levels else GroupState.TOO_FEW)
        if group.state is GroupState.WAITING
        else group
        for group in alone
    ]
    return Counted((*settled, *pools))


def _alone(group: AnsweringGroup, sheets: Sequence[Sheet], rules: AnswerRules) -> CountedGroup:
    """One group by itself; WAITING while it is to be seen whether there are others to count it with."""
    made = CountedGroup(
        key=group.key,
        place=group.place,
        level=group.level,
        kind=group.kind,
        state=GroupState.KEPT,
        asked_count=group.asked_count,
        sheet_count=len(sheets),
        rolls_up=group.rolls_up,
    )
    if group.kind is not GroupKind.POSITION and len(sheets) < rules.minimum_answers:
        return replace(made, state=GroupState.WAITING if _can_be_pooled(group) else GroupState.TOO_FEW)
    return _filled(made, sheets, rules)


def _can_be_pooled(group: AnsweringGroup) -> bool:
    """A unit's group that is part of the organiser's total. The organiser's own group has none to be put with."""
    return group.rolls_up and group.place != organiser_of(group.place)


def _filled(group: CountedGroup, sheets: Sequence[Sheet], rules: AnswerRules) -> CountedGroup:
    comments = _comments(sheets) if len(sheets) >= rules.minimum_answers_for_comments else ()
    return replace(group, tally=_tally(sheets), comments=comments)


def _tally(sheets: Iterable[Sheet]) -> dict[Answer, int]:
    return dict(sorted(Counter(answer for sheet in sheets for answer in sheet.answers.items()).items()))


def _comments(sheets: Iterable[Sheet]) -> tuple[Comment, ...]:
    return tuple(sorted(comment for sheet in sheets for comment in sheet.comments.items()))


def _pools(
    groups: Sequence[AnsweringGroup],
    sheets: Mapping[str, Sequence[Sheet]],
    alone: Sequence[CountedGroup],
    rules: AnswerRules,
) -> list[CountedGroup]:
    """The small groups of each level together, where they are enough."""
    pools = []
    taken = {(group.place, group.level) for group in groups}
    for level in ChainLevel:
        small = [group for group in alone if group.state is GroupState.WAITING and group.level is level]
        together = [sheet for group in small for sheet in sheets.get(group.key, ())]
        place = organiser_of(small[0].place) if small else ""
        if len(together) >= rules.minimum_answers and (place, level) not in taken:
            asked = sum(group.asked_count for group in small)
            pool = CountedGroup(
                "", place, level, GroupKind.POOLED, GroupState.KEPT, asked, len(together), rolls_up=True
            )
            pools.append(_filled(pool, together, rules))
    return pools
