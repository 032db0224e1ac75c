"""How often one address may try links that make no admin: counted in Redis, and not at all while that is away."""

from typing import Any

from fleets.storage.redis import best_effort, client

LIMIT = 60
SECONDS = 60


def are_too_many(address: str) -> bool:
    found: list[Any] = []
    best_effort(lambda: found.append(client().get(_key(address))))
    return any(int(tries or 0) >= LIMIT for tries in found)


def count(address: str) -> None:
    best_effort(lambda: _count(_key(address)))


def _count(key: str) -> None:
    with client().pipeline() as pipeline:
        pipeline.incr(key)
        pipeline.expire(key, SECONDS, nx=True)
        pipeline.execute()


def _key(address: str) -> str:
    return f"first-admin:{address}"
