"""A lane of the chain view: one level's answers as a bar that leans to the high or the low side of the scale.

Bars of one page share one scale in which all answers of a group are as long, so that lanes of different size can be
held beside each other. A level is told by colour and by shape, a step by fill: hatched, outlined, grey, half and whole.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.render.charts.keys import LEVEL_SHAPES
from styrkedjan.render.charts.svg import Size, frame, hatched, label, px, text_width
from styrkedjan.render.charts.theme import SCREEN, Theme

LANE = Size(400, 44)
LANE_SMALL = Size(400, 24)
THIN, GAP = 6.0, 2.0  # height of the bar that stands beside, and the room between segments
MARKS_HEIGHT = 14.0
NARROWEST = 9.0  # a count stands in a segment that is this wide for each of its digits
SHAPE = 11.0  # how large the mark of a position is
HALF = "0.45"


@dataclass(frozen=True)
class Axis:
    """The scale that the bars of a page share: how large a share lies at most on each side of the middle."""

    left: float = 0.75
    right: float = 0.75


@dataclass(frozen=True)
class LaneSpec:
    """One lane. ``id`` is unique on its page. ``kind`` is bar, position, gathered, hidden or none.

    ``counts`` go from lowest to highest; ``middle`` is the place of the middle step, None when there is none.
    ``beside`` are the organiser's counts for the same level, drawn as a thin bar; ``marks`` are the positions of other
    levels, (level, place of the step), drawn over the part of the bar that answered the same. ``word`` is what stands
    where there is no bar, ``at`` -1, 0 or 1: on which side gathered answers lie.
    """

    id: str
    title: str
    description: str
    level: ChainLevel
    kind: str
    counts: tuple[int, ...] = ()
    middle: int | None = None
    beside: tuple[int, ...] = ()
    marks: tuple[tuple[ChainLevel, int], ...] = ()
    word: str = ""
    at: int = 0


def axis_of(lanes: Iterable[tuple[Sequence[int], int | None]]) -> Axis:
    """A scale that every lane, given as counts and the place of its middle step, fits in. Never less than half."""
    sides = [_sides(counts, middle) for counts, middle in lanes if sum(counts)]
    left = max((side[0] for side in sides), default=0.0)
    right = max((side[1] for side in sides), default=0.0)
    return Axis(max(left, 0.4), max(right, 0.6))


def _sides(counts: Sequence[int], middle: int | None) -> tuple[float, float]:
    """The shares that lie below and above the middle of the scale: half of the middle step on each side."""
    total = sum(counts)
    if middle is None:
        low = sum(counts[: len(counts) // 2])
        return low / total, (total - low) / total
    low = sum(counts[:middle]) + counts[middle] / 2
    return low / total, (total - low) / total


def lane(spec: LaneSpec, axis: Axis, theme: Theme = SCREEN, size: Size = LANE) -> str:
    """Draw a lane. It is as high as ``size`` says; a thin bar and marks take their room of that."""
    whole = size.width / (axis.left + axis.right)
    centre = axis.left * whole
    top = MARKS_HEIGHT if spec.marks else 1.0
    bottom = size.height - (THIN + 2 if sum(spec.beside) else 1)
    drawings = {"bar": _bar, "position": _position, "gathered": _gathered, "hidden": _not_shown, "none": _not_shown}
    base = f'<path d="M{px(centre)} {px(top - 1)}V{size.height}"{theme.paint["base"]}/>'
    body = drawings[spec.kind](spec, centre, whole, (top, bottom), theme)
    if sum(spec.beside):
        body += _thin(spec, centre, whole, size.height - THIN, theme)
    named = f' class="lane-{spec.level}"' if theme.classes else ""
    colour = f'<g{named} color="{getattr(theme, spec.level)}">'
    return frame(spec.id, size, spec.title, spec.description, "lane", theme, f"{base}{colour}{body}</g>")


@dataclass(frozen=True)
class _Segment:
    step: int
    count: int
    start: float
    width: float


def _segments(counts: Sequence[int], middle: int | None, centre: float, whole: float) -> list[_Segment]:
    x, total, found = centre - _sides(counts, middle)[0] * whole, sum(counts), []
    for step, count in enumerate(counts):
        width = whole * count / total
        found.append(_Segment(step, count, x, width))
        x += width
    return found


def fill_of(step: int, steps: int, middle: int | None) -> str:
    """How a step is filled: hatched, outlined, middle, half or whole."""
    if step == middle:
        return "middle"
    if step < (steps // 2 if middle is None else middle):
        return "hatched" if step == 0 and steps > 3 else "outlined"
    return "whole" if step == steps - 1 else "half"


def _bar(spec: LaneSpec, centre: float, whole: float, across: tuple[float, float], theme: Theme) -> str:
    top, bottom = across
    segments = _segments(spec.counts, spec.middle, centre, whole)
    drawn = [
        _box(each.start, top, each.width, bottom - top, fill_of(each.step, len(segments), spec.middle), theme)
        + _count(each, (top + bottom) / 2, fill_of(each.step, len(segments), spec.middle), theme)
        for each in segments
        if each.count
    ]
    return "".join(drawn) + _marks(spec, segments, theme)


def _box(x: float, y: float, width: float, height: float, fill: str, theme: Theme) -> str:
    """One segment, with an edge of the level's colour whatever its fill, so that each can be seen for itself."""
    left, wide = x + GAP / 2 + 0.5, max(width - GAP - 1, 1.0)
    box = f'x="{px(left)}" y="{px(y + 0.5)}" width="{px(wide)}" height="{px(height - 1)}"'
    edge = f'<rect {box} fill="none" stroke="currentColor"/>'
    ground = f"<rect {box}{theme.paint['ground']}/>"
    if fill == "hatched":
        return ground + _hatch(left, y + 0.5, wide, height - 1) + edge
    if fill == "outlined":
        return ground + edge
    if fill == "middle":
        return f'{ground}<rect {box}{theme.paint["band"]} fill-opacity="0.35"/>{edge}'
    opacity = "" if fill == "whole" else f' fill-opacity="{HALF}"'
    return f'<rect {box} fill="currentColor"{opacity} stroke="currentColor"/>'


