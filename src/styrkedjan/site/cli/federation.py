"""``styrkedjan saml``: our key, our metadata, and what is wrong with the configuration."""

import argparse
import os
from datetime import UTC, datetime
from urllib.parse import urlsplit

from styrkedjan.core.refused import WrongState, reason
from styrkedjan.site.federation import FILE, Federation
from styrkedjan.site.home import home


def run_saml(options: argparse.Namespace) -> int:
    """Make keys, print our metadata, or check the configuration."""
    if options.action == "nycklar":
        return _make_keys()
    federation = _federation()
    if options.action == "metadata":
        print(federation.metadata(), end="")
        return 0
    return _check(federation)


def _address() -> str:
    from styrkedjan.site.settings import SITE_ADDRESS

    return SITE_ADDRESS


def _federation() -> Federation:
    federation = Federation(home(), _address())
    if not federation.is_configured:
        raise WrongState(
            f"{home() / FILE} finns inte. Skriv den så som docs/how-to/sign-in-with-a-federation.md visar."
        )
    return federation


def _make_keys() -> int:
    """Keys are made once: a new one would have to reach every identity service before it works."""
    from styrkedjan.protocols import saml

    folder = home() / "saml"
    private, certificate = saml.make_key(urlsplit(_address()).hostname or "styrkedjan", datetime.now(UTC))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in (("key.pem", private), ("certificate.pem", certificate)):
            with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
    except FileExistsError as error:
        raise WrongState(
            f"{error.filename} finns redan och har inte ändrats. Flytta undan den om du verkligen ska byta nyckel."
        ) from error
    except OSError as error:
        raise WrongState(f"det går inte att skriva i {folder}: {reason(error)}.") from error
    print(f"Nyckel och certifikat ligger i {folder}.\nFingeravtryck (SHA-256): {saml.fingerprint(certificate)}")
    return 0


def _check(federation: Federation) -> int:
    doors = federation.doors()
    for caution in doors.cautions:
        print(f"Tänk på: {caution}")
    if doors.problems:
        raise WrongState(
            "inloggningen är inte klar att använda.\n" + "\n".join(f"  {problem}" for problem in doors.problems)
        )
    if doors.party:
        print(f"SAML: {len(doors.services)} inloggningstjänster. Vårt namn: {doors.party.entity_id}")
        print(f"Svar tas emot på {doors.party.answers}")
    for issuer in doors.issuers.values():
        print(f"OpenID Connect: {issuer.name} ({issuer.issuer}), återadress {_address()}/oidc/{issuer.key}/svar")
    return 0
