"""The gate for answers: what the first and second pass hide, and what is shown of the rest."""

import json

import numpy as np
import pytest

from styrkedjan.core.assessments.campaigns import GroupKind, GroupState
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.disclosure import (
    CellState,
    DisclosureReport,
    ReleasedAnswers,
    release_answers,
)
from styrkedjan.core.disclosure.answers import HIGH, n_class
from styrkedjan.core.refused import DamagedData
from tests.core.answers_to_release import (
    ORGANISER,
    RULES,
    SCALE,
    TEACHING,
    answers,
    group,
    random_answers,
    raw,
    teaching,
    unit,
)

A, B, C, D = (unit(number) for number in range(4))
MIXED = (2, 3, 6, 8, 4)
GATHERED = (0, 0, 0, 7, 1)


def released(given, **more):
    return release_answers(given, ORGANISER, RULES, SCALE, **more)


def state(release, place, row="f.1", level=TEACHING):
    return release.places[place].cells[level, row].state


def test_a_cell_with_answers_enough_is_shown_with_what_lies_outside_the_scale():
    release = released(teaching({A: {"f.1": (*MIXED, 2, 1), "f.2": MIXED}}))
    cell = release.places[A].cell(TEACHING, "f.1")
    assert (cell.state, cell.counts, cell.outside) == (CellState.SHOWN, MIXED, {"dont_know": 2, "not_relevant": 1})
    assert (cell.n_class, cell.answer_count, cell.band) == ("20–49", 23, None)


def test_a_factor_is_the_sum_of_its_rows_and_own_statements_are_none():
    release = released(teaching({A: {"f.1": (*MIXED, 2), "f.2": MIXED, "own.1": MIXED}}))
    factor = release.places[A].cell(TEACHING, "f")
    assert factor.counts == (4, 6, 12, 16, 8)
    assert factor.outside == {"dont_know": 2}
    assert release.places[A].cell(TEACHING, "own") is None


@pytest.mark.parametrize("counts", [(0, 1, 1, 1, 1), (0, 0, 0, 0, 1), (1, 1, 1, 1, 0, 30)])
def test_fewer_answers_than_the_rule_are_hidden_also_in_a_large_group(counts):
    release = released(teaching({A: {"f.1": counts, "f.2": (*MIXED, 10)}}))
    cell = release.places[A].cell(TEACHING, "f.1")
    assert (cell.state, cell.counts, cell.outside, cell.n_class) == (CellState.TOO_FEW, (), {}, "")
    assert state(release, A, "f") is CellState.PROTECTED, "the factor minus the other rows would give it"


def test_that_nobody_answered_is_no_secret():
    release = released(teaching({A: {"f.1": (0, 0, 0, 0, 0, 23), "f.2": MIXED}}))
    cell = release.places[A].cell(TEACHING, "f.1")
    assert (cell.state, cell.counts, cell.outside) == (CellState.NO_ANSWERS, (), {})
    assert state(release, A, "f") is CellState.SHOWN


@pytest.mark.parametrize("counts", [GATHERED, (0, 0, 0, 40, 0), (0, 0, 0, 1, 39)])
def test_where_nearly_all_chose_the_same_only_the_band_is_told(counts):
    cell = released(teaching({A: {"f.1": counts}})).places[A].cell(TEACHING, "f.1")
    assert (cell.state, cell.band, cell.counts, cell.outside) == (CellState.GATHERED, HIGH, (), {})
    assert cell.n_class == n_class(sum(counts), RULES.minimum_answers)


def test_a_band_of_one_step_is_not_told():
    cell = released(teaching({A: {"f.1": (0, 1, 12, 0, 0)}})).places[A].cell(TEACHING, "f.1")
    assert (cell.state, cell.band, cell.n_class) == (CellState.PROTECTED, None, "")


def test_all_but_two_is_mixed_enough():
    assert state(released(teaching({A: {"f.1": (0, 1, 1, 12, 0)}})), A) is CellState.SHOWN


def test_a_small_group_shows_nothing_at_all_and_is_part_of_nothing():
    groups = [group(A, 4, asked=9), group(B, 23), group(C, 23)]
    tallies = answers(A, {"f.1": (1, 1, 1, 1, 0)}) + answers(B, {"f.1": MIXED}) + answers(C, {"f.1": MIXED})
    release = released(raw(groups, tallies))
    small = release.places[A]
    assert not small.cells
    assert (small.groups[TEACHING].state, small.groups[TEACHING].sheet_count) == (GroupState.TOO_FEW, None)
    assert small.groups[TEACHING].asked_count == 9
    total = release.places[ORGANISER]
    assert total.parts[TEACHING] == (B, C)
    assert total.cell(TEACHING, "f.1").counts == (4, 6, 12, 16, 8)
    assert total.groups[TEACHING].sheet_count == 46


