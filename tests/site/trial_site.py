"""The real server with the addresses of a trial, and requests written byte by byte."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import make_home
from tests.site.command import COMMAND, environment


@dataclass(frozen=True)
class TrialSite:
    """A site that is up. ``console`` is what it has printed and complained of."""

    home: Path
    port: int

    @property
    def console(self) -> str:
        return (self.home / "console.txt").read_text()

    @property
    def database_log(self) -> str:
        return (self.home / "postgres" / "postgres.log").read_text(errors="replace")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=15)

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        """One request on a connection of its own: the status and all that came back."""
        heads = {"Host": "localhost", "Connection": "close"} | {
            name.replace("_", "-"): v for name, v in headers.items()
        }
        if body:
            form = {"Content-Length": str(len(body)), "Content-Type": "application/x-www-form-urlencoded"}
            heads = form | heads
        with self.connect() as line:
            line.sendall(_head(method, path, heads) + body)
            return read(line)

    def begin(self, method: str, path: str, sent: bytes, announced: int) -> socket.socket:
        """A request of which only the first part has been sent."""
        heads = {"Host": "localhost", "Content-Length": str(announced)}
        line = self.connect()
        line.sendall(_head(method, path, heads | {"Content-Type": "application/x-www-form-urlencoded"}) + sent)
        return line


def _head(method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode()


def read(line: socket.socket) -> tuple[int, str]:
    """What comes back until the other end hangs up."""
    got = b""
    while part := line.recv(65_536):
        got += part
    text = got.decode(errors="replace")
    return (int(text.split(maxsplit=2)[1]) if text else 0), text


@contextmanager
def trial_site(**surroundings: str) -> Iterator[TrialSite]:
    """``styrkedjan serve`` in a home of its own, as a user starts it, for the block."""
    home = make_home()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        site = TrialSite(home, probe.getsockname()[1])
    seen = environment(home) | surroundings | {"DJANGO_SETTINGS_MODULE": "tests.site.trial_settings"}
    with (home / "console.txt").open("wb") as console:
        server = subprocess.Popen(
            [sys.executable, "-u", "-c", COMMAND, "serve", "--port", str(site.port), "--processer", "1"],
            env=seen, cwd=home, stdin=subprocess.DEVNULL, stdout=console, stderr=console,
        )  # fmt: skip
    try:
        _wait_for(site, server)
        yield site
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)


def _wait_for(site: TrialSite, server: subprocess.Popen) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert server.poll() is None, site.console
        try:
            if site.send("GET", "/static/styrkedjan/tokens.css")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the site did not answer: {site.console}")


def wait_until(holds, seconds: float = 10) -> bool:
    """Whether something comes to hold within some seconds."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
