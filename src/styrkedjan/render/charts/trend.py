"""Values over school years: a line cut at breaks, with what is hidden drawn as hidden."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil

from styrkedjan.core.catalogue import Unit
from styrkedjan.core.statistics import SchoolYear, Status
from styrkedjan.render import swedish
from styrkedjan.render.charts.svg import Scale, Size, arrow, dot, frame, hatched, label, px, scale_ends, text_width
from styrkedjan.render.charts.theme import SCREEN, Theme

TREND = Size(560, 208)
TREND_PHONE = Size(340, 208)
SPARKLINE = Size(96, 24)
TOP, BOTTOM, LEFT = 20.0, 26.0, 8.0
YEAR_WIDTH = text_width("2024/25")
WIDEST_NAME = 0.28  # of the chart, for the names at its right
LINE_HEIGHT = 14.0


@dataclass(frozen=True)
class Point:
    """One school year of a series. ``mark_word`` is the short word when the value is not shown ("skyddat")."""

    school_year: SchoolYear
    status: Status
    value: float | None = None
    mark_word: str = ""

    @property
    def shown(self) -> bool:
        return self.status.has_number and self.value is not None

    @property
    def hidden(self) -> bool:
        """Whether somebody held the value back, which is not the same as there being none."""
        return not self.status.has_number and self.status is not Status.MISSING


@dataclass(frozen=True)
class Trend:
    """Our values and those of riket over school years, oldest first.

    ``breaks`` are the first school years that cannot be compared with those before. ``first`` and ``last`` widen the
    axis beyond the points. ``own_name`` is short: it stands at the end of the line. ``description`` replaces the
    generated one.
    """

    id: str
    title: str
    points: tuple[Point, ...]
    low: float
    high: float
    unit: Unit
    decimals: int
    own_name: str = "Vi"
    nation: tuple[Point, ...] = ()
    breaks: tuple[SchoolYear, ...] = ()
    first: SchoolYear | None = None
    last: SchoolYear | None = None
    description: str = ""

    @cached_property
    def years(self) -> tuple[SchoolYear, ...]:
        """Every school year of the axis, also those without values."""
        known = [p.school_year.autumn for p in (*self.points, *self.nation)]
        known += [year.autumn for year in (self.first, self.last) if year]
        return tuple(SchoolYear(year) for year in range(min(known), max(known) + 1)) if known else ()

    def printed(self, value: float) -> str:
        """A value of this trend with its unit."""
        return swedish.quantity(value, self.unit, self.decimals)


@dataclass(frozen=True)
class Plot:
    """Where a trend is drawn: a slot per school year, and the scale of values."""

    left: float
    right: float
    top: float
    bottom: float
    spec: Trend

    @property
    def slot(self) -> float:
        return (self.right - self.left) / max(len(self.spec.years), 1)

    @cached_property
    def scale(self) -> Scale:
        return Scale(self.spec.low, self.spec.high, self.bottom, self.top)

    def edge(self, year: SchoolYear) -> float:
        """The left edge of a year's slot."""
        return self.left + (year.autumn - self.spec.years[0].autumn) * self.slot

    def x(self, year: SchoolYear) -> float:
        """The middle of a year's slot."""
        return self.edge(year) + self.slot / 2

    def y(self, point: Point) -> float:
        """The height of a point on the scale of values."""
        return self.scale.at(point.value or 0.0)


def trend(spec: Trend, theme: Theme = SCREEN, size: Size = TREND) -> str:
    """Draw a trend with its years, values and names printed in it."""
    names = [_end_text(spec), f"riket {_last_nation(spec)}" if spec.nation else ""]
    widest = min(max(text_width(name) for name in names) + 10, size.width * WIDEST_NAME)
    plot = Plot(LEFT, size.width - widest, TOP, size.height - BOTTOM, spec)
    body = [
        _grid(plot, theme),
        _slots(plot, theme, words=True),
        _breaks(plot, theme, 4, plot.bottom + 4),
        _line(plot, spec.nation, theme, "nation-line"),
        _line(plot, spec.points, theme, "own-line"),
        _dots(plot, theme),
        _values(plot, theme),
        _names(plot, theme, size.width - plot.right - 8),
        _year_labels(plot, theme, size.height - 6),
    ]
    return frame(spec.id, size, spec.title, spec.description or describe(spec), "trend", theme, "".join(body))


