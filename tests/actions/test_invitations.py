"""Invitations: one link, one role, once; and what is said of one that no longer opens anything.

All as the site's own database role, so what passes here passes the database's walls too.
"""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from styrkedjan.core.access import ANYONE, OPERATOR, Assurance, Role
from styrkedjan.core.people import InvitationState, Wanted
from styrkedjan.core.refused import BadInput, NotAllowed, NotFound, WrongState
from tests.conftest import as_owner
from tests.people import someone

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("tables")]

ORGANISER = "2120009931"
UNIT = f"{ORGANISER}-90000931"
OTHER = "2120009932"


def actions():
    from styrkedjan.actions.access import invitations

    return invitations


def entered(token: str):
    from styrkedjan.queries.access.viewing import viewing

    return viewing(token)


def wanted(**changes) -> Wanted:
    fields = {"email": "Maj.Dahl@Prov.Example ", "name": "Maj Dahl", "role": Role.PRINCIPAL, "place": UNIT} | changes
    return Wanted(**fields)


def token_of(invited) -> str:
    return invited.address.rstrip("/").rpartition("/")[2]


def invite(lead: str, **changes):
    with entered(lead) as viewer:
        return actions().invite(viewer, wanted(**changes))


def row_of(invited):
    from styrkedjan.tables.access import Invitation

    with as_owner():
        return Invitation.scoped.for_operator(OPERATOR).get(key=invited.key)


def set_times(invited, **times) -> None:
    from styrkedjan.tables.access import Invitation

    with as_owner():
        Invitation.scoped.for_operator(OPERATOR).filter(key=invited.key).update(**times)


def grants(place: str) -> list:
    from styrkedjan.tables.access import RoleGrant

    with as_owner():
        return list(RoleGrant.scoped.for_operator(OPERATOR).filter(place=place).select_related("person"))


def events(about: str) -> list[tuple[str, str, str]]:
    from styrkedjan.tables.access import AuditEvent

    with as_owner():
        found = AuditEvent.scoped.for_operator(OPERATOR).filter(about=about).order_by("at")
        return list(found.values_list("event", "organiser", "actor"))


@pytest.fixture
def lead() -> str:
    return someone(Role.QUALITY_LEAD, ORGANISER, name="Lena Lund")


def test_an_invitation_keeps_only_the_hash_of_its_link(lead):
    invited = invite(lead)
    row = row_of(invited)
    assert token_of(invited) not in repr(vars(row))
    assert (row.email, row.role, row.place, row.organiser) == ("maj.dahl@prov.example", "principal", UNIT, ORGANISER)
    assert timedelta(days=14) - timedelta(minutes=1) < row.expires_at - datetime.now(UTC) <= timedelta(days=14)
    assert [event for event, _, _ in events(str(invited.key))] == ["person_invited"]


def test_the_letter_holds_the_link_and_who_invites(lead):
    from styrkedjan.tables.access import OutgoingMail

    invited = invite(lead, last_day=date(2027, 6, 30))
    mail = row_of(invited).mail
    with as_owner():
        letter = OutgoingMail.objects.get(key=mail)
    assert letter.recipient == "maj.dahl@prov.example"
    assert invited.address in letter.body
    assert "Lena Lund bjuder in dig" in letter.body
    assert "rektor" in letter.body
    assert "till och med 30\u00a0juni 2027" in letter.body
    assert "Skolenhet 90000931" in letter.body


def test_accepting_makes_the_person_the_role_and_one_event(lead):
    invited = invite(lead)
    person = actions().accept(ANYONE, token_of(invited))
    [grant] = grants(UNIT)
    assert (grant.person_id, grant.role, grant.organiser) == (person, "principal", ORGANISER)
    assert (grant.person.name, grant.person.email) == ("Maj Dahl", "maj.dahl@prov.example")
    assert row_of(invited).used_at is not None
    [_, (event, organiser, actor)] = events(str(invited.key))
    assert (event, organiser, actor) == ("invitation_accepted", ORGANISER, str(person))


def test_a_second_invitation_finds_the_same_person(lead):
    first = actions().accept(ANYONE, token_of(invite(lead)))
    second = invite(lead, email="maj.dahl@PROV.example", role=Role.BOARD_MEMBER, place=ORGANISER)
    assert actions().accept(ANYONE, token_of(second)) == first
    assert [grant.person_id for grant in grants(ORGANISER)].count(first) == 1


def test_known_and_unknown_look_the_same(lead):
    other = someone(Role.BOARD_MEMBER, OTHER)
    with entered(other) as viewer:
        from styrkedjan.tables.access import Person

        known = Person.objects.get(key=viewer.person).email
    answers = [invite(lead, email=email) for email in (known, "ny@prov.example")]
    rows = [row_of(each) for each in answers]
    assert [len(each.address) for each in answers] == [len(answers[0].address)] * 2
    same = ("role", "place", "organiser", "invited_by", "used_at", "withdrawn_at")
    assert [getattr(rows[0], name) for name in same] == [getattr(rows[1], name) for name in same]


