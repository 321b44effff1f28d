"""Counting: a campaign's mailbox is emptied once, in one transaction, into sums, loose comments and a release.

Everything that was one person's is gone when the transaction ends: her sheet, the key that could open it, and that
she was asked. If anything fails before that, all of it is still there.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection

from styrkedjan.actions._change import change
from styrkedjan.core.access import Event, Permission, Viewer, may
from styrkedjan.core.access.viewer import NO_SUCH_PAGE
from styrkedjan.core.assessments.campaigns import GroupKind, GroupState
from styrkedjan.core.assessments.counting import Counted, CountedGroup, counted
from styrkedjan.core.assessments.sheets import Sheet, read
from styrkedjan.core.catalogue import AnswerRules, Catalogue, Scale
from styrkedjan.core.disclosure.answers import release_answers
from styrkedjan.core.places import organiser_of
from styrkedjan.core.refused import DamagedData, NotFound, WrongState
from styrkedjan.data.catalogue import load_catalogue
from styrkedjan.protocols.sealing import key_for, open_sealed, unseal
from styrkedjan.tables.assessments import (
    AnswerComment,
    AnsweringGroupRow,
    AnswerRelease,
    CampaignRow,
    CountedReceipt,
    Tally,
)

COUNTED_BEFORE = "svaren i den här självvärderingen är redan räknade. Inget har ändrats."
NOT_YET = (
    "självvärderingen tar fortfarande emot svar, så inget har räknats. Svaren räknas en kvart efter att den har "
    "stängt, eller genast när den har stängt och alla har svarat."
)
NOT_A_SHEET = (
    "Ett förseglat svar har ett innehåll som inte hör till den här självvärderingen. Inget har räknats och alla svar "
    "ligger kvar. Den driftansvariga behöver jämföra databasen med en säkerhetskopia."
)
# The owner may take any tenant's sheets; the site those of a tenant of whoever has entered.
EMPTY_AS_OWNER = "SELECT group_key::text, receipt, content FROM styrkedjan_take_sheets(%s)"
EMPTY = "SELECT group_key::text, receipt, content FROM styrkedjan_empty_mailbox(%s)"


Receipts = tuple[tuple[str, str], ...]  # the hash of each, and its group's key


@dataclass(frozen=True)
class _Mailbox:
    """What was in the mailbox: receipts' hashes and the sealed sheets, each with its group's key.

    The two have orders of their own: which receipt was for which sheet is not kept.
    """

    receipts: Receipts
    sealed: tuple[tuple[str, str], ...]


def count(actor: Viewer, place: str, key: UUID) -> None:
    """Count the answers of a campaign of this place that has closed, once and for all.

    Raises: NotAllowed or NotFound; WrongState while it takes answers or when it has been counted; DamagedData when a
    sheet cannot be opened, and then nothing has been counted and nothing is lost.
    """
    if not _at_the_machine(actor):
        may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    with change(actor, Event.ANSWERS_COUNTED, about=str(key), place=place) as facts:
        mailbox = _emptied(actor, key)
        row = _campaigns(actor, place).filter(key=key, place=place, removed_at=None).select_for_update().first()
        if row is None:
            raise NotFound(NO_SUCH_PAGE)
        if mailbox is None:
            raise WrongState(COUNTED_BEFORE if row.counted_at else NOT_YET)
        known = catalogue_of(row.edition)
        scale, rules = known.framework.self_assessment.scale, known.disclosure.answers
        groups = [replace(each.value, sheet_count=0) for each in _groups(actor, row)]
        found = counted(groups, _opened(row, mailbox, scale), rules)
        keep(row, found, mailbox.receipts, scale, rules)
        facts.update(found.totals)


def keep(row: CampaignRow, found: Counted, receipts: Receipts, scale: Scale, rules: AnswerRules) -> None:
    """Write what has been counted, release it, and forget how to open a sheet. Within a change.

    In: ``row`` of the campaign, with its groups in the database; ``receipts``, sorted. One statement per table.
    Raises: RuntimeError outside a change; ReleaseRefused when hidden answers could be computed.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("what has been counted is kept inside `with change(...)`")
    keyed = [replace(group, key=group.key or str(uuid4())) for group in found.groups]
    lost = {group.key for group in keyed if group.state is GroupState.TOO_FEW}
    _keep_groups(row, keyed)
    Tally._base_manager.bulk_create(_tallies(row, keyed))
    AnswerComment._base_manager.bulk_create(_comments(row, keyed))
    CountedReceipt._base_manager.bulk_create(
        [
            CountedReceipt(receipt_hash=receipt, organiser=row.organiser, campaign=row, kept=group not in lost)
            for receipt, group in receipts
        ]
    )
    row.counted_at = datetime.now(UTC)
    AnswerRelease._base_manager.bulk_create(_releases(row, found, scale, rules))
    row.sealed_key, row.remind_asked_at = "", None
    row.save(update_fields=["counted_at", "sealed_key", "remind_asked_at"])


