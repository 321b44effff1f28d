"""The catalogue as it stands: counts, official wording, and that what the code needs is there."""

import os
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from styrkedjan.core.catalogue import ChainLevel, PeriodMeaning, Unit, Wording
from styrkedjan.core.privacy import Does
from styrkedjan.core.refused import NotFound
from styrkedjan.core.statistics import SchoolYear, Status
from styrkedjan.data.catalogue import check_catalogue, load_catalogue, load_privacy

PROJECT = Path(__file__).parents[2]
FOLDER = PROJECT / "catalogue"
SHARED = Path(os.environ.get("STYRKEDJAN_SHARED_DATA") or PROJECT.parent / "shared" / "data")
WORKBOOK = SHARED / "skolverket-ufa-grundskola" / "Underlag_for_analys.xlsx"


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(FOLDER)


@pytest.fixture(scope="module")
def framework(catalogue):
    return catalogue.framework


def factor(framework, name):
    return next(one for one in framework.success_factors if one.id == name)


def test_the_catalogue_has_no_problems():
    assert check_catalogue(FOLDER) == []


def test_sub_goals_per_school_form(framework):
    counts = Counter(goal.school_form for goal in framework.sub_goals)
    assert counts == {
        "preschool": 5,
        "compulsory": 6,
        "adapted_compulsory": 6,
        "upper_secondary": 5,
        "adult": 4,
    }
    assert list(framework.school_forms.values()) == [
        "förskola",
        "grundskola",
        "anpassad grundskola",
        "gymnasieskola",
        "vuxenutbildning",
    ]


def test_goals_keep_the_official_wording(framework):
    texts = {goal.id: goal.text for goal in (*framework.national_goals, *framework.sub_goals)}
    assert texts["compulsory.national_goal"] == (
        "I grundskolan får varje elev en utbildning av hög kvalitet som ger eleven goda möjligheter att inhämta och "
        "utveckla kunskaper och värden samt ger en god grund för fortsatt utbildning."
    )
    assert texts["compulsory.swedish"].endswith("på ett rikt och nyanserat sätt.")
    assert texts["adapted_compulsory.swedish"].endswith("svenska språket på ett nyanserat sätt.")
    for form in ("compulsory", "adapted_compulsory", "upper_secondary", "adult"):
        assert texts[f"{form}.support"] == "Varje elev som är i behov av stöd får det stöd den behöver."
    assert texts["preschool.support"] == "Varje barn som är i behov av stöd får det stöd det behöver."
    assert texts["upper_secondary.completion"] == "Varje elev fullföljer gymnasieskolan."


def test_the_numbers_of_the_statistics_are_not_the_order_of_the_source(framework):
    numbers = {goal.short_name: goal.data_number for goal in framework.sub_goals_of("compulsory")}
    assert numbers == {
        "Trygghet och studiero": 2,
        "Ledning och stimulans": 3,
        "Stöd": 4,
        "Svenska": 5,
        "Matematik": 6,
        "Kunskaper för fortsatt utbildning": 1,
    }
    assert all(goal.data_number is None for goal in framework.sub_goals if goal.school_form != "compulsory")


def test_seven_factors_in_the_order_of_the_source(framework):
    assert [one.name for one in framework.success_factors] == [
        "Förtroendefullt klimat",
        "Hälsofrämjande lärmiljö",
        "Kompensatoriska insatser",
        "Kompetent ledarskap",
        "Professionell utveckling",
        "Systematiskt kvalitetsarbete med undervisningen i fokus",
        "Tydlig roll- och ansvarsfördelning",
    ]
    official = {one.id for one in framework.success_factors if one.wording is Wording.OFFICIAL}
    assert official == {"professional_development", "clear_roles"}


def test_professional_development_is_whole(framework):
    one = factor(framework, "professional_development")
    assert one.complete
    assert [row.id for row in one.rows] == list("1234567")
    absent = {(row.id, level) for row in one.rows for level in ChainLevel if level not in row.cells}
    assert absent == {("5", ChainLevel.TEACHING)}
    assert sum(len(row.cells) for row in one.rows) == 7 * 3 - 1


@pytest.mark.parametrize(
    ("row", "starts"),
    [
        ("1", ("identifiera behov", "identifiera behov", "identifiera behov av, ta initiativ")),
        ("3", ("säkerställa att den professionella", "prioritera innehåll", "medverka aktivt")),
        ("4", ("skapa förutsättningar för att medarbetare", "skapa förutsättningar för att förskoll", "arbeta aktivt")),
        ("6", ("säkerställa att nyanställda", "säkerställa att nyexaminerade", "medverka i mentorskap")),
        ("7", ("säkerställa att det finns rutiner", "säkerställa att studenter", "handleda och ge stöd")),
    ],
)
def test_the_three_columns_of_professional_development_stand_beside_each_other(framework, row, starts):
    cells = factor(framework, "professional_development").rows[int(row) - 1].cells
    for level, start in zip(ChainLevel, starts, strict=True):
        assert cells[level].startswith(start)


