"""Place keys, kinds of organisers, and the order and search of Swedish names."""

import unicodedata

import pytest

from styrkedjan.core.places import NATION, organiser_of, organiser_type, search_key, sort_key, unit_code_of

TYPES = {
    "2120009007": "municipality",
    "2220000018": "municipality",
    "2321000016": "region",
    "2021003989": "state",
    "5560000001": "independent",
    "8020000007": "independent",
    "2120010000": "independent",  # one digit beside the municipalities' series
}


@pytest.mark.parametrize(("number", "kind"), TYPES.items())
def test_the_kind_of_organiser_is_read_from_its_number(number, kind):
    assert organiser_type(number) == kind


@pytest.mark.parametrize(
    ("key", "organiser", "code"),
    [(NATION, "", ""), ("2120009007", "2120009007", ""), ("2120009007-26921665", "2120009007", "26921665")],
)
def test_a_key_says_whose_it_is(key, organiser, code):
    assert (organiser_of(key), unit_code_of(key)) == (organiser, code)


IN_ORDER = ["Abrahamsby", "École", "Eda", "Èdagatan", "Ekby", "Zinkgruvan", "Åby", "Älvkarleby", "Ödeshög"]


def test_names_sort_as_a_swedish_reader_expects():
    turned = list(reversed(IN_ORDER))
    assert sorted(turned, key=sort_key) == IN_ORDER


def test_the_order_does_not_hang_on_how_letters_are_composed():
    taken_apart = [unicodedata.normalize("NFD", name) for name in IN_ORDER]
    assert [sort_key(name) for name in taken_apart] == [sort_key(name) for name in IN_ORDER]


@pytest.mark.parametrize("letter", "áàâçñüß")
def test_foreign_letters_do_not_sort_behind_the_alphabet(letter):
    assert sort_key(letter) < sort_key("å")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Åsö  grundskola", "aso grundskola"),
        ("ÉCOLE  Älv", "ecole alv"),
        ("S:t Eriks skola (F-9)", "s t eriks skola f 9"),
        ("  ", ""),
        ("A%_b", "a b"),
        (unicodedata.normalize("NFD", "Örebro"), "orebro"),
    ],
)
def test_a_search_key_has_only_letters_digits_and_single_spaces(text, key):
    assert search_key(text) == key
