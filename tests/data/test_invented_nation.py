"""The invented nation: a workbook the official reader reads, belonging to nobody, the same every time."""

import os
from pathlib import Path

import polars as pl
import pytest

from styrkedjan.core.places import OrganiserType, organiser_type
from styrkedjan.core.statistics import SchoolYear, Status, Tidy
from styrkedjan.data.catalogue import load_catalogue
from styrkedjan.data.invented_nation import invented_workbooks
from styrkedjan.data.invented_nation.masking import Amount, Share, cell_of, with_second_hidden
from styrkedjan.data.invented_nation.names import organisation_number
from styrkedjan.data.invented_nation.recipes import recipe_of
from styrkedjan.data.sources.ufa_workbook import read_workbook
from tests.data.ufa_source import MEASURES, UFA_SOURCE

YEARS = (2022, 2023, 2024)


@pytest.fixture(scope="module")
def books() -> dict[str, bytes]:
    return invented_workbooks(UFA_SOURCE, MEASURES)


@pytest.fixture(scope="module")
def tidies(books) -> dict[int, Tidy]:
    read = [read_workbook(content, name, UFA_SOURCE) for name, content in books.items()]
    return {tidy.school_years[0].autumn: tidy for tidy in read}


@pytest.fixture(scope="module")
def cells(tidies) -> pl.DataFrame:
    level = pl.col("place").str.len_chars().replace_strict({2: "nation", 10: "organiser", 19: "unit"})
    return pl.concat([tidy.observations for tidy in tidies.values()]).with_columns(
        level=level,
        organiser=pl.col("place").str.slice(0, 10),
        municipal=pl.col("place").str.starts_with("212000"),
    )


def test_one_workbook_a_year_that_the_official_reader_reads(books, tidies):
    assert len(books) == 3
    assert tuple(tidies) == YEARS
    for year, tidy in tidies.items():
        assert tidy.school_years == (SchoolYear(year),)
        assert tidy.measure_labels == {measure.id: measure.official_label for measure in MEASURES}
        assert any("TECKENFÖRKLARINGAR" in note for note in tidy.notes)
        assert any("påhittade" in note for note in tidy.notes)


def test_the_same_arguments_give_the_same_bytes(books):
    assert invented_workbooks(UFA_SOURCE, {measure.id: measure for measure in MEASURES}) == books
    assert invented_workbooks(UFA_SOURCE, MEASURES, years=(2024,), seed=7) != invented_workbooks(
        UFA_SOURCE, MEASURES, years=(2024,), seed=8
    )


def test_any_years_and_one_alone_can_be_asked_for():
    (content,) = invented_workbooks(UFA_SOURCE, MEASURES, years=(2030,)).values()
    assert read_workbook(content, "ett år", UFA_SOURCE).school_years == (SchoolYear(2030),)


def test_a_measure_that_the_source_lacks_is_left_out():
    from dataclasses import replace

    source = replace(UFA_SOURCE, absent={MEASURES[3].id: (2022,)})
    books = list(invented_workbooks(source, MEASURES, years=(2022, 2023)).items())
    counts = [read_workbook(content, name, source).observations["measure"].n_unique() for name, content in books]
    assert counts == [48, 49]


def test_the_catalogue_of_the_house_can_be_used():
    catalogue = load_catalogue(Path(__file__).parents[2] / "catalogue")
    (source,) = (each for each in catalogue.sources.values() if each.title == UFA_SOURCE.title)
    for name, content in invented_workbooks(source, catalogue.framework.measures, years=(2023, 2024)).items():
        tidy = read_workbook(content, name, source)
        assert set(tidy.measure_labels) == {measure.id for measure in catalogue.framework.measures}


def test_organisers_and_units_of_very_different_size(tidies, cells):
    keys = tidies[2024].places["place"].to_list()
    organisers = [key for key in keys if len(key) == 10]
    kinds = [organiser_type(key) for key in organisers]
    assert kinds.count(OrganiserType.MUNICIPALITY) == 60
    assert kinds.count(OrganiserType.INDEPENDENT) == 45
    units = [key for key in keys if len(key) == 19]
    assert 400 <= len(units) <= 450
    per_organiser = pl.Series(units).str.slice(0, 10).value_counts()["count"]
    assert per_organiser.max() >= 40
    assert per_organiser.min() == 1
    pupils = cells.filter(pl.col("measure") == "pupil_count", pl.col("level") == "unit")["value"]
    assert pupils.min() < 15
    assert pupils.max() > 900
    assert tidies[2024].places["unit_label"].n_unique() > 400


