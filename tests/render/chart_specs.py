"""Invented chart values that the chart tests draw, and how they look into a drawing."""

from dataclasses import replace
from xml.etree import ElementTree

from styrkedjan.core.catalogue import Unit
from styrkedjan.core.statistics import SchoolYear, Status
from styrkedjan.render.charts import Point, Strip, Trend

SVG = "{http://www.w3.org/2000/svg}"


def strip_spec(**changes) -> Strip:
    plain = Strip(
        id="trygghet",
        title="Tryggheten i årskurs 5 ligger nära riket",
        low=6.0,
        high=9.5,
        unit=Unit.INDEX,
        decimals=1,
        own_status=Status.VALUE,
        own=8.0,
        own_name="Ekbacken",
        nation=8.2,
        ticks=((6.2, 1), (7.0, 4), (7.4, 9), (7.8, 20), (8.2, 14), (8.6, 5), (9.0, 1)),
        p10=7.2,
        p50=7.8,
        p90=8.4,
        group="290 kommunala huvudmän",
    )
    return replace(plain, **changes)


def hidden_strip(**changes) -> Strip:
    return strip_spec(own=None, own_status=Status.HIDDEN, mark_word="skyddat", **changes)


def point(year: int, value: float | None = None, status: Status = Status.VALUE, word: str = "") -> Point:
    return Point(SchoolYear(year), status, value, word)


def trend_spec(**changes) -> Trend:
    plain = Trend(
        id="trygghet-tid",
        title="Tryggheten har ökat sedan 2021/22",
        points=(
            point(2018, 7.9),
            point(2019, 7.7),
            point(2020, status=Status.HIDDEN, word="skyddat"),
            point(2021, 7.6),
            point(2022, status=Status.MISSING, word="saknas"),
            point(2023, 7.8),
            point(2024, 8.0),
        ),
        low=0,
        high=10,
        unit=Unit.INDEX,
        decimals=1,
        own_name="Ekbacken",
        nation=tuple(point(year, 8.1) for year in range(2018, 2025)),
        breaks=(SchoolYear(2021),),
    )
    return replace(plain, **changes)


def marks(svg: str, kind: str) -> list[ElementTree.Element]:
    """The elements of one kind of mark in a drawing for the screen."""
    return [element for element in ElementTree.fromstring(svg).iter() if element.get("class") == f"c-{kind}"]


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def description(svg: str) -> str:
    return ElementTree.fromstring(svg).find(f"{SVG}desc").text
