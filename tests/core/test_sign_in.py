"""Signing in, the pure part: shapes of tokens and codes, and buckets of tries."""

from datetime import UTC, datetime, timedelta

import pytest

from styrkedjan.core.sign_in import (
    PACE,
    Limit,
    bucket_name,
    device_words,
    family_of,
    is_fresh,
    is_recovery_code,
    is_token,
    limit_of,
    mask_email,
    recovery_code,
    spend,
    tidy_code,
)

NOW = datetime(2026, 11, 24, 10, 32, tzinfo=UTC)
FIVE = Limit(tries=5, fills_in=timedelta(minutes=10))


def test_a_bucket_gives_its_tries_and_then_slows():
    left, tries = 5.0, 0
    while not (spent := spend(left, NOW, NOW, FIVE)).is_refused:
        left, tries = spent.left, tries + 1
    assert tries == 5
    assert spent.wait == timedelta(minutes=2)
    assert not spend(left, NOW, NOW + timedelta(minutes=2), FIVE).is_refused
    assert spend(left, NOW, NOW + timedelta(days=9), FIVE).left == 4


def test_a_clock_that_goes_back_neither_fills_nor_locks():
    an_hour_ahead, little_ahead = NOW + timedelta(hours=1), NOW + timedelta(minutes=4)
    assert spend(0.0, an_hour_ahead, NOW, FIVE).left == 4  # cannot be true, so it counts as full
    behind = spend(0.0, little_ahead, NOW, FIVE)
    assert behind.is_refused
    assert behind.wait <= timedelta(minutes=6)
    assert spend(3.0, little_ahead, NOW, FIVE).left == 2


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("Anna@exempel.se", " anna@exempel.se", True),
    ],
)
def test_whose_bucket_it_is(first, second, is_same):
    assert (bucket_name("code", first) == bucket_name("code", second)) is is_same
    assert bucket_name("code", first) != bucket_name("link", first)


def test_which_limits_hold():
    assert family_of("2001:db8::1") == family_of("192.0.2.7") == "address"
    assert family_of("anna@exempel.se") == "account"
    assert limit_of("passkey", "anna@exempel.se") is None  # nobody who guesses can keep a passkey out
    assert limit_of("saml", "192.0.2.7") == PACE["link", "address"]
    for (_, family), limit in PACE.items():
        assert limit.tries >= 1500 * 3 or family == "account"


def test_a_whole_school_behind_one_address_gets_in():
    """1,500 people within ten minutes, each with a letter, a wrong code, a right code and a passkey as well."""
    buckets: dict[str, tuple[float, datetime]] = {}
    for number in range(1500):
        now = NOW + number * timedelta(seconds=0.4)
        for kind in ("link", "open", "code", "code", "passkey", "passkey"):
            for subject in (f"{number}@exempel.se", "192.0.2.7"):
                if limit := limit_of(kind, subject):
                    left, at = buckets.get(bucket_name(kind, subject), (limit.tries, now))
                    spent = spend(left, at, now, limit)
                    assert not spent.is_refused, (number, kind, subject)
                    buckets[bucket_name(kind, subject)] = (spent.left, now)


def test_recovery_codes_hold_all_their_chance():
    codes = [recovery_code(number.to_bytes(16, "big")) for number in (0, 1, 2**127, 2**128 - 1)]
    assert len(set(codes)) == 4
    assert all(is_recovery_code(tidy_code(code)) for code in codes)
    assert tidy_code(" ABCDEF-ghijkl ") == "abcdefghijkl"
    assert not is_recovery_code("123456")


def test_tokens_have_a_shape():
    assert is_token("a" * 43)
    assert not any(map(is_token, ("", "a" * 42, "a" * 44, "a" * 42 + "/", "a" * 43 + "\n")))


def test_a_session_is_fresh_for_a_quarter_of_an_hour():
    assert is_fresh(NOW, NOW + timedelta(minutes=14))
    assert not is_fresh(NOW, NOW + timedelta(minutes=16))
    assert not is_fresh(NOW + timedelta(hours=1), NOW)  # a clock that has gone back an hour proves nothing


def test_devices_in_words():
    windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    assert device_words(windows) == "Firefox på Windows"
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Safari/604.1"
    assert device_words(phone) == "Safari på iPhone"
    assert device_words("") == "Okänd webbläsare"


def test_an_address_is_masked():
    assert mask_email("anna@klintbacken.example") == "a•••@klintbacken.example"
