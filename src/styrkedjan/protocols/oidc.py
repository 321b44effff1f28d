"""OpenID Connect: authorization code with PKCE, at issuers that the configuration names.

The browser carries a state. The nonce and the PKCE verifier are derived from it and from the token of the browser's
cookie, so that neither has to be kept anywhere and another browser cannot make them.
"""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from styrkedjan.core.federation import (
    Identity,
    Protocol,
    Question,
    Unreachable,
    Untrusted,
    WayIn,
    assurance_of,
    check_times,
)

READ_SECONDS, CONNECT_SECONDS = 5.0, 3.0
PATIENCE = 15.0  # seconds for everything that an issuer is asked in one sign-in
LARGEST = 500_000
KEPT_SECONDS = 3600  # how long what an issuer says of itself is believed without asking again
ALGORITHMS = [f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)]
KEY_TYPES = ("RSA", "EC")
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/|\Z)")
_CHARACTERS = re.compile(r"[\x21-\x7e]{1,2048}")


@dataclass(frozen=True)
class Issuer:
    """One issuer (OP) as the configuration names it. ``secret`` is what we prove ourselves with at its back door."""

    key: str
    name: str
    issuer: str
    client_id: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    levels: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def way(self) -> WayIn:
        return WayIn(Protocol.OIDC, self.key, self.name, self.issuer)


@dataclass
class _Known:
    """What an issuer has said of itself, and when."""

    at: float
    about: dict[str, Any]
    keys: KeySet


class Client:
    """Our side: it asks, reads answers, and keeps what issuers say of themselves for an hour.

    ``patience`` is how many seconds everything that an issuer is asked for one question or one answer may take.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self.patience = patience
        self._known: dict[str, _Known] = {}
        self._http = httpx.Client(follow_redirects=False, headers={"Accept": "application/json"})

    def ask(self, issuer: Issuer, answers: str, browser: str) -> Question:
        """A question for the browser to carry. ``answers`` is the address that the browser comes back to.

        Raises: Unreachable when the issuer does not answer.
        """
        state = secrets.token_urlsafe(32)
        address = prepare_grant_uri(
            self._knows(issuer, self._until()).about["authorization_endpoint"],
            issuer.client_id,
            "code",
            redirect_uri=answers,
            scope=" ".join(issuer.scopes),
            state=state,
            nonce=derived(browser, "nonce", state),
            code_challenge=create_s256_code_challenge(derived(browser, "verifier", state)),
            code_challenge_method="S256",
        )
        return Question(state, address)

    def read(self, issuer: Issuer, answers: str, browser: str, fields: Mapping[str, str], now: datetime) -> Identity:
        """Who the issuer says that someone is, when its answer can be believed.

        In: ``fields``, what the browser came back with: state and code, or an error.
        Raises: Untrusted with the name of what is wrong; Unreachable when the issuer does not answer.
        """
        until = self._until()
        about = self._knows(issuer, until).about
        _check_sender(issuer, about, fields)
        if fields.get("error"):
            raise Untrusted("declined")
        given = self._exchange(issuer, until, answers, browser, fields)
        claims, algorithm = self._verified(issuer, until, given.get("id_token"))
        nonce = derived(browser, "nonce", fields["state"])
        _check_claims(issuer, claims, nonce, now)
        _check_hash(claims, given, algorithm)
        level = claims.get("acr")
        return Identity(
            issuer=issuer.issuer,
            subject=claims["sub"],
            name=_text(claims, "name")[:200],
            email=_text(claims, "email")[:200],
            assurance=assurance_of(level if isinstance(level, str) else "", levels=issuer.levels),
            level=level if isinstance(level, str) else "",
        )

    def _until(self) -> float:
        return time.monotonic() + self.patience

    def _knows(self, issuer: Issuer, until: float, *, anew: bool = False) -> _Known:
        known = self._known.get(issuer.issuer)
        if anew or known is None or time.monotonic() - known.at > KEPT_SECONDS:
            about = self._fetch(issuer, until, "GET", f"{issuer.issuer.rstrip('/')}/.well-known/openid-configuration")
            if about.get("issuer") != issuer.issuer:
                raise Untrusted("other_issuer")
            _check_addresses(issuer, about)
            keys = _keys(issuer, self._fetch(issuer, until, "GET", about["jwks_uri"]))
            known = _Known(time.monotonic(), about, keys)
            self._known[issuer.issuer] = known
        return known

    def _fetch(self, issuer: Issuer, until: float, method: str, address: str, **how: Any) -> dict[str, Any]:
        left = until - time.monotonic()
        if left <= 0:
            raise Unreachable(issuer.name)
        timeout = httpx.Timeout(min(READ_SECONDS, left), connect=min(CONNECT_SECONDS, left))
        try:
            with self._http.stream(method, address, timeout=timeout, **how) as response:
                content = b""
                for part in response.iter_bytes():
                    content += part
                    if len(content) > LARGEST or time.monotonic() > until:
                        raise Unreachable(issuer.name)
            if response.status_code == 400 and method == "POST":
                raise Untrusted("bad_code")
            response.raise_for_status()
            answer = httpx.Response(200, content=content).json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unreachable(issuer.name) from error
        if not isinstance(answer, dict):
            raise Unreachable(issuer.name)
        return answer

    def _exchange(
        self, issuer: Issuer, until: float, answers: str, browser: str, fields: Mapping[str, str]
    ) -> dict[str, Any]:
        """The tokens that the code stands for, from the issuer's back door."""
        about = self._knows(issuer, until).about
        code = fields.get("code", "")
        if not _CHARACTERS.fullmatch(code):
            raise Untrusted("unreadable")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": answers,
            "code_verifier": derived(browser, "verifier", fields["state"]),
        }
        methods = about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if "client_secret_basic" in methods:
            pair = f"{quote(issuer.client_id, safe='')}:{quote(issuer.secret, safe='')}".encode()
            headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        else:
            headers = {}
            form |= {"client_id": issuer.client_id, "client_secret": issuer.secret}
        return self._fetch(issuer, until, "POST", about["token_endpoint"], data=form, headers=headers)

    def _verified(self, issuer: Issuer, until: float, token: object) -> tuple[dict[str, Any], str]:
        """The claims of an ID token whose signature is the issuer's, and the algorithm. New keys are fetched once."""
        if not isinstance(token, str) or token.count(".") != 2:
            raise Untrusted("unreadable")
        header = _header(token)
        if header.get("alg") not in ALGORITHMS:
            raise Untrusted("wrong_algorithm")
        keys = self._knows(issuer, until).keys
        if header.get("kid") not in {key.kid for key in keys.keys}:
            keys = self._knows(issuer, until, anew=True).keys
        try:
            return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims), header["alg"]
        except (JoseError, ValueError) as error:
            raise Untrusted("forged") from error


