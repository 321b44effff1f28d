"""One-time codes: against the vectors of the standard, with clocks that are wrong, and never twice."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from styrkedjan.protocols import one_time_codes

# RFC 6238, appendix B, SHA-1: the last six of the eight digits.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
VECTORS = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_standards_own_codes(seconds, code):
    now = datetime.fromtimestamp(seconds, UTC)
    assert one_time_codes.step_of(SECRET, code, now, last_step=-1) == seconds // 30


def test_a_clock_half_a_minute_wrong_is_let_in_and_one_a_minute_wrong_is_not():
    now = datetime(2026, 11, 24, 10, 32, 1, tzinfo=UTC)
    shown = {late: pyotp.TOTP(SECRET).at(now + timedelta(seconds=late)) for late in (-60, -30, 0, 30, 60)}
    let_in = {late for late, code in shown.items() if one_time_codes.step_of(SECRET, code, now, 0)}
    assert let_in == {-30, 0, 30}


def test_a_code_is_let_in_once_and_no_older_one_after_it():
    now = datetime(2026, 11, 24, 10, 32, tzinfo=UTC)
    older, code = (pyotp.TOTP(SECRET).at(now + timedelta(seconds=late)) for late in (-30, 0))
    step = one_time_codes.step_of(SECRET, code, now, last_step=0)
    assert one_time_codes.step_of(SECRET, code, now, last_step=step) is None
    assert one_time_codes.step_of(SECRET, older, now, last_step=step) is None
    later = now + timedelta(seconds=30)
    assert one_time_codes.step_of(SECRET, pyotp.TOTP(SECRET).at(later), later, last_step=step) == step + 1


@pytest.mark.parametrize("code", ["", "0", "28708", "2870822", "å87082", "２８７０８２"])
def test_what_is_no_code(code):
    assert one_time_codes.step_of(SECRET, code, datetime.fromtimestamp(59, UTC), -1) is None


def test_what_the_app_is_given():
    secret = one_time_codes.new_secret()
    assert len(secret) == 32
    assert secret != one_time_codes.new_secret()
    address = one_time_codes.app_address(secret, "anna@exempel.se")
    assert pyotp.parse_uri(address).secret == secret
    assert "issuer=Styrkedjan" in address
    assert one_time_codes.picture(address).startswith("data:image/svg+xml")
    assert one_time_codes.spaced("ABCDEFGH") == "ABCD EFGH"
