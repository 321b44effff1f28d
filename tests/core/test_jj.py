"""The JJ format: what the tools of the field write is read, what is written is read back, and faults have a line."""

import pytest

from styrkedjan.core.disclosure.cells import Cell, CellStatus, Relation
from styrkedjan.core.disclosure.jj import read_jj, write_jj
from styrkedjan.core.refused import BrokenData
from tests.core.tables_to_protect import magnitudes, small_tables, tree

PLAIN = """\
0
3
0 7 7 s 0 100 0 0 0
1 3 3.5 u 0 100 0.45 0.45 0
2 4 4 z 0 100 0 0 0
1
0 3 : 0 (-1) 1 (1) 2 (1)
"""


def test_a_file_is_read():
    table = read_jj(PLAIN, "t.jj")
    assert [each.status.value for each in table.cells] == ["s", "u", "z"]
    assert table.cells[1] == Cell(1, 3.0, 3.5, CellStatus.UNSAFE, 0.0, 100.0, 0.45, 0.45, 0.0)
    assert table.relations == (Relation(((0, -1.0), (1, 1.0), (2, 1.0)), 0.0),)


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("\n", "\r\n"),
        PLAIN + "\n\n  \n",
        "\ufeff" + PLAIN,
        PLAIN.replace("0 3 : 0 (-1) 1 (1) 2 (1)", "0.0 3 : 0(-1) 1(1) 2(1)"),
        PLAIN.replace("0 3 : 0 (-1) 1 (1) 2 (1)", "0 3:0(-1)1(1)2(1)"),
        PLAIN.replace("0 3 : 0 (-1) 1 (1) 2 (1)", " 0  3  :  0  ( -1.0 )  1 ( 1 ) 2 ( +1 )  "),
        PLAIN.replace("0 7 7 s 0 100 0 0 0", "0\t7.0  7 S 0e0 1e2 0 0 0  "),
        PLAIN.replace("\n3\n", "\n 3 \n\n"),
    ],
)
def test_the_same_file_as_others_write_it(text):
    assert read_jj(text, "t.jj") == read_jj(PLAIN, "t.jj")


def test_ids_may_start_anywhere_and_have_holes():
    text = PLAIN.replace("\n0 7", "\n11 7").replace("\n1 3 ", "\n40 3 ").replace(": 0 (-1) 1 (1)", ": 11 (-1) 40 (1)")
    assert [each.id for each in read_jj(text, "t.jj").cells] == [11, 40, 2]


def test_no_bound_is_written_as_inf():
    assert read_jj(PLAIN.replace("0 7 7 s 0 100", "0 7 7 s -inf inf"), "t.jj").cells[0].upper == float("inf")


def test_what_is_written_is_read_back():
    for table in [*small_tables(3), magnitudes(3, [tree(9, 3), tree(4, 2)], level=0.1)]:
        assert read_jj(write_jj(table), "t.jj") == table
    text = PLAIN.replace("s 0 100", "s -inf inf")
    assert write_jj(read_jj(text, "t.jj")) == text


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (PLAIN, "", "rad 1: filen är slut"),
        ("0\n3\n", "1\n3\n", "rad 1: filen ska börja med en rad med 0"),
        ("\n3\n0", "\ntre\n0", "rad 2: antalet celler ska vara ett heltal"),
        ("\n3\n0", "\n-3\n0", "rad 2: antalet celler kan inte vara -3"),
        ("\n3\n0", "\n4\n0", "rad 6: en cell har nio uppgifter"),
        ("\n3\n0", "\n2\n0", "rad 5: antalet relationer ska vara ett heltal"),
        ("1 3 3.5 u", "1 3,0 3.5 u", "rad 4: värde ska vara ett tal med decimalpunkt, inte ”3,0”"),
        ("1 3 3.5 u", "x 3 3.5 u", "rad 4: id ska vara ett heltal"),
        ("1 3 3.5 u", "1 3 3.5 q", "rad 4: status ska vara s, u eller z, inte ”q”"),
        ("0.45 0.45 0\n", "0.45 0.45\n", "rad 4: en cell har nio uppgifter"),
        ("\n1\n0 3", "\n2\n0 3", "rad 8: filen är slut; här väntas en relation"),
        ("0 3 :", "0 3", "rad 7: en relation skrivs"),
        ("0 3 :", "0 2 :", "rad 7: det ska vara 2 termer, här står 3"),
        ("2 (1)", "2 (x)", "rad 7: koefficienten ska vara ett tal"),
        ("2 (1)", "2 1", "rad 7: ”2 1” är ingen term"),
        ("2 (1)\n", "2 (1)\n0 1 : 1 (1)\n", "rad 8: filen skulle vara slut"),
        ("2 (1)", "9 (1)", "Relation 1 nämner cellen 9"),
        ("0 3 :", "5 3 :", "Relation 1 går inte ihop"),
        ("1 3 3.5 u 0", "1 3 3.5 u 4", "Cellen 1 har en undre gräns"),
    ],
)
def test_a_fault_says_file_line_and_what_was_expected(before, after, says):
    assert before in PLAIN
    with pytest.raises(BrokenData) as refused:
        read_jj(PLAIN.replace(before, after), "t.jj")
    assert refused.value.message.startswith("t.jj: ")
    assert says in refused.value.message
