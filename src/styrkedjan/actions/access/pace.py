"""Pace: how often something may be tried, per account and per network address."""

from datetime import UTC, datetime

from django.conf import settings

from styrkedjan.actions._change import change
from styrkedjan.core.access import Event, Permission, Viewer, may
from styrkedjan.core.refused import TooMany
from styrkedjan.core.sign_in import Limit, Spent, bucket_name, limit_of, spend
from styrkedjan.protocols import sealing
from styrkedjan.tables.access import Pace


def ask(actor: Viewer, kind: str, *subjects: str) -> None:
    """Take one try of a kind for each subject: an account (key or e-mail address) or a network address.

    Call it before the ``change`` of what is tried, so that a try that fails has still been counted.
    Raises: TooMany, with when to come back, if any of the buckets is empty; then nothing is written.
    """
    may(actor, Permission.SIGN_IN).require()
    limits = {_key(kind, each): limit for each in subjects if each and (limit := limit_of(kind, each))}
    if not limits:
        return
    now = datetime.now(UTC)
    with change(actor, Event.SIGN_IN_STARTED, about=kind):
        # Always in the same order, so that two tries for the same buckets wait for each other and never for ever.
        spent = [_take(key, limits[key], now) for key in sorted(limits)]
        if any(each.is_refused for each in spent):
            raise TooMany(max(each.wait for each in spent))


def _key(kind: str, subject: str) -> str:
    """The bucket's key: a keyed hash, because a plain hash of a network address can be turned back by trying all."""
    return sealing.keyed_hash(sealing.key_for("pace", settings.SECRET_KEY), bucket_name(kind, subject))


def _take(key: str, limit: Limit, now: datetime) -> Spent:
    Pace.objects.bulk_create([Pace(key_hash=key, left=limit.tries, at=now)], ignore_conflicts=True)
    bucket = Pace.objects.select_for_update().get(key_hash=key)
    spent = spend(bucket.left, bucket.at, now, limit)
    if not spent.is_refused:
        Pace.objects.filter(key_hash=key).update(left=spent.left, at=now)
    return spent
