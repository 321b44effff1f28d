"""Every request knows who looks, with one question to the database, and keeps all that it writes or nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from styrkedjan.core.access import ANYONE, Agency, Assurance, Event, Grant, Role, Viewer
from styrkedjan.core.places import NATION
from styrkedjan.core.refused import Refused, WrongState
from tests import world as small
from tests.conftest import as_owner
from tests.people import someone
from tests.world import LILLAN, LILLAN_UNIT, STORKOPING

pytestmark = pytest.mark.database
TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@pytest.fixture
def inside(world, tables):
    """Small Sweden, and everything that a test writes is rolled back."""


def viewing(token: str):
    from styrkedjan.queries.access.viewing import viewing as enter

    return enter(token)


def questions(seen: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in seen if not query["sql"].startswith(TRANSACTION)]


def test_the_viewer_is_built_from_what_holds_now(inside):
    token = someone(
        Role.QUALITY_LEAD,
        STORKOPING,
        assurance=Assurance.LINK,
        name="Ylva Åberg",
        also=[(Role.PRINCIPAL, LILLAN_UNIT), (Role.DIALOGUE_LEAD, Agency.SPSM), (Role.OPERATOR, NATION)],
    )
    before = datetime.now(UTC)
    with viewing(token) as viewer:
        assert (viewer.name, viewer.assurance, viewer.is_signed_in) == ("Ylva Åberg", Assurance.LINK, True)
        assert set(viewer.grants) == {
            Grant(Role.OPERATOR, NATION, "Riket"),
            Grant(Role.PRINCIPAL, LILLAN_UNIT, "Lillåns skola"),
            Grant(Role.DIALOGUE_LEAD, "spsm", "SPSM"),
            Grant(Role.QUALITY_LEAD, STORKOPING, "Storköpings kommun"),
        }
        assert all(type(grant) is Grant and isinstance(grant.role, Role) for grant in viewer.grants)
        assert viewer.organisers == (LILLAN, STORKOPING) and viewer.agencies == (Agency.SPSM,)
        assert before - timedelta(seconds=1) <= viewer.now <= datetime.now(UTC) + timedelta(seconds=1)


def test_places_stand_in_swedish_order(inside):
    places = [small.OSKOLAN, small.ZINK, small.APPEL, small.ASKOLAN, LILLAN]
    token = someone(also=[(role, place) for place in places for role in (Role.PRINCIPAL, Role.BOARD_MEMBER)])
    with viewing(token) as viewer:
        assert [grant.place for grant in viewer.grants][::2] == [
            LILLAN,
            small.ZINK,
            small.ASKOLAN,
            small.APPEL,
            small.OSKOLAN,
        ]
        assert [grant.role for grant in viewer.grants][:2] == [Role.BOARD_MEMBER, Role.PRINCIPAL]


@pytest.mark.parametrize("token", ["", "påhittat", "x" * 5000, "'; DROP TABLE share; --"])
def test_any_other_token_is_nobody(inside, token):
    with viewing(token) as viewer:
        assert viewer is ANYONE


def test_the_walls_close_after_the_block(inside):
    from styrkedjan.tables.access import RoleGrant

    token = someone(Role.QUALITY_LEAD, STORKOPING)
    with viewing(token) as viewer:
        assert RoleGrant.scoped.of(viewer).count() == 1
    assert RoleGrant.scoped.of(viewer).count() == 0, "the viewer alone is not enough"


def test_being_seen_is_written_at_most_every_five_minutes(inside):
    token = someone()

    def seen_at() -> datetime:
        from styrkedjan.tables.access import SignInSession

        with viewing(token) as viewer:
            return SignInSession.objects.get(key=viewer.session).seen_at

    first = seen_at()
    assert seen_at() == first
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE sign_in_session SET seen_at = seen_at - interval '6 minutes'")
    assert seen_at() > first - timedelta(seconds=1)


def with_three_hundred_grants() -> str:
    units = (f"{STORKOPING}-{80_000_000 + number}" for number in range(100))
    roles = (Role.PRINCIPAL, Role.STAFF_MEMBER, Role.BOARD_MEMBER)
    return someone(also=[(role, unit) for unit in units for role in roles])


def test_three_hundred_roles_are_one_question(inside):
    many, one = with_three_hundred_grants(), someone(Role.PRINCIPAL, LILLAN_UNIT)
    for token, grants in ((many, 300), (one, 1)):
        with CaptureQueriesContext(connection) as seen, viewing(token) as viewer:
            assert len(viewer.grants) == grants
        own = [query for query in questions(seen) if "set_config" not in query]  # that is for tests in a transaction
        assert len(own) == 1


def test_a_page_takes_at_most_one_question_more_when_signed_in(inside, client):
    from django.conf import settings

    counts = {}
    for who, token in {"nobody": "", "many": with_three_hundred_grants()}.items():
        client.cookies.clear()
        if token:
            client.cookies[settings.SIGN_IN_COOKIE] = token
        client.get("/")  # what is kept between requests is there
        with CaptureQueriesContext(connection) as seen:
            answer = client.get("/")
        assert "Storköping" in answer.content.decode() or "Styrkedjan" in answer.content.decode()
        counts[who] = len([query for query in questions(seen) if "set_config" not in query])
    assert counts["many"] <= counts["nobody"] + 1


@pytest.fixture
def client():
    from django.test import Client

    return Client(SERVER_NAME="localhost")


def answer_to(token: str, view, **headers: str) -> HttpResponse:
    """What the middleware makes of a view's answer, for a browser with this cookie."""
    from django.conf import settings

    from styrkedjan.site.middleware import viewing as middleware

    request = RequestFactory().get("/", **headers)
    if token:
        request.COOKIES[settings.SIGN_IN_COOKIE] = token
    return middleware(view)(request)


