"""Invented people of the demo: one for each role, at a large and at a small organiser and at the agencies."""

from collections.abc import Iterator
from dataclasses import dataclass

from styrkedjan.core.access import Agency, Grant, Role
from styrkedjan.core.places import NATION


@dataclass(frozen=True)
class InventedPerson:
    """Someone who exists nowhere, with roles at places. The e-mail's domain is one that no letter can reach."""

    name: str
    grants: tuple[Grant, ...]

    @property
    def email(self) -> str:
        plain = self.name.casefold().translate(str.maketrans("åäöé ", "aaoe."))
        return f"{plain}@demo.invalid"


def invented_people(large: str, large_unit: str, small: str, small_unit: str) -> Iterator[InventedPerson]:
    """The people of the demo.

    In: the keys of an organiser with many units and one of its units, and of an organiser with one unit and that unit.
    """

    def person(name: str, *roles: tuple[Role, str]) -> InventedPerson:
        return InventedPerson(name, tuple(Grant(role, place) for role, place in roles))

    yield person("Karin Ekdal", (Role.QUALITY_LEAD, large))
    yield person("Lars Holmqvist", (Role.SUPERINTENDENT, large))
    yield person("Maria Åberg", (Role.BOARD_MEMBER, large))
    yield person("Jonas Sandell", (Role.PRINCIPAL, large_unit))
    yield person("Sara Lindh", (Role.STAFF_MEMBER, large_unit))
    yield person("Eva Rask", (Role.QUALITY_LEAD, small), (Role.PRINCIPAL, small_unit), (Role.BOARD_MEMBER, large))
    yield person("Anna Dahlbom", (Role.DIALOGUE_LEAD, Agency.SKOLVERKET))
    yield person("Per Nyström", (Role.DIALOGUE_LEAD, Agency.SPSM))
    yield person("Mikael Törn", (Role.ANALYST, Agency.SKOLVERKET))
    yield person("Linnea Fors", (Role.CATALOGUE_EDITOR, Agency.SKOLVERKET))
    yield person("Olle Drift", (Role.OPERATOR, NATION))


# The own analysis and the own figures that the demo's large organiser has begun.
ANALYSIS = {
    "works_well": "Samarbetet mellan rektorerna har kommit igång. Alla enheter har gått igenom sina resultat två "
    "gånger under läsåret, och lärarna beskriver att de får stöd i arbetet.",
    "challenges": "Skillnaderna mellan enheterna är stora. Vi ser det i tryggheten och i resultaten i årskurs 6.",
    "causes": "Personalen har bytts ut mer på några enheter. Vi tror att det är en orsak, men har inte undersökt den.",
    "look_into": "Vad utmärker de enheter där tryggheten har ökat? Vi vill följa två av dem närmare.",
}
FIGURES = (
    ("Andel lärare som har arbetat mer än tre år på enheten", "2024/25", "61,5", "procent", "egna personalregistret"),
    ("Antal elever i kö till fritidshem", "2024/25", "12", "elever", "egen sammanställning i oktober"),
)
