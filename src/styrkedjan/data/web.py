"""One web call with limits: size, time, and redirects that stay on the host. Used by every source that is fetched."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

import httpx

from styrkedjan.core.refused import BadInput, BrokenData, Spot

TIMEOUT = httpx.Timeout(connect=15.0, read=60.0, write=60.0, pool=15.0)
TOTAL_SECONDS = 600.0  # for one answer: a server that drips bytes never trips the read timeout
MAX_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
SCHEMES = ("http", "https")
HOST = re.compile(rb"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
USER_AGENT = "styrkedjan"


@dataclass(frozen=True)
class Answer:
    """One answer: the address that gave it, its status, headers (lower-case names) and untouched body."""

    url: httpx.URL
    status: int
    headers: Mapping[str, str]
    content: bytes


def address(url: str) -> httpx.URL:
    """The address, checked: http or https, with a host and without a user name.

    Raises: BadInput in plain Swedish.
    """
    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, TypeError, AttributeError):
        raise BadInput(f"”{url}” är ingen webbadress. Skriv hela adressen, som börjar med https://.") from None
    if parsed.scheme not in SCHEMES or not HOST.fullmatch(parsed.raw_host):
        raise BadInput(f"”{url}” är ingen webbadress. Skriv hela adressen, som börjar med https://.")
    if parsed.userinfo:
        raise BadInput("Adressen innehåller ett användarnamn eller lösenord. Ta bort det: adressen sparas och visas.")
    return parsed


def send(
    client: httpx.Client,
    method: str,
    url: httpx.URL,
    *,
    limit: int,
    clock: Callable[[], float],
    body: bytes | None = None,
) -> Answer:
    """Send one call and read its whole answer; a redirect is an answer too.

    Raises: httpx.RequestError when the call fails on the way, BrokenData when the body is larger than ``limit``
    bytes or takes too long.
    """
    headers = {"User-Agent": USER_AGENT} | ({"Content-Type": "application/json"} if body is not None else {})
    started = clock()
    with client.stream(method, url, content=body, headers=headers, timeout=TIMEOUT, follow_redirects=False) as response:
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            chunks.append(chunk)
            if size > limit:
                raise BrokenData(
                    f"svaret är större än {limit // 2**20} MB, som är gränsen. Inget har sparats.", Spot(str(url))
                )
            if clock() - started > TOTAL_SECONDS:
                raise BrokenData(
                    f"svaret var inte färdigt efter {TOTAL_SECONDS / 60:.0f} minuter. Inget har sparats. Försök igen.",
                    Spot(str(url)),
                )
        return Answer(url, response.status_code, dict(response.headers), b"".join(chunks))


def redirect_target(answer: Answer) -> httpx.URL | None:
    """Where a redirect leads; None when the answer is no redirect.

    Raises: BrokenData when it leads to another host, another port, or from https to http.
    """
    if answer.status not in REDIRECTS or "location" not in answer.headers:
        return None
    try:
        target = answer.url.join(answer.headers["location"])
    except httpx.InvalidURL:
        raise BrokenData("servern hänvisar till en oläslig adress. Inget har sparats.", Spot(str(answer.url))) from None
    same_origin = (target.scheme, target.host, target.port) == (answer.url.scheme, answer.url.host, answer.url.port)
    safer = answer.url.port is None and target == target.copy_with(scheme="https", host=answer.url.host, port=None)
    if same_origin or safer:
        return target
    raise BrokenData(
        f"servern hänvisar vidare till {target}, en annan server än den du angav. Inget har hämtats därifrån. "
        "Kontrollera adressen och ange den nya om du litar på den.",
        Spot(str(answer.url)),
    )


def is_web_page(answer: Answer) -> bool:
    """Whether the answer is an HTML page, by its content type or its first sign."""
    start = answer.content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    kind = answer.headers.get("content-type", "").lower()
    return "html" in kind or start.startswith((b"<!doctype", b"<html", b"<head", b"<body"))


def what_went_wrong(error: httpx.RequestError) -> str:
    """The reason in Swedish why a call failed on the way."""
    if isinstance(error, httpx.TimeoutException):
        return "servern svarade inte i tid"
    if isinstance(error, httpx.ConnectError):
        return "det gick inte att få kontakt med servern"
    if isinstance(error, httpx.DecodingError):
        return "svaret är felaktigt packat"
    return "anslutningen bröts"


def printed_file_name(answer: Answer) -> str:
    """The name that the answer gives its file, else the last part of its address; never a path."""
    disposition = answer.headers.get("content-disposition", "")
    if match := re.search(r"filename\*\s*=\s*utf-8'[^']*'([^;]+)", disposition, re.IGNORECASE):
        name = unquote(match[1].strip().strip('"'))
    elif match := re.search(r'filename\s*=\s*(?:"([^"]*)"|([^;]+))', disposition, re.IGNORECASE):
        name = match[1] or match[2] or ""
    else:
        name = unquote(answer.url.path)
    name = "".join(sign for sign in re.split(r"[/\\]", name)[-1] if sign.isprintable()).strip()
    return name if name.strip(".") else answer.url.host
