"""Rounds (omgångar): a campaign and those that it repeats, side by side where a row continues in the same words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from styrkedjan.core.assessments.campaigns import Campaign, factor_of
from styrkedjan.core.assessments.lanes import Lane, lane_of
from styrkedjan.core.assessments.lineage import Link, Links
from styrkedjan.core.catalogue import ChainLevel, Framework
from styrkedjan.core.disclosure.answers import ReleasedAnswers


@dataclass(frozen=True)
class Round:
    """One counted campaign of a chain at one place. ``links`` lead to it from the newest campaign's cells."""

    campaign: Campaign
    released: ReleasedAnswers
    links: Links


@dataclass(frozen=True)
class Then:
    """A row in one round: its lane, or None and why in ``link`` (other words, or not asked)."""

    campaign: Campaign
    lane: Lane | None
    link: Link


@dataclass(frozen=True)
class Series:
    """One level of one row through the rounds, oldest first."""

    row: str
    name: str
    level: ChainLevel
    text: str
    points: tuple[Then, ...]


@dataclass(frozen=True)
class FactorRounds:
    """The rows of one factor through the rounds."""

    name: str
    series: tuple[Series, ...]


def over_rounds(framework: Framework, newest: Round, earlier: Sequence[Round]) -> tuple[FactorRounds, ...]:
    """Each row and level of the newest campaign through the rounds that it repeats; ``earlier`` oldest first."""
    rounds = (*earlier, newest)
    found = []
    for factor in framework.success_factors:
        rows = [row for row in factor.rows if f"{factor.id}.{row.id}" in newest.campaign.rows]
        series = tuple(
            Series(row_id, row.name, level, row.cells[level], tuple(_points(rounds, level, row_id)))
            for row in rows
            for level in newest.campaign.levels
            if level in row.cells and (level, row_id := f"{factor.id}.{row.id}") in newest.released.cells
        )
        if series:
            found.append(FactorRounds(factor.name, series))
    return tuple(found)


def _points(rounds: Sequence[Round], level: ChainLevel, row: str) -> Iterator[Then]:
    for each in rounds:
        link = each.links.get((level, row), Link(row, True))
        lane = lane_of(each.released, level, link.earlier) if link.earlier and link.comparable else None
        yield Then(each.campaign, lane, link)


def newest_round(campaign: Campaign, released: ReleasedAnswers) -> Round:
    """The campaign itself as a round: every row is its own."""
    ids = (*campaign.rows, *(own.id for own in campaign.own_statements), *map(factor_of, campaign.rows))
    return Round(campaign, released, {(level, row): Link(row, True) for level in campaign.levels for row in ids})
