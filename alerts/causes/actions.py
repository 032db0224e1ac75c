"""Alerts about single dangerous actions: one failed, or nobody knows whether it was carried out.

What we end or read ourselves is noted at once (remotes/life/ends.py tells it); what a notification ends is found by the
sweep, since ingest is one statement that must stay fast.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import override

from alerts.causes.marks import new_rows
from alerts.raising import clear_alert, raise_alert
from protocol import statuses
from protocol.catalogue import REMOTE_TYPES
from remotes.models import Alert, RemoteAction, RemoteEvent
from remotes.words.causes import cause_words
from remotes.words.describe import describe

State = RemoteAction.State
Kind = Alert.Kind

# Alerts are kept and mailed in English, whoever's request raises them.
_STORED = override("en")

DANGEROUS = [name for name, entry in REMOTE_TYPES.items() if entry.dangerous]

# What is resolved sooner, nobody needs to know of.
UNKNOWN_FOR = timedelta(minutes=1)


def note_end(action: RemoteAction) -> None:
    """Raise an alert if the action is dangerous and has failed, once an action; in the transaction of its end."""
    if not action.type.dangerous or action.status != statuses.FAILED or action.state == State.CANCELLED:
        return
    if not action.alerts.filter(kind=Kind.DANGEROUS_ACTION).exists():
        _raise(Kind.DANGEROUS_ACTION, action, f"{_what(action)} failed. {_why(action)}")


def look(now: datetime) -> None:
    """Raise and clear what has changed since the last look."""
    with transaction.atomic():
        ended = new_rows("events", RemoteEvent).filter(status=statuses.FAILED, action__remote_type__in=DANGEROUS)
        failed = RemoteAction.objects.filter(pk__in=list(ended.values_list("action_id", flat=True)))
        for action in failed.select_related("vehicle"):
            note_end(action)
    for action in _long_unknown(now):
        _raise(Kind.UNKNOWN_OUTCOME, action, f"Nobody knows whether {_what(action)} was carried out. {action.detail}")
    for alert in _open(Kind.UNKNOWN_OUTCOME).exclude(action__state=State.UNKNOWN):
        _clear(alert, _outcome)
    for alert in _open(Kind.DANGEROUS_ACTION).exclude(action__status=statuses.FAILED):
        _clear(alert, _outcome)
    for alert in _open(Kind.DANGEROUS_ACTION).filter(_carried_out_later()):
        _clear(alert, lambda action: f"{_what(action)} was carried out at a later try.")


def _long_unknown(now: datetime) -> QuerySet[RemoteAction]:
    told = Alert.objects.filter(action=OuterRef("pk"), kind=Kind.UNKNOWN_OUTCOME)
    # Each unknown action has a due time, by which the rows are found.
    rows = RemoteAction.objects.filter(due_at__isnull=False, state=State.UNKNOWN, remote_type__in=DANGEROUS)
    return rows.filter(~Exists(told), sent_at__lte=now - UNKNOWN_FOR).select_related("vehicle")


def _carried_out_later() -> Exists:
    return Exists(
        RemoteAction.objects.filter(
            vehicle=OuterRef("action__vehicle"),
            remote_type=OuterRef("action__remote_type"),
            payload=OuterRef("action__payload"),
            pk__gt=OuterRef("action"),
            status__in=statuses.CARRIED_OUT,
        )
    )


def _open(kind: Alert.Kind) -> QuerySet[Alert]:
    return Alert.objects.filter(kind=kind, cleared_at__isnull=True).select_related("action__vehicle")


def _raise(kind: Alert.Kind, action: RemoteAction, words: str) -> None:
    raise_alert(kind, action.fleet_id, action.public_id, words, action=action)


def _clear(alert: Alert, words: Callable[[RemoteAction], str]) -> None:
    if alert.action is not None:
        clear_alert(Alert.Kind(alert.kind), alert.fleet_id, alert.key, words(alert.action))


@_STORED
def _what(action: RemoteAction) -> str:
    return f"“{describe(action.type, action.payload)}” for {action.vehicle}"


@_STORED
def _why(action: RemoteAction) -> str:
    cause = cause_words(action.failure_cause)
    return action.detail or f"{cause.text} {cause.advice}"


@_STORED
def _outcome(action: RemoteAction) -> str:
    if action.status == statuses.FAILED:
        return f"{_what(action)} has failed. {_why(action)}"
    if action.status in statuses.CARRIED_OUT:
        return f"{_what(action)} was carried out."
    return f"{_what(action)} has reached the manufacturer's cloud; its outcome follows."
