"""A real OpenID Connect issuer by idpyoidc on a loopback port, for tests: whoever comes is Anna.

What it sends can be changed on the way out (``tamper``), as a rogue or broken issuer would.
"""

import json
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptojwt.key_jar import build_keyjar

with warnings.catch_warnings():  # it warns of what is meant for tests alone
    warnings.simplefilter("ignore")
    from idpyoidc.server import Server
    from idpyoidc.server.configure import OPConfiguration

CLIENT_ID, SECRET = "styrkedjan", "invented-and-long-enough-for-a-test"
ANNA = "a7d1f0"
LOA3 = "http://id.elegnamnden.se/loa/1.0/loa3"
Tamper = Callable[[dict[str, Any]], dict[str, Any]]


class OpenIdPeer:
    """One issuer. ``answers`` is the only address that it sends browsers back to."""

    def __init__(self, answers: str) -> None:
        self.answers = answers
        self.issuer = ""
        self.tamper: Tamper = lambda tokens: tokens
        self.amend: Tamper = lambda about: about
        self.is_down = False
        self.asked: list[str] = []
        self._server: Server | None = None

    @contextmanager
    def listening(self) -> Iterator["OpenIdPeer"]:
        """Serve on a free port until the block ends."""
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                peer.serve(self, "")

            def do_POST(self) -> None:
                peer.serve(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
            self.issuer = f"http://127.0.0.1:{http.server_port}"
            self.new_keys()
            thread = threading.Thread(target=http.serve_forever, daemon=True)
            thread.start()
            try:
                yield self
            finally:
                http.shutdown()
                thread.join()

    def new_keys(self) -> None:
        """Begin anew with keys that nobody has seen."""
        keys = build_keyjar([{"type": "RSA", "use": ["sig"]}, {"type": "EC", "crv": "P-256", "use": ["sig"]}])
        keys.import_jwks(keys.export_jwks(private=True), self.issuer)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server = Server(OPConfiguration(self._settings()), keyjar=keys)
        self._server.context.cdb[CLIENT_ID] = {
            "client_id": CLIENT_ID,
            "client_secret": SECRET,
            "redirect_uris": [(self.answers, {})],
            "response_types_supported": ["code"],
            "allowed_scopes": ["openid", "profile", "email"],
            "token_endpoint_auth_method": "client_secret_basic",
            "id_token_signed_response_alg": "RS256",
        }
        keys.add_symmetric(CLIENT_ID, SECRET)

    @property
    def keys(self):
        """The issuer's key jar."""
        return self._server.keyjar

    def _settings(self) -> dict[str, Any]:
        oidc = "idpyoidc.server.oidc"
        plain = {"client_authn_method": None}
        token = {
            "class": f"{oidc}.token.Token",
            "path": "token",
            "kwargs": {"client_authn_method": ["client_secret_basic"]},
        }
        return {
            "issuer": self.issuer,
            "httpc_params": {"verify": False},
            "keys": {"uri_path": "jwks.json", "key_defs": []},
            "token_handler_args": {
                "code": {"lifetime": 600, "kwargs": {"crypt_conf": _crypt()}},
                "token": {"class": "idpyoidc.server.token.jwt_token.JWTToken", "kwargs": {"lifetime": 3600}},
                "id_token": {"class": "idpyoidc.server.token.id_token.IDToken", "kwargs": {}},
            },
            "endpoint": {
                "provider_config": {
                    "path": ".well-known/openid-configuration",
                    "class": f"{oidc}.provider_config.ProviderConfiguration",
                    "kwargs": plain,
                },
                "authorization": {
                    "path": "authorization",
                    "class": f"{oidc}.authorization.Authorization",
                    "kwargs": plain,
                },
                "token": token,
            },
            "add_on": {
                "pkce": {
                    "function": "idpyoidc.server.oauth2.add_on.pkce.add_support",
                    "kwargs": {"essential": True, "code_challenge_method": "S256"},
                }
            },
            "authentication": {
                "anna": {"acr": LOA3, "class": "idpyoidc.server.user_authn.user.NoAuthn", "kwargs": {"user": ANNA}}
            },
            "userinfo": {"class": "idpyoidc.server.user_info.UserInfo", "kwargs": {"db": {ANNA: {"name": "Anna Ek"}}}},
            "session_params": {"encrypter": {"kwargs": _crypt()["kwargs"]}},
        }

    def serve(self, request: BaseHTTPRequestHandler, body: str) -> None:
        """One request, by idpyoidc's own endpoint."""
        path = urlsplit(request.path).path
        self.asked.append(path)
        if self.is_down:
            _send(request, 503, b"")
        elif path == "/jwks.json":
            _send(request, 200, self.keys.export_jwks_as_json().encode())
        elif path == "/.well-known/openid-configuration":
            about = self._server.context.provider_info | {"jwks_uri": f"{self.issuer}/jwks.json"}
            _send(request, 200, json.dumps(self.amend(about)).encode())
        elif path == "/authorization":
            address = self._answer("authorization", urlsplit(request.path).query)["response"]
            _send(request, 302, b"", {"Location": address})
        elif path == "/token":
            answer = self._answer("token", body, {"headers": {"authorization": request.headers["Authorization"]}})
            tokens = json.loads(answer["response"])
            _send(request, 400 if "error" in tokens else 200, json.dumps(self.tamper(tokens)).encode())

    def _answer(self, name: str, content: str, http: dict | None = None) -> dict[str, Any]:
        endpoint = self._server.get_endpoint(name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            asked = endpoint.parse_request(dict(parse_qsl(content)), http_info=http or {})
            if "error" in asked:
                return {"response": json.dumps(asked.to_dict())}
            given = endpoint.process_request(asked, http_info=http or {})
            if "error" in given:
                return {"response": json.dumps(dict(given))}
            return endpoint.do_response(request=asked, **given)


def _crypt() -> dict[str, Any]:
    keys = [{"type": "OCT", "use": ["enc"], "kid": "password"}, {"type": "OCT", "use": ["enc"], "kid": "salt"}]
    return {"kwargs": {"keys": {"key_defs": keys}, "iterations": 1}}


def _send(request: BaseHTTPRequestHandler, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
    request.send_response(status)
    for name, value in {
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
        **(headers or {}),
    }.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(content)
