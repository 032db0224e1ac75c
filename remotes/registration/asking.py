"""What our own callback is registered with (RemoteCallbackSubscribe of fleet-owner-v3.yaml)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from fleets.models import UpstreamFleet
from protocol.canonical.secret_names import MASK
from protocol.catalogue import REMOTE_TYPES
from protocol.dialects import codec

PUBLISHED = frozenset(entry.v3.type_name for entry in REMOTE_TYPES.values() if not entry.v3.extension)
UNPUBLISHED = frozenset(entry.v3.type_name for entry in REMOTE_TYPES.values() if entry.v3.extension)

# Upstream keeps a notification for so long, and is asked to try so long.
KEPT = timedelta(days=3)
_RETRY_SECONDS = 30


def target_of(upstream: UpstreamFleet) -> str:
    """The address at which upstream reaches our webhook; it holds a secret."""
    return _address(upstream, upstream.path_secret)


def shown_target(upstream: UpstreamFleet) -> str:
    """The same without its secret: what is kept, compared and shown."""
    return _address(upstream, MASK)


def secrets_of(upstream: UpstreamFleet) -> list[str]:
    """What nobody is shown of what we tell upstream and what it answers: present secrets, and former ones."""
    former = upstream.former_secrets.values_list("webhook_secret", "path_secret")
    return [upstream.webhook_secret, upstream.path_secret, *(secret for pair in former for secret in pair)]


def subscribe(upstream: UpstreamFleet, types: Iterable[str]) -> dict[str, Any]:
    """The body of the registration. `Bounded`, since a strict cloud need not know `Always` for remotes."""
    authorization = {"type": "Header", "key": "Authorization", "value": f"Bearer {upstream.webhook_secret}"}
    tries = round(KEPT.total_seconds() / _RETRY_SECONDS)
    body: dict[str, Any] = {
        "label": "FleetRemote",
        "retryPolicy": {"policy": "Bounded", "retryNumber": tries, "retryDelay": _RETRY_SECONDS},
        "callback": {"webhook": {"target": target_of(upstream), "name": "FleetRemote", "attributes": [authorization]}},
        "remoteTypes": in_order(types),
    }
    # A dialect with arrays of its own is not asked for batches.
    if settings.UPSTREAM_BATCH_SIZE and not codec(upstream.gateway.dialect).ARRAY_SIZE:
        body["batchNotify"] = {"size": settings.UPSTREAM_BATCH_SIZE, "timeWindow": settings.UPSTREAM_BATCH_WINDOW}
    return body


def in_order(types: Iterable[str]) -> list[str]:
    """As the catalogue has them."""
    wanted = set(types)
    return [entry.v3.type_name for entry in REMOTE_TYPES.values() if entry.v3.type_name in wanted]


def _address(upstream: UpstreamFleet, secret: str) -> str:
    return settings.PUBLIC_URL + reverse("webhook", args=[f"{upstream.webhook_id}/{secret}"])
