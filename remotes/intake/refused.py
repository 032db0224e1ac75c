"""When a notification was refused last: a hint for people in Redis, since of a stranger's request nothing is stored."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from fleets.storage import clock
from fleets.storage.redis import best_effort, client

_KEPT = timedelta(days=30)
# Between two notes about the same webhook, in seconds: strangers may ask often.
_BETWEEN = 10.0
_noted: dict[int, float] = {}


def note_refused(upstream_fleet_id: int) -> None:
    """Somebody has posted to this fleet's webhook without one of its secrets."""
    if time.monotonic() - _noted.get(upstream_fleet_id, -_BETWEEN) < _BETWEEN:
        return
    _noted[upstream_fleet_id] = time.monotonic()
    now = clock.now().isoformat()
    best_effort(lambda: client().set(_key(upstream_fleet_id), now, ex=_KEPT))


def refused_at(upstream_fleet_ids: Sequence[int]) -> dict[int, datetime]:
    """When it was last, for those of the fleets for which that is known."""
    found: list[Any] = []
    if upstream_fleet_ids:
        best_effort(lambda: found.extend(client().mget([_key(pk) for pk in upstream_fleet_ids])))
    told = zip(upstream_fleet_ids, found, strict=False)
    return {pk: datetime.fromisoformat(at.decode()) for pk, at in told if at is not None}


def _key(upstream_fleet_id: int) -> str:
    return f"notification-refused:{upstream_fleet_id}"
