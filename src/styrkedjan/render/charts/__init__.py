"""The chart grammar: frozen specs in, SVG text out; the same on a page, in a PDF and as a download.

A chart says everything twice: drawn, and in words in ``<title>`` and ``<desc>``. It carries no script and no style
attribute. Colours stand as presentation attributes, which Typst reads and which the class names beside them let a
style sheet override, so that a page can be dark.
"""

from styrkedjan.render.charts.keys import key, level_key
from styrkedjan.render.charts.strip import STRIP, STRIP_PHONE, Strip, strip
from styrkedjan.render.charts.svg import Size
from styrkedjan.render.charts.theme import PAPER, SCREEN, Theme
from styrkedjan.render.charts.trend import (
    SPARKLINE,
    TREND,
    TREND_PHONE,
    Point,
    Trend,
    sparkline,
    trend,
)

__all__ = [
    "PAPER",
    "SCREEN",
    "SPARKLINE",
    "STRIP",
    "STRIP_PHONE",
    "TREND",
    "TREND_PHONE",
    "Point",
    "Size",
    "Strip",
    "Theme",
    "Trend",
    "key",
    "level_key",
    "sparkline",
    "strip",
    "trend",
]