def test_two_units_move_one_opens_and_one_closes(tidies, cells):
    units = {year: {key for key in tidy.places["place"] if len(key) == 19} for year, tidy in tidies.items()}
    codes = {year: {key[11:] for key in keys} for year, keys in units.items()}
    assert len(codes[2024] - codes[2023]) == 1
    assert len(codes[2023] - codes[2024]) == 1
    doubled = {code for code in codes[2024] if sum(key.endswith(code) for key in units[2024]) == 2}
    assert len(doubled) == 2
    for code in doubled:
        now = cells.filter(pl.col("place").str.ends_with(code), pl.col("school_year") == 2024)
        empty = now.group_by("place").agg((pl.col("mark") == ".").all().alias("empty"))
        assert sorted(empty["empty"].to_list()) == [False, True]
        then = cells.filter(pl.col("place").str.ends_with(code), pl.col("school_year") == 2022)
        assert then["place"].n_unique() == 1
        assert then["place"][0] == empty.filter("empty")["place"][0]


def test_every_mark_is_there_every_year(cells):
    marks = cells.group_by("school_year").agg(pl.col("mark").drop_nulls().unique().sort())
    assert all(row == ["-", ".", "..", "..."] for row in marks["mark"].to_list())
    share = cells.filter(pl.col("status") == Status.VALUE).height / cells.height
    assert 0.3 < share < 0.7


def test_costs_are_shown_for_municipalities_only(cells):
    costs = cells.filter(pl.col("measure").str.contains("cost"), pl.col("level") != "nation")
    shown = costs.filter(pl.col("value").is_not_null())
    assert shown["level"].unique().to_list() == ["organiser"]
    assert shown["municipal"].all()
    assert shown["organiser"].n_unique() == 60
    assert costs.filter(~pl.col("municipal"))["mark"].is_in(["..", "."]).all()


def test_the_survey_comes_every_other_year_to_half_of_the_units(cells):
    staff = cells.filter(pl.col("measure") == "safety_staff", pl.col("level") == "unit")
    taking_part = staff.filter(pl.col("mark").is_null() | (pl.col("mark") == "-"))
    for year in YEARS:
        share = (
            taking_part.filter(pl.col("school_year") == year).height
            / staff.filter(pl.col("school_year") == year).height
        )
        assert 0.35 < share < 0.65
    both = {year: set(taking_part.filter(pl.col("school_year") == year)["place"]) for year in YEARS}
    stayed = set(staff.filter(pl.col("school_year") == 2022)["place"])
    assert not both[2022] & both[2023]
    assert len(stayed & both[2022] & both[2024]) > 0.9 * len(both[2022])
    everywhere = staff.filter(pl.col("school_year") == 2024)["mark"].value_counts()
    assert everywhere.filter(pl.col("mark") == "-")["count"][0] < 40


def test_a_school_has_results_only_in_the_grades_it_has(tidies, cells):
    names = tidies[2024].places.filter(pl.col("unit_label").str.ends_with(" F-6"))["place"]
    assert len(names) > 20
    now = cells.filter(pl.col("school_year") == 2024, pl.col("place").is_in(names.implode()))
    upper = now.filter(pl.col("measure").str.contains("grade_9|grade_8|eligible"))
    assert (upper["mark"] == ".").all()
    assert now.filter(pl.col("measure") == "mathematics_grade_6_percent")["mark"].ne_missing(".").any()


def test_riket_is_near_the_middle_of_the_organisers(cells):
    for measure in ("girls_percent", "qualified_teachers_percent", "mathematics_grade_6_percent", "cost_per_pupil"):
        rows = cells.filter(pl.col("measure") == measure, pl.col("school_year") == 2024)
        nation = rows.filter(pl.col("level") == "nation")["value"][0]
        values = rows.filter(pl.col("level") == "organiser")["value"].drop_nulls()
        assert values.quantile(0.1) < nation < values.quantile(0.9), measure


def test_an_organiser_has_the_pupils_of_its_units(cells):
    pupils = cells.filter(pl.col("measure") == "pupil_count")
    totals = pupils.filter(pl.col("level") == "organiser").select("organiser", "school_year", "value")
    added = pupils.filter(pl.col("level") == "unit").group_by("organiser", "school_year").agg(pl.col("value").sum())
    both = totals.join(added, on=["organiser", "school_year"])
    assert both.height == 105 * 3
    assert (both["value"] == both["value_right"]).all()
    nation = pupils.filter(pl.col("level") == "nation").sort("school_year")["value"]
    assert (
        nation.to_list()
        == totals.group_by("school_year").agg(pl.col("value").sum()).sort("school_year")["value"].to_list()
    )