def test_a_link_works_once(lead):
    token = token_of(invite(lead))
    actions().accept(ANYONE, token)
    with pytest.raises(WrongState, match="redan använts"):
        actions().accept(ANYONE, token)
    assert len(grants(UNIT)) == 1


def test_an_expired_link_gives_nothing(lead):
    invited = invite(lead)
    set_times(invited, expires_at=datetime.now(UTC))
    with pytest.raises(WrongState, match="gått ut"):
        actions().accept(ANYONE, token_of(invited))
    assert grants(UNIT) == []


def test_a_withdrawn_link_gives_nothing(lead):
    invited = invite(lead)
    with entered(lead) as viewer:
        actions().withdraw(viewer, invited.key)
    with pytest.raises(WrongState, match="tagits tillbaka"):
        actions().accept(ANYONE, token_of(invited))
    assert grants(UNIT) == []
    assert [event for event, _, _ in events(str(invited.key))] == ["person_invited", "invitation_withdrawn"]


@pytest.mark.parametrize("token", ["", "kort", "A" * 43, "A" * 42 + "'", "å" * 43])
def test_a_link_that_is_none_is_not_found(token):
    with pytest.raises(NotFound, match="stämmer inte"):
        actions().accept(ANYONE, token)


def test_sending_again_kills_the_old_link(lead):
    invited = invite(lead)
    set_times(invited, expires_at=datetime.now(UTC))
    with entered(lead) as viewer:
        again = actions().send_again(viewer, invited.key)
    with pytest.raises(NotFound):
        actions().accept(ANYONE, token_of(invited))
    actions().accept(ANYONE, token_of(again))
    assert len(grants(UNIT)) == 1


def test_what_is_used_or_withdrawn_is_not_sent_again_nor_withdrawn(lead):
    invited = invite(lead)
    actions().accept(ANYONE, token_of(invited))
    with entered(lead) as viewer:
        with pytest.raises(WrongState, match="redan använts"):
            actions().withdraw(viewer, invited.key)
        with pytest.raises(WrongState, match="redan använts"):
            actions().send_again(viewer, invited.key)


def test_accepting_when_signed_in_as_the_same_person(lead):
    from styrkedjan.tables.access import Person

    token = someone(Role.STAFF_MEMBER, f"{OTHER}-90000932")
    with entered(token) as viewer:
        email = Person.objects.get(key=viewer.person).email
    invited = invite(lead, email=email)
    with entered(token) as viewer:
        assert actions().accept(viewer, token_of(invited)) == UUID(viewer.person)
    with entered(token) as viewer:
        assert {(grant.role, grant.place) for grant in viewer.grants} >= {(Role.PRINCIPAL, UNIT)}


def test_somebody_else_who_is_signed_in_is_refused(lead):
    invited = invite(lead)
    with entered(lead) as viewer, pytest.raises(WrongState, match="annan e-postadress"):
        actions().accept(viewer, token_of(invited))
    assert row_of(invited).used_at is None


def test_the_role_holds_from_its_first_day_and_through_its_last(lead):
    from styrkedjan.core.people import SWEDEN, end_of, start_of

    first = datetime.now(SWEDEN).date() + timedelta(days=30)
    invited = invite(lead, first_day=first, last_day=first)
    actions().accept(ANYONE, token_of(invited))
    [grant] = grants(UNIT)
    assert (grant.starts_at, grant.ends_at) == (start_of(first), end_of(first))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "maj.dahl"}, "ingen fullständig e-postadress"),
        ({"email": "maj@prov.example\nBcc: alla@prov.example"}, "ingen fullständig e-postadress"),
        ({"email": f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.example"}, "ingen fullständig"),
        ({"name": "  "}, "Skriv namnet"),
        ({"last_day": date(2020, 1, 1)}, "Sista dagen"),
        ({"place": ORGANISER}, "på en skolenhet"),
        ({"role": Role.SUPERINTENDENT}, "hos en huvudman"),
        ({"place": "2120009931-9"}, "ingen plats"),
    ],
)
def test_what_cannot_be_is_refused(lead, changes, said):
    with pytest.raises(BadInput, match=said):
        invite(lead, **changes)


def test_nobody_is_invited_twice_to_the_same_or_to_what_she_has(lead):
    invited = invite(lead)
    with pytest.raises(WrongState, match="redan inbjuden"):
        invite(lead)
    actions().accept(ANYONE, token_of(invited))
    with pytest.raises(WrongState, match="redan den rollen"):
        invite(lead)


def test_a_principal_cannot_invite():
    principal = someone(Role.PRINCIPAL, UNIT)
    with pytest.raises(NotAllowed, match="Bara huvudmannens kvalitetsansvariga"):
        invite(principal, role=Role.STAFF_MEMBER)


def test_a_lead_of_another_organiser_learns_nothing(lead):
    invited = invite(lead)
    stranger = someone(Role.QUALITY_LEAD, OTHER)
    with pytest.raises(NotFound):
        invite(stranger)
    with entered(stranger) as viewer:
        for action in (actions().withdraw, actions().send_again):
            with pytest.raises(NotFound):
                action(viewer, invited.key)


