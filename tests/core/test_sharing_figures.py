"""Own figures from a file: what is read, what is refused and how each bad row is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrkedjan.core.refused import BadInput
from styrkedjan.core.sharing.figures import LARGEST_FILE, MOST_FIGURES, Figure, figures_in, read_csv, written_csv
from styrkedjan.core.statistics import SchoolYear

HEAD = "benämning;läsår;värde;enhet;källa\n"


def read(text: str, encoding: str = "utf-8"):
    return read_csv(text.encode(encoding))


def problems(text: str) -> list[str]:
    return [str(problem) for problem in read(text).problems]


def values(text: str) -> list[str]:
    table = read(text)
    assert table.problems == ()
    return [figure.value for figure in table.figures]


def test_a_file_as_excel_writes_it():
    table = read_csv((HEAD + "Frånvaro;2024/25;12,5;%;Skola24\r\n").replace("\n", "\r\n").encode("cp1252"))
    assert table.figures == (Figure("Frånvaro", SchoolYear(2024), "12.5", "%", "Skola24"),)
    assert table.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_alphabets_and_delimiters_that_are_known(encoding, delimiter):
    text = delimiter.join(["Benämning ", "LÄSÅR", "värde", "enhet", "källa"]) + "\n"
    text += delimiter.join(["Åk 3 läser ”flytande”", "2024/25", '"47,8"', "%", "Egen mätning"]) + "\n"
    table = read(text, encoding)
    assert [figure.name for figure in table.figures] == ["Åk 3 läser ”flytande”"]
    assert table.figures[0].value == "47.8"


def test_columns_may_stand_in_any_order_and_others_are_passed_over():
    table = read("källa;kommentar;värde;läsår;benämning\nSkola24;bara vi;3;2023/24;Klagomål\n")
    assert table.figures == (Figure("Klagomål", SchoolYear(2023), "3", "", "Skola24"),)


def test_a_line_that_names_the_delimiter_is_passed_over():
    assert problems("sep=;\n" + HEAD + "a;2024/25;x;;k\n") == [
        "Rad 3: ”x” är inget tal. Skriv till exempel 47,8 utan enhet."
    ]


@pytest.mark.parametrize(
    ("written", "kept", "printed"),
    [
        ("47,8", "47.8", "47,8"),
        ("47.8", "47.8", "47,8"),
        ("12,50", "12.50", "12,50"),
        ("1 234,5", "1234.5", "1\u202f234,5"),
        ("1\u00a0234", "1234", "1\u202f234"),
        ("−3", "-3", "\u22123"),
        ("-0,5", "-0.5", "\u22120,5"),
        ("007", "7", "7"),
        ("0.125", "0.125", "0,125"),
        ("0", "0", "0"),
    ],
)
def test_swedish_numbers(written, kept, printed):
    table = read(f"{HEAD}a;2024/25;{written};;k\n")
    assert [(figure.value, figure.printed) for figure in table.figures] == [(kept, printed)]


@pytest.mark.parametrize("written", ["hög", "12 %", "1e5", "..", "1,2,3", "12 34", "NaN", "٣", "1234567890123", "=1+1"])
def test_what_is_no_number(written):
    table = read(f'{HEAD}a;2024/25;"{written}";;k\n')
    assert table.figures == ()
    assert [str(problem) for problem in table.problems] == [
        f"Rad 2: ”{written}” är inget tal. Skriv till exempel 47,8 utan enhet."
    ]


def test_a_point_that_may_be_either_is_asked_about():
    assert problems(HEAD + "a;2024/25;1.234;;k\n") == [
        "Rad 2: ”1.234” kan betyda både 1234 och 1,234. Skriv det som du menar."
    ]


def test_every_bad_row_is_named_by_its_line():
    text = (
        HEAD
        + "a;2024/25;1;;k\n\n;2024/25;1;;k\nb;i fjol;1;;k\nc;2024/25;;;\nd;1066;1;;k\n"
        + f"{'x' * 201};2024/25;1;;k\n"
    )
    assert problems(text) == [
        "Rad 4: benämning saknas.",
        "Rad 5: ”i fjol” är inget läsår. Skriv till exempel 2024/25.",
        "Rad 6: värde saknas.",
        "Rad 6: källa saknas.",
        "Rad 7: läsåret 1066/67 ligger utanför 1980–2099.",
        "Rad 8: benämning är längre än 200 tecken.",
    ]


def test_a_cell_with_new_lines_does_not_shift_the_lines():
    assert problems(HEAD + '"två\nrader";2024/25;1;;k\nb;2024/25;x;;k\n')[0].startswith("Rad 4:")


def test_a_figure_that_stands_twice_is_named():
    assert problems(HEAD + "Klagomål;2024/25;3;;k\nklagomål;2024/25;4;;k\n") == [
        "Rad 3: ”klagomål” för 2024/25 står redan på rad 2."
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "tom"),
        (b"\n \n", "tom"),
        (b"PK\x03\x04rest", "Excel"),
        (b"\xd0\xcf\x11\xe0rest", "äldre Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "bild"),
        ("benämning".encode("utf-16"), "ingen vanlig text"),
        (b"ben\x00", "ingen vanlig text"),
        (b"n\x81r", "Filens tecken"),
        ("namn;år\na;b\n".encode(), "läsår, värde, källa"),
        ((HEAD + 'a;2024/25;"1;;k\n').encode(), "citattecken"),
        ("benämning;namn;läsår;värde;källa\n".encode(), "två gånger"),
        (b"x" * (LARGEST_FILE + 1), "200 kB"),
    ],
)
def test_what_is_no_file_of_figures_is_refused_whatever_its_name(content, said):
    with pytest.raises(BadInput, match=said):
        read_csv(content)


def test_there_is_room_for_five_hundred():
    rows = [f"mått {number};2024/25;{number};;k\n" for number in range(MOST_FIGURES + 1)]
    assert len(read(HEAD + "".join(rows[:-1])).figures) == MOST_FIGURES
    assert problems(HEAD + "".join(rows)) == ["Rad 501: högst 500 siffror får plats i ett material."]


def test_a_written_file_opens_safely_and_reads_back():
    figures = (
        Figure("=HYPERLINK(1)", SchoolYear(2024), "-3.5", "%", "@källa"),
        Figure("Text; med ”allt”", SchoolYear(2023), "1234.50", "", "rad"),
    )
    content = written_csv(figures)
    assert content.startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK(1);2024/25;-3,5;%;'@källa\r\n" in content.decode("utf-8-sig")
    assert read_csv(content).figures == figures


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_what_is_written_is_read_back(texts):
    rows = [
        {"name": f"x{name}", "school_year": "2024/25", "value": "1", "unit": str(index), "source": f"y{source}"}
        for index, (name, source) in enumerate(texts)
    ]
    kept = figures_in(enumerate(rows, 1)).figures
    assert len(kept) == len(rows)
    assert read_csv(written_csv(kept)).figures == kept
