"""What a new user of the demo finds begun: people, working material, and self-assessments at several stages."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from styrkedjan.core.access import ANYONE, OPERATOR, Agency, Viewer
from styrkedjan.core.assessments.campaigns import Mode
from styrkedjan.core.assessments.plans import CampaignPlan
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.places import Organiser
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.site.cli.quiet import solver_silent

FACTORS = ("trusting_climate", "professional_development", "clear_roles")
UNITS = 12  # of the large organiser, so that there is a chain to look at and the demo still starts soon
YEAR = timedelta(days=364)
OPEN_DAYS = 21
# How many teach at each unit, and how many of them answer: some units are small and some answer little.
STAFF = (26, 18, 9, 34, 4, 14, 22, 7, 11, 41, 6, 16)
ANSWERED_SHARES = (0.85, 0.72, 0.9, 0.61, 1.0, 0.79, 0.45, 0.58, 0.91, 0.74, 0.67, 0.81)
Asked = Mapping[tuple[str, ChainLevel], tuple[int, int]]  # place and level -> asked, answered


def add_people() -> None:
    """Put in the demo's people, and let some of them begin what a new user looks at first."""
    from styrkedjan.actions.access.demo import populate
    from styrkedjan.data.invented_nation.people import invented_people
    from styrkedjan.queries.places import largest_and_smallest, units_of

    large, small = largest_and_smallest(ANYONE)
    if large is None or small is None:
        return
    units, small_units = ([unit.key for unit in units_of(ANYONE, organiser)] for organiser in (large, small))
    made = populate(OPERATOR, invented_people(large.key, units[0], small.key, small_units[0]))
    if not made:
        return
    with solver_silent():
        lead, of_small = made[0], next(each for each in made if small.key in each.organisers)
        _write_papers(lead, large)
        _assess(lead, large.key, _asked_at_large(large.key, units[:UNITS]))
        _assess(of_small, small.key, _asked_at_small(small.key, small_units[0]))


def _write_papers(lead: Viewer, large: Organiser) -> None:
    from styrkedjan.actions.sharing import share, write
    from styrkedjan.core.sharing import PaperKind
    from styrkedjan.core.sharing.figures import COLUMNS
    from styrkedjan.data.invented_nation.people import ANALYSIS, FIGURES

    year = SchoolYear(2024)
    analysis = write(lead, large.key, PaperKind.OWN_ANALYSIS, year, "Vår analys inför dialogen", ANALYSIS)
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in FIGURES]
    write(lead, large.key, PaperKind.OWN_FIGURES, year, "Egna siffror om personal och fritidshem", {"rows": rows})
    share(lead, large.key, analysis, 1, Agency.SKOLVERKET)


def _asked_at_large(organiser: str, units: list[str]) -> Asked:
    def everyone() -> Iterator[tuple[tuple[str, ChainLevel], tuple[int, int]]]:
        yield (organiser, ChainLevel.ORGANISER), (9, 8)
        for unit, staff, share in zip(units, STAFF, ANSWERED_SHARES, strict=False):
            yield (unit, ChainLevel.PRINCIPAL), (1, 1)
            yield (unit, ChainLevel.TEACHING), (staff, round(staff * share))

    return dict(everyone())


def _asked_at_small(organiser: str, unit: str) -> Asked:
    return {
        (organiser, ChainLevel.ORGANISER): (2, 2),
        (unit, ChainLevel.PRINCIPAL): (1, 1),
        (unit, ChainLevel.TEACHING): (8, 7),
    }


def _assess(lead: Viewer, place: str, asked: Asked) -> None:
    """Last year's campaign and this year's, both counted, and one that is open."""
    now = datetime.now(UTC)
    before = _answered(lead, place, asked, f"Självvärdering hösten {now.year - 1}", None)
    _count(place, before, YEAR)
    latest = _answered(lead, place, asked, f"Självvärdering hösten {now.year}", before)
    _count(place, latest, timedelta(days=OPEN_DAYS + 2))
    _answered(lead, place, {key: (count, done // 2) for key, (count, done) in asked.items()}, "Kort avstämning", None)


def _answered(lead: Viewer, place: str, asked: Asked, title: str, previous: UUID | None) -> UUID:
    from styrkedjan.actions.assessments.answering import hand_in, new_receipt
    from styrkedjan.actions.assessments.campaigns import open_campaign
    from styrkedjan.data.invented_nation.answers import invented_sheets
    from styrkedjan.queries.assessments.answering import form_by_code
    from styrkedjan.queries.assessments.campaigns import groups

    key = open_campaign(lead, place, _plan(asked, title, previous))
    for group in groups(lead, place, key):
        form = form_by_code(ANYONE, group.code)
        assert form is not None, "a campaign that has just been opened has a form"
        _, answered = asked[group.place, group.level]
        shift = 0.25 if previous else 0.0
        for sheet in invented_sheets(f"{group.place} {title}", group.level, form.form.rows, answered, shift):
            hand_in(ANYONE, form, new_receipt(), sheet)
    return key


def _plan(asked: Asked, title: str, previous: UUID | None) -> CampaignPlan:
    from styrkedjan.queries.catalogue import catalogue

    framework, now = catalogue().framework, datetime.now(UTC)
    chosen = FACTORS if "hösten" in title else FACTORS[:1]
    return CampaignPlan(
        title=title,
        edition=framework.id,
        school_form="compulsory",
        rows=tuple(f"{factor}.{row.id}" for factor in chosen for row in framework.factor_by_id[factor].rows),
        levels=tuple(ChainLevel),
        modes=frozenset(Mode),
        asked={key: count for key, (count, _) in asked.items()},
        opens_at=now,
        closes_at=now + timedelta(days=OPEN_DAYS),
        previous=str(previous) if previous else None,
    )


def _count(place: str, key: UUID, age: timedelta) -> None:
    from styrkedjan.actions.assessments.counting import count
    from styrkedjan.actions.assessments.demo import make_older

    make_older(OPERATOR, place, key, age)
    count(OPERATOR, place, key)
