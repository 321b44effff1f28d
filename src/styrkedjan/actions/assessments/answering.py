"""Handing in a sheet, changing it and taking it back, without anybody being seen to.

Every step is one call of a function of the database, in a transaction of its own, and none of them leaves a row in the
trail. That a link has been used is written by a statement of its own, after the sheet: the two have nothing in common.
"""

import secrets
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection

from styrkedjan.actions._change import unseen
from styrkedjan.core.access import Permission, Viewer, may
from styrkedjan.core.assessments.open_forms import Closed, Full, LinkUsed, OpenForm
from styrkedjan.core.assessments.papers import Paper
from styrkedjan.core.assessments.sheets import (
    RECEIPT_LENGTH,
    RECEIPT_LETTERS,
    EmptySheet,
    Sheet,
    checked,
    receipt_code,
    written,
)
from styrkedjan.core.refused import BadInput, NotFound
from styrkedjan.core.sign_in import token_hash
from styrkedjan.protocols.sealing import seal_for
from styrkedjan.render.swedish import moment

SAVED, CHANGED, CLOSED, FULL, GONE = "saved", "changed", "closed", "full", "gone"


def new_receipt() -> str:
    """The code of a new receipt: 80 bits of chance."""
    return "".join(secrets.choice(RECEIPT_LETTERS) for _ in range(RECEIPT_LENGTH))


def hand_in(actor: Viewer, to: OpenForm, receipt: str, sheet: Sheet, *, finished: bool = True, link: str = "") -> None:
    """Put a sheet in the mailbox, or put it in the place of the one that the receipt is for.

    In: ``finished``, or it is a draft that is not counted; ``link``, the token of the link that was answered by.
    Raises: BadInput (also EmptySheet and TooLongComment), Closed, Full, or LinkUsed when somebody else has used the
    link: then nothing new is kept, and what was there is as it was.
    """
    may(actor, Permission.ANSWER).require()
    became = _put(to, receipt, sheet, finished)
    if link and finished and not _use_link(link) and became == SAVED:
        _take_back(receipt)
        raise LinkUsed


def hand_in_papers(actor: Viewer, place: str, to: OpenForm, papers: tuple[Paper, ...]) -> None:
    """Put what was answered on paper in the mailbox, in an order that is not the pile's.

    Raises: NotAllowed, and what ``hand_in`` raises; papers before the one that was refused are kept.
    """
    may(actor, Permission.RUN_SELF_ASSESSMENTS, place).require()
    for paper in secrets.SystemRandom().sample(papers, len(papers)):
        _put(to, paper.receipt or new_receipt(), paper.sheet, finished=True)


def take_back(actor: Viewer, receipt: str) -> None:
    """Take a sheet out of the mailbox. Raises: NotFound; Closed when it has been counted, or is about to be."""
    may(actor, Permission.ANSWER).require()
    became = _take_back(receipt)
    if became == CLOSED:
        raise Closed("Självvärderingen är stängd, så svaret går inte att ta tillbaka längre. Inget har ändrats.")
    if became != GONE:
        raise NotFound("Det finns inget svar med det kvittot. Kanske är det redan tillbakataget.")


def _put(to: OpenForm, receipt: str, sheet: Sheet, finished: bool) -> str:
    kept = checked(to.form, to.scale, sheet if to.takes_comments else Sheet(sheet.answers))
    if not (kept.answers or kept.comments):
        raise EmptySheet
    code = receipt_code(receipt)
    if not code:
        raise BadInput("Kvittot i formuläret är inte helt. Inget har skickats in. Ladda om sidan och skicka igen.")
    sealed = seal_for(to.public_key, written(kept))
    statement = "SELECT styrkedjan_hand_in(%s, %s, %s, %s)"
    became = _call(statement, UUID(to.group.key), token_hash(code), sealed, finished)
    return str(_accepted(to, became))


def _accepted(to: OpenForm, became: object) -> object:
    if became == CLOSED:
        raise Closed(_closed(to))
    if became == FULL:
        raise Full(
            f"Så många som skulle svara ({to.group.asked_count}) har redan lämnat in, så det finns ingen plats kvar. "
            "Be den som frågar att höja antalet, och skicka sedan igen."
        )
    if became not in (SAVED, CHANGED):
        raise BadInput(
            "Svaret hör inte till den här självvärderingen. Inget har skickats in. Börja om från koden eller länken."
        )
    return became


def _closed(to: OpenForm) -> str:
    if datetime.now(UTC) < to.campaign.opens_at:
        return f"Självvärderingen öppnar {moment(to.campaign.opens_at)} och tar inte emot svar än."
    return f"Självvärderingen stängde {moment(to.campaign.closes_at)} och tar inte emot fler svar."


def _use_link(token: str) -> bool:
    return bool(_call("SELECT styrkedjan_use_link(%s)", token))


def _take_back(receipt: str) -> object:
    return _call("SELECT styrkedjan_take_back(%s)", token_hash(receipt_code(receipt)))


def _call(statement: str, *values: object) -> object:
    with unseen(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return row[0] if row else None
