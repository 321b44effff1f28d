"""The chain view: measures, gaps, changes, lineage and questions, from released values alone."""

from dataclasses import replace

import pytest

from styrkedjan.core.assessments.chain import SharedAnswer, chain_view
from styrkedjan.core.assessments.lanes import Lane, banded, lane_of
from styrkedjan.core.assessments.lineage import row_links
from styrkedjan.core.assessments.measures import (
    Spread,
    Telling,
    agreement,
    bounds,
    consensus,
    dispersion,
    median_steps,
    pairs,
    share_change,
    spread,
)
from styrkedjan.core.assessments.rounds import Round, newest_round, over_rounds
from styrkedjan.core.catalogue import ChainLevel, Continuation
from styrkedjan.core.disclosure.answers import CellState
from styrkedjan.core.disclosure.answers.release import release_answers
from tests.core.answers_to_release import ORGANISER as ORGANISATION
from tests.core.answers_to_release import RULES, random_answers
from tests.released_answers import FACTOR, ROWS, campaign, cell, group, own, plenty, released
from tests.world import STORKOPING, catalogue

FRAMEWORK = catalogue().framework
SCALE = FRAMEWORK.self_assessment.scale
ORGANISER, PRINCIPAL, TEACHING = ChainLevel
UNIT = f"{STORKOPING}-90000001"


def view(*cells, groups=None, rows=ROWS[:1], above=None, before=None, links=None, shared=None, **changes):
    groups = groups or [group(level, 60, 50) for level in ChainLevel]
    return chain_view(
        FRAMEWORK, campaign(rows=rows, **changes), released(UNIT, groups, list(cells)), above, before, links, shared
    )


def only_row(chain):
    return chain.factors[0].rows[0]


@pytest.mark.parametrize(
    ("counts", "alike", "word"),
    [
        ((0, 0, 0, 9, 0), 1.0, Spread.UNITED),
        ((10, 0, 0, 0, 10), 0.0, Spread.CAMPS),
        ((4, 4, 4, 4, 4), 0.2, Spread.SPREAD),
        ((0, 1, 4, 5, 0), 0.66, Spread.UNITED),
        ((1, 2, 9, 30, 8), 0.6072, Spread.ALIKE),
        ((0, 0, 0, 4, 0), 1.0, None),
    ],
)
def test_agreement_and_its_word(counts, alike, word):
    assert agreement(counts) == pytest.approx(alike)
    assert dispersion(counts) == pytest.approx(1 - alike)
    assert spread(counts) is word


def test_two_camps_are_told_from_spread_by_consensus():
    assert consensus((4, 4, 4, 4, 4)) == pytest.approx(0)
    assert consensus((10, 0, 0, 0, 10)) == pytest.approx(-1)
    assert consensus((1, 0, 0, 0, 20)) > 0.8, "one dissenter is no camp"


def test_the_middle_can_lie_between_two_steps():
    assert median_steps((0, 2, 0, 2, 0)) == (1, 3)
    assert median_steps((0, 2, 1, 2, 0)) == (2, 2)
    with pytest.raises(ValueError, match="no middle"):
        median_steps((0, 0))


def test_a_gap_is_told_only_when_it_is_large_and_certain():
    differs = pairs((0, 0, 1, 9, 10), (9, 31, 52, 40, 11))
    assert differs.telling is Telling.DIFFERS and differs.low > 0
    assert pairs((10, 20, 40, 20, 10), (10, 20, 40, 20, 10)).telling is Telling.ALIKE
    assert pairs((0, 0, 2, 3, 0), (0, 2, 2, 1, 0)).telling is Telling.CANNOT, "five people say little"
    small = pairs((0, 0, 2000, 2000, 0), (0, 0, 2600, 1400, 0))
    assert small.low > 0 and small.telling is Telling.ALIKE, "certain, but too small to speak of"
    assert pairs((0, 0, 0, 0, 4), (50, 0, 0, 0, 0)) is None, "four people are not compared"


def test_answers_all_on_one_step_each_still_have_an_uncertainty():
    apart = pairs((0, 0, 0, 0, 5), (5, 0, 0, 0, 0))
    assert apart.delta == 1 and 0 < apart.low < 0.5
    assert apart.telling is Telling.DIFFERS


def test_a_factor_as_a_whole_counts_people_and_not_answers():
    one = pairs((10, 10, 10, 20, 20), (20, 20, 10, 10, 10))
    many = pairs((70, 70, 70, 140, 140), (140, 140, 70, 70, 70), each=7)
    assert many.low == pytest.approx(one.low) and many.high == pytest.approx(one.high)
    assert pairs((0, 0, 0, 0, 28), (28, 0, 0, 0, 0), each=7) is None


