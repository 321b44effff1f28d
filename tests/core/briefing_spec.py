"""A framework of six measures, an organiser with two units, and the briefing that the core makes of them."""

from dataclasses import replace
from datetime import UTC, datetime

from styrkedjan.core.briefings import Briefing, EditionFacts, Setting, SourceFile, assemble
from styrkedjan.core.catalogue import Framework, NationalGoal, SubGoal, Unit
from styrkedjan.core.disclosure import release
from styrkedjan.core.indicators import ComparisonGroup, Question, evaluate, spread_of
from styrkedjan.core.places import Organiser, OrganiserType, SchoolUnit
from styrkedjan.core.statistics import SchoolYear
from tests.core.spec import RULES, measure, observations

YEAR = SchoolYear(2024)
MEASURES = (
    measure("pupil_count", unit=Unit.COUNT, decimals=0, floor=None, floor_small=None, group="pupils"),
    measure("teachers", group="staff"),
    measure("cost", group="costs"),
    measure("grades", breaks=(2023,)),
    measure("calm", floor=0.3, floor_small=0.6),
    measure("other", group="compulsory.other"),
)
FRAMEWORK = Framework(
    id="prov",
    name="Prov",
    published="",
    source="",
    school_forms={"compulsory": "grundskola", "preschool": "förskola"},
    national_goals=(NationalGoal("p", "preschool", "nej", ""), NationalGoal("g", "compulsory", "ja", "")),
    sub_goals=(
        SubGoal("preschool.safety", "preschool", "nej", "", "", None),
        SubGoal("compulsory.safety", "compulsory", "ja", "", "", 2),
        SubGoal("compulsory.other", "compulsory", "också", "", "", 1),
    ),
    success_factors=(),
    measures=MEASURES,
    unit_overview=("pupil_count", "grades"),
    self_assessment=None,  # nothing of a briefing asks for it
    previous_edition=None,
    continues=(),
)
ORGANISER = Organiser("2120009901", "Ekdalens kommun", OrganiserType.MUNICIPALITY)
OTHER = Organiser("5569990001", "Björk AB", OrganiserType.INDEPENDENT)
UNIT = SchoolUnit("2120009901-90000001", "90000001", "Ekskolan", ORGANISER)
MOVED = SchoolUnit("2120009901-90000002", "90000002", "Askskolan", ORGANISER, also_under=(OTHER,))
YEARS = (SchoolYear(2022), SchoolYear(2023), YEAR)
FILE = SourceFile("fil.xlsx", "ab" * 32, "i prov", datetime(2026, 11, 24, 9, tzinfo=UTC), "Titel", "Blad", YEARS)
EDITION = EditionFacts("v", YEARS, (FILE,), invented=True)

SWEDEN = """
place                measure      year  value
00                   grades       2024  80
00                   grades       2023  79
00                   calm         2024  7.0
00                   teachers     2024  90
2120009901           pupil_count  2024  400
2120009901           grades       2022  60
2120009901           grades       2023  70
2120009901           grades       2024  75
2120009901           calm         2024  7.5
2120009901           teachers     2024  ...
2120009901           cost         2024  12
2120009901-90000001  pupil_count  2024  149
2120009901-90000001  calm         2024  7.5
2120009901-90000001  grades       2024  ..
2120009901-90000001  grades       2023  66
2120009901-90000002  pupil_count  2024  .
"""


def setting(place: Organiser | SchoolUnit = ORGANISER, **changes) -> Setting:
    """What a briefing is read against; ``changes`` are fields that differ."""
    group = ComparisonGroup("municipality", None)
    units = () if isinstance(place, SchoolUnit) else (UNIT, MOVED)
    whole = Setting(place, units, "compulsory", YEAR, EDITION, group, FRAMEWORK, RULES, FRAMEWORK.unit_overview)
    return replace(whole, **changes)


def briefing(text: str = SWEDEN, place: Organiser | SchoolUnit = ORGANISER, **changes) -> Briefing:
    """The briefing of a place, all the way from the cells of a table."""
    seen, chosen = observations(text), setting(place, **changes)
    places = (place.key, "00") if place is ORGANISER else (place.key, ORGANISER.key, "00")
    units_of = place.key if place is ORGANISER else ""
    question = Question(places, chosen.school_year, units_of, chosen.unit_measures)
    spread = spread_of(seen, chosen.group, chosen.school_year)
    return assemble(release(evaluate(seen, question, spread), RULES), chosen)
