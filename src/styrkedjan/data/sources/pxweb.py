"""Client of the PxWeb API, version 1: folders, table metadata and queries, within the limits of the server.

Source: the server's own ``?config`` (maxCells 1 250 000, maxValues 1 000, 10 calls per 10 s) and PX-Web API 1.0.
The server answers 429 without Retry-After, and redirects are calls too.
"""

import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from math import prod
from types import TracebackType
from typing import Any, Self

import httpx

from styrkedjan.core.refused import BrokenData, Spot
from styrkedjan.data import web

MAX_CELLS = 1_250_000
MAX_LISTED_VALUES = 1_000
CALLS = 10
WINDOW_SECONDS = 10.0
BODY_LIMIT = 200 * 2**20
BUSY_WAITS = (10.0, 20.0, 40.0)
FAULT_WAITS = (1.0, 2.0, 4.0)
LONGEST_WAIT = 300.0
TRY_AGAIN = "Inget har ändrats. Försök igen om en stund, eller läs in tabellens Excel-fil i stället."


@dataclass(frozen=True)
class Variable:
    """One dimension of a table. ``values`` is None when the server leaves the list out (more than maxValues)."""

    code: str
    text: str
    values: tuple[str, ...] | None
    value_texts: tuple[str, ...] | None
    time: bool
    elimination: bool


@dataclass(frozen=True)
class Metadata:
    """What a table says about itself. ``content`` is the untouched answer."""

    title: str
    variables: tuple[Variable, ...]
    content: bytes

    def variable(self, code: str) -> Variable | None:
        """The variable with this code, or None."""
        return next((variable for variable in self.variables if variable.code == code), None)


@dataclass(frozen=True)
class FolderEntry:
    """One line of a folder: ``type`` is ``l`` for a folder and ``t`` for a table."""

    id: str
    type: str
    text: str


@dataclass(frozen=True)
class Selection:
    """What is wanted of one dimension. ``size`` is the most values it can give, for the cell limit."""

    code: str
    filter: str  # item | top | all
    values: tuple[str, ...]
    size: int

    @classmethod
    def items(cls, code: str, values: Sequence[str]) -> Self:
        """Exactly these values."""
        return cls(code, "item", tuple(values), len(values))

    @classmethod
    def top(cls, code: str, count: int) -> Self:
        """The first ``count`` values: a count larger than the list gives every value without listing them."""
        return cls(code, "top", (str(count),), count)

    @classmethod
    def every(cls, code: str, size: int) -> Self:
        """Every value of a dimension known to have ``size`` of them."""
        return cls(code, "all", ("*",), size)


def split(
    selections: Sequence[Selection], by: Sequence[str], max_cells: int = MAX_CELLS
) -> tuple[tuple[Selection, ...], ...]:
    """Split a query into queries that each stay under the cell limit and the limit of listed values.

    In: ``by``, the dimensions to divide, in that order; each must be a list of items.
    Raises: ValueError when even single values of those dimensions give too many cells.
    """
    queries: list[tuple[Selection, ...]] = [tuple(selections)]
    for code in by:
        queries = [part for query in queries for part in _divided(query, code, max_cells)]
    if any(_cells(query) > max_cells or _listed(query) > MAX_LISTED_VALUES for query in queries):
        raise ValueError(f"cannot be split by {', '.join(by)} into queries within the limits")
    return tuple(queries)


def _cells(query: Sequence[Selection]) -> int:
    return prod(selection.size for selection in query)


def _listed(query: Sequence[Selection]) -> int:
    return sum(len(selection.values) for selection in query if selection.filter == "item")


