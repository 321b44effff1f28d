"""The lanes of the chain view: what is drawn, that it can be seen, and that hidden is drawn as hidden."""

import re
from xml.etree import ElementTree

import pytest

from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.render.charts import PAPER, SCREEN
from styrkedjan.render.charts.chain import HALF, LANE, Axis, LaneSpec, axis_of, fill_of, lane, step_key
from tests.render.test_tokens import THEMES, contrast, mixed

ORGANISER, PRINCIPAL, TEACHING = ChainLevel
NAME = "{http://www.w3.org/2000/svg}"


def drawn(counts=(1, 2, 4, 10, 3), kind="bar", theme=SCREEN, axis=None, **more):
    spec = LaneSpec(
        id="d-1", title="Undervisning: Behov", description="Allt.", level=TEACHING, kind=kind, counts=counts, **more
    )
    return lane(spec, axis or Axis(), theme)


def boxes(svg: str) -> list[ElementTree.Element]:
    return [each for each in ElementTree.fromstring(svg).iter(f"{NAME}rect") if each.get("fill") != "none"]


def test_a_bar_has_a_segment_per_step_with_its_count_and_leans_on_the_middle():
    svg = drawn((3, 2, 2, 10, 3), middle=2, axis=Axis(0.5, 1.0))
    texts = [each.text for each in ElementTree.fromstring(svg).iter(f"{NAME}text")]
    assert texts == ["3", "2", "2", "10", "3"]
    whole = LANE.width / 1.5
    centre = 0.5 * whole
    first = min(float(each.get("x")) for each in boxes(svg))
    assert first == pytest.approx(centre - whole * (5 + 1) / 20 + 1.5, abs=0.1)


def test_a_step_that_nobody_chose_is_not_drawn():
    assert len(re.findall("<text", drawn((0, 0, 4, 0, 3), middle=2))) == 2


def test_lanes_of_different_size_are_as_long():
    def length(counts):
        found = boxes(drawn(counts, middle=2))
        return max(float(b.get("x")) + float(b.get("width")) for b in found) - min(float(b.get("x")) for b in found)

    assert length((1, 0, 0, 0, 1)) == pytest.approx(length((40, 0, 0, 0, 40)), abs=0.2)


def test_the_axis_fits_every_lane():
    axis = axis_of([((9, 0, 1, 0, 0), 2), ((0, 0, 0, 1, 9), 2), ((0, 0, 0, 0, 0), 2), ((3, 1, 2), None)])
    assert (axis.left, axis.right) == pytest.approx((0.95, 1.0))
    for counts in ((9, 0, 1, 0, 0), (0, 0, 0, 1, 9)):
        for box in boxes(drawn(counts, middle=2, axis=axis)):
            assert float(box.get("x")) >= 0 and float(box.get("x")) + float(box.get("width")) <= LANE.width


def test_a_position_is_a_mark_of_the_levels_shape_and_no_bar():
    svg = drawn((0, 0, 0, 2, 0), kind="position", middle=2)
    assert svg.count("<g transform") == 2 and "<text" not in svg
    assert svg.count('rx="') == 10, "a slot with its edge for each step"


def test_the_position_of_another_level_stands_over_the_segment_that_answered_the_same():
    svg = drawn(middle=2, marks=((PRINCIPAL, 3), (ORGANISER, 3)))
    places = [float(x) for x in re.findall(r"translate\(([\d.]+) ", svg)]
    fourth = next(each for each in ElementTree.fromstring(svg).iter(f"{NAME}text") if each.text == "10")
    assert sum(places) / 2 + 5.5 == pytest.approx(float(fourth.get("x")), abs=0.6)
    assert svg.count("c-principal") == svg.count("c-organiser") == 1


@pytest.mark.parametrize(("kind", "hatched"), [("hidden", True), ("none", False)])
def test_what_is_not_shown_is_a_slot_with_its_word(kind, hatched):
    svg = drawn((), kind=kind, word="skyddat")
    assert ">skyddat</text>" in svg
    assert ("c-hatch" in svg) is hatched and ("stroke-dasharray" in svg) is not hatched


@pytest.mark.parametrize("at", [-1, 0, 1])
def test_gathered_answers_say_where_and_not_how_many(at):
    svg = drawn((), kind="gathered", word="nästan alla", at=at)
    (box, *_) = boxes(svg)
    centre = LANE.width / 2
    middle = float(box.get("x")) + float(box.get("width")) / 2
    assert (middle > centre + 5) - (middle < centre - 5) == at
    assert not re.search(r">\d+</text>", svg)


def test_fills_differ_step_by_step():
    assert [fill_of(step, 5, 2) for step in range(5)] == ["hatched", "outlined", "middle", "half", "whole"]
    assert [fill_of(step, 3, 1) for step in range(3)] == ["outlined", "middle", "whole"]
    assert [fill_of(step, 4, None) for step in range(4)] == ["hatched", "outlined", "half", "whole"]
    assert len({step_key(step, 5, 2) for step in range(5)}) == 5


def test_it_is_named_told_and_has_no_classes_on_paper():
    svg = drawn(theme=PAPER, middle=2)
    assert 'aria-labelledby="d-1-t d-1-d"' in svg and "<title" in svg and "<desc" in svg
    assert "class=" not in svg and PAPER.teaching in svg
    assert "style" not in svg


def test_texts_are_escaped():
    spec = LaneSpec(id="d", title="<b>", description="&", level=TEACHING, kind="hidden", word="<i>")
    assert "<b>" not in lane(spec, Axis()) and "<i>" not in lane(spec, Axis())


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("level", ["organiser", "principal", "teaching"])
def test_counts_can_be_read_on_every_fill(theme, level):
    colours = THEMES[theme]
    assert contrast(colours["paper"], colours[level]) >= 4.5, "on the whole fill"
    assert contrast(colours["ink"], mixed(colours[level], colours["paper"], float(HALF))) >= 4.5
    assert contrast(colours["ink"], mixed(colours["band"], colours["paper"], 0.35)) >= 4.5
    assert contrast(colours[level], colours["paper"]) >= 3, "the edge of each segment"
