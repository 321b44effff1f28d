"""Roles end in the same second, the last who can invite stays, and of two who end each other exactly one wins."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest

from styrkedjan.core.access import OPERATOR, Assurance, Role
from styrkedjan.core.people import SWEDEN, end_of, last_day, start_of
from styrkedjan.core.refused import BadInput, NotAllowed, NotFound, Refused, WrongState
from styrkedjan.core.sign_in import token_hash
from tests.conftest import as_owner
from tests.people import someone

pytestmark = pytest.mark.database

ORGANISER = "2120009941"
UNIT = f"{ORGANISER}-90000941"
OTHER = "2120009942"


def actions():
    from styrkedjan.actions.access import people

    return people


def entered(token: str):
    from styrkedjan.queries.access.viewing import viewing

    return viewing(token)


def person_of(token: str) -> UUID:
    """Whose token it is, also while somebody else has entered."""
    from styrkedjan.tables.access import SignInSession

    with as_owner():
        return SignInSession.objects.get(token_hash=token_hash(token)).person_id


def grants_of(token: str) -> list:
    from styrkedjan.tables.access import RoleGrant

    person = person_of(token)
    with as_owner():
        return list(RoleGrant.scoped.for_operator(OPERATOR).filter(person=person).order_by("role", "place"))


def grant_of(token: str) -> UUID:
    [grant] = grants_of(token)
    return grant.key


def events(about: object) -> list[tuple[str, str, str]]:
    from styrkedjan.tables.access import AuditEvent

    with as_owner():
        found = AuditEvent.scoped.for_operator(OPERATOR).filter(about=str(about)).order_by("at")
        return list(found.values_list("event", "organiser", "actor"))


def holds(token: str) -> set[tuple[Role, str]]:
    with entered(token) as viewer:
        return {(grant.role, grant.place) for grant in viewer.grants}


def test_an_ended_role_is_gone_from_the_next_request(tables):
    lead, principal = someone(Role.QUALITY_LEAD, ORGANISER), someone(Role.PRINCIPAL, UNIT)
    grant = grant_of(principal)
    assert holds(principal) == {(Role.PRINCIPAL, UNIT)}
    with entered(lead) as viewer:
        actions().end(viewer, grant)
    assert holds(principal) == set()
    assert events(grant) == [("role_ended", ORGANISER, str(person_of(lead)))]


def test_leaving_ends_ones_own_role_and_no_other(tables):
    someone(Role.QUALITY_LEAD, ORGANISER)
    leaver = someone(Role.PRINCIPAL, UNIT, also=[(Role.STAFF_MEMBER, f"{OTHER}-90000942")])
    grant = next(each for each in grants_of(leaver) if each.role == Role.PRINCIPAL)
    with entered(leaver) as viewer:
        actions().leave(viewer, grant.key)
    assert holds(leaver) == {(Role.STAFF_MEMBER, f"{OTHER}-90000942")}
    assert [event for event, _, _ in events(grant.key)] == ["role_ended"]


def test_nobody_leaves_for_somebody_else(tables):
    lead, other = someone(Role.QUALITY_LEAD, ORGANISER), someone(Role.SUPERINTENDENT, ORGANISER)
    with entered(lead) as viewer, pytest.raises(NotFound):
        actions().leave(viewer, grant_of(other))
    assert holds(other)


@pytest.mark.parametrize("way", ["end", "leave"])
def test_the_last_who_can_invite_stays(tables, way):
    lead = someone(Role.QUALITY_LEAD, ORGANISER)
    someone(Role.BOARD_MEMBER, ORGANISER)
    grant = grant_of(lead)
    with entered(lead) as viewer, pytest.raises(WrongState, match="Bjud in en annan"):
        getattr(actions(), way)(viewer, grant)
    assert holds(lead) == {(Role.QUALITY_LEAD, ORGANISER)}
    assert events(grant) == []


def test_a_role_that_has_not_begun_does_not_count_as_another(tables):
    lead, coming = someone(Role.QUALITY_LEAD, ORGANISER), someone(Role.SUPERINTENDENT, ORGANISER)
    set_times(coming, starts_at=datetime.now(UTC) + timedelta(days=1))
    with entered(lead) as viewer, pytest.raises(WrongState, match="sista rollen"):
        actions().leave(viewer, grant_of(lead))


def test_one_of_two_may_leave(tables):
    lead, other = someone(Role.QUALITY_LEAD, ORGANISER), someone(Role.SUPERINTENDENT, ORGANISER)
    with entered(lead) as viewer:
        actions().leave(viewer, grant_of(lead))
    assert holds(lead) == set()
    assert holds(other) == {(Role.SUPERINTENDENT, ORGANISER)}


def test_a_role_ends_once(tables):
    lead, principal = someone(Role.QUALITY_LEAD, ORGANISER), someone(Role.PRINCIPAL, UNIT)
    grant = grant_of(principal)
    with entered(lead) as viewer:
        actions().end(viewer, grant)
        with pytest.raises(WrongState, match="redan avslutad"):
            actions().end(viewer, grant)
    assert len(events(grant)) == 1


def test_a_role_removed_in_the_middle_of_a_form(tables):
    lead, gone, principal = (
        someone(Role.QUALITY_LEAD, ORGANISER),
        someone(Role.QUALITY_LEAD, ORGANISER, also=[(Role.PRINCIPAL, UNIT)]),
        someone(Role.PRINCIPAL, UNIT),
    )
    ended = next(each for each in grants_of(gone) if each.role == Role.QUALITY_LEAD)
    with entered(lead) as viewer:
        actions().end(viewer, ended.key)
    with entered(gone) as viewer, pytest.raises(NotAllowed, match="Bara huvudmannens kvalitetsansvariga"):
        actions().end(viewer, grant_of(principal))
    with entered(lead) as viewer:
        actions().end(viewer, next(each.key for each in grants_of(gone) if each.role == Role.PRINCIPAL))
    with entered(gone) as viewer, pytest.raises(NotFound):
        actions().end(viewer, grant_of(principal))


def test_a_viewer_from_before_her_role_ended_is_refused(tables):
    lead, gone, principal = (
        someone(Role.QUALITY_LEAD, ORGANISER),
        someone(Role.QUALITY_LEAD, ORGANISER),
        someone(Role.PRINCIPAL, UNIT),
    )
    target, ended = grant_of(principal), grant_of(gone)
    with entered(gone) as old:
        set_times(gone, ends_at=datetime.now(UTC))
        with pytest.raises(NotAllowed, match="avslutades just"):
            actions().end(old, target)
    assert holds(principal)
    assert events(ended) == []
    assert holds(lead)


def set_times(token: str, **times) -> None:
    from styrkedjan.tables.access import RoleGrant

    grant = grant_of(token)
    with as_owner():
        RoleGrant.scoped.for_operator(OPERATOR).filter(key=grant).update(**times)


@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.PRINCIPAL, Role.STAFF_MEMBER])
def test_who_does_not_manage_ends_nothing(tables, role):
    lead = someone(Role.QUALITY_LEAD, ORGANISER)
    other = someone(role, ORGANISER if role is Role.BOARD_MEMBER else UNIT)
    with entered(other) as viewer:
        for action in (actions().end, lambda *given: actions().change_last_day(*given, None)):
            with pytest.raises(NotAllowed):
                action(viewer, grant_of(lead))
    assert holds(lead)


def test_a_lead_elsewhere_is_a_stranger(tables):
    stranger, principal = someone(Role.QUALITY_LEAD, OTHER), someone(Role.PRINCIPAL, UNIT)
    with entered(stranger) as viewer:
        for action in (actions().end, lambda *given: actions().change_last_day(*given, None)):
            with pytest.raises(NotFound):
                action(viewer, grant_of(principal))


def test_a_session_by_link_alone_ends_nobody_elses_role_but_may_leave(tables):
    someone(Role.QUALITY_LEAD, ORGANISER)
    lead = someone(Role.QUALITY_LEAD, ORGANISER, assurance=Assurance.LINK)
    principal = someone(Role.PRINCIPAL, UNIT)
    with entered(lead) as viewer:
        with pytest.raises(NotAllowed, match="passkey"):
            actions().end(viewer, grant_of(principal))
        actions().leave(viewer, grant_of(lead))
    assert holds(lead) == set()


def test_the_last_day_is_included_and_can_be_taken_away(tables):
    lead, principal = someone(Role.QUALITY_LEAD, ORGANISER), someone(Role.PRINCIPAL, UNIT)
    day, grant = datetime.now(SWEDEN).date() + timedelta(days=40), grant_of(principal)
    with entered(lead) as viewer:
        actions().change_last_day(viewer, grant, day)
    [row] = grants_of(principal)
    assert row.ends_at == end_of(day)
    with entered(lead) as viewer:
        actions().change_last_day(viewer, grant, None)
    [row] = grants_of(principal)
    assert row.ends_at is None
    assert [event for event, _, _ in events(grant)] == ["role_changed", "role_changed"]


def test_a_last_day_that_has_been_is_refused(tables):
    lead, principal = someone(Role.QUALITY_LEAD, ORGANISER), someone(Role.PRINCIPAL, UNIT)
    with entered(lead) as viewer, pytest.raises(BadInput, match="redan varit"):
        actions().change_last_day(viewer, grant_of(principal), datetime.now(SWEDEN).date() - timedelta(days=2))
    assert holds(principal)


def test_days_begin_and_end_in_sweden():
    assert start_of(date(2026, 11, 24)) == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert end_of(date(2027, 6, 30)) == datetime(2027, 6, 30, 22, tzinfo=UTC)
    changing = date(2027, 3, 28)  # summer time begins: 23 hours
    assert end_of(changing).astimezone(UTC) - start_of(changing).astimezone(UTC) == timedelta(hours=23)
    assert last_day(end_of(changing)) == changing


def test_national_roles_are_ended_by_operators_and_the_last_operator_stays(tables):
    operator, dialogue_lead = someone(Role.OPERATOR, "00"), someone(Role.DIALOGUE_LEAD, "skolverket")
    with entered(operator) as viewer:
        actions().end(viewer, grant_of(dialogue_lead))
        with pytest.raises(WrongState, match="sista driftansvariga"):
            actions().leave(viewer, grant_of(operator))
    assert holds(dialogue_lead) == set()
    assert holds(operator)


def test_an_operator_does_not_reach_into_an_organiser(tables):
    operator, lead = someone(Role.OPERATOR, "00"), someone(Role.QUALITY_LEAD, ORGANISER)
    with entered(operator) as viewer, pytest.raises(NotFound):
        actions().end(viewer, grant_of(lead))


def test_the_command_ends_everything_with_a_row_in_each_trail(tables):
    from styrkedjan.tables.access import Person

    gone = someone(Role.QUALITY_LEAD, ORGANISER, also=[(Role.PRINCIPAL, f"{OTHER}-90000942")])
    grants = grants_of(gone)
    with as_owner():
        email = Person.objects.get(key=grants[0].person_id).email
        assert actions().end_everything(OPERATOR, f" {email.upper()}") == 2
    assert [events(grant.key)[0][1] for grant in grants] == [grant.organiser for grant in grants]
    with entered(gone) as viewer:
        assert not viewer.is_signed_in


def test_resetting_factors_signs_out_and_tells_by_letter(tables):
    from uuid import uuid4

    from styrkedjan.tables.access import OutgoingMail, Passkey, Person

    token = someone(Role.QUALITY_LEAD, ORGANISER)
    person = person_of(token)
    key = uuid4()
    Passkey(
        key=key, person_id=person, credential_id=key.bytes, public_key=b"x", sign_count=0, name="Prov",
        made_at=datetime.now(UTC),
    ).save(force_insert=True)  # fmt: skip
    with as_owner():
        email = Person.objects.get(key=person).email
        actions().reset_factors(OPERATOR, email)
        letter = OutgoingMail.objects.get(recipient=email)
    assert not Passkey.objects.filter(person_id=person).exists()
    assert "nollställt hur du bekräftar" in letter.body
    with entered(token) as viewer:
        assert not viewer.is_signed_in


def known_elsewhere(person: UUID) -> None:
    """An identity in another system, something begun and something finished: a link that was used."""
    from uuid import uuid4

    from styrkedjan.tables.access import LinkedIdentity, SignInAttempt

    now = datetime.now(UTC)
    times = {"made_at": now, "expires_at": now + timedelta(hours=1)}
    rows = [
        LinkedIdentity(
            key=uuid4(), person_id=person, issuer="https://idp.example", subject=str(person), assurance=2, made_at=now
        ),
        SignInAttempt(key_hash=f"{person}-begun", kind="new_email", person_id=person, facts={}, **times),
        SignInAttempt(key_hash=f"{person}-used", kind="link", person_id=person, facts={}, used_at=now, **times),
    ]
    with as_owner():
        for row in rows:
            row.save(force_insert=True)


@pytest.mark.parametrize("way", ["reset_factors", "end_everything"])
def test_the_operator_takes_away_every_other_way_in(tables, way):
    from styrkedjan.tables.access import LinkedIdentity, Person, SignInAttempt

    token, other = someone(Role.QUALITY_LEAD, ORGANISER), someone(Role.QUALITY_LEAD, ORGANISER)
    person, somebody_else = person_of(token), person_of(other)
    known_elsewhere(person)
    known_elsewhere(somebody_else)
    with as_owner():
        getattr(actions(), way)(OPERATOR, Person.objects.get(key=person).email)
        assert not LinkedIdentity.objects.filter(person=person).exists()
        assert [each.kind for each in SignInAttempt.objects.filter(person=person)] == ["link"]
        assert LinkedIdentity.objects.filter(person=somebody_else).count() == 1
        assert SignInAttempt.objects.filter(person=somebody_else).count() == 2
    with entered(token) as viewer:
        assert not viewer.is_signed_in
    with entered(other) as viewer:
        assert viewer.is_signed_in


def test_ending_everything_withdraws_what_waits_in_the_mailbox(tables):
    from styrkedjan.actions.access import invitations
    from styrkedjan.core.access import ANYONE
    from styrkedjan.core.people import Wanted
    from styrkedjan.tables.access import Person

    gone, lead = someone(Role.PRINCIPAL, UNIT), someone(Role.QUALITY_LEAD, OTHER)
    with as_owner():
        email = Person.objects.get(key=person_of(gone)).email
    with entered(lead) as viewer:
        waiting = invitations.invite(viewer, Wanted(email, "Maj Dahl", Role.BOARD_MEMBER, OTHER))
        kept = invitations.invite(viewer, Wanted("ny@prov.example", "Ny Dahl", Role.BOARD_MEMBER, OTHER))
    with as_owner():
        assert actions().end_everything(OPERATOR, email) == 1
    with pytest.raises(WrongState, match="tagits tillbaka"):
        invitations.accept(ANYONE, waiting.address.rstrip("/").rpartition("/")[2])
    assert [(event, organiser) for event, organiser, _ in events(waiting.key)] == [
        ("person_invited", OTHER),
        ("invitation_withdrawn", OTHER),
    ]
    invitations.accept(ANYONE, kept.address.rstrip("/").rpartition("/")[2])


def test_commands_for_the_operator_alone(tables):
    lead = someone(Role.QUALITY_LEAD, ORGANISER)
    with entered(lead) as viewer:
        for action in (actions().end_everything, actions().reset_factors):
            with pytest.raises(NotAllowed):
                action(viewer, "nagon@prov.example")


@pytest.fixture
def kept(house, request) -> Iterator[str]:
    """An organiser of its own for a test whose rows stay, because several connections must see them."""
    from django.db import connections

    number = 2_120_008_000 + (int.from_bytes(os.urandom(4)) % 1_000)
    yield str(number)
    connections.close_all()


def at_once(*calls: Callable[[], None]) -> list[Refused | None]:
    """Run every call in a thread and a connection of its own, from the same moment; gives what each was refused."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], None]) -> Refused | None:
        from django.db import connections

        try:
            call()
        except Refused as refusal:
            return refusal
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(lambda call: run(lambda: call(barrier)), calls))


