"""Small tidy tables for the tests of the store and the checks."""

import polars as pl

from styrkedjan.core.statistics import TIDY_COLUMNS, TIDY_PLACE_COLUMNS, Tidy
from styrkedjan.data.store import RawFile
from tests.core.spec import cell, rows

RAW = RawFile("ab" * 32, "fil.xlsx", "i prov", "2026-11-24T09:00:00+00:00")


def tidy(table: str, source: str = "ufa") -> Tidy:
    """A table of place, measure, year and value as a reader would give it."""
    found = []
    for number, row in enumerate(rows(table)):
        status, value, mark = cell(row["value"])
        found.append((row["place"], row["measure"], int(row["year"]), int(status), value, mark, number + 5, 2))
    return tidy_of(pl.DataFrame(found, schema=TIDY_COLUMNS, orient="row"), source)


def tidy_of(observations: pl.DataFrame, source: str = "ufa") -> Tidy:
    """These observations with a name for every place."""
    keys = observations["place"].unique(maintain_order=True).to_list()
    named = [(key, "" if key == "00" else f"NAMN {key[:10]}", f"ENHET {key[11:]}" if key[10:] else "") for key in keys]
    measures = observations["measure"].unique().to_list()
    return Tidy(
        source=source,
        title="Titel",
        sheet="Blad",
        observations=observations,
        places=pl.DataFrame(named, schema=TIDY_PLACE_COLUMNS, orient="row"),
        measure_labels={measure: measure.upper() for measure in measures},
        notes=(),
    )


def large(year: int, shift: float = 0.0, places: int = 2_000) -> Tidy:
    """A table large enough to take time to write."""
    keys = [f"{2_120_000_000 + number}" for number in range(places)]
    frame = pl.DataFrame({"place": keys}).join(pl.DataFrame({"measure": [f"m{n}" for n in range(20)]}), how="cross")
    numbers = pl.int_range(pl.len(), dtype=pl.UInt32)
    frame = frame.with_columns(
        school_year=pl.lit(year, pl.Int16),
        status=pl.lit(0, pl.UInt8),
        value=(numbers * 0.37 + shift).cast(pl.Float64),
        mark=pl.lit(None, pl.String),
        row=numbers,
        column=numbers,
    )
    return tidy_of(frame.select(TIDY_COLUMNS.keys()))
