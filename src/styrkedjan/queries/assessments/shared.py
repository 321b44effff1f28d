"""Shared ratings (gemensamma skattningar): what the group of a place and level has agreed on, row by row."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from styrkedjan.core.access import Permission, Viewer
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.campaigns import (
    AnsweringGroup,
    Campaign,
    Form,
    GroupKind,
    Mode,
    Phase,
    Statement,
    form_for,
)
from styrkedjan.core.catalogue import ChainLevel, Scale
from styrkedjan.core.disclosure.answers import ReleasedAnswers, ReleasedCell
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import NotFound
from styrkedjan.queries.assessments.campaigns import campaign
from styrkedjan.queries.catalogue import framework_of
from styrkedjan.tables.assessments import AnsweringGroupRow, AnswerRelease, SharedRating

# What the statements that the campaign has of its own are called together.
OWN_STATEMENTS = "Egna påståenden"


@dataclass(frozen=True)
class Rating:
    """What a group has agreed on for one row. ``answer`` is empty when only the note has been written.

    ``seen`` is what a form sends back to say which rating it was filled from.
    """

    row: str
    answer: str
    note: str
    changed_at: datetime

    @property
    def seen(self) -> str:
        return self.changed_at.isoformat()


@dataclass(frozen=True)
class SharedRow:
    """One row of a shared rating: the statement, what stands, and the spread of the individual answers once counted."""

    number: int
    statement: Statement
    rating: Rating | None
    spread: ReleasedCell | None

    @property
    def answer(self) -> str:
        return self.rating.answer if self.rating else ""


@dataclass(frozen=True)
class SharedSheet:
    """Everything that a group rates together: what it is asked, the group, the scale and the rows in order."""

    form: Form
    group: AnsweringGroup
    scale: Scale
    rows: tuple[SharedRow, ...]
    phase: Phase
    has_spread: bool

    @property
    def campaign(self) -> Campaign:
        return self.form.campaign

    @property
    def rated_count(self) -> int:
        return sum(bool(row.answer) for row in self.rows)

    def row(self, row: str) -> SharedRow:
        """One row. Raises: NotFound."""
        for each in self.rows:
            if each.statement.row == row:
                return each
        raise NotFound(NO_SUCH_PAGE)


def shared_ratings(viewer: Viewer, place: str, key: UUID) -> dict[tuple[ChainLevel, str], Rating]:
    """The shared ratings of a place in a campaign, by level and row: one query beside those of the campaign.

    Raises: NotAllowed or NotFound, as ``campaign`` does.
    """
    campaign(viewer, place, key)
    return _ratings(viewer, place, key)


def _ratings(viewer: Viewer, place: str, key: UUID) -> dict[tuple[ChainLevel, str], Rating]:
    rows = SharedRating.scoped.at(viewer, organiser_of(place)).select_related("group")
    found = rows.filter(group__campaign=key, group__place=place)
    return {(ChainLevel(each.group.level), each.row): _rating(each) for each in found}


def _rating(row: SharedRating) -> Rating:
    return Rating(row.row, row.answer, row.note, row.changed_at.astimezone(UTC))


def shared_sheet(
    viewer: Viewer,
    place: str,
    key: UUID,
    level: ChainLevel,
    permission: Permission = Permission.READ_SELF_ASSESSMENTS,
) -> SharedSheet:
    """What the group of a place and level rates together.

    Raises: NotAllowed; NotFound when the campaign has no shared rating, or no such group at this very place.
    """
    found = campaign(viewer, place, key, permission)
    group = _group(viewer, place, key, level)
    if Mode.SHARED not in found.modes or group is None:
        raise NotFound(NO_SUCH_PAGE)
    framework = framework_of(found.edition)
    form = form_for(found, level, framework, OWN_STATEMENTS)
    phase = found.phase(datetime.now(UTC))
    released = released_of(viewer, found, place)
    return SharedSheet(
        form=form,
        group=group,
        scale=framework.self_assessment.scale,
        rows=_rows(form, _ratings(viewer, place, key), released),
        phase=phase,
        has_spread=released is not None and Mode.INDIVIDUAL in found.modes,
    )


def _rows(
    form: Form, ratings: dict[tuple[ChainLevel, str], Rating], released: ReleasedAnswers | None
) -> tuple[SharedRow, ...]:
    cells = released.cells if released else {}
    return tuple(
        SharedRow(number, each, ratings.get((form.level, each.row)), cells.get((form.level, each.row)))
        for number, each in enumerate(form.statements, 1)
    )


def _group(viewer: Viewer, place: str, key: UUID, level: ChainLevel) -> AnsweringGroup | None:
    rows = AnsweringGroupRow.scoped.at(viewer, organiser_of(place)).exclude(kind=GroupKind.POOLED)
    row = rows.filter(campaign=key, place=place, level=level).first()
    return None if row is None else replace(row.value, sheet_count=0)


def shared_levels(viewer: Viewer, place: str, key: UUID) -> tuple[ChainLevel, ...]:
    """The levels whose groups at this very place can rate together, in the chain's order; none without that mode."""
    found = campaign(viewer, place, key)
    if Mode.SHARED not in found.modes:
        return ()
    rows = AnsweringGroupRow.scoped.at(viewer, organiser_of(place)).exclude(kind=GroupKind.POOLED)
    levels = set(rows.filter(campaign=key, place=place).values_list("level", flat=True))
    return tuple(level for level in ChainLevel if level in levels)


def released_of(viewer: Viewer, found: Campaign, place: str) -> ReleasedAnswers | None:
    """What was released for a place of a campaign that the viewer has been let at; None before the count.

    In: ``place``, the campaign's organiser or the viewer's own place.
    """
    if found.counted_at is None:
        return None
    rows = AnswerRelease.scoped.at(viewer, found.organiser).filter(campaign=found.key, place=place)
    row = rows.order_by("-released_at").first()
    return ReleasedAnswers.from_json(row.contents) if row else None
