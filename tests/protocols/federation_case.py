"""A site whose federation.yaml names a real identity service and a real issuer, and browsers that go between them."""

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import httpx
from django.test import Client, override_settings

from styrkedjan.core.access import Assurance
from styrkedjan.protocols import saml
from styrkedjan.site.federation import Federation
from tests.conftest import as_owner
from tests.protocols.identity_peer import IdentityPeer
from tests.protocols.openid_peer import CLIENT_ID, LOA3, SECRET, OpenIdPeer

ADDRESS = "http://127.0.0.1:8700"
ANSWERS = f"{ADDRESS}/oidc/prov/svar"
REFRESH = re.compile(r"0; url=(\S+)")


@dataclass
class Site:
    """The installation: its configuration and the two other systems."""

    folder: Path
    federation: Federation
    peer: IdentityPeer
    openid: OpenIdPeer | None = None

    @property
    def key(self) -> str:
        return saml.key_of(self.peer.issuer)

    @property
    def metadata(self) -> Path:
        return self.folder / "saml" / "members.xml"

    def browser(self, token: str = "") -> "Browser":
        from django.conf import settings

        client = Client(SERVER_NAME="127.0.0.1")
        if token:
            client.cookies[settings.SIGN_IN_COOKIE] = token
        return Browser(self, client)


@dataclass
class Browser:
    """One browser: what it was asked to carry, and what it brings back."""

    site: Site
    client: Client
    question: str = ""
    fields: dict = field(default_factory=dict)

    def leave(self, protocol: str = "saml", **sent: str) -> str:
        """Choose the way in; gives the address that the page leads to."""
        key = self.site.key if protocol == "saml" else "prov"
        page = self.client.post(f"/logga-in/{protocol}/{key}/", sent)
        assert page.status_code == 200, page.content.decode()
        address = REFRESH.fullmatch(page.headers["Refresh"])[1]
        assert address in unescape(page.content.decode())
        carried = dict(parse_qsl(urlsplit(address).query))
        if protocol == "saml":
            _, self.question, _ = self.site.peer.questioned(carried)
        return address

    def answer(self, **how) -> str:
        """The identity service's answer to the question, for the form."""
        party = self.site.federation.doors().party
        made = self.site.peer.answer(self.question, party.entity_id, party.answers, **how)
        return base64.b64encode(made.encode()).decode()

    def bring(self, answer: str | None = None):
        """Post an answer, as the identity service's page makes the browser do."""
        field = self.answer() if answer is None else answer
        return self.client.post("/saml/acs", {"SAMLResponse": field}, headers={"origin": "https://idp.example"})

    def come_back(self, address: str):
        """Go to the issuer and come back with what it gave."""
        self.fields = dict(parse_qsl(urlsplit(httpx.get(address).headers["location"]).query))
        return self.client.get("/oidc/prov/svar", self.fields)


def write_configuration(folder: Path, more: str = "") -> None:
    """Our keys, and a federation.yaml that names the metadata file."""
    (folder / "saml").mkdir(parents=True)
    private, certificate = saml.make_key("styrkedjan.example", datetime.now(UTC))
    (folder / "saml" / "key.pem").write_bytes(private)
    (folder / "saml" / "key.pem").chmod(0o600)
    (folder / "saml" / "certificate.pem").write_bytes(certificate)
    (folder / "federation.yaml").write_text(
        "saml:\n  key: saml/key.pem\n  certificate: saml/certificate.pem\n  metadata:\n    - file: saml/members.xml\n"
        + more
    )


@contextmanager
def running_site(folder: Path, openid: OpenIdPeer | None = None) -> Iterator[Site]:
    """The site with its federation, for a block."""
    more = ""
    if openid:
        (folder / "secret").parent.mkdir(parents=True, exist_ok=True)
        (folder / "secret").write_text(SECRET + "\n")
        more = (
            f"oidc:\n  - id: prov\n    name: Prov-id\n    issuer: {openid.issuer}\n    client_id: {CLIENT_ID}\n"
            f"    secret_file: secret\n    levels:\n      {LOA3}: strong\n"
        )
    write_configuration(folder, more)
    (folder / "saml" / "members.xml").write_text(IdentityPeer(folder / "first").metadata())
    federation = Federation(folder, ADDRESS)
    peer = IdentityPeer(folder / "peer", own_metadata=federation.metadata())
    (folder / "saml" / "members.xml").write_text(peer.metadata())
    with override_settings(FEDERATION=federation):
        yield Site(folder, federation, peer, openid)


def connect(
    person: str, issuer: str, subject: str = "anna@storkoping.example", assurance: Assurance = Assurance.LINK
) -> UUID:
    """Let a person be known by an identity elsewhere, as the database's owner."""
    from styrkedjan.tables.access import LinkedIdentity

    key = uuid4()
    with as_owner():
        LinkedIdentity(
            key=key, person_id=person, issuer=issuer, subject=subject, assurance=assurance, made_at=datetime.now(UTC)
        ).save(force_insert=True)
    return key


def person_of(token: str) -> str:
    """The person whose session a token is."""
    from styrkedjan.queries.access.viewing import viewing

    with viewing(token) as viewer:
        return viewer.person
