"""Tells open pages that a vehicle has news. Pages read the news themselves, so nothing is lost with a message."""

from collections.abc import Iterable

from fleets.redis import best_effort, client


def channel(vehicle_id: int) -> str:
    """The Redis channel of a vehicle, by its primary key."""
    return f"live:vehicle:{vehicle_id}"


def announce(vehicle_ids: Iterable[int]) -> None:
    """Publish to the channel of each vehicle; call it after commit."""

    def publish() -> None:
        pipeline = client().pipeline(transaction=False)
        for vehicle_id in vehicle_ids:
            pipeline.publish(channel(vehicle_id), "changed")
        pipeline.execute()

    best_effort(publish)