def test_clear_roles_says_where_the_source_ends(framework):
    one = factor(framework, "clear_roles")
    assert not one.complete
    assert "rad 2" in one.note
    assert all(cell.endswith(" …") for cell in one.rows[1].cells.values())
    assert all(cell.endswith("beslut.") for cell in one.rows[0].cells.values())


def test_working_texts_are_as_long_as_the_genre(framework):
    ours = [one for one in framework.success_factors if one.wording is Wording.OURS]
    assert len(ours) == 5
    for one in ours:
        assert "i väntan på den officiella texten" in one.note
        assert 60 <= len(one.why.split()) <= 120, one.id
        assert 60 <= len(one.how_it_shows.split()) <= 120, one.id
        assert len(one.rows) >= 5
        for row in one.rows:
            assert set(row.cells) == set(ChainLevel)
            for cell in row.cells.values():
                assert 15 <= len(cell.split()) <= 40, cell


def test_no_working_cell_is_written_twice(framework):
    cells = [cell for one in framework.success_factors for row in one.rows for cell in row.cells.values()]
    assert len(cells) == len(set(cells))


def test_measures_per_group(framework):
    counts = Counter(measure.group if not measure.is_indicator else "indicators" for measure in framework.measures)
    assert counts == {"pupils": 4, "staff": 11, "costs": 9, "indicators": 25}
    per_goal = Counter(measure.group for measure in framework.measures if measure.is_indicator)
    assert sorted(per_goal.values()) == [3, 3, 3, 3, 5, 8]


def test_eight_operating_conditions_are_shown_first(framework):
    assert [measure.id for measure in framework.measures if measure.headline] == [
        "pupil_count",
        "girls_percent",
        "foreign_background_percent",
        "post_secondary_parents_percent",
        "teachers_fte",
        "qualified_teachers_percent",
        "pupils_per_teacher",
        "cost_per_pupil_sek",
    ]


def test_what_a_school_year_means_follows_the_source(framework):
    by_source = {measure.source: measure.period for measure in framework.measures}
    assert by_source.pop("costs") is PeriodMeaning.FIRST_CALENDAR_YEAR
    assert by_source.pop("school_survey") is PeriodMeaning.SECOND_CALENDAR_YEAR
    assert set(by_source.values()) == {PeriodMeaning.SCHOOL_YEAR}


def test_series_are_cut_where_the_world_changed(framework):
    first = {
        (measure.source, tuple(one.first_school_year for one in measure.breaks))
        for measure in framework.measures
        if measure.is_indicator
    }
    assert first == {
        ("grades", (SchoolYear(2022),)),
        ("national_tests", (SchoolYear(2021),)),
        ("school_survey", (SchoolYear(2021),)),
    }
    assert not any(measure.breaks for measure in framework.measures if not measure.is_indicator)
    grade_8 = framework.measure_by_id["safety_grade_8_index"].breaks[0].note
    assert "årskurs 9 mot årskurs 8" in grade_8


def test_floors_are_wider_for_small_places(framework):
    floors = {
        (measure.unit, measure.practical_floor, measure.practical_floor_small)
        for measure in framework.measures
        if measure.practical_floor is not None
    }
    # The guardians' mean is printed in whole numbers: two of them can differ by one and hide nearly the same mean.
    assert floors == {(Unit.PERCENT, 5.0, 10.0), (Unit.INDEX, 0.3, 0.6), (Unit.INDEX, 2.0, 3.0), (Unit.RATIO, 1.0, 2.0)}
    assert all(measure.practical_floor is not None for measure in framework.measures if measure.is_indicator)
    assert framework.measure_by_id["cost_per_pupil_sek"].practical_floor is None


def test_every_label_leads_to_its_measure(catalogue):
    source = catalogue.sources["ufa_compulsory"]
    assert len(source.labels) == 49
    assert source.labels["Elever: Antal elever"] == "pupil_count"
    assert set(source.labels.values()) == set(catalogue.framework.measure_by_id)
    assert source.expected_measures(SchoolYear(2024)) == set(catalogue.framework.measure_by_id)


def test_marks_of_the_source(catalogue):
    marks = catalogue.sources["ufa_compulsory"].marks
    assert {mark: marks.status(mark) for mark in (".", "..", "...", "…", "-")} == {
        ".": Status.MISSING,
        "..": Status.HIDDEN,
        "...": Status.MAJORITY,
        "…": Status.MAJORITY,
        "-": Status.BELOW_RULES,
    }


