"""Offers events at a steady rate, and is the subscriber that they come to: how long is the way through FleetRemote?

    python -m benchmarks.offered '<Job as JSON>'

Each event is a notification of its own and known by its date. Nobody is waited for: a notification that finds no free
connection is late, and its time runs from when it should have gone. It prints a Result as JSON.
"""

import asyncio
import json
import re
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import uvloop

from benchmarks import sink
from benchmarks.notifications import posts

CONNECTIONS = 50
PATIENCE = 30.0
TICK = 0.001

_DATE = re.compile(rb'"eventDate":"([^"]+)"')


@dataclass(frozen=True)
class Job:
    """Where notifications go, where the subscriber listens, and how many events a second for how long."""

    port: int
    path: str
    authorization: str
    sink_port: int
    rate: float
    seconds: float


@dataclass(frozen=True)
class Result:
    """Times in milliseconds until the subscriber had the event: after it was posted to us, and after we answered 200.

    The 200 comes after the commit; an event may be with the subscriber before it is read.
    """

    offered: int
    received: int
    repeated: int
    requests: int
    posted_p50: float
    posted_p95: float
    committed_p50: float
    committed_p95: float


@dataclass
class Event:
    posted: float
    committed: float = 0.0
    received: float = 0.0


class Run:
    """The events by their dates, and the connections that are free."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.events: dict[bytes, Event] = {}
        self.repeated = 0
        self.left = round(job.rate * job.seconds)
        self.free: deque[Connection] = deque()
        self.late: deque[bytes] = deque()
        self._texts = posts(job.path, job.authorization, 1)

    def heed(self, body: bytes) -> None:
        """Note what came to the subscriber."""
        for date in _DATE.findall(body):
            event = self.events[date]
            self.repeated += event.received > 0
            event.received = event.received or time.perf_counter()

    def post(self, date: bytes) -> None:
        if self.free:
            self.free.popleft().send(next(self._texts), date)
        else:
            self.late.append(date)

    def next(self) -> None:
        """A connection is free again."""
        if self.late:
            self.post(self.late.popleft())


class Connection(asyncio.Protocol):
    """A keep-alive connection to FleetRemote."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._received = b""
        self._date = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._run.free.append(self)

    def send(self, request: bytes, date: bytes) -> None:
        self._date = date
        # As long as the date that was there: FleetRemote passes on milliseconds.
        self._transport.write(_DATE.sub(b'"eventDate":"%b000Z"' % date.removesuffix(b"Z"), request))

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._received.endswith(b"{}"):
            return
        if not self._received.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(self._received.decode())
        self._received = b""
        self._run.events[self._date].committed = time.perf_counter()
        self._run.free.append(self)
        self._run.next()


async def offer(job: Job) -> Result:
    """Offer the events, wait until all have come, and give the times."""
    run = Run(job)
    state = sink.State(heed=run.heed)
    server = await sink.listen(job.sink_port, state)
    loop = asyncio.get_running_loop()
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: Connection(run), "127.0.0.1", job.port)
    await _post_all(run)
    deadline = time.perf_counter() + PATIENCE
    while time.perf_counter() < deadline and any(not event.received for event in run.events.values()):
        await asyncio.sleep(0.05)
    server.close()
    requests = sum(got.count for got in state.got.values())
    return _result(list(run.events.values()), run.repeated, requests)


async def _post_all(run: Run) -> None:
    began = time.perf_counter()
    date = datetime.now(UTC)
    total = run.left
    while len(run.events) < total:
        due = min(total, int((time.perf_counter() - began) * run.job.rate) + 1)
        while len(run.events) < due:
            number = len(run.events)
            text = _text(date + timedelta(milliseconds=number))
            run.events[text] = Event(posted=began + number / run.job.rate)
            run.post(text)
        await asyncio.sleep(TICK)


def _text(date: datetime) -> bytes:
    return date.isoformat(timespec="milliseconds").replace("+00:00", "Z").encode()


def _result(events: Sequence[Event], repeated: int, requests: int) -> Result:
    received = [event for event in events if event.received]
    posted = sorted(event.received - event.posted for event in received)
    committed = sorted(max(event.received - event.committed, 0.0) for event in received)
    return Result(
        offered=len(events),
        received=len(received),
        repeated=repeated,
        requests=requests,
        posted_p50=_share(posted, 0.50),
        posted_p95=_share(posted, 0.95),
        committed_p50=_share(committed, 0.50),
        committed_p95=_share(committed, 0.95),
    )


def _share(times: Sequence[float], share: float) -> float:
    """The time in milliseconds that so large a share of them keeps within; 0 when there are none."""
    return times[min(int(len(times) * share), len(times) - 1)] * 1000 if times else 0.0


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(offer(Job(**json.loads(sys.argv[1])))))))
