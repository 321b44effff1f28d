"""Who may do what, where, and how surely the house must know her."""

import pytest

from styrkedjan.core.access import (
    ANYONE,
    NATIONAL_ROLES,
    OPERATOR,
    PLACE_ROLES,
    REASONS,
    ROLE_PERMISSIONS,
    STRONG_PERMISSIONS,
    Agency,
    Assurance,
    Grant,
    Permission,
    Role,
    Viewer,
    may,
)
from styrkedjan.core.places import NATION
from styrkedjan.core.refused import NotAllowed, NotFound

OURS, THEIRS = "2120009901", "2120009902"
UNIT, SISTER = f"{OURS}-90000001", f"{OURS}-90000002"

OPEN = {"read_statistics", "sign_in", "answer"}
OWN = OPEN | {"manage_own_account"}
LEADS = OWN | {
    "read_people",
    "manage_people",
    "read_working_material",
    "write_working_material",
    "share_working_material",
    "run_self_assessments",
    "read_self_assessments",
    "take_part",
    "read_audit_trail",
}
# role -> everything that it may do at its own place, in full
MATRIX = {
    "anyone": OPEN,
    "signed_in": OWN,
    "quality_lead": LEADS,
    "superintendent": LEADS,
    "board_member": OWN | {"read_people", "read_working_material", "read_self_assessments", "take_part"},
    "principal": OWN
    | {
        "read_people",
        "read_working_material",
        "write_working_material",
        "run_self_assessments",
        "read_self_assessments",
        "take_part",
    },
    "staff_member": OWN | {"take_part"},
    "dialogue_lead": OWN | {"read_shared_material"},
    "analyst": OWN | {"publish_statistics"},
    "catalogue_editor": OWN,
    "operator": OWN | {"publish_statistics", "manage_national_people", "run_the_house"},
}
NEEDS_MORE_THAN_A_LINK = {
    "manage_people",
    "manage_national_people",
    "share_working_material",
    "read_shared_material",
    "read_audit_trail",
    "publish_statistics",
    "run_the_house",
}


def place_of(role: str) -> str:
    if role == Role.DIALOGUE_LEAD:
        return Agency.SPSM
    return NATION if role in NATIONAL_ROLES else OURS


def viewer(role: str, place: str = "", assurance: Assurance = Assurance.STRONG) -> Viewer:
    if role == Role.ANYONE:
        return ANYONE
    grants = () if role == Role.SIGNED_IN else (Grant(Role(role), place or place_of(role)),)
    return Viewer(person="p", name="Namn", grants=grants, assurance=assurance, session="s")


def allowed(who: Viewer, place: str) -> set[str]:
    return {str(permission) for permission in Permission if may(who, permission, place).allowed}


@pytest.mark.parametrize("role", MATRIX)
def test_the_matrix_of_roles_and_permissions(role):
    assert allowed(viewer(role), place_of(role)) == MATRIX[role]


def test_the_matrix_is_whole():
    assert set(MATRIX) == set(Role) == set(ROLE_PERMISSIONS)
    assert set(REASONS) == set(Permission)
    assert set(PLACE_ROLES) | set(NATIONAL_ROLES) | {Role.ANYONE, Role.SIGNED_IN} == set(Role)
    assert set(NEEDS_MORE_THAN_A_LINK) == set(STRONG_PERMISSIONS)


@pytest.mark.parametrize("role", MATRIX)
def test_a_link_alone_gives_what_is_not_delicate(role):
    weak = viewer(role, assurance=Assurance.LINK)
    assert allowed(weak, place_of(role)) == MATRIX[role] - NEEDS_MORE_THAN_A_LINK
    for permission in MATRIX[role] & NEEDS_MORE_THAN_A_LINK:
        decision = may(weak, Permission(permission), place_of(role))
        assert decision.step_up and not decision.stranger and "passkey eller en engångskod" in decision.reason


