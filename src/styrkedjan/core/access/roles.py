"""Roles and permissions: one table says what each role may do. The matrix page and the docs are made from it."""

from enum import StrEnum


class Role(StrEnum):
    """What a person can be, at a place or nationally. The first two need no grant: everyone, and those signed in."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    # At an organiser (huvudman) or a school unit (skolenhet).
    QUALITY_LEAD = "quality_lead"
    SUPERINTENDENT = "superintendent"
    BOARD_MEMBER = "board_member"
    PRINCIPAL = "principal"
    STAFF_MEMBER = "staff_member"
    # National: at an agency, or for the whole installation.
    DIALOGUE_LEAD = "dialogue_lead"
    ANALYST = "analyst"
    CATALOGUE_EDITOR = "catalogue_editor"
    OPERATOR = "operator"


PLACE_ROLES = (Role.QUALITY_LEAD, Role.SUPERINTENDENT, Role.BOARD_MEMBER, Role.PRINCIPAL, Role.STAFF_MEMBER)
NATIONAL_ROLES = (Role.DIALOGUE_LEAD, Role.ANALYST, Role.CATALOGUE_EDITOR, Role.OPERATOR)


class Agency(StrEnum):
    """The agencies (myndigheter) that take part in the quality dialogue; the place key of a national role."""

    SKOLVERKET = "skolverket"
    SPSM = "spsm"


class Permission(StrEnum):
    """What can be asked for."""

    READ_STATISTICS = "read_statistics"
    PUBLISH_STATISTICS = "publish_statistics"
    SIGN_IN = "sign_in"
    ANSWER = "answer"
    MANAGE_OWN_ACCOUNT = "manage_own_account"
    READ_PEOPLE = "read_people"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_NATIONAL_PEOPLE = "manage_national_people"
    READ_WORKING_MATERIAL = "read_working_material"
    WRITE_WORKING_MATERIAL = "write_working_material"
    SHARE_WORKING_MATERIAL = "share_working_material"
    READ_SHARED_MATERIAL = "read_shared_material"
    RUN_SELF_ASSESSMENTS = "run_self_assessments"
    READ_SELF_ASSESSMENTS = "read_self_assessments"
    TAKE_PART = "take_part"
    READ_AUDIT_TRAIL = "read_audit_trail"
    RUN_THE_HOUSE = "run_the_house"


_OPEN = frozenset({Permission.READ_STATISTICS, Permission.SIGN_IN, Permission.ANSWER})
_LEADS_THE_ORGANISER = frozenset(
    {
        Permission.READ_PEOPLE,
        Permission.MANAGE_PEOPLE,
        Permission.READ_WORKING_MATERIAL,
        Permission.WRITE_WORKING_MATERIAL,
        Permission.SHARE_WORKING_MATERIAL,
        Permission.RUN_SELF_ASSESSMENTS,
        Permission.READ_SELF_ASSESSMENTS,
        Permission.TAKE_PART,
        Permission.READ_AUDIT_TRAIL,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ANYONE: _OPEN,
    Role.SIGNED_IN: _OPEN | {Permission.MANAGE_OWN_ACCOUNT},
    Role.QUALITY_LEAD: _LEADS_THE_ORGANISER,
    Role.SUPERINTENDENT: _LEADS_THE_ORGANISER,
    Role.BOARD_MEMBER: frozenset(
        {
            Permission.READ_PEOPLE,
            Permission.READ_WORKING_MATERIAL,
            Permission.READ_SELF_ASSESSMENTS,
            Permission.TAKE_PART,
        }
    ),
    Role.PRINCIPAL: frozenset(
        {
            Permission.READ_PEOPLE,
            Permission.READ_WORKING_MATERIAL,
            Permission.WRITE_WORKING_MATERIAL,
            Permission.RUN_SELF_ASSESSMENTS,
            Permission.READ_SELF_ASSESSMENTS,
            Permission.TAKE_PART,
        }
    ),
    Role.STAFF_MEMBER: frozenset({Permission.TAKE_PART}),
    Role.DIALOGUE_LEAD: frozenset({Permission.READ_SHARED_MATERIAL}),
    Role.ANALYST: frozenset({Permission.PUBLISH_STATISTICS}),
    Role.CATALOGUE_EDITOR: frozenset(),
    Role.OPERATOR: frozenset(
        {Permission.PUBLISH_STATISTICS, Permission.MANAGE_NATIONAL_PEOPLE, Permission.RUN_THE_HOUSE}
    ),
}


def permissions_of(role: Role) -> frozenset[Permission]:
    """What somebody with this role may do at its place: what it gives, and what everyone who is signed in may."""
    return ROLE_PERMISSIONS[role] | (frozenset() if role is Role.ANYONE else ROLE_PERMISSIONS[Role.SIGNED_IN])


# What asks for more than a link by e-mail: a second factor, or an e-legitimation through the federation.
STRONG_PERMISSIONS = frozenset(
    {
        Permission.MANAGE_PEOPLE,
        Permission.MANAGE_NATIONAL_PEOPLE,
        Permission.SHARE_WORKING_MATERIAL,
        Permission.READ_SHARED_MATERIAL,
        Permission.READ_AUDIT_TRAIL,
        Permission.PUBLISH_STATISTICS,
        Permission.RUN_THE_HOUSE,
    }
)

REASONS: dict[Permission, str] = {
    Permission.READ_STATISTICS: "Du behöver få läsa officiell statistik för att se det här.",
    Permission.PUBLISH_STATISTICS: "Bara en nationell analytiker eller den driftansvariga kan läsa in statistik.",
    Permission.ANSWER: "Det går inte att svara här.",
    Permission.SIGN_IN: "Det går inte att logga in här.",
    Permission.MANAGE_OWN_ACCOUNT: "Logga in för att se och ändra ditt eget konto.",
    Permission.READ_PEOPLE: "Vilka som har tillgång ser huvudmannens kvalitetsansvariga, skolchef, nämnd och rektorer.",
    Permission.MANAGE_PEOPLE: "Bara huvudmannens kvalitetsansvariga och skolchef kan bjuda in och ändra roller.",
    Permission.MANAGE_NATIONAL_PEOPLE: "Bara den driftansvariga kan ge nationella roller.",
    Permission.READ_WORKING_MATERIAL: "Arbetsmaterialet läser de som leder kvalitetsarbetet här.",
    Permission.WRITE_WORKING_MATERIAL: "Bara kvalitetsansvarig, skolchef och rektor kan ändra arbetsmaterialet.",
    Permission.SHARE_WORKING_MATERIAL: "Bara huvudmannens kvalitetsansvariga och skolchef kan dela material.",
    Permission.READ_SHARED_MATERIAL: "Delat material läser dialogledarna på den myndighet som det har delats med.",
    Permission.RUN_SELF_ASSESSMENTS: "Bara kvalitetsansvarig, skolchef och rektor kan öppna och leda självvärderingar.",
    Permission.READ_SELF_ASSESSMENTS: "Självvärderingens resultat läser de som leder arbetet här, och nämnden.",
    Permission.TAKE_PART: "Självvärderingen är för dem som arbetar här.",
    Permission.READ_AUDIT_TRAIL: "Händelseloggen läser huvudmannens kvalitetsansvariga och skolchef.",
    Permission.RUN_THE_HOUSE: "Bara den driftansvariga når driftens sidor och kommandon.",
}
