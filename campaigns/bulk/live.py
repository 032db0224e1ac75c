"""Tells open pages of a bulk command that it has news, which they then read."""

from fleets.storage.redis import best_effort, client


def bulk_channel(bulk_id: int) -> str:
    """The Redis channel of a bulk command, by its primary key."""
    return f"live:bulk:{bulk_id}"


def announce_bulk(bulk_id: int) -> None:
    """Publish to its channel; call it after commit."""
    best_effort(lambda: client().publish(bulk_channel(bulk_id), "changed"))