def test_change_is_told_only_beyond_chance():
    assert share_change((4, 30), (22, 30)).telling is Telling.DIFFERS
    assert share_change((14, 30), (17, 30)).telling is Telling.CANNOT
    assert share_change((4, 4), (0, 30)) is None


def test_the_bounds_let_the_silent_answer_either_way():
    assert bounds(12, 20, 50) == (12, 42)


def test_bands_follow_the_scale():
    assert banded((1, 2, 3, 4, 5), SCALE) == (3, 3, 9)
    assert banded((1, 2, 3, 4, 5), replace(SCALE, middle=None)) == (6, 0, 9)
    shown, grouped = Lane(TEACHING, CellState.SHOWN, (1, 2, 3, 4, 5)), Lane(TEACHING, CellState.BANDS, (3, 3, 9))
    assert shown.high(SCALE) == grouped.high(SCALE) == 9
    assert shown.in_bands(SCALE) == grouped.in_bands(SCALE)


def test_levels_stand_side_by_side_and_the_higher_one_first():
    chain = view(cell("organiser", ROWS[0], "0 0 1 9 10"), cell("teaching", ROWS[0], "9 31 52 40 11"))
    row = only_row(chain)
    assert [each.level for each in row.cells] == [ORGANISER, PRINCIPAL, TEACHING]
    assert row.cells[1].here.state is CellState.TOO_FEW, "asked, and nothing of it is shown"
    told = [gap for gap in row.gaps if gap.telling is Telling.DIFFERS]
    assert [(gap.first, gap.second) for gap in told] == [(ORGANISER, TEACHING)]
    flipped = only_row(view(cell("organiser", ROWS[0], "9 31 52 40 11"), cell("teaching", ROWS[0], "0 0 1 9 10")))
    assert [(gap.first, gap.second) for gap in flipped.gaps if gap.pairs] == [(TEACHING, ORGANISER)]


def test_bands_are_compared_as_bands():
    row = only_row(view(cell("organiser", ROWS[0], "0 0 1 9 10"), cell("teaching", ROWS[0], "40 52 51")))
    assert [gap.telling for gap in row.gaps if gap.pairs] == [Telling.DIFFERS]


def test_a_position_is_never_compared_as_a_group_but_many_positions_are():
    row = only_row(view(cell("principal", ROWS[0], "p 0 0 0 0 1"), cell("teaching", ROWS[0], "30 31 12 4 1")))
    assert not any(gap.pairs for gap in row.gaps)
    assert [question.rule for question in row.questions][:1] == ["position"]
    many = only_row(view(cell("principal", ROWS[0], "p 0 0 0 9 9"), cell("teaching", ROWS[0], "30 31 12 4 1")))
    assert any(gap.telling is Telling.DIFFERS for gap in many.gaps)


@pytest.mark.parametrize(("people", "told"), [(1, "p 0 0 3 4 0"), (4, "p 0 4 4 10 10")])
def test_a_few_people_are_no_distribution_though_a_factor_holds_many_answers(people, told):
    rows = [cell("principal", row, "p 0 0 0 1 0") for row in ROWS[:7]]
    taught = [cell("teaching", row, "30 31 12 4 1") for row in (*ROWS[:7], FACTOR)]
    groups = [group("principal", people, people, "position"), group("teaching", 100, 78)]
    chain = view(*rows, cell("principal", FACTOR, told), *taught, groups=groups, rows=ROWS[:7])
    whole = chain.factors[0].whole
    lane = whole.cells[0].here
    assert lane.is_position and not lane.is_distribution and not lane.of_positions
    assert (lane.people, lane.rows, lane.person_count) == (people, 7, people)
    assert (lane.median, lane.agreement, lane.spread) == (None,) * 3
    assert not any(gap.pairs for gap in whole.gaps)


def test_positions_of_five_people_are_a_distribution_in_a_factor_as_a_whole():
    rows = [cell("principal", row, "p 0 0 0 5 0") for row in ROWS[:7]]
    groups = [group("principal", 5, 5, "position")]
    chain = view(*rows, cell("principal", FACTOR, "p 0 0 0 35 0"), groups=groups, rows=ROWS[:7])
    lane = chain.factors[0].whole.cells[0].here
    assert lane.of_positions and lane.median == (3, 3) and lane.agreement == 1