@pytest.mark.parametrize("role", PLACE_ROLES)
def test_a_role_at_an_organiser_holds_at_its_units_and_nowhere_else(role):
    who = viewer(role)
    assert allowed(who, UNIT) == MATRIX[role]
    assert allowed(who, THEIRS) == allowed(who, f"{THEIRS}-90000001") == OWN
    assert allowed(who, f"{OURS}0") == OWN, "a key that only begins alike is another place"


@pytest.mark.parametrize("role", PLACE_ROLES)
def test_a_role_at_a_unit_holds_there_alone(role):
    who = viewer(role, UNIT)
    assert allowed(who, UNIT) == MATRIX[role]
    assert allowed(who, SISTER) == allowed(who, OURS) == OWN


@pytest.mark.parametrize("role", NATIONAL_ROLES)
def test_a_national_role_opens_no_tenants_working_material(role):
    tenants_own = {"read_working_material", "write_working_material", "read_people", "read_audit_trail"}
    for where in (OURS, UNIT):
        assert not allowed(viewer(role), where) & tenants_own


def test_a_dialogue_lead_reads_at_her_own_agency_alone():
    who = viewer("dialogue_lead", Agency.SKOLVERKET)
    assert may(who, Permission.READ_SHARED_MATERIAL, Agency.SKOLVERKET).allowed
    assert not may(who, Permission.READ_SHARED_MATERIAL, Agency.SPSM).allowed
    assert who.agencies == (Agency.SKOLVERKET,) and viewer("analyst").agencies == ()


def test_several_roles_at_several_places_are_the_sum_of_each_where_it_holds():
    both = Viewer(
        "p",
        grants=(Grant(Role.BOARD_MEMBER, OURS), Grant(Role.PRINCIPAL, UNIT), Grant(Role.QUALITY_LEAD, THEIRS)),
        assurance=Assurance.STRONG,
        session="s",
    )
    assert allowed(both, OURS) == MATRIX["board_member"]
    assert allowed(both, UNIT) == MATRIX["board_member"] | MATRIX["principal"]
    assert allowed(both, THEIRS) == LEADS
    assert both.organisers == (OURS, THEIRS)
    assert both.places_with(Permission.WRITE_WORKING_MATERIAL) == (UNIT, THEIRS)
    assert both.roles_at(UNIT) == {Role.ANYONE, Role.SIGNED_IN, Role.BOARD_MEMBER, Role.PRINCIPAL}


def test_the_operator_at_the_machine_is_no_browser_session():
    assert allowed(OPERATOR, NATION) == MATRIX["operator"] - {"manage_own_account"}
    assert not OPERATOR.is_signed_in


def test_a_stranger_is_told_nothing():
    for who in (ANYONE, viewer("signed_in"), viewer("quality_lead", THEIRS), viewer("dialogue_lead")):
        decision = may(who, Permission.READ_WORKING_MATERIAL, OURS)
        assert decision.stranger and not decision.allowed
        with pytest.raises(NotFound, match="Sidan finns inte, eller så har du inte tillgång") as refusal:
            decision.require()
        assert refusal.value.status == 404


@pytest.mark.parametrize(("role", "place"), [("staff_member", OURS), ("principal", SISTER), ("board_member", UNIT)])
def test_one_of_the_place_is_told_why_not(role, place):
    decision = may(viewer(role, place), Permission.SHARE_WORKING_MATERIAL, OURS)
    assert not decision.stranger
    with pytest.raises(NotAllowed, match="kvalitetsansvariga och skolchef kan dela") as refusal:
        decision.require()
    assert refusal.value.status == 403


def test_what_belongs_to_no_tenant_is_refused_with_the_reason():
    with pytest.raises(NotAllowed, match="nationell analytiker"):
        may(ANYONE, Permission.PUBLISH_STATISTICS).require()


def test_a_yes_lets_through():
    assert may(OPERATOR, Permission.PUBLISH_STATISTICS).require() is None
