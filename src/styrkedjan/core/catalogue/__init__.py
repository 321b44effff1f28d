"""The catalogue: one edition (utgåva) of the framework as frozen values, and what stands beside the editions."""

from styrkedjan.core.catalogue.framework import (
    CONDITION_GROUPS,
    Catalogue,
    Continuation,
    FactorRow,
    Framework,
    GlossaryTerm,
    Measure,
    NationalGoal,
    PeriodMeaning,
    SeriesBreak,
    StatisticsSource,
    SubGoal,
    SuccessFactor,
    Unit,
    WorkshopScript,
    WorkshopStep,
)
from styrkedjan.core.catalogue.levels import ChainLevel, Wording
from styrkedjan.core.catalogue.limits import AnswerRules, DisclosureRules, SizeClass
from styrkedjan.core.catalogue.self_assessment import ExpectedToMove, Reflection, Scale, ScaleStep, SelfAssessmentForm

__all__ = [
    "CONDITION_GROUPS",
    "AnswerRules",
    "Catalogue",
    "ChainLevel",
    "Continuation",
    "DisclosureRules",
    "ExpectedToMove",
    "FactorRow",
    "Framework",
    "GlossaryTerm",
    "Measure",
    "NationalGoal",
    "PeriodMeaning",
    "Reflection",
    "Scale",
    "ScaleStep",
    "SelfAssessmentForm",
    "SeriesBreak",
    "SizeClass",
    "StatisticsSource",
    "SubGoal",
    "SuccessFactor",
    "Unit",
    "Wording",
    "WorkshopScript",
    "WorkshopStep",
]
