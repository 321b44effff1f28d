"""The engine against plain loops, over generated Swedens: groups, spreads, percentiles, positions and tallies."""

from collections import Counter
from random import Random

import polars as pl
import pytest

from styrkedjan.core.briefings import EditionFacts, Setting, assemble
from styrkedjan.core.catalogue import Framework, NationalGoal, SubGoal, Unit
from styrkedjan.core.disclosure import release
from styrkedjan.core.indicators import Question, comparison_group, evaluate, members, spread_of
from styrkedjan.core.places import Organiser, SchoolUnit, organiser_of, organiser_type, unit_code_of
from styrkedjan.core.raw import OBSERVATION_COLUMNS, Observations
from styrkedjan.core.statistics import SchoolYear, Status
from tests.core.spec import RULES, measure
from tests.second_opinion import plain

YEARS = (2022, 2023, 2024)
CLASSES = {
    kind: [(found.id, found.from_pupils, found.below_pupils) for found in classes]
    for kind, classes in RULES.size_classes.items()
}
FLOORS = {"share": ("5.0", "10.0"), "index": ("0.3", "0.6"), "unruled": (None, None), "ratio": ("1.0", None)}
MEASURES = (
    measure("pupil_count", unit=Unit.COUNT, decimals=0, floor=None, floor_small=None, group="pupils"),
    *(
        measure(name, floor=floor and float(floor), floor_small=small and float(small))
        for name, (floor, small) in FLOORS.items()
    ),
)
FRAMEWORK = Framework(
    id="prov",
    name="",
    published="",
    source="",
    school_forms={},
    national_goals=(NationalGoal("g", "compulsory", "", ""),),
    sub_goals=(SubGoal("compulsory.safety", "compulsory", "", "", "", 1),),
    success_factors=(),
    measures=MEASURES,
    unit_overview=("pupil_count", "share"),
    self_assessment=None,  # nothing of a briefing asks for it
    previous_edition=None,
    continues=(),
)
STATUSES = {"HIDDEN": "..", "MAJORITY": "...", "BELOW_RULES": "-", "NOT_APPLICABLE": "*", "MISSING": "."}


def sweden(seed: int) -> plain.Cells:
    """Cells drawn at random, close to riket and to the edges of classes so that every rule is tried."""
    drawn = Random(seed)
    prefixes = ["212000", "222000", "232100", "202100", "556999", "802000"]
    organisers = [f"{drawn.choice(prefixes)}{number:04d}" for number in range(drawn.randint(20, 60))]
    places = ["00", *organisers]
    for organiser in organisers:
        places += [f"{organiser}-{drawn.randint(0, 10**8 - 1):08d}" for _ in range(drawn.choice([0, 1, 1, 2, 6]))]
    cells: plain.Cells = {}
    for place in dict.fromkeys(places):
        for year in YEARS:
            if drawn.random() < 0.1 and place != "00":
                continue
            for each in MEASURES:
                cells[place, each.id, year] = _cell(each.id, drawn)
    return cells


def _cell(name: str, drawn: Random) -> tuple[str, str | None]:
    if drawn.random() < 0.25:
        return drawn.choice(list(STATUSES)), None
    if name == "pupil_count":
        return "VALUE", f"{drawn.choice([0, 99, 100, 149, 150, 299, 300, drawn.randint(1, 400)])}"
    number = f"{drawn.randint(700, 850) / 10}" if name != "index" else f"{drawn.randint(60, 90) / 10}"
    return ("APPROXIMATE" if drawn.random() < 0.05 else "VALUE"), number


def observations_of(cells: plain.Cells) -> Observations:
    rows = [
        (place, name, year, int(Status[status]), number and float(number), STATUSES.get(status), 1, 1, 0)
        for (place, name, year), (status, number) in cells.items()
    ]
    frame = pl.DataFrame(rows, schema=OBSERVATION_COLUMNS, orient="row")
    return Observations(frame.sort("place", maintain_order=True))


def place_value(key: str):
    organiser = Organiser(organiser_of(key), "", organiser_type(key))
    return SchoolUnit(key, unit_code_of(key), "", organiser) if unit_code_of(key) else organiser


