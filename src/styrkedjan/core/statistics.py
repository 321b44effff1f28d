"""Statistics: school years (läsår), statuses, marks and the tidy table that every reader makes.

A number has a status and never stands alone. What a source hid keeps that source's mark.
"""

import re
from dataclasses import asdict, dataclass
from enum import IntEnum

import polars as pl

from styrkedjan.core.refused import BadInput, BrokenData


class Status(IntEnum):
    """What kind of thing stands in a cell. Stored as a small integer; the numbers never change meaning."""

    VALUE = 0
    APPROXIMATE = 1  # "cirka 310", "~100"
    HIDDEN = 2  # sekretess
    MAJORITY = 3  # nearly all pupils are included
    BELOW_RULES = 4  # the survey's rules for showing were not met
    NOT_APPLICABLE = 5
    MISSING = 6

    @property
    def has_number(self) -> bool:
        return self in (Status.VALUE, Status.APPROXIMATE)


@dataclass(frozen=True, order=True)
class SchoolYear:
    """A school year (läsår), named by its autumn: ``SchoolYear(2024)`` prints ``2024/25``."""

    autumn: int

    def __str__(self) -> str:
        return f"{self.autumn}/{(self.autumn + 1) % 100:02d}"

    @property
    def spring(self) -> int:
        return self.autumn + 1

    @classmethod
    def parse(cls, text: str) -> "SchoolYear":
        """Read ``2024/25``, ``2024/2025``, ``2024-25`` or ``2024``.

        Raises: BadInput when the text is none of them or the years do not follow each other.
        """
        match = re.fullmatch(r"\s*([0-9]{4})(?:\s*[/\-–]\s*([0-9]{2}|[0-9]{4}))?\s*", str(text))
        if not match:
            raise BadInput(f"”{text}” är inget läsår. Skriv till exempel 2024/25.")
        autumn = int(match[1])
        if match[2] and match[2] not in (f"{autumn + 1}", f"{(autumn + 1) % 100:02d}"):
            raise BadInput(f"”{text}” är inget läsår: det andra året ska vara året efter det första, som i 2024/25.")
        return cls(autumn)


TIDY_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "place": pl.String,  # place key: "00", "2120009007" or "2120009007-26921665"
    "measure": pl.String,  # catalogue id, for example "pupil_count"
    "school_year": pl.Int16,  # autumn year
    "status": pl.UInt8,  # Status
    "value": pl.Float64,  # null unless the status has a number
    "mark": pl.String,  # what was printed when it was not a plain number, else null
    "row": pl.UInt32,  # 1-based sheet row; for an API answer the position of the cell in "value"
    "column": pl.UInt32,  # 1-based sheet column; 0 for an API answer
}

TIDY_PLACE_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "place": pl.String,
    "organiser_label": pl.String,  # as printed, usually UPPER CASE; empty for riket
    "unit_label": pl.String,  # as printed; empty for riket and for an organiser's own column
}


@dataclass(frozen=True)
class Tidy:
    """What a reader makes of one file or answer, whatever its format.

    ``observations`` has TIDY_COLUMNS: one row per place x measure x school year, no pair twice.
    ``places`` has TIDY_PLACE_COLUMNS: one row per place, in the order of the source.
    ``measure_labels`` maps measure id to the label as the source printed it.
    """

    source: str
    title: str
    sheet: str
    observations: pl.DataFrame
    places: pl.DataFrame
    measure_labels: dict[str, str]
    notes: tuple[str, ...]

    @property
    def school_years(self) -> tuple[SchoolYear, ...]:
        return tuple(SchoolYear(year) for year in sorted(self.observations["school_year"].unique().to_list()))


@dataclass(frozen=True)
class MarkTable:
    """The marks one source prints and what they mean there; the same sign may differ between sources."""

    source: str
    meanings: dict[str, Status]

    def status(self, text: str) -> Status:
        """Raises BrokenData when the source has never been known to print this mark."""
        try:
            return self.meanings[text]
        except KeyError:
            known = " ".join(self.meanings)
            raise BrokenData(
                f"okänt tecken ”{text}”. Kända tecken i källan {self.source}: {known}. Inget har ändrats. "
                "Lägg in tecknets betydelse i catalogue/sources.yaml om källan har infört det."
            ) from None


@dataclass(frozen=True)
class Counted:
    """What one file holds."""

    measures: int
    columns: int
    organisers: int
    units: int
    unit_columns: int
    numbers: int
    marks: dict[str, int]
    school_years: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """One cell that is not what it was. Texts as printed; empty when there was no cell."""

    place: str
    measure: str
    school_year: int
    before: str
    after: str


@dataclass(frozen=True)
class ImportReport:
    """The report of an import, in numbers and keys; words are put on it where it is shown.

    ``new_places`` and ``gone_places`` are place keys against the previous edition's latest year (or, for a revised
    file, against the same year). ``moved`` are unit codes that stand under more than one organiser in the file.
    ``changes`` are cells of the same year that differ from the edition before (``change_count`` in all);
    ``jumps`` are cells that differ more than the measure's own jump from the year before (``jump_count`` in all).
    """

    file: str
    sha256: str
    source: str
    counted: Counted
    new_places: tuple[str, ...]
    gone_places: tuple[str, ...]
    compared_with: str  # school year that new and gone are counted against; empty for the first file
    moved: dict[str, tuple[str, ...]]
    change_count: int
    changes: tuple[Change, ...]
    jump_count: int
    jumps: tuple[Change, ...]
    extra_decimals: dict[str, int]

    @property
    def named_places(self) -> tuple[str, ...]:
        """The keys of every place that the report names."""
        moved = [key for code, organisers in self.moved.items() for org in organisers for key in (org, f"{org}-{code}")]
        changed = [change.place for change in (*self.changes, *self.jumps)]
        return tuple(dict.fromkeys((*self.new_places, *self.gone_places, *moved, *changed)))

    def to_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict) -> "ImportReport":
        """Read what ``to_json`` wrote."""
        counted = Counted(**{**content["counted"], "school_years": tuple(content["counted"]["school_years"])})
        return cls(
            **{
                **content,
                "counted": counted,
                "new_places": tuple(content["new_places"]),
                "gone_places": tuple(content["gone_places"]),
                "moved": {code: tuple(organisers) for code, organisers in content["moved"].items()},
                "changes": tuple(Change(**change) for change in content["changes"]),
                "jumps": tuple(Change(**change) for change in content["jumps"]),
            }
        )


def cell_name(row: int, column: int) -> str:
    """The name a spreadsheet gives a cell: row 29, column 28 (both 1-based) is ``AB29``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
