"""The distribution strip: one value among its like, on one line."""

from dataclasses import dataclass

from styrkedjan.core.catalogue import Unit
from styrkedjan.core.statistics import Status
from styrkedjan.render import swedish
from styrkedjan.render.charts.svg import Scale, Size, arrow, dot, frame, hatched, label, px, scale_ends, text_width
from styrkedjan.render.charts.theme import SCREEN, Theme

STRIP = Size(280, 28)
STRIP_PHONE = Size(340, 32)
MARGIN = 11.0  # room for a dot and its arrow at each end
CLOSEST = 2.6  # ticks nearer each other than this are drawn as one
ENDS_HEIGHT = 14
# How many places share a tick, as a share of the fullest: half height and opacity. Faintest is still 3:1 on paper.
TICK_LEVELS = ((0.25, 4.0, "0.7"), (0.5, 5.0, "0.8"), (0.75, 6.0, "0.9"), (1.0, 7.0, ""))


@dataclass(frozen=True)
class Strip:
    """One value, riket, and the spread of the comparison group.

    ``id`` is unique on its page. ``ticks`` are (value, number of places): binned, so no place can be pointed out.
    ``mark_word`` is the short word for a value that is not shown ("skyddat"). ``p10`` and ``p90`` span the middle
    eight of ten; both None, and no ticks, when the group is too small to show. ``group`` names it ("290 kommunala
    huvudmän"). ``description`` replaces the generated one. Without ``show_word`` the slot of a value that is not shown
    stands alone, for a row that has the word in a cell of its own.
    """

    id: str
    title: str
    low: float
    high: float
    unit: Unit
    decimals: int
    own_status: Status
    own: float | None = None
    own_name: str = "Vi"
    mark_word: str = ""
    nation: float | None = None
    ticks: tuple[tuple[float, int], ...] = ()
    p10: float | None = None
    p50: float | None = None
    p90: float | None = None
    group: str = ""
    description: str = ""
    show_ends: bool = False
    show_word: bool = True


def strip(spec: Strip, theme: Theme = SCREEN, size: Size = STRIP) -> str:
    """Draw a strip. With ``show_ends`` it is 14 px higher and prints the ends of the scale."""
    middle = size.height / 2
    scale = Scale(spec.low, spec.high, MARGIN, size.width - MARGIN)
    parts = [
        f'<path d="M{px(scale.start)} {px(middle)}H{px(scale.end)}"{theme.paint["base"]}/>',
        _band(spec, scale, middle, theme),
        _ticks(spec, scale, middle, theme),
        _nation(spec, scale, size, theme),
        _own(spec, scale, size, theme),
    ]
    if spec.show_ends:
        parts.append(_ends(spec, scale, size.height + ENDS_HEIGHT - 3, theme))
        size = Size(size.width, size.height + ENDS_HEIGHT)
    return frame(spec.id, size, spec.title, spec.description or describe(spec), "strip", theme, "".join(parts))


def describe(spec: Strip) -> str:
    """The strip in words: our value, riket, and the middle eight of ten."""

    def printed(value: float) -> str:
        return swedish.quantity(value, spec.unit, spec.decimals)

    about = "cirka " if spec.own_status is Status.APPROXIMATE else ""
    shown = spec.own_status.has_number and spec.own is not None
    own = f"{about}{printed(spec.own)}" if shown else spec.mark_word or "visas inte"
    sentences = [f"{spec.own_name}: {own}.", f"Riket: {'saknas' if spec.nation is None else printed(spec.nation)}."]
    if spec.p10 is None or spec.p90 is None:
        sentences.append("Spridningen visas inte: för få att jämföra med.")
    else:
        among = f" bland {spec.group}" if spec.group else ""
        sentences.append(f"Åtta av tio{among} ligger mellan {printed(spec.p10)} och {printed(spec.p90)}.")
        if spec.p50 is not None:
            sentences.append(f"Hälften ligger över {printed(spec.p50)}.")
    return " ".join(sentences)


