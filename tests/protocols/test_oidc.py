"""OpenID Connect: a real issuer's answer is read, and every forged, old or misdirected answer is refused by name."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwk, jwt

from styrkedjan.core.access import Assurance
from styrkedjan.core.federation import REFUSALS, Identity, Unreachable, Untrusted
from styrkedjan.protocols import oidc
from tests.protocols.openid_peer import CLIENT_ID, LOA3, SECRET, OpenIdPeer

ANSWERS = "http://127.0.0.1:8700/oidc/prov/svar"


class Flow:
    """One browser between us and the issuer."""

    def __init__(self, peer: OpenIdPeer) -> None:
        self.peer = peer
        self.issuer = oidc.Issuer("prov", "Prov-id", peer.issuer, CLIENT_ID, SECRET, levels={LOA3: "strong"})
        self.client = oidc.Client()
        self.browser = secrets.token_urlsafe(32)

    def come_back(self) -> dict[str, str]:
        """Ask, go there, and come back with what the issuer gave."""
        question = self.client.ask(self.issuer, ANSWERS, self.browser)
        answer = httpx.get(question.address)
        assert answer.headers["location"].startswith(ANSWERS + "?")
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))

    def read(self, fields: dict[str, str], **how) -> Identity:
        issuer, browser = how.get("issuer", self.issuer), how.get("browser", self.browser)
        return self.client.read(issuer, ANSWERS, browser, fields, how.get("now", datetime.now(UTC)))

    def refusal(self, fields: dict[str, str] | None = None, **how) -> str:
        """The name that an answer is refused by. Fails when it is believed."""
        with pytest.raises(Untrusted) as refused:
            self.read(self.come_back() if fields is None else fields, **how)
        assert REFUSALS[refused.value.name] in refused.value.message
        return refused.value.name

    def key(self, kind: str = "RSA") -> jwk.Key:
        """The issuer's own private key, for tokens that it could have signed."""
        found = self.peer.keys.get_signing_key(kind, "")[0]
        pem = found.private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return jwk.import_key(pem, kind, {"kid": found.kid})

    def with_claims(self, **changed: object) -> None:
        """Let the issuer sign other claims; None takes a claim away."""

        def tamper(tokens: dict) -> dict:
            claims = claims_of(tokens["id_token"]) | changed
            kept = {name: value for name, value in claims.items() if value is not None}
            return tokens | {"id_token": signed(kept, self.key())}

        self.peer.tamper = tamper


def claims_of(token: str) -> dict:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def signed(claims: dict, key: jwk.Key, algorithm: str = "RS256") -> str:
    return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])


def encoded(value: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def listening() -> Iterator[OpenIdPeer]:
    with OpenIdPeer(ANSWERS).listening() as peer:
        yield peer


@pytest.fixture
def flow(listening) -> Iterator[Flow]:
    yield Flow(listening)
    listening.tamper = listening.amend = lambda given: given
    listening.is_down = False


def test_an_answer_is_believed(flow):
    identity = flow.read(flow.come_back())
    assert identity.issuer == flow.peer.issuer
    assert len(identity.subject) > 20
    assert (identity.assurance, identity.level) == (Assurance.STRONG, LOA3)
    assert flow.read(flow.come_back()).subject == identity.subject


def test_the_configuration_says_what_a_level_is_worth(flow):
    flow.issuer = oidc.Issuer(
        "prov", "Prov-id", flow.peer.issuer, CLIENT_ID, SECRET, levels={LOA3: "link", "2fa": "strong"}
    )
    assert flow.read(flow.come_back()).assurance is Assurance.LINK
    flow.with_claims(acr="2fa")
    assert flow.read(flow.come_back()).assurance is Assurance.STRONG
    flow.with_claims(acr=["2fa"])
    assert flow.read(flow.come_back()).assurance is Assurance.LINK


def test_a_level_that_the_configuration_does_not_name_is_the_issuers_word_alone(flow):
    flow.issuer = oidc.Issuer("prov", "Prov-id", flow.peer.issuer, CLIENT_ID, SECRET)
    identity = flow.read(flow.come_back())
    assert (identity.assurance, identity.level) == (Assurance.LINK, LOA3)


def test_a_token_signed_by_an_elliptic_curve_is_believed(flow):
    flow.peer.tamper = lambda tokens: (
        tokens | {"id_token": signed(claims_of(tokens["id_token"]), flow.key("EC"), "ES256")}
    )
    assert flow.read(flow.come_back()).assurance is Assurance.STRONG


def seconds(**offset: float) -> int:
    return int(time.time() + timedelta(**offset).total_seconds())


# What is wrong -> (the claims of a really signed token, the name it is refused by).
CLAIMS = {
    "wrong nonce": ({"nonce": "en-annan"}, "wrong_nonce"),
    "no nonce": ({"nonce": None}, "wrong_nonce"),
    "wrong aud": ({"aud": "annan"}, "wrong_audience"),
    "no aud": ({"aud": None}, "wrong_audience"),
    "aud for two, azp for the other": ({"aud": [CLIENT_ID, "annan"], "azp": "annan"}, "wrong_party"),
    "aud for two without azp": ({"aud": [CLIENT_ID, "annan"]}, "wrong_party"),
    "azp for another": ({"azp": "annan"}, "wrong_party"),
    "wrong iss": ({"iss": "https://annan.example"}, "other_issuer"),
    "no iss": ({"iss": None}, "other_issuer"),
    "expired": ({"exp": seconds(minutes=-2)}, "expired"),
    "without end": ({"exp": None}, "unreadable"),
    "end that is no number": ({"exp": "i morgon"}, "unreadable"),
    "end beyond time": ({"exp": 1e300}, "unreadable"),
    "from the future": ({"iat": seconds(minutes=10)}, "not_yet_valid"),
    "not yet valid": ({"nbf": seconds(minutes=10)}, "not_yet_valid"),
    "no time of issue": ({"iat": None}, "unreadable"),
    "no sub": ({"sub": None}, "unreadable"),
    "empty sub": ({"sub": ""}, "unreadable"),
    "sub that is a list": ({"sub": ["a"]}, "unreadable"),
    "wrong at_hash": ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "wrong_hash"),
}


