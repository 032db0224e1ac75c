"""What is written down of changed callbacks and channels (fleets/audit/changes.py): no address beyond its host, and no
value of an attribute, since either may hold secrets.
"""

from collections.abc import Mapping
from typing import Any

from callbacks.models import Callback, Channel
from fleets.audit.changes import DELETED, Watched, watch
from fleets.audit.entries import About
from fleets.audit.watched import ROTATED, host_of
from protocol.canonical import JsonObject

_WORDS = {"deleted_at": DELETED, "secret": ROTATED}


def watch_all() -> None:
    """For `apps.py`."""
    watch(
        Watched(
            Callback,
            "callback",
            lambda row: About(row.public_id, row.fleet_id),
            fields=("name", "label", "status", "batch_size", "batch_window", "for_alerts"),
            hidden=("target", "subscribe"),
            values=lambda row: {**_registered(row.webhook, row.subscribe), "client": str(row.created_by or "")},
            sources=("created_by",),
            words=_WORDS,
        )
    )
    watch(
        Watched(
            Channel,
            "channel",
            lambda row: About(row.public_id),
            fields=("paused",),
            hidden=("subscribe",),
            values=lambda row: {**_registered(row.webhook, row.subscribe), "client": str(row.created_by or "")},
            sources=("created_by",),
            words=_WORDS,
        )
    )


def _registered(webhook: JsonObject, subscribe: JsonObject) -> Mapping[str, Any]:
    attributes = webhook.get("attributes") or []
    types = subscribe.get("remoteTypes") or subscribe.get("types") or []
    return {
        "host": host_of(str(webhook.get("target", ""))),
        "attributes": ", ".join(sorted(f"{one.get('type')} {one.get('key')}" for one in attributes)),
        "types": ", ".join(map(str, types)),
    }
