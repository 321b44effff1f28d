"""The words of Underlag för analys: how places and measures are printed, the same in workbook and answer.

``RIKET: TOTALT``, ``<HUVUDMAN> (<orgnr>): HUVUDMAN`` or ``<HUVUDMAN> (<orgnr>): <SKOLENHET> (<kod>)``.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from styrkedjan.core.catalogue import StatisticsSource
from styrkedjan.core.places import NATION, organiser_of, unit_code_of
from styrkedjan.core.refused import BrokenData, Spot
from styrkedjan.core.statistics import SchoolYear

NATION_LABEL = "RIKET: TOTALT"
ORGANISER_WORD = "HUVUDMAN"
SHOWN_LABELS = 5

# The first number in brackets followed by a colon ends the organiser: names hold brackets and colons themselves,
# as in "GRANLUNDA I NORR AB (SVB) (5569970100): ..." and "GRÖNA 12:AN EKONOMISK FÖRENING (5569970200): ...".
PLACE_LABEL = re.compile(r"(?P<organiser>.+?) \((?P<number>[0-9]{10})\): (?P<rest>.+)")
UNIT_LABEL = re.compile(r"(?P<unit>.+) \((?P<code>[0-9]{8})\)")
BRACKETED_CODE = re.compile(r"[(\[](?:[0-9]{10}-)?(?:[0-9]{8}|[0-9]{10})[)\]]")
KEPT = "Inget har ändrats. Hämta tabellen igen; är felet kvar behöver källan rätta det."


@dataclass(frozen=True)
class PlaceLabel:
    """What a printed place label says. Both names are empty for riket, ``unit_label`` also for an organiser."""

    place: str
    organiser_label: str
    unit_label: str


def normalise(text: str) -> str:
    """The text with every run of white space as one space, none at the ends, and letters composed (NFC)."""
    return unicodedata.normalize("NFC", " ".join(str(text).split()))


def parse_place_label(text: str) -> PlaceLabel | None:
    """Read a place label of the workbook or the answer, whatever its case.

    Out: the place key and the printed names (white space normalised); None when the text follows no known form.
    """
    label = normalise(text)
    if label.upper() == NATION_LABEL:
        return PlaceLabel(NATION, "", "")
    if not (match := PLACE_LABEL.fullmatch(label)):
        return None
    organiser, number, rest = match["organiser"], match["number"], match["rest"]
    if rest.upper() == ORGANISER_WORD:
        return PlaceLabel(number, organiser, "")
    if unit := UNIT_LABEL.fullmatch(rest):
        return PlaceLabel(f"{number}-{unit['code']}", organiser, unit["unit"])
    return None


def label_of_place(place: str, text: str, organiser_names: Mapping[str, str], spot: Spot) -> PlaceLabel:
    """The names of a place whose key is known, from a label in the known form or one without the codes in brackets.

    In: the place key, its printed label, and the organisers' names by key (for labels that repeat them).
    Raises: BrokenData when the label names another place than the key, or is nothing but the key.
    """
    if parsed := parse_place_label(text):
        if parsed.place != place:
            raise BrokenData(f"koden {place} och rubriken ”{normalise(text)}” pekar på olika platser. {KEPT}", spot)
        return parsed
    if place == NATION:
        return PlaceLabel(NATION, "", "")
    number, code = organiser_of(place), unit_code_of(place)
    bare = normalise(re.sub(rf"[(\[](?:{place}|{number}|{code or number})[)\]]", "", normalise(text)))
    bare = bare.replace(" :", ":")
    if bare in ("", place) or BRACKETED_CODE.search(bare):
        raise BrokenData(f"rubriken ”{normalise(text)}” är inget namn på platsen {place}. {KEPT}", spot)
    if not code:
        return PlaceLabel(place, re.sub(rf":\s*{ORGANISER_WORD}$", "", bare, flags=re.IGNORECASE), "")
    organiser = organiser_names.get(number, "")
    if organiser and bare.upper().startswith(f"{organiser.upper()}: "):
        return PlaceLabel(place, organiser, bare[len(organiser) + 2 :])
    head, colon, rest = bare.partition(": ")
    return PlaceLabel(place, head, rest) if colon and not organiser else PlaceLabel(place, organiser, bare)


def match_measures(
    labels: Sequence[str],
    source: StatisticsSource,
    years: Iterable[SchoolYear],
    spot: Spot | Callable[[int], Spot],
) -> dict[str, str]:
    """Match printed measure labels with the catalogue's measures, on text alone: codes and positions move.

    In: the labels in printed order, the school years that the source covers, and where they stand: one spot, or a
    function from the position of a label to its spot.
    Out: measure id by label as printed.
    Raises: BrokenData for labels that no measure has, two labels of one measure, and measures without a label
    that a covered school year must have.
    """
    spot_of = spot if callable(spot) else lambda _position: spot
    known = {normalise(label): measure for label, measure in source.labels.items()}
    _refuse_unknown(labels, source, known, spot_of)
    matched: dict[str, str] = {}
    position_of: dict[str, int] = {}
    for position, label in enumerate(labels):
        measure = known[normalise(label)]
        if measure in position_of:
            raise BrokenData(
                f"måttet {measure} finns två gånger: ”{labels[position_of[measure]]}” och ”{label}”. Inget har "
                "ändrats. Avgör vilken rubrik som gäller i catalogue/sources.yaml, eller hämta en rättad fil.",
                spot_of(position),
            )
        position_of[measure] = position
        matched[label] = measure
    _refuse_vanished(set(position_of), source, years, known, spot_of(0))
    return matched


def _refuse_unknown(
    labels: Sequence[str], source: StatisticsSource, known: dict[str, str], spot_of: Callable[[int], Spot]
) -> None:
    unknown = [position for position, label in enumerate(labels) if normalise(label) not in known]
    if not unknown:
        return
    lines = [_described(labels[position], known) for position in unknown[:SHOWN_LABELS]]
    more = f" och {len(unknown) - SHOWN_LABELS} till" if len(unknown) > SHOWN_LABELS else ""
    what = "okänt mått" if len(unknown) == 1 else f"{len(unknown)} okända mått"
    raise BrokenData(
        f"{what}: {'; '.join(lines)}{more}. Inget har ändrats. Är måttet nytt eller har det bytt namn? Lägg då in "
        f"rubriken under {source.id} i catalogue/sources.yaml.",
        spot_of(unknown[0]),
    )


def _described(label: str, known: dict[str, str]) -> str:
    close = process.extract(normalise(label), list(known), scorer=fuzz.WRatio, limit=2, score_cutoff=70)
    if not close:
        return f"”{label}” (liknar inget känt mått)"
    return f"”{label}” (liknar " + " eller ".join(f"”{text}”" for text, _score, _index in close) + ")"


def _refuse_vanished(
    found: set[str], source: StatisticsSource, years: Iterable[SchoolYear], known: dict[str, str], spot: Spot
) -> None:
    for year in sorted(set(years)):
        vanished = source.expected_measures(year) - found
        if not vanished:
            continue
        texts = [f"”{label}” ({measure})" for label, measure in known.items() if measure in vanished]
        more = f" och {len(texts) - SHOWN_LABELS} till" if len(texts) > SHOWN_LABELS else ""
        raise BrokenData(
            f"mått saknas för läsåret {year}: {'; '.join(texts[:SHOWN_LABELS])}{more}. Inget har ändrats. Har måttet "
            f"bytt namn? Lägg då in den nya rubriken under {source.id} i catalogue/sources.yaml. Har det utgått? "
            "Skriv in läsåret under absent för måttet.",
            spot,
        )