@pytest.mark.parametrize("hidden", ["..", "~~", "--", "high"])
def test_what_is_hidden_gives_no_measure_and_no_gap(hidden):
    row = only_row(view(cell("organiser", ROWS[0], "0 0 1 9 10"), cell("teaching", ROWS[0], hidden)))
    lane = row.cells[2].here
    assert (lane.median, lane.agreement, lane.spread, lane.answer_count, lane.high(SCALE)) == (None,) * 5
    assert not any(gap.pairs for gap in row.gaps)


def test_a_level_that_only_the_organiser_has_is_shown_from_it():
    above = released(STORKOPING, [group("organiser", 9, 8)], [cell("organiser", ROWS[0], "0 0 2 5 1")])
    groups = [group("teaching", 60, 50)]
    row = only_row(view(cell("teaching", ROWS[0], "1 9 20 15 5"), groups=groups, above=above))
    assert [(each.level, each.elsewhere) for each in row.cells] == [(ORGANISER, True), (TEACHING, False)]
    assert row.cells[0].here.counts == (0, 0, 2, 5, 1)


def test_a_low_response_gives_bounds_and_no_change():
    groups, told = [group("teaching", 60, 20)], "0 2 5 9 3"
    before = released(UNIT, [group("teaching", 30, 28)], [cell("teaching", ROWS[0], "9 9 6 3 1")])
    earlier = campaign(rows=ROWS[:1])
    links = row_links(earlier, earlier, [FRAMEWORK])
    low = only_row(view(cell("teaching", ROWS[0], told, {"dont_know": 1}), groups=groups, before=before, links=links))
    assert low.cells[0].bounds == (12, 52)
    assert low.cells[0].change.share is None
    fair = [group("teaching", 22, 20)]
    high = only_row(view(cell("teaching", ROWS[0], told, {"dont_know": 1}), groups=fair, before=before, links=links))
    assert high.cells[0].bounds is None
    assert high.cells[0].change.telling is Telling.DIFFERS


def test_own_statements_come_last_and_shared_ratings_stand_with_their_row():
    shared = {(TEACHING, ROWS[0]): SharedAnswer("4", "Vi är överens.")}
    chain = view(
        cell("teaching", ROWS[0], "1 2 3 4 5"),
        cell("teaching", "own.1", "5 4 3 2 1"),
        own_statements=own("Vi planerar ihop."),
        shared=shared,
    )
    assert [factor.id for factor in chain.factors] == [FACTOR, "own"]
    assert chain.factors[1].rows[0].name == "Vi planerar ihop."
    assert only_row(chain).cells[2].shared.note == "Vi är överens."


def test_sub_goals_are_those_of_the_school_form():
    goals = view(cell("teaching", ROWS[0], "1 2 3 4 5")).factors[0].sub_goals
    assert {goal.id for goal in goals} == {
        "compulsory.guidance_and_stimulation",
        "compulsory.swedish",
        "compulsory.mathematics",
    }


def test_comments_stand_with_their_row():
    answers = released(
        UNIT,
        [group("teaching", 60, 50)],
        [cell("teaching", ROWS[0], "1 2 3 4 5")],
        (("teaching", ROWS[0], "Mer tid."),),
    )
    assert only_row(chain_view(FRAMEWORK, campaign(rows=ROWS[:1]), answers)).comments == ((TEACHING, "Mer tid."),)


@pytest.mark.parametrize(
    ("told", "outside", "rule"),
    [
        ("20 2 1 2 20", {}, "camps"),
        ("8 8 8 8 8", {}, "spread"),
        ("0 4 12 9 0", {"dont_know": 15}, "unseen"),
        ("0 0 1 30 9", {}, "united_high"),
        ("9 30 1 0 0", {}, "united_low"),
    ],
)
def test_each_rule_asks_its_question(told, outside, rule):
    row = only_row(view(cell("teaching", ROWS[0], told, outside), groups=[group("teaching", 60, 45)]))
    assert [question.rule for question in row.questions] == [rule]


def test_answers_that_are_neither_spread_nor_gathered_ask_nothing():
    row = only_row(view(cell("teaching", ROWS[0], "1 2 9 30 8"), groups=[group("teaching", 60, 50)]))
    assert row.questions == ()


def test_a_factor_asks_at_most_three_and_of_different_rows_first():
    cells = [
        cell("teaching", row, told)
        for row, told in zip(ROWS, ("20 2 1 2 20", "8 8 8 8 8", "0 0 1 30 9", "8 8 8 8 8"), strict=False)
    ]
    asked = view(*cells, rows=ROWS[:4], groups=[group("teaching", 60, 45)]).factors[0].questions
    assert [question.rule for question in asked] == ["camps", "spread", "united_high"]
    assert len({question.row for question in asked}) == 3


