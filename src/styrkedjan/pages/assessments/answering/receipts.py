"""The receipt between the pages: which cookie it lies in, and how it is taken away from a device that others use."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from styrkedjan.core.assessments.campaigns import GRACE
from styrkedjan.core.assessments.open_forms import OpenForm
from styrkedjan.core.assessments.sheets import receipt_code
from styrkedjan.core.sign_in import token_hash

PATH = "/svara/"
DONE = "svar-klart"
# How long the page with the receipt can be come back to, on a device that others may use.
DONE_LASTS = timedelta(minutes=15)


@dataclass(frozen=True)
class Asked:
    """Who has come to a form: by the group's code, or by a link of her own. ``link`` is its token."""

    form: OpenForm
    link: str = ""
    link_used: bool = False

    @property
    def address(self) -> str:
        return (
            reverse("answer.link", args=[self.link])
            if self.link
            else reverse("answer.form", args=[self.form.group.code])
        )

    @property
    def device_key(self) -> str:
        """What this form's receipt goes by on the device: one per group, and one per link, since each is a person's."""
        return device_key(self.form, self.link)


def device_key(form: OpenForm, link: str = "") -> str:
    """The name of the cookie, and of what the page keeps on the device itself."""
    return f"svar-{form.group.key[:8]}{form.group.key[-4:]}{f'-{token_hash(link)[:8]}' if link else ''}"


def receipt_on(request: HttpRequest, asked: Asked) -> str:
    """The receipt that this device has for the form; empty when it has none."""
    return receipt_code(request.COOKIES.get(asked.device_key, ""))


def keep(response: HttpResponse, asked: Asked, receipt: str) -> None:
    """Let the device keep the receipt until the form no longer takes answers."""
    left = asked.form.campaign.closes_at + GRACE - datetime.now(UTC)
    _set(response, asked.device_key, receipt, max(timedelta(minutes=1), left))


def keep_done(response: HttpResponse, asked: Asked, receipt: str) -> None:
    """Let the next page show the receipt of what has just been handed in."""
    _set(response, DONE, f"{receipt}.{asked.device_key}", DONE_LASTS)


def just_done(request: HttpRequest) -> tuple[str, str]:
    """The receipt of what has just been handed in, and what it goes by on the device; empty when nothing has."""
    code, _, key = request.COOKIES.get(DONE, "").partition(".")
    receipt = receipt_code(code)
    return (receipt, key if key.startswith("svar-") else "") if receipt else ("", "")


def forget(response: HttpResponse, *names: str) -> None:
    """Take receipts away from the device."""
    for name in (DONE, *filter(None, names)):
        response.delete_cookie(name, path=PATH, samesite="Lax")


def _set(response: HttpResponse, name: str, value: str, lasts: timedelta) -> None:
    response.set_cookie(
        name, value, max_age=int(lasts.total_seconds()), path=PATH, httponly=True, samesite="Lax", secure=settings.HTTPS
    )
