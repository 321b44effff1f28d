# ruff: noqa: E501 - the table of faults has one fault per line
"""Each kind of fault that an editor can make is reported with file, line, key and what was expected."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from styrkedjan.core.refused import BrokenData
from styrkedjan.data.catalogue import check_catalogue, load_catalogue
from styrkedjan.data.catalogue.schema import EXPECTED, SCHEMAS, TYPE_NAMES

FOLDER = Path(__file__).parents[2] / "catalogue"
EDITION = "editions/2026-1"
GOALS, FACTORS, INDICATORS = f"{EDITION}/goals.yaml", f"{EDITION}/success_factors.yaml", f"{EDITION}/indicators.yaml"
QUESTIONS = f"{EDITION}/self_assessment.yaml"
CONDITIONS, SCRIPT = f"{EDITION}/operating_conditions.yaml", "workshops/professional_development.yaml"


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "catalogue")


def plant(folder, file, old, new):
    """Change the first ``old`` in a file to ``new``; the line of the change, 1-based."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


# file, what stands there, what is planted, lines below the change where the fault is, the key, what is said
FAULTS = {
    "unknown key": (GOALS, "    short_name: Stöd", "    shortname: Stöd", 0, "sub_goals[2].shortname", "kanske short_name"),
    "missing key": (GOALS, "    data_number: null\n", "", -3, "sub_goals[0]", "nyckeln data_number"),
    "wrong type": (GOALS, "data_number: 2", "data_number: två", 0, "sub_goals[5].data_number", "heltal eller null"),
    "no full stop": (GOALS, "lika tillgång till utbildning.", "lika tillgång till utbildning", 0, "sub_goals[4].text", "skiljetecken"),
    "two blanks": (GOALS, "Varje barn med rätt", "Varje barn  med rätt", 0, "sub_goals[4].text", "dubbla blanksteg"),
    "id twice": (GOALS, "id: adult.support", "id: adult.safety_and_calm", 0, "sub_goals[24].id", "redan står på rad"),
    "number twice": (GOALS, "data_number: 3", "data_number: 2", 0, "sub_goals[6].data_number", "redan står på rad"),
    "unknown school form": (GOALS, "school_form: adult", "school_form: adults", 0, "sub_goals[22].school_form", "kanske adult"),
    "id of another form": (GOALS, "id: adult.support", "id: grown.support", 0, "sub_goals[24].id", "”adult.”"),
    "key twice": (GOALS, "    school_form: preschool\n", "    school_form: preschool\n    id: a\n", 1, "sub_goals[0].id", "en gång till"),
    "broken YAML": (FACTORS, "    wording: ours", "   wording: ours", 0, "", "giltig YAML"),
    "row number": (FACTORS, '- id: "2"', '- id: "3"', 0, "success_factors[0].rows[1].id", "”2”"),
    "unknown level": (FACTORS, "          teaching:", "          teacher:", 0, "success_factors[0].rows[0].cells.teacher", "kanske teaching"),
    "cell with a capital": (FACTORS, "säkerställa att ansvar och", "Säkerställa att ansvar och", 0, "success_factors[6].rows[1].cells.organiser", "liten bokstav"),
    "cut off but complete": (FACTORS, "    complete: false", "    complete: true", None, "success_factors[6].rows[1].cells.principal", "complete: false"),
    "wording": (FACTORS, "wording: official", "wording: agency", 0, "success_factors[4].wording", "official, ours"),
    "unknown group": (INDICATORS, "group: compulsory.support", "group: compulsory.suport", 0, "measures[14].group", "kanske compulsory.support"),
    "group of another number": (INDICATORS, "group: compulsory.support", "group: compulsory.swedish", 0, "measures[14].group", "data_number 4"),
    "condition among indicators": (INDICATORS, "group: compulsory.support", "group: pupils", 0, "measures[14].group", "delmål"),
    "group of a condition": (CONDITIONS, "group: staff", "group: costs", 0, "measures[4].group", "staff"),
    "unit": (INDICATORS, "unit: index", "unit: percent", 0, "measures[3].unit", "(medelvärde)"),
    "decimals of a count": (CONDITIONS, "decimals: 0", "decimals: 1", 0, "measures[0].decimals", "0 för count"),
    "too many decimals": (CONDITIONS, "decimals: 1", "decimals: 9", 0, "measures[1].decimals", "högst 3"),
    "unknown break": (INDICATORS, "breaks: [national_tests_paused]", "breaks: [national_tests_pause]", 0, "measures[19].breaks[0]", "kanske national_tests_paused"),
    "unused break": (INDICATORS, "  national_tests_paused:", "  x:\n    first_school_year: 2020\n    note: Ett brott.\n  national_tests_paused:", 0, "series_breaks.x", "något mått"),
    "year of a break": (INDICATORS, "first_school_year: 2022", "first_school_year: 22", 0, "series_breaks.new_grading_criteria_2022.first_school_year", "minst 1990"),
    "period": (INDICATORS, "period: second_calendar_year", "period: school_year", 0, "measures[3].period", "second_calendar_year"),
    "respondent": (INDICATORS, "respondent: pupils", "respondent: null", 0, "measures[3].respondent", "har svarat"),
    "every other year": (INDICATORS, "every_other_year: true", "every_other_year: false", 0, "measures[3].every_other_year", "vartannat år"),
    "small floor below the floor": (INDICATORS, "practical_floor_small: 0.6", "practical_floor_small: 0.1", 0, "measures[3].practical_floor_small", "minst practical_floor"),
    "floor finer than the decimals": (INDICATORS, "practical_floor: 0.3", "practical_floor: 0.25", 0, "measures[3].practical_floor", "decimaler som måttet har, 1"),
    "headline indicator": (INDICATORS, "headline: false", "headline: true", 0, "measures[0].headline", "bara förutsättningar"),
    "measure in both files": (INDICATORS, "- id: all_subjects_grade_6_percent", "- id: pupil_count", 0, "measures[0].id", "operating_conditions.yaml"),
    "overview of an unknown measure": (f"{EDITION}/edition.yaml", "- pupil_count", "- pupils_count", 0, "unit_overview[0]", "kanske pupil_count"),
    "edition id": (f"{EDITION}/edition.yaml", 'id: "2026-1"', 'id: "2026-2"', 0, "id", "2026-1"),
    "date": (f"{EDITION}/edition.yaml", "2026-11-24", "2026-11-34", 0, "published", "almanackan"),
    "number of a step": (QUESTIONS, '{id: "2"', '{id: "3"', 0, "scale.steps[1].id", "”2”"),
    "answer twice": (QUESTIONS, "id: not_relevant", "id: dont_know", 0, "scale.outside[1].id", "redan står på rad"),
    "middle of no scale": (QUESTIONS, 'middle: "3"', 'middle: "6"', 0, "scale.middle", "ett steg"),
    "high from no step": (QUESTIONS, 'high_from: "4"', 'high_from: "9"', 0, "scale.high_from", "ett steg"),
    "unknown factor to move": (QUESTIONS, "    clear_roles:", "    clear_role:", 0, "expected_to_move.factors.clear_role", "kanske clear_roles"),
    "factor that moves nothing": (QUESTIONS, "    clear_roles:", "    clear_role:", None, "expected_to_move.factors.clear_roles", "faktorns delmål"),
    "unknown sub-goal to move": (QUESTIONS, "[compulsory.support,", "[compulsory.suport,", 0, "expected_to_move.factors.compensatory_measures[0]", "kanske compulsory.support"),
    "level without a lead": (QUESTIONS, "    principal: lyckas", "    principals: lyckas", None, "scale.leads", "nyckeln principal"),
    "lineage to nowhere": (f"{EDITION}/lineage.yaml", "previous_edition: null", "previous_edition: 2025-1", 0, "previous_edition", "null"),
    "label of an unknown measure": ("sources.yaml", "    pupil_count:", "    pupils_count:", 0, "ufa_compulsory.labels.pupils_count", "kanske pupil_count"),
    "label that is not the official one": ("sources.yaml", "Elever: Antal elever", "Elever: Antal", 0, "ufa_compulsory.labels.pupil_count[0]", "official_label"),
    "label twice": ("sources.yaml", '- "Elever: Antal elever"', '- "Elever: Antal elever"\n      - "Elever: Andel (%) flickor"', None, "ufa_compulsory.labels.girls_percent[0]", "ett enda mått"),
    "absent measure": ("sources.yaml", "absent: {}", "absent: {nobody: [2022]}", 0, "ufa_compulsory.absent.nobody", "labels"),
    "unknown status": ("sources.yaml", '"..": HIDDEN', '"..": SECRET', 0, "ufa_compulsory.marks...", "HIDDEN"),
    "mark without words": ("sources.yaml", "    BELOW_RULES: Huvud", "    # BELOW_RULES: Huvud", None, "ufa_compulsory.mark_words.BELOW_RULES", "förklaring"),
    "gap between size classes": ("disclosure.yaml", "from_pupils: 100", "from_pupils: 101", 0, "size_classes.independent[1].from_pupils", "slutar, 100"),
    "threshold of nothing": ("disclosure.yaml", "value: 5", "value: 0", 0, "own_answers.minimum_answers.value", "minst 1"),
    "privacy class": ("privacy.yaml", "actor: {class: personal", "actor: {class: secret", 0, "tables.audit_event.columns.actor.class", "public, internal, personal, anonymous"),
    "retention by a column that is not there": ("privacy.yaml", "after: [ends_at]", "after: [end_at]", 0, "tables.role_grant.retention.rules[0].after[0]", "kanske ends_at"),
    "retention rule twice": ("privacy.yaml", "id: ended_roles", "id: nameless_people", 0, "tables.role_grant.retention.rules[0].id", "ensamt"),
    "retention with an unknown table": ("privacy.yaml", "{with: working_paper}", "{with: working_papers}", 0, "tables.paper_version.retention.with", "kanske working_paper"),
    "personal data without retention": ("privacy.yaml", "{with: working_paper}", "{while: länge}", 0, "tables.paper_version.retention", "personuppgifter"),
    "personal data without a name": ("privacy.yaml", "actor: {class: personal, called: Vem som gjorde det,", "actor: {class: personal,", 0, "tables.audit_event.columns.actor", "called"),
    "nothing to empty": ("privacy.yaml", "columns: [subject, body], ", "", 0, "tables.outgoing_mail.retention.rules[0].does", "empty"),
    "glossary id twice": ("glossary.yaml", "id: principal", "id: organiser", 0, "[1].id", "redan står på rad"),
    "word in one language": ("words.sv.yaml", "value.about:", 'extra.word: "nytt"\nvalue.about:', None, "extra.word", "samma nycklar som catalogue/words.sv.yaml"),
    "placeholder": ("words.en.yaml", "about {value}", "about {number}", 0, "value.about", "{value}"),
    "brace": ("words.en.yaml", "about {value}", "about {value", 0, "value.about", "namngivna platshållare"),
    "word that code needs": ("words.sv.yaml", "mark.HIDDEN.short:", "mark.HIDDEN.brief:", None, "mark.HIDDEN.short", "koden slår upp"),
    "word that is no text": ("words.sv.yaml", "place.nation: riket", "place.nation: 12", 0, "place.nation", "text"),
    "script's factor": (SCRIPT, "success_factor: professional_development", "success_factor: professional", 0, "success_factor", "faktor"),
    "script's step twice": (SCRIPT, "- id: check_out", "- id: table_talk", 0, "steps[3].id", "redan står på rad"),
    "script's clock": (SCRIPT, 'clock: "10.25"', "clock: 10.25", 0, "steps[4].clock", "text eller null"),
    "script's file name": (SCRIPT, "id: professional_development", "id: development", 0, "id", "filens namn"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_reported_where_it_stands(copy, name):
    file, old, new, below, key, said = FAULTS[name]
    line = plant(copy, file, old, new)
    problems = check_catalogue(copy)
    found = [one for one in problems if one.key == key and said in str(one)]
    assert found, "\n".join(map(str, problems))
    if below is not None:
        assert (f"catalogue/{file}", line + below) in {(one.file, one.line) for one in found}


def test_a_row_without_cells(copy):
    path = copy / FACTORS
    text = path.read_text("utf-8")
    before = text[: text.rindex("cells:")]
    path.write_text(f"{before}cells: {{}}\n", "utf-8")
    (problem,) = check_catalogue(copy)
    assert (problem.line, problem.key) == (before.count("\n") + 1, "success_factors[6].rows[1].cells")
    assert problem.expected == "minst 1 nyckel"


def test_a_problem_reads_as_a_sentence(copy):
    line = plant(copy, GOALS, "    short_name: Stöd", '    short_name: ""')
    (problem,) = check_catalogue(copy)
    assert str(problem) == (
        f"catalogue/{GOALS}, rad {line}, sub_goals[2].short_name: väntade en rad text utan blanksteg i ändarna och "
        "utan dubbla blanksteg, hittade en tom text."
    )


def test_loading_refuses_and_lists_every_problem(copy):
    plant(copy, GOALS, "    short_name: Stöd", "    shortname: Stöd")
    plant(copy, "disclosure.yaml", "value: 5", "value: 0")
    with pytest.raises(BrokenData) as refused:
        load_catalogue(copy)
    assert refused.value.message.count("\n- catalogue/") == len(check_catalogue(copy)) == 3
    assert "Inget har ändrats" in refused.value.message


@pytest.mark.parametrize("file", ["sources.yaml", GOALS, f"{EDITION}/lineage.yaml", "words.en.yaml"])
def test_a_missing_file(copy, file):
    (copy / file).unlink()
    assert (f"catalogue/{file}", "filen", "ingen fil") in {(p.file, p.expected, p.found) for p in check_catalogue(copy)}


def test_a_file_that_nothing_reads(copy):
    (copy / EDITION / "goal.yaml").write_text("a: 1\n", "utf-8")
    (problem,) = check_catalogue(copy)
    assert problem.file == f"catalogue/{EDITION}/goal.yaml"
    assert f"kanske {GOALS}" in problem.expected


@pytest.mark.parametrize("content", ["", "- a\n", "12\n"])
def test_a_file_that_holds_something_else(copy, content):
    (copy / GOALS).write_text(content, "utf-8")
    (problem,) = check_catalogue(copy)
    assert (problem.file, problem.line) == (f"catalogue/{GOALS}", 1)
    assert problem.expected == "nycklar med värden"


def test_a_file_in_another_encoding(copy):
    path = copy / "glossary.yaml"
    path.write_bytes(path.read_text("utf-8").encode("latin-1", "replace"))
    (problem,) = check_catalogue(copy)
    assert (problem.line, problem.expected) == (1, "tecken i UTF-8")


def test_a_file_that_refers_to_itself(copy):
    (copy / SCRIPT).write_text("steps: &all\n  - *all\n", "utf-8")
    assert any("sig själv" in problem.found for problem in check_catalogue(copy))


def test_no_folder_at_all(tmp_path):
    problems = check_catalogue(tmp_path / "catalogue")
    assert {problem.found for problem in problems} == {"ingen fil", "ingen mapp"}


def test_the_newest_edition_is_used_and_an_older_one_can_be_asked_for(copy):
    for number, before in ((2, 1), (10, 2)):
        folder = shutil.copytree(copy / "editions" / f"2026-{before}", copy / "editions" / f"2026-{number}")
        (folder / "lineage.yaml").write_text(
            f"previous_edition: 2026-{before}\nnote: Allt fortsätter.\ncontinues: []\n", "utf-8"
        )
        plant(copy, f"editions/2026-{number}/edition.yaml", f'id: "2026-{before}"', f'id: "2026-{number}"')
    assert load_catalogue(copy).framework.id == "2026-10"
    assert load_catalogue(copy, "2026-2").framework.id == "2026-2"


def test_lineage_leads_between_editions(copy):
    folder = shutil.copytree(copy / EDITION, copy / "editions" / "2026-2")
    plant(copy, "editions/2026-2/edition.yaml", 'id: "2026-1"', 'id: "2026-2"')
    (folder / "lineage.yaml").write_text(
        "previous_edition: 2026-1\nnote: Ett id byter namn.\ncontinues:\n"
        "  - {from: clear_roles.teaching.1, to: null, note: Raden utgår.}\n"
        "  - {from: pupil_counts, to: pupil_count, note: Måttet byter namn.}\n"
        "  - {from: pupil_count, to: pupils_count, note: Måttet byter namn.}\n",
        "utf-8",
    )
    assert [(one.line, one.key) for one in check_catalogue(copy)] == [
        (5, "continues[1].from"),
        (6, "continues[2].to"),
    ]


def test_every_rule_of_the_schemas_has_swedish_words():
    """A keyword that the translation does not know would reach the editor in English."""
    import yaml

    silent = {"$schema", "$id", "$defs", "$ref", "properties", "items", "expected"}
    told_apart = {"required", "additionalProperties", "propertyNames", "pattern"}

    def walk(schema):
        assert set(schema) - silent - told_apart <= set(EXPECTED), schema
        assert ("pattern" in schema) == ("expected" in schema), schema
        types = schema.get("type", [])
        assert {types} if isinstance(types, str) else set(types) <= set(TYPE_NAMES)
        for group in ("properties", "$defs"):
            for part in schema.get(group, {}).values():
                walk(part)
        for part in ("items", "additionalProperties", "propertyNames"):
            if isinstance(schema.get(part), dict):
                walk(schema[part])

    schemas = sorted(SCHEMAS.glob("*.yaml"))
    assert len(schemas) == 14
    for path in schemas:
        walk(yaml.safe_load(path.read_text("utf-8")))


def run_check(folder):
    command = [sys.executable, "-m", "styrkedjan.data.catalogue", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_says_what_the_catalogue_holds():
    answer = run_check(FOLDER)
    assert answer.returncode == 0
    assert answer.stdout == "Katalogen är hel: utgåva 2026-1 med 26 delmål, 7 framgångsfaktorer och 49 mått.\n"


def test_the_command_fails_on_a_problem(copy):
    line = plant(copy, GOALS, "lika tillgång till utbildning.", "lika tillgång till utbildning")
    answer = run_check(copy)
    assert answer.returncode == 1
    assert f"catalogue/{GOALS}, rad {line}, sub_goals[4].text: väntade" in answer.stdout
