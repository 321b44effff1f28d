"""The auditor of released answers: planted leaks of each kind are caught, and earlier publications are remembered."""

from dataclasses import replace

import pytest

from styrkedjan.core.assessments.campaigns import GroupKind, factor_of
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.disclosure import (
    CellState,
    Publication,
    ReleasedAnswers,
    ReleasedCell,
    ReleaseRefused,
    release_answers,
)
from styrkedjan.core.disclosure.answers.audit import Target, attack
from tests.core.answers_to_release import ORGANISER, RULES, SCALE, TEACHING, answers, group, raw, teaching, unit

A, B, C, D = (unit(number) for number in range(4))
MIXED = (2, 3, 6, 8, 4)
OTHER = (5, 9, 20, 30, 9)
GATHERED = (0, 0, 0, 7, 1)


def released(given, **more):
    return release_answers(given, ORGANISER, RULES, SCALE, **more)


def state(places, place, row="f.1", level=TEACHING):
    return places[place].cells[level, row].state


def changed(places, place, row, **new):
    """The release with one cell as somebody careless would have shown it."""
    answers_ = places[place]
    cells = {**answers_.cells, (TEACHING, row): replace(answers_.cells[TEACHING, row], **new)}
    return {**places, place: replace(answers_, cells=cells)}


def opened(places, given, place, row):
    """The release with one cell shown after all."""
    parts = places[place].parts.get(TEACHING, (place,))
    of = given.tallies.filter(given.tallies["place"].is_in(list(parts)))
    of = [each for each in of.iter_rows(named=True) if row in (each["row"], factor_of(each["row"]))]

    def count(answer):
        return sum(each["count"] for each in of if each["answer"] == answer)

    counts = tuple(count(step) for step in SCALE.step_ids)
    outside = {answer.id: count(answer.id) for answer in SCALE.outside if count(answer.id)}
    return changed(places, place, row, state=CellState.SHOWN, counts=counts, outside=outside, n_class="", band=None)


def faults(places, *sensitive, before=()):
    """What the auditor says of these cells, (place, row), in this release."""
    targets = []
    for place, row in sensitive:
        cells = places[place].cells
        rows = (row,) if "." in row else tuple(name for _, name in cells if factor_of(name) == row)
        groups = frozenset(places[place].parts.get(TEACHING, (place,)))
        targets.append(Target(TEACHING, place, row, groups, rows, cells[TEACHING, row].state, sensitive=True))
    found = attack([*before, Publication.of(places)], targets, SCALE, RULES, len(targets))
    return {each.target.place: each.fault for each in found if each.fault}


def three_units():
    """A is gathered, and is hidden together with B under a total that is shown."""
    given = teaching({A: {"f.1": GATHERED}, B: {"f.1": MIXED}, C: {"f.1": OTHER}})
    places = released(given).places
    assert not faults(places, (A, "f.1"))
    return given, places


def test_a_unit_hidden_alone_under_a_total_is_caught():
    given, places = three_units()
    assert faults(opened(places, given, B, "f.1"), (A, "f.1")) == {A: "kan räknas ut"}


def test_two_hidden_in_a_row_are_caught_where_the_columns_solve_them():
    given = teaching({place: {"f.1": GATHERED, "f.2": MIXED} for place in (A, B)} | {C: {"f.1": OTHER, "f.2": OTHER}})
    places = released(given).places
    assert state(places, ORGANISER) is CellState.PROTECTED or not faults(places, (A, "f.1"), (B, "f.1"))
    leaking = opened(places, given, C, "f.1")
    for place, row in ((A, "f"), (B, "f"), (A, "f.2"), (B, "f.2"), (C, "f"), (ORGANISER, "f.1"), (ORGANISER, "f")):
        leaking = opened(leaking, given, place, row)
    assert faults(leaking, (A, "f.1"), (B, "f.1")) == {A: "kan räknas ut", B: "kan räknas ut"}


def test_a_factor_total_minus_its_other_rows_is_caught():
    given = teaching({A: {"f.1": GATHERED, "f.2": MIXED, "f.3": MIXED}})
    places = released(given).places
    assert not faults(places, (A, "f.1"))
    assert faults(opened(places, given, A, "f"), (A, "f.1")) == {A: "kan räknas ut"}