def edition(number: int, renamed: str = "", **cells: str):
    """The framework with another id, some of the first factor row's words, and perhaps a row that it continues."""
    factor = FRAMEWORK.factor_by_id[FACTOR]
    first = replace(
        factor.rows[0], cells={level: cells.get(level.value, text) for level, text in factor.rows[0].cells.items()}
    )
    changed = replace(factor, rows=(first, *factor.rows[1:]))
    factors = tuple(changed if each.id == FACTOR else each for each in FRAMEWORK.success_factors)
    continues = (Continuation(renamed, f"{FACTOR}.teaching.1", "Raden har flyttats."),) if renamed else ()
    return replace(FRAMEWORK, id=f"20{number}-1", success_factors=factors, continues=continues)


def test_a_row_continues_when_its_words_stand():
    now, then = campaign(rows=ROWS[:2]), campaign(rows=ROWS[:2])
    links = row_links(now, then, [edition(27), edition(26)])
    assert all(links[level, row].comparable for level in ChainLevel for row in (*ROWS[:2], FACTOR))
    other = row_links(now, then, [edition(27, teaching="göra något annat."), edition(26)])
    assert other[TEACHING, ROWS[0]].earlier == ROWS[0] and not other[TEACHING, ROWS[0]].comparable
    assert other[PRINCIPAL, ROWS[0]].comparable
    assert not other[TEACHING, FACTOR].comparable, "the sum of a factor breaks when one of its rows does"


def test_a_row_is_followed_through_a_new_id():
    moved = row_links(
        campaign(rows=ROWS[:1]),
        campaign(rows=("trusting_climate.1",)),
        [edition(27, renamed="trusting_climate.teaching.1"), edition(26)],
    )
    assert moved[TEACHING, ROWS[0]].earlier == "trusting_climate.1"
    assert not moved[TEACHING, ROWS[0]].comparable and moved[TEACHING, ROWS[0]].note == "Raden har flyttats."
    assert moved[PRINCIPAL, ROWS[0]].earlier is None


def test_an_own_statement_continues_only_in_the_same_words():
    now, then = campaign(own_statements=own("Nytt.", "Vi planerar.")), campaign(own_statements=own("Vi planerar."))
    links = row_links(now, then, [FRAMEWORK])
    assert links[TEACHING, "own.2"].earlier == "own.1" and links[TEACHING, "own.2"].comparable
    assert links[TEACHING, "own.1"].earlier is None


def test_rounds_stand_side_by_side_where_rows_continue():
    now, then = campaign(rows=ROWS[:2]), campaign(rows=ROWS[:1])
    back = Round(then, plenty(STORKOPING, 1, ROWS[:1]), row_links(now, then, [FRAMEWORK]))
    (factor,) = over_rounds(FRAMEWORK, newest_round(now, plenty(STORKOPING, 2, ROWS[:2])), [back])
    first, second = (
        next(each for each in factor.series if each.row == row and each.level is TEACHING) for row in ROWS[:2]
    )
    assert [point.lane.answer_count for point in first.points] == [143, 143]
    assert [point.lane is None for point in second.points] == [True, False]


def test_a_cell_that_was_not_released_has_no_lane():
    answers = plenty(STORKOPING, 1, ROWS[:1])
    assert lane_of(answers, TEACHING, ROWS[1]) is None
    assert lane_of(None, TEACHING, ROWS[0]) is None


@pytest.mark.parametrize("seed", range(6))
def test_a_chain_view_of_a_real_release_carries_no_count_of_what_is_hidden(seed):
    release = release_answers(random_answers(seed, 6, ROWS[:2], sizes=(5, 7)), ORGANISATION, RULES, SCALE)
    hidden = 0
    for place, shown in release.places.items():
        above = release.places[ORGANISATION] if place != ORGANISATION else None
        chain = chain_view(FRAMEWORK, campaign(place=ORGANISATION, rows=ROWS[:2]), shown, above)
        for row in chain.factors[0].rows:
            (lane,) = (each.here for each in row.cells if each.level is TEACHING)
            if not shown.cell(TEACHING, row.id).state.has_counts:
                hidden += 1
                assert (lane.counts, lane.median, lane.agreement, lane.answer_count) == ((), None, None, None)
    assert hidden, "groups so small that something is hidden, or the test says nothing"