def _hatch(x: float, y: float, width: float, height: float) -> str:
    """Diagonals, cut at the box."""
    lines, offset = [], 4.0
    while offset < width + height:
        left, low = max(0.0, offset - height), min(offset, height)
        right, high = min(offset, width), max(0.0, offset - width)
        lines.append(f"M{px(x + left)} {px(y + low)}L{px(x + right)} {px(y + high)}")
        offset += 4.0
    return f'<path d="{"".join(lines)}" fill="none" stroke="currentColor" stroke-width="1"/>'


def _count(segment: _Segment, middle: float, fill: str, theme: Theme) -> str:
    text = str(segment.count)
    room = text_width(text) + 6 if fill == "hatched" else NARROWEST * len(text)
    if segment.width < room + GAP + 2:
        return ""
    x, y = segment.start + segment.width / 2, middle + 4.2
    if fill == "whole":
        light = ' class="lane-on"' if theme.classes else ""
        return label(x, y, text, f'{light} fill="{theme.paper}" font-size="12" font-weight="600"', "middle")
    clear = _clear(x, middle, text, theme) if fill == "hatched" else ""
    return clear + label(x, y, text, theme.text["text"], "middle")


def _clear(x: float, y: float, text: str, theme: Theme) -> str:
    """Ground behind a text, so that it can be read where it stands on hatching."""
    width = text_width(text) + 6
    box = f'x="{px(x - width / 2)}" y="{px(y - 8)}" width="{px(width)}" height="16"'
    return f"<rect {box}{theme.paint['ground']}/>"


def _marks(spec: LaneSpec, segments: Sequence[_Segment], theme: Theme) -> str:
    """The positions of other levels over this bar, side by side where two have answered the same."""
    at_step: dict[int, list[ChainLevel]] = {}
    for level, step in spec.marks:
        at_step.setdefault(step, []).append(level)
    drawn = []
    for step, levels in at_step.items():
        middle = segments[step].start + segments[step].width / 2
        first = middle - len(levels) * (SHAPE + 2) / 2 + 1
        drawn += [_shape(level, first + index * (SHAPE + 2), 1, theme) for index, level in enumerate(levels)]
    return "".join(drawn)