def test_small_groups_counted_together_are_part_of_the_total_and_of_nothing_else():
    groups = [
        group(A, 3, state=GroupState.POOLED),
        group(B, 4, state=GroupState.POOLED),
        group(ORGANISER, 7, kind=GroupKind.POOLED),
        group(C, 23),
    ]
    tallies = answers(ORGANISER, {"f.1": (0, 2, 2, 2, 1)}) + answers(C, {"f.1": MIXED})
    release = released(raw(groups, tallies))
    assert not release.places[A].cells
    assert release.places[A].groups[TEACHING].sheet_count is None
    assert release.places[ORGANISER].cell(TEACHING, "f.1").counts == (2, 5, 8, 10, 5)
    assert release.places[ORGANISER].parts[TEACHING] == (ORGANISER, C)


def test_a_sensitive_pool_is_protected_though_it_is_never_shown():
    groups = [group(ORGANISER, 8, kind=GroupKind.POOLED), group(C, 23), group(D, 23)]
    tallies = answers(ORGANISER, {"f.1": GATHERED}) + answers(C, {"f.1": MIXED}) + answers(D, {"f.1": MIXED})
    release = released(raw(groups, tallies))
    states = [state(release, place) for place in (ORGANISER, C, D)]
    assert sorted(states) == [CellState.PROTECTED, CellState.SHOWN, CellState.SHOWN], "total minus units is the pool"


def test_who_is_not_part_of_the_total_hides_nothing_in_it():
    release = released(teaching({A: {"f.1": GATHERED}, B: {"f.1": MIXED}, C: {"f.1": MIXED}}, apart=frozenset([A])))
    assert state(release, A) is CellState.GATHERED
    assert [state(release, place) for place in (B, C, ORGANISER)] == [CellState.SHOWN] * 3


def test_one_hidden_unit_gets_company_under_a_total_that_is_shown():
    release = released(teaching({A: {"f.1": GATHERED}, B: {"f.1": MIXED}, C: {"f.1": (5, 9, 20, 30, 9)}}))
    assert state(release, ORGANISER) is CellState.SHOWN
    assert state(release, A) is CellState.PROTECTED, "beside the total, the band could give the step away"
    assert state(release, B) is CellState.PROTECTED
    assert state(release, C) is CellState.SHOWN, "the smallest that is enough is hidden"
    assert (release.report.hidden_first, release.report.hidden_second) == (2, 2), "the rows, and their factors"


def test_company_that_leaves_one_step_is_no_company():
    release = released(teaching({A: {"f.1": (0, 0, 0, 8, 0)}, B: {"f.1": (0, 0, 1, 12, 0)}, C: {"f.1": MIXED}}))
    assert state(release, C) is CellState.PROTECTED or state(release, ORGANISER) is not CellState.SHOWN


def test_a_total_that_nothing_can_protect_is_hidden():
    release = released(teaching({A: {"f.1": (0, 0, 0, 8, 0)}, B: {"f.1": (0, 0, 1, 12, 0)}}))
    assert state(release, ORGANISER) is not CellState.SHOWN
    assert state(release, ORGANISER, "f") is not CellState.SHOWN


def test_the_only_group_is_the_total_and_not_another_number():
    rows = {"f.1": GATHERED, "f.2": MIXED}
    release = released(teaching({A: rows}))
    for row in ("f.1", "f.2", "f"):
        own, total = (release.places[place].cell(TEACHING, row) for place in (A, ORGANISER))
        assert own == total


def test_positions_are_shown_as_positions_and_never_summed_with_anonymous_answers():
    level, kind = ChainLevel.PRINCIPAL, GroupKind.POSITION
    groups = [group(A, 1, level=level, kind=kind), group(B, 2, level=level, kind=kind), group(C, 23, level=level)]
    tallies = (
        answers(A, {"f.1": (0, 0, 0, 1, 0)}, level)
        + answers(B, {"f.1": (0, 1, 0, 0, 0, 1)}, level)
        + answers(C, {"f.1": MIXED}, level)
    )
    release = released(raw(groups, tallies))
    cell = release.places[A].cell(level, "f.1")
    assert (cell.state, cell.counts, cell.n_class) == (CellState.POSITION, (0, 0, 0, 1, 0), "")
    assert release.places[B].cell(level, "f.1").outside == {"dont_know": 1}
    assert release.places[ORGANISER].parts[level] == (C,)
    assert release.places[ORGANISER].cell(level, "f.1").counts == MIXED