def ending(token: str, grant: UUID) -> Callable:
    """A request that ends a role, which begins when every other has begun too."""

    def call(barrier: Barrier) -> None:
        with entered(token) as viewer:
            barrier.wait(timeout=30)
            actions().end(viewer, grant)

    return call


def test_of_two_who_end_each_other_one_wins(kept):
    for _ in range(5):
        one, other = someone(Role.QUALITY_LEAD, kept), someone(Role.SUPERINTENDENT, kept)
        grants = grant_of(one), grant_of(other)
        refusals = at_once(ending(one, grants[1]), ending(other, grants[0]))
        winners = [index for index, refusal in enumerate(refusals) if refusal is None]
        assert len(winners) == 1, refusals
        loser = refusals[1 - winners[0]]
        assert isinstance(loser, NotAllowed)
        assert "avslutades just" in loser.message
        assert [bool(holds(token)) for token in (one, other)] == [winner == winners[0] for winner in (0, 1)]
        assert len(events(grants[0])) + len(events(grants[1])) == 1
        with as_owner():  # so that the next two are alone again
            end_all(kept)


def end_all(organiser: str) -> None:
    from styrkedjan.tables.access import RoleGrant

    rows = RoleGrant.scoped.for_operator(OPERATOR).filter(organiser=organiser, ends_at=None)
    rows.update(ends_at=datetime.now(UTC))


