"""Retention: what has had its time goes, what has not stays, by the rules that the catalogue states and no others."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from styrkedjan.core.access import OPERATOR, Event, Role
from styrkedjan.core.privacy import Does, RetentionRule
from styrkedjan.core.refused import NotAllowed
from styrkedjan.data.catalogue import load_privacy
from tests.conftest import PROJECT, as_owner
from tests.people import someone
from tests.world import LILLAN, STORKOPING

pytestmark = pytest.mark.database

NOW = datetime.now(UTC)
RULES = {rule.id: rule for table in load_privacy(PROJECT / "catalogue") for rule in table.rules}
WEEDED = 3


@pytest.fixture(autouse=True)
def inside(world, tables):
    """Small Sweden, as the owner who runs the commands; everything that a test writes is rolled back."""
    with as_owner():
        yield


ALONE = "2120009998"  # an organiser whose chain no other test writes in


def run(**how) -> dict[str, int]:
    from styrkedjan.actions.access import retention

    return {rule: count for rule, count in retention.run(OPERATOR, **how).items() if count}


def models() -> dict:
    from django.apps import apps

    return {model._meta.db_table: model for model in apps.get_app_config("tables").get_models()}


def aged(rule: RetentionRule, days: float, last: bool = False) -> dict[str, datetime]:
    """The times of a row whose moment, by the first of the rule's columns or the last alone, was so long ago."""
    moment = NOW - timedelta(days=days)
    return {rule.after[-1]: moment} if last else dict.fromkeys(rule.after, moment)


def person(**columns):
    row = models()["person"](
        key=uuid4(), **{"name": "Otto", "email": f"{uuid4()}@prov.example", "created_at": NOW} | columns
    )
    row.save(force_insert=True)
    return row


def paper(**columns):
    paper = models()["working_paper"](
        key=uuid4(), organiser=LILLAN, place=LILLAN, kind="own_analysis", title="Läget", school_year=2024,
        made_at=NOW, changed_at=NOW, version_number=1, **columns,
    )  # fmt: skip
    paper.save(force_insert=True)
    version = models()["paper_version"](
        key=uuid4(), organiser=LILLAN, paper=paper, number=1, title="Läget", contents={}, sha256="0" * 64,
        written_at=NOW, written_by="någon",
    )  # fmt: skip
    version.save(force_insert=True)
    return version


