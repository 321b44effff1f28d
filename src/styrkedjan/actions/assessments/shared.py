"""Setting a shared rating: one row at a time, and never over what somebody else has just written."""

from datetime import UTC, datetime
from uuid import uuid4

from styrkedjan.actions._change import change
from styrkedjan.core.access import Event, Permission, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.campaigns import Form, GroupKind, Mode
from styrkedjan.core.assessments.rating import RatedMeanwhile, checked_rating
from styrkedjan.core.catalogue import Scale
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import NotFound, WrongState
from styrkedjan.tables.assessments import AnsweringGroupRow, SharedRating


def rate(
    actor: Viewer, place: str, form: Form, scale: Scale, row: str, seen: str, answer: str, note: str | None = None
) -> None:
    """Write what the group of a place and level has agreed on for one row. Nothing is written when nothing differs.

    In: ``form``, what the level is asked; ``seen`` of the rating that was shown, empty when there was none; ``note``
    None leaves the note as it is.
    Raises: NotAllowed; NotFound when the place has no such group; BadInput; WrongState before the campaign opens;
    RatedMeanwhile when another has written since ``seen``.
    """
    may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    group = _group(actor, place, form)
    stands = _standing(actor, group, row)
    answer, text = checked_rating(form, scale, row, answer, (stands.note if stands else "") if note is None else note)
    if (answer, text) == ((stands.answer, stands.note) if stands else ("", "")):
        return
    with change(actor, Event.SHARED_RATING_SET, about=str(group.key), place=place) as facts:
        AnsweringGroupRow.scoped.at(actor, group.organiser).select_for_update().get(key=group.key)
        stands = _standing(actor, group, row)
        if _seen(stands) != seen:
            raise RatedMeanwhile
        _save(stands, group, row, answer, text)
        facts.update(row=row, answer=answer)


def _group(actor: Viewer, place: str, form: Form) -> AnsweringGroupRow:
    """The group at this very place. Raises: NotFound; WrongState when the campaign has not opened."""
    rows = AnsweringGroupRow.scoped.at(actor, organiser_of(place)).select_related("campaign")
    rows = rows.filter(campaign=form.campaign.key, campaign__removed_at=None, place=place, level=form.level)
    group = rows.exclude(kind=GroupKind.POOLED).first()
    if group is None or Mode.SHARED not in group.campaign.modes:
        raise NotFound(NO_SUCH_PAGE)
    if datetime.now(UTC) < group.campaign.opens_at:
        raise WrongState("självvärderingen har inte öppnat än. Inget har sparats. Vänta tills den öppnar.")
    return group


def _standing(actor: Viewer, group: AnsweringGroupRow, row: str) -> SharedRating | None:
    return SharedRating.scoped.at(actor, group.organiser).filter(group=group.key, row=row).first()


def _seen(stands: SharedRating | None) -> str:
    return stands.changed_at.astimezone(UTC).isoformat() if stands else ""


def _save(stands: SharedRating | None, group: AnsweringGroupRow, row: str, answer: str, note: str) -> None:
    rating = stands or SharedRating(key=uuid4(), organiser=group.organiser, group=group, row=row)
    rating.answer, rating.note, rating.changed_at = answer, note, datetime.now(UTC)
    rating.save(force_insert=stands is None)
