"""Federation: levels, scopes, times and names."""

from datetime import UTC, datetime, timedelta

import pytest

from styrkedjan.core.access import Assurance, Grant, Role
from styrkedjan.core.federation import (
    REFUSALS,
    STRONG_LEVELS,
    Protocol,
    Scope,
    Untrusted,
    WayIn,
    assurance_of,
    check_times,
    found,
    hinted_place,
    is_in_scope,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LOA2, LOA3 = (f"http://id.elegnamnden.se/loa/1.0/loa{number}" for number in (2, 3))
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"

# level, approved levels, the configuration's own -> how surely
LEVELS = [
    (LOA2, (), {}, Assurance.LINK),
    (LOA3, (), {}, Assurance.LINK),
    (LOA2, (LOA2,), {}, Assurance.STRONG),
    (LOA3, (LOA3,), {}, Assurance.STRONG),
    (LOA3, (), {LOA3: "strong"}, Assurance.STRONG),
    (LOA3, (), {LOA2: "strong"}, Assurance.LINK),
    (LOA3, (LOA2,), {}, Assurance.LINK),
    (LOA3 + "/", (), {}, Assurance.LINK),
    ("", (), {}, Assurance.LINK),
    (PASSWORD, (), {}, Assurance.LINK),
    (PASSWORD, (PASSWORD,), {}, Assurance.LINK),
    (PASSWORD, (), {PASSWORD: "strong"}, Assurance.STRONG),
    (PASSWORD, (LOA3,), {PASSWORD: "strong"}, Assurance.LINK),
    (LOA2, (LOA2,), {LOA2: "link"}, Assurance.LINK),
]

# level -> how surely, at a system that the federation has approved for that very level
APPROVED = {
    "http://id.elegnamnden.se/loa/1.0/loa1": Assurance.LINK,
    "http://id.swedenconnect.se/loa/1.0/uncertified-loa3": Assurance.LINK,
    "http://id.skolfederation.se/loa/bas": Assurance.LINK,
    "http://id.skolfederation.se/loa/2fa": Assurance.STRONG,
    "http://eidas.europa.eu/LoA/low": Assurance.LINK,
    "http://eidas.europa.eu/LoA/substantial": Assurance.STRONG,
    "http://id.elegnamnden.se/loa/1.0/eidas-low": Assurance.LINK,
    "http://id.elegnamnden.se/loa/1.0/eidas-nf-low": Assurance.LINK,
    "http://id.elegnamnden.se/loa/1.0/eidas-sub": Assurance.STRONG,
    "http://id.elegnamnden.se/loa/1.0/eidas-nf-high": Assurance.STRONG,
}


@pytest.mark.parametrize(("level", "certified", "own", "expected"), LEVELS)
def test_levels(level, certified, own, expected):
    assert assurance_of(level, certified, own) is expected


@pytest.mark.parametrize(("level", "expected"), APPROVED.items())
def test_approved_levels(level, expected):
    assert assurance_of(level, [level]) is expected


def test_every_strong_level_is_an_address():
    assert all(level.startswith("http://") for level in STRONG_LEVELS)


@pytest.mark.parametrize(
    ("subject", "scopes", "expected"),
    [
        ("anna@aby.example", [Scope("aby.example")], True),
        ("anna@ABY.example", [Scope("aby.example")], True),
        ("anna@aby.example", [], True),
        ("anna@x.aby.example", [Scope("aby.example")], False),
        ("anna@aby.example.mallory.example", [Scope("aby.example")], False),
        ("anna@x.aby.example", [Scope(r"[a-z]+\.aby\.example", is_pattern=True)], True),
        ("anna@x.aby.example.mallory", [Scope(r"[a-z]+\.aby\.example", is_pattern=True)], False),
        ("anna@xxaby.example", [Scope(".aby.example")], False),
        ("anna", [], False),
        ("@aby.example", [], False),
        ("anna@", [], False),
        ("anna@mallory.example@aby.example", [Scope("aby.example")], False),
        ("anna@aby.example\n", [Scope("aby.example")], False),
    ],
)
def test_scopes(subject, scopes, expected):
    assert is_in_scope(subject, scopes) is expected


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        (-1, 1, ""),
        (60, 61, ""),
        (61, 120, "not_yet_valid"),
        (-120, -59, ""),
        (-120, -60, "expired"),
        (None, None, ""),
    ],
)
def test_times(before, after, name):
    times = [None if offset is None else NOW + timedelta(seconds=offset) for offset in (before, after)]
    if not name:
        assert check_times(NOW, *times) is None
        return
    with pytest.raises(Untrusted) as refused:
        check_times(NOW, *times)
    assert refused.value.name == name


@pytest.mark.parametrize("name", REFUSALS)
def test_every_refusal_says_what_to_do(name):
    message = Untrusted(name).message
    assert message.startswith(f"Inloggningen godtogs inte: {REFUSALS[name]}.")
    assert "inget har ändrats" in message
    assert "Börja om" in message


def test_ways_are_found_by_every_word():
    ways = [WayIn(Protocol.SAML, "a", name, "") for name in ("Ängelholms kommun", "Region Ängelholm", "Åby kommun")]
    assert [way.name for way in found(ways, "angelholm KOMMUN")] == ["Ängelholms kommun"]
    assert len(found(ways, "")) == 3


def test_a_hint_chooses_among_ones_own_places():
    grants = [
        Grant(Role.PRINCIPAL, "2120009901-90000001"),
        Grant(Role.PRINCIPAL, "2120009901-90000002"),
        Grant(Role.QUALITY_LEAD, "2120009901"),
    ]
    assert hinted_place(grants, ["90000002"]) == "2120009901-90000002"
    assert hinted_place(grants, ["90000009", ""]) == ""
