"""Who can see a piece of working material: said from the same tables of roles that decide it."""

from collections.abc import Iterable
from dataclasses import dataclass

from styrkedjan.core.access import PLACE_ROLES, ROLE_PERMISSIONS, Agency, Permission, Role
from styrkedjan.core.people import ROLE_PLACES, PlaceKind
from styrkedjan.core.places import unit_code_of

# Whom working material can be shared with: the agencies whose people lead the dialogue.
RECEIVERS = tuple(Agency)


@dataclass(frozen=True)
class Audience:
    """Who can see something now: roles at the organiser, roles at the unit when it is a unit's, and agencies."""

    at_organiser: tuple[Role, ...]
    at_unit: tuple[Role, ...]
    agencies: tuple[Agency, ...]


def audience(place: str, shared_with: Iterable[str] = ()) -> Audience:
    """Who can see working material of this place.

    In: ``shared_with``, the agencies of the shares that have not been withdrawn.
    """
    readers = [role for role in PLACE_ROLES if Permission.READ_WORKING_MATERIAL in ROLE_PERMISSIONS[role]]
    at_organiser = tuple(role for role in readers if PlaceKind.ORGANISER in ROLE_PLACES[role])
    at_unit = tuple(role for role in readers if PlaceKind.SCHOOL_UNIT in ROLE_PLACES[role])
    open_to = set(shared_with)
    agencies = tuple(agency for agency in Agency if agency in open_to)
    return Audience(at_organiser, at_unit if unit_code_of(place) else (), agencies)