def sparkline(spec: Trend, theme: Theme = SCREEN, size: Size = SPARKLINE) -> str:
    """Draw a trend as small as a word, for a table cell: no texts, a dot on the latest value."""
    plot = Plot(1, size.width - 1, 4, size.height - 4, spec)
    shown = [point for point in spec.points if point.shown]
    last = shown[-1:]
    body = [
        _slots(plot, theme, words=False),
        _breaks(plot, theme, 1, size.height - 1),
        _line(plot, spec.nation, theme, "nation-line"),
        _line(plot, spec.points, theme, "own-line"),
        *(dot(plot.x(p.school_year), plot.y(p), theme, radius=3, open_=p.status is Status.APPROXIMATE) for p in last),
    ]
    return frame(spec.id, size, spec.title, spec.description or describe(spec), "spark", theme, "".join(body))


def describe(spec: Trend) -> str:
    """The trend in words: each school year that the source tells of, and where the series is cut."""
    sentences = [f"{spec.own_name}: {_told(spec, spec.points) or 'inga uppgifter'}."]
    if spec.nation:
        sentences.append(f"Riket: {_told(spec, spec.nation)}.")
    sentences += [f"Värden före {year} kan inte jämföras med dem från {year}." for year in _drawn_breaks(spec)]
    return " ".join(sentences)


def _told(spec: Trend, points: tuple[Point, ...]) -> str:
    told = []
    for point in points:
        about = "cirka " if point.status is Status.APPROXIMATE else ""
        value = f"{about}{spec.printed(point.value)}" if point.shown and point.value is not None else ""
        told.append(f"{point.school_year} {value or point.mark_word or 'visas inte'}")
    return ", ".join(told)


def pairs(points: tuple[Point, ...], breaks: tuple[SchoolYear, ...]) -> Iterator[tuple[Point, Point, bool]]:
    """The neighbours that a line may join, and whether it skips a year between them.

    Never across a break, never past a value that was held back, never over more than one skipped year.
    """
    shown = [point for point in points if point.shown]
    hidden = [point.school_year for point in points if point.hidden]
    for before, after in pairwise(shown):
        start, end = before.school_year, after.school_year
        cut = any(start < year <= end for year in breaks) or any(start < year < end for year in hidden)
        if not cut and end.autumn - start.autumn <= 2:
            yield before, after, end.autumn - start.autumn == 2


def _line(plot: Plot, points: tuple[Point, ...], theme: Theme, kind: str) -> str:
    """The line of a series: whole where years follow each other, dashed over a skipped one, a dash when alone."""
    paths: dict[bool, list[str]] = {False: [], True: []}
    joined: set[Point] = set()
    for before, after, skips in pairs(points, plot.spec.breaks):
        start = f"M{px(plot.x(before.school_year))} {px(plot.y(before))}"
        end = f"L{px(plot.x(after.school_year))} {px(plot.y(after))}"
        continues = paths[skips] and paths[skips][-1].endswith(start[1:])
        paths[skips].append(end if continues else start + end)
        joined |= {before, after}
    half = min(5.0, plot.slot / 3)
    for point in points:
        if point.shown and point not in joined:
            paths[False].append(f"M{px(plot.x(point.school_year) - half)} {px(plot.y(point))}h{px(2 * half)}")
    paint = theme.paint[kind]
    solid = f'<path d="{"".join(paths[False])}"{paint}/>' if paths[False] else ""
    dashed = f'<path d="{"".join(paths[True])}" stroke-dasharray="3 4"{paint}/>' if paths[True] else ""
    return solid + dashed


def _grid(plot: Plot, theme: Theme) -> str:
    """The two ends of the scale as hairlines with their values."""
    spec, paint = plot.spec, theme.text["mark"]
    low, high = scale_ends(spec.low, spec.high, spec.unit, spec.decimals)
    line = f"M{px(plot.left)} {px(plot.top)}H{px(plot.right)}M{px(plot.left)} {px(plot.bottom)}H{px(plot.right)}"
    return (
        f'<path d="{line}"{theme.paint["base"]}/>'
        + label(plot.left, plot.top - 5, high, paint)
        + label(plot.left, plot.bottom - 5, low, paint)
    )


def _slots(plot: Plot, theme: Theme, words: bool) -> str:
    """A hatched slot for each year that was held back, with its word when there is room for words."""
    parts = []
    width = min(plot.slot * 0.72, 40.0)
    for point in plot.spec.points:
        if not point.hidden:
            continue
        x = plot.x(point.school_year)
        parts.append(hatched(x - width / 2, plot.top, width, plot.bottom - plot.top, theme))
        if words:
            middle = (plot.top + plot.bottom) / 2
            turn = f' transform="rotate(-90 {px(x)} {px(middle)})"'
            word = point.mark_word or "visas inte"
            parts.append(label(x, middle + 4, word, theme.text["mark"], "middle", turn))
    return "".join(parts)