def test_what_hangs_together_in_a_school_hangs_together_here(cells):
    wide = cells.filter(pl.col("level") == "unit").pivot(on="measure", index=["place", "school_year"], values="value")
    pairs = {
        ("educated_parents_percent", "all_subjects_grade_9_percent"): 0.4,
        ("safety_grade_5", "calm_grade_5"): 0.4,
        ("mathematics_grade_9_percent", "all_subjects_grade_9_percent"): 0.7,
    }
    for (one, other), least in pairs.items():
        both = wide.select(one, other).drop_nulls()
        assert both.height > 30
        assert both.select(pl.corr(one, other)).item() > least, (one, other)
    both = wide.select("eligible_percent", "mathematics_grade_9_percent").drop_nulls()
    assert (both["eligible_percent"] <= both["mathematics_grade_9_percent"]).all()
    parts = [measure.id for measure in MEASURES if "Per elev för" in measure.official_label]
    costs = cells.filter(pl.col("level") == "organiser").pivot(
        on="measure", index=["place", "school_year"], values="value"
    )
    added = costs.select(pl.sum_horizontal(parts) / pl.col("cost_per_pupil")).to_series().drop_nulls()
    assert added.is_between(0.99, 1.01).all()


def test_values_drift_between_years_but_do_not_jump(cells):
    units = cells.filter(pl.col("level") == "unit")
    for measure, most in {"pupil_count": 60, "girls_percent": 6, "qualified_teachers_percent": 8}.items():
        wide = units.filter(pl.col("measure") == measure).pivot(on="school_year", index="place", values="value")
        step = (wide["2023"] - wide["2022"]).abs().drop_nulls()
        assert step.max() > 0
        assert step.quantile(0.95) < most, measure


MATHEMATICS, GIRLS = MEASURES[-1], MEASURES[1]


@pytest.mark.parametrize(
    ("measure", "share", "cell"),
    [
        (MATHEMATICS, Share(0, 0), "."),
        (MATHEMATICS, Share(9, 9), ".."),
        (MATHEMATICS, Share(10, 10), 100.0),
        (MATHEMATICS, Share(30, 29), "..."),
        (MATHEMATICS, Share(30, 26), "..."),
        (MATHEMATICS, Share(30, 25), 83.3),
        (MATHEMATICS, Share(30, 4), ".."),
        (GIRLS, Share(4, 2), ".."),
        (GIRLS, Share(12, 6), 50.0),
    ],
)
def test_the_marks_of_a_share(measure, share, cell):
    assert cell_of(share, measure, recipe_of(measure), "municipal unit") == cell


def test_the_marks_of_a_survey():
    measure = next(each for each in MEASURES if each.id == "safety_staff")
    recipe = recipe_of(measure)
    assert cell_of(None, measure, recipe, "company") == "."
    assert cell_of(Amount(4, 28.0), measure, recipe, "company") == "-"
    assert cell_of(Amount(8, 60.0), measure, recipe, "company") == 7.5


def test_a_unit_alone_in_hiding_takes_the_next_smallest_with_it():
    shares = [Share(30, 28), Share(20, 12), Share(50, 40), None]
    assert with_second_hidden(["...", 60.0, 80.0, "."], shares) == ["...", "..", 80.0, "."]
    assert with_second_hidden(["...", "..", 80.0, "."], shares) == ["...", "..", 80.0, "."]
    assert with_second_hidden([93.3, 60.0, 80.0, "."], shares) == [93.3, 60.0, 80.0, "."]


def test_no_single_hidden_share_can_be_worked_out_from_the_total(cells):
    shares = cells.filter(pl.col("measure").str.contains("grade_[369]_percent|eligible|girls"))
    units = shares.filter(pl.col("level") == "unit", pl.col("mark").ne_missing("."))
    hidden = units.group_by("organiser", "measure", "school_year").agg(
        pl.col("mark").count().alias("hidden"), pl.len().alias("units")
    )
    totals = shares.filter(pl.col("level") == "organiser", pl.col("value").is_not_null())
    both = totals.join(hidden, on=["organiser", "measure", "school_year"])
    assert both.filter(pl.col("hidden") > 1).height > 50
    assert both.filter(pl.col("hidden") == 1, pl.col("units") > 1).height == 0


@pytest.mark.parametrize("serial", range(50))
def test_no_organisation_number_is_a_possible_one(serial):
    number = organisation_number("2120009", serial)
    assert len(number) == 10
    digits = [int(digit) * (2 - position % 2) for position, digit in enumerate(number)]
    assert sum(digit // 10 + digit % 10 for digit in digits) % 10 != 0


@pytest.mark.real
def test_nothing_invented_is_real(tidies):
    shared = Path(os.environ.get("STYRKEDJAN_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
    workbook = shared / "skolverket-ufa-grundskola" / "Underlag_for_analys.xlsx"
    if not workbook.exists():
        pytest.skip("the official workbook is not here")
    real = read_workbook(workbook.read_bytes(), workbook.name, UFA_SOURCE).places
    for tidy in tidies.values():
        for column in ("organiser_label", "unit_label"):
            both = set(tidy.places[column]) & set(real[column])
            assert both == {""}, column
        numbers = [set(places["place"].str.slice(0, 10)) - {"00"} for places in (tidy.places, real)]
        assert not numbers[0] & numbers[1]
        codes = [set(places["place"].str.slice(11)) - {""} for places in (tidy.places, real)]
        assert not codes[0] & codes[1]
