"""Trends and sparklines: what is joined, what is cut, what is hidden and what is printed."""

import re

import pytest

from styrkedjan.core.catalogue import Unit
from styrkedjan.core.statistics import SchoolYear, Status
from styrkedjan.render import charts
from styrkedjan.render.charts import SCREEN
from styrkedjan.render.charts.trend import pairs
from tests.render.chart_specs import SVG, description, marks, point, texts, trend_spec


def joined(points, breaks=()) -> list[tuple[int, int, bool]]:
    found = pairs(tuple(points), tuple(SchoolYear(year) for year in breaks))
    return [(a.school_year.autumn, b.school_year.autumn, skips) for a, b, skips in found]


@pytest.mark.parametrize(
    ("points", "breaks", "expected"),
    [
        ([point(2020, 1), point(2021, 2)], [], [(2020, 2021, False)]),
        ([point(2020, 1), point(2021, 2)], [2021], []),  # never across a break
        ([point(2020, 1), point(2021, 2)], [2020], [(2020, 2021, False)]),  # the break year is of the new series
        ([point(2020, 1), point(2022, 2)], [], [(2020, 2022, True)]),  # every other year
        ([point(2020, 1), point(2022, 2)], [2021], []),
        ([point(2020, 1), point(2023, 2)], [], []),  # too far apart
        ([point(2020, 1), point(2021, status=Status.HIDDEN), point(2022, 2)], [], []),  # never past a hidden value
        ([point(2020, 1), point(2021, status=Status.MISSING), point(2022, 2)], [], [(2020, 2022, True)]),
        ([point(2020, 1), point(2021, 2, Status.APPROXIMATE)], [], [(2020, 2021, False)]),
        ([point(2020, 1)], [], []),
        ([], [], []),
    ],
)
def test_which_neighbours_are_joined(points, breaks, expected):
    assert joined(points, breaks) == expected


def test_break_is_a_dotted_line_that_no_line_crosses():
    drawn = charts.trend(trend_spec(points=tuple(point(year, 5.0) for year in range(2018, 2025))))
    (cut,) = marks(drawn, "break")
    at = float(re.match(r"M(\S+)", cut.get("d"))[1])
    for kind in ("own-line", "nation-line"):
        strokes = [path for mark in marks(drawn, kind) for path in mark.get("d").split("M") if path]
        ends = [[float(x) for x in re.findall(r"(?:^|L)([\d.]+) ", path)] for path in strokes]
        assert len(ends) == 2
        assert all(max(xs) < at or min(xs) > at for xs in ends)


def test_break_outside_the_years_is_not_drawn():
    assert not marks(charts.trend(trend_spec(breaks=(SchoolYear(2010), SchoolYear(2018)))), "break")


def test_hidden_year_is_hatched_and_missing_year_is_only_a_grey_label():
    drawn = charts.trend(trend_spec())
    assert len(marks(drawn, "hatch")) == 1
    assert "skyddat" in texts(drawn) and "saknas" not in texts(drawn)
    assert "2022/23" in [mark.text for mark in marks(drawn, "text-soft")]
    assert "2020/21" in [mark.text for mark in marks(drawn, "text")]


def test_skipped_year_is_dashed():
    drawn = charts.trend(trend_spec(points=(point(2020, 5.0), point(2022, 6.0)), nation=(), breaks=()))
    (line,) = marks(drawn, "own-line")
    assert line.get("stroke-dasharray")


def test_trend_in_words():
    assert description(charts.trend(trend_spec(nation=(point(2024, 8.1),)))) == (
        "Ekbacken: 2018/19 7,9, 2019/20 7,7, 2020/21 skyddat, 2021/22 7,6, 2022/23 saknas, 2023/24 7,8, 2024/25 8,0. "
        "Riket: 2024/25 8,1. Värden före 2021/22 kan inte jämföras med dem från 2021/22."
    )


def test_values_are_printed_at_the_dots_and_names_at_the_ends():
    drawn = charts.trend(trend_spec())
    assert [mark.text for mark in marks(drawn, "value")] == ["7,9", "7,7", "7,6", "7,8", "8,0"]
    assert "Ekbacken" in texts(drawn) and "riket 8,1" in texts(drawn)


def test_crowded_values_are_printed_first_and_last_only():
    points = tuple(point(year, 100000.0 + year) for year in range(2010, 2025))
    drawn = charts.trend(trend_spec(points=points, nation=(), breaks=(), low=0, high=200000, unit=Unit.SEK, decimals=0))
    assert [mark.text for mark in marks(drawn, "value")] == ["102\u202f010\u00a0kr", "102\u202f024\u00a0kr"]


def test_names_never_stand_on_each_other():
    drawn = charts.trend(trend_spec(nation=(point(2024, 8.0),)))
    own = next(mark for mark in marks(drawn, "text-own") if mark.text == "Ekbacken")
    riket = next(mark for mark in marks(drawn, "text-soft") if mark.text.startswith("riket"))
    assert abs(float(own.get("y")) - float(riket.get("y"))) >= 13


def test_value_off_the_scale_is_clipped_with_an_arrow():
    drawn = charts.trend(trend_spec(points=(point(2023, 12.0), point(2024, 5.0))))
    assert [mark.tag for mark in marks(drawn, "own")].count(f"{SVG}path") == 1


def test_long_name_is_cut_to_its_room_but_whole_in_words():
    name = "Västra Ekbackens mycket långa skolnamn"
    drawn = charts.trend(trend_spec(own_name=name), SCREEN, charts.TREND_PHONE)
    assert any(text.endswith("…") for text in texts(drawn))
    assert f"{name}: " in drawn


@pytest.mark.parametrize("draw", [charts.trend, charts.sparkline])
def test_trend_of_nothing_is_still_a_chart(draw):
    drawn = draw(trend_spec(points=(), nation=(), breaks=()))
    assert "inga uppgifter" in drawn


def test_sparkline_has_no_texts_and_one_dot():
    drawn = charts.sparkline(trend_spec())
    assert texts(drawn) == []
    assert len(marks(drawn, "own")) == 1
    assert len(marks(drawn, "hatch")) == 1 and len(marks(drawn, "break")) == 1