def engine_briefing(seen: Observations, key: str, year: int):
    """What queries do, without a database."""
    place, chosen = place_value(key), SchoolYear(year)
    own = seen.of(key).filter((pl.col("measure") == "pupil_count") & (pl.col("school_year") == year))["value"].to_list()
    group = comparison_group(key, own[0] if own else None, RULES)
    units = tuple(place_value(unit) for unit in seen.unit_keys.get(key, ()))
    edition = EditionFacts("v", tuple(map(SchoolYear, YEARS)), (), invented=True)
    setting = Setting(place, units, "compulsory", chosen, edition, group, FRAMEWORK, RULES, FRAMEWORK.unit_overview)
    places = (key, organiser_of(key), "00") if unit_code_of(key) else (key, "00")
    question = Question(places, chosen, "" if unit_code_of(key) else key, FRAMEWORK.unit_overview)
    return group, assemble(release(evaluate(seen, question, spread_of(seen, group, chosen)), RULES), setting)


@pytest.mark.parametrize("seed", range(12))
def test_the_engine_and_the_plain_loops_say_the_same(seed):
    cells = sweden(seed)
    seen = observations_of(cells)
    places = sorted({place for place, _, _ in cells if place != "00"})
    tried: Counter = Counter()
    for key in Random(seed).sample(places, 12):
        for year in YEARS[-2:]:
            tried += _compare(cells, seen, key, year)
    assert tried["line"] == 12 * 2 * len(MEASURES)
    assert tried["distribution"] > 0 and tried["too few"] > 0, "both sides of the limit were tried"


def _compare(cells: plain.Cells, seen: Observations, key: str, year: int) -> Counter:
    tried: Counter = Counter()
    group, whole = engine_briefing(seen, key, year)
    group_id, expected_members = plain.group_members(cells, key, year, CLASSES)
    assert group.id == group_id
    assert sorted(members(seen, group, SchoolYear(year)).to_list()) == sorted(expected_members)
    base = plain.small_base(cells, key, year, RULES.small_base_pupils)
    assert whole.small_base is base
    words = []
    for line in whole.lines:
        name = line.measure.id
        own, nation = cells.get((key, name, year)), cells.get(("00", name, year))
        floor, floor_small = FLOORS.get(name, (None, None))
        expected = plain.word(own, nation, floor, floor_small, base)
        assert line.position == expected, (key, name, year, own, nation)
        assert line.status.name == (own[0] if own else "MISSING")
        values = plain.values_of(cells, expected_members, name, year)
        tried["line"] += 1
        tried["distribution" if line.distribution else "too few"] += 1
        _compare_spread(line, values, own)
        words += [expected] if name != "pupil_count" else []
        known = [(y, cells[key, name, y]) for y in YEARS if y <= year and (key, name, y) in cells]
        history = [value for piece in line.history for value in piece.values]
        assert [(value.school_year.autumn, value.status.name) for value in history] == [(y, c[0]) for y, c in known]
    assert whole.sections[0].tally == plain.tally(words)
    _compare_units(whole, cells, key, year)
    return tried


def _compare_spread(line, values: list[float], own) -> None:
    if len(values) < RULES.minimum_places_in_distribution:
        assert line.distribution is None and line.within_middle is None
        return
    found = line.distribution
    assert found.places == len(values)
    assert [value for value, count in found.ticks for _ in range(count)] == values
    expected = [plain.percentile(values, percent) for percent in (10, 50, 90)]
    assert [found.p10, found.p50, found.p90] == expected
    inside = None if own is None or own[1] is None else expected[0] <= float(own[1]) <= expected[2]
    assert line.within_middle is inside


def _compare_units(whole, cells: plain.Cells, key: str, year: int) -> None:
    shown = {place for place, name, y in cells if name in FRAMEWORK.unit_overview and y == year}
    expected = set() if unit_code_of(key) else {place for place in shown if place.startswith(f"{key}-")}
    assert {row.unit.key for row in whole.units} == expected
    for row in whole.units:
        for name in FRAMEWORK.unit_overview:
            stands = cells.get((row.unit.key, name, year))
            found = row.values.get(name)
            assert (stands is None) == (found is None)
            if stands:
                assert (found.status.name, found.value) == (stands[0], stands[1] and float(stands[1]))