@pytest.mark.real
@pytest.mark.skipif(not WORKBOOK.exists(), reason="the official workbook is not here")
def test_labels_are_those_of_the_official_workbook(framework):
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(WORKBOOK)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    printed = [row[0] for row in rows[4:53]]
    assert [measure.official_label for measure in framework.measures] == printed


def test_the_script_of_the_session(catalogue):
    (script,) = catalogue.workshops
    assert script.success_factor == "professional_development"
    assert len(script.agenda) == 4
    steps = {step.kind: step for step in script.steps}
    assert steps["own_reflection"].questions == (
        "Vad fungerar väl hos oss?",
        "Vilka utmaningar ser jag?",
        "Finns det något i min verksamhet vi behöver undersöka mer?",
        "Hur kan framgångsfaktorn vara ett stöd i vårt arbete?",
    )
    assert len(steps["table_talk"].questions) == 2
    assert len(steps["check_out"].questions) == 1
    assert steps["reassembly"].clock == "10.25"


def test_thresholds_have_references(catalogue):
    rules = catalogue.disclosure
    assert (rules.minimum_places_in_distribution, rules.small_base_pupils) == (10, 150)
    assert [one.name for one in rules.size_classes["independent"]] == [
        "under 100 elever",
        "100–299 elever",
        "300 elever eller fler",
    ]
    assert [one.from_pupils for one in rules.size_classes["school_unit"]] == [0, 100, 300, 500]
    assert {"minimum_answers", "minimum_pupils", "small_base_pupils", "size_classes"} <= set(rules.references)


def test_privacy_of_the_database():
    tables = {table.name: table for table in load_privacy(FOLDER)}
    assert len(tables["organiser"].columns) == 6
    assert not tables["organiser"].is_personal
    [audit_trail] = tables["audit_event"].rules
    assert (audit_trail.does, audit_trail.days, audit_trail.after) == (Does.WEED, 3650, ("at",))
    [actor] = [column for column in tables["audit_event"].columns if column.privacy_class == "personal"]
    assert actor.column == "actor"
    assert actor.stays
    assert tables["passkey"].follows == "person"


def test_the_nouns_of_the_house_are_in_the_glossary(catalogue):
    nouns = (
        "organiser principal school_form school_unit national_goal sub_goal indicator success_factor governance_chain "
        "self_assessment operating_condition briefing quality_dialogue initiative follow_up check_out table_talk wall "
        "facilitator equity school_year edition value row query action page"
    )
    assert set(nouns.split()) <= {term.id for term in catalogue.glossary}


def test_every_status_has_words_in_both_languages(catalogue):
    for language in ("sv", "en"):
        for status in Status:
            assert catalogue.words[language][f"mark.{status.name}.short"]
            assert catalogue.words[language][f"mark.{status.name}.long"]
    assert catalogue.words["sv"]["period.school_year"].format(year=SchoolYear(2024)) == "läsåret 2024/25"


def swedish_texts(framework):
    """Every running text of the edition that a user reads."""
    for goal in (*framework.national_goals, *framework.sub_goals):
        yield goal.text
    for one in framework.success_factors:
        yield from (one.why, one.how_it_shows, *(cell for row in one.rows for cell in row.cells.values()))
    for measure in framework.measures:
        yield measure.definition


def test_every_text_is_whole_and_has_its_letters(framework):
    texts = list(swedish_texts(framework))
    assert len(texts) > 190
    for text in texts:
        assert text.endswith((".", " …")), text
        assert not re.search(r"\s{2,}|\n|[éëïôûﬂ°]|[a-zåäö][0-9]", text.replace("idé", "")), text
    assert {"å", "ä", "ö"} <= set("".join(texts))
    # Words that the source's scan lost letters from.
    assert not re.search(
        r"\b(ar|far|pa|for|att na|stod|behover|larande|larare|nivan|formaga|forma\w*|sakerstalla|oka\w*)\b",
        " ".join(texts),
    )


def test_the_digest_changes_with_any_text(tmp_path, catalogue):
    copy = shutil.copytree(FOLDER, tmp_path / "catalogue")
    assert load_catalogue(copy).digest == catalogue.digest
    glossary = copy / "glossary.yaml"
    glossary.write_text(glossary.read_text("utf-8").replace("Den som leder samtalet", "Den som för samtalet"), "utf-8")
    assert load_catalogue(copy).digest != catalogue.digest


def test_an_edition_that_is_not_there():
    with pytest.raises(NotFound, match="2026-1") as refused:
        load_catalogue(FOLDER, "2031-4")
    assert refused.value.suggestions == ("2026-1",)
