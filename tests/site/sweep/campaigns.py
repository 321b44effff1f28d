"""Self-assessments at the organiser and at the unit: open, closed and counted, made by the house's own actions."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from styrkedjan.core.access import ANYONE, OPERATOR, Role, Viewer
from styrkedjan.core.assessments.campaigns import Mode
from styrkedjan.core.assessments.outcomes import OutcomeText
from styrkedjan.core.assessments.sheets import Sheet
from styrkedjan.core.catalogue import ChainLevel
from tests.actions.campaign_plans import ASKED, ROWS, UNIT_ASKED, plan
from tests.conftest import as_owner
from tests.people import someone
from tests.site.sweep.viewers import UNIT
from tests.world import STORKOPING

ROW, FACTOR = ROWS[0], ROWS[0].partition(".")[0]
RATED = {STORKOPING: ChainLevel.ORGANISER, UNIT: ChainLevel.TEACHING}


@dataclass(frozen=True)
class Campaigns:
    """What one place has opened: a campaign in each phase, a group of the open one, and what came of the counted."""

    open: UUID
    group: UUID
    closed: UUID
    counted: UUID
    outcome: UUID
    code: str
    link: str
    receipt: str


def make_campaigns(place: str) -> Campaigns:
    """Three campaigns at a place, opened, answered, counted and told about by whoever leads there."""
    from styrkedjan.queries.access.viewing import viewing

    role = Role.PRINCIPAL if place == UNIT else Role.QUALITY_LEAD
    with viewing(someone(role, place)) as lead:
        going, closed, counted = (_open(lead, place) for _ in range(3))
        group, code = _group(lead, going, place)
        link = _ask(lead, place, going, group)
        receipts = [_answer(lead, each, place) for each in (going, closed, counted)]
    with as_owner():
        _close(place, closed, counted)
    with viewing(someone(role, place)) as lead:
        outcome = _count(lead, place, counted)
    return Campaigns(going, group, closed, counted, outcome, code, link, receipts[0])


def _open(lead: Viewer, place: str) -> UUID:
    from styrkedjan.actions.assessments.campaigns import open_campaign

    modes = frozenset({Mode.INDIVIDUAL, Mode.SHARED})
    asked = UNIT_ASKED if place == UNIT else ASKED
    return open_campaign(lead, place, plan(title="Hemlig självvärdering", asked=asked, modes=modes))


def _group(lead: Viewer, campaign: UUID, place: str) -> tuple[UUID, str]:
    from styrkedjan.tables.assessments import AnsweringGroupRow

    rows = AnsweringGroupRow.scoped.at(lead, STORKOPING)
    found = rows.get(campaign=campaign, place=place, level=RATED[place])
    return found.key, found.code


def _ask(lead: Viewer, place: str, campaign: UUID, group: UUID) -> str:
    from styrkedjan.actions.assessments.asking import ask
    from styrkedjan.actions.assessments.links import link_token
    from styrkedjan.tables.assessments import AskedPerson

    ask(lead, place, campaign, group, "gomd.person@prov.example")
    keys = AskedPerson.scoped.at(lead, STORKOPING).filter(group=group).values_list("key", flat=True)
    return link_token(keys.get())


def _answer(lead: Viewer, campaign: UUID, place: str) -> str:
    """Six sheets in the group: enough to be counted and released. Gives the receipt of the last."""
    from styrkedjan.actions.assessments.answering import hand_in, new_receipt
    from styrkedjan.queries.assessments.answering import form_by_code

    _, code = _group(lead, campaign, place)
    form, receipt = form_by_code(ANYONE, code), ""
    for step in "222445":
        # As many as are asked at the organiser, and in an open campaign one place is left.
        if receipt and step == "5" and place == STORKOPING:
            break
        receipt = new_receipt()
        hand_in(ANYONE, form, receipt, Sheet({ROW: step}, {ROW: "Hemlig kommentar"}))
    return receipt


def _close(place: str, *campaigns: UUID) -> None:
    from styrkedjan.actions.assessments.demo import make_older

    for each in campaigns:
        make_older(OPERATOR, place, each, timedelta(days=30))


def _count(lead: Viewer, place: str, campaign: UUID) -> UUID:
    from styrkedjan.actions.assessments.choosing import choose
    from styrkedjan.actions.assessments.counting import count
    from styrkedjan.actions.assessments.outcomes import publish_outcomes
    from styrkedjan.tables.assessments import Outcome

    count(lead, place, campaign)
    choose(lead, place, campaign, [FACTOR])
    publish_outcomes(lead, place, campaign, [OutcomeText("", "Hemlig röst", "Hemligt beslut")])
    return Outcome.scoped.at(lead, STORKOPING).get(campaign=campaign).key
