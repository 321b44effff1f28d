"""Finding sentences: each is chosen by its rule, and says no more than the rule knows."""

from dataclasses import replace

import pytest

from styrkedjan.core.briefings import Line
from styrkedjan.core.catalogue import SizeClass
from styrkedjan.core.disclosure import Distribution
from styrkedjan.core.indicators import ComparisonGroup, comparable, position, within_middle
from styrkedjan.core.statistics import SchoolYear, Status
from styrkedjan.render import findings
from styrkedjan.render.words import Words
from tests.core.spec import cell, measure, released
from tests.world import catalogue

SV = Words("sv", catalogue().words["sv"])
MUNICIPAL = ComparisonGroup("municipality", None)


def line(name: str, own: str | None, nation: str | None = "80", *, middle: tuple[float, float] | None = None) -> Line:
    """A line with a floor of 5,0, compared the way the core does it."""
    about = measure(name)
    mine = None if own is None else released(own, measure=name)
    theirs = None if nation is None else released(nation, measure=name, place="00")
    spread = Distribution(20, middle[0], 80.0, middle[1], ((middle[0], 10), (middle[1], 10))) if middle else None
    return Line(
        measure=about,
        own=mine,
        organiser=None,
        nation=theirs,
        position=position(about, mine, theirs, False),
        distribution=spread,
        within_middle=within_middle(spread, mine),
        history=(),
        comparable=(),
        nation_history=(),
    )


def lines(*own: str) -> tuple[Line, ...]:
    return tuple(line(f"m{number}", text) for number, text in enumerate(own))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


TITLES = {
    "90": "Måttet m: 90,0 % är högre än riket (80,0 %)",
    "70": "Måttet m: 70,0 % är lägre än riket (80,0 %)",
    "81": "Måttet m: 81,0 % ligger nära riket (80,0 %)",
    "..": "Måttet m: källan visar inte värdet",
    "-": "Måttet m: källan visar inte värdet",
    "...": "Måttet m: nästan alla elever ingår, det exakta värdet är skyddat",
    ".": "Måttet m: uppgiften saknas",
    "*": "Måttet m: uppgiften saknas",
}


@pytest.mark.parametrize(("own", "text"), TITLES.items())
def test_a_lines_title_says_its_finding(own, text):
    assert plain(findings.line_title(line("m", own), SV)) == text


def test_a_title_without_anything_to_compare_says_the_value_alone():
    assert plain(findings.line_title(line("m", "90", None), SV)) == "Måttet m: 90,0 %"
    assert plain(findings.line_title(line("m", "90", ".."), SV)) == "Måttet m: 90,0 %"
    assert plain(findings.line_title(line("m", None), SV)) == "Måttet m: uppgiften saknas"


TALLIES = [
    (("80", "80", "90"), "Av tre indikatorer ligger två nära riket och en högre."),
    (("80", "90", "90", "70"), "Av fyra indikatorer ligger en nära riket, två högre och en lägre."),
    (("90", "70"), "Av två indikatorer ligger en högre än riket och en lägre."),
    (("80",) * 3, "Alla tre indikatorer ligger nära riket."),
    (("90", "90"), "Båda indikatorerna ligger högre än riket."),
    (("70",), "Indikatorn ligger lägre än riket."),
    (("70", "70", ".."), "Två av tre indikatorer går att jämföra med riket. Båda ligger lägre än riket."),
    (("70", "..", "."), "En av tre indikatorer går att jämföra med riket. Den ligger lägre än riket."),
    (("80",) * 3 + ("..",), "Tre av fyra indikatorer går att jämföra med riket. Alla ligger nära riket."),
    (("80", "70", ".."), "Två av tre indikatorer går att jämföra med riket. Av dem ligger en nära riket och en lägre."),
    (("80",) * 12 + ("70",), "Av 13 indikatorer ligger 12 nära riket och 1 lägre."),
    (("..", "..."), "Ingen av de två indikatorerna går att jämföra med riket."),
]


@pytest.mark.parametrize(("own", "text"), TALLIES)
def test_the_tally_counts_what_can_be_compared(own, text):
    assert findings.compared(lines(*own), SV) == text


def test_names_are_told_up_to_four_and_then_counted():
    def told(count: int) -> str:
        return findings.nearly_all(lines(*["..."] * count), SV).split(". ")[0]

    assert told(4) == "Nästan alla elever ingår: kort m0, kort m1, kort m2 och kort m3"
    assert told(5) == "Nästan alla elever ingår: kort m0, kort m1, kort m2 och två till"


def test_what_nearly_all_reach_is_named():
    assert findings.nearly_all(lines("...", "90"), SV).startswith("Nästan alla elever ingår: kort m0.")
    assert findings.nearly_all(lines("90"), SV) == ""


