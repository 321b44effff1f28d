"""Underlag för analys from the statistics database: fetch the answers, and read landed answers into the tidy table.

Reading needs the answers alone, so an old edition can be read again from what was landed.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from styrkedjan.core.catalogue import StatisticsSource
from styrkedjan.core.places import PLACE_KEY
from styrkedjan.core.refused import BadInput, BrokenData, Spot
from styrkedjan.core.statistics import TIDY_COLUMNS, TIDY_PLACE_COLUMNS, MarkTable, SchoolYear, Status, Tidy
from styrkedjan.data import web
from styrkedjan.data.landing import Landed, land, landed, open_landed
from styrkedjan.data.sources.jsonstat import KEPT, Cube, read_cube
from styrkedjan.data.sources.pxweb import PxWebClient, Selection, Variable, parse_json, query_body, split
from styrkedjan.data.sources.ufa_labels import PlaceLabel, label_of_place, match_measures, normalise

MEASURE, PLACE, YEAR = "variable", "level", "time"
# The list of places is too long for the metadata (6 115 in grundskola, 2026); asking for more than there are gives all.
MOST_PLACES = 20_000
LIST_FORMAT = "styrkedjan pxweb answers 1"
ClientFactory = Callable[[str], PxWebClient]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Fetched:
    """Every answer of one fetch, untouched and in order (the table's metadata first), and what was asked for each."""

    url: str
    title: str
    answers: tuple[bytes, ...]
    requests: tuple[str, ...]


@dataclass(frozen=True)
class _Block:
    """One answer, read: its cube, and for each of its categories what it means."""

    cube: Cube
    labels: tuple[str, ...]
    places: tuple[str, ...]
    years: tuple[SchoolYear, ...]


def fetch(
    url: str,
    source: StatisticsSource,
    years: Sequence[SchoolYear] | None = None,
    progress: Progress | None = None,
    client_factory: ClientFactory = PxWebClient,
) -> Fetched:
    """Fetch a table, in as many calls as the limits ask for.

    In: the table's API address (ends with ``.px``), the school years (None for all that the table has), what to tell
    about finished and total calls, and how to make a client for the folder of the table.
    Raises: BadInput for an address or a school year that cannot be used, BrokenData when the server does not deliver.
    """
    address = str(web.address(url))
    if not address.endswith(".px"):
        raise BadInput(f"”{url}” är ingen tabell. Adressen till en tabell i databasens API slutar på .px.")
    folder, _slash, table = address.rpartition("/")
    tell = progress or (lambda _done, _total: None)
    with client_factory(folder) as client:
        metadata = client.metadata(table)
        queries = _queries(metadata.variables, years, Spot(address))
        tell(1, len(queries) + 1)
        answers = [metadata.content]
        for query in queries:
            answers.append(client.query(table, query))
            tell(len(answers), len(queries) + 1)
    requests = ("", *(query_body(query).decode() for query in queries))
    return Fetched(address, normalise(metadata.title) or source.title, tuple(answers), requests)


def _queries(
    variables: Sequence[Variable], years: Sequence[SchoolYear] | None, spot: Spot
) -> tuple[tuple[Selection, ...], ...]:
    by_code = {variable.code: variable for variable in variables}
    if set(by_code) != {MEASURE, PLACE, YEAR}:
        have = ", ".join(sorted(by_code))
        raise BrokenData(
            f"tabellen har dimensionerna {have}; Underlag för analys har {MEASURE}, {PLACE} och {YEAR}. "
            "Kontrollera adressen. Inget har ändrats.",
            spot,
        )
    measures, times = by_code[MEASURE].values, by_code[YEAR].values
    if not measures or not times:
        raise BrokenData(f"tabellen räknar inte upp sina mått och läsår. {KEPT}", spot)
    listed = by_code[PLACE].values
    places = Selection.every(PLACE, len(listed)) if listed else Selection.top(PLACE, MOST_PLACES)
    wanted = (Selection.items(MEASURE, measures), places, Selection.items(YEAR, _wanted(times, years)))
    return split(wanted, by=(YEAR, MEASURE))


def _wanted(times: Sequence[str], years: Sequence[SchoolYear] | None) -> list[str]:
    if years is None:
        return list(times)
    codes = [str(year.autumn) for year in sorted(set(years))]
    missing = [year for year in sorted(set(years)) if str(year.autumn) not in times]
    if missing or not codes:
        have = ", ".join(str(SchoolYear.parse(time)) for time in times)
        what = ", ".join(map(str, missing)) or "inget"
        raise BadInput(f"Tabellen har inte läsåret {what}. Den har {have}. Välj bland dem.")
    return codes


def land_fetched(folder: Path, fetched: Fetched, fetched_at: datetime) -> Landed:
    """Land every answer of a fetch, and then the list of them; the list is what an edition points at.

    Out: the record of the list, named after the table. The same answers give the same list.
    Raises: BadInput when the disk is full.
    """
    table = fetched.url.rpartition("/")[2]
    lines = []
    for at, (answer, request) in enumerate(zip(fetched.answers, fetched.requests, strict=True), start=1):
        kept = land(folder, answer, f"{table} (svar {at}).json", fetched.url, fetched_at)
        lines.append({"request": request, "sha256": kept.sha256})
    about = {"format": LIST_FORMAT, "url": fetched.url, "title": fetched.title, "answers": lines}
    content = json.dumps(about, ensure_ascii=False, indent=1).encode()
    return land(folder, content, f"{table}.json", fetched.url, fetched_at)


def read_landed(folder: Path, sha256: str, source: StatisticsSource) -> Tidy:
    """Read a landed fetch again, from the hash of its list.

    Raises: NotFound or BrokenData when the list or one of its answers is gone, changed or unreadable.
    """
    name = landed(folder, sha256).name
    about: Any = parse_json(open_landed(folder, sha256), Spot(name))
    if not isinstance(about, dict) or about.get("format") != LIST_FORMAT:
        raise BrokenData("filen är ingen lista över svar från statistikdatabasen.", Spot(name))
    return read_answers([open_landed(folder, line["sha256"]) for line in about["answers"]], about["url"], source)


def read_answers(answers: Sequence[bytes], name: str, source: StatisticsSource) -> Tidy:
    """Read the answers of one fetch into the tidy table.

    In: the bytes of every answer (an answer with metadata is skipped), and the name to point at in messages.
    Out: one observation per place, measure and school year; ``row`` is the 1-based position in the answer's value.
    Raises: BrokenData, naming the path in the answer, for whatever is unknown, doubled, missing or contradictory.
    """
    documents = [(parse_json(answer, Spot(name)), f"{name} (svar {at})") for at, answer in enumerate(answers, start=1)]
    data = [(document, file) for document, file in documents if not _is_metadata(document)]
    if not data:
        raise BrokenData(f"hämtningen innehåller inget svar med data. {KEPT}", Spot(name))
    blocks = [_block(document, file if len(data) > 1 else name) for document, file in data]
    _refuse_gaps(blocks, name)
    labels = list(dict.fromkeys(label for block in blocks for label in block.labels))
    years = {year for block in blocks for year in block.years}
    measure_of = match_measures(labels, source, years, Spot(blocks[0].cube.file, cell=f"dimension.{MEASURE}"))
    return Tidy(
        source=source.id,
        title=normalise(blocks[0].cube.title),
        sheet="",
        observations=pl.concat([_observations(block, measure_of, source.marks) for block in blocks]),
        places=_places(blocks[0].cube),
        measure_labels={measure: label for label, measure in measure_of.items()},
        notes=tuple(dict.fromkeys(note for block in blocks for note in block.cube.notes)),
    )


def _is_metadata(document: object) -> bool:
    return isinstance(document, dict) and "variables" in document and "class" not in document


def _block(document: object, file: str) -> _Block:
    cube = read_cube(document, file)
    measures, places, times = cube.dimension(MEASURE), cube.dimension(PLACE), cube.dimension(YEAR)
    for dimension in cube.dimensions:
        spot = Spot(file, cell=f"dimension.{dimension.code}")
        if not dimension.categories:
            raise BrokenData(f"tabellen är tom. {KEPT}", spot)
        if dimension not in (measures, places, times) and len(dimension.categories) > 1:
            raise BrokenData(f"tabellen har fått dimensionen ”{dimension.code}”, som vi inte kan läsa. {KEPT}", spot)
    if len(places.categories) >= MOST_PLACES:
        raise BrokenData(f"minst {MOST_PLACES} platser: svaret kan vara avkortat. {KEPT}", Spot(file, cell="size"))
    labels = tuple(normalise(label) for label in measures.labels)
    if doubled := next((label for at, label in enumerate(labels) if label in labels[:at]), None):
        raise BrokenData(f"måttet ”{doubled}” finns två gånger. {KEPT}", Spot(file, cell=f"dimension.{MEASURE}"))
    years = tuple(_year(code, label, file) for code, label in zip(times.categories, times.labels, strict=True))
    return _Block(cube, labels, places.categories, years)


def _year(code: str, label: str, file: str) -> SchoolYear:
    spot = Spot(file, cell=f"dimension.{YEAR}")
    try:
        year, printed = SchoolYear.parse(code), SchoolYear.parse(label)
    except BadInput as error:
        raise BrokenData(f"{error.message} {KEPT}", spot) from None
    if year != printed:
        raise BrokenData(f"koden {code} och rubriken ”{label}” är olika läsår. {KEPT}", spot)
    return year


def _refuse_gaps(blocks: Sequence[_Block], name: str) -> None:
    """Together the answers must hold every measure for every school year once, for the same places."""
    if any(set(block.places) != set(blocks[0].places) for block in blocks):
        raise BrokenData("svaren har olika platser: källan ändrades under hämtningen. Hämta igen.", Spot(name))
    pairs = [(label, year) for block in blocks for label in block.labels for year in block.years]
    labels, years = {label for label, _year in pairs}, {year for _label, year in pairs}
    if len(set(pairs)) != len(pairs):
        raise BrokenData(f"två svar innehåller samma mått och läsår. {KEPT}", Spot(name))
    if len(pairs) != len(labels) * len(years):
        label, year = min(set(product(labels, years)) - set(pairs))
        raise BrokenData(f"hämtningen är inte hel: ”{label}” saknas för {year}. Hämta igen.", Spot(name))


def _observations(block: _Block, measure_of: dict[str, str], marks: MarkTable) -> pl.DataFrame:
    cube = block.cube
    texts = pl.Series([*cube.mark_texts, None], dtype=pl.String)
    measures = pl.Series([measure_of[label] for label in block.labels], dtype=pl.String)
    years = np.array([year.autumn for year in block.years], dtype=np.int16)
    return pl.DataFrame(
        {
            "place": pl.Series(block.places, dtype=pl.String).gather(cube.positions(PLACE)),
            "measure": measures.gather(cube.positions(MEASURE)),
            "school_year": years[cube.positions(YEAR)],
            "status": _statuses(cube, marks),
            "value": pl.Series(cube.values).fill_nan(None),
            "mark": texts.gather(np.where(cube.marks < 0, len(cube.mark_texts), cube.marks)),
            "row": np.arange(1, len(cube.values) + 1, dtype=np.uint32),
            "column": np.zeros(len(cube.values), dtype=np.uint32),
        },
        schema=TIDY_COLUMNS,
    )


def _statuses(cube: Cube, marks: MarkTable) -> NDArray[np.uint8]:
    """The status of every cell: a number stands alone or with a mark that has one, and every gap has its mark."""
    known = [_known_status(cube, place, marks) for place in range(len(cube.mark_texts))]
    by_mark = np.array([*known, Status.VALUE], dtype=np.uint8)
    number_by_mark = np.array([*(status.has_number for status in known), True])
    has_number = ~np.isnan(cube.values)
    wrong = number_by_mark[cube.marks] != has_number  # -1, no mark, takes the last: a plain value
    if wrong.any():
        position = int(wrong.argmax())
        mark = cube.mark_texts[cube.marks[position]] if cube.marks[position] >= 0 else ""
        if has_number[position]:
            message = f"ett tal står tillsammans med tecknet ”{mark}”, som betyder att talet inte visas"
        else:
            message = f"tecknet ”{mark}” ska ha ett tal, men talet saknas" if mark else "talet saknas utan förklaring"
        raise BrokenData(f"{message}. {KEPT}", cube.spot(position))
    return by_mark[cube.marks]


def _known_status(cube: Cube, place: int, marks: MarkTable) -> Status:
    try:
        return marks.status(cube.mark_texts[place])
    except BrokenData as error:
        raise BrokenData(error.message, cube.spot(int((cube.marks == place).argmax()))) from None


def _places(cube: Cube) -> pl.DataFrame:
    dimension = cube.dimension(PLACE)
    spot = Spot(cube.file, cell=f"dimension.{PLACE}")
    if wrong := next((code for code in dimension.categories if not PLACE_KEY.fullmatch(code)), None):
        raise BrokenData(
            f"”{wrong}” är varken riket (00), ett organisationsnummer eller organisationsnummer-skolenhetskod. {KEPT}",
            spot,
        )
    printed = dict(zip(dimension.categories, dimension.labels, strict=True))
    names: dict[str, str] = {}
    read: dict[str, PlaceLabel] = {}
    for place in sorted(printed, key=len):  # organisers before their units, whose labels may repeat the name
        read[place] = label_of_place(place, printed[place], names, spot)
        names.setdefault(place, read[place].organiser_label)
    rows = [(place, read[place].organiser_label, read[place].unit_label) for place in dimension.categories]
    return pl.DataFrame(rows, schema=TIDY_PLACE_COLUMNS, orient="row")
