"""Finds what is due, whatever was lost on the way: wakes, workers, or the whole of Redis."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from fleets.models import UpstreamFleet
from gateways.interface import GatewayError
from remotes import registration
from remotes.endings import adopt_orphans
from remotes.models import InboundRequest, RemoteAction
from remotes.wake import DISPATCH, RECONCILE, wake

State = RemoteAction.State

# Rows a sweep takes up at the most; the next one goes on.
LIMIT = 500


def sweep() -> None:
    """Wake what is due: vehicles with queued actions, and actions to be reconciled. Orphans are attached."""
    due = RemoteAction.objects.filter(due_at__lte=timezone.now()).order_by("due_at")
    rows = list(due.values_list("pk", "vehicle_id", "state")[:LIMIT])
    wake(DISPATCH, {vehicle_id for _, vehicle_id, state in rows if state == State.QUEUED})
    wake(RECONCILE, {pk for pk, _, state in rows if state != State.QUEUED})
    attach_orphans()


def attach_orphans() -> None:
    """Events that slipped between a notification and the answer that named its action find their action here.

    That gap is a moment wide, so the newest orphans are enough; those of other clients' actions stay for ever.
    """
    known = RemoteAction.objects.raw(
        """
        SELECT DISTINCT action.*
        FROM (SELECT * FROM remotes_remoteevent WHERE action_id IS NULL ORDER BY id DESC LIMIT %s) event
        JOIN remotes_remoteaction action
            ON action.gateway_id = event.gateway_id AND action.upstream_id = event.upstream_action_id
        """,
        [LIMIT],
    )
    for action in known:
        adopt_orphans(action)


def check_registrations() -> None:
    """See that upstream still has our callbacks; what fails is noted on the row and tried again next time."""
    for pk in UpstreamFleet.objects.filter(gone_at__isnull=True).values_list("pk", flat=True):
        try:
            registration.check(pk)
        except GatewayError:
            continue


def prune() -> None:
    """Delete the raw bodies of notifications that are older than INBOUND_REQUEST_DAYS, in slices."""
    before = timezone.now() - timedelta(days=settings.INBOUND_REQUEST_DAYS)
    old = InboundRequest.objects.filter(received_at__lt=before).order_by("pk")
    while InboundRequest.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:1000])).delete()[0]:
        pass
