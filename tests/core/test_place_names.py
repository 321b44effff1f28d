"""Readable names: a table of cases, and the share that agrees with a register that prints mixed case."""

import os
from pathlib import Path

import pytest

from styrkedjan.core.place_names import readable_name

CASES = [
    ("EKBACKENS KOMMUN", "Ekbackens kommun"),
    ("AB EKBACKENS KRISTNA SKOLA", "AB Ekbackens kristna skola"),
    ("VITHARENS SKOLA F-3", "Vitharens skola F-3"),
    ("VITHARENS SKOLA 4-9", "Vitharens skola 4-9"),
    ("EKDALENS SKOLA ÅK F-6", "Ekdalens skola åk F-6"),
    ("EKDALENS SKOLA ÅK4-6", "Ekdalens skola åk4-6"),
    ("SKOLAN VID EKEN", "Skolan vid Eken"),
    ("SÖDRA SKOLAN", "Södra skolan"),
    ("INTERNATIONELLA FRANSKA SKOLAN I SVERIGE AB", "Internationella Franska Skolan i Sverige AB"),
    ("IES EKDALEN", "IES Ekdalen"),
    ("NTI EKDALEN HB", "NTI Ekdalen HB"),
    ("MC SKOLAN", "MC skolan"),
    ("EKDALENS GRUNDSKOLA", "Ekdalens grundskola"),
    ("EKDALENS MONTESSORISKOLA", "Ekdalens montessoriskola"),
    ("MONTESSORISKOLAN EKEN", "Montessoriskolan Eken"),
    ("GRUNDSKOLAN EKEN", "Grundskolan Eken"),
    ("EKDALENS RESURSSKOLA", "Ekdalens resursskola"),
    ("EKENS FRISKOLA EKONOMISK FÖRENING", "Ekens friskola ekonomisk förening"),
    ("EKENS FRISKOLA EK.FÖR.", "Ekens friskola ek.för."),
    ("EKENS FRISKOLA EK. FÖR.", "Ekens friskola ek. för."),
    ("STIFTELSEN EKDALENS FRISKOLA", "Stiftelsen Ekdalens friskola"),
    ("EKDALENS SKOLA, STIFTELSEN", "Ekdalens skola, stiftelsen"),
    ("EKDALENS FÖRSKOLEKLASS", "Ekdalens förskoleklass"),
    ("EKSKOLAN ANPASSAD GRUNDSKOLA 1-6", "Ekskolan anpassad grundskola 1-6"),
    ("EKSKOLAN/ANPASSAD GRUNDSKOLA", "Ekskolan/anpassad grundskola"),
    ("EKDALENS NORRA SKOLA", "Ekdalens Norra skola"),
    ("SKOLAN ÖSTRA EKEN", "Skolan Östra Eken"),
    ("KOMMUNALFÖRBUNDET EKDALEN", "Kommunalförbundet Ekdalen"),
    ("EKDALENS KOMMUNALFÖRBUND", "Ekdalens kommunalförbund"),
    ("REGION EKDALEN", "Region Ekdalen"),
    ("S:T ERIKS SKOLA", "S:t Eriks skola"),
    ("SKOLAN S:TA ANNA", "Skolan S:ta Anna"),
    ("SANKT-ANNA SKOLA", "Sankt-Anna skola"),
    ("MALUNG-SÄLENS KOMMUN", "Malung-Sälens kommun"),
    ("MARIA MONTESSORI-SKOLAN", "Maria Montessori-skolan"),
    ("JEANNE D'ARC SKOLAN", "Jeanne D'Arc skolan"),
    ("O’CONNORS SKOLA", "O’Connors skola"),
    ("LINA'S SKOLA", "Lina's skola"),
    ("CARL AF EKENS SKOLA", "Carl af Ekens skola"),
    ("I UR OCH SKUR EKEN", "I Ur och Skur Eken"),
    ("SKOLAN PÅ BERGET", "Skolan på Berget"),
    ("EKSKOLAN I", "Ekskolan I"),
    ("EKSKOLAN II", "Ekskolan II"),
    ("EKSKOLAN IV", "Ekskolan IV"),
    ("KARL XII:S SKOLA", "Karl XII:s skola"),
    ("EKSKOLAN B", "Ekskolan B"),
    ("EKSKOLAN 1GR", "Ekskolan 1GR"),
    ("GRÖNA 12:AN EKONOMISK FÖRENING", "Gröna 12:an ekonomisk förening"),
    ("099 SKOL AB", "099 Skol AB"),
    ("EKENS UTBILDNING AB (SVB)", "Ekens utbildning AB (SVB)"),
    ("AB PARTS & EKEN", "AB Parts & Eken"),
    ("K.L.A.R.A-SKOLAN", "K.L.A.R.A-skolan"),
    ("KULTUR- OCH MILJÖSKOLAN", "Kultur- och Miljöskolan"),
    ("SKOLA", "Skola"),
    ("", ""),
    ("Redan Skriven SKOLA", "Redan Skriven SKOLA"),
    ("EKskolan", "EKskolan"),
]


@pytest.mark.parametrize(("printed", "readable"), CASES)
def test_a_name_in_capitals_becomes_readable(printed, readable):
    assert readable_name(printed) == readable


@pytest.mark.parametrize(("printed", "readable"), CASES)
def test_only_case_changes_and_once(printed, readable):
    assert readable_name(printed).upper() == printed.upper()
    assert readable_name(readable) == readable


SHARED = Path(os.environ.get("STYRKEDJAN_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
WORKBOOK = SHARED / "skolverket-ufa-grundskola" / "Underlag_for_analys.xlsx"
REGISTER = SHARED / "skolenhetsregistret-2020-06" / "Skolenhetsregistret_2020-06-01_utan_personuppgifter.xlsx"


@pytest.fixture(scope="module")
def real_names() -> list[tuple[str, str]]:
    """(name in capitals, name in the register) of every unit that has kept its name."""
    if not (WORKBOOK.exists() and REGISTER.exists()):
        pytest.skip("the official files are not here")
    import python_calamine

    from styrkedjan.data.sources.ufa_workbook import read_workbook
    from tests.data.ufa_source import UFA_SOURCE

    rows = python_calamine.CalamineWorkbook.from_path(REGISTER).get_sheet_by_name("Grundskola").to_python()
    code, name = rows[0].index("SKOLENHETSKOD"), rows[0].index("NAMN")
    registered = {row[code]: row[name].strip() for row in rows[1:]}
    places = read_workbook(WORKBOOK.read_bytes(), WORKBOOK.name, UFA_SOURCE).places
    printed = {place[11:]: label for place, label in places.select("place", "unit_label").iter_rows() if label}
    return [
        (label, registered[unit])
        for unit, label in printed.items()
        if registered.get(unit, "").upper() == label.upper()
    ]


@pytest.mark.real
def test_most_names_agree_with_the_register(real_names):
    """The rest is mostly the register's own wavering (”Ekens Friskola” beside ”Ekens friskola”)."""
    assert len(real_names) > 3_500
    equal = sum(readable_name(printed) == registered for printed, registered in real_names)
    assert equal / len(real_names) >= 0.94
