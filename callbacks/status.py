"""Pauses, fails and resumes a callback. None of it ever stops a command: what occurs is kept and sent later."""

from django.db import transaction
from django.db.models import Q

from callbacks import watch
from callbacks.delivery.policy import Policy
from callbacks.models import Batch, Callback, Delivery
from callbacks.wake import wake_delivery
from fleets.storage import clock

Status = Callback.Status


def set_status(callback: Callback, status: str, reason: str = "") -> None:
    """Running or Paused, as a client may ask for (fleet-owner-v3.yaml, RemoteCallbacksStatusSetter)."""
    if status == Status.RUNNING:
        resume(callback)
    else:
        pause(callback, reason)


def pause(callback: Callback, reason: str = "") -> None:
    """Nothing is posted any more until it is resumed."""
    _save(callback, Status.PAUSED, reason)


def fail(callback: Callback, reason: str) -> None:
    """What comes is kept, and one probe at a time finds out whether it works again."""
    with transaction.atomic():
        _save(callback, Status.FAILED, reason)
        watch.failed(callback)


def pause_gone(callback: Callback, reason: str) -> None:
    """Pause it because its address says that it is not there any more, which people must know."""
    with transaction.atomic():
        pause(callback, reason)
        watch.failed(callback)


def mark_running(callback: Callback) -> None:
    """It works again; the caller sees to what is stored."""
    with transaction.atomic():
        _save(callback, Status.RUNNING, "")
        watch.recovered(callback)


def resume(callback: Callback) -> None:
    """Forget earlier failures, and send what is kept at once, oldest first."""
    now = clock.now()
    with transaction.atomic():
        mark_running(callback)
        Delivery.objects.filter(callback=callback).update(exhausted=0, failing_since=None, probe_at=None)
        stored = Batch.objects.filter(callback=callback, state__in=_stored_states(callback), expires_at__gt=now)
        kept = stored.filter(~Q(state=Batch.State.WAITING) | Q(due_at__gt=now))
        kept.update(state=Batch.State.WAITING, due_at=now, releases=0)
        transaction.on_commit(lambda: wake_delivery([callback.pk]))


def _stored_states(callback: Callback) -> list[Batch.State]:
    """What is sent by itself again; under the policy None a parked batch is not."""
    parked = [Batch.State.PARKED] if Policy.of(callback.subscribe).releases else []
    return [Batch.State.WAITING, *parked]


def _save(callback: Callback, status: str, reason: str) -> None:
    callback.status, callback.status_reason, callback.status_at = status, reason, clock.now()
    callback.save(update_fields=["status", "status_reason", "status_at", "updated_at"])
