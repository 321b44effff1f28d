"""federation.yaml: read as it is written, and everything that is wrong with it said in Swedish."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from styrkedjan.core.federation import Protocol
from styrkedjan.site.federation import Federation
from tests.protocols.federation_case import ADDRESS, write_configuration
from tests.protocols.identity_peer import IdentityPeer

OIDC = """oidc:
  - id: freja
    name: Freja OrgID
    issuer: https://op.example
    client_id: styrkedjan
    secret_environment: PROV_SECRET
    levels: {"http://op.example/loa": strong}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_configuration(tmp_path)
    (tmp_path / "saml" / "members.xml").write_text(IdentityPeer(tmp_path / "peer").metadata())
    return tmp_path


def doors(folder: Path):
    return Federation(folder, ADDRESS).doors()


def test_what_is_right(folder, monkeypatch):
    monkeypatch.setenv("PROV_SECRET", "x")
    with (folder / "federation.yaml").open("a") as file:
        file.write(OIDC)
    found = doors(folder)
    assert found.problems == ()
    assert found.party.entity_id == f"{ADDRESS}/saml/metadata"
    assert [service.way.name for service in found.services.values()] == ["Storköpings kommun"]
    assert found.issuers["freja"].scopes == ("openid",)
    ways = Federation(folder, ADDRESS).ways()
    assert [(way.protocol, way.name) for way in ways] == [
        (Protocol.OIDC, "Freja OrgID"),
        (Protocol.SAML, "Storköpings kommun"),
    ]


def test_nothing_is_open_without_a_file(tmp_path):
    federation = Federation(tmp_path, ADDRESS)
    assert (federation.is_configured, federation.ways()) == (False, ())


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("key: saml/key.pem", "kay: saml/key.pem", "hittade en okänd nyckel"),
        ("key: saml/key.pem", "key: saml/borta.pem", "borta.pem: sökvägen finns inte"),
        ("key: saml/key.pem", "key: saml/certificate.pem", "inte i PEM"),
        ("key: saml/key.pem", "key: peer/key.pem", "hör inte ihop"),
        ("saml/members.xml", "saml/borta.xml", "borta.xml: metadata går inte att läsa: sökvägen finns inte"),
        ("saml/members.xml", "saml/members.xml\n      certificate: saml/borta.pem", "borta.pem: sökvägen finns inte"),
        ("saml/members.xml", "saml/members.xml\n      certificate: saml/certificate.pem", "underskriften stämmer inte"),
        ("saml:", "saml:\n  contact: ingen", "väntade en e-postadress"),
        ("saml:", "saml: [", "skrivfel"),
    ],
)
def test_what_is_wrong_is_said(folder, before, after, said):
    path = folder / "federation.yaml"
    path.write_text(path.read_text().replace(before, after, 1))
    assert said in " ".join(doors(folder).problems)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("secret_environment: SAKNAS_I_PROV", "miljövariabeln SAKNAS_I_PROV är inte satt"),
        ("secret_file: borta", "sökvägen finns inte"),
        ("secret_file: empty", "är tom"),
        ("secret: hemligt", "en okänd nyckel"),
        ("scopes: [openid]", "ange antingen secret_file eller secret_environment"),
    ],
)
def test_what_is_wrong_with_an_issuer_is_said(folder, line, said):
    (folder / "empty").write_text("\n")
    with (folder / "federation.yaml").open("a") as file:
        file.write(OIDC.replace("secret_environment: PROV_SECRET", line))
    assert said in " ".join(doors(folder).problems)


def test_an_issuer_in_the_clear_is_refused(folder):
    with (folder / "federation.yaml").open("a") as file:
        file.write(OIDC.replace("https://op.example\n", "http://op.example\n"))
    assert "väntade en adress som börjar med https://" in " ".join(doors(folder).problems)


def test_a_changed_file_is_read_again(folder):
    federation = Federation(folder, ADDRESS)
    assert len(federation.ways()) == 1
    members = folder / "saml" / "members.xml"
    members.write_text(members.read_text().replace("Storköpings", "Småköpings"))
    assert [way.name for way in federation.ways()] == ["Småköpings kommun"]
    members.unlink()
    assert federation.ways() == ()
    assert "metadata går inte att läsa" in federation.doors().problems[0]


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    surroundings = {**os.environ, "STYRKEDJAN_HOME": str(folder), "STYRKEDJAN_SECRET_KEY": "x" * 50}
    code = "import sys; from styrkedjan.site.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=surroundings, capture_output=True, text=True, check=False
    )


def test_the_command_makes_keys_once(tmp_path):
    first = command(tmp_path, "saml", "nycklar")
    assert first.returncode == 0, first.stderr
    assert "Fingeravtryck (SHA-256):" in first.stdout
    key = tmp_path / "saml" / "key.pem"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_bytes()
    again = command(tmp_path, "saml", "nycklar")
    assert (again.returncode, key.read_bytes()) == (2, before)
    assert "finns redan och har inte ändrats" in again.stderr


def test_the_command_checks_and_prints(folder):
    good = command(folder, "saml", "kontroll")
    assert good.returncode == 0, good.stderr
    assert "SAML: 1 inloggningstjänster" in good.stdout
    assert "läses utan att underskriften kontrolleras" in good.stdout
    assert "EntityDescriptor" in command(folder, "saml", "metadata").stdout
    (folder / "saml" / "members.xml").write_text("x")
    bad = command(folder, "saml", "kontroll")
    assert bad.returncode == 2
    assert "members.xml: metadata är ingen hel XML-fil" in bad.stderr
    (folder / "federation.yaml").unlink()
    assert "federation.yaml finns inte" in command(folder, "saml", "kontroll").stderr


def test_the_libraries_wait_until_somebody_signs_in():
    code = "import sys, styrkedjan.site.settings, styrkedjan.pages.federation.views as v; print(*sys.modules)"
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "styrkedjan.site.settings",
        "STYRKEDJAN_SECRET_KEY": "x" * 50,
    }
    answer = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()\n" + code],
        env=surroundings, capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = set(answer.stdout.split())
    assert "styrkedjan.pages.federation.views" in loaded
    assert not {"saml2", "xmlschema", "authlib", "styrkedjan.protocols.saml", "styrkedjan.protocols.oidc"} & loaded
