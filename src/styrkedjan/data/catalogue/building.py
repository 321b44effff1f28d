"""A checked shelf as the frozen values of core."""

from dataclasses import fields
from typing import Any

from styrkedjan.core.catalogue import (
    AnswerRules,
    Catalogue,
    ChainLevel,
    Continuation,
    DisclosureRules,
    ExpectedToMove,
    FactorRow,
    Framework,
    GlossaryTerm,
    Measure,
    NationalGoal,
    PeriodMeaning,
    Reflection,
    Scale,
    ScaleStep,
    SelfAssessmentForm,
    SeriesBreak,
    SizeClass,
    StatisticsSource,
    SubGoal,
    SuccessFactor,
    Unit,
    Wording,
    WorkshopScript,
    WorkshopStep,
)
from styrkedjan.core.statistics import MarkTable, SchoolYear, Status
from styrkedjan.data.catalogue.reading import Document
from styrkedjan.data.catalogue.shelf import LANGUAGES, Shelf, digest

ANSWER_LIMITS = tuple(field.name for field in fields(AnswerRules))


def build_catalogue(shelf: Shelf, edition: str) -> Catalogue:
    """The catalogue with one framework edition. In: a shelf without problems."""
    shared = shelf.documents
    return Catalogue(
        framework=_framework(shelf, edition),
        workshops=tuple(_workshop(document.value) for _, document in shelf.workshops()),
        glossary=tuple(GlossaryTerm(**term) for term in shared["glossary.yaml"].value),
        sources={name: _source(name, entry) for name, entry in shared["sources.yaml"].value.items()},
        disclosure=_disclosure(shared["disclosure.yaml"].value),
        words={language: shared[f"words.{language}.yaml"].value for language in LANGUAGES},
        digest=digest(shelf.folder),
    )


def _framework(shelf: Shelf, edition: str) -> Framework:
    goals = shelf.edition(edition, "goals.yaml").value
    factors = shelf.edition(edition, "success_factors.yaml").value["success_factors"]
    head = shelf.edition(edition, "edition.yaml").value
    lineage = shelf.edition(edition, "lineage.yaml").value
    return Framework(
        **{**head, "unit_overview": tuple(head["unit_overview"])},
        national_goals=tuple(NationalGoal(**goal) for goal in goals["national_goals"]),
        sub_goals=tuple(SubGoal(**goal) for goal in goals["sub_goals"]),
        success_factors=tuple(_factor(factor) for factor in factors),
        measures=(
            *_measures(shelf.edition(edition, "operating_conditions.yaml")),
            *_measures(shelf.edition(edition, "indicators.yaml")),
        ),
        self_assessment=_self_assessment(shelf.edition(edition, "self_assessment.yaml").value),
        previous_edition=lineage["previous_edition"],
        continues=tuple(Continuation(one["from"], one["to"], one["note"]) for one in lineage["continues"]),
    )


def _self_assessment(entry: dict[str, Any]) -> SelfAssessmentForm:
    scale, reflection, moves = entry["scale"], entry["reflection"], entry["expected_to_move"]
    return SelfAssessmentForm(
        scale=Scale(
            **{
                **scale,
                "wording": Wording(scale["wording"]),
                "leads": {ChainLevel(level): lead for level, lead in scale["leads"].items()},
                "steps": tuple(ScaleStep(**step) for step in scale["steps"]),
                "outside": tuple(ScaleStep(**answer) for answer in scale["outside"]),
            }
        ),
        reflection=Reflection(**{**reflection, "questions": tuple(reflection["questions"])}),
        expected_to_move=ExpectedToMove(
            Wording(moves["wording"]), moves["note"], {factor: tuple(ids) for factor, ids in moves["factors"].items()}
        ),
    )


def _factor(entry: dict[str, Any]) -> SuccessFactor:
    rows = tuple(
        FactorRow(row["id"], row["name"], {level: row["cells"][level] for level in ChainLevel if level in row["cells"]})
        for row in entry["rows"]
    )
    return SuccessFactor(**{**entry, "wording": Wording(entry["wording"]), "rows": rows})


def _measures(document: Document) -> tuple[Measure, ...]:
    breaks = {
        name: SeriesBreak(SchoolYear(entry["first_school_year"]), entry["note"])
        for name, entry in document.value["series_breaks"].items()
    }
    return tuple(_measure(entry, breaks) for entry in document.value["measures"])


def _measure(entry: dict[str, Any], breaks: dict[str, SeriesBreak]) -> Measure:
    read = {
        "unit": Unit(entry["unit"]),
        "period": PeriodMeaning(entry["period"]),
        "breaks": tuple(breaks[name] for name in entry["breaks"]),
    }
    return Measure(**{**entry, **read})


def _workshop(entry: dict[str, Any]) -> WorkshopScript:
    steps = tuple(WorkshopStep(**{**step, "questions": tuple(step["questions"])}) for step in entry["steps"])
    return WorkshopScript(**{**entry, "agenda": tuple(entry["agenda"]), "steps": steps})


def _source(name: str, entry: dict[str, Any]) -> StatisticsSource:
    read = {
        "marks": MarkTable(entry["name"], {mark: Status[status] for mark, status in entry["marks"].items()}),
        "labels": {label: measure for measure, labels in entry["labels"].items() for label in labels},
        "absent": {measure: tuple(years) for measure, years in entry["absent"].items()},
    }
    return StatisticsSource(id=name, **{**entry, **read})


def _disclosure(entry: dict[str, Any]) -> DisclosureRules:
    classes = entry["size_classes"]
    limits = {name: entry[name] for name in ("minimum_places_in_distribution", "small_base_pupils")}
    own = entry["own_answers"]
    references = {name: limit["reference"] for name, limit in {**limits, **own}.items()}
    return DisclosureRules(
        **{name: limit["value"] for name, limit in limits.items()},
        size_classes={
            kind: tuple(SizeClass(**one) for one in classes[kind]) for kind in ("independent", "school_unit")
        },
        answers=AnswerRules(**{name: own[name]["value"] for name in ANSWER_LIMITS}),
        references={**references, "size_classes": classes["reference"]},
    )
