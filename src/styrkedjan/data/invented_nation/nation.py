"""Who there is: organisers and school units of very different size, and what happens to them between the years."""

from dataclasses import dataclass, replace

import numpy as np

from styrkedjan.data.invented_nation import names

MUNICIPAL_UNIT_COUNTS = (
    *(40, 24, 18, 14, 12, 11, 10, 9, 9, 8, 8, 7, 7, 7),
    *([6] * 6 + [5] * 8 + [4] * 10 + [3] * 10 + [2] * 8 + [1] * 4),
)
INDEPENDENT_UNIT_COUNTS = (9, 6, 5, 4, 3, 3, *[2] * 8, *[1] * 31)

# grade span, printed ending, how common among municipal and among independent units
SPANS = (
    (range(1, 7), " F-6", 0.50, 0.28),
    (range(1, 4), " F-3", 0.08, 0.04),
    (range(4, 10), " 4-9", 0.06, 0.10),
    (range(7, 10), " 7-9", 0.18, 0.08),
    (range(1, 10), " F-9", 0.18, 0.50),
)
WHOLE_SPAN = SPANS[4]


@dataclass(frozen=True)
class InventedOrganiser:
    """An organiser. ``survey_parity`` says which of two years its schools take part in the survey."""

    key: str
    name: str
    municipal: bool
    background: float  # standard units, 0 is the nation
    quality: float
    survey_parity: int


@dataclass(frozen=True)
class InventedUnit:
    """A school unit and the lasting traits behind its figures.

    ``first`` and ``last`` are the positions of the years in which it is open; from ``moves_at`` on it belongs to
    ``moves_to`` and its old column is empty.
    """

    code: str
    name: str
    organiser: InventedOrganiser
    grades: range
    cohort: float  # pupils per grade
    background: float
    quality: float
    staffing: float
    first: int = 0
    last: int = 10_000
    moves_to: InventedOrganiser | None = None
    moves_at: int = 10_000

    def organiser_at(self, index: int) -> InventedOrganiser:
        """The organiser in the year at this position."""
        return self.moves_to if self.moves_to and index >= self.moves_at else self.organiser

    def is_open(self, index: int) -> bool:
        """Is the unit open in the year at this position?"""
        return self.first <= index <= self.last


@dataclass(frozen=True)
class Nation:
    """All organisers and units, in no order that matters."""

    organisers: tuple[InventedOrganiser, ...]
    units: tuple[InventedUnit, ...]


def invent_nation(seed: int, years: int) -> Nation:
    """The nation of this seed. Events are spread over as many years as there are."""
    rng = np.random.default_rng(seed)
    lands = names.land_names(rng)
    municipal = [_organiser(rng, lands.pop(), index, True) for index in range(len(MUNICIPAL_UNIT_COUNTS))]
    independent = [_organiser(rng, lands.pop(), index, False) for index in range(len(INDEPENDENT_UNIT_COUNTS))]
    stems = names.school_names(rng)
    units: list[InventedUnit] = []
    for organiser, count in zip(municipal + independent, MUNICIPAL_UNIT_COUNTS + INDEPENDENT_UNIT_COUNTS, strict=True):
        units += [_unit(rng, organiser, stems.pop(), position, count) for position in range(count)]
    codes = names.unit_codes(rng, len(units))
    units = [replace(unit, code=code) for unit, code in zip(units, codes, strict=True)]
    return Nation(tuple(municipal + independent), tuple(_with_events(units, municipal, independent, years)))


def _organiser(rng: np.random.Generator, land: str, index: int, municipal: bool) -> InventedOrganiser:
    if municipal:
        key, name = names.organisation_number("2120009", index), f"{names.genitive(land)} KOMMUN"
    else:
        key = names.organisation_number("5569", 97_000 + index * 17)
        name = names.COMPANY_FORMS[index % len(names.COMPANY_FORMS)].format(names.genitive(land))
    background, quality = rng.normal(0, 0.6), rng.normal(0, 0.35)
    return InventedOrganiser(key, name, municipal, background, quality, index % 2)


def _unit(rng: np.random.Generator, organiser: InventedOrganiser, stem: str, position: int, count: int) -> InventedUnit:
    odds = np.array([span[2] if organiser.municipal else span[3] for span in SPANS])
    chosen = SPANS[rng.choice(len(SPANS), p=odds / odds.sum())]
    if position == 0 and organiser.municipal:  # every municipality has pupils in all grades
        chosen = WHOLE_SPAN
    grades, ending = chosen[0], chosen[1]
    usual = 95 if grades.start == 7 else 42 if organiser.municipal else 30
    cohort = usual * rng.lognormal(0, 0.55)
    if count == 1:  # the smallest organisers have schools of a handful of pupils
        cohort = rng.uniform(1.5, 26)
    shown = ending if rng.random() < 0.4 else ""
    return InventedUnit(
        code="",
        name=f"{stem}SKOLAN{shown}",
        organiser=organiser,
        grades=grades,
        cohort=max(cohort, 1.5),
        background=organiser.background + rng.normal(0, 0.8),
        quality=organiser.quality + rng.normal(0, 0.5),
        staffing=rng.normal(0, 1),
    )


def _with_events(
    units: list[InventedUnit],
    municipal: list[InventedOrganiser],
    independent: list[InventedOrganiser],
    years: int,
) -> list[InventedUnit]:
    """One unit opens, one closes and two change organiser, all of them in organisers with several units."""
    last = years - 1
    events = {
        (municipal[2].key, 3): {"moves_to": independent[1], "moves_at": min(1, last)},
        (independent[3].key, 1): {"moves_to": independent[2], "moves_at": last},
        (municipal[4].key, 5): {"first": last},
        (municipal[6].key, 4): {"last": max(last - 1, 0)},
    }
    changed, position = [], dict.fromkeys((organiser.key for organiser in municipal + independent), -1)
    for unit in units:
        position[unit.organiser.key] += 1
        event = events.get((unit.organiser.key, position[unit.organiser.key]))
        changed.append(replace(unit, **event) if event else unit)
    return changed