def share(**columns):
    given = {"shared_at": NOW} | columns
    row = models()["share"](
        key=uuid4(), organiser=LILLAN, version=paper(), agency="spsm", shared_by="någon", shared_by_name="Någon",
        **given,
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def plain(table: str, **columns):
    """A row with something in each column that must have it."""
    later = NOW + timedelta(days=9)
    filled = {
        "role_grant": {"key": uuid4(), "role": "principal", "place": f"{LILLAN}-90000040", "organiser": LILLAN,
                       "starts_at": NOW - timedelta(days=5000), "granted_by": "x", "granted_at": NOW},
        "invitation": {"key": uuid4(), "token_hash": uuid4().hex * 2, "email": "x@prov.example", "name": "X",
                       "role": "principal", "place": f"{LILLAN}-90000040", "organiser": LILLAN, "role_starts_at": NOW,
                       "invited_by": "x", "made_at": NOW, "expires_at": later, "mail": uuid4()},
        "sign_in_session": {"key": uuid4(), "token_hash": uuid4().hex * 2, "method": "link", "assurance": 1,
                            "device": "Prov", "started_at": NOW, "seen_at": NOW, "expires_at": later},
        "sign_in_attempt": {"key_hash": uuid4().hex * 2, "kind": "link", "facts": {}, "made_at": NOW,
                            "expires_at": later},
        "campaign": {"key": uuid4(), "organiser": LILLAN, "place": LILLAN, "title": "Läget", "edition": "2026-1",
                     "school_form": "compulsory", "language": "sv", "modes": [], "levels": [], "rows": [],
                     "own_statements": [], "opens_at": NOW, "closes_at": later, "made_at": NOW, "made_by": "x",
                     "public_key": ""},
        "seen_assertion": {"assertion_hash": uuid4().hex * 2, "expires_at": later},
        "pace": {"key_hash": uuid4().hex * 2, "left": 1.0, "at": NOW},
        "outgoing_mail": {"key": uuid4(), "kind": "notice", "recipient": "x@prov.example", "subject": "Hej",
                          "body": "Länk", "made_at": NOW, "expires_at": later, "try_at": NOW},
    }[table]  # fmt: skip
    if table in ("role_grant", "sign_in_session"):
        filled["person"] = person()
    row = models()[table](**filled | columns)
    row.save(force_insert=True)
    return row


def make(rule: RetentionRule, **columns):
    """A row that a rule may reach."""
    if rule.table == "person":
        return person(**columns)
    if rule.table == "working_paper":
        return paper(**columns)
    return share(**columns) if rule.table == "share" else plain(rule.table, **columns)


COMMON = [rule for rule in RULES.values() if rule.does is not Does.WEED]


@pytest.mark.parametrize("rule", COMMON, ids=lambda rule: rule.id)
def test_a_rule_reaches_what_has_had_its_time_and_nothing_else(rule):
    assert run() == {}
    make(rule, **aged(rule, rule.days - 0.5))
    make(rule)
    assert rule.id not in run()
    make(rule, **aged(rule, rule.days + 0.5))
    make(rule, **aged(rule, rule.days + 0.5, last=True))
    assert run()[rule.id] == 2


@pytest.mark.parametrize("rule", COMMON, ids=lambda rule: rule.id)
def test_twice_is_as_once(rule):
    make(rule, **aged(rule, rule.days + 0.5))
    assert run()[rule.id] == 1
    assert rule.id not in run()


def test_every_rule_of_the_catalogue_is_run():
    from styrkedjan.actions.access import retention

    assert list(retention.run(OPERATOR)) == list(RULES)


def test_a_letter_is_emptied_before_it_goes():
    sent = plain("outgoing_mail", sent_at=NOW - timedelta(minutes=1))
    waiting = plain("outgoing_mail")
    assert run() == {"letters_emptied": 1}
    sent.refresh_from_db()
    waiting.refresh_from_db()
    assert (sent.subject, sent.body, sent.recipient) == ("", "", "x@prov.example")
    assert waiting.body == "Länk"


def test_who_has_a_role_keeps_her_name():
    long_ago = NOW - timedelta(days=2000)
    working, left, lately = (person(created_at=long_ago) for _ in range(3))
    plain("role_grant", person=working)
    plain("role_grant", person=left, ends_at=NOW - timedelta(days=731))
    plain("role_grant", person=lately, ends_at=NOW - timedelta(days=729))
    assert run() == {"people_without_role": 1, "ended_roles": 1}
    for row, name in ((working, "Otto"), (left, ""), (lately, "Otto")):
        row.refresh_from_db()
        assert row.name == name


def test_a_shared_paper_stays_as_long_as_its_receipt():
    old = NOW - timedelta(days=5000)
    receipt = share(shared_at=NOW)
    kept = receipt.version.paper
    kept.removed_at = old
    kept.save()
    another = models()["paper_version"](
        key=uuid4(), organiser=LILLAN, paper=kept, number=2, title="x", contents={}, sha256="1" * 64, written_at=NOW,
        written_by="x",
    )  # fmt: skip
    another.save(force_insert=True)
    assert run() == {}
    models()["share"].scoped.for_operator(OPERATOR).update(shared_at=old)
    assert run() == {"receipts": 1, "removed_papers": 1}


def test_the_nameless_go_with_their_oldest_traces():
    gone = person(name="", email=None, removed_at=NOW - timedelta(days=4000))
    plain("role_grant", person=gone, ends_at=NOW - timedelta(days=4000))
    assert run() == {"nameless_people": 1, "ended_roles": 1}


def test_the_trail_is_weeded_from_its_start_and_still_whole():
    from styrkedjan.queries.access import trail

    happened(WEEDED, NOW - timedelta(days=3651))
    happened(2, NOW)
    assert run() == {"audit_trail": WEEDED}
    [report] = [each for each in trail.verified(OPERATOR) if each.organiser == ALONE]
    assert (report.count, report.problems) == (2, ())
    assert report.head.first_sequence == WEEDED + 1


def happened(number: int, at: datetime) -> None:
    for _ in range(number):
        models()["audit_event"](
            key=uuid4(), organiser=ALONE, at=at, actor="x", role="", place=ALONE,
            event=Event.PAPER_WRITTEN, about="", facts={},
        ).save(force_insert=True)  # fmt: skip


def events(event: Event) -> list[dict]:
    rows = models()["audit_event"].scoped.for_operator(OPERATOR).filter(event=event).order_by("sequence")
    return list(rows.values_list("facts", flat=True))


def test_one_row_in_the_trail_says_how_many():
    plain("pace", at=NOW - timedelta(days=3))
    before = len(events(Event.RETENTION_RUN))
    counts = run()
    runs = events(Event.RETENTION_RUN)
    assert len(runs) == before + 1
    assert {rule: count for rule, count in runs[-1].items() if count} == counts == {"pace": 1}


def test_a_trial_counts_the_same_and_takes_nothing():
    plain("pace", at=NOW - timedelta(days=3))
    gone = person(created_at=NOW - timedelta(days=800))
    happened(WEEDED, NOW - timedelta(days=3651))
    before = len(events(Event.RETENTION_RUN))
    tried = run(trial=True)
    assert len(events(Event.RETENTION_RUN)) == before
    gone.refresh_from_db()
    assert gone.name == "Otto"
    assert tried == run() == {"pace": 1, "people_without_role": 1, "audit_trail": WEEDED}


def test_only_the_operator_runs_it():
    from styrkedjan.actions.access import retention
    from styrkedjan.queries.access.viewing import viewing

    with viewing(someone(Role.QUALITY_LEAD, STORKOPING)) as viewer, pytest.raises(NotAllowed):
        retention.run(viewer)
