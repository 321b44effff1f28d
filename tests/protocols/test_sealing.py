"""Sealing: read again with the right key and with no other."""

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
