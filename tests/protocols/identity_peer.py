"""A real identity service (IdP) by pysaml2, for tests: it reads our questions, signs answers, and can listen on a port.

What it says can be changed at every point, so that a test can make any answer a rogue or a broken service could.
"""

import base64
import html
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element, fromstring, tostring

from saml2 import BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_TRANSIENT, NameID
from saml2.sigver import pre_signature_part
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

from styrkedjan.protocols.saml.keys import make_key

with warnings.catch_warnings():  # pysaml2's server knows a cipher that cryptography has moved
    warnings.simplefilter("ignore")
    from saml2.server import Server

PROGRAM = "/usr/bin/xmlsec1"
LOA3 = "http://id.elegnamnden.se/loa/1.0/loa3"
ANNA: Mapping[str, tuple[str, ...]] = {
    "eduPersonPrincipalName": ("anna@storkoping.example",),
    "mail": ("anna.ek@storkoping.example",),
    "displayName": ("Anna Ek",),
}
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"
Edit = Callable[[Element], object]

EXTENSIONS = """<md:Extensions xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">
<mdattr:EntityAttributes xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute">
<saml:Attribute xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"
 Name="urn:oasis:names:tc:SAML:attribute:assurance-certification">{certified}</saml:Attribute>
</mdattr:EntityAttributes>
<shibmd:Scope xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" regexp="false">{scope}</shibmd:Scope>
</md:Extensions>"""


