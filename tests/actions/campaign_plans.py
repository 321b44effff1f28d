"""An invented plan for a campaign, for tests that need one to be open."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from styrkedjan.core.assessments.campaigns import Mode
from styrkedjan.core.assessments.plans import CampaignPlan
from styrkedjan.core.catalogue import ChainLevel
from tests.world import STORKOPING, catalogue

UNIT, OTHER_UNIT = f"{STORKOPING}-90000001", f"{STORKOPING}-90000002"
ROWS = ("professional_development.1", "professional_development.2", "trusting_climate.1")
ASKED: Mapping[tuple[str, ChainLevel], int] = {
    (STORKOPING, ChainLevel.ORGANISER): 6,
    (UNIT, ChainLevel.PRINCIPAL): 1,
    (UNIT, ChainLevel.TEACHING): 12,
    (OTHER_UNIT, ChainLevel.PRINCIPAL): 1,
    (OTHER_UNIT, ChainLevel.TEACHING): 3,
}
UNIT_ASKED = {(UNIT, ChainLevel.PRINCIPAL): 1, (UNIT, ChainLevel.TEACHING): 12}


def plan(**changes: object) -> CampaignPlan:
    """A plan that can be opened at Storköping, opened a minute ago, with these changes."""
    now = datetime.now(UTC)
    asked = changes.get("asked", ASKED)
    whole = {
        "title": "Självvärdering hösten 2026",
        "edition": catalogue().framework.id,
        "school_form": "compulsory",
        "rows": ROWS,
        "levels": tuple(level for level in ChainLevel if any(level is each for _, each in asked)),
        "modes": frozenset({Mode.INDIVIDUAL}),
        "asked": asked,
        "opens_at": now - timedelta(minutes=1),
        "closes_at": now + timedelta(days=21),
        "own_statements": ("Vi hinner tala om undervisningen varje vecka.",),
    }
    return CampaignPlan(**{**whole, **changes})
