"""How working material is shown: its texts and figures, what has changed in them, and who can see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from styrkedjan.core.access import Agency
from styrkedjan.core.sharing import KINDS, Figure, PaperKind, Piece, audience, differences
from styrkedjan.core.sharing.kinds import figures_of, results_of
from styrkedjan.pages.layout.environment import words
from styrkedjan.render.chosen_results import PrintedResults, printed_results
from styrkedjan.render.swedish import capitalise, join_words

# Read aloud before and after a changed passage, since screen readers pass over the elements themselves.
REMOVED = Markup(
    '<del><span class="visually-hidden">[borttaget:] </span>{}<span class="visually-hidden"> [slut]</span></del>'
)
ADDED = Markup(
    '<ins><span class="visually-hidden">[tillagt:] </span>{}<span class="visually-hidden"> [slut]</span></ins>'
)
CONTEXT = 240  # characters of unchanged text that stay on each side of a change


@dataclass(frozen=True)
class ShownPart:
    """One part of a paper with its heading: a text, or a text with its changes marked."""

    heading: str
    text: str | Markup


@dataclass(frozen=True)
class ShownContents:
    """What stands in a paper: the answers of an analysis, figures, or results of a self-assessment."""

    parts: tuple[ShownPart, ...]
    figures: tuple[Figure, ...]
    results: PrintedResults | None = None


def shown(kind: PaperKind, contents: Mapping[str, object]) -> ShownContents:
    """The contents of a paper for a page."""
    if kind is PaperKind.OWN_FIGURES:
        return ShownContents((), figures_of(contents))
    if kind is PaperKind.SELF_ASSESSMENT:
        return ShownContents((), (), printed_results(results_of(contents), words()))
    return ShownContents(tuple(_parts(KINDS[kind].parts(contents))), ())


def _parts(texts: Mapping[str, str | Markup]) -> Iterable[ShownPart]:
    return (ShownPart(words()(f"paper_part.{key}"), text) for key, text in texts.items())


def compared(
    kind: PaperKind, before: tuple[str, Mapping[str, object]], after: tuple[str, Mapping[str, object]]
) -> tuple[ShownPart, ...]:
    """What differs between two versions, each given as its title and its contents."""
    old, new = ({"title": title, **KINDS[kind].parts(contents)} for title, contents in (before, after))
    return tuple(_parts({key: _marked(found) for key, found in differences(old, new).items()}))


def _marked(found: tuple[Piece, ...]) -> Markup:
    marks = {"removed": REMOVED, "added": ADDED, "same": Markup("{}")}
    last = len(found) - 1
    texts = (
        _shortened(piece.text, index > 0, index < last) if piece.change == "same" else piece.text
        for index, piece in enumerate(found)
    )
    return Markup("").join(marks[piece.change].format(text) for piece, text in zip(found, texts, strict=True))


def _shortened(text: str, after_a_change: bool, before_a_change: bool) -> str:
    """Unchanged text far from every change is left out, with a sign where."""
    start = text[:CONTEXT] if after_a_change else ""
    end = text[-CONTEXT:] if before_a_change else ""
    return text if len(text) <= len(start) + len(end) + CONTEXT else f"{start} … {end}"


def kind_name(kind: PaperKind) -> str:
    """The kind in words, to begin a line with."""
    return capitalise(words()(f"paper_kind.{kind}"))


def receivers(agencies: Iterable[Agency]) -> str:
    """Those who receive at these agencies: dialogledarna på Skolverket och dialogledarna på SPSM."""
    return join_words([words()(f"receiver.{agency}") for agency in agencies])


def visible_to(place: str, agencies: Iterable[Agency] = ()) -> str:
    """Who can see what stands at a place, in a sentence or two."""
    who = audience(place, agencies)
    own = words()("audience.unit" if who.at_unit else "audience.organiser")
    if not who.agencies:
        return f"{own} {words()('audience.no_agency')}"
    return f"{own} {capitalise(words()('audience.agencies', receivers=receivers(who.agencies)))}"


def visible_in_list(place: str) -> str:
    """Who can see a list of what stands at a place, some of which may have been shared."""
    who = audience(place)
    own = [words()("audience.unit")] if who.at_unit else [words()("audience.organiser"), words()("audience.with_units")]
    return " ".join([*own, words()("audience.only_shared")])
