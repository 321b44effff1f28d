"""An invented nation: organisers, schools and figures that exist nowhere, in the official workbook's layout.

It is what a new installation can be tried with, and what tests import. The same arguments always give the same bytes.
"""

from collections.abc import Iterable, Mapping

from styrkedjan.core.catalogue import Measure, StatisticsSource
from styrkedjan.core.statistics import SchoolYear
from styrkedjan.data.invented_nation.figures import figures_of
from styrkedjan.data.invented_nation.nation import invent_nation
from styrkedjan.data.invented_nation.workbook import workbook_of

DEFAULT_YEARS = (2022, 2023, 2024)
DEFAULT_SEED = 20260101


def invented_workbooks(
    source: StatisticsSource,
    measures: Mapping[str, Measure] | Iterable[Measure],
    years: Iterable[int] = DEFAULT_YEARS,
    seed: int = DEFAULT_SEED,
) -> dict[str, bytes]:
    """One workbook per läsår, by file name.

    In: the source whose title, sheet and labels are used, its measures, and the autumn years. A measure that the
    source lacks a year is left out of that year's workbook.
    Out: file name -> xlsx. With two or more years, units open, close and change organiser between them.
    """
    ordered = _in_the_order_of(source, list(measures.values() if isinstance(measures, Mapping) else measures))
    school_years = [SchoolYear(year) for year in sorted(set(years))]
    nation = invent_nation(seed, len(school_years))
    books = {}
    for index, year in enumerate(school_years):
        present = [each for each in ordered if year.autumn not in source.absent.get(each.id, ())]
        columns = figures_of(nation, present, index, year.autumn, seed)
        name = f"Påhittat underlag för analys {year.autumn}-{year.spring % 100:02d}.xlsx"
        books[name] = workbook_of(source, present, year, columns)
    return books


def _in_the_order_of(source: StatisticsSource, measures: list[Measure]) -> list[Measure]:
    """The measures that the source prints, in its order."""
    position = {label: index for index, label in enumerate(source.labels)}
    printed = [measure for measure in measures if measure.official_label in position]
    return sorted(printed, key=lambda measure: position[measure.official_label])
