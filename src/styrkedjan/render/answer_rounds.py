"""Rounds of a self-assessment side by side, as a reader sees them."""

from dataclasses import dataclass
from datetime import date

from styrkedjan.core.assessments.rounds import FactorRounds, Series, Then
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.disclosure.answers import CellState
from styrkedjan.render import answer_sentences as say
from styrkedjan.render import swedish
from styrkedjan.render.assessments import ChainPrinter, as_continued, description, kind_of, middle_of, word_of
from styrkedjan.render.charts.chain import LANE_SMALL, Axis, LaneSpec, axis_of, lane


@dataclass(frozen=True)
class PrintedThen:
    """One round of one row: when, the chart, and a few words."""

    when: str
    svg: str
    says: str


@dataclass(frozen=True)
class PrintedSeries:
    """One level of one row through the rounds, oldest first."""

    row: str
    name: str
    level: ChainLevel
    level_name: str
    text: str
    points: tuple[PrintedThen, ...]


@dataclass(frozen=True)
class PrintedFactorRounds:
    """The rows of one factor through the rounds."""

    name: str
    series: tuple[PrintedSeries, ...]


def printed_rounds(factors: tuple[FactorRounds, ...], printer: ChainPrinter) -> tuple[PrintedFactorRounds, ...]:
    """Rounds side by side, in charts on one scale and in words."""
    scale = printer.framework.self_assessment.scale
    lanes = [then.lane for factor in factors for series in factor.series for then in series.points if then.lane]
    axis = axis_of((each.counts, middle_of(each, scale)) for each in lanes if each.is_distribution)
    return tuple(
        PrintedFactorRounds(factor.name, tuple(_series(series, axis, printer) for series in factor.series))
        for factor in factors
    )


def _series(series: Series, axis: Axis, printer: ChainPrinter) -> PrintedSeries:
    points = tuple(_then(series, place, then, axis, printer) for place, then in enumerate(series.points))
    name = printer.words(f"level.{series.level}.name")
    return PrintedSeries(series.row, series.name, series.level, name, as_continued(series.text), points)


def _then(series: Series, place: int, then: Then, axis: Axis, printer: ChainPrinter) -> PrintedThen:
    words, scale = printer.words, printer.framework.self_assessment.scale
    when = round_name(then.campaign.closes_at.astimezone(swedish.SWEDEN).date())
    if then.lane is None:
        why = "chain.round.words" if then.link.earlier and not then.link.comparable else "chain.round.not_asked"
        return PrintedThen(when, "", f"{words(why)} {then.link.note}".strip())
    here = then.lane
    spec = LaneSpec(
        id=f"o-{series.row.replace('.', '-')}-{series.level}-{place}",
        title=f"{words(f'level.{series.level}.name')}: {series.name}, {when}",
        description=description(here, scale, words, None, ()),
        level=series.level,
        kind=kind_of(here),
        counts=here.counts,
        middle=middle_of(here, scale),
        word=word_of(here, scale, words),
        at=(here.band or 0) - 1 if here.state is CellState.GATHERED else 0,
    )
    return PrintedThen(when, lane(spec, axis, printer.theme, LANE_SMALL), say.summary(here, scale, words))


def round_name(closed: date) -> str:
    """When a round was closed: maj 2026."""
    return f"{swedish.MONTHS[closed.month - 1]} {closed.year}"
