"""Sealing: read again with the right key and with no other."""

import base64

import pytest

from styrkedjan.core.refused import DamagedData
from styrkedjan.protocols import sealing

SITE_KEY = "site-key-of-a-test"


def test_what_is_sealed_is_read_again_and_hidden_until_then():
    key = sealing.key_for("one-time codes", SITE_KEY)
    sealed = sealing.seal(key, "hemlighet")
    assert sealing.unseal(key, sealed) == "hemlighet"
    assert "hemlighet" not in sealed
    assert sealed != sealing.seal(key, "hemlighet")


def test_another_purpose_or_another_site_cannot_read_it():
    sealed = sealing.seal(sealing.key_for("one-time codes", SITE_KEY), "hemlighet")
    for other in (sealing.key_for("pace", SITE_KEY), sealing.key_for("one-time codes", "another")):
        with pytest.raises(DamagedData, match="nyckel"):
            sealing.unseal(other, sealed)


def test_a_change_is_seen():
    key = sealing.key_for("one-time codes", SITE_KEY)
    sealed = sealing.seal(key, "hemlighet")
    with pytest.raises(DamagedData):
        sealing.unseal(key, sealed[:-6] + "AAAA==")


def test_a_keyed_hash_needs_the_key():
    first, second = (sealing.key_for(purpose, SITE_KEY) for purpose in ("pace", "letter codes"))
    assert sealing.keyed_hash(first, "123456") == sealing.keyed_hash(first, "123456")
    assert sealing.keyed_hash(first, "123456") != sealing.keyed_hash(second, "123456")
    assert sealing.keyed_hash(first, "123456") != sealing.keyed_hash(first, "123457")


def test_what_is_sealed_for_a_pair_is_opened_with_its_other_half():
    public, private = sealing.new_pair()
    assert sealing.open_sealed(private, sealing.seal_for(public, "Åsa skrev 🍎")) == "Åsa skrev 🍎"


def test_the_same_text_is_never_sealed_alike_and_always_as_long():
    public, _ = sealing.new_pair()
    one, other = sealing.seal_for(public, "4" * 100), sealing.seal_for(public, "5" * 100)
    assert len(one) == len(other)
    assert len({one, sealing.seal_for(public, "4" * 100)}) == 2


def test_another_pair_opens_nothing():
    (public, _), (_, foreign) = sealing.new_pair(), sealing.new_pair()
    with pytest.raises(DamagedData, match="förseglat svar"):
        sealing.open_sealed(foreign, sealing.seal_for(public, "4"))


@pytest.mark.parametrize("place", [0, 40, -3])
def test_a_changed_seal_is_not_opened(place):
    public, private = sealing.new_pair()
    whole = bytearray(base64.b64decode(sealing.seal_for(public, "svaret")))
    whole[place] ^= 1
    with pytest.raises(DamagedData):
        sealing.open_sealed(private, base64.b64encode(bytes(whole)).decode())
