"""Checks within one edition that a schema cannot make: goals, success factors, lineage."""

from collections.abc import Iterable, Iterator
from datetime import date

from styrkedjan.data.catalogue.problems import Problem, known, show
from styrkedjan.data.catalogue.reading import Document, Key
from styrkedjan.data.catalogue.shelf import Shelf

CUT_OFF = "…"


def edition_problems(shelf: Shelf, edition: str) -> Iterator[Problem]:
    """The edition's id is its folder's name, and its date is a date."""
    document = shelf.edition(edition, "edition.yaml")
    if document.value["id"] != edition:
        yield document.problem(("id",), f"mappens namn ”{edition}”", show(document.value["id"]))
    try:
        date.fromisoformat(document.value["published"])
    except ValueError:
        yield document.problem(("published",), "ett datum i almanackan", show(document.value["published"]))


def goal_problems(shelf: Shelf, edition: str) -> Iterator[Problem]:
    """Goals belong to a school form of the edition; ids and numbers of the statistics are unique."""
    document = shelf.edition(edition, "goals.yaml")
    forms = shelf.edition(edition, "edition.yaml").value["school_forms"]
    goals = [*document.items("national_goals"), *document.items("sub_goals")]
    yield from unique(document, ((key, "id", goal["id"]) for key, goal in goals))
    yield from unique(
        document,
        (
            (key, "data_number", (goal["school_form"], goal["data_number"]))
            for key, goal in document.items("sub_goals")
            if goal["data_number"] is not None
        ),
    )
    for key, goal in goals:
        form = goal["school_form"]
        if form not in forms:
            yield document.problem(
                (*key, "school_form"), known("en skolform i edition.yaml", form, set(forms)), show(form)
            )
        elif not goal["id"].startswith(f"{form}."):
            yield document.problem((*key, "id"), f"ett id som börjar med ”{form}.”", show(goal["id"]))


def factor_problems(shelf: Shelf, edition: str) -> Iterator[Problem]:
    """Factors are unique, rows are numbered from 1, and only an incomplete text may be cut off."""
    document = shelf.edition(edition, "success_factors.yaml")
    for name in ("id", "name"):
        yield from unique(document, ((key, name, factor[name]) for key, factor in document.items("success_factors")))
    for key, factor in document.items("success_factors"):
        for number, row in enumerate(factor["rows"]):
            here = (*key, "rows", number)
            if row["id"] != str(number + 1):
                yield document.problem((*here, "id"), f"radens nummer ”{number + 1}”", show(row["id"]))
            for level, cell in row["cells"].items():
                if cell.endswith(CUT_OFF) and factor["complete"]:
                    expected = "en hel cell, eller complete: false på faktorn"
                    yield document.problem((*here, "cells", level), expected, show(cell))


def self_assessment_problems(shelf: Shelf, edition: str) -> Iterator[Problem]:
    """The steps are numbered from 1, what points at a step finds it, and every factor has sub-goals that exist."""
    document = shelf.edition(edition, "self_assessment.yaml")
    scale = document.value["scale"]
    steps = {step["id"] for step in scale["steps"]}
    for number, step in enumerate(scale["steps"]):
        if step["id"] != str(number + 1):
            yield document.problem(("scale", "steps", number, "id"), f"stegets nummer ”{number + 1}”", show(step["id"]))
    answers = [("steps", number, answer["id"]) for number, answer in enumerate(scale["steps"])]
    answers += [("outside", number, answer["id"]) for number, answer in enumerate(scale["outside"])]
    yield from unique(document, ((("scale", kind, number), "id", found) for kind, number, found in answers))
    for name in ("middle", "high_from"):
        if scale[name] is not None and scale[name] not in steps:
            yield document.problem(("scale", name), known("ett steg", scale[name], steps), show(scale[name]))
    goals = {goal["id"] for goal in shelf.edition(edition, "goals.yaml").value["sub_goals"]}
    factors = {factor["id"] for factor in shelf.edition(edition, "success_factors.yaml").value["success_factors"]}
    links = document.value["expected_to_move"]["factors"]
    for factor in sorted(factors ^ set(links)):
        expected = "faktorns delmål" if factor in factors else known("en faktor i utgåvan", factor, factors)
        yield document.problem(("expected_to_move", "factors", factor), expected, show(factor))
    for factor, ids in links.items():
        for number, goal in enumerate(ids):
            if goal not in goals:
                here = ("expected_to_move", "factors", factor, number)
                yield document.problem(here, known("ett delmål i goals.yaml", goal, goals), show(goal))


def lineage_problems(shelf: Shelf, edition: str) -> Iterator[Problem]:
    """An id that continues another leads from the previous edition to this one."""
    document = shelf.edition(edition, "lineage.yaml")
    previous = document.value["previous_edition"]
    position = shelf.editions.index(edition)
    before = shelf.editions[position - 1] if position else None
    if previous != before:
        yield document.problem(("previous_edition",), f"utgåvan före den här, {show(before)}", show(previous))
        return
    here, there = ids_of(shelf, edition), ids_of(shelf, before) if before else set()
    for key, entry in document.items("continues"):
        if entry["from"] not in there:
            expected = known("ett id i den tidigare utgåvan", entry["from"], there)
            yield document.problem((*key, "from"), expected, show(entry["from"]))
        if entry["to"] is not None and entry["to"] not in here:
            expected = known("ett id i den här utgåvan", entry["to"], here)
            yield document.problem((*key, "to"), expected, show(entry["to"]))


def ids_of(shelf: Shelf, edition: str) -> set[str]:
    """Every id of an edition that a later one can continue: goals, factors, cells and measures."""
    goals = shelf.edition(edition, "goals.yaml").value
    ids = {goal["id"] for goal in goals["national_goals"] + goals["sub_goals"]}
    for factor in shelf.edition(edition, "success_factors.yaml").value["success_factors"]:
        ids.add(factor["id"])
        ids.update(f"{factor['id']}.{level}.{row['id']}" for row in factor["rows"] for level in row["cells"])
    for name in ("indicators.yaml", "operating_conditions.yaml"):
        ids.update(measure["id"] for measure in shelf.edition(edition, name).value["measures"])
    return ids


def unique(document: Document, entries: Iterable[tuple[Key, str, object]]) -> Iterator[Problem]:
    """A problem for each value that stands a second time. Entries are (key, name of the field, value)."""
    lines: dict[object, int] = {}
    for key, name, value in entries:
        here = (*key, name)
        if value in lines:
            shown = show(value[-1] if isinstance(value, tuple) else value)
            yield document.problem(
                here, "ett värde som inte finns förut", f"{shown}, som redan står på rad {lines[value]}"
            )
        lines.setdefault(value, document.line(here))
