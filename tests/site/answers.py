"""What the site answers to one of each kind of request: status, headers, cookies. A program too, for other settings."""

import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HOST = "kvalitet.example.org"
HTTPS = {"STYRKEDJAN_ADDRESS": f"https://{HOST}", "STYRKEDJAN_PROXY": "1", "STYRKEDJAN_BIND": "127.0.0.1"}
FILE = "/static/styrkedjan/tokens.css"
KINDS = {
    "a page": ("GET", "/kvalitetssystemet/"),
    "a style sheet": ("GET", FILE),
    "a page that is not there": ("GET", "/finns-inte/"),
    "a file that is not there": ("GET", "/static/finns-inte.css"),
    "a method that is not allowed": ("POST", "/kvalitetssystemet/"),
    "a redirect": ("GET", "/trial/moved/"),
    "an address without its slash": ("GET", "/kvalitetssystemet"),
    "a fault": ("GET", "/trial/broken/x/"),
    "a refusal": ("POST", "/trial/refused/403/"),
    "a page for one person": ("GET", "/trial/private/"),
    "a sign-in": ("GET", "/trial/signed-in/"),
    "a form": ("GET", "/trial/form/"),
    "a link to sign in": ("GET", "/logga-in/lank/0123456789abcdefABCDEF/"),
    "an invitation": ("GET", "/inbjudan/0123456789abcdefABCDEF/"),
}


@dataclass(frozen=True)
class Answered:
    """One answer. Names of headers in lower case; cookies as they are set."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, dict]
    body: str


def client(**more: str):
    """A browser without scripts, that a fault does not reach."""
    from django.test import Client

    return Client(SERVER_NAME="localhost", raise_request_exception=False, **more)


def answered(response) -> Answered:
    cookies = {
        name: {key: str(value) for key, value in cookie.items()} | {"value": cookie.value}
        for name, cookie in response.cookies.items()
    }
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answered(response.status_code, headers, cookies, body.decode(errors="replace")[:20_000])


def collect(**more: str) -> dict[str, Answered]:
    """One of each kind, also the kinds that need another answer first."""
    from django.test import override_settings

    with override_settings(ROOT_URLCONF="tests.site.trial_urls"):
        ask = client(**more)
        found = {kind: answered(ask.generic(method, path)) for kind, (method, path) in KINDS.items()}
        etag = found["a page"].headers.get("etag", "")
        found["a page that has not changed"] = answered(ask.get(KINDS["a page"][1], HTTP_IF_NONE_MATCH=etag))
        date = found["a style sheet"].headers.get("last-modified", "")
        found["a file that has not changed"] = answered(ask.get(FILE, HTTP_IF_MODIFIED_SINCE=date))
        found["an unknown host"] = answered(client(**(more | {"HTTP_HOST": "annan.example.net"})).get("/ordlista/"))
        found["too much"] = answered(ask.post("/trial/echo/", CONTENT_LENGTH="2000000"))
        checking = client(enforce_csrf_checks=True, **more)
        found["a forged form"] = answered(checking.post("/trial/form/", {"text": "Vi såg två saker"}))
    return found


def collect_over_https() -> dict[str, dict[str, Answered]]:
    """The same in a process whose address is https: as our proxy passes requests on, and one that came unencrypted."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.site.answers"],
        env=os.environ | HTTPS | {"DJANGO_SETTINGS_MODULE": "styrkedjan.site.settings", "PYTHONPATH": str(PROJECT)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    return {way: {kind: Answered(**each) for kind, each in found.items()} for way, found in read.items()}


def directives(policy: str) -> dict[str, list[str]]:
    """A content policy as directive -> sources."""
    return {parts[0]: parts[1:] for part in policy.split(";") if (parts := re.split(r"\s+", part.strip()))}


def _main() -> None:
    import django

    django.setup()
    ways = {"encrypted": {"HTTP_HOST": HOST, "HTTP_X_FORWARDED_PROTO": "https"}, "plain": {"HTTP_HOST": HOST}}
    found = {way: {kind: asdict(each) for kind, each in collect(**more).items()} for way, more in ways.items()}
    print(json.dumps(found))


if __name__ == "__main__":
    _main()