def _shape(level: ChainLevel, x: float, y: float, theme: Theme) -> str:
    drawn = LEVEL_SHAPES[level].format(paint=theme.levels[level])
    return f'<g transform="translate({px(x)} {px(y)}) scale({SHAPE / 16:.4g})">{drawn}</g>'


def _position(spec: LaneSpec, centre: float, whole: float, across: tuple[float, float], theme: Theme) -> str:
    """A slot per step, and the level's shape in those that were chosen: a few people's marks, not a distribution."""
    top, bottom = across
    steps = len(spec.counts)
    middle = (steps - 1) / 2 if spec.middle is None else spec.middle
    width = min(46.0, centre / (middle + 0.5), (LANE.width - centre) / (steps - middle - 0.5))
    drawn = []
    for step, count in enumerate(spec.counts):
        left = centre + (step - middle - 0.5) * width
        slot = f'x="{px(left + 2)}" y="{px(top + 1)}" width="{px(width - 4)}" height="{px(bottom - top - 2)}"'
        drawn.append(f'<rect {slot} rx="{px((bottom - top) / 2)}"{theme.paint["ground"]}/>')
        dash = "" if count else ' stroke-dasharray="2 3"'
        drawn.append(f'<rect {slot} rx="{px((bottom - top) / 2)}"{theme.paint["edge"]}{dash}/>')
        across_all = count * (SHAPE + 1) - 1
        if count and across_all <= width - 6:
            first = left + (width - across_all) / 2
            y = (top + bottom - SHAPE) / 2
            drawn += [_shape(spec.level, first + place * (SHAPE + 1), y, theme) for place in range(count)]
        elif count:
            drawn.append(_shape(spec.level, left + width / 2 - SHAPE - 1, (top + bottom - SHAPE) / 2, theme))
            drawn.append(label(left + width / 2 + 3, (top + bottom) / 2 + 4.2, str(count), theme.text["text"]))
    return "".join(drawn)


def _gathered(spec: LaneSpec, centre: float, whole: float, across: tuple[float, float], theme: Theme) -> str:
    """Nearly all answers on one side: a box without counts, open towards what is not told."""
    top, bottom = across
    width = whole * 0.6
    left = centre - width / 2 + spec.at * min(width / 2 + 6, LANE.width - centre - width / 2, centre - width / 2)
    fill = {-1: "outlined", 0: "middle", 1: "half"}[spec.at]
    box = _box(left, top, width, bottom - top, fill, theme)
    return box + label(left + width / 2, (top + bottom) / 2 + 4.2, spec.word, theme.text["mark"], "middle")


def _not_shown(spec: LaneSpec, centre: float, whole: float, across: tuple[float, float], theme: Theme) -> str:
    """A slot where a bar would be: hatched when answers are hidden, dashed when there are none."""
    top, bottom = across
    left = max(1.0, min(centre - 44, LANE.width - 90))
    slot = hatched(left, top + 1, 88, bottom - top - 2, theme, spec.kind == "hidden")
    middle = (top + bottom) / 2
    clear = _clear(left + 44, middle, spec.word, theme) if spec.kind == "hidden" else ""
    return slot + clear + label(left + 44, middle + 4.2, spec.word, theme.text["text-soft"], "middle")


def _thin(spec: LaneSpec, centre: float, whole: float, y: float, theme: Theme) -> str:
    segments = _segments(spec.beside, spec.middle, centre, whole)
    return "".join(
        _box(each.start, y, each.width, THIN, fill_of(each.step, len(segments), spec.middle), theme)
        for each in segments
        if each.count
    )


@lru_cache(maxsize=64)
def step_key(step: int, steps: int, middle: int | None, theme: Theme = SCREEN) -> str:
    """The picture of one step for a legend, in the colour of the text around it."""
    classes = ' class="chart-step"' if theme.classes else ""
    body = _box(0, 1, 28, 14, fill_of(step, steps, middle), theme)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"{classes} aria-hidden="true" width="28" height="16" '
        f'viewBox="0 0 28 16">{body}</svg>'
    )
