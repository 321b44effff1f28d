"""Answers collected elsewhere become a campaign that has been counted: the same counting, and the same gate."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from styrkedjan.actions._change import change
from styrkedjan.actions.assessments import counting
from styrkedjan.core.access import Event, Permission, Viewer, may
from styrkedjan.core.assessments.campaigns import GroupKind, GroupState, Mode
from styrkedjan.core.assessments.counting import Counted, counted
from styrkedjan.core.assessments.importing import Collected, checked_collected
from styrkedjan.core.assessments.sheets import Sheet
from styrkedjan.core.catalogue import Catalogue, ChainLevel
from styrkedjan.core.people import end_of, start_of
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import BadInput, WrongState
from styrkedjan.render.swedish import SWEDEN
from styrkedjan.tables.assessments import AnsweringGroupRow, CampaignRow
from styrkedjan.tables.places import SchoolUnit

Sheets = Mapping[tuple[str, ChainLevel], Sequence[Sheet]]
ODD_ANSWER = "Ett av svaren hör inte till kvalitetssystemets rader eller skala. Inget har lästs in. Välj filen igen."
ODD_PLACE = "En av enheterna finns inte hos er. Inget har lästs in. Välj filen igen."
TWICE = (
    "svar från en av grupperna till samma rader är redan inlästa för de dagarna, i ”{title}”. Inget nytt har lästs in: "
    "det som skiljer två inläsningar åt kunde annars peka ut någon."
)


def import_answers(actor: Viewer, place: str, said: Collected, sheets: Sheets) -> UUID:
    """Count answers that were collected elsewhere. Nobody was told that they were a position, so none is.

    In: ``sheets`` by place and level, each place the campaign's own or one of its units. Out: the campaign's key.
    Raises: NotAllowed or NotFound; BadInput (also Unclear, by field) for what does not fit; WrongState when the same
    has been read in before. Then nothing has been kept.
    """
    may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    known = counting.catalogue_of(said.edition)
    tidy = checked_collected(said, known.framework, datetime.now(UTC).astimezone(SWEDEN).date())
    _require_fitting(place, tidy, sheets, known)
    row = _campaign(actor, place, tidy, sheets, known)
    with change(actor, Event.ANSWERS_IMPORTED, about=str(row.key), place=place) as facts:
        _refuse_twice(actor, row, sheets)
        row.save(force_insert=True)
        rules, scale = known.disclosure.answers, known.framework.self_assessment.scale
        told = {where: len(given) if len(given) >= rules.minimum_answers else 0 for where, given in sheets.items()}
        groups = [_group(row, where, level, told[where, level]) for where, level in sorted(sheets)]
        AnsweringGroupRow._base_manager.bulk_create(groups)
        by_key = {str(group.key): sheets[group.place, ChainLevel(group.level)] for group in groups}
        found = _untold(
            counted([replace(group.value, asked_count=len(by_key[str(group.key)])) for group in groups], by_key, rules)
        )
        counting.keep(row, found, (), scale, rules)
        facts.update(found.totals)
    return row.key


def _require_fitting(place: str, said: Collected, sheets: Sheets, known: Catalogue) -> None:
    asked = {f"{factor.id}.{row.id}" for factor in known.framework.success_factors for row in factor.rows}
    asked |= {f"own.{number}" for number, _ in enumerate(said.own_statements, 1)}
    answers = known.framework.self_assessment.scale.answer_by_id.keys()
    for (where, _), given in sheets.items():
        if organiser_of(where) != organiser_of(place) or not where.startswith(place):
            raise BadInput(ODD_PLACE)
        if any(not asked.issuperset(sheet.answers) or not answers >= {*sheet.answers.values()} for sheet in given):
            raise BadInput(ODD_ANSWER)
    units = {where for where, _ in sheets} - {organiser_of(place)}
    if SchoolUnit.objects.filter(key__in=units).count() != len(units):
        raise BadInput(ODD_PLACE)


def _campaign(actor: Viewer, place: str, said: Collected, sheets: Sheets, known: Catalogue) -> CampaignRow:
    given = {row for each in sheets.values() for sheet in each for row in sheet.answers}
    order = (f"{factor.id}.{row.id}" for factor in known.framework.success_factors for row in factor.rows)
    return CampaignRow(
        key=uuid4(),
        organiser=organiser_of(place),
        place=place,
        title=said.title,
        edition=said.edition,
        school_form=said.school_form,
        language="sv",
        modes=[Mode.INDIVIDUAL],
        levels=[level for level in ChainLevel if level in {level for _, level in sheets}],
        rows=[row for row in order if row in given],
        own_statements=[{"id": f"own.{number}", "text": text} for number, text in enumerate(said.own_statements, 1)],
        opens_at=start_of(said.first_day),
        closes_at=end_of(said.last_day),
        made_at=datetime.now(UTC),
        made_by=actor.person,
        public_key="",  # no sheet was ever sealed: this is how answers from elsewhere are known
        sealed_key="",
        in_briefing=[],
    )


def _refuse_twice(actor: Viewer, row: CampaignRow, sheets: Sheets) -> None:
    """The same people's answers are read in once: two readings with one person between them would tell her answers."""
    at_once = {"campaign__opens_at__lt": row.closes_at, "campaign__closes_at__gt": row.opens_at}
    groups = AnsweringGroupRow.scoped.at(actor, row.organiser).filter(
        campaign__public_key="", campaign__removed_at=None, **at_once
    )
    for group in groups.select_related("campaign"):
        is_here = (group.place, ChainLevel(group.level)) in sheets
        if is_here and not set(row.rows).isdisjoint(group.campaign.rows):
            raise WrongState(TWICE.format(title=group.campaign.title))


def _group(row: CampaignRow, place: str, level: ChainLevel, asked: int) -> AnsweringGroupRow:
    """How many were asked nobody knows here: at least those who answered, and nothing when they are too few to say."""
    return AnsweringGroupRow(
        key=uuid4(),
        organiser=row.organiser,
        campaign=row,
        place=place,
        level=level,
        kind=GroupKind.ANONYMOUS,
        asked_count=asked,
        code=None,
        rolls_up=row.place == row.organiser,  # what a unit reads in itself is its own until it says otherwise
        state=GroupState.WAITING,
        sheet_count=0,
    )


def _untold(found: Counted) -> Counted:
    """The same without how many were asked in groups that are too few: it would be how many they are."""
    few = (GroupState.TOO_FEW, GroupState.POOLED)
    return Counted(tuple(replace(group, asked_count=0) if group.state in few else group for group in found.groups))