def written(actor: Viewer, *, place: str = NATION) -> None:
    from styrkedjan.actions._change import change
    from styrkedjan.tables.access import Person

    with change(actor, Event.ACCOUNT_CHANGED, about=actor.person, place=place):
        Person.objects.filter(key=actor.person).update(name="Nytt namn")


def name_of(token: str) -> str:
    with viewing(token) as viewer:
        return viewer.name


def test_without_a_cookie_nothing_is_asked(inside):
    def view(request) -> HttpResponse:
        assert request.viewer is ANYONE
        return HttpResponse("sidan")

    with CaptureQueriesContext(connection) as seen:
        assert answer_to("", view).content == b"sidan"
    assert len(seen) == 0


def test_a_cookie_that_opens_nothing_is_taken_away(inside):
    from django.conf import settings

    def view(request) -> HttpResponse:
        assert request.viewer is ANYONE
        return HttpResponse("sidan")

    answer = answer_to("gammal", view)
    assert answer.cookies[settings.SIGN_IN_COOKIE]["max-age"] == 0
    assert settings.SIGN_IN_COOKIE not in answer_to(someone(), lambda request: HttpResponse("sidan")).cookies

    def signing_in(request) -> HttpResponse:
        response = HttpResponse("inne")
        response.set_cookie(settings.SIGN_IN_COOKIE, "ny")
        return response

    assert answer_to("gammal", signing_in).cookies[settings.SIGN_IN_COOKIE].value == "ny"


@pytest.mark.parametrize(("status", "kept"), [(200, True), (303, True), (404, True), (500, False), (503, False)])
def test_an_answer_that_went_wrong_keeps_nothing(inside, status, kept):
    token = someone(name="Gammalt namn")

    def view(request) -> HttpResponse:
        written(request.viewer)
        return HttpResponseRedirect("/") if status == 303 else HttpResponse("svar", status=status)

    answer_to(token, view)
    assert name_of(token) == ("Nytt namn" if kept else "Gammalt namn")


def test_an_error_that_nobody_caught_keeps_nothing(inside):
    token = someone(name="Gammalt namn")

    def view(request) -> HttpResponse:
        written(request.viewer)
        raise LookupError("prov")

    with pytest.raises(LookupError, match="prov"):
        answer_to(token, view)
    assert name_of(token) == "Gammalt namn"


def refused(request, work) -> HttpResponse:
    """As the house answers a refusal: a page."""
    try:
        work()
    except Refused as refusal:
        return HttpResponse(refusal.message, status=refusal.status)
    return HttpResponse("klart")


def test_a_refusal_takes_back_its_own_change_and_no_more(inside):
    from styrkedjan.actions._change import change
    from styrkedjan.tables.access import Person

    token = someone(name="Gammalt namn")

    def half_done(actor: Viewer) -> None:
        with change(actor, Event.ACCOUNT_CHANGED, about=actor.person):
            Person.objects.filter(key=actor.person).update(name="Halvt")
            raise WrongState("det gick inte")

    def view(request) -> HttpResponse:
        response = refused(request, lambda: half_done(request.viewer))
        assert Person.objects.get(key=request.viewer.person).name == "Gammalt namn"
        written(request.viewer)  # the transaction is as good as before
        return response

    assert answer_to(token, view).status_code == 409
    assert name_of(token) == "Nytt namn"


def test_a_database_error_within_a_change_leaves_the_rest_usable(inside):
    from django.db import DatabaseError

    from styrkedjan.actions._change import change

    token = someone(name="Gammalt namn")

    def broken(actor: Viewer) -> None:
        try:
            with change(actor, Event.ACCOUNT_CHANGED, about=actor.person), connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
        except DatabaseError as error:
            raise WrongState("databasen sade nej") from error

    def view(request) -> HttpResponse:
        response = refused(request, lambda: broken(request.viewer))
        written(request.viewer)
        return response

    assert answer_to(token, view).status_code == 409
    assert name_of(token) == "Nytt namn"


def test_a_database_error_that_was_swallowed_is_no_success(inside):
    from django.db import DatabaseError

    token = someone(name="Gammalt namn")

    def view(request) -> HttpResponse:
        written(request.viewer)
        with connection.cursor() as cursor, pytest.raises(DatabaseError):
            cursor.execute("SELECT 1/0")
        return HttpResponse("klart, påstår sidan")

    with pytest.raises(RuntimeError, match="nothing was kept"):
        answer_to(token, view)
    assert name_of(token) == "Gammalt namn"


def test_a_forgotten_filter_shows_nothing_of_another(inside):
    """The whole way: the site's own code without its first wall, behind the middleware."""
    from styrkedjan.tables.access import RoleGrant

    someone(Role.QUALITY_LEAD, LILLAN)
    token = someone(Role.QUALITY_LEAD, STORKOPING)
    found = []

    def view(request) -> HttpResponse:
        found.extend(RoleGrant._base_manager.values_list("organiser", flat=True))
        return HttpResponse("sidan")

    answer_to(token, view)
    assert found == [STORKOPING]
    with as_owner():
        assert {LILLAN, STORKOPING} <= set(RoleGrant._base_manager.values_list("organiser", flat=True))
