"""Repeating a campaign: the same rows again, followed through the editions of the framework that came between."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from styrkedjan.core.assessments.campaigns import Campaign, factor_of
from styrkedjan.core.assessments.plans import every_row
from styrkedjan.core.catalogue import ChainLevel, Framework


@dataclass(frozen=True)
class EndedRow:
    """A row that the newest edition has no longer. ``note`` says why, when the catalogue does."""

    row: str
    name: str
    note: str


@dataclass(frozen=True)
class Carried:
    """The rows of a campaign in the newest edition: those that go on, those that ended, and those that are new.

    ``rows`` and ``new`` are ids of the newest edition. ``new`` are rows of the factors that were asked, and are not
    chosen: whoever repeats decides.
    """

    rows: tuple[str, ...]
    ended: tuple[EndedRow, ...]
    new: tuple[str, ...]


def carried(campaign: Campaign, frameworks: Sequence[Framework]) -> Carried:
    """Follow the rows of a campaign into the newest edition.

    In: ``frameworks``, from the campaign's own edition to the newest, each the one that follows; one when it is same.
    """
    going: dict[str, str | None] = {row: row for row in campaign.rows}
    notes: dict[str, str] = {}
    for framework in frameworks[1:]:
        for first, row in going.items():
            if row is not None:
                going[first], note = _next(row, framework)
                notes[first] = note or notes.get(first, "")
    rows = {row for row in going.values() if row is not None}
    known, oldest = every_row(frameworks[-1]), frameworks[0]
    ended = tuple(
        EndedRow(first, row_name(oldest, first), notes.get(first, ""))
        for first, row in going.items()
        if row not in rows
    )
    factors = {factor_of(row) for row in rows}
    before = set(every_row(oldest)) | _continued(frameworks)
    new = (row for row in known if row not in rows | before and factor_of(row) in factors)
    return Carried(tuple(row for row in known if row in rows), ended, tuple(new))


def _next(row: str, framework: Framework) -> tuple[str | None, str]:
    """What a row is called in the edition that follows, and the catalogue's note; None when it has ended.

    Its cells may go different ways: it goes on with the first that does.
    """
    told = [each for each in framework.continues if _row_of(each.earlier) == row]
    going = next((each for each in told if each.to and _row_of(each.to)), None)
    if going is not None:
        return _row_of(going.to), going.note
    renamed = next((each for each in framework.continues if each.earlier == factor_of(row) and each.to), None)
    if renamed is not None and not told:
        moved = f"{renamed.to}.{row.rpartition('.')[2]}"
        return (moved if moved in every_row(framework) else None), renamed.note
    stands = row in every_row(framework)
    ended = len(told) >= _cells_left(framework, row)
    return (row, "") if stands and not (told and ended) else (None, told[0].note if told else "")


def _cells_left(framework: Framework, row: str) -> int:
    factor = framework.factor_by_id.get(factor_of(row))
    number = row.rpartition(".")[2]
    return next((len(each.cells) for each in factor.rows if each.id == number), 1) if factor else 1


def _continued(frameworks: Sequence[Framework]) -> set[str]:
    """Rows of newer editions that continue something: they are not new."""
    return {_row_of(each.to) for framework in frameworks[1:] for each in framework.continues if each.to}


def _row_of(cell: str | None) -> str:
    """``professional_development.teaching.3`` is a cell of ``professional_development.3``; nothing for other ids."""
    parts = (cell or "").split(".")
    return f"{parts[0]}.{parts[2]}" if len(parts) == 3 and parts[1] in tuple(ChainLevel) else ""


def row_name(framework: Framework, row: str) -> str:
    """A row in words: its factor's name and its own."""
    factor = framework.factor_by_id.get(factor_of(row))
    if factor is None:
        return row
    name = next((each.name for each in factor.rows if each.id == row.rpartition(".")[2]), "")
    return f"{factor.name}: {name}" if name else factor.name


AUTUMN = 7


def usual_title(today: date) -> str:
    """What a self-assessment of this term is called."""
    term = "hösten" if today.month >= AUTUMN else "våren"
    return f"Självvärdering {term} {today.year}"
