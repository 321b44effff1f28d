"""Who may keep a page, and for whom: public pages as one copy per viewer, working pages never."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from styrkedjan.core.access import ANYONE, Viewer
from tests.pages.sample_form import LEAD

pytestmark = pytest.mark.usefixtures("house")

FORM = "application/x-www-form-urlencoded"


def view(request: HttpRequest, **arguments: object) -> HttpResponse:
    return HttpResponse("sidan")


def asked(wrapped, viewer: Viewer = ANYONE, method: str = "GET", path: str = "/p/?a=1&b=2", **headers) -> HttpResponse:
    request = RequestFactory().generic(method, path, **headers)
    request.viewer = viewer
    return wrapped(request)


def public(viewer: Viewer = ANYONE, **more) -> HttpResponse:
    from styrkedjan.pages.layout.answering import public_page

    return asked(public_page(view), viewer, **more)


def working(viewer: Viewer = ANYONE, methods: tuple[str, ...] = ("GET", "POST"), **more) -> HttpResponse:
    from styrkedjan.pages.layout.answering import working_page

    return asked(working_page(*methods)(view), viewer, **more)


def test_a_public_page_may_be_kept_by_all_until_somebody_signs_in():
    assert set(public()["Cache-Control"].split(", ")) == {"public", "no-cache"}
    assert set(public(LEAD)["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert public()["Vary"] == public(LEAD)["Vary"] == "Cookie"


def test_each_viewer_has_a_copy_of_their_own():
    others = [
        ANYONE,
        LEAD,
        replace(LEAD, person="en annan"),
        replace(LEAD, name="Nytt Namn"),
        replace(LEAD, session="en annan"),
        replace(LEAD, grants=LEAD.grants[1:]),
    ]
    assert len({public(viewer)["ETag"] for viewer in others}) == len(others)
    assert public(LEAD)["ETag"] != public(LEAD, HTTP_COOKIE="csrf=ny")["ETag"]
    assert public()["ETag"] == public(HTTP_COOKIE="csrf=ny")["ETag"]
    assert public(LEAD)["ETag"] == public(replace(LEAD, now=None))["ETag"]


def test_practice_is_another_page(monkeypatch):
    from django.conf import settings

    usual = public()["ETag"]
    monkeypatch.setattr(settings, "DEMO", not settings.DEMO)
    assert public()["ETag"] != usual


@pytest.mark.parametrize("viewer", [ANYONE, LEAD])
def test_what_has_not_changed_is_not_sent_again(viewer):
    again = public(viewer, HTTP_IF_NONE_MATCH=public(viewer)["ETag"])
    assert again.status_code == 304
    assert again["Vary"] == "Cookie"
    assert ("private" in again["Cache-Control"]) == viewer.is_signed_in


def test_nobody_gets_the_copy_of_somebody_else():
    assert public(LEAD, HTTP_IF_NONE_MATCH=public()["ETag"]).content == b"sidan"
    assert public(ANYONE, HTTP_IF_NONE_MATCH=public(LEAD)["ETag"]).content == b"sidan"


def test_a_working_page_is_never_kept():
    answer = working(LEAD)
    assert answer.content == b"sidan"
    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert answer["Vary"] == "Cookie"


def test_those_who_have_not_signed_in_are_led_there_and_back():
    answer = working()
    assert answer.status_code == 302
    assert answer["Location"] == "/logga-in/?vidare=%2Fp%2F%3Fa%3D1%26b%3D2"
    assert "no-store" in answer["Cache-Control"]
    assert b"sidan" not in answer.content


def test_a_form_sent_after_the_session_has_ended_shows_what_was_typed():
    form = {"data": urlencode({"works_well": "En lång text om något."}), "content_type": FORM}
    answer = working(method="POST", **form)
    assert answer.status_code == 403
    assert "Du är inte längre inloggad" in answer.content.decode()
    assert "En lång text om något." in answer.content.decode()


def test_only_the_methods_that_are_named():
    assert working(LEAD, ("POST",)).status_code == 405
    assert working(ANYONE, ("POST",)).status_code == 405
    assert working(LEAD, ("POST",), method="POST").status_code == 200


def test_the_sign_in_page_does_not_lead_to_itself():
    assert working(path="/logga-in/kod/?vidare=/x/")["Location"] == "/logga-in/"
