"""What every answer carries, whatever it answers: pages, files, faults, refusals, redirects; plain and over https."""

import gzip

import pytest
from django.conf import settings
from django.test import override_settings

from tests.site.answers import HOST, Answered, client, collect, collect_over_https, directives

pytestmark = pytest.mark.database

EXPECTED_STATUS = {
    "a page": 200,
    "a style sheet": 200,
    "a page that is not there": 404,
    "a file that is not there": 404,
    "a method that is not allowed": 405,
    "a redirect": 301,
    "an address without its slash": 301,
    "a fault": 500,
    "a refusal": 403,
    "a page that has not changed": 304,
    "a file that has not changed": 304,
    "an unknown host": 400,
    "too much": 413,
    "a forged form": 403,
}
LINKS = ("a link to sign in", "an invitation")


@pytest.fixture(scope="module")
def plain(world) -> dict[str, Answered]:
    return collect()


@pytest.fixture(scope="module")
def over_https(world) -> dict[str, dict[str, Answered]]:
    return collect_over_https()


@pytest.fixture(scope="module")
def everything(plain, over_https) -> dict[str, Answered]:
    """Every answer there is, by how and what was asked."""
    ways = {"http": plain, **over_https}
    return {f"{way}: {kind}": answer for way, found in ways.items() for kind, answer in found.items()}


def test_there_is_one_of_each_kind(plain, over_https):
    for kind, status in EXPECTED_STATUS.items():
        assert plain[kind].status == status, (kind, plain[kind])
        assert over_https["encrypted"][kind].status == status, (kind, over_https["encrypted"][kind])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ],
)
def test_every_answer_has(everything, name, value):
    assert {kind: answer.headers.get(name) for kind, answer in everything.items()} == dict.fromkeys(everything, value)


def test_the_content_policy_lets_in_nothing_inline_and_nothing_of_others(everything):
    for kind, answer in everything.items():
        policy = directives(answer.headers["content-security-policy"])
        assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == ["'none'"], kind
        assert policy["frame-ancestors"] == ["'none'"] and policy["form-action"] == ["'self'"], kind
        allowed = {source for sources in policy.values() for source in sources}
        assert allowed <= {"'none'", "'self'", "data:"}, (kind, allowed)
        assert policy["script-src"] == policy["style-src"] == ["'self'"], kind


def test_the_browser_is_refused_what_the_site_never_uses(everything):
    for answer in everything.values():
        features = answer.headers["permissions-policy"]
        assert "camera=()" in features and "microphone=()" in features and "geolocation=()" in features
        assert "publickey-credentials-get=(self)" in features and "publickey-credentials-create=(self)" in features


def test_only_what_says_so_may_be_cached(plain):
    assert plain["a page for one person"].headers["cache-control"] == "no-store"
    assert "public" in plain["a page"].headers["cache-control"]
    assert "max-age" in plain["a style sheet"].headers["cache-control"]
    for kind in ("a fault", "a refusal", "a sign-in", "a form", "a forged form", *LINKS):
        assert "no-store" in plain[kind].headers["cache-control"], kind


def test_files_are_not_lent_to_other_sites(everything):
    assert [kind for kind, answer in everything.items() if "access-control-allow-origin" in answer.headers] == []


def test_an_address_that_opens_something_is_told_to_nobody(everything):
    for kind, answer in everything.items():
        hides = kind.partition(": ")[2] in LINKS
        assert answer.headers["referrer-policy"] == ("strict-origin" if hides else "same-origin"), kind


def test_over_https_browsers_keep_to_https(plain, over_https):
    for kind, answer in over_https["encrypted"].items():
        assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains", kind
        assert "upgrade-insecure-requests" in directives(answer.headers["content-security-policy"]), kind
    for kind, answer in plain.items():
        assert "strict-transport-security" not in answer.headers, kind
        assert "upgrade-insecure-requests" not in directives(answer.headers["content-security-policy"]), kind


def test_what_comes_unencrypted_is_sent_on_to_our_own_address(over_https):
    for kind, answer in over_https["plain"].items():
        if kind != "an unknown host":
            assert answer.status == 301 and answer.headers["location"].startswith(f"https://{HOST}/"), kind


def test_cookies_belong_to_this_host_alone(over_https):
    session = over_https["encrypted"]["a sign-in"].cookies["__Host-styrkedjan"]
    csrf = over_https["encrypted"]["a form"].cookies["__Host-csrf"]
    for cookie in (session, csrf):
        assert cookie["secure"] == "True" and cookie["httponly"] == "True"
        assert cookie["path"] == "/" and cookie["domain"] == "" and cookie["samesite"] == "Lax"


def test_without_https_cookies_are_still_closed_to_scripts(plain):
    for cookie in (plain["a sign-in"].cookies["styrkedjan"], plain["a form"].cookies["csrf"]):
        assert cookie["httponly"] == "True" and cookie["samesite"] == "Lax" and cookie["secure"] == ""


def test_every_answer_says_what_it_is_and_in_which_letters(everything):
    for kind, answer in everything.items():
        if answer.body and answer.headers.get("content-type", "").startswith("text/"):
            assert 'charset="utf-8"' in answer.headers["content-type"].replace("=utf-8", '="utf-8"'), kind
        assert not answer.body or "content-type" in answer.headers, kind


@pytest.fixture
def trial(world):
    with override_settings(ROOT_URLCONF="tests.site.trial_urls"):
        yield client(HTTP_ACCEPT_ENCODING="gzip")


def test_only_what_everyone_gets_alike_is_compressed(trial):
    packed = trial.get("/trial/public/")
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.content).decode() == "å" * 5_000
    assert "Content-Encoding" not in trial.get("/trial/private/").headers
    trial.cookies[settings.SIGN_IN_COOKIE] = "x" * 43
    for address in ("/trial/public/", "/trial/private/", "/kvalitetssystemet/"):
        assert "Content-Encoding" not in trial.get(address).headers, address


def test_nobody_can_say_for_themselves_where_they_come_from(trial):
    said = {"HTTP_X_FORWARDED_FOR": "203.0.113.9", "HTTP_X_FORWARDED_PROTO": "https", "REMOTE_ADDR": "192.0.2.1"}
    assert trial.post("/trial/echo/", **said).content == b"192.0.2.1"
    with override_settings(TRUSTED_PROXY=True):
        assert trial.post("/trial/echo/", **said).content == b"203.0.113.9"
        chain = said | {"HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.9"}
        assert trial.post("/trial/echo/", **chain).content == b"203.0.113.9", (
            "what our own proxy saw, not what was sent"
        )


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH"])
def test_methods_that_the_site_does_not_use_are_refused(trial, method):
    for address in ("/kvalitetssystemet/", "/static/styrkedjan/tokens.css"):
        response = trial.generic(method, address)
        assert response.status_code in (403, 404, 405), (method, address, response.status_code)


@pytest.mark.parametrize(
    "address",
    [
        "/.git/config",
        "/static/",
        "/static/styrkedjan/",
        "/static/../site/settings.py",
        "/static/%2e%2e/%2e%2e/site/settings.py",
        "/static/styrkedjan/%2e%2e/%2e%2e/environment.py",
        "/secret_key",
        "/admin/",
        "/metrics",
        "/docs/",
    ],
)
def test_nothing_but_pages_and_their_files_is_served(trial, address):
    response = trial.get(address)
    assert response.status_code == 404 and "leder ingenstans" in response.content.decode()


def test_a_fault_tells_nothing_of_itself(plain):
    told = plain["a fault"].body
    assert "Något gick fel hos oss" in told and "RuntimeError" not in told and "Traceback" not in told
