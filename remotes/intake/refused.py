"""When a notification was refused last: a hint for people in Redis, since of what is refused nothing is stored."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from fleets.storage import clock
from fleets.storage.redis import best_effort, client

_KEPT = timedelta(days=30)
# Between two notes about the same webhook, in seconds: strangers may ask often.
_BETWEEN = 10.0


class Refusal(Enum):
    """Why."""

    # Somebody has posted to a fleet's webhook without one of its secrets.
    NOT_OURS = "notification-refused"
    # It came with the secret, and has more bytes or parts than are taken in at once.
    TOO_LARGE = "notification-too-large"


_noted: dict[tuple[Refusal, int], float] = {}


def note_refused(upstream_fleet_id: int, why: Refusal = Refusal.NOT_OURS) -> None:
    """A notification to this fleet's webhook was refused."""
    if time.monotonic() - _noted.get((why, upstream_fleet_id), -_BETWEEN) < _BETWEEN:
        return
    _noted[why, upstream_fleet_id] = time.monotonic()
    now = clock.now().isoformat()
    best_effort(lambda: client().set(_key(why, upstream_fleet_id), now, ex=_KEPT))


def refused_at(upstream_fleet_ids: Sequence[int], why: Refusal = Refusal.NOT_OURS) -> dict[int, datetime]:
    """When it was last, for those of the fleets for which that is known."""
    found: list[Any] = []
    if upstream_fleet_ids:
        best_effort(lambda: found.extend(client().mget([_key(why, pk) for pk in upstream_fleet_ids])))
    told = zip(upstream_fleet_ids, found, strict=False)
    return {pk: datetime.fromisoformat(at.decode()) for pk, at in told if at is not None}


def _key(why: Refusal, upstream_fleet_id: int) -> str:
    return f"{why.value}:{upstream_fleet_id}"