def test_of_two_last_who_leave_at_once_one_stays(kept):
    tokens = [someone(Role.QUALITY_LEAD, kept) for _ in range(2)]

    def leaving(token: str) -> Callable:
        grant = grant_of(token)

        def call(barrier: Barrier) -> None:
            with entered(token) as viewer:
                barrier.wait(timeout=30)
                actions().leave(viewer, grant)

        return call

    refusals = at_once(*map(leaving, tokens))
    assert sorted(type(each) for each in refusals if each) == [WrongState]
    assert sum(bool(holds(token)) for token in tokens) == 1


def test_one_link_opened_in_two_browsers_gives_one_role(kept):
    from styrkedjan.actions.access import invitations
    from styrkedjan.core.access import ANYONE
    from styrkedjan.core.people import Wanted
    from styrkedjan.tables.access import OutgoingMail, Person, RoleGrant

    lead, place = someone(Role.QUALITY_LEAD, kept), f"{kept}-90000943"
    email = f"{kept}.{os.urandom(4).hex()}@prov.example"
    with entered(lead) as viewer:
        invited = invitations.invite(viewer, Wanted(email, "Två Flikar", Role.PRINCIPAL, place))
    token = invited.address.rstrip("/").rpartition("/")[2]

    def accepting(barrier: Barrier) -> None:
        barrier.wait(timeout=30)
        invitations.accept(ANYONE, token)

    refusals = at_once(accepting, accepting)
    assert [type(each) for each in refusals if each] == [WrongState]
    person = Person.objects.get(email=email)
    with as_owner():
        assert RoleGrant.scoped.for_operator(OPERATOR).filter(person=person).count() == 1
        # What stays is not in the way of other tests: no letter waits, and everybody is invented.
        OutgoingMail.objects.filter(recipient=email).delete()
        Person.objects.filter(key=person.key).update(invented=True)
