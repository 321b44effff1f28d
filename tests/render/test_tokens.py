"""The design tokens: contrast in both themes, one source of colour, and vendored files as listed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from styrkedjan.render.charts import PAPER, SCREEN
from styrkedjan.render.charts.theme import PAINTS, TEXTS

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src/styrkedjan/pages/layout/static/styrkedjan"
TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")
BASE = (STATIC / "base.css").read_text(encoding="utf-8")
COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")

LIGHT = dict(COLOUR.findall(TOKENS.split("@media")[0]))
DARK = LIGHT | dict(COLOUR.findall(TOKENS.split("@media")[1]))
THEMES = {"light": LIGHT, "dark": DARK}
TEXT_TOKENS = ("ink", "soft", "accent", "accent-ink", "warn", "organiser", "principal", "teaching")
MARK_TOKENS = ("edge", "band")
GROUNDS = ("paper", "raised", "tint", "faint")


def luminance(colour: str) -> float:
    """Relative luminance. Source: WCAG 2.2, definition of relative luminance."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, ground: str, opacity: float) -> str:
    pairs = [(int(colour[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(c * opacity + g * (1 - opacity)):02x}" for c, g in pairs)


def test_contrast_is_computed_as_in_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_and_marks_can_be_seen(theme, ground):
    colours = THEMES[theme]
    for token in TEXT_TOKENS:
        assert contrast(colours[token], colours[ground]) >= 4.5, f"{token} on {ground}"
    for token in MARK_TOKENS:
        assert contrast(colours[token], colours[ground]) >= 3, f"{token} on {ground}"


@pytest.mark.parametrize("theme", THEMES)
def test_button_text_and_faintest_tick_can_be_seen(theme):
    colours = THEMES[theme]
    for ground in ("accent", "accent-ink"):
        assert contrast(colours["on-accent"], colours[ground]) >= 4.5
    assert contrast(mixed(colours["soft"], colours["paper"], 0.7), colours["paper"]) >= 3


def test_charts_have_the_colours_of_the_tokens():
    for name in ("ink", "soft", "line", "band", "accent", "organiser", "principal", "teaching"):
        assert getattr(SCREEN, name) == getattr(PAPER, name) == LIGHT[name]
    assert SCREEN.paper == LIGHT["paper"]


def test_every_kind_of_mark_is_themed_by_the_style_sheet():
    classes = set(re.findall(r"\.c-([\w-]+)", BASE))
    assert classes == set(PAINTS) | set(TEXTS) | {"organiser", "principal", "teaching"}


def test_only_the_tokens_name_colours():
    shadow = "rgb(0 0 0 / .12)"
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)\(", BASE.replace(shadow, ""))


def test_at_most_six_type_sizes():
    sizes = set(re.findall(r"font-size: ([^;}]+?)[;} ]", BASE)) - {"100%", "inherit"}
    assert sizes <= {f"var(--s{step})" for step in range(6)}


def test_every_font_that_is_named_is_there_with_its_licence():
    urls = re.findall(r'url\("([^"]+)"\)', TOKENS)
    assert len(urls) == 6
    assert all((STATIC / url).is_file() for url in urls)
    for folder in (STATIC / "fonts", ROOT / "src/styrkedjan/render/fonts"):
        for family in ("StyrkedjanSans", "StyrkedjanSerif"):
            assert "SIL Open Font License" in (folder / f"{family}-OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "font", sorted((ROOT / "src/styrkedjan/render/fonts").glob("*.ttf")), ids=lambda path: path.stem
)
def test_fonts_have_our_letters_and_not_the_reserved_name(font):
    from fontTools.ttLib import TTFont

    with TTFont(font) as opened:
        letters = opened.getBestCmap()
        names = [opened["name"].getDebugName(name_id) for name_id in (1, 4, 6, 16)]
    assert [
        letter for letter in "åäöÅÄÖéü–—”’…·×−áčđŋšžÁČĐŊŠŽ\u00a0\u202f\u2011→←≥≤" if ord(letter) not in letters
    ] == []
    assert all("Source" not in name for name in names if name)


def test_vendored_files_are_as_listed():
    checked = subprocess.run([sys.executable, ROOT / "vendor/fetch.py", "--check"], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
