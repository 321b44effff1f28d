"""A small PxWeb server on loopback: an invented table in the documented form, with the real server's limits."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from math import prod
from typing import Any

ROOT = "/PxWeb/api/v1/sv/Statistik"
TABLE = "Grundskola/Grundskola.px"


class FakeTime:
    """A clock that moves only when somebody sleeps; both sides of a test share it."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Table:
    """An invented table. ``cells`` maps (measure label, place, autumn) to a number or a printed mark."""

    title: str
    measures: dict[str, str]  # code -> label
    places: dict[str, str]  # key -> label
    years: tuple[int, ...]
    cells: dict[tuple[str, str, int], float | int | str]
    order: tuple[str, ...] = ("variable", "level", "time")
    sparse: bool = False
    notes: tuple[str, ...] = ()

    def codes(self, dimension: str) -> list[str]:
        return {
            "variable": list(self.measures),
            "level": list(self.places),
            "time": [str(year) for year in self.years],
        }[dimension]

    def label(self, dimension: str, code: str) -> str:
        if dimension == "time":
            return f"{code}/{(int(code) + 1) % 100:02d}"
        return {"variable": self.measures, "level": self.places}[dimension][code]

    def metadata(self, longest_list: int) -> dict[str, Any]:
        variables = []
        for code, text in (("variable", "mått"), ("level", "huvudman/skolenhet"), ("time", "läsår")):
            entry: dict[str, Any] = {"code": code, "text": text}
            if len(self.codes(code)) <= longest_list:
                entry["values"] = self.codes(code)
                entry["valueTexts"] = [self.label(code, value) for value in self.codes(code)]
            if code == "time":
                entry["time"] = True
            variables.append(entry)
        return {"title": self.title, "variables": variables}

    def answer(self, wanted: dict[str, list[str]]) -> dict[str, Any]:
        values: list[float | int | None] = []
        status: dict[str, str] = {}
        for at, codes in enumerate(product(*(wanted[dimension] for dimension in self.order))):
            of = dict(zip(self.order, codes, strict=True))
            cell = self.cells[(self.measures[of["variable"]], of["level"], int(of["time"]))]
            values.append(None if isinstance(cell, str) else cell)
            if isinstance(cell, str):
                status[str(at)] = cell
        sparse = {str(at): value for at, value in enumerate(values) if value is not None}
        return {
            "version": "2.0",
            "class": "dataset",
            "label": self.title,
            "source": "Skolverket",
            "note": list(self.notes),
            "role": {"time": ["time"]},
            "id": list(self.order),
            "size": [len(wanted[dimension]) for dimension in self.order],
            "dimension": {dimension: self._dimension(dimension, wanted[dimension]) for dimension in self.order},
            "value": sparse if self.sparse else values,
            "status": status,
        }

    def _dimension(self, dimension: str, codes: list[str]) -> dict[str, Any]:
        return {
            "label": dimension,
            "category": {
                "index": {code: at for at, code in enumerate(codes)},
                "label": {code: self.label(dimension, code) for code in codes},
            },
        }


@dataclass
class Server:
    """The state of a running server. ``faults`` are taken one per call, before anything else is answered."""

    table: Table
    clock: Callable[[], float]
    folder_as_object: bool = False
    max_cells: int = 1_250_000
    max_values: int = 1_000
    longest_list: int = 1_000  # a longer list of values is left out of the metadata
    faults: list[tuple[str, str]] = field(default_factory=list)
    calls: list[tuple[str, str, dict[str, Any] | None]] = field(default_factory=list)
    too_fast: int = 0
    port: int = 0
    _times: deque[float] = field(default_factory=lambda: deque(maxlen=10))

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}{ROOT}"

    @property
    def table_url(self) -> str:
        return f"{self.base}/{TABLE}"

    def within_rate(self) -> bool:
        """At most 10 calls in any 10 seconds; a call that is refused counts too."""
        now = self.clock()
        full = len(self._times) == 10 and now - self._times[0] < 10.0
        self._times.append(now)
        self.too_fast += full
        return not full

    def select(self, query: dict[str, Any]) -> tuple[int, dict[str, list[str]]]:
        """(HTTP status, the codes wanted of each dimension)."""
        wanted: dict[str, list[str]] = {}
        listed = 0
        for entry in query["query"]:
            codes = self.table.codes(entry["code"])
            values = entry["selection"]["values"]
            match entry["selection"]["filter"]:
                case "item":
                    listed += len(values)
                    if not set(values) <= set(codes):
                        return 400, {}
                    wanted[entry["code"]] = values
                case "top":
                    wanted[entry["code"]] = codes[: int(values[0])]
                case "all" if values == ["*"]:
                    wanted[entry["code"]] = codes
                case _:
                    return 400, {}
        if set(wanted) != set(self.table.order) or query["response"] != {"format": "json-stat2"}:
            return 400, {}
        too_much = prod(len(codes) for codes in wanted.values()) > self.max_cells or listed > self.max_values
        return (403, {}) if too_much else (200, wanted)


class _Handler(BaseHTTPRequestHandler):
    server_state: Server

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, *_args: object) -> None:
        pass

    def _answer(self, query: dict[str, Any] | None) -> None:
        state = self.server_state
        state.calls.append((self.command, self.path, query))
        if state.faults:
            self._fail(*state.faults.pop(0), query)
        elif not state.within_rate():
            self._send(429, b"")
        elif query is not None and self.path == f"{ROOT}/{TABLE}":
            status, wanted = state.select(query)
            self._send_json(state.table.answer(wanted) if status == 200 else {"error": "no"}, status)
        elif self.path == f"{ROOT}/{TABLE}":
            self._send_json(state.table.metadata(state.longest_list))
        elif self.path == f"{ROOT}/Grundskola":
            lines = [{"id": "Grundskola.px", "type": "t", "text": state.table.title, "updated": "2026-03-25"}]
            self._send_json({"value": lines, "Count": len(lines)} if state.folder_as_object else lines)
        else:
            self._send(404, b"<html><body>Not found</body></html>", kind="text/html")

    def _fail(self, how: str, detail: str, query: dict[str, Any] | None) -> None:
        match how:
            case "drop":
                self.close_connection = True
            case "status":
                self._send(int(detail), b"")
            case "busy":
                self._send(429, b"", {"Retry-After": detail})
            case "redirect":
                self._send(307, b"", {"Location": detail})
            case "html":
                self._send(200, b"<!DOCTYPE html><html><body>Underh\xc3\xa5ll</body></html>", kind="text/html")
            case "body":
                self._send(200, detail.encode())
            case "truncated":
                wanted = self.server_state.select(query)[1] if query else {}
                self._send(200, json.dumps(self.server_state.table.answer(wanted)).encode()[:-40])
            case "cut":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b'{"class": ')
                self.close_connection = True

    def _send_json(self, document: object, status: int = 200) -> None:
        self._send(status, json.dumps(document, ensure_ascii=False).encode())

    def _send(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, kind: str = "application/json"
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(table: Table, clock: Callable[[], float], **settings: Any) -> Iterator[Server]:
    """Run a server on a free port of loopback for as long as the block lasts."""
    state = Server(table, clock, **settings)
    handler = type("Handler", (_Handler,), {"server_state": state})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    state.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
