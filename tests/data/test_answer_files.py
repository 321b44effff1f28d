"""Files of answers from elsewhere: what is read, and what is refused in words that say where."""

import pytest

from styrkedjan.core.refused import BrokenData
from styrkedjan.data.answer_files import MOST_COLUMNS, MOST_ROWS, read_answer_file
from tests.collected import LIMESURVEY_HEADS, limesurvey_rows, written
from tests.data.ufa_source import xlsx


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_an_export_is_read_whatever_its_signs(delimiter, encoding):
    file = read_answer_file(written(delimiter=delimiter, encoding=encoding), "svar.csv")
    assert file.heads == LIMESURVEY_HEADS
    assert [list(row) for row in file.rows] == limesurvey_rows()


def test_a_workbook_is_read_as_it_looks():
    file = read_answer_file(
        xlsx([["Fråga ett", "Fråga två"], [4, "I hög grad"], [None, 5.0], [2.5, " 3 "]], "Svar"), "x"
    )
    assert file.heads == ("Fråga ett", "Fråga två")
    assert file.rows == (("4", "I hög grad"), ("", "5"), ("2.5", "3"))


def test_texts_with_breaks_and_quotes_stay_in_their_cell():
    content = 'a,b,c\r\n1,"rad ett\nrad två, ""citat""",3\r\n\r\n4,,6\r\n'.encode()
    assert read_answer_file(content, "x").rows == (("1", 'rad ett rad två, "citat"', "3"), ("4", "", "6"))


def test_heads_that_are_missing_or_alike_can_be_told_apart():
    assert read_answer_file(b"Svar;;Svar\n1;2;3\n", "x").heads == ("Svar", "Kolumn 2", "Svar (2)")


def test_short_rows_are_filled_and_empty_ones_passed_over():
    assert read_answer_file(b"a;b;c\n1;2\n;;\n\n3;4;5;;\n", "x").rows == (("1", "2", ""), ("3", "4", "5"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "tom"),
        (b"  \n \n", "tom"),
        (b"a;b\n", "inga svar"),
        (b"bara en rubrik\n1\n", "bara en kolumn"),
        (b"a;b\n1;2;3\n", "rad 2 har 3 kolumner"),
        (b'a;b\n1;2\n3;"4\n5;6\n', "rad 3 går inte att dela upp"),
        (b"%PDF-1.7 ...", "en PDF-fil"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "äldre Excel"),
        (b"PK\x03\x04 nonsens", "skadad"),
        (b"a;b\n1;\x002\n", "ingen text"),
        (b"a;b\n\x81;\x8d\n", "tecken går inte att läsa"),
        (b"a;b\n" + b"1;2\n" * (MOST_ROWS + 1), "Dela upp filen"),
        (b";".join(b"k" for _ in range(MOST_COLUMNS + 1)) + b"\n1;2\n", "Dela upp filen"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(content, said):
    with pytest.raises(BrokenData, match=said) as refused:
        read_answer_file(content, "svar.csv")
    assert "svar.csv" in refused.value.message and "Inget har" in refused.value.message


def test_a_workbook_with_too_many_rows_says_what_to_do():
    with pytest.raises(BrokenData, match="spara den som CSV"):
        read_answer_file(xlsx([["a", "b"], *[[1, 2]] * 1_100], "Svar"), "x.xlsx")
