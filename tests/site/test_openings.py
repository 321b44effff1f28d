"""Where the second wall opens: to an agency, to the operator, to a person's own, and to who holds an invitation."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.site.asking import CLOSED, enter, follow, refused, seen, share
from tests.tenants import ASSESSMENT_TABLES, event, grant, invitation, paper, person

pytestmark = pytest.mark.database


def test_an_agency_reads_what_is_shared_with_it_and_nothing_more(site, tenants):
    theirs = tenants.theirs
    enter(site, tenants.agency_token)
    assert seen(site, "share", "key") == {theirs.keys["share"]}
    assert seen(site, "paper_version", "key") == {theirs.keys["shared_version"]}
    assert seen(site, "working_paper") == {theirs.organiser} and len(seen(site, "working_paper", "key")) == 1
    assert theirs.organiser not in seen(site, "role_grant") | seen(site, "invitation") | seen(site, "audit_event")
    assert not any(seen(site, table) for table in ASSESSMENT_TABLES)
    for statement in (
        "UPDATE share SET withdrawn_at = now()",
        "UPDATE working_paper SET title = 'x'",
    ):
        assert refused(site, statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), site.transaction():
        share(site, theirs.organiser, theirs.keys["paper_version"])
    enter(site, tenants.other_agency_token)
    assert not seen(site, "share") | seen(site, "paper_version") | seen(site, "working_paper")


def test_the_agency_writes_its_reading_in_the_organisers_trail(site, tenants):
    key = enter(site, tenants.agency_token)["person"]
    read = event(site, tenants.theirs.organiser, actor=key)
    assert seen(site, "audit_event", "key") == {read}, "her own doing, and nothing else of that trail"
    enter(site, tenants.theirs.token)
    assert read in seen(site, "audit_event", "key")


def test_a_withdrawn_share_is_closed_at_once(site, owner_connection, tenants, databases):
    keys = paper(owner_connection, tenants.theirs.organiser, "spsm")
    enter(site, tenants.other_agency_token)
    assert seen(site, "paper_version", "key") == {keys["paper_version"]}
    owner_connection.execute("UPDATE share SET withdrawn_at = now() WHERE key = %s", [keys["share"]])
    assert seen(site, "paper_version", "key") == set(), "in the transaction that is under way too"


def test_the_operator_manages_people_and_never_sees_working_material(site, tenants):
    enter(site, tenants.operator_token)
    both = {tenants.ours.organiser, tenants.theirs.organiser}
    assert both <= seen(site, "role_grant") and both <= seen(site, "invitation")
    assert not seen(site, "working_paper") | seen(site, "paper_version") | seen(site, "share")
    assert not any(seen(site, table) for table in ASSESSMENT_TABLES)
    assert seen(site, "audit_event") == seen(site, "audit_head") == {""}
    assert grant(site, tenants.ours.lead, "analyst", "00", "") in seen(site, "role_grant", "key")


def test_a_person_sees_her_own_roles_everywhere_and_may_leave_them(databases, owner_connection, site):
    key, token = person(owner_connection)
    now = datetime.now(UTC)
    national = grant(owner_connection, key, "analyst", "00", "")
    over = grant(owner_connection, key, "operator", "00", "", ends_at=now - timedelta(hours=1))
    enter(site, token)
    assert seen(site, "role_grant", "key") == {national, over}
    assert refused(site, "UPDATE role_grant SET ends_at = NULL WHERE key = %s", over), "what is over stays over"
    assert refused(site, "UPDATE role_grant SET ends_at = now() WHERE key = %s", over)
    assert refused(site, "UPDATE role_grant SET ends_at = now() + interval '1 year' WHERE key = %s", national)
    assert not refused(site, "UPDATE role_grant SET ends_at = clock_timestamp() WHERE key = %s", national)
    assert [each["role"] for each in enter(site, token)["grants"]] == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE role_grant SET ends_at = clock_timestamp() WHERE person_id = %s",
        "UPDATE sign_in_session SET ended_at = clock_timestamp() WHERE person_id = %s",
        "UPDATE sign_in_session SET expires_at = clock_timestamp() WHERE person_id = %s",
        "UPDATE sign_in_session SET seen_at = clock_timestamp() - interval '4 hours' WHERE person_id = %s",
        "UPDATE person SET removed_at = clock_timestamp() WHERE key = %s",
    ],
)
def test_what_ends_elsewhere_is_gone_at_the_next_entering(site, owner_connection, tenants, statement):
    organiser = tenants.ours.organiser
    key, token = person(owner_connection, ("principal", organiser, organiser))
    enter(site, token)
    assert seen(site, "working_paper") == {organiser}
    owner_connection.execute(statement, [key])
    entered = enter(site, token)
    assert (entered is None) == ("role_grant" not in statement)
    assert seen(site, "working_paper") == set()


def test_a_role_that_has_not_begun_opens_nothing(site, owner_connection, tenants):
    organiser = tenants.ours.organiser
    key, token = person(owner_connection)
    later = datetime.now(UTC) + timedelta(days=1)
    grant(owner_connection, key, "principal", organiser, organiser, starts_at=later)
    assert enter(site, token)["grants"] == []
    assert not seen(site, "working_paper")
    assert refused(site, "UPDATE role_grant SET starts_at = now()"), "and is not begun by who has it"


# --- invitations ---


def test_a_link_opens_its_invitation_and_the_role_that_it_gives(site, tenants):
    theirs = tenants.theirs
    unit = f"{theirs.organiser}-90000001"
    assert follow(site, theirs.link)["role"] == "principal"
    assert seen(site, "invitation", "key") == {theirs.keys["invitation"]}
    assert not seen(site, "working_paper") | seen(site, "share") | seen(site, "audit_event")
    assert not any(seen(site, table) for table in ASSESSMENT_TABLES)
    assert seen(site, "role_grant", "place") == {unit}
    made = grant(site, tenants.ours.lead, "principal", unit, theirs.organiser)
    assert made in seen(site, "role_grant", "key")
    assert site.execute("UPDATE invitation SET used_at = now()").rowcount == 1
    for role, place in (("quality_lead", theirs.organiser), ("principal", f"{theirs.organiser}-90000002")):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), site.transaction():
            grant(site, tenants.ours.lead, role, place, theirs.organiser)
    for change in ("role = 'quality_lead'", f"place = '{theirs.organiser}'", "organiser = ''"):
        with pytest.raises(CLOSED), site.transaction():
            site.execute(f"UPDATE invitation SET {change}")


@pytest.mark.parametrize("column", ["used_at", "withdrawn_at", "expires_at"])
def test_a_dead_link_shows_its_invitation_and_opens_nothing(site, owner_connection, tenants, column):
    organiser = tenants.ours.organiser
    key, link = invitation(
        owner_connection, "board_member", organiser, organiser, **{column: datetime.now(UTC) - timedelta(minutes=1)}
    )
    assert follow(site, link)[column] is not None
    assert seen(site, "invitation", "key") == {key} and not seen(site, "role_grant")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), site.transaction():
        grant(site, tenants.theirs.lead, "board_member", organiser, organiser)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), site.transaction():
        site.execute("UPDATE invitation SET used_at = NULL, expires_at = now() + interval '1 day'")


def test_a_national_invitation_gives_its_role_and_no_other(site, owner_connection, tenants):
    _, link = invitation(owner_connection, "dialogue_lead", "spsm", "")
    assert follow(site, link)["place"] == "spsm"
    grant(site, tenants.ours.lead, "dialogue_lead", "spsm", "")
    for role, place in (("operator", "00"), ("dialogue_lead", "skolverket")):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), site.transaction():
            grant(site, tenants.ours.lead, role, place, "")


def test_who_is_signed_in_and_follows_a_link_stays_signed_in(site, tenants):
    enter(site, tenants.ours.token)
    follow(site, tenants.theirs.link)
    assert seen(site, "working_paper") == {tenants.ours.organiser}
    assert {tenants.ours.keys["invitation"], tenants.theirs.keys["invitation"]} <= seen(site, "invitation", "key")
    assert follow(site, "påhittad") is None
    assert seen(site, "working_paper") == {tenants.ours.organiser}