def test_a_session_by_link_alone_cannot_invite():
    lead = someone(Role.QUALITY_LEAD, ORGANISER, assurance=Assurance.LINK)
    with pytest.raises(NotAllowed, match="passkey"):
        invite(lead)


def test_the_operator_invites_the_first_lead_and_then_no_more():
    operator = someone(Role.OPERATOR, "00")
    first = invite(operator, role=Role.QUALITY_LEAD, place=ORGANISER)
    actions().accept(ANYONE, token_of(first))
    with pytest.raises(WrongState, match="redan någon som kan bjuda in"):
        invite(operator, role=Role.SUPERINTENDENT, place=ORGANISER, email="ny@prov.example")
    with pytest.raises(NotFound):
        invite(operator, role=Role.BOARD_MEMBER, place=ORGANISER, email="ny@prov.example")


def test_the_operator_gives_national_roles():
    operator = someone(Role.OPERATOR, "00")
    invited = invite(operator, role=Role.DIALOGUE_LEAD, place="skolverket")
    actions().accept(ANYONE, token_of(invited))
    [grant] = [each for each in grants("skolverket") if each.person.email == "maj.dahl@prov.example"]
    assert (grant.role, grant.organiser) == ("dialogue_lead", "")
    with pytest.raises(BadInput, match="på en myndighet"):
        invite(operator, role=Role.DIALOGUE_LEAD, place="00", email="ny@prov.example")


def test_a_lead_cannot_give_national_roles(lead):
    with pytest.raises(NotAllowed, match="nationella roller"):
        invite(lead, role=Role.OPERATOR, place="00")


def test_what_a_link_shows(lead):
    from styrkedjan.queries.access.people import invitation_by_link

    invited = invite(lead)
    opened = invitation_by_link(ANYONE, token_of(invited))
    assert (opened.state, opened.role, opened.place_name) == (
        InvitationState.OPEN,
        Role.PRINCIPAL,
        "Skolenhet 90000931",
    )
    assert (opened.invited_by, opened.email) == ("Lena Lund", "maj.dahl@prov.example")
    assert row_of(invited).used_at is None
    with entered(lead) as viewer:
        assert invitation_by_link(viewer, token_of(invited)).is_for_somebody_else


def test_a_closed_link_tells_nothing_of_whose_it_was(lead):
    from styrkedjan.queries.access.people import invitation_by_link

    invited = invite(lead)
    actions().accept(ANYONE, token_of(invited))
    opened = invitation_by_link(ANYONE, token_of(invited))
    assert opened.state is InvitationState.USED
    assert (opened.email, opened.name, opened.place, opened.invited_by) == ("", "", "", "")


def test_who_already_has_an_account_is_told_apart_from_who_is_made(lead):
    made = actions().say_yes(ANYONE, token_of(invite(lead)))
    again = actions().say_yes(ANYONE, token_of(invite(lead, role=Role.BOARD_MEMBER, place=ORGANISER)))
    assert (made.is_new, again.is_new) == (True, False)
    assert made.person == again.person


def test_an_inviter_whose_role_ended_while_she_asked_invites_nobody(lead):
    from styrkedjan.tables.access import Invitation, RoleGrant

    gone = someone(Role.QUALITY_LEAD, ORGANISER)
    before = invite(gone, email="forst@prov.example")
    with entered(gone) as old:
        with as_owner():
            mine = RoleGrant.scoped.for_operator(OPERATOR).filter(person=old.person)
            mine.update(ends_at=datetime.now(UTC))
        with pytest.raises(NotAllowed, match="avslutades just"):
            actions().invite(old, wanted())
        with pytest.raises(NotAllowed, match="avslutades just"):
            actions().send_again(old, before.key)
    with as_owner():
        assert not Invitation.scoped.for_operator(OPERATOR).filter(email="maj.dahl@prov.example").exists()
    assert [event for event, _, _ in events(str(before.key))] == ["person_invited"]


def test_an_operator_whose_role_ended_while_she_asked_invites_nobody():
    from styrkedjan.tables.access import RoleGrant

    with entered(someone(Role.OPERATOR, "00")) as old:
        with as_owner():
            mine = RoleGrant.scoped.for_operator(OPERATOR).filter(person=old.person)
            mine.update(ends_at=datetime.now(UTC))
        with pytest.raises(NotAllowed, match="avslutades just"):
            actions().invite(old, wanted(role=Role.QUALITY_LEAD, place=ORGANISER))


def test_the_operator_sends_nothing_again_where_somebody_can_invite_by_now():
    operator = someone(Role.OPERATOR, "00")
    first = invite(operator, role=Role.QUALITY_LEAD, place=ORGANISER)
    with entered(operator) as viewer:
        first = actions().send_again(viewer, first.key)
    second = invite(operator, role=Role.SUPERINTENDENT, place=ORGANISER, email="ny@prov.example")
    actions().accept(ANYONE, token_of(first))
    with entered(operator) as viewer, pytest.raises(WrongState, match="redan någon som kan bjuda in"):
        actions().send_again(viewer, second.key)
    assert [event for event, _, _ in events(str(second.key))] == ["person_invited"]
