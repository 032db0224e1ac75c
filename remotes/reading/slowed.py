"""Gateways that have asked regular reading to slow down: left alone for a while, best effort, in Redis."""

from collections.abc import Collection

from fleets.storage.redis import best_effort, client

# Seconds that a gateway is left alone after a 429; twice as long after each that follows, up to the longest.
FIRST, LONGEST = 60, 3600


def step_back(gateway_id: int) -> None:
    """The gateway has answered a reading with 429."""

    def note() -> None:
        times = client().incr(_times(gateway_id))
        wait = min(FIRST * 2 ** min(times - 1, 10), LONGEST)
        pipeline = client().pipeline(transaction=False)
        pipeline.expire(_times(gateway_id), 2 * LONGEST)
        pipeline.set(_key(gateway_id), "1", ex=wait)
        pipeline.execute()

    best_effort(note)


def goes_well(gateway_id: int) -> None:
    """A run has read all that was due: the next 429 is a first one."""
    best_effort(lambda: client().delete(_times(gateway_id)))


def slowed(gateway_ids: Collection[int]) -> set[int]:
    """Those of the gateways that are to be left alone now."""
    ids = list(gateway_ids)
    found: list[bytes | str | None] = []
    if ids:
        best_effort(lambda: found.extend(client().mget([_key(id) for id in ids])))
    return {id for id, value in zip(ids, found, strict=False) if value is not None}


def _key(gateway_id: int) -> str:
    return f"reading:{gateway_id}:slowed"


def _times(gateway_id: int) -> str:
    return f"reading:{gateway_id}:slowed-times"