def derived(browser: str, purpose: str, state: str) -> str:
    """What only this browser's token and this state give: 43 characters, as PKCE wants them.

    Source: RFC 7636 section 4.1; OpenID Connect Core section 15.5.2 on nonces made from a cookie.
    """
    digest = hmac.new(browser.encode(), f"{purpose} {state}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_safe_address(address: object) -> bool:
    """Whether an issuer may be spoken with at this address: https, or this machine itself."""
    return isinstance(address, str) and (address.startswith("https://") or _LOOPBACK.match(address) is not None)


def _check_addresses(issuer: Issuer, about: dict[str, Any]) -> None:
    if not all(
        is_safe_address(about.get(f"{name}")) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    ):
        raise Unreachable(issuer.name)


def _keys(issuer: Issuer, answer: dict[str, Any]) -> KeySet:
    """The public keys for signatures: a shared secret among them could be made to pass a public key for a secret."""
    try:
        every = [key for key in answer.get("keys", []) if key.get("kty") in KEY_TYPES and key.get("use") != "enc"]
        return KeySet.import_key_set({"keys": every})
    except (JoseError, ValueError, TypeError, AttributeError) as error:
        raise Unreachable(issuer.name) from error


def _check_sender(issuer: Issuer, about: dict[str, Any], fields: Mapping[str, str]) -> None:
    """The answer comes from the one we asked.

    Source: RFC 9207 (iss in the answer).
    """
    sender = fields.get("iss", "")
    announced = about.get("authorization_response_iss_parameter_supported") is True
    if (sender or announced) and sender != issuer.issuer:
        raise Untrusted("other_issuer")


def _header(token: str) -> dict[str, Any]:
    try:
        part = token.partition(".")[0]
        header = httpx.Response(200, content=base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))).json()
    except ValueError as error:
        raise Untrusted("unreadable") from error
    return header if isinstance(header, dict) else {}


def _check_claims(issuer: Issuer, claims: dict[str, Any], nonce: str, now: datetime) -> None:
    if claims.get("iss") != issuer.issuer:
        raise Untrusted("other_issuer")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if issuer.client_id not in audiences:
        raise Untrusted("wrong_audience")
    if claims.get("azp", issuer.client_id if len(audiences) == 1 else None) != issuer.client_id:
        raise Untrusted("wrong_party")
    for name in ("exp", "iat"):
        if not _is_number(claims.get(name)):
            raise Untrusted("unreadable")
    check_times(now, _moment(claims["iat"]), _moment(claims["exp"]))
    check_times(now, _moment(claims["nbf"]) if _is_number(claims.get("nbf")) else None, None)
    if not hmac.compare_digest(_text(claims, "nonce").encode(), nonce.encode()):
        raise Untrusted("wrong_nonce")
    if not 0 < len(_text(claims, "sub")) <= 255:
        raise Untrusted("unreadable")


def _check_hash(claims: dict[str, Any], given: dict[str, Any], algorithm: str) -> None:
    """The ID token belongs to the access token that came with it. Source: OpenID Connect Core section 3.1.3.6."""
    if "at_hash" not in claims:
        return
    digest = hashlib.new(f"sha{algorithm[-3:]}", str(given.get("access_token", "")).encode()).digest()
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    if not hmac.compare_digest(_text(claims, "at_hash").encode(), half.encode()):
        raise Untrusted("wrong_hash")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise Untrusted("unreadable") from error


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
