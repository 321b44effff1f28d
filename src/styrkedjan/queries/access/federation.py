"""Federation: where one can sign in, one's own identities elsewhere, and where to start after signing in."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from styrkedjan.core.access import Permission, Viewer, may
from styrkedjan.core.federation import Protocol, WayIn, found, hinted_place
from styrkedjan.core.refused import NotFound
from styrkedjan.queries.access.viewing import viewing
from styrkedjan.tables.access import LinkedIdentity

MOST_SHOWN = 20


@dataclass(frozen=True)
class Choice:
    """What to choose from: the one chosen last time, the named issuers, and the federation's members.

    ``more`` is how many members there are beside those shown.
    """

    text: str
    last: WayIn | None
    issuers: tuple[WayIn, ...]
    members: tuple[WayIn, ...]
    more: int
    total: int


def choice(viewer: Viewer, ways: Iterable[WayIn], text: str, last: tuple[str, str]) -> Choice:
    """The ways in that match a text, a few at a time.

    In: ``last``, protocol and key of the one that this browser chose last time.
    """
    may(viewer, Permission.SIGN_IN).require()
    every = tuple(ways)
    members = tuple(way for way in every if way.protocol is Protocol.SAML)
    matching = found(members, text) if text else members
    return Choice(
        text=text,
        last=next((way for way in every if (way.protocol, way.key) == last), None),
        issuers=tuple(way for way in every if way.protocol is Protocol.OIDC),
        members=matching[:MOST_SHOWN],
        more=max(0, len(matching) - MOST_SHOWN),
        total=len(members),
    )


def own_identity(viewer: Viewer, key: UUID) -> LinkedIdentity:
    """One of the viewer's own identities elsewhere. Raises: NotFound."""
    may(viewer, Permission.MANAGE_OWN_ACCOUNT).require()
    row = LinkedIdentity.objects.filter(key=key, person_id=viewer.person).first()
    if row is None:
        raise NotFound("Kopplingen finns inte på ditt konto.")
    return row


def place_to_start_at(viewer: Viewer, session: str, unit_codes: tuple[str, ...]) -> str:
    """The place with a role of one's own that a hint of units points at; empty when there is none.

    In: ``session``, the token of the session that has just begun.
    """
    may(viewer, Permission.SIGN_IN).require()
    if not unit_codes:
        return ""
    with viewing(session) as entered:
        return hinted_place(entered.grants, unit_codes)
