"""Raises and clears alerts: one row changes, in the caller's transaction or one of its own; the sweep tells people."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from alerts.rhythm import next_telling, span
from fleets.models import Vehicle
from fleets.storage import clock
from remotes.models import Alert, RemoteAction


def raise_alert(
    kind: Alert.Kind,
    fleet_id: int | None,
    key: str,
    words: str,
    action: RemoteAction | None = None,
    vehicle: Vehicle | None = None,
    once: bool = False,
) -> None:
    """Something has occurred that people must know, in whole sentences; `fleet_id` None concerns all fleets.

    What is open, or was within the last span, only counts once more; `once`: it can occur once, and does not count.
    """
    now = clock.now()
    about: dict[str, Any] = {"kind": kind, "fleet_id": fleet_id, "key": key}
    with transaction.atomic():
        recent = Q(cleared_at__isnull=True) | Q(cleared_at__gt=now - span())
        known = Alert.objects.select_for_update(no_key=True).filter(recent, **about).order_by("-pk").first()
        if known is not None and once:
            return
        if known is not None:
            _occurred_again(known, words, now)
            return
        given = {"action": action, "vehicle": action.vehicle if action else vehicle, "words": words}
        times = {"first_at": now, "last_at": now, "tell_at": now}
        Alert.objects.get_or_create(**about, cleared_at=None, defaults=given | times)


def clear_alert(kind: Alert.Kind, fleet_id: int | None, key: str, words: str) -> None:
    """It is over; `words` say how. Nothing happens when there is no such alert."""
    about: dict[str, Any] = {"kind": kind, "fleet_id": fleet_id, "key": key}
    with transaction.atomic():
        alert = Alert.objects.select_for_update(no_key=True).filter(**about, cleared_at__isnull=True).first()
        if alert is not None:
            alert.cleared_at, alert.cleared_words, alert.held = clock.now(), words, False
            alert.tell_at = next_telling(alert)
            alert.save(update_fields=["cleared_at", "cleared_words", "held", "tell_at"])


def _occurred_again(alert: Alert, words: str, now: datetime) -> None:
    alert.words, alert.last_at, alert.count = words, now, alert.count + 1
    alert.cleared_at, alert.cleared_words = None, ""
    alert.tell_at = next_telling(alert)
    alert.save(update_fields=["words", "last_at", "count", "cleared_at", "cleared_words", "tell_at"])
