"""The place that a page is about, with its organiser."""

from styrkedjan.core.access import Viewer
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import NotFound
from styrkedjan.queries.places import names_of
from styrkedjan.queries.sharing import Here


def here(viewer: Viewer, place: str) -> Here:
    """The place that the viewer has been let at, named. Raises: NotFound."""
    organiser = organiser_of(place)
    names = names_of(viewer, (place, organiser))
    if place not in names:
        raise NotFound(NO_SUCH_PAGE)
    return Here(place, names[place], organiser, names.get(organiser, organiser))