def test_steps_that_follow_from_bands_and_a_total_are_caught():
    given, places = three_units()
    bands = {"state": CellState.BANDS, "counts": (0, 0, 8)}
    alone = changed(places, A, "f.1", **bands)
    assert not faults(changed(alone, ORGANISER, "f.1", state=CellState.PROTECTED, counts=()), (A, "f.1"))
    # the other hidden unit has nobody at step 5, which bands and the total together tell
    high = changed(alone, B, "f.1", state=CellState.BANDS, counts=(5, 6, 12))
    assert not faults(high, (A, "f.1")), "B's high answers leave A's open"
    given = teaching({A: {"f.1": GATHERED}, B: {"f.1": (9, 9, 9, 0, 0)}, C: {"f.1": OTHER}})
    places = opened(released(given).places, given, ORGANISER, "f.1")
    places = opened(places, given, C, "f.1")
    hidden = {"state": CellState.BANDS, "n_class": "", "band": None, "outside": {}}
    places = changed(changed(places, A, "f.1", counts=(0, 0, 8), **hidden), B, "f.1", counts=(18, 9, 0), **hidden)
    assert faults(places, (A, "f.1")) == {A: "kan räknas ut"}


def test_company_in_which_nearly_all_chose_the_same_is_caught():
    """How many of A answered is then open, and still everyone knows what they answered."""
    extreme = {A: {"f.1": (0, 0, 0, 8, 0, 6)}, B: {"f.1": (0, 0, 1, 12, 0, 6)}}
    given = teaching({**extreme, C: {"f.1": OTHER}, D: {"f.1": OTHER}})
    places = released(given).places
    assert not faults(places, (A, "f.1"), (B, "f.1"))
    for place in (C, D, ORGANISER):
        places = opened(places, given, place, "f.1")
    assert faults(places, (A, "f.1")) == {A: "röjer att nästan alla svarade lika"}


def test_company_of_too_few_is_caught():
    given = teaching({A: {"f.1": (1, 1, 1, 0, 0, 9)}, B: {"f.1": (0, 0, 1, 2, 0, 9)}, C: {"f.1": OTHER}})
    places = released(given).places
    assert not faults(places, (A, "f.1"), (B, "f.1"))
    for place in (C, ORGANISER):
        places = opened(places, given, place, "f.1")
    assert set(faults(places, (A, "f.1"), (B, "f.1"))) == {A, B}


def test_a_band_that_beside_a_total_gives_the_step_is_caught():
    _, places = three_units()
    gathered = changed(places, A, "f.1", state=CellState.GATHERED, band=2, n_class="5–9")
    assert faults(gathered, (A, "f.1")) == {A: "röjer vilket steg nästan alla valde"}


def test_answers_outside_the_scale_cannot_unhide_a_cell():
    """Sheets, answers and answers outside are bound: with all but one of them, the last is known."""
    rows = {"f.1": (0, 0, 0, 7, 1, 3)}
    given = teaching({A: rows, B: {"f.1": (*MIXED, 2)}, C: {"f.1": (*OTHER, 4)}})
    places = released(given).places
    assert not faults(places, (A, "f.1"))
    assert all(not places[place].cells[TEACHING, "f.1"].outside for place in (A, B))


def test_a_position_subtracted_from_a_total_gives_nothing():
    """Were a position part of the anonymous total, the total minus it would be the others."""
    level = ChainLevel.PRINCIPAL
    groups = [group(A, 2, level=level, kind=GroupKind.POSITION), group(B, 8, level=level), group(C, 23, level=level)]
    said = {"f.1": (0, 2, 0, 0, 0)}
    tallies = answers(A, said, level) + answers(B, {"f.1": GATHERED}, level) + answers(C, {"f.1": MIXED}, level)
    places = released(raw(groups, tallies)).places
    statements = Publication.of(places).statements
    assert statements
    assert all(A not in statement.groups for statement in statements)
    assert places[ORGANISER].parts[level] == (B, C)


def all_but_one():
    """Everything of three units is out, when a fourth joins whose people nearly all answered alike."""
    units = {B: {"f.1": MIXED}, C: {"f.1": OTHER}, D: {"f.1": (4, 4, 4, 4, 4)}}
    with_a = units | {A: {"f.1": GATHERED}}
    out = Publication.of(released(teaching(with_a, apart=frozenset([A]))).places)
    return teaching(with_a), out


def test_all_against_all_but_one_is_caught_and_then_hidden():
    given, out = all_but_one()
    first = released(given).places
    assert state(first, ORGANISER) is CellState.SHOWN, "without a memory the new total is shown"
    assert faults(first, (A, "f.1"), before=[out]) == {A: "kan räknas ut"}
    again = released(given, earlier=(out,))
    assert state(again.places, ORGANISER) is not CellState.SHOWN
    assert state(again.places, B) is CellState.SHOWN, "what is out cannot be taken back"
    assert not faults(again.places, (A, "f.1"), before=[out])
    assert not again.report.refused


