"""One value as a reader sees it: a hidden one is never 0 and never blank."""

import pytest

from styrkedjan.core.catalogue import PeriodMeaning, Unit
from styrkedjan.core.statistics import SchoolYear, Status
from styrkedjan.render.values import difference, period, printed_value
from styrkedjan.render.words import Words
from tests.core.spec import MARKS, measure, released
from tests.world import catalogue

WORDS = {language: Words(language, texts) for language, texts in catalogue().words.items()}
SV = WORDS["sv"]


def printed(text: str, **about) -> str:
    """A value in words, with plain spaces."""
    return plain(printed_value(released(text), measure(**about), SV).text)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


# cell, unit, decimals -> what is printed
PRINTED = [
    ("47.84", Unit.PERCENT, 1, "47,8 %"),
    ("47.85", Unit.PERCENT, 1, "47,9 %"),
    ("100", Unit.PERCENT, 1, "100,0 %"),
    ("0", Unit.PERCENT, 1, "0,0 %"),
    ("138700", Unit.SEK, 0, "138 700 kr"),
    ("1234567", Unit.KSEK, 0, "1 234 567 tkr"),
    ("8", Unit.INDEX, 1, "8,0"),
    ("1090000", Unit.COUNT, 0, "1 090 000"),
    ("~100", Unit.PERCENT, 0, "cirka 100 %"),
]


@pytest.mark.parametrize(("text", "unit", "decimals", "expected"), PRINTED)
def test_a_number_is_printed_with_its_unit_and_decimals(text, unit, decimals, expected):
    assert printed(text, unit=unit, decimals=decimals) == expected


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("language", WORDS)
def test_a_hidden_value_says_which_mark_and_what_it_means(mark, language):
    found = printed_value(released(mark), measure(), WORDS[language])
    assert not found.shown and found.text.strip() and found.explanation.strip()
    assert not any(letter.isdigit() for letter in found.text), "a hidden value is never 0"
    assert found.status == MARKS[mark].name
    assert found.key == ("2120009901", "m", 2024), "its lineage is a click away"


def test_every_status_has_its_own_word():
    texts = [printed_value(released(mark), measure(), SV).text for mark in MARKS]
    texts.append(printed_value(None, measure(), SV).text)
    assert len(set(texts)) == len(MARKS) + 1, "no two marks are told as the same"
    assert {status for status in Status if not status.has_number} == set(MARKS.values())


def test_a_cell_that_is_not_there_says_so_and_has_no_lineage():
    found = printed_value(None, measure(), SV)
    assert (found.text, found.shown, found.status, found.key) == ("finns inte", False, "ABSENT", ())


def test_an_approximate_value_is_shown_and_explained():
    found = printed_value(released("~100"), measure(decimals=0), SV)
    assert found.shown and found.explanation.startswith("Värdet är ungefärligt")
    assert printed_value(released("99"), measure(), SV).explanation == ""


@pytest.mark.parametrize(
    ("meaning", "text"),
    [
        (PeriodMeaning.SCHOOL_YEAR, "läsåret 2024/25"),
        (PeriodMeaning.FIRST_CALENDAR_YEAR, "kalenderåret 2024"),
        (PeriodMeaning.SECOND_CALENDAR_YEAR, "vårterminen 2025"),
    ],
)
def test_a_school_year_means_what_its_source_means(meaning, text):
    assert period(measure(period=meaning), SchoolYear(2024), SV) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (-4.2, Unit.PERCENT, "4,2 procentenheter"),
        (0.5, Unit.INDEX, "0,5 steg"),
        (-3.0, Unit.RATIO, "3,0 elever per heltidstjänst"),
    ],
)
def test_a_difference_says_its_own_unit(value, unit, text):
    assert plain(difference(value, measure(unit=unit), SV)) == text
