"""Checks of a tidy table before it is published, and the import report: what it holds and what has changed."""

import polars as pl

from styrkedjan.core.catalogue import Measure, Unit
from styrkedjan.core.places import NATION
from styrkedjan.core.statistics import Change, Counted, ImportReport, SchoolYear, Status, Tidy

EXAMPLES = 12
LEAST_STEPS = 10
ABSOLUTE_JUMP_UNITS = (Unit.PERCENT, Unit.INDEX)
FLOAT_NOISE = 1e-9  # 85,6 - 60,6 is not exactly 25 in binary fractions


def count(tidy: Tidy) -> Counted:
    """Count a tidy table: distinct measures, columns, organisers, units, numbers and marks as printed."""
    observations = tidy.observations
    keys = tidy.places["place"]
    units = keys.filter(keys.str.len_chars() > 10)
    marks = observations.filter(pl.col("status") != int(Status.VALUE))["mark"].value_counts(sort=True)
    return Counted(
        measures=observations["measure"].n_unique(),
        columns=observations.select("place", "school_year").n_unique(),
        organisers=keys.filter(keys.str.len_chars() == 10).len(),
        units=units.str.slice(11).n_unique(),
        unit_columns=units.len(),
        numbers=observations["value"].count(),
        marks=dict(marks.iter_rows()),
        school_years=tuple(str(year) for year in tidy.school_years),
    )


def moved_units(tidy: Tidy) -> dict[str, tuple[str, ...]]:
    """Unit codes that stand under more than one organiser, with the organisation numbers."""
    units = tidy.places.filter(pl.col("place").str.len_chars() > 10).select(
        pl.col("place").str.slice(11).alias("code"), pl.col("place").str.slice(0, 10).alias("organiser")
    )
    twice = units.group_by("code").agg("organiser").filter(pl.col("organiser").list.len() > 1).sort("code")
    return {code: tuple(sorted(organisers)) for code, organisers in twice.iter_rows()}


def report(
    tidy: Tidy, file: str, sha256: str, measures: dict[str, Measure], previous: pl.DataFrame | None
) -> ImportReport:
    """Hold a tidy table beside the observations of the edition before it.

    In: ``previous`` has TIDY_COLUMNS, or None when there is no edition before.
    """
    latest = tidy.school_years[-1]
    same_year, year_before = _earlier(previous, latest)
    changes = _changes(tidy.observations, previous)
    now = tidy.observations.filter(pl.col("school_year") == latest.autumn)
    jumps = _jumps(now, year_before, measures)
    base = same_year if same_year.height else year_before
    new, gone = _places_new_and_gone(now, base)
    return ImportReport(
        file=file,
        sha256=sha256,
        source=tidy.source,
        counted=count(tidy),
        new_places=new,
        gone_places=gone,
        compared_with=str(SchoolYear(base["school_year"][0])) if base.height else "",
        moved=moved_units(tidy),
        change_count=changes.height,
        changes=_examples(changes),
        jump_count=jumps.height,
        jumps=_examples(jumps),
        extra_decimals=_extra_decimals(tidy.observations, measures),
    )


def _earlier(previous: pl.DataFrame | None, latest: SchoolYear) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The previous edition's rows of the same year, and of the latest year before it."""
    if previous is None or not previous.height:
        nothing = pl.DataFrame(schema={"place": pl.String, "school_year": pl.Int16})
        return nothing, nothing
    years = [year for year in previous["school_year"].unique().to_list() if year < latest.autumn]
    before = max(years, default=-1)
    return (
        previous.filter(pl.col("school_year") == latest.autumn),
        previous.filter(pl.col("school_year") == before),
    )


def _places_new_and_gone(now: pl.DataFrame, base: pl.DataFrame) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not base.height:
        return (), ()
    places, places_then = (set(frame["place"].unique().to_list()) for frame in (now, base))
    return tuple(sorted(places - places_then)), tuple(sorted(places_then - places))


def _changes(observations: pl.DataFrame, previous: pl.DataFrame | None) -> pl.DataFrame:
    """Cells of the same years whose printed content differs; a place that came or went is reported as such instead."""
    if previous is None or not previous.height:
        return _no_changes()
    key = ["place", "measure", "school_year"]
    both = observations.join(previous, on=key, suffix="_before")
    differs = (pl.col("status") != pl.col("status_before")) | pl.col("value").ne_missing(pl.col("value_before"))
    changed = both.filter(differs).sort(pl.col("place") != NATION, *key)
    return changed.select(*key, _printed("_before").alias("before"), _printed("").alias("after"))


def _jumps(now: pl.DataFrame, before: pl.DataFrame, measures: dict[str, Measure]) -> pl.DataFrame:
    """Cells that moved more than their measure's jump since the year before, largest relative to the jump first.

    A step of fewer than LEAST_STEPS in the last printed digit is none: 0,1 full-time posts that become 0,2 are noise.
    Riket is in it too: a jump there is the surest sign that a definition has changed.
    """
    if not before.height:
        return _no_changes()
    limits = pl.DataFrame(
        {
            "measure": list(measures),
            "jump": [measure.jump for measure in measures.values()],
            "absolute": [measure.unit in ABSOLUTE_JUMP_UNITS for measure in measures.values()],
            "least": [LEAST_STEPS * 10.0**-measure.decimals for measure in measures.values()],
        },
        schema={"measure": pl.String, "jump": pl.Float64, "absolute": pl.Boolean, "least": pl.Float64},
    )
    both = now.join(before, on=["place", "measure"], suffix="_before").join(limits, on="measure")
    step = (pl.col("value") - pl.col("value_before")).abs()
    size = pl.when("absolute").then(step).otherwise(100 * step / pl.col("value_before").abs())
    return (
        both.with_columns((size / pl.col("jump")).alias("times"))
        .filter(pl.col("times").is_finite() & (pl.col("times") > 1 + FLOAT_NOISE))
        .filter(step > pl.col("least") - FLOAT_NOISE)
        .sort(pl.col("place") != NATION, -pl.col("times"), "place", "measure")
        .select("place", "measure", "school_year", _printed("_before").alias("before"), _printed("").alias("after"))
    )


def _printed(suffix: str) -> pl.Expr:
    """The cell as the source printed it: the mark, or the number without a trailing ``.0``."""
    number = pl.col(f"value{suffix}").cast(pl.String).str.replace(r"\.0$", "")
    return pl.coalesce(pl.col(f"mark{suffix}"), number, pl.lit(""))


def _no_changes() -> pl.DataFrame:
    columns = ("place", "measure", "before", "after")
    return pl.DataFrame(schema=dict.fromkeys(columns, pl.String) | {"school_year": pl.Int16})


def _examples(changes: pl.DataFrame) -> tuple[Change, ...]:
    return tuple(Change(**row) for row in changes.head(EXAMPLES).iter_rows(named=True))


def _extra_decimals(observations: pl.DataFrame, measures: dict[str, Measure]) -> dict[str, int]:
    """Measures in which some number has more decimals than the catalogue prints, with how many cells."""
    decimals = pl.DataFrame(
        {"measure": list(measures), "decimals": [measure.decimals for measure in measures.values()]},
        schema={"measure": pl.String, "decimals": pl.Int32},
    )
    scaled = pl.col("value") * (pl.lit(10.0) ** pl.col("decimals"))
    finer = observations.join(decimals, on="measure").filter((scaled - scaled.round()).abs() > 1e-6)
    return dict(finer.group_by("measure").len().sort("measure").iter_rows())
