"""The head and the foot of every page: the way in, what is one's own, and the way out."""

import re
from dataclasses import replace

import pytest

from styrkedjan.core.access import Agency, Grant, Role
from tests.pages.sample_form import LEAD, ORGANISER, rendered

pytestmark = pytest.mark.usefixtures("house")

PAGE = "{% extends 'layout/templates/base.html' %}{% block title %}Prov{% endblock %}"


def page(viewer=None, **more) -> str:
    return re.sub(r"\s+", " ", rendered(PAGE, viewer, **more))


def own_menu(viewer) -> str:
    return re.search(r'<nav class="account".*?</nav>', page(viewer)).group()


def links(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", text).strip() for text in re.findall(r"<a [^>]*>(.*?)</a>", html)]


def with_roles(*grants: Grant):
    return replace(LEAD, grants=grants)


def test_those_who_have_not_signed_in_find_the_way_in_and_back():
    html = page(path="/sok/?q=ek%20b&sida=2")
    assert '<a class="account-link" href="/logga-in/?vidare=%2Fsok%2F%3Fq%3Dek%2520b%26sida%3D2">Logga in</a>' in html
    assert "csrfmiddlewaretoken" not in html
    assert 'class="account"' not in html


def test_the_sign_in_page_is_not_come_back_to():
    assert 'href="/logga-in/">Logga in</a>' in page(path="/logga-in/?vidare=/konto/")


def test_the_menu_names_the_person_and_leads_out():
    html = page(LEAD)
    assert '<span class="account-button__name">Åsa Öberg-Lindqvist</span>' in html
    out = re.search(r'<form class="account__out" method="post" action="/logga-ut/">.*?</form>', html).group()
    assert "csrfmiddlewaretoken" in out
    assert ">Logga ut</button>" in out
    assert "account-link" not in html


def test_eight_places_and_the_way_to_the_rest():
    found = links(own_menu(LEAD))
    assert found[0] == "Klintbackens kommun kvalitetsansvarig och nämnd eller styrelse"
    assert found[7] == "Ekskolan 7 rektor"
    assert found[8:] == ["Alla mina platser (10)", "Delat med oss", "Driften", "Mitt konto"]


def test_each_place_leads_to_its_work():
    menu = own_menu(LEAD)
    assert f'href="/huvudman/{ORGANISER}/arbete/"' in menu
    assert f'href="/skolenhet/{ORGANISER}-90070001/arbete/"' in menu


def test_only_what_the_roles_reach():
    lead = Grant(Role.QUALITY_LEAD, ORGANISER, "Klintbackens kommun")
    assert links(own_menu(with_roles(lead)))[1:] == ["Mitt konto"]
    assert links(own_menu(with_roles(Grant(Role.DIALOGUE_LEAD, Agency.SPSM)))) == ["Delat med oss", "Mitt konto"]
    assert links(own_menu(with_roles(Grant(Role.OPERATOR, "00")))) == ["Driften", "Mitt konto"]
    assert links(own_menu(with_roles())) == ["Mitt konto"]


def test_a_role_that_reads_no_working_material_leads_to_the_public_page():
    menu = own_menu(with_roles(Grant(Role.STAFF_MEMBER, ORGANISER, "Klintbackens kommun")))
    assert f'href="/huvudman/{ORGANISER}/"' in menu
    assert "/arbete/" not in menu


def test_practice_says_so_on_every_page(monkeypatch):
    from django.conf import settings

    told = "alla personer och allt material är påhittat"
    monkeypatch.setattr(settings, "DEMO", False)
    assert told not in page()
    monkeypatch.setattr(settings, "DEMO", True)
    assert told in page()
    assert told in page(LEAD)


def test_the_foot_leads_to_what_everyone_may_ask():
    foot = page().partition("<footer")[2]
    assert {"Roller och behörigheter", "Personuppgifter", "Tillgänglighet"} <= set(links(foot))