def _divided(query: tuple[Selection, ...], code: str, max_cells: int) -> Iterator[tuple[Selection, ...]]:
    place = next(index for index, selection in enumerate(query) if selection.code == code)
    wanted = query[place]
    others = (*query[:place], *query[place + 1 :])
    step = min(max_cells // max(_cells(others), 1), MAX_LISTED_VALUES - _listed(others))
    step = min(max(step, 1), len(wanted.values))
    for start in range(0, len(wanted.values), step):
        values = wanted.values[start : start + step]
        yield (*query[:place], replace(wanted, values=values, size=len(values)), *query[place + 1 :])


def query_body(selections: Sequence[Selection]) -> bytes:
    """The JSON of a query for json-stat2. Every dimension of the table must be in it: the server drops none."""
    query = [
        {"code": selection.code, "selection": {"filter": selection.filter, "values": list(selection.values)}}
        for selection in selections
    ]
    return json.dumps({"query": query, "response": {"format": "json-stat2"}}).encode()


def parse_json(content: bytes, spot: Spot) -> Any:
    """The JSON in an answer, with or without a byte order mark.

    Raises: BrokenData when it is cut off, no JSON, or holds NaN or Infinity.
    """
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BrokenData(f"svaret är inte hel JSON. {TRY_AGAIN}", spot) from None


def _no_constant(name: str) -> float:
    raise ValueError(name)


class PxWebClient:
    """Calls one PxWeb server, politely: never more than 10 calls in 10 seconds, whatever is asked of it.

    In: ``base_url``, the folder that paths are relative to; ``clock`` (seconds, never goes back) and ``sleep``.
    """

    def __init__(
        self,
        base_url: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        client: httpx.Client | None = None,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self._base = str(web.address(base_url)).rstrip("/")
        self._clock = clock
        self._sleep = sleep
        self._client = client or httpx.Client()
        self._owns_client = client is None
        self._body_limit = body_limit
        self._finished: deque[float] = deque(maxlen=CALLS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections, unless the http client was given from outside."""
        if self._owns_client:
            self._client.close()

    def folder(self, path: str = "") -> tuple[FolderEntry, ...]:
        """The lines of a folder, whether the server sends a plain list or ``{"value": [...]}``."""
        url = self._url(path)
        document = parse_json(self._call("GET", url), Spot(str(url)))
        lines = document.get("value") if isinstance(document, dict) else document
        if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
            raise BrokenData(f"svaret är ingen innehållsförteckning. {TRY_AGAIN}", Spot(str(url)))
        return tuple(
            FolderEntry(
                str(line.get("id", line.get("dbid", ""))), str(line.get("type", "l")), str(line.get("text", ""))
            )
            for line in lines
        )

    def metadata(self, table: str) -> Metadata:
        """What the table says about itself.

        Raises: BrokenData when the answer does not describe a table.
        """
        url = self._url(table)
        content = self._call("GET", url)
        document = parse_json(content, Spot(str(url)))
        try:
            variables = tuple(_variable(entry) for entry in document["variables"])
            return Metadata(str(document["title"]), variables, content)
        except (KeyError, TypeError, AttributeError):
            raise BrokenData(
                "svaret beskriver ingen tabell. Kontrollera att adressen är till en tabell och slutar på .px. "
                "Inget har ändrats.",
                Spot(str(url)),
            ) from None

    def query(self, table: str, selections: Sequence[Selection]) -> bytes:
        """The untouched json-stat2 answer to one query.

        Raises: ValueError when the query is over a limit (split it first), BrokenData when the server refuses it.
        """
        if _cells(selections) > MAX_CELLS or _listed(selections) > MAX_LISTED_VALUES:
            raise ValueError("the query is over the server's limits: split it")
        url = self._url(table)
        content = self._call("POST", url, query_body(selections))
        if content.rstrip()[-1:] != b"}":
            parse_json(content, Spot(str(url)))
            raise BrokenData(f"svaret är ingen tabell. {TRY_AGAIN}", Spot(str(url)))
        return content

    def _url(self, path: str) -> httpx.URL:
        return web.address(f"{self._base}/{path.strip('/')}" if path.strip("/") else self._base)

    def _call(self, method: str, url: httpx.URL, body: bytes | None = None) -> bytes:
        busy, faults, hops = iter(BUSY_WAITS), iter(FAULT_WAITS), 0
        while True:
            try:
                answer = self._send(method, url, body)
            except httpx.RequestError as error:
                self._pause(next(faults, None), f"{web.what_went_wrong(error)}, trots flera försök", url)
                continue
            if target := web.redirect_target(answer):
                hops += 1
                if hops > web.MAX_REDIRECTS:
                    raise BrokenData("servern hänvisar runt i en ring. Inget har ändrats.", Spot(str(url)))
                url = target
            elif answer.status == 429:
                self._pause(_busy_wait(answer, next(busy, None)), "servern är upptagen (svar 429)", url)
            elif answer.status >= 500:
                self._pause(next(faults, None), f"servern har ett fel (svar {answer.status}), trots flera försök", url)
            else:
                return _accepted(answer)

    def _send(self, method: str, url: httpx.URL, body: bytes | None) -> web.Answer:
        # Counted from when the call ended: the server counts when it arrived, which is never later than that.
        if len(self._finished) == CALLS and (wait := self._finished[0] + WINDOW_SECONDS - self._clock()) > 0:
            self._sleep(wait)
        try:
            return web.send(self._client, method, url, limit=self._body_limit, clock=self._clock, body=body)
        finally:
            self._finished.append(self._clock())

    def _pause(self, seconds: float | None, reason: str, url: httpx.URL) -> None:
        if seconds is None:
            raise BrokenData(f"{reason}. {TRY_AGAIN}", Spot(str(url)))
        if seconds > LONGEST_WAIT:
            raise BrokenData(f"{reason} och ber oss vänta {seconds / 60:.0f} minuter. {TRY_AGAIN}", Spot(str(url)))
        self._sleep(seconds)


def _variable(entry: dict[str, Any]) -> Variable:
    values, texts = entry.get("values"), entry.get("valueTexts")
    return Variable(
        code=str(entry["code"]),
        text=str(entry.get("text", entry["code"])),
        values=tuple(str(value) for value in values) if values else None,
        value_texts=tuple(str(text) for text in texts) if texts else None,
        time=bool(entry.get("time", False)),
        elimination=bool(entry.get("elimination", False)),
    )


def _busy_wait(answer: web.Answer, default: float | None) -> float | None:
    """Seconds to wait after a 429: what Retry-After says (seconds or a date), else ours; None when we give up."""
    asked = answer.headers.get("retry-after", "").strip()
    if default is None or not asked:
        return default
    if asked.isdigit():
        return float(asked)
    try:
        return max(0.0, (parsedate_to_datetime(asked) - parsedate_to_datetime(answer.headers["date"])).total_seconds())
    except (KeyError, ValueError, TypeError):
        return default


def _accepted(answer: web.Answer) -> bytes:
    spot = Spot(str(answer.url))
    if answer.status == 400:
        raise BrokenData(
            f"servern godtar inte frågan (svar 400): ett värde som efterfrågas finns inte i tabellen. {TRY_AGAIN}",
            spot,
        )
    if answer.status == 403:
        raise BrokenData(f"servern nekar frågan (svar 403): den är för stor eller otillåten. {TRY_AGAIN}", spot)
    if answer.status == 404:
        raise BrokenData("adressen finns inte (svar 404). Kontrollera den. Inget har ändrats.", spot)
    if answer.status != 200:
        raise BrokenData(f"oväntat svar {answer.status} från servern. {TRY_AGAIN}", spot)
    if web.is_web_page(answer):
        raise BrokenData(
            "svaret är en webbsida, inte data. Kontrollera att adressen går till databasens API (den innehåller "
            "/api/v1/) och inte till sidan som visas i webbläsaren. Inget har ändrats.",
            spot,
        )
    return answer.content
