"""Alerts about callbacks to which nothing is delivered any more; callbacks tell of them (callbacks/watch.py)."""

from alerts.raising import clear_alert, raise_alert
from callbacks.models import Callback
from remotes.models import Alert

Kind = Alert.Kind


def note_failed(callback: Callback) -> None:
    words = f"Notifications don't arrive any more at “{callback}”. {callback.status_reason}"
    raise_alert(Kind.CALLBACK_FAILED, callback.fleet_id, callback.public_id, words)


def note_recovered(callback: Callback) -> None:
    words = f"The callback “{callback}” runs again, and what was kept is sent."
    clear_alert(Kind.CALLBACK_FAILED, callback.fleet_id, callback.public_id, words)


def look() -> None:
    """A callback that was deleted needs nobody any more."""
    keys = Alert.objects.filter(kind=Kind.CALLBACK_FAILED, cleared_at__isnull=True).values("key")
    for callback in Callback.objects.filter(public_id__in=keys, deleted_at__isnull=False):
        clear_alert(
            Kind.CALLBACK_FAILED, callback.fleet_id, callback.public_id, f"The callback “{callback}” was deleted."
        )
