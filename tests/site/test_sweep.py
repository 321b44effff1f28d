"""The sweep: every address x every role x stranger. The owner gets in first; the stranger finds nothing there.

Each request runs in a transaction of its own that is taken back, so that none can prepare the way for another.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest

from tests.site.sweep.addresses import ADDRESSES
from tests.site.sweep.campaigns import FACTOR
from tests.site.sweep.things import SECRETS, Things, make_things
from tests.site.sweep.viewers import OTHER_UNIT, UNIT, WALKERS, sign_all_in
from tests.world import STORKOPING

pytestmark = pytest.mark.database

KINDS = {len(STORKOPING): "organiser", len(OTHER_UNIT): "unit"}
CAMPAIGN = "@unit_campaigns."
OF_ONE_CAMPAIGN = [
    name
    for name, address in ADDRESSES.items()
    if name[:5] == "unit." and CAMPAIGN in "".join(map(str, address.arguments))
]


@dataclass
class Walk:
    """The house with its things in it, and the walkers' tokens."""

    things: Things
    tokens: dict[str, str]

    def ask(self, name: str, walker: str, method: str, data: dict | None = None, place: str = ""):
        """One request, taken back afterwards. Gives the answer, and whether it would have left anything behind.

        In: ``place``, when the same thing is asked for as another place's.
        """
        from django.conf import settings
        from django.db import transaction
        from django.test import Client
        from django.urls import reverse

        client = Client(HTTP_HOST="localhost")
        if walker:
            client.cookies[settings.SIGN_IN_COOKIE] = self.tokens[walker]
        arguments = ADDRESSES[name].address_of(self.things)
        if place:
            name, arguments = f"{KINDS[len(place)]}.{name.partition('.')[2]}", [place, *arguments[1:]]
        path = reverse(name, args=arguments)
        with transaction.atomic():
            before = rows()
            answer = client.generic(method, path, **body(data)) if method == "POST" else client.get(path)
            changed = rows() != before
            transaction.set_rollback(True)
        return answer, changed


def body(data: dict | None) -> dict:
    from urllib.parse import urlencode

    return {"data": urlencode(data or {}), "content_type": "application/x-www-form-urlencoded"}


def rows() -> tuple[int | str, ...]:
    """The number of rows in each table, and of what has ended or differs: what a request could change."""
    from django.db import connection

    from tests.conftest import as_owner

    with as_owner(), connection.cursor() as cursor:
        cursor.execute(STATE)
        return cursor.fetchone()


STATE = """SELECT
    (SELECT count(*) FROM audit_event), (SELECT count(*) FROM role_grant WHERE ends_at IS NULL),
    (SELECT count(*) FROM invitation WHERE withdrawn_at IS NULL AND used_at IS NULL),
    (SELECT count(*) FROM working_paper WHERE removed_at IS NULL), (SELECT count(*) FROM paper_version),
    (SELECT count(*) FROM share WHERE withdrawn_at IS NULL), (SELECT count(*) FROM outgoing_mail),
    (SELECT count(*) FROM person WHERE removed_at IS NULL), (SELECT count(*) FROM statistics_edition),
    (SELECT string_agg(md5(campaign::text), '' ORDER BY key) FROM campaign),
    (SELECT string_agg(md5(answering_group::text), '' ORDER BY key) FROM answering_group),
    (SELECT string_agg(md5(asked_person::text), '' ORDER BY key) FROM asked_person),
    (SELECT count(*) FROM sheet), (SELECT count(*) FROM counted_receipt), (SELECT count(*) FROM tally),
    (SELECT count(*) FROM answer_comment), (SELECT count(*) FROM answer_release),
    (SELECT count(*) FROM shared_rating), (SELECT count(*) FROM campaign_outcome)"""


@pytest.fixture(scope="module")
def walk(world) -> Iterator[Walk]:
    from django.db import transaction

    with transaction.atomic():
        tokens = sign_all_in()
        yield Walk(make_things(world, world.home, tokens["account_owner"]), tokens)
        transaction.set_rollback(True)


def named_addresses() -> set[str]:
    from django.urls import get_resolver

    def walked(resolver) -> Iterator[str]:
        for each in resolver.url_patterns:
            if hasattr(each, "url_patterns"):
                yield from walked(each)
            else:
                yield each.name or f"an address without a name: {each.pattern}"

    return set(walked(get_resolver()))


def test_every_address_is_swept(walk):
    assert named_addresses() == set(ADDRESSES)


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_owner_gets_in(walk, name):
    """First something that could leak: without this, a page that is broken for all would look safe."""
    address = ADDRESSES[name]
    for walker in address.owners:
        for method in address.methods:
            if address.expected(walker, method):
                continue
            answer, _ = walk.ask(name, walker, method, address.filled(walk.things))
            empty = {422} if method == "POST" and address.shows else set()  # an empty form shows itself again
            assert answer.status_code in address.right | empty, (name, walker, method, answer.status_code)


@pytest.mark.parametrize("name", ADDRESSES)
def test_nobody_else_gets_in(walk, name):
    address = ADDRESSES[name]
    for walker, method in product(sorted(WALKERS), address.methods):
        expected = address.expected(walker, method)
        if expected:
            answer, changed = walk.ask(name, walker, method, address.filled(walk.things))
            assert answer.status_code == expected, (name, walker, method, answer.status_code)
            assert not changed, f"{name}: {walker} was told no ({method}), but something was written"
            assert not said(answer), f"{name}: {walker} was told no ({method}), and yet: {said(answer)}"