def test_outside_the_middle_is_told_and_inside_too():
    inside, outside = line("in", "80", middle=(70, 90)), line("ut", "69", middle=(70, 90))
    unknown, hidden = line("vet ej", "69"), line("dold", "..", middle=(70, 90))
    everyone = (inside, outside, unknown, hidden)
    assert findings.outside_middle(everyone, MUNICIPAL, SV) == (
        "kort ut ligger utanför det spann där åtta av tio kommunala huvudmän finns."
    )
    assert findings.outside_middle((inside, hidden), MUNICIPAL, SV).startswith("Värdet ligger inom")
    assert findings.outside_middle((inside, inside), MUNICIPAL, SV).startswith("Alla värden ligger inom")
    assert findings.outside_middle((inside, inside), MUNICIPAL, SV, also_when_none=False) == ""
    assert findings.outside_middle(everyone, MUNICIPAL, SV, also_when_none=False).startswith("kort ut")
    assert findings.outside_middle((unknown, hidden), MUNICIPAL, SV) == "", "nothing can be said"


def test_a_group_of_a_size_names_its_size():
    sized = ComparisonGroup("school_unit", SizeClass("x", "100–299 elever", 100, 300))
    assert findings.group_name(sized, SV) == "skolenheter med 100–299 elever"


NOT_SHOWN = [
    (("1", "2"), ""),
    (("1", ".."), "En av två uppgifter visas inte: en är skyddad av sekretess."),
    (("..", "..", "-", "5"), "Tre av fyra uppgifter visas inte: två är skyddade av sekretess och en har för få svar."),
    (
        (".", ".", "...", "..."),
        "Ingen av de fyra uppgifterna visas: två saknas i källan och i två ingår nästan alla elever.",
    ),
    ((".",) * 3, "Ingen av de tre uppgifterna visas: alla saknas i källan."),
    (("..",) * 12 + ("5",), "12 av 13 uppgifter visas inte: 12 är skyddade av sekretess."),
    (("*", "~100"), "En av två uppgifter visas inte: en gäller inte verksamheten."),
]


@pytest.mark.parametrize(("cells", "text"), NOT_SHOWN)
def test_what_is_not_shown_is_counted_by_its_reason(cells, text):
    assert findings.not_shown((cell(each)[0] for each in cells), SV) == text


def test_every_reason_not_to_show_has_a_sentence():
    for status in Status:
        if not status.has_number:
            assert findings.not_shown([status], SV) and findings.not_shown([status] * 2, SV)


# breaks, cells by year -> the sentence, which never reaches across a break
SPANS = [
    ((), {2022: "70", 2023: "75", 2024: "72"}, "2022/23–2024/25: mellan 70,0 % och 75,0 % (3 läsår med värde)."),
    ((2023,), {2022: "10", 2023: "75", 2024: "72"}, "2023/24–2024/25: mellan 72,0 % och 75,0 % (2 läsår med värde)."),
    ((2024,), {2022: "10", 2023: "75", 2024: "72"}, ""),
    ((2025,), {2022: "70", 2024: "72"}, "2022/23–2024/25: mellan 70,0 % och 72,0 % (2 läsår med värde)."),
    ((), {2023: "72.01", 2024: "72.04"}, "2023/24–2024/25: 72,0 % varje läsår som har ett värde."),
    ((), {2022: "70", 2023: "..", 2024: "72"}, "2022/23–2024/25: mellan 70,0 % och 72,0 % (2 läsår med värde)."),
    ((), {2022: "70", 2023: ".."}, ""),
    ((2023,), {2022: "70", 2023: "..", 2024: "72"}, ""),
    ((2024,), {2022: "10", 2023: "75"}, ""),
    ((), {}, ""),
]


@pytest.mark.parametrize(("breaks", "cells", "text"), SPANS)
def test_a_span_never_reaches_across_a_break(breaks, cells, text):
    about = measure(breaks=breaks)
    known = comparable(about, tuple(released(own, year) for year, own in cells.items()), SchoolYear(2024))
    spoken = findings.span_of_years(replace(line("m", "72"), measure=about, comparable=known), SV)
    assert plain(spoken) == text


def test_no_span_speaks_of_a_direction():
    about = measure()
    known = comparable(about, tuple(released(str(year - 1950), year) for year in range(2018, 2025)), SchoolYear(2024))
    spoken = findings.span_of_years(replace(line("m", "72"), comparable=known), SV).lower()
    assert spoken
    for word in ("öka", "minska", "trend", "utveckl", "förbättr", "försämr", "bättre", "sämre"):
        assert word not in spoken


def test_the_rule_behind_near_is_the_measures_own():
    assert plain(findings.floor_rule(measure(), False, SV)) == (
        "Skillnader mindre än 5 procentenheter kallas nära riket."
    )
    assert "10 procentenheter" in plain(findings.floor_rule(measure(), True, SV))
    assert findings.floor_rule(measure(floor=None, floor_small=None), False, SV) == ""
