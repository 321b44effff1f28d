"""What people send: never too much, never half, and never lost to a refusal."""

import io
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import NoReverseMatch, get_resolver, reverse

from styrkedjan.site.bodies import WholeBody, whole_bodies
from tests.site.answers import client
from tests.site.trial_site import TrialSite, read, trial_site, wait_until

pytestmark = pytest.mark.database

MEGABYTE = 1_000_000
TYPED = "Vi såg att ”resultaten” <sjunker> & undrar varför.\n\nNästa steg: fråga lärarna."


@pytest.fixture(scope="module")
def site() -> Iterator[TrialSite]:
    with trial_site() as running:
        yield running


def test_a_body_that_is_too_large_is_refused_before_it_has_been_sent(site):
    with site.begin("POST", "/trial/echo/", b"text=abc", 60 * MEGABYTE) as line:
        status, told = _first_answer(line)
    assert status == 413 and "Högst 1 MB" in told and "Ingenting har ändrats" in told


def test_an_address_that_takes_files_has_a_limit_of_its_own(site):
    with site.begin("POST", "/trial/upload/", b"text=abc", 60 * MEGABYTE) as line:
        status, told = _first_answer(line)
    assert status == 413 and "Högst 50 MB" in told
    body = b"x" * (2 * MEGABYTE)
    status, _ = site.send("POST", "/trial/upload/", body, Content_Type="application/octet-stream")
    assert status == 200


def _first_answer(line) -> tuple[int, str]:
    """What comes while the sender still has most of the body left."""
    told = b""
    while b"</html>" not in told:
        part = line.recv(65_536)
        assert part, told
        told += part
    text = told.decode()
    return int(text.split(maxsplit=2)[1]), text


def test_a_body_that_is_cut_off_is_not_taken_for_a_whole_one(site):
    before = site.console.count("saved: ")
    site.begin("POST", "/trial/echo/", b"text=halva", 1_000).close()
    status, _ = site.send("POST", "/trial/echo/", b"text=en+hel+text")
    assert status == 200 and wait_until(lambda: "saved: 11" in site.console)
    assert site.console.count("saved: ") == before + 1 and "Traceback" not in site.console


def test_a_body_of_unannounced_length_is_refused(site):
    chunks = b"8\r\ntext=abc\r\n0\r\n\r\n"
    with site.connect() as line:
        heads = "Host: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
        line.sendall(f"POST /trial/echo/ HTTP/1.1\r\n{heads}\r\n".encode() + chunks)
        status, told = read(line)
    assert status == 411 and "Content-Length" in told


def test_two_lengths_are_refused(site):
    with site.connect() as line:
        heads = "Host: localhost\r\nConnection: close\r\nContent-Length: 8\r\nContent-Length: 9\r\n"
        line.sendall(f"POST /trial/echo/ HTTP/1.1\r\n{heads}\r\ntext=abc".encode())
        status, _ = read(line)
    assert status == 400


@pytest.mark.parametrize("way", ["fields", "files", "file"])
def test_a_form_with_too_many_parts_is_refused(world, way):
    sent = {
        "fields": {f"f{number}": "1" for number in range(2100)},
        "files": {f"f{number}": io.BytesIO(b"x") for number in range(6)},
        "file": {"text": "x" * (settings.FORM_MOST + 1)},
    }[way]
    with override_settings(ROOT_URLCONF="tests.site.trial_urls"):
        response = client().post("/trial/upload/", sent)
    assert response.status_code == 413 and "Inget har ändrats" in response.content.decode()


def test_the_addresses_that_take_files_exist(house):
    known = {name for name in get_resolver("styrkedjan.site.urls").reverse_dict if isinstance(name, str)}
    assert set(settings.UPLOADS) <= known
    with pytest.raises(NoReverseMatch):
        reverse("no such address")


@pytest.mark.parametrize("status", ["403", "404", "409", "422"])
def test_what_was_typed_is_there_to_copy_when_a_form_is_refused(world, status):
    page = refused_page(status, {"analysis": TYPED, "title": "Vårt läsår 2025/26"})
    assert "Det du skrev" in page and "Vårt läsår 2025/26" in page
    assert "<sjunker>" not in page and "&lt;sjunker&gt; &amp; undrar varför." in page
    assert "\n\nNästa steg: fråga lärarna.</textarea>" in page and page.count("readonly") == 2


def test_a_form_that_is_not_known_again_gives_back_what_was_typed(world):
    with override_settings(ROOT_URLCONF="tests.site.trial_urls"):
        response = client(enforce_csrf_checks=True).post("/trial/form/", {"analysis": TYPED})
    assert response.status_code == 403
    assert (
        "kunde inte kännas igen" in response.content.decode()
        and "fråga lärarna.</textarea>" in response.content.decode()
    )


SECRETS = {
    "password": "hemligt ord här",
    "code": "123 456",
    "recovery_code": "abcd efgh ijkl",
    "kod": "abcd efgh",
    "csrfmiddlewaretoken": "abc def ghi",
    "invitation_token": "abc def ghi",
    "SAMLResponse": "PHNhbWw+ abc def",
    "credential": '{"id": "abc def"}',
    "answer": '{"clientDataJSON": "abc def"}',
    "email": "anna@example.org",
    "number": "123 456",
}


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_and_what_machines_send_are_never_shown_back(world, name):
    page = refused_page("409", {name: SECRETS[name], "text": "Ett eget ord"})
    assert SECRETS[name].split()[0] not in page and "Ett eget ord" in page


def test_what_is_shown_back_has_an_end(world):
    page = refused_page("409", {"text": ["ord " * 40_000] * 3 + ["två ord"] * 30})
    assert page.count("<textarea") == 20 and len(page) < 3 * 100_000 + 20_000


def test_a_page_that_was_only_read_shows_nothing_back(world):
    with override_settings(ROOT_URLCONF="tests.site.trial_urls"):
        page = client().get("/trial/refused/409/", {"text": "Ett eget ord"}).content.decode()
    assert "Det du skrev" not in page and "rollen togs bort" in page.lower()


def refused_page(status: str, sent: dict) -> str:
    with override_settings(ROOT_URLCONF="tests.site.trial_urls"):
        body = urlencode(sent, doseq=True)
        response = client().post(f"/trial/refused/{status}/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == int(status)
    return response.content.decode()


def test_half_a_body_is_an_error_and_a_whole_one_is_not():
    assert WholeBody(io.BytesIO(b"abcdef"), 6).read() == b"abcdef"
    assert WholeBody(io.BytesIO(b"abc\ndef"), 7).readline() == b"abc\n"
    body = WholeBody(io.BytesIO(b"abcdefgh"), 6)
    assert [body.read(4), body.read(4), body.read(4)] == [b"abcd", b"ef", b""], "never more than was announced"
    for ask in (lambda body: body.read(), lambda body: [body.readline(), body.readline()]):
        with pytest.raises(OSError, match="announced"):
            ask(WholeBody(io.BytesIO(b"abc"), 6))


def test_the_application_is_only_fed_whole_bodies():
    fed = []
    application = whole_bodies(lambda environ, start: fed.append(environ["wsgi.input"].read()) or [b""])
    application({"CONTENT_LENGTH": "3", "wsgi.input": io.BytesIO(b"abc")}, lambda *_: None)
    assert fed == [b"abc"]
    with pytest.raises(OSError):
        application({"CONTENT_LENGTH": "4", "wsgi.input": io.BytesIO(b"abc")}, lambda *_: None)
    application({"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO(b"abc")}, lambda *_: None)
    assert fed == [b"abc"]
