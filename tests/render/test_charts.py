"""The chart grammar: golden drawings, and what every drawing must and must not hold.

The golden files are what the functions drew when a person last looked at them. To renew them after a change that is
meant, run ``STYRKEDJAN_RENEW_GOLDEN=1 pytest tests/render/test_charts.py`` and look at each file.
"""

import io
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest
import typst

from styrkedjan.core.catalogue import ChainLevel, Unit
from styrkedjan.core.statistics import Status
from styrkedjan.render import charts
from styrkedjan.render.charts import PAPER, SCREEN
from tests.render.chart_specs import SVG, description, hidden_strip, marks, point, strip_spec, texts, trend_spec

GOLDEN = Path(__file__).parent / "golden"
FONTS = Path(charts.__file__).parents[1] / "fonts"

DRAWINGS = {
    "strip": lambda: charts.strip(strip_spec()),
    "strip_paper": lambda: charts.strip(strip_spec(), PAPER),
    "strip_phone": lambda: charts.strip(strip_spec(), SCREEN, charts.STRIP_PHONE),
    "strip_ends": lambda: charts.strip(strip_spec(show_ends=True)),
    "strip_hidden": lambda: charts.strip(hidden_strip()),
    "strip_hidden_right": lambda: charts.strip(hidden_strip(nation=6.3)),
    "strip_missing": lambda: charts.strip(strip_spec(own=None, own_status=Status.MISSING, mark_word="saknas")),
    "strip_no_nation": lambda: charts.strip(strip_spec(nation=None)),
    "strip_too_few": lambda: charts.strip(strip_spec(ticks=(), p10=None, p50=None, p90=None)),
    "strip_approximate": lambda: charts.strip(strip_spec(own_status=Status.APPROXIMATE)),
    "strip_beyond": lambda: charts.strip(strip_spec(own=5.0, nation=9.9)),
    "trend": lambda: charts.trend(trend_spec()),
    "trend_paper": lambda: charts.trend(trend_spec(), PAPER),
    "trend_phone": lambda: charts.trend(trend_spec(), SCREEN, charts.TREND_PHONE),
    "sparkline": lambda: charts.sparkline(trend_spec()),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawn_as_when_last_looked_at(name):
    drawn = DRAWINGS[name]()
    file = GOLDEN / f"{name}.svg"
    if os.environ.get("STYRKEDJAN_RENEW_GOLDEN"):
        file.write_text(drawn + "\n", encoding="utf-8")
    assert drawn + "\n" == file.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over():
    assert {file.stem for file in GOLDEN.glob("*.svg")} == set(DRAWINGS)


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_chart_says_itself_in_words(name):
    root = ElementTree.fromstring(DRAWINGS[name]())
    title, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert title.text and told.text
    assert root.get("aria-labelledby").split() == [title.get("id"), told.get("id")]


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_script_no_style_and_short_coordinates(name):
    drawn = DRAWINGS[name]()
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:|var\(", drawn)
    assert not re.search(r"\d\.\d{2}", re.sub(r"<(title|desc)[^>]*>.*?</\1>", "", drawn))
    assert "-0 " not in drawn and '"-0"' not in drawn
    assert drawn == DRAWINGS[name](), "the same value draws the same"


@pytest.mark.parametrize("name", DRAWINGS)
def test_all_is_drawn_inside_the_frame(name):
    root = ElementTree.fromstring(DRAWINGS[name]())
    width, height = float(root.get("width")), float(root.get("height"))
    for element in root.iter():
        for attribute, most in (("x", width), ("cx", width), ("y", height), ("cy", height)):
            assert 0 <= float(element.get(attribute, 0)) <= most


def test_paper_has_concrete_colours_and_its_own_font():
    assert "class=" not in DRAWINGS["trend_paper"]()
    assert 'font-family="Styrkedjan Sans' in DRAWINGS["trend_paper"]()
    assert 'fill="#0b5d63"' in DRAWINGS["strip_paper"]()


@pytest.mark.parametrize("name", ["strip_paper", "trend_paper"])
def test_typst_sets_the_texts_in_our_font(name):
    markup = b'#image(bytes(read("chart.svg", encoding: none)), format: "svg", alt: "ett diagram")'
    files = {"main.typ": markup, "chart.svg": charts.trend(trend_spec(), PAPER).encode()}
    if name == "strip_paper":
        files["chart.svg"] = charts.strip(hidden_strip(), PAPER).encode()
    made = typst.compile(files, root=FONTS, font_paths=[FONTS], ignore_system_fonts=True)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        fonts = {str(thing.get("/FontName")) for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary)}
    assert any("StyrkedjanSans" in font for font in fonts)
    assert not any("Serif" in font or "Libertinus" in font for font in fonts)


@pytest.mark.parametrize("draw", [charts.strip, charts.trend, charts.sparkline])
def test_text_from_outside_stays_text(draw):
    nasty = '</title><script>alert("1")</script>&'
    spec = strip_spec if draw is charts.strip else trend_spec
    drawn = draw(spec(id='a"b', title=nasty, own_name=nasty, description=nasty))
    root = ElementTree.fromstring(drawn)
    assert "<script" not in drawn
    assert root.find(f"{SVG}title").text == nasty
    assert root.find(f"{SVG}desc").text == nasty


def test_mark_word_from_outside_stays_text():
    word = "<b>&"
    assert word in texts(charts.strip(strip_spec(own=None, own_status=Status.HIDDEN, mark_word=word)))
    assert word in texts(charts.trend(trend_spec(points=(point(2024, status=Status.HIDDEN, word=word),))))


# --- Strip ---


def test_strip_places_values_on_the_scale():
    drawn = charts.strip(strip_spec(low=0, high=10, own=5.0, nation=10.0))
    (own,) = marks(drawn, "own")
    (nation,) = marks(drawn, "nation")
    assert own.get("cx") == "140"
    assert nation.get("d").startswith("M269 ")


def test_strip_in_words():
    assert description(charts.strip(strip_spec())) == (
        "Ekbacken: 8,0. Riket: 8,2. Åtta av tio bland 290 kommunala huvudmän ligger mellan 7,2 och 8,4. "
        "Hälften ligger över 7,8."
    )


@pytest.mark.parametrize("status", [Status.HIDDEN, Status.MAJORITY, Status.BELOW_RULES, Status.NOT_APPLICABLE])
def test_hidden_value_is_a_hatched_slot_with_its_word_and_no_dot(status):
    drawn = charts.strip(strip_spec(own=None, own_status=status, mark_word="nästan alla"))
    assert not marks(drawn, "own")
    assert marks(drawn, "hatch")
    assert texts(drawn) == ["nästan alla"]
    assert "Ekbacken: nästan alla." in drawn


def test_a_number_beside_a_hidden_status_is_never_drawn():
    drawn = charts.strip(strip_spec(own=7.77, own_status=Status.HIDDEN, mark_word="skyddat"))
    assert not marks(drawn, "own")
    assert "7,8 " not in drawn and "7,77" not in drawn


def test_missing_value_is_a_slot_without_hatching():
    drawn = charts.strip(strip_spec(own=None, own_status=Status.MISSING, mark_word="saknas"))
    assert not marks(drawn, "hatch")
    assert marks(drawn, "edge")
    assert texts(drawn) == ["saknas"]


def test_slot_moves_to_the_right_when_riket_stands_at_the_left():
    (left,) = marks(charts.strip(hidden_strip()), "text-soft")
    (right,) = marks(charts.strip(hidden_strip(nation=6.1)), "text-soft")
    assert float(left.get("x")) < 40
    assert float(right.get("x")) > 200


def test_without_riket_there_is_no_line_and_the_words_say_so():
    drawn = charts.strip(strip_spec(nation=None))
    assert not marks(drawn, "nation")
    assert "Riket: saknas." in drawn


def test_too_few_to_compare_shows_no_spread_and_the_words_say_so():
    drawn = charts.strip(strip_spec(ticks=(), p10=None, p50=None, p90=None))
    assert not marks(drawn, "tick") and not marks(drawn, "band")
    assert "Spridningen visas inte: för få att jämföra med." in drawn


def test_approximate_value_is_an_open_dot():
    drawn = charts.strip(strip_spec(own_status=Status.APPROXIMATE))
    assert marks(drawn, "own-open") and not marks(drawn, "own")
    assert "Ekbacken: cirka 8,0." in drawn


def test_value_off_the_scale_stands_at_its_end_with_an_arrow():
    inside, outside = charts.strip(strip_spec()), charts.strip(strip_spec(own=5.0, nation=9.9))
    assert len(marks(inside, "own")) == 1 and len(marks(outside, "own")) == 2
    assert marks(outside, "own")[0].get("cx") == "11"
    assert not marks(inside, "nation-mark") and marks(outside, "nation-mark")
    assert "Ekbacken: 5,0. Riket: 9,9." in outside


def test_ticks_closer_than_the_eye_can_part_become_one():
    apart = charts.strip(strip_spec(low=0, high=10, ticks=((4.0, 1), (6.0, 1))))
    close = charts.strip(strip_spec(low=0, high=10, ticks=((5.00, 1), (5.01, 1))))
    assert [mark.get("d").count("M") for mark in marks(apart, "tick")] == [2]
    assert [mark.get("d").count("M") for mark in marks(close, "tick")] == [1]


def test_fuller_ticks_are_higher_and_stronger():
    drawn = marks(charts.strip(strip_spec(ticks=((7.0, 1), (8.0, 20)))), "tick")
    heights = [float(re.search(r"v(\S+)$", mark.get("d"))[1]) for mark in drawn]
    opacities = [float(mark.get("stroke-opacity", 1)) for mark in drawn]
    assert heights == sorted(set(heights)) and opacities == sorted(set(opacities))


def test_scale_of_no_length_is_still_drawn():
    assert marks(charts.strip(strip_spec(low=8.0, high=8.0)), "own")[0].get("cx") == "140"


def test_ends_of_the_scale_are_printed_when_asked():
    assert texts(charts.strip(strip_spec(show_ends=True))) == ["6,0", "9,5"]
    assert texts(charts.strip(strip_spec(show_ends=True, low=0, high=100, unit=Unit.PERCENT))) == [
        "0\u00a0%",
        "100\u00a0%",
    ]
    assert texts(charts.strip(strip_spec())) == []


# --- Keys ---


KEYS = ("own", "approximate", "nation", "ticks", "band", "hidden", "missing", "break", "skipped")


@pytest.mark.parametrize("kind", KEYS)
def test_key_only_decorates(kind):
    root = ElementTree.fromstring(charts.key(kind))
    assert root.get("aria-hidden") == "true" and root.get("role") is None


def test_unknown_key_is_a_bug():
    with pytest.raises(KeyError):
        charts.key("pie")


def test_each_level_has_a_shape_of_its_own():
    shapes = {ElementTree.fromstring(charts.level_key(level))[0].tag for level in ChainLevel}
    assert shapes == {f"{SVG}circle", f"{SVG}rect", f"{SVG}path"}
