"""The installation's federation.yaml: where one can sign in, and the doors there.

Pages reach it as ``settings.FEDERATION``. The libraries behind the doors take a second to import, and are imported
when the first door is opened: an installation without federation.yaml never pays for them.
"""

import logging
import os
import shutil
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from styrkedjan.core.federation import Identity, Protocol, Question, Untrusted, WayIn
from styrkedjan.core.refused import BrokenData, NotFound, Refused, Spot, reason

if TYPE_CHECKING:
    from styrkedjan.protocols.oidc import Client, Issuer
    from styrkedjan.protocols.saml import IdentityService, Party

FILE = "federation.yaml"
SAML_METADATA, SAML_ANSWERS = "/saml/metadata", "/saml/acs"
READ_AGAIN_SECONDS = 600  # metadata has a last day of its own, which must be noticed also when no file changes
NO_SUCH_WAY = "Inloggningstjänsten finns inte, eller så har den tagits bort. Välj en annan."
log = logging.getLogger("styrkedjan")


@dataclass(frozen=True)
class Doors:
    """Everything that the configuration opens, and what is wrong with the rest."""

    party: "Party | None" = None
    services: "Mapping[str, IdentityService]" = field(default_factory=dict)
    issuers: "Mapping[str, Issuer]" = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


class Federation:
    """The doors of one installation, read when first asked for and again when a file changes."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder, self._address = folder, address
        self._lock = threading.Lock()
        self._doors: Doors | None = None
        self._read_at = 0.0
        self._files: tuple = ()
        self._oidc: Client | None = None

    @property
    def is_configured(self) -> bool:
        return (self._folder / FILE).exists()

    def doors(self) -> Doors:
        """The doors as the files are now. What is wrong with one of them closes that one, and is logged."""
        if not self.is_configured:
            return Doors()
        with self._lock:
            if self._doors is None or self._has_changed():
                self._read()
            return self._doors or Doors()

    def ways(self) -> tuple[WayIn, ...]:
        """Where one can sign in: the named issuers first, then the federation's members by name."""
        doors = self.doors()
        shown = (service.way for service in doors.services.values() if not service.is_hidden)
        return (*(issuer.way for issuer in doors.issuers.values()), *sorted(shown, key=lambda way: way.name.casefold()))

    def way(self, protocol: Protocol, key: str) -> WayIn:
        """One of them. Raises: NotFound."""
        doors = self.doors()
        found = doors.services.get(key) if protocol is Protocol.SAML else doors.issuers.get(key)
        if found is None:
            raise NotFound(NO_SUCH_WAY)
        return found.way

    def ask(self, way: WayIn, browser: str) -> Question:
        """A question for the browser to carry there. Raises: NotFound; Unreachable."""
        doors = self.doors()
        if way.protocol is Protocol.OIDC:
            return self._client().ask(doors.issuers[way.key], self._answers(way.key), browser)
        from styrkedjan.protocols import saml

        if doors.party is None:
            raise NotFound(NO_SUCH_WAY)
        return saml.ask(doors.party, doors.services[way.key])

    def question_of(self, protocol: Protocol, fields: Mapping[str, str]) -> str:
        """The question that an answer says it belongs to; nothing is believed yet. Raises: Untrusted."""
        if protocol is Protocol.OIDC:
            return fields.get("state", "")
        if not self.is_configured:
            raise Untrusted("unknown_issuer")
        from styrkedjan.protocols import saml

        return saml.question_of(fields.get("SAMLResponse", ""))

    def read(self, protocol: Protocol, key: str, question: str, browser: str, fields: Mapping[str, str]) -> Identity:
        """Who an answer from the way in with this key says that someone is. Raises: Untrusted; Unreachable."""
        doors, now = self.doors(), datetime.now(UTC)
        if protocol is Protocol.OIDC and key in doors.issuers:
            return self._client().read(doors.issuers[key], self._answers(key), browser, fields, now)
        if protocol is Protocol.SAML and doors.party and key in doors.services:
            from styrkedjan.protocols import saml

            return saml.read(doors.party, doors.services[key], fields.get("SAMLResponse", ""), question, now)
        raise Untrusted("unknown_issuer")

    def metadata(self) -> str:
        """Our own SAML metadata. Raises: NotFound without SAML."""
        party = self.doors().party
        if party is None:
            raise NotFound("Sidan finns inte.")
        from styrkedjan.protocols import saml

        return saml.own_metadata(party)

    def _answers(self, key: str) -> str:
        return f"{self._address}/oidc/{key}/svar"

    def _client(self) -> "Client":
        if self._oidc is None:
            from styrkedjan.protocols import oidc

            self._oidc = oidc.Client()
        return self._oidc

    def _has_changed(self) -> bool:
        return time.monotonic() - self._read_at > READ_AGAIN_SECONDS or self._files != _states(self._files)

    def _read(self) -> None:
        self._read_at = time.monotonic()
        reading = _Reading(self._folder, self._address)
        self._doors = reading.read()
        self._files = _states([(path,) for path in (self._folder / FILE, *reading.files)])
        for problem in self._doors.problems:
            log.error("%s: %s", FILE, problem)


