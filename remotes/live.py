"""Tells open pages that a vehicle has news. Pages read the news themselves, so nothing is lost with a message."""

from collections.abc import Iterable

from fleets.redis import best_effort, client

# One command for all: writing a hundred costs as much as storing their events.
_PUBLISH = "for _, channel in ipairs(KEYS) do redis.call('PUBLISH', channel, 'changed') end"


def channel(vehicle_id: int) -> str:
    """The Redis channel of a vehicle, by its primary key."""
    return f"live:vehicle:{vehicle_id}"


def announce(vehicle_ids: Iterable[int]) -> None:
    """Publish to the channel of each vehicle; call it after commit."""

    channels = [channel(vehicle_id) for vehicle_id in vehicle_ids]
    best_effort(lambda: client().eval(_PUBLISH, len(channels), *channels))