def _band(spec: Strip, scale: Scale, middle: float, theme: Theme) -> str:
    if spec.p10 is None or spec.p90 is None:
        return ""
    start, end = scale.at(spec.p10), scale.at(spec.p90)
    width = max(end - start, 2)
    return f'<rect x="{px(start)}" y="{px(middle - 2)}" width="{px(width)}" height="4"{theme.paint["band"]}/>'


def _ticks(spec: Strip, scale: Scale, middle: float, theme: Theme) -> str:
    """All ticks as at most four paths, one per level of fullness."""
    merged = _merged(spec, scale)
    if not merged:
        return ""
    fullest = max(count for _, count in merged)
    lines: list[list[str]] = [[] for _ in TICK_LEVELS]
    for x, count in merged:
        level = min(int(count * len(TICK_LEVELS) / (fullest + 1e-9)), len(TICK_LEVELS) - 1)
        half = TICK_LEVELS[level][1]
        lines[level].append(f"M{px(x)} {px(middle - half)}v{px(2 * half)}")
    paths = []
    for drawn, (_, _, opacity) in zip(lines, TICK_LEVELS, strict=True):
        if drawn:
            faint = f' stroke-opacity="{opacity}"' if opacity else ""
            paths.append(f'<path d="{"".join(drawn)}"{theme.paint["tick"]}{faint}/>')
    return "".join(paths)


def _merged(spec: Strip, scale: Scale) -> list[tuple[float, int]]:
    """Ticks as (pixel, places), those too close to tell apart made one at their weighted middle."""
    merged: list[tuple[float, int]] = []
    for value, count in sorted(spec.ticks):
        x = scale.at(value)
        if merged and x - merged[-1][0] < CLOSEST:
            last_x, last_count = merged.pop()
            total = last_count + count
            merged.append(((last_x * last_count + x * count) / total, total))
        else:
            merged.append((x, count))
    return merged


def _nation(spec: Strip, scale: Scale, size: Size, theme: Theme) -> str:
    if spec.nation is None:
        return ""
    x = scale.at(spec.nation)
    line = f'<path d="M{px(x)} 2V{px(size.height - 2)}"{theme.paint["nation"]}/>'
    beyond = scale.beyond(spec.nation)
    return line + (arrow(x + 9 * beyond, 6, (beyond, 0), theme.paint["nation-mark"]) if beyond else "")


def _own(spec: Strip, scale: Scale, size: Size, theme: Theme) -> str:
    middle = size.height / 2
    if not spec.own_status.has_number or spec.own is None:
        return _not_shown(spec, scale, size, theme)
    x = scale.at(spec.own)
    beyond = scale.beyond(spec.own)
    mark = dot(x, middle, theme, open_=spec.own_status is Status.APPROXIMATE)
    return mark + (arrow(x + 11 * beyond, middle, (beyond, 0), theme.paint["own"]) if beyond else "")


def _not_shown(spec: Strip, scale: Scale, size: Size, theme: Theme) -> str:
    """A slot with the mark's word at the left end, or at the right when riket stands at the left."""
    word = spec.mark_word or "visas inte"
    hatch = spec.own_status not in (Status.MISSING, Status.VALUE)
    swatch = 16.0
    width = text_width(word) + swatch + 12 if spec.show_word else swatch + 5
    nation_x = None if spec.nation is None else scale.at(spec.nation)
    at_right = nation_x is not None and nation_x < width + 4
    x = size.width - width if at_right else 0.5
    middle = size.height / 2
    ground = f'<rect x="{px(x)}" y="2" width="{px(width)}" height="{px(size.height - 4)}"{theme.paint["ground"]}/>'
    slot = hatched(x + 0.5, middle - 7.5, swatch, 15, theme, hatch)
    written = label(x + swatch + 6, middle + 4, word, theme.text["text-soft"]) if spec.show_word else ""
    return ground + slot + written


def _ends(spec: Strip, scale: Scale, baseline: float, theme: Theme) -> str:
    """The ends of the scale, printed under it."""
    low, high = scale_ends(spec.low, spec.high, spec.unit, spec.decimals)
    paint = theme.text["text-soft"]
    return label(scale.start, baseline, low, paint) + label(scale.end, baseline, high, paint, "end")
