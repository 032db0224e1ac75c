"""The limit: aiohttp alone posts the same number of bodies, so many at a time. No database, no signature, no queue.

python -m benchmarks.contenders.raw_client URL COUNT AT_A_TIME        waits for a line on stdin before it begins
"""

import asyncio
import gc
import sys
from collections.abc import Iterator

import aiohttp
import uvloop

from benchmarks.notifications import notification

HEADERS = {"Content-Type": "application/json"}

GARBAGE = 50_000
"""New objects after which Python looks for garbage, as in FleetRemote's worker."""


async def post_all(url: str, count: int, at_a_time: int) -> None:
    body = notification(range(1))
    numbers = iter(range(count))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*[_post(session, url, body, numbers) for _ in range(at_a_time)])


async def _post(session: aiohttp.ClientSession, url: str, body: bytes, numbers: Iterator[int]) -> None:
    for _ in numbers:
        async with session.post(url, data=body, headers=HEADERS) as response:
            await response.read()


if __name__ == "__main__":
    print("ready", flush=True)
    sys.stdin.readline()
    gc.set_threshold(GARBAGE)
    uvloop.run(post_all(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
