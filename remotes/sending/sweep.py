"""Finds what is due, whatever was lost on the way: wakes, workers, or the whole of Redis."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, Q, QuerySet, When

from fleets.models import UpstreamFleet
from fleets.storage import clock
from fleets.storage.kept import kept
from fleets.storage.wake import backlog
from gateways.interface import GatewayError
from remotes.gate import gate, pacing
from remotes.gate.line import URGENT_TYPES
from remotes.jobs import DISPATCH, PACE, RECONCILE, SWEEPS, wake
from remotes.life.adoption import adopt_newest
from remotes.models import UNSENT_STATES, GatewayHealth, InboundRequest, RemoteAction
from remotes.registration import registration

# Of a gateway's requests a day, what the checks of our callbacks may use.
CHECKS_SHARE = 0.05

# Rows a sweep takes up at the most; the next one goes on.
LIMIT = 500


def sweep() -> None:
    """Wake what is due: vehicles with actions to send, gateways where some wait, and actions to be reconciled.

    Orphans find their actions.
    """
    now = clock.now()
    held = pacing.held()
    wake(DISPATCH, _vehicles_to_dispatch(now, held))
    wake(PACE, held)
    # Behind so many a look-up waits so long that its message counts as lost, and would be sent again and again.
    if backlog(SWEEPS) < LIMIT:
        wake(RECONCILE, _sent(now).order_by("due_at").values_list("pk", flat=True)[:LIMIT])
    adopt_newest()


def has_unsent(before: datetime) -> bool:
    """Whether an action that may be sent has been due since `before`, and nobody has looked at it."""
    return _unsent(before).exclude(gateway_id__in=pacing.held()).exists()


def has_sent(before: datetime) -> bool:
    """Whether an action is to be looked up since `before`, and nobody has."""
    return _sent(before).exists()


def _unsent(before: datetime) -> QuerySet[RemoteAction]:
    """Due by then, and to be sent."""
    return RemoteAction.objects.filter(due_at__lte=before, state__in=UNSENT_STATES)


def _sent(before: datetime) -> QuerySet[RemoteAction]:
    """Due by then, and to be looked up."""
    return RemoteAction.objects.filter(due_at__lte=before).exclude(state__in=UNSENT_STATES)


def _vehicles_to_dispatch(now: datetime, held: Iterable[int]) -> list[int]:
    """Urgent actions first. At gateways that hold them back actions wait in line, and only their end is looked for."""
    due = _unsent(now).filter(~Q(gateway_id__in=held) | Q(expires_at__lte=now))
    is_comfort = Case(When(remote_type__in=URGENT_TYPES, then=0), default=1)
    vehicle_ids = due.order_by(is_comfort, "due_at").values_list("vehicle_id", flat=True)[:LIMIT]
    return list(dict.fromkeys(vehicle_ids))


def to_check() -> set[int]:
    """The gateways that have fleets of ours."""
    return set(UpstreamFleet.objects.filter(gone_at__isnull=True).values_list("gateway_id", flat=True))


def check_registrations(gateway_id: int) -> None:
    """See that the gateway still has our callbacks; what fails is noted on the row and tried again next time."""
    now = clock.now()
    of_gateway = UpstreamFleet.objects.filter(gateway=gateway_id, gone_at__isnull=True)
    fleets = list(of_gateway.select_related("gateway__health"))
    for upstream in fleets:
        if upstream.callback_checked_at and now - upstream.callback_checked_at < _between_checks(upstream, len(fleets)):
            continue
        # Asked outside of the transaction in which the callback is checked.
        if gate.leave(upstream.gateway) is not None:
            continue
        try:
            registration.check(upstream.pk)
        except GatewayError:
            continue


def _between_checks(upstream: UpstreamFleet, fleets: int) -> timedelta:
    """So long that the checks of a gateway's so many fleets use no more than their share of its requests a day."""
    health: GatewayHealth | None = getattr(upstream.gateway, "health", None)
    if health is None or not health.day_limit or upstream.callback_error:
        return timedelta(0)
    return timedelta(days=1) * fleets / (CHECKS_SHARE * health.day_limit)


def prune() -> None:
    """Delete the raw bodies of notifications that are older than INBOUND_REQUEST_DAYS or POSITION_DAYS, in slices."""
    before = clock.now() - kept(settings.INBOUND_REQUEST_DAYS)
    old = InboundRequest.objects.filter(received_at__lt=before).order_by("pk")
    while InboundRequest.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:1000])).delete()[0]:
        pass
