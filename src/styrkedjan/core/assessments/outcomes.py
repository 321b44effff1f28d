"""What came of a campaign (du sa, vi gjorde): what was heard and what was decided, factor by factor or of the whole."""

from collections.abc import Iterable
from dataclasses import dataclass

from styrkedjan.core.assessments.campaigns import OWN, Campaign, factor_of
from styrkedjan.core.catalogue import Framework
from styrkedjan.core.refused import BadInput
from styrkedjan.core.sharing.texts import clean

LONGEST_TEXT = 5_000
WHOLE = ""  # the "factor" of what is said of the whole


@dataclass(frozen=True)
class OutcomeText:
    """What was heard and what was decided. ``factor`` is a factor's id, ``own``, or empty for the whole."""

    factor: str
    heard: str
    decided: str


def checked_outcomes(texts: Iterable[OutcomeText], factors: Iterable[str]) -> tuple[OutcomeText, ...]:
    """The texts as they may be published, without those that are empty.

    In: ``factors`` that the campaign asks about. Raises: BadInput when there is none, when one of the pair is missing,
    or when a text is too long.
    """
    known = {WHOLE, *factors}
    tidy = (OutcomeText(each.factor, clean(each.heard), clean(each.decided)) for each in texts)
    kept = tuple(each for each in tidy if each.heard or each.decided)
    if not kept:
        raise BadInput("Skriv vad ni hörde och vad ni beslutade, minst en gång. Inget har publicerats.")
    for each in kept:
        _require_whole(each, known)
    return kept


def _require_whole(each: OutcomeText, known: set[str]) -> None:
    if each.factor not in known:
        raise BadInput("En av texterna hör inte till den här självvärderingen. Inget har publicerats.")
    if not each.heard or not each.decided:
        missing = "vad ni hörde" if not each.heard else "vad ni beslutade, eller varför ni inte gör något nu"
        raise BadInput(f"Skriv också {missing}. Inget har publicerats än.")
    longest = max(len(each.heard), len(each.decided))
    if longest > LONGEST_TEXT:
        raise BadInput(
            f"En text är {longest} tecken och får vara högst {LONGEST_TEXT}. Inget har publicerats. Korta den."
        )


def factors_asked(rows: Iterable[str], own_statements: Iterable[object]) -> tuple[str, ...]:
    """The factors that a campaign asks about, in its order, and ``own`` last when it has statements of its own."""
    return (*dict.fromkeys(factor_of(row) for row in rows), *([OWN] if list(own_statements) else []))


def factor_names(campaign: Campaign, framework: Framework, own_name: str) -> tuple[tuple[str, str], ...]:
    """The id and name of each factor that a campaign asks about, in its order."""
    known = framework.factor_by_id
    asked = factors_asked(campaign.rows, campaign.own_statements)
    return tuple((each, own_name if each == OWN else known[each].name) for each in asked)