@pytest.mark.parametrize("fault", CLAIMS)
def test_signed_but_wrong_is_refused(flow, fault):
    changed, name = CLAIMS[fault]
    flow.with_claims(**changed)
    assert flow.refusal() == name


@pytest.mark.parametrize("seconds_apart", [-50, 50])
def test_clocks_may_differ_by_a_minute(flow, seconds_apart):
    flow.with_claims(iat=seconds(seconds=seconds_apart), exp=seconds(seconds=max(seconds_apart, -50)))
    assert flow.read(flow.come_back()).issuer == flow.peer.issuer


def unsigned(flow: Flow, claims: dict) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(claims)}."


def unsigned_by_another_spelling(flow: Flow, claims: dict) -> str:
    return f"{encoded({'alg': 'nOnE'})}.{encoded(claims)}."


def by_the_public_key_as_secret(flow: Flow, claims: dict) -> str:
    """HS256 with the public key as the shared secret: what a careless reader verifies with the same key."""
    key = flow.key()
    text = f"{encoded({'alg': 'HS256', 'kid': key.kid})}.{encoded(claims)}"
    public = key.as_pem(private=False)
    return f"{text}.{base64.urlsafe_b64encode(hmac.digest(public, text.encode(), 'sha256')).rstrip(b'=').decode()}"


def by_our_secret(flow: Flow, claims: dict) -> str:
    text = f"{encoded({'alg': 'HS256'})}.{encoded(claims)}"
    digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def by_a_stranger(flow: Flow, claims: dict) -> str:
    return signed(claims, jwk.RSAKey.generate_key(2048, {"kid": flow.key().kid}))


def by_a_key_in_the_token(flow: Flow, claims: dict) -> str:
    key = jwk.RSAKey.generate_key(2048)
    header = {"alg": "RS256", "jwk": key.as_dict(private=False)}
    return jwt.encode(header, claims, key, algorithms=["RS256"])


def edited(flow: Flow, claims: dict) -> str:
    header, _, signature = signed(claims, flow.key()).split(".")
    return f"{header}.{encoded(claims | {'sub': 'mallory'})}.{signature}"


TOKENS: dict[str, tuple[Callable[[Flow, dict], object], str]] = {
    "alg none": (unsigned, "wrong_algorithm"),
    "alg nOnE": (unsigned_by_another_spelling, "wrong_algorithm"),
    "HS256 with the public key": (by_the_public_key_as_secret, "wrong_algorithm"),
    "HS256 with our secret": (by_our_secret, "wrong_algorithm"),
    "wrong key": (by_a_stranger, "forged"),
    "key in the token": (by_a_key_in_the_token, "forged"),
    "edited claims": (edited, "forged"),
    "no token": (lambda flow, claims: None, "unreadable"),
    "not a token": (lambda flow, claims: "a.b", "unreadable"),
    "a header that is no JSON": (lambda flow, claims: "a.b.c", "unreadable"),
}


@pytest.mark.parametrize("fault", TOKENS)
def test_forged_is_refused(flow, fault):
    make, name = TOKENS[fault]
    flow.peer.tamper = lambda tokens: tokens | {"id_token": make(flow, claims_of(tokens["id_token"]))}
    assert flow.refusal() == name


def test_a_code_is_used_once(flow):
    fields = flow.come_back()
    flow.read(fields)
    assert flow.refusal(fields) == "bad_code"


def test_a_wrong_state_gives_nothing(flow):
    """Verifier and nonce follow from state and browser, so the issuer refuses the code of anybody else's state."""
    first, second = flow.come_back(), flow.come_back()
    assert flow.refusal(first | {"state": second["state"]}) == "bad_code"


