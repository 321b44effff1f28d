"""The kinds of working material (arbetsmaterial): one table says what each may hold. A new kind is a new row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from styrkedjan.core.assessments.chosen import ChosenResults
from styrkedjan.core.refused import BadInput, WrongState
from styrkedjan.core.sharing.figures import Figure, figures_in
from styrkedjan.core.sharing.texts import long_text


class PaperKind(StrEnum):
    """A kind of working paper (arbetsmaterial). Its name stands under ``paper_kind.`` in the words files."""

    OWN_ANALYSIS = "own_analysis"
    OWN_FIGURES = "own_figures"
    SELF_ASSESSMENT = "self_assessment"


# The questions of an own analysis, in the order they are asked. Source: the questions of egen reflektion in the
# agency's workshop script; the causes because 4 kap. 3 § skollagen asks for an analysis of causes.
PARTS = ("works_well", "challenges", "causes", "look_into")

Contents = Mapping[str, object]


@dataclass(frozen=True)
class KindRule:
    """What holds for one kind of paper.

    ``checked`` gives contents as they are kept (raises BadInput); ``parts`` gives the texts that a reader compares,
    by part; ``is_empty`` says whether there is anything to share. What is not ``written`` by people is a copy of what
    the house holds: nobody begins it in a form, changes it or copies it to another place.
    """

    checked: Callable[[Contents], dict]
    parts: Callable[[Contents], dict[str, str]]
    is_empty: Callable[[Contents], bool]
    written: bool = True


def require_written(kind: PaperKind) -> None:
    """Raises: WrongState for a kind that nobody writes in."""
    if not KINDS[kind].written:
        raise WrongState(
            "resultaten är en kopia av det som räknades fram och går inte att ändra eller flytta. Inget har sparats. "
            "Välj andra resultat i självvärderingen och gör ett nytt material."
        )


class SavedMeanwhile(WrongState):
    """Somebody else has saved the paper since it was opened; nothing is overwritten. ``number`` is what stands now."""

    def __init__(self, number: int) -> None:
        super().__init__(
            "någon annan har sparat en nyare version sedan du öppnade sidan. Det du skrev är inte sparat än."
        )
        self.number = number


def _analysis_checked(contents: Contents) -> dict:
    return {part: long_text(str(contents.get(part) or ""), "Ett av svaren") for part in PARTS}


def _analysis_parts(contents: Contents) -> dict[str, str]:
    return {part: str(contents.get(part, "")) for part in PARTS}


def _figures_checked(contents: Contents) -> dict:
    rows = contents.get("rows")
    table = figures_in(enumerate(rows if isinstance(rows, list | tuple) else (), 1))
    if table.problems:
        raise BadInput(f"{' '.join(map(str, table.problems[:5]))} Inget har sparats.")
    return {"rows": [figure.to_json() for figure in table.figures]}


def figures_of(contents: Contents) -> tuple[Figure, ...]:
    """The figures in the contents of a paper of own figures."""
    rows = contents["rows"]
    return tuple(Figure.from_json(row) for row in rows) if isinstance(rows, list | tuple) else ()


def _figures_parts(contents: Contents) -> dict[str, str]:
    return {"rows": "\n".join(figure.line for figure in figures_of(contents))}


def results_of(contents: Contents) -> ChosenResults:
    """The results in the contents of a paper of results of a self-assessment. Raises: BadInput."""
    try:
        return ChosenResults.from_json(contents)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput("Innehållet är inte resultat av en självvärdering. Inget har sparats.") from error


def _results_parts(contents: Contents) -> dict[str, str]:
    return {"results": "\n".join(line for factor in results_of(contents).factors for line in factor.lines)}


KINDS: dict[PaperKind, KindRule] = {
    PaperKind.OWN_ANALYSIS: KindRule(
        _analysis_checked, _analysis_parts, is_empty=lambda contents: not any(contents.values())
    ),
    PaperKind.OWN_FIGURES: KindRule(
        _figures_checked, _figures_parts, is_empty=lambda contents: not contents.get("rows")
    ),
    PaperKind.SELF_ASSESSMENT: KindRule(
        checked=lambda contents: results_of(contents).to_json(),
        parts=_results_parts,
        is_empty=lambda contents: not contents.get("factors"),
        written=False,
    ),
}
