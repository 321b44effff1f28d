"""What the head of every page needs to know of the viewer: own places, what they may do there, and where to sign in."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from styrkedjan.core.access import NATIONAL_ROLES, Grant, Permission, Viewer, may
from styrkedjan.render.words import Words

Address = Callable[[str, str], str]


@dataclass(frozen=True)
class OwnPlace:
    """A place where the viewer has some role: its name, the roles in words, and the page to begin at."""

    key: str
    name: str
    roles: str
    url: str


def maybe_place_url(page: str, place: str) -> str:
    """The address of a page of a place; nothing for people and events of a unit, which has no such pages."""
    try:
        return reverse(f"{'unit' if '-' in place else 'organiser'}.{page}", args=[place])
    except NoReverseMatch:
        return ""


def viewer_may(viewer: Viewer, permission: str, place: str) -> bool:
    """Whether to offer this to the viewer: they may, or they may once they have confirmed who they are."""
    decision = may(viewer, Permission(permission), place)
    return decision.allowed or decision.step_up


def has_role_at(viewer: Viewer, place: str) -> bool:
    """Whether some role of the viewer's own holds at this place."""
    return any(grant.organiser and grant.covers(place) for grant in viewer.grants)


def runs_the_house(viewer: Viewer) -> bool:
    """Whether the viewer has a role that reaches the pages of driften."""
    return bool(viewer.places_with(Permission.RUN_THE_HOUSE))


def own_places(viewer: Viewer, words: Words, address: Address) -> tuple[OwnPlace, ...]:
    """The viewer's places in the order of their grants, each once with all its roles."""
    grants: dict[str, list[Grant]] = {}
    for grant in viewer.grants:
        if grant.role not in NATIONAL_ROLES:
            grants.setdefault(grant.place, []).append(grant)
    return tuple(_own_place(viewer, held, words, address) for held in grants.values())


def _own_place(viewer: Viewer, held: list[Grant], words: Words, address: Address) -> OwnPlace:
    place = held[0].place
    reads = viewer_may(viewer, Permission.READ_WORKING_MATERIAL, place)
    roles = " och ".join(words(f"role.{grant.role}") for grant in held)
    page = maybe_place_url("work", place) if reads else ""
    return OwnPlace(place, held[0].place_name or place, roles, page or address("position", place))


def sign_in_url(request: HttpRequest) -> str:
    """Where to sign in, and come back to what was asked for.

    An address that only takes what a form sends is not come back to, nor are the sign-in pages themselves.
    """
    page = reverse("sign_in")
    if request.method not in ("GET", "HEAD") or request.path.startswith(page):
        return page
    return f"{page}?{urlencode({'vidare': request.get_full_path()})}"
