"""Counting: sums by group, small groups together, comments only where many have answered, and nothing of the order."""

from random import Random

import pytest

from styrkedjan.core.assessments.campaigns import AnsweringGroup, GroupKind, GroupState
from styrkedjan.core.assessments.counting import counted
from styrkedjan.core.assessments.sheets import Sheet
from styrkedjan.core.catalogue import AnswerRules, ChainLevel
from styrkedjan.core.raw import ANSWER_COLUMNS, GROUP_COLUMNS

RULES = AnswerRules(5, 10, 4, 5)
ORGANISER = "2120009901"
ROW, OTHER = "clear_roles.1", "clear_roles.2"


def group(unit: int, asked: int = 20, level: ChainLevel = ChainLevel.TEACHING, **how) -> AnsweringGroup:
    place = f"{ORGANISER}-{90000000 + unit}" if unit else ORGANISER
    kind = how.pop("kind", GroupKind.ANONYMOUS)
    return AnsweringGroup(
        key=f"{level}-{unit}",
        campaign="c",
        place=place,
        level=level,
        kind=kind,
        asked_count=asked,
        code="",
        rolls_up=how.pop("rolls_up", True),
    )


def sheets(count: int, answer: str = "4", comment: str = "") -> list[Sheet]:
    return [Sheet({ROW: answer}, {ROW: f"{comment} {at}"} if comment else {}) for at in range(count)]


def by_place(found, level: ChainLevel = ChainLevel.TEACHING) -> dict:
    return {(each.place, each.kind): each for each in found.groups if each.level is level}


def test_a_group_that_is_large_enough_is_kept_alone():
    one = group(1)
    found = counted([one], {one.key: [*sheets(4), Sheet({ROW: "1", OTHER: "dont_know"})]}, RULES)
    (kept,) = found.groups
    assert (kept.state, kept.sheet_count) == (GroupState.KEPT, 5)
    assert kept.tally == {(ROW, "4"): 4, (ROW, "1"): 1, (OTHER, "dont_know"): 1}


@pytest.mark.parametrize(("sizes", "state"), [((4, 3), GroupState.POOLED), ((2, 2), GroupState.TOO_FEW)])
def test_small_groups_are_never_kept_alone(sizes, state):
    groups = [group(1), group(2), group(3)]
    found = counted(groups, {groups[0].key: sheets(sizes[0]), groups[1].key: sheets(sizes[1], "2")}, RULES)
    small = [each for each in found.groups if each.kind is GroupKind.ANONYMOUS]
    assert {each.state for each in small} == {state}, "also the group in which nobody has answered"
    assert not any(each.tally or each.comments for each in small)
    pools = [each for each in found.groups if each.kind is GroupKind.POOLED]
    if state is GroupState.TOO_FEW:
        assert not pools
    else:
        (pool,) = pools
        assert (pool.place, pool.key, pool.rolls_up, pool.sheet_count) == (ORGANISER, "", True, 7)
        assert pool.tally == {(ROW, "4"): 4, (ROW, "2"): 3}
        assert pool.asked_count == sum(each.asked_count for each in groups)


def test_levels_are_pooled_apart():
    teaching, principal = (
        [group(unit, level=level) for unit in (1, 2)] for level in (ChainLevel.TEACHING, ChainLevel.PRINCIPAL)
    )
    answers = {each.key: sheets(3) for each in teaching} | {each.key: sheets(2) for each in principal}
    found = counted([*teaching, *principal], answers, RULES)
    assert {each.state for each in found.groups if each.level is ChainLevel.PRINCIPAL} == {GroupState.TOO_FEW}
    assert (ORGANISER, GroupKind.POOLED) in by_place(found)


def test_who_is_outside_the_total_is_not_pooled_into_it():
    outside, small, other = group(1, rolls_up=False), group(2), group(3)
    found = counted([outside, small, other], {each.key: sheets(3) for each in (outside, small, other)}, RULES)
    assert by_place(found)[outside.place, GroupKind.ANONYMOUS].state is GroupState.TOO_FEW
    assert by_place(found)[ORGANISER, GroupKind.POOLED].sheet_count == 6
    large = counted([outside], {outside.key: sheets(5)}, RULES)
    assert (large.groups[0].state, large.groups[0].rolls_up) == (GroupState.KEPT, False)


def test_a_unit_alone_and_the_organisers_own_group_have_none_to_be_put_with():
    for alone in (group(1), group(0, level=ChainLevel.ORGANISER)):
        found = counted([alone], {alone.key: sheets(4)}, RULES)
        assert [each.state for each in found.groups] == [GroupState.TOO_FEW]
        assert found.raw().tallies.is_empty()


def test_a_position_is_kept_as_one_whatever_its_number_and_never_pooled():
    small = [group(unit, 1, ChainLevel.PRINCIPAL, kind=GroupKind.POSITION) for unit in range(1, 8)]
    found = counted(small, {each.key: sheets(1, comment="jag") for each in small}, RULES)
    assert {(each.state, each.kind) for each in found.groups} == {(GroupState.KEPT, GroupKind.POSITION)}
    assert all(each.tally == {(ROW, "4"): 1} and not each.comments for each in found.groups)


@pytest.mark.parametrize(("size", "kept"), [(9, 0), (10, 10)])
def test_comments_are_kept_only_where_enough_have_answered(size, kept):
    one = group(1)
    found = counted([one], {one.key: sheets(size, comment="text")}, RULES)
    assert len(found.groups[0].comments) == kept


def test_a_pool_of_many_keeps_its_comments():
    groups = [group(1), group(2), group(3)]
    found = counted(groups, {each.key: sheets(4, comment=each.key) for each in groups}, RULES)
    assert len(by_place(found)[ORGANISER, GroupKind.POOLED].comments) == 12


def test_the_order_in_which_sheets_came_leaves_no_trace():
    groups = [group(1), group(2), group(3)]
    chance = Random(4)
    answers = {
        each.key: [Sheet({ROW: chance.choice("12345")}, {ROW: f"Text {chance.random()}"}) for _ in range(count)]
        for each, count in zip(groups, (12, 3, 4), strict=True)
    }
    first = counted(groups, answers, RULES)
    for _ in range(20):
        for each in answers.values():
            chance.shuffle(each)
        again = counted(groups, answers, RULES)
        assert again == first
        # Also the order inside: what is written is written in it.
        assert [list(each.tally) for each in again.groups] == [list(each.tally) for each in first.groups]


def test_every_answer_is_counted_exactly_once():
    chance = Random(5)
    groups = [group(unit) for unit in range(1, 30)]
    answers = {
        each.key: [
            Sheet({row: chance.choice(["1", "5", "dont_know"]) for row in (ROW, OTHER) if chance.random() < 0.8})
            for _ in range(chance.randrange(12))
        ]
        for each in groups
    }
    found = counted(groups, answers, RULES)
    given = sum(len(sheet.answers) for each in answers.values() for sheet in each)
    assert sum(sum(each.tally.values()) for each in found.groups) == given
    assert found.sheet_count == sum(map(len, answers.values())) == found.totals["sheets"]


def test_the_gate_gets_its_columns_also_of_nothing():
    one = group(1)
    raw = counted([one], {one.key: sheets(6)}, RULES).raw()
    assert (raw.tallies.schema, raw.groups.schema) == (dict(ANSWER_COLUMNS), dict(GROUP_COLUMNS))
    assert raw.tallies.rows() == [(one.place, "teaching", ROW, "4", 6)]
    empty = counted([], {}, RULES).raw()
    assert (empty.tallies.height, empty.groups.height) == (0, 0)
