"""The few pieces of SVG that all charts are made of."""

from dataclasses import dataclass
from html import escape

from styrkedjan.core.catalogue import Unit
from styrkedjan.render import swedish
from styrkedjan.render.charts.theme import Theme

LETTER_WIDTH = 6.1  # a mean letter of Styrkedjan Sans at 12 px, a little generous


@dataclass(frozen=True)
class Size:
    """Width and height of a chart in px; it scales with the page and keeps its proportions."""

    width: int
    height: int


@dataclass(frozen=True)
class Scale:
    """A line between two values laid over a stretch of pixels. A scale with no length puts all in the middle."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value; outside the scale it is the nearest end."""
        if self.high <= self.low:
            return (self.start + self.end) / 2
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)

    def beyond(self, value: float) -> int:
        """-1 below the scale, 1 above it, 0 on it."""
        return (value > self.high) - (value < self.low)


def scale_ends(low: float, high: float, unit: Unit, decimals: int) -> tuple[str, str]:
    """The two ends of a scale as texts, without decimals when both are whole."""
    if float(low).is_integer() and float(high).is_integer():
        decimals = 0
    return swedish.quantity(low, unit, decimals), swedish.quantity(high, unit, decimals)


def px(value: float) -> str:
    """A coordinate with at most one decimal: 12, 12.5."""
    text = f"{value:.1f}"
    return text[:-2].replace("-0", "0") if text.endswith(".0") else text


def frame(chart_id: str, size: Size, title: str, description: str, name: str, theme: Theme, body: str) -> str:
    """A whole chart: an image to a screen reader, named by its title and told by its description."""
    own_class = f' class="chart chart-{name}"' if theme.classes else ""
    safe_id = escape(chart_id)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"{own_class} role="img" aria-labelledby="{safe_id}-t {safe_id}-d" '
        f'width="{size.width}" height="{size.height}" viewBox="0 0 {size.width} {size.height}"{theme.root}>'
        f'<title id="{safe_id}-t">{escape(title)}</title>'
        f'<desc id="{safe_id}-d">{escape(description)}</desc>{body}</svg>'
    )


def label(x: float, y: float, text: str, paint: str, anchor: str = "start", extra: str = "") -> str:
    """A text on its baseline. ``anchor`` is start, middle or end."""
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{px(x)}" y="{px(y)}"{where}{paint}{extra}>{escape(text)}</text>'


def text_width(text: str) -> float:
    """About how wide a text is at 12 px."""
    return len(text) * LETTER_WIDTH


def hatched(x: float, y: float, width: float, height: float, theme: Theme, hatch: bool = True) -> str:
    """A slot for a value that is not shown: opaque, edged, and hatched when somebody hid it."""
    box = f'x="{px(x)}" y="{px(y)}" width="{px(width)}" height="{px(height)}"'
    parts = [f"<rect {box}{theme.paint['ground']}/>"]
    if hatch:
        parts.append(f'<path d="{_hatch_lines(x, y, width, height)}"{theme.paint["hatch"]}/>')
    dash = "" if hatch else ' stroke-dasharray="2 2"'
    parts.append(f"<rect {box}{theme.paint['edge']}{dash}/>")
    return "".join(parts)


def _hatch_lines(x: float, y: float, width: float, height: float, step: float = 5) -> str:
    """Diagonals cut at the box: drawn as lines, because a pattern would need an id of its own."""
    lines = []
    offset = step
    while offset < width + height:
        left, bottom = max(0.0, offset - height), min(offset, height)
        right, top = min(offset, width), max(0.0, offset - width)
        lines.append(f"M{px(x + left)} {px(y + bottom)}L{px(x + right)} {px(y + top)}")
        offset += step
    return "".join(lines)


def dot(x: float, y: float, theme: Theme, radius: float = 5, open_: bool = False) -> str:
    """Our value. An approximate one is an open ring; both stand clear of what is behind them."""
    where = f'cx="{px(x)}" cy="{px(y)}"'
    if open_:
        return (
            f'<circle {where} r="{px(radius + 1.5)}"{theme.paint["ground"]}/>'
            f'<circle {where} r="{px(radius - 1)}" fill="none"{theme.paint["own-open"]}/>'
        )
    return (
        f'<circle {where} r="{px(radius + 1.5)}"{theme.paint["ground"]}/>'
        f'<circle {where} r="{px(radius)}"{theme.paint["own"]}/>'
    )


def arrow(x: float, y: float, way: tuple[int, int], paint: str) -> str:
    """A small triangle with its point at (x, y), pointing off the scale. ``way`` is a step such as (-1, 0)."""
    dx, dy = way
    back_x, back_y = x - 5 * dx, y - 5 * dy
    first = f"{px(back_x + 4 * dy)} {px(back_y + 4 * dx)}"
    second = f"{px(back_x - 4 * dy)} {px(back_y - 4 * dx)}"
    return f'<path d="M{px(x)} {px(y)}L{first}L{second}z"{paint}/>'
