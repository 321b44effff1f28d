"""What must hold before the site starts. A site that is set up unsafely says so and stays down."""

import os

import psycopg

from styrkedjan.core.refused import WrongState
from styrkedjan.site.exposure import Exposure

SHORTEST_KEY = 32
FEWEST_CHARACTERS = 10  # different ones: a row of the same letter is no key


def refuse_unsafe_exposure(exposure: Exposure) -> None:
    """Raises: WrongState with everything that makes this way of showing the site unsafe."""
    faults = list(exposure.faults())
    if key_fault := _key_fault(os.environ.get("STYRKEDJAN_SECRET_KEY")):
        faults.append(key_fault)
    if faults:
        raise WrongState("\n  ".join([*faults, "Webbplatsen är inte startad."]))


def _key_fault(key: str | None) -> str:
    if key is None or (len(key) >= SHORTEST_KEY and len(set(key)) >= FEWEST_CHARACTERS):
        return ""
    return (
        f"STYRKEDJAN_SECRET_KEY är för lätt att gissa. Använd minst {SHORTEST_KEY} slumpade tecken, eller ta bort "
        "variabeln, så gör webbplatsen en egen nyckel i sin mapp."
    )


def refuse_real_people_in_demo(owner_address: str) -> None:
    """Raises: WrongState when somebody in the database is not invented. Asked as its owner, who sees everybody."""
    with psycopg.connect(owner_address) as connection:
        found = connection.execute("SELECT EXISTS (SELECT FROM person WHERE NOT invented)").fetchone()
    if found and found[0]:
        raise WrongState(
            "databasen innehåller riktiga personer, och i demoläget loggar vem som helst in som vem som helst. Inget "
            "har ändrats. Starta utan --demo, eller välj en annan mapp med STYRKEDJAN_HOME."
        )
