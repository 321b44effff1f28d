"""One unit in one year: its pupils, staff, answers and money, drawn so that they hang together and drift slowly."""

from functools import cached_property
from statistics import NormalDist

import numpy as np

from styrkedjan.core.catalogue import Measure
from styrkedjan.data.invented_nation.masking import Amount, Share
from styrkedjan.data.invented_nation.nation import InventedOrganiser, InventedUnit
from styrkedjan.data.invented_nation.recipes import Recipe

NORMAL = NormalDist()
COST_PER_PUPIL = 128_000
COST_YEAR = 2022
COST_GROWTH = 0.035
PUPILS_PER_TEACHER = 12.0
PUPILS_PER_COUNSELLOR = 430
STAFF_PER_TEACHER = 1.28
ANSWER_RATE = {"pupils": 0.86, "staff": 0.72, "guardians": 0.34}
SPREAD_OF_ANSWERS = 1.7
UPPER_GRADES = range(7, 10)


class UnitYear:
    """What is true of a unit in a year; ``figure`` answers for one measure at a time, always the same.

    Lasting traits depend on the unit alone, passing ones on the year too.
    """

    def __init__(self, unit: InventedUnit, organiser: InventedOrganiser, index: int, year: int, seed: int) -> None:
        self.unit, self.organiser, self.index, self.year = unit, organiser, index, year
        code = int(unit.code)
        lasting, passing = np.random.default_rng((seed, code)), np.random.default_rng((seed, code, year))
        self._traits = lasting.normal(0, 1, 64)
        drift = 1 + 0.02 * lasting.normal() * index
        self.cohorts = {grade: _cohort(unit, drift, passing) for grade in unit.grades}
        self.pupils = sum(self.cohorts.values())
        mood = 0.1 * passing.normal()
        self._noise = passing.normal(0, 1, 64)
        ability = 0.45 * unit.background + 0.3 * unit.quality + mood
        self._abilities = {grade: passing.normal(ability, 1, size) for grade, size in self.cohorts.items()}
        self.quality = unit.quality + mood + 0.03 * index
        growth = (1 + COST_GROWTH) ** (year - COST_YEAR)
        self.cost_per_pupil = COST_PER_PUPIL * growth * (1 + 0.06 * organiser.background + 0.02 * unit.staffing)
        self._figures: dict[str, Share | Amount | None] = {}

    @cached_property
    def teachers(self) -> float:
        return self.pupils / (PUPILS_PER_TEACHER * (1 + 0.12 * self.unit.staffing + 0.02 * self._noise[0]))

    @cached_property
    def posts(self) -> dict[str, float]:
        """Full-time posts by kind."""
        upper = sum(size for grade, size in self.cohorts.items() if grade in UPPER_GRADES)
        return {
            "teachers": self.teachers,
            "staff": self.teachers * STAFF_PER_TEACHER,
            "principals": max(0.3, self.pupils / 330),
            "counsellors": round(upper / PUPILS_PER_COUNSELLOR, 1) if upper >= 40 else 0.0,
        }

    def figure(self, measure: Measure, recipe: Recipe) -> Share | Amount | None:
        """The figure behind a measure, None when the unit has nothing to measure."""
        if measure.id not in self._figures:
            self._figures[measure.id] = self._made(measure, recipe) if self.pupils else None
        return self._figures[measure.id]

    def _made(self, measure: Measure, recipe: Recipe) -> Share | Amount | None:
        slot = sum(measure.official_label.encode()) % 64
        match recipe.kind:
            case "count":
                return Amount(self.pupils, self.pupils)
            case "trait":
                return self._trait(recipe, slot)
            case "passed":
                return self._passed(measure, recipe)
            case "survey":
                return self._survey(measure, recipe, slot)
            case "staff_share":
                return self._staff_share(recipe, slot)
            case "cost":
                return Amount(self.pupils, recipe.centre * self.cost_per_pupil * self.pupils)
            case _:
                return Amount(self.pupils, self.posts[recipe.of])

    def _trait(self, recipe: Recipe, slot: int) -> Share:
        """A share of all pupils that belongs to the place: it stays from year to year but for a few pupils."""
        level = NORMAL.inv_cdf(recipe.centre / 100) + recipe.background * self.unit.background
        wish = NORMAL.cdf(level + 0.05 * self._traits[slot] + 0.03 * self._noise[slot])
        return Share(self.pupils, round(self.pupils * wish))

    def _passed(self, measure: Measure, recipe: Recipe) -> Share | None:
        """Pupils above a level of ability: whoever passes the hardest measure passes the others too."""
        abilities = self._abilities.get(measure.grade or 9)
        if abilities is None:
            return None
        level = NORMAL.inv_cdf(1 - recipe.centre / 100) * 1.15
        return Share(len(abilities), int((abilities > level).sum()))

    def _survey(self, measure: Measure, recipe: Recipe, slot: int) -> Amount | None:
        """The sum of the answers; None when the organiser's schools do not take part this year."""
        asked = {"pupils": self.cohorts.get(measure.grade or 0, 0), "staff": self.teachers}.get(
            measure.respondent or "", self.pupils
        )
        if self.year % 2 != self.organiser.survey_parity or asked < 1:
            return None
        answers = round(asked * min(1.0, ANSWER_RATE.get(measure.respondent or "", 0.8) * (1 + 0.12 * self._noise[1])))
        mean = recipe.centre + recipe.background * self.unit.background + recipe.quality * self.quality
        mean += 0.15 * self._traits[slot] + SPREAD_OF_ANSWERS / max(answers, 1) ** 0.5 * self._noise[slot] * 0.6
        return Amount(max(answers, 0.5), max(answers, 0.5) * min(max(mean, 0.5), 9.9))

    def _staff_share(self, recipe: Recipe, slot: int) -> Amount:
        """Percent of the teachers (or of the special teachers, one in twelve), summed for weighting."""
        weight = self.teachers / 12 if recipe.of == "special" else self.teachers
        percent = recipe.centre + recipe.background * self.unit.background + recipe.quality * self.quality
        percent += 4 * self._traits[slot] + 1.2 * self._noise[slot]
        return Amount(weight, weight * min(max(percent, 0.0), 100.0))


def _cohort(unit: InventedUnit, drift: float, passing: np.random.Generator) -> int:
    return max(1, round(unit.cohort * drift * (1 + 0.06 * passing.normal())))
