"""Answers from elsewhere: what points at a person is left out first; what is left is understood, or asked about."""

import json
from dataclasses import replace

import pytest

from styrkedjan.core.assessments.importing import (
    LEVEL,
    OWN_STATEMENT,
    PLACE,
    SKIP,
    AnswerTable,
    Dropped,
    Mapped,
    Unclear,
    answer_table,
    guessed,
    sheets_of,
)
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.core.refused import BadInput
from tests.collected import LIMESURVEY_HEADS, PERSONAL, PLACES, QUESTIONS, STEPS, UNITS, limesurvey_rows
from tests.world import STORKOPING, catalogue

FRAMEWORK = catalogue().framework
SCALE = FRAMEWORK.self_assessment.scale
KNOWN = [*(step.name for step in SCALE.answer_by_id.values()), *SCALE.answer_by_id, *UNITS, *PLACES, *PLACES.values()]
TEACHING = {"level": "teaching"}


def table(heads=LIMESURVEY_HEADS, rows=None) -> AnswerTable:
    return answer_table(heads, limesurvey_rows() if rows is None else rows, KNOWN)


def one_column(head: str, values: list[str]) -> dict[str, Dropped]:
    """What becomes of a column beside one of answers."""
    found = answer_table((head, "Svar"), [(value, "4") for value in values], KNOWN)
    return dict(found.dropped)


def test_of_an_export_only_answers_and_units_are_kept():
    found = table()
    assert [column.head for column in found.columns] == [LIMESURVEY_HEADS[7], *LIMESURVEY_HEADS[8:10]]
    assert dict(found.dropped) == {
        "id": Dropped.TECHNICAL,
        "submitdate": Dropped.TECHNICAL,
        "lastpage": Dropped.TECHNICAL,
        "startlanguage": Dropped.TECHNICAL,
        "seed": Dropped.TECHNICAL,
        "token": Dropped.PERSONAL,
        "ipaddr": Dropped.PERSONAL,
        "Vad vill du tillägga?": Dropped.FREE_TEXT,
        "Din e-postadress": Dropped.PERSONAL,
    }
    assert (found.row_count, found.unfinished) == (12, 2), "what was never sent in is no answer"
    assert not any(text in json.dumps(found.to_json(), ensure_ascii=False) for text in PERSONAL)


@pytest.mark.parametrize(
    ("head", "values", "why"),
    [
        ("Fråga 9", ["maj@prov.example", "", "", ""], Dropped.PERSONAL),
        ("Fråga 9", ["4", "4", "19900101-0017", "4"], Dropped.PERSONAL),
        ("Fråga 9", ["4", "9001010017", "4", "4"], Dropped.PERSONAL),
        ("Fråga 9", ["070-123 45 67", "4", "4", "4"], Dropped.PERSONAL),
        ("Fråga 9", ["192.0.2.7", "192.0.2.7", "192.0.2.7", "4"], Dropped.PERSONAL),
        ("Namn", ["Bo", "Bo", "Bo", "Åsa"], Dropped.PERSONAL),
        ("Förnamn och efternamn", ["Bo", "Bo", "Bo", "Åsa"], Dropped.PERSONAL),
        ("Vem är du?", ["Bo Ek", "Åsa Al", "Maj Lind", "Sten Gran"], Dropped.FREE_TEXT),
        ("Kommentar", [f"Tanke {at}" for at in range(20)] + ["Nej"] * 30, Dropped.FREE_TEXT),
        ("Datum", ["2026-10-01", "2026-10-01 09:30:00", "2026-10-02", "2026-10-02"], Dropped.TECHNICAL),
        ("Fråga 9", ["", "N/A", "-oth-", " "], Dropped.EMPTY),
    ],
)
def test_what_may_not_be_chosen(head, values, why):
    assert one_column(head, values) == {head: why}


@pytest.mark.parametrize(
    ("head", "values"),
    [
        ("Vi benämner roller tydligt", ["4", "5", "4", "3"]),
        ("Enhetens namn", ["Storskolan 1", "Storskolan 2", "Storskolan 1", "Storskolan 2"]),
        ("Hur stämmer det?", ["Stämmer helt", "Stämmer delvis", "Stämmer helt", "Stämmer inte"]),
        ("Enhet", ["90000001", "90000002", "90000001", "90000002"]),
        ("Svar på allt", list(STEPS)),
    ],
)
def test_what_may_be_chosen(head, values):
    assert one_column(head, values) == {}


def test_a_file_without_answers_is_refused_plainly():
    with pytest.raises(BadInput, match="Ingen kolumn i filen ser ut att innehålla svar"):
        answer_table(("Namn", "E-post"), [("Bo", "bo@prov.example"), ("Åsa", "asa@prov.example")], KNOWN)


def test_it_is_the_same_after_it_has_been_held():
    found = table()
    assert AnswerTable.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert found.cells(0) == [UNITS[at % 2] for at in range(12)]


