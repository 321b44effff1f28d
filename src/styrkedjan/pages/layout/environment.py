"""The Jinja2 environment of every template: addresses, static files, words and the small pictures of legends."""

from functools import lru_cache

from django.conf import settings
from django.forms import BoundField
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.people import last_day
from styrkedjan.pages.layout.account import (
    has_role_at,
    maybe_place_url,
    own_places,
    runs_the_house,
    sign_in_url,
    viewer_may,
)
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


def field_attributes(bound: BoundField, css: str, autocomplete: str = "") -> dict[str, str]:
    """The attributes that a field's own widget gets on top of those that Django and the form give it."""
    attributes = {"class": f"{css} {bound.field.widget.attrs.get('class', '')}".strip()}
    return {**attributes, "autocomplete": autocomplete} if autocomplete else attributes


def _kept_together(printed: object) -> object:
    """What a template prints, with årskurs and its number on the same line."""
    if not isinstance(printed, str) or isinstance(printed, SafeString):  # Django's own markup would lose its mark
        return printed
    return printed.replace("årskurs ", f"årskurs{swedish.NO_BREAK_SPACE}")


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
        field_attributes=field_attributes,
        viewer_may=viewer_may,
        runs_the_house=runs_the_house,
        own_places=lambda viewer: own_places(viewer, words(), place_address),
        sign_in_url=sign_in_url,
        has_role_at=has_role_at,
        maybe_place_url=maybe_place_url,
    )
    made.filters.update(
        svg=Markup,  # a chart escapes the texts that it draws
        date=swedish.date,
        first_big=swedish.capitalise,
        day=lambda when: swedish.date(when.astimezone(swedish.SWEDEN).date()),
        last_day=lambda ends_at: swedish.date(last_day(ends_at)),
        moment=swedish.moment,
        number=lambda value, decimals=0: swedish.number(value, decimals),
    )
    return made
