"""Campaigns in the core: plans, repeats through editions, rates that point at nobody, and pasted addresses."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest

from styrkedjan.core.assessments.asking import MOST_ADDRESSES, addresses_in
from styrkedjan.core.assessments.campaigns import (
    AnsweringGroup,
    Campaign,
    GroupKind,
    Mode,
    Phase,
    form_for,
    group_kind,
)
from styrkedjan.core.assessments.following import level_rates, may_be_counted, rate_of, rate_of_all
from styrkedjan.core.assessments.plans import (
    BadPlan,
    checked_plan,
    every_row,
    fingerprint,
    may_answer,
    one_line,
)
from styrkedjan.core.assessments.repeating import carried, usual_title
from styrkedjan.core.catalogue import ChainLevel, Continuation, FactorRow, Framework
from styrkedjan.core.refused import BadInput
from tests.actions.campaign_plans import plan
from tests.world import LILLAN_UNIT, STORKOPING, catalogue

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
UNIT = f"{STORKOPING}-90000001"


def campaign(**changes) -> Campaign:
    whole = Campaign(
        key="k",
        place=STORKOPING,
        title="Prov",
        edition="2026-1",
        school_form="compulsory",
        language="sv",
        modes=frozenset({Mode.INDIVIDUAL}),
        levels=tuple(ChainLevel),
        rows=("trusting_climate.1", "trusting_climate.2"),
        own_statements=(),
        opens_at=NOW,
        closes_at=NOW + timedelta(days=21),
    )
    return replace(whole, **changes)


@pytest.mark.parametrize(
    ("offset", "phase"),
    [
        (timedelta(seconds=-1), Phase.PLANNED),
        (timedelta(0), Phase.OPEN),
        (timedelta(days=21, seconds=-1), Phase.OPEN),
        (timedelta(days=21), Phase.GRACE),
        (timedelta(days=21, minutes=15, seconds=-1), Phase.GRACE),
        (timedelta(days=21, minutes=15), Phase.CLOSED),
    ],
)
def test_each_moment_has_its_phase(offset, phase):
    assert campaign().phase(NOW + offset) is phase
    assert campaign(counted_at=NOW).phase(NOW + offset) is Phase.COUNTED


def test_a_level_is_asked_its_own_cells_in_the_frameworks_order():
    framework = catalogue().framework
    asked = campaign(rows=("professional_development.5", "trusting_climate.1"))
    teaching = form_for(asked, ChainLevel.TEACHING, framework, "Egna")
    assert teaching.rows == ("trusting_climate.1",), "row 5 has no cell at that level"
    principal = form_for(asked, ChainLevel.PRINCIPAL, framework, "Egna")
    assert principal.rows == ("trusting_climate.1", "professional_development.5")
    assert principal.statements[0].question.startswith("I vilken grad lyckas ni som leder enheten med att ")


def test_a_level_that_would_get_nothing_to_answer_is_refused():
    framework = catalogue().framework
    wanted = plan(rows=("professional_development.5",), own_statements=())
    with pytest.raises(BadPlan) as refusal:
        checked_plan(wanted, STORKOPING, framework, NOW)
    assert "rows" in refusal.value.problems
    now = datetime.now(UTC)
    assert checked_plan(replace(wanted, own_statements=("Ett eget.",)), STORKOPING, framework, now).own_statements


def test_everything_that_is_wrong_is_said_at_once():
    wanted = plan(title="", rows=("x.1",), modes=frozenset(), asked={(LILLAN_UNIT, ChainLevel.TEACHING): 3})
    with pytest.raises(BadPlan) as refusal:
        checked_plan(wanted, STORKOPING, catalogue().framework, datetime.now(UTC))
    assert set(refusal.value.problems) == {"title", "rows", "modes", "asked"}


@pytest.mark.parametrize(
    ("place", "where", "level", "may"),
    [
        (STORKOPING, STORKOPING, ChainLevel.ORGANISER, True),
        (STORKOPING, STORKOPING, ChainLevel.TEACHING, False),
        (STORKOPING, UNIT, ChainLevel.TEACHING, True),
        (STORKOPING, UNIT, ChainLevel.ORGANISER, False),
        (STORKOPING, LILLAN_UNIT, ChainLevel.TEACHING, False),
        (UNIT, UNIT, ChainLevel.PRINCIPAL, True),
        (UNIT, STORKOPING, ChainLevel.ORGANISER, False),
        (UNIT, f"{STORKOPING}-90000002", ChainLevel.TEACHING, False),
    ],
)
def test_who_can_be_asked(place, where, level, may):
    assert may_answer(place, where, level) is may


def test_a_title_keeps_emoji_and_loses_what_nobody_sees():
    assert one_line(" Höst\r\n\x00 2026 👍\u0301 ") == "Höst 2026 👍\u0301"
    assert one_line("A\u030a") == "Å"


def test_a_fingerprint_tells_every_change_apart():
    counts = {"a": 1, "b": 2}
    first = fingerprint("t", NOW, NOW, counts.items())
    assert first == fingerprint("t", NOW, NOW, [("b", 2), ("a", 1)])
    others = [
        fingerprint("u", NOW, NOW, counts.items()),
        fingerprint("t", NOW, NOW + timedelta(seconds=1), counts.items()),
        fingerprint("t", NOW, NOW, [("a", 2), ("b", 1)]),
    ]
    assert len({first, *others}) == 4


# ---- Repeating through editions ----


def edition(id: str, rows: tuple[str, ...], *continues: Continuation, factor: str = "trusting_climate") -> Framework:
    """The framework with one factor, whose rows have these ids at every level."""
    base = catalogue().framework
    whole = base.factor_by_id["trusting_climate"]
    made = replace(
        whole,
        id=factor,
        rows=tuple(FactorRow(row, f"Rad {row}", dict.fromkeys(ChainLevel, f"text {row}")) for row in rows),
    )
    return replace(base, id=id, success_factors=(made,), continues=continues)


def moved(row: str, to: str | None, note: str = "") -> tuple[Continuation, ...]:
    return tuple(
        Continuation(f"trusting_climate.{level}.{row}", None if to is None else f"trusting_climate.{level}.{to}", note)
        for level in ChainLevel
    )


def test_the_same_edition_carries_every_row():
    found = carried(campaign(), [edition("1", ("1", "2", "3"))])
    assert (found.rows, found.ended, found.new) == (campaign().rows, (), ())


def test_rows_that_move_end_and_begin():
    old = edition("1", ("1", "2"))
    new = edition("2", ("2", "9", "10"), *moved("1", "9"), *moved("2", None, "Ersatt"))
    found = carried(campaign(), [old, new])
    assert found.rows == ("trusting_climate.9",)
    assert [(row.row, row.name, row.note) for row in found.ended] == [
        ("trusting_climate.2", "Förtroendefullt klimat: Rad 2", "Ersatt")
    ]
    assert found.new == ("trusting_climate.10",), "the id 2 is not new, although what it means now is"


def test_rows_are_followed_over_two_editions():
    editions = [
        edition("1", ("1", "2")),
        edition("2", ("2", "5"), *moved("1", "5")),
        edition("3", ("2", "6"), *moved("5", "6")),
    ]
    assert carried(campaign(), editions).rows == ("trusting_climate.2", "trusting_climate.6")


def test_a_factor_with_a_new_name_keeps_its_rows():
    new = edition("2", ("1",), Continuation("trusting_climate", "trust", "Nytt namn"), factor="trust")
    found = carried(campaign(), [edition("1", ("1", "2")), new])
    assert found.rows == ("trust.1",)
    assert [row.row for row in found.ended] == ["trusting_climate.2"]


def test_a_row_with_one_cell_less_goes_on():
    gone = Continuation("trusting_climate.teaching.1", None, "Frågas inte längre")
    assert "trusting_climate.1" in carried(campaign(), [edition("1", ("1", "2")), edition("2", ("1", "2"), gone)]).rows


def test_the_real_edition_carries_itself():
    framework = catalogue().framework
    assert carried(campaign(rows=every_row(framework)), [framework]).rows == every_row(framework)


@pytest.mark.parametrize(("day", "said"), [(date(2026, 11, 1), "hösten 2026"), (date(2027, 2, 1), "våren 2027")])
def test_the_usual_title(day, said):
    assert usual_title(day) == f"Självvärdering {said}"


# ---- Following ----


def group(level: ChainLevel, asked: int, handed_in: int, place: str = UNIT) -> AnsweringGroup:
    return AnsweringGroup("g", "k", place, level, group_kind(asked, 4), asked, "K", True, sheet_count=handed_in)


T, P = ChainLevel.TEACHING, ChainLevel.PRINCIPAL


def test_a_small_group_has_no_rate_of_its_own():
    assert rate_of(group(T, 4, 2), 5).handed_in is None
    assert rate_of(group(T, 5, 2), 5).handed_in == 2


def test_small_groups_count_only_when_they_are_enough_together():
    few = [group(T, 12, 7), group(T, 3, 1)]
    assert (level_rates(few, 5)[0].rate.asked, level_rates(few, 5)[0].rate.handed_in) == (12, 7)
    enough = [*few, group(T, 2, 2)]
    assert (level_rates(enough, 5)[0].rate.asked, level_rates(enough, 5)[0].rate.handed_in) == (17, 10)
    assert level_rates([group(P, 1, 1), group(P, 1, 0)], 5)[0].rate.handed_in is None


def test_nothing_that_is_shown_gives_a_small_group_away():
    """Every sum or difference of what is shown is of nobody, or of at least five people."""
    sizes = [(T, 12), (T, 3), (T, 2), (P, 1), (P, 1), (P, 1), (P, 1), (P, 1), (P, 6), (T, 1)]
    for count in range(1, len(sizes) + 1):
        for chosen in combinations(sizes, count):
            groups = [group(level, asked, 0) for level, asked in chosen]
            shown = [rate_of(each, 5).asked for each in groups if rate_of(each, 5).handed_in is not None]
            levels = [each.rate for each in level_rates(groups, 5) if each.rate.handed_in is not None]
            whole = rate_of_all(groups, 5)
            for level in level_rates(groups, 5):
                own = sum(n for at, n in chosen if at is level.level and n >= 5)
                rest = level.rate.asked - own if level.rate.handed_in is not None else 0
                assert rest == 0 or rest >= 5
            if whole.handed_in is not None:
                assert whole.asked == sum(rate.asked for rate in levels)
            assert all(asked >= 5 for asked in shown)


def test_when_the_answers_can_be_counted():
    everyone, some = [group(T, 5, 5), group(P, 1, 1)], [group(T, 5, 5), group(P, 1, 0)]
    assert may_be_counted(Phase.CLOSED, some)
    assert may_be_counted(Phase.GRACE, everyone) and not may_be_counted(Phase.OPEN, everyone)
    assert not any(may_be_counted(phase, some) for phase in (Phase.PLANNED, Phase.OPEN, Phase.GRACE))
    assert not may_be_counted(Phase.COUNTED, everyone) and not may_be_counted(Phase.GRACE, [])
    pooled = replace(group(T, 9, 0), kind=GroupKind.POOLED)
    assert may_be_counted(Phase.GRACE, [*everyone, pooled])


# ---- Asking ----


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@b.se\nc@d.se", ("a@b.se", "c@d.se")),
        (" A@B.se ;a@b.se,\t'c@d.se' ", ("a@b.se", "c@d.se")),
        ("Ylva Påhittsson <Ylva@b.se>; Bo <bo@b.se>", ("ylva@b.se", "bo@b.se")),
        ("\u00a0a@b.se\u00a0\r\n\r\n", ("a@b.se",)),
        ("inte en adress\na@b.se", ("inte en adress", "a@b.se")),
    ],
)
def test_pasted_addresses_are_read_as_they_come(text, found):
    assert addresses_in(text) == found


@pytest.mark.parametrize(
    "text",
    ["", " \n ;,", "x" * 100_001, "\n".join(f"p{n}@prov.example" for n in range(MOST_ADDRESSES + 1))],
    ids=["empty", "only signs", "huge", "too many"],
)
def test_what_nobody_can_mean_is_refused(text):
    with pytest.raises(BadInput):
        addresses_in(text)