def _states(files: Any) -> tuple:
    return tuple((path, *_state(path)) for path, *_ in files)


def _state(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size


class _Reading:
    """One reading of the configuration: what it opens, and every problem on the way."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self.files: list[Path] = []
        self.problems: list[str] = []
        self.cautions: list[str] = []

    def read(self) -> Doors:
        from styrkedjan.data.catalogue.reading import read_document
        from styrkedjan.data.catalogue.schema import schema_problems

        document, problems = read_document(self.folder / FILE, FILE)
        if document is not None and not problems:
            problems = schema_problems(document, "federation")
        if document is None or problems:
            return Doors(problems=tuple(map(str, problems)))
        value = document.value
        party = self._party(value["saml"]) if "saml" in value else None
        services = self._services(value["saml"], party) if party else {}
        issuers = self._issuers(value.get("oidc", []))
        return Doors(party, services, issuers, tuple(self.problems), tuple(self.cautions))

    def _party(self, value: dict[str, Any]) -> "Party | None":
        from styrkedjan.protocols import saml

        program = shutil.which("xmlsec1")
        if program is None:
            self.problems.append("programmet xmlsec1 saknas. Installera Debianpaketet xmlsec1.")
            return None
        key, certificate = self._path(value["key"]), self._path(value["certificate"])
        try:
            if not saml.fits(key.read_bytes(), certificate.read_bytes()):
                self.problems.append("nyckeln och certifikatet hör inte ihop. Gör nya med `styrkedjan saml nycklar`.")
                return None
        except OSError as error:
            self.problems.append(f"{error.filename}: {reason(error)}. Gör nycklar med `styrkedjan saml nycklar`.")
            return None
        except ValueError:
            self.problems.append("nyckeln eller certifikatet är inte i PEM. Gör nya med `styrkedjan saml nycklar`.")
            return None
        if key.stat().st_mode & 0o077:
            self.cautions.append(f"{key.name} kan läsas av andra på datorn. Kör `chmod 600 {key}`.")
        entity_id = value.get("entity_id", f"{self.address}{SAML_METADATA}")
        contact, levels = value.get("contact", ""), value.get("levels", {})
        answers = f"{self.address}{SAML_ANSWERS}"
        return saml.Party(entity_id, answers, key, certificate, program, contact=contact, levels=levels)

    def _services(self, value: dict[str, Any], party: "Party") -> "dict[str, IdentityService]":
        from styrkedjan.protocols import saml

        found: dict[str, IdentityService] = {}
        for entry in value["metadata"]:
            path = self._path(entry["file"])
            certificate = self._path(entry["certificate"]) if "certificate" in entry else None
            if certificate is None:
                self.cautions.append(
                    f"{path.name} läses utan att underskriften kontrolleras. Ange federationens certifikat om filen "
                    "hämtas över nätet."
                )
            try:
                if certificate is not None:
                    certificate.read_bytes()
                found |= saml.read_metadata(path, datetime.now(UTC), certificate, party.program)
            except OSError as error:
                self.problems.append(f"{error.filename}: {reason(error)}.")
            except BrokenData as error:
                self.problems.append(error.message)
        return found

    def _issuers(self, values: list[dict[str, Any]]) -> "dict[str, Issuer]":
        from styrkedjan.protocols import oidc

        found: dict[str, Issuer] = {}
        for value in values:
            try:
                secret = self._secret(value)
            except Refused as error:
                self.problems.append(error.message)
                continue
            scopes = tuple(dict.fromkeys(("openid", *value.get("scopes", ()))))
            named = (value["id"], value["name"], value["issuer"], value["client_id"], secret)
            if value["id"] in found:
                self.problems.append(f"oidc: id {value['id']} står två gånger. Ge varje tjänst ett eget.")
            found[value["id"]] = oidc.Issuer(*named, scopes=scopes, levels=value.get("levels", {}))
        return found

    def _secret(self, value: dict[str, Any]) -> str:
        """The secret from a file of its own or from the surroundings: it never stands in the configuration."""
        name, file = value.get("secret_environment", ""), value.get("secret_file", "")
        if bool(name) == bool(file):
            raise BrokenData(f"oidc {value['id']}: ange antingen secret_file eller secret_environment.", Spot(FILE))
        if name:
            if not os.environ.get(name):
                raise BrokenData(f"oidc {value['id']}: miljövariabeln {name} är inte satt.", Spot(FILE))
            return os.environ[name]
        path = self._path(file)
        try:
            secret = path.read_text().strip()
        except OSError as error:
            raise BrokenData(f"oidc {value['id']}: {path}: {reason(error)}.", Spot(FILE)) from error
        if not secret:
            raise BrokenData(f"oidc {value['id']}: {path} är tom.", Spot(FILE))
        return secret

    def _path(self, text: str) -> Path:
        """A file named in the configuration, from the home folder unless it is named from the root."""
        path = self.folder / Path(text).expanduser()
        self.files.append(path)
        return path