def _drawn_breaks(spec: Trend) -> list[SchoolYear]:
    return [year for year in sorted(spec.breaks) if spec.years and spec.years[0] < year <= spec.years[-1]]


def _breaks(plot: Plot, theme: Theme, top: float, bottom: float) -> str:
    lines = [f"M{px(plot.edge(year))} {px(top)}V{px(bottom)}" for year in _drawn_breaks(plot.spec)]
    return f'<path d="{"".join(lines)}"{theme.paint["break"]}/>' if lines else ""


def _dots(plot: Plot, theme: Theme) -> str:
    parts = []
    for point in plot.spec.points:
        if not point.shown or point.value is None:
            continue
        x, y = plot.x(point.school_year), plot.y(point)
        parts.append(dot(x, y, theme, radius=4.5, open_=point.status is Status.APPROXIMATE))
        beyond = plot.scale.beyond(point.value)
        if beyond:
            parts.append(arrow(x, y - 11 * beyond, (0, -beyond), theme.paint["own"]))
    return "".join(parts)


def _values(plot: Plot, theme: Theme) -> str:
    """The value at each dot: above it, or below when riket runs close above. When crowded only the first and last."""
    spec = plot.spec
    shown = [point for point in spec.points if point.shown]
    widest = max((text_width(spec.printed(point.value or 0)) for point in shown), default=0)
    if widest + 4 > plot.slot * _gap(shown):
        shown = shown[:1] + shown[1:][-1:]
    nation = {point.school_year: plot.y(point) for point in spec.nation if point.shown}
    parts = []
    for point in shown:
        y = plot.y(point)
        riket = nation.get(point.school_year, -1000.0)
        crowded_above = 0 <= y - riket < 26 or plot.scale.beyond(point.value or 0) > 0
        below = crowded_above and y + 18 < plot.bottom
        about = "ca " if point.status is Status.APPROXIMATE else ""
        text = f"{about}{spec.printed(point.value or 0)}"
        half = text_width(text) / 2
        x = max(half, min(plot.x(point.school_year), plot.right + 6 - half))
        parts.append(label(x, y + 18 if below else y - 9, text, theme.text["value"], "middle"))
    return "".join(parts)


def _gap(shown: list[Point]) -> int:
    """The least number of years between two values that are shown."""
    years = [point.school_year.autumn for point in shown]
    return min((after - before for before, after in pairwise(years)), default=1)


def _end_text(spec: Trend) -> str:
    return spec.own_name if any(point.shown for point in spec.points) else ""


def _last_nation(spec: Trend) -> str:
    values = [point.value for point in spec.nation if point.shown and point.value is not None]
    return spec.printed(values[-1]) if values else ""


def _names(plot: Plot, theme: Theme, room: float) -> str:
    """Who is who, at the right end of each line and never over each other."""
    spec = plot.spec
    own = next((plot.y(point) for point in reversed(spec.points) if point.shown), None)
    nation = next((plot.y(point) for point in reversed(spec.nation) if point.shown), None)
    if own is not None and nation is not None and abs(own - nation) < LINE_HEIGHT:
        middle, way = (own + nation) / 2, 1 if own <= nation else -1
        own, nation = middle - way * LINE_HEIGHT / 2, middle + way * LINE_HEIGHT / 2
    parts = []
    if own is not None:
        parts.append(label(plot.right + 8, own + 4, _fitted(spec.own_name, room), theme.text["text-own"]))
    if nation is not None:
        parts.append(label(plot.right + 8, nation + 4, f"riket {_last_nation(spec)}", theme.text["text-soft"]))
    return "".join(parts)


def _fitted(text: str, room: float) -> str:
    while text and text_width(text) > room + 6:
        text = text.rstrip("…")[:-1].rstrip() + "…"
    return text


def _year_labels(plot: Plot, theme: Theme, baseline: float) -> str:
    """The school years, as many as there is room for, the last one always; grey where we have nothing."""
    spec = plot.spec
    with_value = {point.school_year for point in spec.points if point.status is not Status.MISSING}
    step = max(1, ceil((YEAR_WIDTH + 8) / plot.slot)) if spec.years else 1
    parts = []
    for year in spec.years[::-1][::step][::-1]:
        paint = theme.text["text" if year in with_value else "text-soft"]
        parts.append(label(plot.x(year), baseline, str(year), paint, "middle"))
    return "".join(parts)