@dataclass
class IdentityPeer:
    """One identity service with a key of its own. ``folder`` holds its key and, when known, our metadata."""

    folder: Path
    issuer: str = "https://idp.storkoping.example/saml"
    name: str = "Storköpings kommun"
    scope: str = "storkoping.example"
    certified: tuple[str, ...] = (LOA3,)
    address: str = "https://idp.storkoping.example/sso"
    own_metadata: str = ""
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(ANNA))
    level: str = LOA3
    _servers: dict = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        private, certificate = make_key("idp.example", datetime.now(UTC))
        (self.folder / "key.pem").write_bytes(private)
        (self.folder / "certificate.pem").write_bytes(certificate)

    def server(self) -> Server:
        """pysaml2's identity service, kept because reading its key is slow."""
        made_of = (self.issuer, self.name, self.address, self.own_metadata)
        if made_of not in self._servers:
            self._servers[made_of] = Server(config=IdPConfig().load(self._settings()))
        return self._servers[made_of]

    def _settings(self) -> dict:
        pair = {"key_file": str(self.folder / "key.pem"), "cert_file": str(self.folder / "certificate.pem")}
        return {
            "entityid": self.issuer,
            "xmlsec_binary": PROGRAM,
            **pair,
            "metadata": {"inline": [self.own_metadata]} if self.own_metadata else {},
            "service": {
                "idp": {
                    "name": self.name,
                    "ui_info": {"display_name": [{"lang": "sv", "text": self.name}]},
                    "endpoints": {"single_sign_on_service": [(self.address, BINDING_HTTP_REDIRECT)]},
                    "want_authn_requests_signed": True,
                    "policy": {"default": {"lifetime": {"minutes": 15}, "attribute_restrictions": None}},
                    "sign_assertion": True,
                }
            },
        }

    def metadata(self) -> str:
        """Its metadata as a federation publishes it, with scope and approved levels."""
        text = str(entity_descriptor(self.server().config))
        value = "<saml:AttributeValue>{}</saml:AttributeValue>"
        levels = "".join(value.format(level) for level in self.certified)
        extensions = EXTENSIONS.format(certified=levels, scope=self.scope)
        if not self.scope:
            extensions = ""
        start = text.index(">", text.index("EntityDescriptor")) + 1
        return text[:start] + extensions + text[start:]

    def answer(self, question: str, site: str, answers: str, edit: Edit = lambda root: None, **how) -> str:
        """A signed answer as XML; ``edit`` changes it before it is signed.

        ``encrypt_for`` is a site's certificate; ``sign_response`` signs the whole answer too.
        """
        root = fromstring(self.unsigned(question, site, answers))
        edit(root)
        text = tostring(root, encoding="unicode")
        for assertion in root.findall(f"{SAML}Assertion"):
            text = self.signed(text, assertion.get("ID"), f"{SAML}Assertion", how.get("key"))
        if how.get("sign_response"):
            text = self.signed(text, root.get("ID"), f"{SAMLP}Response", how.get("key"))
        return text

    def unsigned(self, question: str, site: str, answers: str) -> str:
        """The answer as pysaml2 makes it, before any signature."""
        return str(self._response(question, answers, site, sign_assertion=False))

    def encrypted(self, question: str, site: str, answers: str, certificate: Path) -> str:
        """A signed answer whose assertion only the owner of a certificate can read."""
        how = {"encrypt_assertion": True, "encrypt_cert_assertion": certificate.read_text()}
        return str(self._response(question, answers, site, sign_assertion=True, **how))

    def signed(self, text: str, identifier: str, name: str, key: Path | None = None) -> str:
        """The XML with one element signed by xmlsec1, with this service's key or another."""
        template = pre_signature_part(identifier, None, len(text), DIGEST_SHA256, SIG_RSA_SHA256)
        root = fromstring(text)
        element = next(each for each in root.iter(name) if each.get("ID") == identifier)
        issuer = element.find(f"{SAML}Issuer")
        element.insert(list(element).index(issuer) + 1, fromstring(str(template)))
        return self.server().sec.sign_statement(
            tostring(root, encoding="unicode"),
            name.replace("{", "").replace("}", ":"),
            key_file=str(key or self.folder / "key.pem"),
            node_id=identifier,
        )

    def _response(self, question: str, answers: str, site: str, **how):
        given = {
            "identity": {name: list(values) for name, values in self.attributes.items()},
            "in_response_to": question,
            "destination": answers,
            "sp_entity_id": site,
            "name_id": NameID(format=NAMEID_FORMAT_TRANSIENT, text="_someone"),
            "authn": {"class_ref": self.level, "authn_auth": self.issuer},
            "sign_response": False,
            "sign_alg": SIG_RSA_SHA256,
            "digest_alg": DIGEST_SHA256,
        }
        return self.server().create_authn_response(**(given | how))

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Serve HTTP on a free port of the loopback address; gives the address of sign-in, put into the metadata."""
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                peer.serve(self)

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
            before, self.address = self.address, f"http://127.0.0.1:{http.server_port}/sso"
            thread = threading.Thread(target=http.serve_forever, daemon=True)
            thread.start()
            try:
                yield self.address
            finally:
                self.address = before
                http.shutdown()
                thread.join()

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        """Check the question's signature, and answer at once with a form: whoever comes is Anna."""
        carried = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        site, question, answers = self.questioned(carried)
        field = base64.b64encode(self.answer(question, site, answers).encode()).decode()
        page = (
            '<!doctype html><html lang="sv"><title>Inloggningstjänst</title>'
            f'<h1>{html.escape(self.name)}</h1><form method="post" action="{html.escape(answers)}">'
            f'<input type="hidden" name="SAMLResponse" value="{field}"><button>Jag är Anna</button></form></html>'
        ).encode()
        request.send_response(200)
        request.send_header("Content-Type", "text/html; charset=utf-8")
        request.send_header("Content-Length", str(len(page)))
        request.end_headers()
        request.wfile.write(page)

    def questioned(self, carried: Mapping[str, str]) -> tuple[str, str, str]:
        """Who asks, the question's key and where the answer goes. Raises when the site has not signed it."""
        question = (
            self.server()
            .parse_authn_request(
                carried["SAMLRequest"],
                BINDING_HTTP_REDIRECT,
                relay_state=carried.get("RelayState"),
                sigalg=carried.get("SigAlg"),
                signature=carried.get("Signature"),
            )
            .message
        )
        return question.issuer.text, question.id, question.assertion_consumer_service_url
