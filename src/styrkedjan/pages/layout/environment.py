"""The Jinja2 environment of every template: addresses, static files, words and the small pictures of legends."""

from functools import lru_cache

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.queries.catalogue import catalogue
from styrkedjan.render import charts, swedish
from styrkedjan.render.values import PrintedValue
from styrkedjan.render.words import Words


@lru_cache(maxsize=1)
def words() -> Words:
    """The Swedish words."""
    return Words("sv", catalogue().words["sv"])


def place_address(page: str, key: str, *rest: object, lasar: int | None = None) -> str:
    """The address of a page of an organiser or a unit, whichever the key is of, for a school year or the latest."""
    kind = "unit" if "-" in key else "organiser"
    address = reverse(f"{kind}.{page}", args=[key, *rest])
    return f"{address}?lasar={lasar}" if lasar else address


def lineage_address(value: PrintedValue) -> str:
    """The address of a number's lineage."""
    return reverse("lineage", args=value.key)


def _kept_together(printed: object) -> object:
    """What a template prints, with årskurs and its number on the same line."""
    return printed.replace("årskurs ", f"årskurs{swedish.NO_BREAK_SPACE}") if isinstance(printed, str) else printed


def environment(**options: object) -> Environment:
    """Make the environment; Django calls this once. An unknown name in a template is an error, never a blank."""
    made = Environment(**{**options, "undefined": StrictUndefined, "finalize": _kept_together})  # noqa: S701  (Django sets autoescape)
    made.globals.update(
        static=static,
        code_version=settings.CODE_DIGEST,  # new style sheets must reach a browser together with new pages
        url=reverse,
        place_url=place_address,
        lineage_url=lineage_address,
        words=lambda key, **values: words()(key, **values),
        count_words=lambda key, number, **values: words().count(key, number, **values),
        chart_key=lambda kind: Markup(charts.key(kind)),  # noqa: S704  (our own drawing, no user text)
        level_key=lambda level: Markup(charts.level_key(ChainLevel(level))),  # noqa: S704
        levels=[str(level) for level in ChainLevel],
    )
    made.filters.update(
        svg=Markup,  # a chart escapes the texts that it draws
        date=swedish.date,
        number=lambda value, decimals=0: swedish.number(value, decimals),
    )
    return made
