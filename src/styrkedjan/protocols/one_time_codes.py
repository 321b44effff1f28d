"""One-time codes (engångskoder, TOTP): six digits that an app on the phone makes from a shared secret and the time.

Source: RFC 6238; 30-second steps, six digits and SHA-1, which is what every app understands.
"""

import hmac
from datetime import datetime

import pyotp
import segno

STEP_SECONDS = 30
SKEW = 1  # steps: the clock of a phone may be half a minute wrong, and typing takes its time
ISSUER = "Styrkedjan"


def new_secret() -> str:
    """160 bits of chance in base32, as apps read it."""
    return pyotp.random_base32()


def app_address(secret: str, email: str) -> str:
    """The address (otpauth://) that the app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def picture(address: str) -> str:
    """The address as a QR code: a ``data:`` address of an SVG, dark on light in every theme so that cameras read it."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=4, dark="#000", light="#fff")


def spaced(secret: str) -> str:
    """The secret in groups of four, for those who type it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def step_of(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The step that a code belongs to, or None when it is wrong, too old or has been used.

    In: ``last_step``, that of the last code that was let in; a code of that step or before is never let in again.
    """
    app = pyotp.TOTP(secret, interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(current - SKEW, current + SKEW + 1):
        # Every step is compared, and in constant time, so that the time it takes tells nothing.
        is_this = hmac.compare_digest(app.generate_otp(step).encode(), code.encode())
        if is_this and step > last_step:
            found = step
    return found
