"""Federation metadata: many members in one file, read when the federation has signed it and it has not gone out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree.ElementTree import SubElement, fromstring, tostring

import pytest

from styrkedjan.core.federation import Scope
from styrkedjan.core.refused import BrokenData
from styrkedjan.protocols import saml
from tests.protocols.identity_peer import LOA3, PROGRAM, IdentityPeer
from tests.protocols.saml_case import our_party

MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def operator(tmp_path_factory) -> IdentityPeer:
    """Whoever runs the federation: it has a key that signs the file."""
    return IdentityPeer(tmp_path_factory.mktemp("operator"))


@pytest.fixture(scope="module")
def members(tmp_path_factory) -> list[IdentityPeer]:
    folder = tmp_path_factory.mktemp("members")
    return [
        IdentityPeer(folder / "a", issuer="https://a.example", name="Åby kommun", scope="aby.example"),
        IdentityPeer(folder / "b", issuer="https://b.example", name="Öby kommun", scope="", certified=()),
    ]


def aggregate(members: list[IdentityPeer], **attributes: str) -> str:
    root = fromstring(f'<md:EntitiesDescriptor xmlns:md="{MD[1:-1]}" ID="_federation"/>')
    for name, value in attributes.items():
        root.set(name, value)
    for member in members:
        root.append(fromstring(member.metadata()))
    return tostring(root, encoding="unicode")


def signed(operator: IdentityPeer, text: str) -> str:
    """The file, signed as a federation signs it: an enveloped signature first in the root."""
    root = fromstring(text)
    issuer = SubElement(root, "{urn:oasis:names:tc:SAML:2.0:assertion}Issuer")  # where the peer puts its signature
    root.remove(issuer)
    root.insert(0, issuer)
    made = fromstring(operator.signed(tostring(root, encoding="unicode"), "_federation", f"{MD}EntitiesDescriptor"))
    return tostring(made, encoding="unicode")


def read(folder: Path, text: str, certificate: Path | None = None, now: datetime = NOW) -> dict:
    path = folder / "metadata.xml"
    path.write_text(text)
    return saml.read_metadata(path, now, certificate, PROGRAM)


def test_members_are_read(members, tmp_path):
    found = read(tmp_path, aggregate(members))
    first, second = found[saml.key_of("https://a.example")], found[saml.key_of("https://b.example")]
    assert (first.way.name, first.way.issuer) == ("Åby kommun", "https://a.example")
    assert first.scopes == (Scope("aby.example"),)
    assert first.certified == {LOA3}
    assert (second.way.name, second.scopes, second.certified) == ("Öby kommun", (), frozenset())


def test_we_are_not_among_them(members, tmp_path):
    """Sites stand in the same file as identity services."""
    text = aggregate(members).replace("</ns0:EntitiesDescriptor>", own(tmp_path) + "</ns0:EntitiesDescriptor>")
    assert len(read(tmp_path, text)) == 2


def own(folder: Path) -> str:
    return saml.own_metadata(our_party(folder / "us")).partition("?>")[2]


def test_a_signed_file_is_read(operator, members, tmp_path):
    text = signed(operator, aggregate(members))
    assert len(read(tmp_path, text, operator.folder / "certificate.pem")) == 2


FAULTS = {
    "unsigned": lambda operator, text: text,
    "edited": lambda operator, text: signed(operator, text).replace("Åby", "Yby"),
    "signed by a stranger": lambda operator, text: signed(operator.stranger, text),
    "signature moved to another element": lambda operator, text: signed(operator, text).replace(
        "#_federation", "#_other"
    ),
    "wrapped": lambda operator, text: wrapped(signed(operator, text)),
}


def wrapped(text: str) -> str:
    """What is signed lies inside another file of the same ID, with a member of the attacker's before it."""
    return (
        f'<md:EntitiesDescriptor xmlns:md="{MD[1:-1]}" ID="_federation">'
        f'<md:EntityDescriptor entityID="https://mallory.example"/>{text}</md:EntitiesDescriptor>'
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_the_federation_has_not_signed_is_refused(operator, members, tmp_path, fault):
    operator.stranger = IdentityPeer(tmp_path / "stranger")
    text = FAULTS[fault](operator, aggregate(members))
    with pytest.raises(BrokenData, match="underskriften stämmer inte med federationens certifikat"):
        read(tmp_path, text, operator.folder / "certificate.pem")


def test_a_file_that_has_gone_out_is_refused(members, tmp_path):
    text = aggregate(members, validUntil="2026-11-24T11:00:00Z")
    with pytest.raises(BrokenData, match="har gått ut"):
        read(tmp_path, text)
    assert len(read(tmp_path, text, now=NOW - timedelta(hours=2))) == 2


def test_a_member_that_has_gone_out_is_left_out(members, tmp_path):
    root = fromstring(aggregate(members))
    root[0].set("validUntil", "2026-11-24T11:00:00Z")
    assert list(read(tmp_path, tostring(root, encoding="unicode"))) == [saml.key_of("https://b.example")]


def test_groups_within_groups(members, tmp_path):
    inner = aggregate(members).replace("_federation", "_inner")
    text = f'<md:EntitiesDescriptor xmlns:md="{MD[1:-1]}">{inner}</md:EntitiesDescriptor>'
    assert len(read(tmp_path, text)) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("inte XML", "ingen hel XML-fil"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "dokumenttyp"),
        ("<html/>", "inte SAML-metadata"),
        (f'<m:EntitiesDescriptor xmlns:m="{MD[1:-1]}" validUntil="snart"/>', "ingen tidpunkt"),
    ],
)
def test_what_is_no_metadata_is_said_in_swedish(tmp_path, text, said):
    with pytest.raises(BrokenData, match=said):
        read(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(BrokenData, match=r"metadata går inte att läsa: sökvägen finns inte"):
        saml.read_metadata(tmp_path / "borta.xml", NOW, None, PROGRAM)
