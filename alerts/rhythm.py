"""When people are told of an alert: plain rules over an alert's fields.

At once that it occurred, and at once that it is over. After that at most one message a span and kind of news, since a
cause that comes and goes would fill mailboxes; only a false all-clear is put right at once.
"""

from datetime import datetime, timedelta

from django.conf import settings

from remotes.models import Alert

Kind, Told = Alert.Kind, Alert.Told

ACTION_KINDS = (Kind.DANGEROUS_ACTION, Kind.UNKNOWN_OUTCOME)
GATEWAY_KINDS = (Kind.GATEWAY_DOWN, Kind.GATEWAY_REFUSED)
SECOND_PERSON_KINDS = (Kind.APPROVAL_WANTED, Kind.CHANGE_WANTED, Kind.SENT_ALONE)

# What goes on until somebody does something; the others are told again only when they have occurred again.
_LASTING = (*GATEWAY_KINDS, Kind.CALLBACK_FAILED, Kind.UNKNOWN_OUTCOME)

_LONGEST_GAP = timedelta(days=1)


def span() -> timedelta:
    """The time in which a cause is told once."""
    return timedelta(minutes=settings.ALERT_SPAN_MINUTES)


def next_telling(alert: Alert) -> datetime | None:
    """When people are to be told what is not told yet; None when there is nothing."""
    if alert.held:
        return None
    if alert.cleared_at is None:
        return _of_open(alert)
    if alert.told == Told.NOTHING and alert.kind in SECOND_PERSON_KINDS:
        # However quickly two people were at one: the others hear of it.
        return alert.cleared_at
    if alert.told != Told.RAISED or alert.told_at is None:
        return None
    return alert.cleared_at if alert.count == 1 else max(alert.cleared_at, alert.told_at + span())


def _of_open(alert: Alert) -> datetime | None:
    if alert.told != Told.RAISED or alert.told_at is None:
        return alert.last_at
    if alert.kind not in _LASTING and alert.count == alert.told_count:
        return None
    doublings: int = 2 ** min(alert.reminders, 10)
    return alert.told_at + min(span() * doublings, _LONGEST_GAP)
