"""Names and numbers that belong to nobody."""

import numpy as np


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LANDSCAPES = _words(
    """
    ALM BÄVER DIM EK EKORR FLOD HASSEL KLINT KRÅK LJUNG MOSS ORMBUNKS RÅDJURS SKOGS STAR SVALE TRANE TUV VIND VIOL
    """
)
LAND_FORMS = _words("BACKEN DALEN HOLMEN VALLEN STRANDEN HEDEN")
THINGS = _words(
    """
    BARKBÅTS DOMHERRE GRANRIS GRINDSTUGE GÄRDSMYGS HUMLE HÖSTLÖVS KANTARELL KOLMILE KVARTS LOCKTONS LÄRKSÅNGS
    MIDVINTER MOLNBANKS NORRSKENS NÄCKROS PÄRLEMOR RÖDHAKE SIDENSVANS SILVERTISTEL SMEDJE STENMURS TALLKOTTS
    TRANBÄRS VASSRUGGS VINDSPELS
    """
)
SPOTS = _words("BACKS BERGS BRINKS DALS FORS GÅRDS HAGS KULLS KÄRRS LUNDS SLÄTTS STIGS TORPS UDDS VIKS ÅS ÄNGS")
COMPANY_FORMS = (
    "{} FRISKOLA AB",
    "STIFTELSEN {} SKOLA",
    "FÖRÄLDRAKOOPERATIVET {} EKONOMISK FÖRENING",
    "{} MONTESSORI AB",
    "{} LÄRANDE AB (SVB)",
    "AB {} SKOLBOLAG",
)


def genitive(place: str) -> str:
    """The possessive form: BACKEN becomes BACKENS."""
    return place if place.endswith("S") else f"{place}S"


def land_names(rng: np.random.Generator) -> list[str]:
    """Every invented place, shuffled: the first name municipalities, the others companies."""
    return _shuffled(rng, [f"{land}{form}" for land in LANDSCAPES for form in LAND_FORMS])


def school_names(rng: np.random.Generator) -> list[str]:
    """Stems of school names, each to be followed by SKOLAN, shuffled."""
    return _shuffled(rng, [f"{thing}{spot}" for thing in THINGS for spot in SPOTS])


def organisation_number(prefix: str, serial: int) -> str:
    """Ten digits whose check digit is wrong, so that no organisation can have them.

    In: the first digits, and a serial number for the following ones up to the ninth.
    Source: the check digit of Swedish organisation numbers, modulus 10 (Luhn).
    """
    nine = f"{prefix}{serial:0{9 - len(prefix)}d}"
    doubled = [int(digit) * (2 - position % 2) for position, digit in enumerate(nine)]
    right = -sum(number // 10 + number % 10 for number in doubled) % 10
    return f"{nine}{(right + 5) % 10}"


def unit_codes(rng: np.random.Generator, count: int) -> list[str]:
    """Different eight-digit codes."""
    return [str(code) for code in rng.choice(90_000_000, size=count, replace=False) + 10_000_000]


def swedish_order(name: str) -> str:
    """A key that sorts Å, Ä and Ö last."""
    return name.translate(str.maketrans({"Å": "Z1", "Ä": "Z2", "Ö": "Z3"}))


def _shuffled(rng: np.random.Generator, names: list[str]) -> list[str]:
    return [names[index] for index in rng.permutation(len(names))]
