"""Puts events into a callback's outbox. What is in it when the transaction commits will be delivered."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from callbacks.models import Callback, Notification
from callbacks.models.kept import event_text
from callbacks.wake import wake_delivery
from fleets.storage import clock
from protocol.canonical.document import JsonObject


@dataclass(frozen=True)
class Entry:
    """An event for one callback: `event` is an entry of `events` (RemoteEvent), `order_key` whom it is about."""

    event: JsonObject
    order_key: int | None


def put(callback: Callback, entries: Sequence[Entry]) -> None:
    """Keep the events for the callback, in this order, whatever its status; a deleted one gets nothing more."""
    if callback.deleted_at is not None or not entries:
        return
    now = clock.now()
    Notification.objects.bulk_create(
        Notification(
            callback=callback,
            order_key=entry.order_key,
            remote_action_id=entry.event.get("remoteActionId", ""),
            vin=entry.event.get("vin", ""),
            remote_type=entry.event.get("remoteType", ""),
            event=event_text(entry.event, callback.dialect),
            created_at=now,
        )
        for entry in entries
    )
    transaction.on_commit(lambda: wake_delivery([callback.pk]))
