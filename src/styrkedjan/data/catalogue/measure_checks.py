"""Checks of the measures of one edition: groups, breaks, labels, units, periods and floors."""

from collections.abc import Iterator
from typing import Any

from styrkedjan.core.catalogue import CONDITION_GROUPS
from styrkedjan.data.catalogue.framework_checks import unique
from styrkedjan.data.catalogue.problems import Problem, known, show
from styrkedjan.data.catalogue.reading import Document, Key
from styrkedjan.data.catalogue.shelf import Shelf

INDICATORS, CONDITIONS = "indicators.yaml", "operating_conditions.yaml"
WHOLE_UNITS = ("count", "sek", "ksek")
PERIODS = {"costs": "first_calendar_year", "school_survey": "second_calendar_year"}

# How the official labels begin and what they hold: "Delmål 2: ... (medelvärde)*". Source: Skolverket,
# Underlag för analys, grundskola 2024/25.
LABEL_GROUPS = {"Elever": "pupils", "Personal": "staff", "Kostnader": "costs"}
LABEL_UNITS = {"(%)": "percent", "(medelvärde)": "index", "(tkr)": "ksek"}

Entry = tuple[Document, Key, dict[str, Any]]


def measure_problems(shelf: Shelf, edition: str) -> Iterator[Problem]:
    """Every check of the edition's measures."""
    goals = {goal["id"]: goal["data_number"] for goal in shelf.edition(edition, "goals.yaml").value["sub_goals"]}
    for entry in measures_of(shelf, edition):
        yield from _group_problems(entry, goals)
        yield from _label_problems(entry, goals)
        yield from _source_problems(entry)
        yield from _number_problems(entry)
    for name in ("id", "official_label", "short_name"):
        yield from _repeated(shelf, edition, name)
    for name in (INDICATORS, CONDITIONS):
        yield from _break_problems(shelf.edition(edition, name))


def measures_of(shelf: Shelf, edition: str) -> Iterator[Entry]:
    """The measures of both files, in the order of the official table."""
    for name in (CONDITIONS, INDICATORS):
        document = shelf.edition(edition, name)
        for key, measure in document.items("measures"):
            yield document, key, measure


def overview_problems(shelf: Shelf, edition: str) -> Iterator[Problem]:
    """The table of an organiser's units shows measures of the edition."""
    document = shelf.edition(edition, "edition.yaml")
    measures = {measure["id"] for _, _, measure in measures_of(shelf, edition)}
    for number, name in enumerate(document.value["unit_overview"]):
        if name not in measures:
            expected = known("ett mått i utgåvan", name, measures)
            yield document.problem(("unit_overview", number), expected, show(name))


def _repeated(shelf: Shelf, edition: str, name: str) -> Iterator[Problem]:
    """A value that stands twice in one file, or in both."""
    first: dict[str, Document] = {}
    for document, key, measure in measures_of(shelf, edition):
        other = first.setdefault(measure[name], document)
        if other is not document:
            found = f"{show(measure[name])}, som redan står i {other.file}"
            yield document.problem((*key, name), "ett värde som inte finns förut", found)
    for file in (CONDITIONS, INDICATORS):
        document = shelf.edition(edition, file)
        yield from unique(document, ((key, name, measure[name]) for key, measure in document.items("measures")))


def _group_problems(entry: Entry, goals: dict[str, int | None]) -> Iterator[Problem]:
    document, key, measure = entry
    group = measure["group"]
    if document.file.endswith(CONDITIONS):
        if group not in CONDITION_GROUPS:
            yield document.problem((*key, "group"), f"något av {', '.join(CONDITION_GROUPS)}", show(group))
        elif measure["source"] != group:
            yield document.problem((*key, "source"), f"samma som gruppen, {group}", show(measure["source"]))
        return
    if group not in goals:
        yield document.problem((*key, "group"), known("ett delmål i goals.yaml", group, set(goals)), show(group))
    if measure["headline"]:
        yield document.problem((*key, "headline"), "false, eftersom bara förutsättningar visas först", "true")


def _label_problems(entry: Entry, goals: dict[str, int | None]) -> Iterator[Problem]:
    """The official label says which group and unit a measure has: they must agree."""
    document, key, measure = entry
    prefix = measure["official_label"].partition(":")[0]
    number = prefix.removeprefix("Delmål ")
    group = measure["group"]
    if number.isdigit() and prefix != number and goals.get(group, int(number)) != int(number):
        expected = f"det delmål som har data_number {number}, som i official_label"
        yield document.problem((*key, "group"), expected, show(group))
    if prefix in LABEL_GROUPS and LABEL_GROUPS[prefix] != group:
        yield document.problem((*key, "group"), f"{LABEL_GROUPS[prefix]}, som i official_label", show(group))
    for sign, unit in LABEL_UNITS.items():
        if sign in measure["official_label"] and measure["unit"] != unit:
            yield document.problem(
                (*key, "unit"), f"{unit}, eftersom official_label säger {sign}", show(measure["unit"])
            )


def _source_problems(entry: Entry) -> Iterator[Problem]:
    """Period, respondent and every other year follow from the source."""
    document, key, measure = entry
    survey = measure["source"] == "school_survey"
    period = PERIODS.get(measure["source"], "school_year")
    if measure["period"] != period:
        yield document.problem((*key, "period"), f"{period}, som källan har", show(measure["period"]))
    if (measure["respondent"] is not None) != survey:
        expected = "vilka som har svarat" if survey else "null, eftersom måttet inte kommer från en enkät"
        yield document.problem((*key, "respondent"), expected, show(measure["respondent"]))
    if measure["every_other_year"] != survey:
        expected = f"{show(survey)}: Skolenkäten, och bara den, kommer till en skolenhet vartannat år"
        yield document.problem((*key, "every_other_year"), expected, show(measure["every_other_year"]))


def _number_problems(entry: Entry) -> Iterator[Problem]:
    """Decimals fit the unit, floors come in pairs, and a floor can be printed with the measure's decimals."""
    document, key, measure = entry
    if measure["unit"] in WHOLE_UNITS and measure["decimals"] != 0:
        yield document.problem((*key, "decimals"), f"0 för {measure['unit']}", show(measure["decimals"]))
    floor, small = measure["practical_floor"], measure["practical_floor_small"]
    if (floor is None) != (small is None) or (floor is not None and small < floor):
        expected = "null" if floor is None else f"minst practical_floor, {floor}"
        yield document.problem((*key, "practical_floor_small"), expected, show(small))
    for name in ("practical_floor", "practical_floor_small"):
        if measure[name] is not None and round(measure[name], measure["decimals"]) != measure[name]:
            expected = f"en gräns med högst så många decimaler som måttet har, {measure['decimals']}"
            yield document.problem((*key, name), expected, show(measure[name]))


def _break_problems(document: Document) -> Iterator[Problem]:
    """Measures name breaks that exist, and no break stands unused."""
    breaks, used = document.value["series_breaks"], set()
    for key, measure in document.items("measures"):
        used.update(measure["breaks"])
        for number, name in enumerate(measure["breaks"]):
            if name not in breaks:
                expected = known("ett brott i series_breaks", name, set(breaks))
                yield document.problem((*key, "breaks", number), expected, show(name))
    for name in breaks:
        if name not in used:
            yield document.problem(("series_breaks", name), "ett brott som något mått har", "ett som inget mått har")
