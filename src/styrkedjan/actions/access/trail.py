"""The audit trail taken out as a file, which is itself an event."""

from styrkedjan.actions._change import change
from styrkedjan.core.access import Event, Permission, Viewer, may


def note_export(actor: Viewer, organiser: str, first: int, last: int, count: int) -> None:
    """Write in an organiser's trail that so many of its events, from one number to another, were taken out.

    Raises: NotFound to a stranger; NotAllowed.
    """
    may(actor, Permission.READ_AUDIT_TRAIL, organiser).require()
    with change(actor, Event.AUDIT_TRAIL_EXPORTED, about=organiser, place=organiser) as facts:
        facts.update(first=first, last=last, count=count)