def test_questions_units_and_steps_are_recognised():
    mapped = guessed(table(), FRAMEWORK, SCALE, PLACES)
    assert mapped.targets == {0: PLACE, 1: QUESTIONS[0][0], 2: QUESTIONS[1][0]}
    assert [mapped.steps[step] for step in STEPS] == ["1", "2", "3", "4", "5"]
    assert mapped.places == {code: f"{STORKOPING}-{code}" for code in UNITS}


@pytest.mark.parametrize("code", ["4", "A4", "a4", "I hög grad", "4 I hög grad", "4. I hög grad", " i  HÖG grad "])
def test_a_step_is_known_by_its_id_name_or_code(code):
    mapped = guessed(table(("x", QUESTIONS[0][0]), [("1", code), ("2", "3")]), FRAMEWORK, SCALE, PLACES)
    assert (mapped.targets[1], mapped.steps[code]) == (QUESTIONS[0][0], "4")


def test_sheets_have_every_answer_at_its_place_and_level():
    found = table()
    mapped = replace(guessed(found, FRAMEWORK, SCALE, PLACES), level="teaching")
    sheets = sheets_of(found, mapped, SCALE, STORKOPING, PLACES)
    assert {key: len(given) for key, given in sheets.items()} == {
        (f"{STORKOPING}-{code}", ChainLevel.TEACHING): 6 for code in UNITS
    }
    expected = [[str(STEPS.index(text) + 1) for text in row[8:10]] for row in limesurvey_rows()[:12]]
    given = [list(sheet.answers.values()) for code in UNITS for sheet in sheets[f"{STORKOPING}-{code}", "teaching"]]
    assert sorted(given) == sorted(expected)
    assert not any(sheet.comments for each in sheets.values() for sheet in each)


def test_a_level_in_a_column_says_whose_each_answer_is():
    rows = [("Lärare", "4"), ("Rektor", "5"), ("Lärare", "3"), ("", "1"), ("Vaktmästare", "2"), ("Vaktmästare", "2")]
    found = table(("Yrke", "Svar"), rows)
    mapped = Mapped(
        {0: LEVEL, 1: QUESTIONS[0][0]},
        {str(step): str(step) for step in range(1, 6)},
        {"Lärare": "teaching", "Rektor": "principal", "Vaktmästare": SKIP},
        {},
    )
    sheets = sheets_of(found, mapped, SCALE, STORKOPING, PLACES)
    assert {level: len(given) for (_, level), given in sheets.items()} == {"teaching": 2, "principal": 1}


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"targets": {}}, "", "Välj minst en kolumn med svar"),
        ({"level": ""}, "niva", "Välj vilken nivå"),
        ({"level": "rektorn"}, "niva", "Välj vilken nivå"),
        ({"targets": {1: QUESTIONS[0][0], 2: QUESTIONS[0][0]}}, "kolumn-1", "samma sak"),
        ({"targets": {0: QUESTIONS[0][0]}, "steps": {}}, "steg-0", "Säg vad ”90000001”, ”90000002”"),
        ({"targets": {0: QUESTIONS[0][0]}, "steps": {"90000001": "17"}}, "steg-0", "Säg vad"),
        ({"targets": {1: LEVEL, 2: QUESTIONS[1][0]}}, "niva-1", "Säg vad"),
        ({"targets": {1: PLACE, 2: QUESTIONS[1][0]}}, "plats-1", "Säg vad"),
        ({"steps": dict.fromkeys(STEPS, SKIP)}, "", "Inget svar blir kvar"),
    ],
)
def test_a_mapping_that_does_not_hold_together_says_what_is_wrong(changes, field, said):
    found = table()
    mapped = replace(guessed(found, FRAMEWORK, SCALE, PLACES), **{**TEACHING, **changes})
    with pytest.raises(Unclear) as unclear:
        sheets_of(found, mapped, SCALE, STORKOPING, PLACES)
    assert said in unclear.value.problems[field]


def test_a_column_of_many_values_is_no_statement():
    rows = [(f"Enhet {at % 40}", "4") for at in range(120)]
    found = table(("Enhet", "Svar"), rows)
    mapped = Mapped({0: QUESTIONS[0][0]}, {f"Enhet {at}": "1" for at in range(40)}, {}, {}, "teaching")
    with pytest.raises(Unclear, match="40 olika värden"):
        sheets_of(found, mapped, SCALE, STORKOPING, PLACES)


def test_own_statements_get_their_own_numbers():
    found = table(("Första", "Andra"), [("4", "5")] * 6)
    mapped = Mapped({0: OWN_STATEMENT, 1: OWN_STATEMENT}, {"4": "4", "5": "5"}, {}, {}, "teaching")
    (given,) = sheets_of(found, mapped, SCALE, STORKOPING, PLACES).values()
    assert given[0].answers == {"own.1": "4", "own.2": "5"}
