"""What reaches the logs: that it happened, and nothing that opens a door or points out a person."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import RequestFactory
from django.urls import get_resolver

from styrkedjan.core.access import ANYONE, Viewer
from styrkedjan.core.refused import BadInput, NotAllowed, NotFound, TooMany
from styrkedjan.site.logs import TOKEN_PATHS, MaskedFormatter, is_token_path, masked
from tests.site.trial_site import TrialSite, trial_site, wait_until

TOKEN = "Zk3vQ9xLr7T0bYw2NcPdE5hUaSgJm8Xi1oVtB4fRqKe"
MAIL = "anna.andersson@kommun.example"
COOKIE = "Cookie7Wq2ZrT9vLx4NbYc8PdE5hUaSgJm3Xi1oVtB6f"
CODE = "918273"
PHRASE = "rektorns egna tankar om läraren"
KEY = "1f0f7a5c-93a5-4f0e-8d4e-0a7c9b1d2e3f"
SOMEONE = Viewer(KEY, "Anna Andersson", session="x")
SECRETS = (TOKEN, MAIL, COOKIE, CODE, PHRASE)


@pytest.fixture(scope="module")
def site() -> Iterator[TrialSite]:
    with trial_site() as running:
        yield running


@pytest.fixture(scope="module")
def driven(site) -> TrialSite:
    """The site after requests that carry every kind of secret there is, some of which break."""
    cookies = f"styrkedjan={COOKIE}; csrf={TOKEN[:32]}"
    form = urlencode({"email": MAIL, "code": CODE, "text": PHRASE, "csrfmiddlewaretoken": TOKEN}).encode()
    for path in (
        f"/logga-in/lank/{TOKEN}/",
        f"/inbjudan/{TOKEN}/",
        f"/inbjudan/{TOKEN}/e-legitimation/",
        f"/konto/epost/{TOKEN}/",
        f"/oidc/broker/svar?code={TOKEN}&state={TOKEN}",
        f"/trial/broken/{TOKEN}/?code={TOKEN}",
        f"/trial/broken/{MAIL}/",
    ):
        site.send("GET", path, Cookie=cookies, Referer=f"http://localhost/inbjudan/{TOKEN}/")
        site.send("POST", path, form, Cookie=cookies)
    for path in (
        "/logga-in/",
        "/logga-in/kod/",
        "/konto/epost/",
        "/saml/acs",
        "/trial/database/",
        "/trial/refused/409/",
    ):
        site.send("POST", path, form, Cookie=cookies)
    assert wait_until(lambda: site.console.count("Traceback (most recent call last)") >= 3), site.console
    return site


@pytest.mark.database
def test_faults_are_logged(driven):
    assert "ERROR django.request Internal Server Error: /trial/broken/" in driven.console
    assert "RuntimeError" in driven.console and "UniqueViolation" in driven.console
    assert "trial_urls.py" in driven.console, "where it broke is said"


@pytest.mark.database
@pytest.mark.parametrize("secret", SECRETS, ids=["token", "mail", "cookie", "code", "phrase"])
def test_no_secret_and_nothing_personal_is_logged(driven, secret):
    for log in (driven.console, driven.database_log):
        assert secret not in log and urlencode({"": secret})[1:] not in log


@pytest.mark.database
def test_the_database_keeps_the_error_and_nothing_of_the_row(driven):
    assert "duplicate key value violates unique constraint" in driven.database_log
    assert "DETAIL" not in driven.database_log and "STATEMENT" not in driven.database_log


@pytest.mark.database
def test_every_address_with_a_token_is_known_as_one(house):
    routes = get_resolver("styrkedjan.site.urls").reverse_dict
    with_token = {
        f"/{template}"
        for name in routes
        if isinstance(name, str)
        for possibility in routes.getlist(name)
        for template, arguments in possibility[0]
        if "token" in arguments
    }
    assert with_token >= {"/logga-in/lank/%(token)s/", "/inbjudan/%(token)s/", "/konto/epost/%(token)s/"}
    assert all(path.startswith(TOKEN_PATHS) and is_token_path(path) for path in with_token), with_token


@pytest.mark.database
def test_reading_is_not_logged(driven):
    driven.send("GET", "/kvalitetssystemet/?sida=1", Cookie=f"styrkedjan={COOKIE}")
    assert "/kvalitetssystemet/" not in driven.console


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"GET /logga-in/lank/{TOKEN}/ failed", "GET /logga-in/lank/<dolt>/ failed"),
        ("GET /inbjudan/kort/ failed", "GET /inbjudan/<dolt>/ failed"),
        (f"GET /sok/?q={MAIL} failed", "GET /sok/?<dolt> failed"),
        (f"to {MAIL}: refused", "to <e-post>: refused"),
        ("person 19850102-1234 and 850102+1234", "person <nummer> and <nummer>"),
        (f"token={TOKEN}.", "token=<dolt>."),
        ("error\nDETAIL:  Key (name)=(Anna Andersson) exists.\nend", "error\nDETAIL: <dolt>\nend"),
        ("organiser 2120009901-90000001 is open", "organiser 2120009901-90000001 is open"),
        ("key 1f0f7a5c-93a5-4f0e-8d4e-0a7c9b1d2e3f", "key 1f0f7a5c-93a5-4f0e-8d4e-0a7c9b1d2e3f"),
        ("Vad hände? Inget.", "Vad hände? Inget."),
        ("in styrkedjan/actions/access/sign_in.py, line 12", "in styrkedjan/actions/access/sign_in.py, line 12"),
    ],
)
def test_secrets_are_masked_and_the_rest_is_kept(said, kept):
    assert masked(said) == kept


@pytest.mark.database
@pytest.mark.parametrize(
    ("error", "viewer", "line"),
    [
        (NotAllowed("nej"), SOMEONE, "POST /huvudman/2120009901/personer/ refused with 403 to " + KEY),
        (NotFound("finns inte"), SOMEONE, "POST /huvudman/2120009901/personer/ refused with 404 to " + KEY),
        (TooMany(timedelta(minutes=1)), ANYONE, "POST /huvudman/2120009901/personer/ refused with 429 to anyone"),
        (NotFound("finns inte"), ANYONE, ""),
        (BadInput("fel"), SOMEONE, ""),
    ],
)
def test_a_no_to_somebody_who_tries_is_logged(world, caplog, error, viewer, line):
    from styrkedjan.site.middleware import refusals

    request = RequestFactory().post("/huvudman/2120009901/personer/")
    request.viewer = viewer
    answer = refusals(lambda _: None).process_exception(request, error)
    assert answer.status_code == error.status
    assert caplog.messages == ([line] if line else [])


def test_an_address_cannot_write_lines_of_its_own():
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "GET %s", ("/a\r\n2026 ERROR allt är väl\x1b[2J",), None)
    line = MaskedFormatter().format(record)
    assert len(line.splitlines()) == 1 and "\\x0d\\x0a2026 ERROR" in line and "\x1b" not in line


def test_a_line_says_when_how_bad_and_who():
    record = logging.LogRecord("styrkedjan", logging.WARNING, "x.py", 1, "något", None, None)
    record.created = 0.0
    assert MaskedFormatter().format(record) == "1970-01-01T00:00:00Z WARNING styrkedjan något"
