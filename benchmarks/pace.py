"""Sends at a steady rate, whatever the answers take, and tells how long each took until the cloud had it.

python -m benchmarks.pace FILE        reads a Job, prints a Pace, as JSON
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import redis.asyncio
import requests
import uvloop

from benchmarks.asking import post
from benchmarks.contenders.kept_queue import INSERT
from benchmarks.dispatch_world import World
from simulator.world import CLIENT_ID, PASSWORD, USER

BODY = {"door": {"state": "Unlocked"}}
WARM_UP = 20
"""Requests that do not count."""
PATIENCE = 20.0
"""Seconds until the last must have come in."""


@dataclass(frozen=True)
class Job:
    """`rate` a second for so many `requests`, each on a vehicle of its own, from that number on.

    `queue` names the queue at `redis_url`, and `database_url` says where it keeps its rows, if it does; without a queue
    it is FleetRemote at `url` that is asked. `cloud` is benchmarks.upstream, or the simulator with `is_simulator`.
    """

    rate: float
    requests: int
    first: int
    vins: list[str]
    world: dict[str, object]
    url: str
    cloud: str
    redis_url: str
    queue: str = ""
    database_url: str = ""
    is_simulator: bool = False


@dataclass(frozen=True)
class Pace:
    """Milliseconds from just before the request until it is received; `lost` never were. `rate` as it really was."""

    p50: float
    p95: float
    p99: float
    rate: float
    lost: int


Send = Callable[[int], Awaitable[str]]


async def run(job: Job) -> Pace:
    world = World(**job.world)  # type: ignore[arg-type]
    began: dict[str, float] = {}
    if job.queue:
        await _to_queue(job, began)
    else:
        headers = {"Authorization": aiohttp.encode_basic_auth(world.user, world.password)}
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers=headers) as session:

            async def send(number: int) -> str:
                address = f"{job.url}{world.paths[job.vins[number]]}?{world.query}"
                return f"fleetremote-{await post(session, address, BODY)}"

            await _at_pace(job, send, began)
    return _pace(began, await _received(job, began))


async def _to_queue(job: Job, began: dict[str, float]) -> None:
    client = redis.asyncio.Redis.from_url(job.redis_url)
    async with AsyncExitStack() as stack:
        link = None
        if job.database_url:
            made = await psycopg.AsyncConnection.connect(job.database_url, autocommit=True, prepare_threshold=0)
            link = await stack.enter_async_context(made)

        async def send(number: int) -> str:
            address = f"{job.cloud}/connectedcar/v3/fleets/f/vehicles/{number}/callbacks/c1/remotes"
            label = f"{job.queue}-{number}"
            item = json.dumps([address, {**BODY, "label": label}])
            await client.lpush(job.queue, await _keep(link, item) if link else item)
            return label

        await _at_pace(job, send, began)
        await client.aclose()


async def _keep(link: psycopg.AsyncConnection[tuple[Any, ...]], item: str) -> str:
    """Write the row and give its id."""
    cursor = await link.execute(INSERT, [item])
    row = await cursor.fetchone()
    assert row
    return str(row[0])


async def _at_pace(job: Job, send: Send, began: dict[str, float]) -> None:
    """Start each at its time; the gaps are those of chance, the same for every contender."""
    draw = random.Random(f"pace {job.rate} {job.requests}")

    async def one(number: int) -> None:
        at = time.time()
        began[await send(number)] = at

    tasks = []
    due = time.monotonic()
    for number in range(job.first, job.first + job.requests + WARM_UP):
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        tasks.append(asyncio.create_task(one(number)))
        due += draw.expovariate(job.rate)
    await asyncio.gather(*tasks)


async def _received(job: Job, began: Mapping[str, float]) -> dict[str, float]:
    """When the cloud had each, by its label."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = _at_simulator(job.cloud) if job.is_simulator else _at_upstream(job.cloud)
        if began.keys() <= found.keys() or time.monotonic() > deadline:
            return found
        await asyncio.sleep(0.2)


def _at_upstream(cloud: str) -> dict[str, float]:
    receipts = requests.get(f"{cloud}/received", timeout=20).json()
    return {receipt["label"]: receipt["at"] for receipt in receipts}


def _at_simulator(cloud: str) -> dict[str, float]:
    answer = requests.get(
        f"{cloud}/simulator/sends", params={"client_id": CLIENT_ID}, auth=(USER, PASSWORD), timeout=20
    )
    sends = answer.json()["sends"]
    return {json.loads(send["body"])["label"]: datetime.fromisoformat(send["at"]).timestamp() for send in sends}


def _pace(began: Mapping[str, float], received: Mapping[str, float]) -> Pace:
    counted = sorted(began.items(), key=lambda item: item[1])[WARM_UP:]
    times = sorted(received[label] - at for label, at in counted if label in received)
    lasted = counted[-1][1] - counted[0][1]
    return Pace(
        p50=times[len(times) // 2] * 1000,
        p95=times[len(times) * 95 // 100] * 1000,
        p99=times[len(times) * 99 // 100] * 1000,
        rate=len(counted) / lasted,
        lost=len(counted) - len(times),
    )


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(run(Job(**json.loads(Path(sys.argv[1]).read_text())))))))
