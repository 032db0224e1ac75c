"""Gives orphans to their action: events that came in before we knew the id that upstream has given it.

Who writes that id looks for orphans afterwards (remotes/sending/finishing.py), and who has stored orphans looks
afterwards for that id (remotes/intake/ingest.py). Whichever commits last finds the other, so none is left between them;
a sweep makes good what a dead process has left undone.
"""

from collections.abc import Sequence
from functools import partial

from django.db import transaction

from remotes.checks import wake_ledger
from remotes.jobs import wake_settle
from remotes.life.endings import refold
from remotes.life.fan_out import fan_out
from remotes.live import announce
from remotes.models import RemoteAction, RemoteEvent

# Orphans of other clients' actions stay for ever; those of ours are among the newest.
NEWEST = 500

_WANTED = """
SELECT DISTINCT action.*
FROM ({orphans}) event
JOIN remotes_remoteaction action
    ON action.gateway_id = event.gateway_id AND action.upstream_id = event.upstream_action_id
"""
_AMONG_NEWEST = _WANTED.format(
    orphans="SELECT * FROM remotes_remoteevent WHERE action_id IS NULL ORDER BY id DESC LIMIT %s"
)
_AMONG_THESE = _WANTED.format(orphans="SELECT * FROM remotes_remoteevent WHERE action_id IS NULL AND id = ANY(%s)")


def adopt_orphans(action: RemoteAction) -> None:
    """Attach the orphans that are the action's, and let them count, be notified and be shown."""
    with transaction.atomic():
        locked = RemoteAction.objects.select_for_update().get(pk=action.pk)
        if adopted := _orphans(locked):
            RemoteEvent.objects.filter(pk__in=[event.pk for event in adopted]).update(action=locked)
            refold(locked)
            wake_ledger.record(locked, adopted)
            fan_out(locked, adopted)
            transaction.on_commit(partial(_tell, locked))


def adopt_newest() -> None:
    """Attach those of the newest orphans whose action is known by now."""
    for action in RemoteAction.objects.raw(_AMONG_NEWEST, [NEWEST]):
        adopt_orphans(action)


def adopt_these(event_ids: Sequence[int]) -> None:
    """Attach those of these orphans whose action is known by now: one query where none is."""
    for action in RemoteAction.objects.raw(_AMONG_THESE, [list(event_ids)]):
        adopt_orphans(action)


def _orphans(action: RemoteAction) -> list[RemoteEvent]:
    """In the order in which they are to be told."""
    orphans = RemoteEvent.objects.filter(action=None, gateway_id=action.gateway_id)
    return list(orphans.filter(upstream_action_id=action.upstream_id).order_by("effective_at", "stage", "rank", "id"))


def _tell(action: RemoteAction) -> None:
    announce([action.vehicle_id])
    if not action.is_open:
        wake_settle([action.vehicle_id])