@pytest.mark.parametrize("name", [name for name, address in ADDRESSES.items() if not address.open])
def test_without_sign_in_every_address_answers_the_same(walk, name):
    for method in ADDRESSES[name].methods:
        answer, changed = walk.ask(name, "", method)
        led = (answer.status_code, answer.headers.get("Location", "")[:10])
        assert led == ((302, "/logga-in/") if method == "GET" else (403, "")), (name, method)
        assert not changed
        assert not said(answer)


def said(answer) -> list[str]:
    """The secrets that an answer tells."""
    text = b"".join(answer).decode("utf-8", "replace")
    return [secret for secret in SECRETS if secret in text]


def test_the_secrets_are_there_to_be_told(walk):
    """The search for secrets can find them: whoever may read them does."""
    assert said(walk.ask("organiser.paper", "quality_lead", "GET")[0]) == ["Hemlig"]
    assert "Gömd Person" in said(walk.ask("organiser.people", "quality_lead", "GET")[0])


@pytest.mark.parametrize("name", OF_ONE_CAMPAIGN)
@pytest.mark.parametrize(("walker", "place"), [("neighbour_principal", OTHER_UNIT), ("quality_lead", STORKOPING)])
def test_what_a_unit_has_opened_is_not_there_under_another_place(walk, name, walker, place):
    """She leads at the place that she names, and asks for what the unit has not let be summed up there."""
    address = ADDRESSES[name]
    for method in address.methods:
        answer, changed = walk.ask(name, walker, method, address.filled(walk.things), place)
        assert (answer.status_code, changed, said(answer)) == (404, False, []), (name, method)


def test_the_organiser_chooses_nothing_of_what_a_unit_keeps_to_itself(walk):
    """The action by itself says no too, not only its page."""
    from styrkedjan.actions.assessments.choosing import choose
    from styrkedjan.core.refused import NotFound
    from styrkedjan.queries.access.viewing import viewing

    with viewing(walk.tokens["quality_lead"]) as lead:
        choose(lead, STORKOPING, walk.things.organiser_campaigns.counted, [FACTOR])
        with pytest.raises(NotFound):
            choose(lead, STORKOPING, walk.things.unit_campaigns.counted, [FACTOR])


@pytest.mark.parametrize("walker", ["principal", "neighbour_principal"])
def test_a_principal_sees_her_own_unit_of_her_organisers_campaign(walk, walker):
    """Her own groups and results are there; the organiser's pages of the same campaign, and other units', are not."""
    own, other = (UNIT, OTHER_UNIT) if walker == "principal" else (OTHER_UNIT, UNIT)
    for name in ("organiser.assessment", "organiser.assessment.results", "organiser.assessment.results.csv"):
        assert walk.ask(name, walker, "GET", place=own)[0].status_code == 200, name
        assert walk.ask(name, walker, "GET", place=other)[0].status_code == 403, name
        assert walk.ask(name, walker, "GET")[0].status_code == 403, name
    for name in ("ask", "poster", "paper", "typing"):
        answer, _ = walk.ask(f"organiser.assessment.{name}", walker, "GET", place=own)
        assert answer.status_code == 404, f"{name}: the organiser's group is not the unit's"
    for name in ("close", "remove", "remind", "count", "outcome.write"):
        answer, changed = walk.ask(f"organiser.assessment.{name}", walker, "POST", place=own)
        assert (answer.status_code, changed) == (404, False), f"{name}: the campaign is the organiser's to lead"


def test_a_number_that_is_nothing_is_the_same_as_one_that_is_another_s(walk):
    """A stranger cannot tell what exists from what does not."""
    from uuid import uuid4

    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    client = Client(HTTP_HOST="localhost")
    client.cookies[settings.SIGN_IN_COOKIE] = walk.tokens["stranger_quality_lead"]
    place = walk.things.unit
    there = client.get(reverse("unit.paper", args=[place, walk.things.unit_paper]))
    nothing = client.get(reverse("unit.paper", args=[place, uuid4()]))
    assert (there.status_code, without_token(there)) == (nothing.status_code, without_token(nothing))
    assert there.status_code == 404


def without_token(answer) -> str:
    """A page without what is new each time: the token in the button that signs out."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())


def test_a_wrong_expectation_is_caught(walk):
    """The sweep can fail: an address whose owner is shut out, or whose stranger gets in, would be seen."""
    paper = ADDRESSES["organiser.paper"]
    assert walk.ask("organiser.paper", "quality_lead", "GET")[0].status_code == 200
    assert paper.expected("quality_lead", "GET") == 0
    assert paper.expected("stranger_quality_lead", "GET") == 404
    assert paper.expected("staff_member", "GET") == 403
    rating = ADDRESSES["unit.assessment.shared"]
    assert (rating.expected("board_member", "GET"), rating.expected("board_member", "POST")) == (0, 403)


def count() -> int:
    """How many pairs of address and walker there are, each with every method."""
    return sum(len(address.methods) * (len(WALKERS) + (not address.open)) for address in ADDRESSES.values())