@lru_cache(maxsize=8)
def catalogue_of(edition: str) -> Catalogue:
    """The catalogue with the framework edition that a campaign is pinned to."""
    return load_catalogue(settings.CATALOGUE, edition)


def _at_the_machine(actor: Viewer) -> bool:
    """Whether this is the operator's own command, which works as the database's owner, and not somebody signed in."""
    return not actor.is_signed_in and may(actor, Permission.RUN_THE_HOUSE).allowed


def _campaigns(actor: Viewer, place: str):  # noqa: ANN202  (a query set of campaigns)
    if _at_the_machine(actor):
        return CampaignRow.scoped.for_operator(actor)
    return CampaignRow.scoped.at(actor, organiser_of(place))


def _groups(actor: Viewer, row: CampaignRow) -> list[AnsweringGroupRow]:
    rows = AnsweringGroupRow.scoped
    mine = rows.for_operator(actor) if _at_the_machine(actor) else rows.at(actor, row.organiser)
    return list(mine.filter(campaign=row).order_by("place", "level"))


def _emptied(actor: Viewer, key: UUID) -> _Mailbox | None:
    """Everything that was handed in, taken out of the database; None when it is not the time for that."""
    with connection.cursor() as cursor:
        cursor.execute(EMPTY_AS_OWNER if _at_the_machine(actor) else EMPTY, [key])
        rows = cursor.fetchall()
    if not rows:
        return None
    sheets = [row for row in rows if row[0] is not None]
    return _Mailbox(
        tuple(sorted((receipt, group) for group, receipt, _ in sheets)),
        tuple(sorted((group, sealed) for group, _, sealed in sheets)),
    )


def _opened(row: CampaignRow, mailbox: _Mailbox, scale: Scale) -> dict[str, list[Sheet]]:
    """The sheets by group. They are opened in memory and never written anywhere."""
    private = unseal(key_for("answers", settings.SECRET_KEY), row.sealed_key) if mailbox.sealed else ""
    asked = {*row.rows, *(own["id"] for own in row.own_statements)}
    sheets: dict[str, list[Sheet]] = {}
    for group, sealed in mailbox.sealed:
        sheets.setdefault(group, []).append(_sheet(open_sealed(private, sealed), asked, scale))
    return sheets


def _sheet(text: str, asked: set[str], scale: Scale) -> Sheet:
    try:
        sheet = read(text)
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise DamagedData(NOT_A_SHEET) from error
    known = asked.issuperset({*sheet.answers, *sheet.comments}) and scale.answer_by_id.keys() >= {
        *sheet.answers.values()
    }
    if not known:
        raise DamagedData(NOT_A_SHEET)
    return sheet


def _keep_groups(row: CampaignRow, groups: Sequence[CountedGroup]) -> None:
    rows = [(group, _group_row(row, group)) for group in groups]
    AnsweringGroupRow._base_manager.bulk_create([made for group, made in rows if group.kind is GroupKind.POOLED])
    known = [made for group, made in rows if group.kind is not GroupKind.POOLED]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE answering_group g SET state = n.state, sheet_count = n.sheets "
            "FROM unnest(%s::uuid[], %s::text[], %s::int[]) AS n (key, state, sheets) WHERE g.key = n.key",
            [[made.key for made in known], [made.state for made in known], [made.sheet_count for made in known]],
        )


def _group_row(row: CampaignRow, group: CountedGroup) -> AnsweringGroupRow:
    return AnsweringGroupRow(
        key=UUID(group.key),
        organiser=row.organiser,
        campaign=row,
        place=group.place,
        level=group.level,
        kind=group.kind,
        asked_count=group.asked_count,
        code=None,
        rolls_up=group.rolls_up,
        state=group.state,
        sheet_count=group.sheet_count,
    )


def _tallies(row: CampaignRow, groups: Sequence[CountedGroup]) -> list[Tally]:
    return [
        Tally(key=uuid4(), organiser=row.organiser, group_id=UUID(group.key), row=question, answer=answer, count=sheets)
        for group in groups
        for (question, answer), sheets in sorted(group.tally.items())
    ]


def _comments(row: CampaignRow, groups: Sequence[CountedGroup]) -> list[AnswerComment]:
    """The comments under keys of chance and in the order of the keys, so that the order says nothing."""
    made = [
        AnswerComment(key=uuid4(), organiser=row.organiser, group_id=UUID(group.key), row=question, text=text)
        for group in groups
        for question, text in group.comments
    ]
    return sorted(made, key=lambda each: each.key)


def _releases(row: CampaignRow, found: Counted, scale: Scale, rules: AnswerRules) -> list[AnswerRelease]:
    began = time.perf_counter()
    release = release_answers(found.raw(), row.organiser, rules, scale)
    report = replace(release.report, seconds=time.perf_counter() - began)
    return [
        AnswerRelease(
            key=uuid4(),
            organiser=row.organiser,
            campaign=row,
            place=place,
            released_at=row.counted_at,
            contents=contents.to_json(),
            report=report.to_json() if place == row.place else {},
        )
        for place, contents in sorted(release.places.items())
    ]