def test_positions_are_rolled_up_as_what_they_are():
    level, kind = ChainLevel.PRINCIPAL, GroupKind.POSITION
    places = [unit(number) for number in range(9)]
    groups = [group(place, 1, level=level, kind=kind) for place in places]
    tallies = [each for place in places for each in answers(place, {"f.1": (0, 0, 0, 1, 0)}, level)]
    total = released(raw(groups, tallies)).places[ORGANISER]
    assert total.groups[level].kind is GroupKind.POSITION
    assert (total.cell(level, "f.1").state, total.cell(level, "f.1").counts) == (CellState.POSITION, (0, 0, 0, 9, 0))


def test_comments_need_a_larger_group_and_a_row_with_answers_enough():
    comments = tuple((place, TEACHING.value, row, f"{row} hos {place}") for place in (A, B) for row in ("f.1", "f.2"))
    groups, rows = [group(A, 23), group(B, 9)], {"f.1": (1, 1, 2, 2, 3), "f.2": (1, 0, 1, 1, 0)}
    release = released(raw(groups, answers(A, rows) + answers(B, rows), comments))
    assert [comment.text for comment in release.places[A].comments] == [f"f.1 hos {A}"]
    assert not release.places[B].comments
    assert not release.places[ORGANISER].comments, "the organiser's page does not repeat what a unit's people wrote"


def test_the_order_of_comments_does_not_follow_the_order_they_came_in():
    texts = [f"Kommentar {number}" for number in range(8)]
    orders = []
    for given in (texts, texts[::-1]):
        comments = tuple((A, TEACHING.value, "f.1", text) for text in given)
        release = released(raw([group(A, 23)], answers(A, {"f.1": MIXED}), comments))
        orders.append([comment.text for comment in release.places[A].comments])
    assert orders[0] == orders[1] != texts


def test_the_same_answers_give_the_same_release():
    given = random_answers(3, 12, ["f.1", "f.2", "g.1"], sizes=(5, 9), pool=True)
    assert released(given) == released(given)


def test_a_release_is_kept_and_read_back_whole():
    release = released(random_answers(5, 12, ["f.1", "f.2", "own.1"], sizes=(5, 9), pool=True))
    assert {cell.state for place in release.places.values() for cell in place.cells.values()} > {CellState.SHOWN}
    for place in release.places.values():
        assert ReleasedAnswers.from_json(json.loads(json.dumps(place.to_json()))) == place
    report = release.report
    assert DisclosureReport.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_the_report_counts_and_says_when_it_is_a_sample():
    given = random_answers(5, 12, ["f.1", "f.2"], sizes=(5, 9))
    whole, sample = released(given).report, released(given, most_attacked=3).report
    assert whole.cells == 13 * 3
    assert whole.audited >= whole.hidden_first + whole.hidden_second > 3
    assert not whole.sampled
    assert (sample.audited, sample.sampled, sample.method) == (3, True, "heuristic")
    assert whole.smallest_interval >= RULES.minimum_answers - 1


@pytest.mark.parametrize("count", [24, 10**6])
def test_more_answers_than_sheets_show_nothing(count):
    tallies = [*answers(A, {"f.1": MIXED}), {**answers(A, {"f.1": (1,)})[0], "row": "f.2", "count": count}]
    with pytest.raises(DamagedData, match="fler svar än"):
        released(raw([group(A, 23)], tallies))


def test_an_answer_that_the_scale_does_not_have_shows_nothing():
    tallies = [{**answers(A, {"f.1": (1,)})[0], "answer": "9"}]
    with pytest.raises(DamagedData, match="skalan inte har"):
        released(raw([group(A, 23)], tallies))


@pytest.mark.parametrize(
    ("count", "text"), [(5, "5–9"), (9, "5–9"), (10, "10–19"), (99, "50–99"), (400, "100 eller fler")]
)
def test_how_many_is_told_roughly(count, text):
    assert n_class(count, 5) == text


@pytest.mark.parametrize("seed", range(6))
def test_a_searched_pattern_hides_no_more_than_the_fast_one(seed):
    given = random_answers(seed, 10, [f"f.{number}" for number in range(1, 6)], sizes=(5, 12), pool=seed % 2 == 1)
    shown = [
        sum(
            np.array(cell.counts).sum() / (1 if "." in cell.row else 5)
            for place in released(given, exact=exact).places.values()
            for cell in place.cells.values()
        )
        for exact in (True, False)
    ]
    assert shown[0] >= shown[1]