def test_wrong_PKCE_is_refused_by_the_issuer(flow):
    """A code that was stolen from its browser is worth nothing in another."""
    assert flow.refusal(flow.come_back(), browser=secrets.token_urlsafe(32)) == "bad_code"


def test_mix_up_is_refused(flow):
    """The answer of one issuer, brought to the address of another."""
    with OpenIdPeer(ANSWERS).listening() as other:
        rogue = oidc.Issuer("rogue", "En annan", other.issuer, CLIENT_ID, SECRET)
        fields = flow.come_back()
        assert fields["iss"] == flow.peer.issuer
        assert flow.refusal(fields, issuer=rogue) == "other_issuer"
        assert "/token" not in other.asked, "the code never reaches the other issuer"


def test_an_announced_iss_must_be_there(flow):
    flow.peer.amend = lambda about: about | {"authorization_response_iss_parameter_supported": True}
    fields = flow.come_back()
    assert flow.refusal({name: value for name, value in fields.items() if name != "iss"}) == "other_issuer"
    assert flow.read(fields).issuer == flow.peer.issuer


def test_an_issuer_by_another_name_is_refused(flow):
    flow.peer.amend = lambda about: about | {"issuer": "https://annan.example"}
    with pytest.raises(Untrusted) as refused:
        flow.client.ask(flow.issuer, ANSWERS, flow.browser)
    assert refused.value.name == "other_issuer"


def test_a_declined_sign_in_says_so(flow):
    fields = {"state": flow.come_back()["state"], "error": "access_denied", "iss": flow.peer.issuer}
    assert flow.refusal(fields) == "declined"


def test_new_keys_are_fetched_once(flow):
    flow.read(flow.come_back())
    flow.peer.new_keys()
    flow.peer.asked.clear()
    assert flow.read(flow.come_back()).issuer == flow.peer.issuer
    assert flow.peer.asked.count("/jwks.json") == 1
    flow.read(flow.come_back())
    assert flow.peer.asked.count("/jwks.json") == 1


def test_an_unknown_key_is_looked_for_once(flow):
    flow.peer.tamper = lambda tokens: tokens | {"id_token": signed(claims_of(tokens["id_token"]), STRANGER)}
    fields = flow.come_back()
    flow.peer.asked.clear()
    assert flow.refusal(fields) == "forged"
    assert flow.peer.asked.count("/jwks.json") == 1


STRANGER = jwk.RSAKey.generate_key(2048, {"kid": "okänd"})


def test_an_issuer_that_is_down_is_said_in_swedish(flow):
    fields = flow.come_back()
    flow.peer.is_down = True
    with pytest.raises(Unreachable, match="Prov-id svarar inte som den ska just nu"):
        flow.read(fields)
    elsewhere = oidc.Issuer("borta", "Borta-id", "http://127.0.0.1:9", CLIENT_ID, SECRET)
    with pytest.raises(Unreachable, match="Borta-id svarar inte"):
        flow.client.ask(elsewhere, ANSWERS, flow.browser)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "address", ["http://annan.example/x", "http://127.0.0.1.annan.example/", "file:///etc/passwd", None]
)
def test_addresses_in_the_clear_are_refused(flow, name, address):
    flow.peer.amend = lambda about: about | {name: address}
    with pytest.raises(Unreachable):
        flow.client.ask(flow.issuer, ANSWERS, flow.browser)


def test_an_answer_without_end_is_cut(flow):
    flow.peer.amend = lambda about: about | {"x": "y" * 600_000}
    with pytest.raises(Unreachable):
        flow.client.ask(flow.issuer, ANSWERS, flow.browser)


@contextmanager
def dripping(each: float) -> Iterator[str]:
    """The address of an issuer that says a little of itself at a time, and never all of it."""
    gone = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                while not gone.wait(each):
                    self.wfile.write(b" ")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{http.server_port}"
        finally:
            gone.set()
            http.shutdown()


def test_an_issuer_that_drips_is_left():
    with dripping(0.05) as address:
        issuer, begun = oidc.Issuer("prov", "Prov-id", address, CLIENT_ID, SECRET), time.monotonic()
        with pytest.raises(Unreachable):
            oidc.Client(patience=0.4).ask(issuer, ANSWERS, "x" * 43)
        assert 0.3 < time.monotonic() - begun < 2


def test_the_patience_is_for_everything_that_is_asked_in_a_sign_in(flow):
    """Each request is quick enough, and all of them are not."""
    fields = flow.come_back()
    flow.peer.amend = lambda about: time.sleep(0.3) or about
    flow.peer.tamper = lambda tokens: time.sleep(0.3) or tokens
    flow.client = oidc.Client(patience=0.5)
    with pytest.raises(Unreachable):
        flow.read(fields)
    assert flow.peer.asked[-1] == "/token"
    assert oidc.Client().patience == 15


def test_a_secret_is_not_shown(flow):
    assert SECRET not in repr(flow.issuer)
