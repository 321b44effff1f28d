"""The real site in the real browser: the commands that a user runs, and Debian's Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import PROJECT, make_home

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
Open = Callable[..., Page]


def command(home: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """Start ``styrkedjan`` as a user would; ``settings`` are environment variables."""
    return subprocess.Popen(
        [str(Path(sys.executable).with_name("styrkedjan")), *arguments],
        env={**os.environ, "STYRKEDJAN_HOME": str(home), "DATABASE_URL": "", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=PROJECT,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a running site with the invented nation."""
    home, port = make_home(), free_port()
    demo = command(home, "demo")
    told, _ = demo.communicate(timeout=120)
    assert demo.returncode == 0, told
    server = command(home, "serve", "--port", str(port))
    address = f"http://127.0.0.1:{port}"
    _wait_for(address, server)
    yield address
    server.terminate()
    server.communicate(timeout=20)
    shutil.rmtree(home, ignore_errors=True)


def _wait_for(address: str, server: subprocess.Popen[str]) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/", timeout=2).close()
            return
        except OSError:
            assert server.poll() is None, server.stdout and server.stdout.read()
            time.sleep(0.1)
    raise AssertionError("the site did not answer within a minute")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for one module: while it lives, its event loop keeps Django's own tests in the process from working."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Open]:
    """Open a page of the site; fails on console errors when the page is closed at the end."""
    contexts, complaints = [], []

    def open_page(path: str = "/", width: int = 1440, scheme: str = "light", script: bool = True) -> Page:
        context = browser.new_context(
            base_url=site, viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def look_over(page: Page) -> None:
    """What must hold for every page: nothing for axe to say, and nothing wider than the window."""
    axe = Axe(axe_script="") if page.evaluate("typeof axe === 'object'") else Axe()  # the page may have it already
    found = axe.run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, page.url