def test_a_unit_that_joins_with_answers_that_can_be_shown_changes_the_total():
    units = {B: {"f.1": MIXED}, C: {"f.1": OTHER}, D: {"f.1": (4, 4, 4, 4, 4)}, A: {"f.1": MIXED}}
    out = Publication.of(released(teaching(units, apart=frozenset([A]))).places)
    again = released(teaching(units), earlier=(out,)).places
    assert again[ORGANISER].cell(TEACHING, "f.1").counts == (13, 19, 36, 50, 21)


def test_what_came_between_two_dates_is_not_given_away():
    units = {A: {"f.1": MIXED}, B: {"f.1": OTHER}}
    out = Publication.of(released(teaching(units)).places)
    later = teaching({A: {"f.1": (2, 3, 6, 8, 6)}, B: {"f.1": OTHER}})
    places = released(later, earlier=(out,)).places
    assert [state(places, place) for place in (A, ORGANISER)] == [CellState.PROTECTED] * 2
    many = teaching({A: {"f.1": (6, 8, 9, 10, 8)}, B: {"f.1": OTHER}})
    assert state(released(many, earlier=(out,)).places, A) is CellState.SHOWN


def test_what_is_already_out_and_gives_a_cell_away_refuses_the_whole_release():
    given, places = three_units()
    out = Publication.of(opened(places, given, B, "f.1"))
    with pytest.raises(ReleaseRefused, match="skulle gå att räkna ut") as refused:
        released(given, earlier=(out,))
    assert refused.value.report.refused
    assert f"teaching {A} f.1: kan räknas ut" in refused.value.report.faults
    assert all(f" {A} " in fault for fault in refused.value.report.faults), "the others may be shown, so may be known"
    assert refused.value.status == 409


def test_a_publication_reads_only_what_anyone_reads():
    _, places = three_units()
    told = {place: ReleasedAnswers.from_json(each.to_json()) for place, each in places.items()}
    assert Publication.of(told) == Publication.of(places)
    hidden = [each.cell for each in Publication.of(places).statements if not each.is_exact]
    assert hidden
    assert all(cell == ReleasedCell(cell.level, cell.row, CellState.PROTECTED) for cell in hidden)


ALL_OUTSIDE = (0, 0, 0, 0, 0, 9)


def outside_of(places, place, row):
    cell = places[place].cells[TEACHING, row]
    return dict(cell.outside) if cell.outside_told and cell.state is CellState.SHOWN else None


@pytest.mark.parametrize("exact", [True, False])
def test_a_group_that_all_answered_outside_the_scale_is_not_told_by_any_sum(exact):
    mixed = (2, 3, 2, 1, 0, 1)
    others = {unit(number): {"f.1": mixed, "f.2": mixed} for number in (1, 2)}
    places = released(teaching({A: {"f.1": ALL_OUTSIDE, "f.2": mixed}, **others}), exact=exact).places
    assert state(places, A, "f.1") is CellState.NO_ANSWERS
    for place, row in ((A, "f"), (ORGANISER, "f.1"), (ORGANISER, "f")):
        assert state(places, place, row) is CellState.SHOWN
        assert outside_of(places, place, row) is None
        assert not places[place].cells[TEACHING, row].outside
    assert outside_of(places, A, "f.2") == outside_of(places, B, "f.1") == {"dont_know": 1}
    assert outside_of(places, ORGANISER, "f.2") == {"dont_know": 3}
    told = {place: ReleasedAnswers.from_json(each.to_json()) for place, each in places.items()}
    assert told == places
    again = released(teaching({A: {"f.1": ALL_OUTSIDE, "f.2": mixed}, **others}), earlier=(Publication.of(places),))
    assert again.places == places, "what was left out before is not taken for none"


def test_that_nobody_answered_at_all_is_told_no_more_than_that_they_answered_outside():
    mixed = (2, 3, 2, 1, 0, 1)
    company = {B: {"f.1": mixed, "f.2": mixed}}
    outside, none = (
        released(teaching({A: {"f.1": row, "f.2": mixed}, **company})).places for row in (ALL_OUTSIDE, (0,) * 6)
    )
    assert state(outside, A) is CellState.NO_ANSWERS
    assert outside == none


def test_small_groups_counted_together_that_all_answered_outside_hide_the_total():
    mixed = (2, 3, 2, 1, 0, 1)
    given = teaching({ORGANISER: {"f.1": ALL_OUTSIDE, "f.2": mixed}, B: dict.fromkeys(("f.1", "f.2"), mixed)})
    places = released(given).places
    for row in ("f.1", "f"):
        assert state(places, ORGANISER, row) is CellState.PROTECTED
    assert outside_of(places, B, "f") == {"dont_know": 2}
