"""The scripts that pages load: our own, and without what lets a text become code or a secret stay in the browser."""

import re
from collections.abc import Iterator

import pytest

from tests.house.source import PACKAGE, obeyed

STATIC = PACKAGE / "pages" / "layout" / "static"
# What is not written -> why.
NEVER = {
    r"\beval\s*\(|new Function\b|set(?:Timeout|Interval)\s*\(\s*[\"'`]": "makes code of a text",
    r"\b(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write": "makes a page of a text: use textContent",
    r"\blocalStorage\b|\bsessionStorage\b|\bindexedDB\b|document\.cookie": "leaves something in the browser",
    r"\bpostMessage\b|addEventListener\(\s*[\"']message[\"']": "speaks with other windows",
    r"https?://(?!www\.w3\.org/)": "reaches for another server",
    r"__proto__|\.prototype\b|constructor\s*\[": "changes what every object is",
}
# Script -> what it may nevertheless do. Answers that are not sent yet are kept on the device, and nowhere else.
MAY = {"answering.js": {"leaves something in the browser"}}


def breaches(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, why in NEVER.items():
            if why not in MAY.get(name, set()) and re.search(pattern, line):
                yield f"{name}:{number} {why}."


def test_scripts_are_harmless():
    found = {path.name: path.read_text() for path in STATIC.rglob("*.js")}
    assert found, "there is a script for passkeys"
    obeyed((fault for name, text in found.items() for fault in breaches(name, text)), "A script of ours is harmless.")


@pytest.mark.parametrize(
    "line",
    [
        "eval(text)",
        "setTimeout('go()', 1)",
        "box.innerHTML = name",
        "localStorage.token = token",
        "window.addEventListener('message', go)",
        "fetch('https://example.org/')",
        "options.__proto__.x = 1",
    ],
)
def test_a_harmful_line_is_caught(line):
    assert list(breaches("x.js", f"first\n{line}\n"))


def test_what_one_script_may_do_no_other_may():
    assert list(breaches("x.js", "localStorage.setItem(name, text)"))
    assert not list(breaches("answering.js", "localStorage.setItem(name, text)"))
    assert list(breaches("answering.js", "document.body.innerHTML = text"))


def test_an_ordinary_line_is_let_through():
    assert not list(breaches("x.js", "button.textContent = name; setTimeout(() => go(), 1)"))
