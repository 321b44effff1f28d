"""What the pages of results show: a chain view in words and charts, how far a campaign has come, and the report."""

from django.http import HttpResponse

from styrkedjan.core.assessments.campaigns import AnsweringGroup, GroupKind
from styrkedjan.core.assessments.measures import FEWEST
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.disclosure.answers import DisclosureReport
from styrkedjan.core.places import search_key
from styrkedjan.pages.layout.environment import words
from styrkedjan.queries.assessments.results import Disclosed, Results, Rounds
from styrkedjan.queries.catalogue import framework_of
from styrkedjan.render import swedish
from styrkedjan.render.answer_downloads import AnswerFile
from styrkedjan.render.answer_rounds import printed_rounds
from styrkedjan.render.assessments import ChainPrinter, printed_chain, step_legend


def shown_results(found: Results) -> dict[str, object]:
    """The context of the page of results."""
    printer = ChainPrinter(framework_of(found.campaign.edition), words())
    return {
        "r": found,
        "here": found.here,
        "chain": printed_chain(found.chain, printer) if found.chain else None,
        "answered": _answered(found.groups, found.campaign.levels),
    }


def shown_rounds(found: Rounds) -> dict[str, object]:
    """The context of the page of rounds."""
    printer = ChainPrinter(found.framework, words())
    steps = step_legend(found.framework.self_assessment.scale, printer.theme)
    return {"r": found, "here": found.here, "factors": printed_rounds(found.factors, printer), "steps": steps}


def _answered(groups: tuple[AnsweringGroup, ...], levels: tuple[ChainLevel, ...]) -> list[tuple[str, str]]:
    """Level by level, how many have answered of those asked; of few people not even that before it has closed."""
    return [
        (swedish.capitalise(words()(f"level.{level}")), _so_far([group for group in groups if group.level is level]))
        for level in levels
        if any(group.level is level for group in groups)
    ]


def _so_far(groups: list[AnsweringGroup]) -> str:
    asked, answered = sum(group.asked_count for group in groups), sum(group.sheet_count for group in groups)
    few = all(group.kind is GroupKind.POSITION for group in groups) or answered >= FEWEST or answered == 0
    key = "chain.response.counts" if few else "chain.response.so_few"
    return words()(key, answered=answered, asked=asked)


def answer_file(found: Results) -> AnswerFile:
    """What a file of the results is made of. In: results that have been counted."""
    assert found.chain is not None and found.released_at is not None, "counted results have both"
    return AnswerFile(found.chain, found.here.name, found.released_at, words())


def downloaded(found: Results, content: bytes, ending: str, content_type: str) -> HttpResponse:
    """A file that the browser saves under the names of the place and the campaign."""
    parts = (search_key(found.here.name), search_key(found.campaign.title))
    name = "-".join("-".join(part.split())[:60] for part in parts)
    disposition = f'attachment; filename="{name}.{ending}"'
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})


def shown_disclosure(found: Disclosed) -> dict[str, object]:
    """The context of the page of the disclosure report."""
    return {"d": found, "here": found.here, "facts": _facts(found.report), "report": found.report}


def _facts(report: DisclosureReport) -> list[tuple[str, str]]:
    """The report as pairs of a term and what holds for it."""
    smallest = report.smallest_interval
    shown = report.cells - report.hidden_first - report.hidden_second
    values = {
        "cells": words()("disclosure.cells.value", cells=_number(report.cells), shown=_number(shown)),
        "first": _number(report.hidden_first),
        "second": _number(report.hidden_second),
        "audited": words()("disclosure.audited." + ("sample" if report.sampled else "all"), count=report.audited),
        "interval": words()("disclosure.interval.none")
        if smallest is None
        else words()("disclosure.interval.value", width=swedish.number(round(smallest, 1), _decimals(smallest))),
        "method": words()(f"disclosure.method.{report.method}"),
        "seconds": words()("disclosure.seconds.unknown")
        if report.seconds is None
        else words()("disclosure.seconds.value", seconds=swedish.number(report.seconds, 1)),
    }
    return [(words()(f"disclosure.{term}"), value) for term, value in values.items()]


def _decimals(value: float) -> int:
    return 0 if value == int(value) else 1


def _number(value: int) -> str:
    return swedish.number(value, 0)
