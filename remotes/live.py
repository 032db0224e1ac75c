"""Tells open pages that a vehicle has news. Pages read the news themselves, so nothing is lost with a message."""

from collections.abc import Iterable, Iterator

from fleets.storage.redis import best_effort, client

_PREFIX = "live:vehicle:"

# One command for all: writing a hundred costs as much as storing their events.
_PUBLISH = """
for _, channel in ipairs(KEYS) do redis.call('PUBLISH', channel, 'changed') end
redis.call('PUBLISH', ARGV[1], ARGV[2])
"""

# Tells of all vehicles, by their primary keys: a page of a whole fleet takes those of its own. One message for all
# that is announced together, so that who announces need not know of fleets.
ANY_VEHICLE = "live:vehicles"


def channel(vehicle_id: int) -> str:
    """The Redis channel of a vehicle, by its primary key."""
    return f"{_PREFIX}{vehicle_id}"


def announce(vehicle_ids: Iterable[int]) -> None:
    """Publish to the channel of each vehicle; call it after commit."""
    ids = [str(vehicle_id) for vehicle_id in vehicle_ids]
    channels = [f"{_PREFIX}{vehicle_id}" for vehicle_id in ids]
    best_effort(lambda: client().eval(_PUBLISH, len(channels), *channels, ANY_VEHICLE, ",".join(ids)))


def vehicles_told(message: bytes) -> Iterator[int]:
    """The primary keys in a message of ANY_VEHICLE."""
    return map(int, message.split(b",")) if message else iter(())
