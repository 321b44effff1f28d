"""Many people who answer at once, each with a browser of her own, against a site that is really served."""

import http.client
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.journeys.conftest import command, free_port

STATEMENTS = 28


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The site of a home, served as a user serves it. Gives its address."""
    port = free_port()
    server = command(home, "serve", "--port", str(port))
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.communicate(timeout=30)


def _wait_for(address: str, server: subprocess.Popen[str]) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/svara/", timeout=2).close()
            return
        except OSError:
            assert server.poll() is None, server.stdout and server.stdout.read()
            time.sleep(0.1)
    raise AssertionError("the site did not answer within a minute")


@dataclass
class Respondent:
    """One person with a browser: one connection that stays open, and the cookies she has been given."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)

    def open(self, path: str) -> None:
        """Fetch a form."""
        status, self.page = self._ask("GET", path)
        assert status == 200, status

    def hand_in(self, path: str, answer: str) -> int:
        """Send the form with this answer to every statement; gives the status."""
        body = urlencode(
            {
                "csrfmiddlewaretoken": self._hidden("csrfmiddlewaretoken"),
                "kvitto": self.receipt,
                "rader": self._hidden("rader"),
                **{f"a{number}": answer for number in range(1, STATEMENTS + 1)},
            }
        )
        return self._ask("POST", path, body)[0]

    @property
    def receipt(self) -> str:
        return self._hidden("kvitto")

    def _hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        assert found, f"{name} is not on the page"
        return found[1]

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.address}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read().decode()

    def leave(self) -> None:
        self._connection.close()


def each(work: Callable[[int], object], how_many: int, at_once: int) -> list[object]:
    """Do the work for 0, 1, 2 … in so many threads, and give what each gave."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(work, range(how_many)))
