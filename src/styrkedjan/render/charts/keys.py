"""The small pictures that a legend is made of. They only decorate: the word beside them says it."""

from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.render.charts.svg import dot, hatched
from styrkedjan.render.charts.theme import SCREEN, Theme

LEVEL_SHAPES = {
    ChainLevel.ORGANISER: '<circle cx="8" cy="8" r="6"{paint}/>',
    ChainLevel.PRINCIPAL: '<rect x="2.5" y="2.5" width="11" height="11"{paint}/>',
    ChainLevel.TEACHING: '<path d="M8 1.8L14.6 13.6H1.4z"{paint}/>',
}


def key(kind: str, theme: Theme = SCREEN) -> str:
    """The picture of one mark: own, approximate, nation, ticks, band, hidden, missing, break or skipped.

    Raises: KeyError for another kind.
    """
    drawings = {
        "own": lambda: dot(12, 8, theme),
        "approximate": lambda: dot(12, 8, theme, open_=True),
        "nation": lambda: f'<path d="M12 0V16"{theme.paint["nation"]}/>',
        "ticks": lambda: f'<path d="M4 4v8M8 3v10M12 1v14M16 2v12M20 4v8"{theme.paint["tick"]}/>',
        "band": lambda: f'<rect x="1" y="6" width="22" height="4"{theme.paint["band"]}/>',
        "hidden": lambda: hatched(4.5, 0.5, 15, 15, theme),
        "missing": lambda: hatched(4.5, 0.5, 15, 15, theme, hatch=False),
        "break": lambda: f'<path d="M12 0V16"{theme.paint["break"]}/>',
        "skipped": lambda: f'<path d="M1 8H23" stroke-dasharray="3 4"{theme.paint["own-line"]}/>',
    }
    return _decoration(24, drawings[kind](), "key", theme)


def level_key(level: ChainLevel, theme: Theme = SCREEN) -> str:
    """The shape of one level of the chain: circle, square or triangle, in its colour."""
    return _decoration(16, LEVEL_SHAPES[level].format(paint=theme.levels[level]), "level", theme)


def _decoration(width: int, body: str, name: str, theme: Theme) -> str:
    own_class = f' class="chart-{name}"' if theme.classes else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"{own_class} aria-hidden="true" '
        f'width="{width}" height="16" viewBox="0 0 {width} 16">{body}</svg>'
    )
