"""Our own callback upstream: one for each fleet and gateway, registered anew when it is gone or has another target."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from fleets.models import UpstreamFleet
from fleets.storage import clock
from gateways.interface import GatewayClient, GatewayError, Refused, Registered
from protocol.catalogue import REMOTE_TYPES
from protocol.statuses import CALLBACK_RUNNING
from remotes.gate import gate

# Every type that this dialect knows.
_REMOTE_TYPES = [entry.v3.type_name for entry in REMOTE_TYPES.values()]
_PUBLISHED_TYPES = [entry.v3.type_name for entry in REMOTE_TYPES.values() if not entry.v3.extension]


def target_of(upstream: UpstreamFleet) -> str:
    """The address at which upstream reaches our webhook."""
    return settings.PUBLIC_URL + reverse("webhook", args=[upstream.webhook_id])


def is_registered(upstream: UpstreamFleet) -> bool:
    """Whether our callback was made upstream with the address that is ours now."""
    return bool(upstream.callback_id) and upstream.callback_target == target_of(upstream)


def registered(upstream: UpstreamFleet) -> str:
    """The id of our callback upstream, registered now if need be. Raises a GatewayError when that fails."""
    if is_registered(upstream):
        return upstream.callback_id
    return check(upstream.pk).callback_id


def check(upstream_fleet_id: int) -> UpstreamFleet:
    """Make upstream's callback what ours should be, and note when that was. Raises a GatewayError when it fails.

    The row is locked meanwhile, so that two workers don't register twice: few rows, and never in a hot path.
    """
    error: GatewayError | None = None
    with transaction.atomic():
        upstream = (
            UpstreamFleet.objects.select_for_update(of=("self",)).select_related("gateway").get(pk=upstream_fleet_id)
        )
        try:
            _make_right(gate.client(upstream.gateway), upstream)
            upstream.callback_error = ""
        except GatewayError as failed:
            error = failed
            upstream.callback_error = str(failed)
        upstream.callback_checked_at = clock.now()
        upstream.save()
    if error is not None:
        raise error
    return upstream


def is_gone(upstream: UpstreamFleet) -> bool:
    """Whether upstream no longer has our callback."""
    client = gate.client(upstream.gateway)
    return client.read_callback(upstream.upstream_id, upstream.callback_id) is None


def _make_right(client: GatewayClient, upstream: UpstreamFleet) -> None:
    found = client.read_callback(upstream.upstream_id, upstream.callback_id) if upstream.callback_id else None
    subscribe = _subscribe(upstream)
    if found is None:
        upstream.callback_id = _register(client, upstream, subscribe)
    elif not _same(found, subscribe):
        client.replace_callback(upstream.upstream_id, upstream.callback_id, subscribe)
    if found is not None and found.status != CALLBACK_RUNNING:
        client.resume_callback(upstream.upstream_id, upstream.callback_id)
    upstream.callback_target = target_of(upstream)


def _register(client: GatewayClient, upstream: UpstreamFleet, subscribe: dict[str, Any]) -> str:
    """With our extension types where the cloud takes them, else with the published ones alone."""
    try:
        return client.register(upstream.upstream_id, subscribe)
    except Refused as refused:
        if refused.status != 400:
            raise
        return client.register(upstream.upstream_id, {**subscribe, "remoteTypes": _PUBLISHED_TYPES})


def _same(found: Registered, subscribe: dict[str, Any]) -> bool:
    """Upstream may keep more than we sent, and may hide attribute values; target and batches are what can change."""
    return found.target == subscribe["callback"]["webhook"]["target"] and (
        found.document.get("batchNotify") or None
    ) == subscribe.get("batchNotify")


def _subscribe(upstream: UpstreamFleet) -> dict[str, Any]:
    authorization = {"type": "Header", "key": "Authorization", "value": f"Bearer {upstream.webhook_secret}"}
    body: dict[str, Any] = {
        "label": "FleetRemote",
        "retryPolicy": {"policy": "Bounded", "retryNumber": 60, "retryDelay": 10},
        "callback": {"webhook": {"target": target_of(upstream), "name": "FleetRemote", "attributes": [authorization]}},
        "remoteTypes": _REMOTE_TYPES,
    }
    if settings.UPSTREAM_BATCH_SIZE:
        body["batchNotify"] = {"size": settings.UPSTREAM_BATCH_SIZE, "timeWindow": settings.UPSTREAM_BATCH_WINDOW}
    return body
