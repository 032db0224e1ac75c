"""The load generator, a process of its own: keep-alive connections, each sends its next request after the answer.

    python -m benchmarks.load '<Job as JSON>'

It prints a Result as JSON. What is still on its way when the time is over is waited for, so that `acknowledged` is what
the server must have stored; the rate is that over the time until the last answer.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import cast

import uvloop

from benchmarks.notifications import gets, posts

PATIENCE = 15.0
"""Seconds that the last answers may take."""


@dataclass(frozen=True)
class Job:
    """What to send; no events means GET."""

    port: int
    path: str
    authorization: str
    connections: int
    seconds: float
    events: int = 0

    def requests(self) -> Iterator[bytes]:
        if self.events:
            return posts(self.path, self.authorization, self.events)
        return gets(self.path, self.authorization)


@dataclass(frozen=True)
class Result:
    """What came of it. Latencies in milliseconds; `busy` is this process's share of one core."""

    rate: float
    acknowledged: int
    refused: int
    p50: float
    p99: float
    busy: float
    problem: str = ""


@dataclass
class Run:
    """What all connections share."""

    requests: Iterator[bytes]
    connections: int
    ends: float
    all_done: asyncio.Event
    acknowledged: int = 0
    refused: int = 0
    closed: int = 0
    problem: str = ""
    latencies: list[float] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """One keep-alive connection."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if _is_whole(self._received):
            answer, self._received = self._received, b""
            self._count(answer, time.perf_counter())

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.closed += 1
        if not self._transport.is_closing():
            self._run.problem = "the server closed a connection"
        if self._run.closed == self._run.connections:
            self._run.all_done.set()

    def _send(self) -> None:
        request = next(self._run.requests)
        self._sent = time.perf_counter()
        self._transport.write(request)

    def _count(self, answer: bytes, now: float) -> None:
        run = self._run
        if answer.startswith(b"HTTP/1.1 2"):
            run.acknowledged += 1
        else:
            run.refused += 1
            run.problem = answer[:500].decode(errors="replace")
        run.latencies.append(now - self._sent)
        if now < run.ends:
            self._send()
        else:
            self._transport.close()


def _is_whole(answer: bytes) -> bool:
    """Whether all of an answer is there; it has a Content-Length in all that we measure."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = answer[: end + 2].lower()
    start = head.find(b"\r\ncontent-length:") + 17
    return len(answer) >= end + 4 + int(head[start : head.find(b"\r", start)])


async def run_job(job: Job) -> Result:
    """Send for `job.seconds` and wait for the last answers."""
    loop = asyncio.get_running_loop()
    requests = job.requests()
    next(requests)  # builds the templates
    began = time.perf_counter()
    busy = time.process_time()
    run = Run(requests, job.connections, began + job.seconds, asyncio.Event())
    for _ in range(job.connections):
        await loop.create_connection(lambda: Connection(run), "127.0.0.1", job.port)
    try:
        await asyncio.wait_for(run.all_done.wait(), job.seconds + PATIENCE)
    except TimeoutError:
        run.problem = f"{job.connections - run.closed} requests were never answered"
    took = time.perf_counter() - began
    times = sorted(run.latencies) or [0.0]
    return Result(
        rate=run.acknowledged / took,
        acknowledged=run.acknowledged,
        refused=run.refused,
        p50=times[len(times) // 2] * 1000,
        p99=times[len(times) * 99 // 100] * 1000,
        busy=(time.process_time() - busy) / took,
        problem=run.problem,
    )


if __name__ == "__main__":
    job = Job(**json.loads(sys.argv[1]))
    print(json.dumps(asdict(uvloop.run(run_job(job)))))
