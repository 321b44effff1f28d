"""Places: riket, organisers (huvudmän) and school units (skolenheter), their keys and readable names."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

NATION = "00"
PLACE_KEY = re.compile(r"00|\d{10}(?:-\d{8})?")


class OrganiserType(StrEnum):
    """Kind of organiser, read from the first digits of the organisation number."""

    MUNICIPALITY = "municipality"
    REGION = "region"
    STATE = "state"
    INDEPENDENT = "independent"


# Public bodies have numbers of their own series: 212000 kommuner, 222000 kommunalförbund, 232100 regioner,
# 202100 statliga myndigheter. Source: Skatteverket, SKV 709 (organisationsnummer).
ORGANISER_TYPE_BY_PREFIX: dict[str, OrganiserType] = {
    "212000": OrganiserType.MUNICIPALITY,
    "222000": OrganiserType.MUNICIPALITY,
    "232100": OrganiserType.REGION,
    "202100": OrganiserType.STATE,
}


def organiser_type(organisation_number: str) -> OrganiserType:
    """The kind of organiser that this ten-digit number belongs to."""
    return ORGANISER_TYPE_BY_PREFIX.get(organisation_number[:6], OrganiserType.INDEPENDENT)


def organiser_of(place: str) -> str:
    """The organisation number in a place key; empty for riket."""
    return "" if place == NATION else place[:10]


def unit_code_of(place: str) -> str:
    """The school unit code (skolenhetskod) in a place key; empty for riket and organisers."""
    return place[11:]


# The Swedish alphabet ends in å ä ö; these three signs follow z in byte order, which is how the tables sort the key.
SORT_LETTERS = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y"})

NOT_SEARCHED = re.compile(r"[^0-9a-z]+")
PLAIN_LETTERS = str.maketrans("åäöéèü", "aaoeeu")


def sort_key(name: str) -> str:
    """A key that sorts names as a Swedish reader expects: å ä ö last, other accents as the letter without."""
    letters = unicodedata.normalize("NFC", name.casefold()).translate(SORT_LETTERS)
    return " ".join(_without_accents(letters).split())


def search_key(text: str) -> str:
    """A key to search by: no case, no diacritics, only letters and digits with single spaces between."""
    return NOT_SEARCHED.sub(" ", _without_accents(text.casefold())).strip()


def _without_accents(text: str) -> str:
    text = text.translate(PLAIN_LETTERS)
    if text.isascii():  # nearly every Swedish name, and five times faster
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


@dataclass(frozen=True)
class Organiser:
    """An organiser (huvudman). ``key`` is the ten-digit organisation number."""

    key: str
    name: str
    type: OrganiserType


@dataclass(frozen=True)
class SchoolUnit:
    """A school unit (skolenhet) under one organiser.

    ``also_under`` names the other organisers that the same code stands under in the source (bytt huvudman).
    """

    key: str
    code: str
    name: str
    organiser: Organiser
    also_under: tuple[Organiser, ...] = ()


Place = Organiser | SchoolUnit
