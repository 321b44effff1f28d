"""Who walks through the house: every role at its own place, the same roles elsewhere, and those who almost may."""

from dataclasses import dataclass, field

from styrkedjan.core.access import Assurance, Role
from tests.people import someone
from tests.world import LILLAN, LILLAN_UNIT, STORKOPING

UNIT = f"{STORKOPING}-90000001"
OTHER_UNIT = f"{STORKOPING}-90000002"

LEADS = {"quality_lead", "superintendent"}
ORGANISER_READERS = LEADS | {"board_member"}
UNIT_READERS = ORGANISER_READERS | {"principal"}
# Those who know the organiser, so that a no is a 403 with a reason; everyone else is a stranger and gets 404.
INSIDERS = UNIT_READERS | {"staff_member", "neighbour_principal", "weak_quality_lead", "account_owner"}
AGENCIES = {"dialogue_lead_skolverket", "dialogue_lead_spsm"}
NATIONAL = AGENCIES | {"analyst", "catalogue_editor", "operator"}


@dataclass(frozen=True)
class Walker:
    """Someone who walks: a role at a place (none for somebody without), and how she differs from the plain case."""

    role: Role | None = None
    place: str = ""
    options: dict = field(default_factory=dict)


WALKERS = {
    "quality_lead": Walker(Role.QUALITY_LEAD, STORKOPING),
    "superintendent": Walker(Role.SUPERINTENDENT, STORKOPING),
    "board_member": Walker(Role.BOARD_MEMBER, STORKOPING),
    "principal": Walker(Role.PRINCIPAL, UNIT),
    "staff_member": Walker(Role.STAFF_MEMBER, UNIT),
    "dialogue_lead_skolverket": Walker(Role.DIALOGUE_LEAD, "skolverket"),
    "dialogue_lead_spsm": Walker(Role.DIALOGUE_LEAD, "spsm"),
    "analyst": Walker(Role.ANALYST, "skolverket"),
    "catalogue_editor": Walker(Role.CATALOGUE_EDITOR, "skolverket"),
    "operator": Walker(Role.OPERATOR, "00"),
    # One more member of staff, whose own account the others must not reach.
    "account_owner": Walker(Role.STAFF_MEMBER, UNIT),
    # Inside the tenant, but beside what they ask for.
    "neighbour_principal": Walker(Role.PRINCIPAL, OTHER_UNIT),
    "weak_quality_lead": Walker(Role.QUALITY_LEAD, STORKOPING, {"assurance": Assurance.LINK}),
    # Strangers: the same roles at another organiser, no role at all, and roles that are over or have not begun.
    "stranger_quality_lead": Walker(Role.QUALITY_LEAD, LILLAN),
    "stranger_superintendent": Walker(Role.SUPERINTENDENT, LILLAN),
    "stranger_board_member": Walker(Role.BOARD_MEMBER, LILLAN),
    "stranger_principal": Walker(Role.PRINCIPAL, LILLAN_UNIT),
    "stranger_staff_member": Walker(Role.STAFF_MEMBER, LILLAN_UNIT),
    "without_role": Walker(),
    "former_quality_lead": Walker(Role.QUALITY_LEAD, STORKOPING, {"held_days": (-30, -1)}),
    "coming_quality_lead": Walker(Role.QUALITY_LEAD, STORKOPING, {"held_days": (1, 30)}),
}
EVERYONE = set(WALKERS)


def sign_all_in() -> dict[str, str]:
    """Every walker's session token, by the walker's name."""
    return {name: someone(each.role, each.place, **each.options) for name, each in WALKERS.items()}
