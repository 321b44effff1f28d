"""Templates: no style and no script in the markup, nothing from elsewhere, and one frame for every page."""

import re
from collections.abc import Iterator

import pytest

from tests.house.source import PACKAGE, obeyed

BASE = "{% extends 'layout/templates/base.html' %}"
WITHOUT_FRAME = {f"pages/layout/templates/{name}.html" for name in ("base", "account", "forms", "parts")}
WITHOUT_FRAME |= {"pages/people/templates/lists.html"}
WITHOUT_FRAME |= {"pages/assessments/templates/assessment_parts.html"}
WITHOUT_FRAME |= {"pages/privacy/templates/extract.html"}  # a file that a person takes home, not a page of the site
WITHOUT_FRAME |= {
    f"pages/access/{name}.html"
    for name in ("sign_in/templates/passkey", "account/templates/roles", "account/templates/too_late")
}
WITHOUT_FRAME |= {"pages/assessments/templates/answer_statements.html"}
WITHOUT_FRAME |= {"pages/assessments/templates/outcome_parts.html"}
WITHOUT_FRAME |= {"pages/assessments/templates/own_briefing.html"}  # the briefing is its frame
HEADING = r"<h1\b|\bforms\.dialog_page\("  # the macro writes the page's h1
NEVER = {
    r"\sstyle\s*=": "has an inline style: give it a class and write the rule in base.css",
    r"<style\b": "has a style element: write the rule in base.css",
    r"<script(?![^>]*\ssrc=)": "has an inline script, which the content policy stops: put it in a file",
    r"\son[a-z]+\s*=": "has an inline event handler, which the content policy stops",
    r"javascript:": "has a script in an address",
    r"\|\s*safe\b": "trusts a text that is not known to be safe: mark it where it is made",
    r"autoescape\s+false": "turns escaping off",
    r"(?:src|action)=[\"']?https?:": "fetches from elsewhere: vendor it",
    r"<link[^>]*href=[\"']?https?:": "fetches from elsewhere: vendor it",
    r"<img(?![^>]*\salt=)": "has a picture without alt",
}


def problems(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, problem in NEVER.items():
            if re.search(pattern, line, re.IGNORECASE):
                yield f"{name}:{number} {problem}."
    if name in WITHOUT_FRAME:
        return
    if BASE not in text:
        yield f"{name} does not extend base.html."
    for block in ("title", "main"):
        if f"{{% block {block} %}}" not in text:
            yield f"{name} fills no block {block}."
    if len(re.findall(HEADING, text)) != 1:
        yield f"{name} has not exactly one h1."


def templates() -> list[tuple[str, str]]:
    return [(path.relative_to(PACKAGE).as_posix(), path.read_text()) for path in sorted(PACKAGE.rglob("*.html"))]


def test_templates_are_plain():
    found = templates()
    assert {name for name, _ in found} >= WITHOUT_FRAME
    obeyed(
        (problem for name, text in found for problem in problems(name, text)), "A template is markup and nothing else."
    )


PAGE = BASE + "{% block title %}x{% endblock %}{% block main %}<h1>x</h1>{% endblock %}"


@pytest.mark.parametrize(
    "fault",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<button onclick="go()">',
        '<a href="javascript:go()">',
        "{{ text|safe }}",
        "{% autoescape false %}",
        '<img alt="" src="https://example.org/x.png">',
        '<link rel="stylesheet" href="https://example.org/x.css">',
        '<img src="x.png">',
        "<h1>y</h1>",
    ],
)
def test_a_planted_fault_is_caught(fault):
    assert len(list(problems("pages/x/templates/x.html", PAGE + fault))) >= 1


def test_a_plain_page_is_right():
    assert not list(problems("pages/x/templates/x.html", PAGE + '<script src="x.js" defer></script>'))


@pytest.mark.parametrize("part", [BASE, "{% block title %}", "{% block main %}", "<h1>x</h1>"])
def test_a_page_without_its_frame_is_caught(part):
    assert list(problems("pages/x/templates/x.html", PAGE.replace(part, "")))
