"""The ways to deliver that are measured: FleetRemote's, the usual ones, and the HTTP client alone."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.notifications import event
from benchmarks.stage import CONTENDERS, Stage
from launcher.environment import ROOT
from launcher.supervisor import Service

TUNED_THREADS = 16

RAW_AT_A_TIME = 100
"""Requests under way in each process of the HTTP client, to a fast subscriber; ten times as many to a slow one."""


class Deliverer:
    """One way to deliver. Every turn makes sure that as many requests arrived as were to be delivered."""

    name: str
    share = 1.0
    """How much of the others' work it is given, since it needs longer."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.workers = self.start()

    def start(self) -> list[Service]:
        """Start its workers; they must be ready before its first turn."""
        return []

    def turn(self, count: int, delay: int) -> float:
        """Seconds for `count` deliveries to who answers after `delay` ms, from the wake to the last commit."""
        raise NotImplementedError

    def check(self, delay: int, count: int) -> None:
        came = self.stage.sink("count", delay)[0]
        if came != count:
            raise RuntimeError(f"{self.name}: {came} requests came, not {count}")


class Ours(Deliverer):
    """FleetRemote's workers for deliveries, one a process, as the launcher starts them."""

    name = "FleetRemote"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._callbacks: dict[int, list[int]] = {}

    def start(self) -> list[Service]:
        words = ("-Q", "deliveries", "-P", "threads", "-c", "2")
        return [
            self.stage.house.start_celery(f"deliveries-{number}", *words, env={"PGAPPNAME": "deliveries"})
            for number in range(self.stage.processes)
        ]

    def turn(self, count: int, delay: int) -> float:
        if delay not in self._callbacks:
            self._callbacks[delay] = self.stage.callbacks(delay)
        self.stage.sink("clear")
        took = self.deliver(self._callbacks[delay], count, delay)
        self.check(delay, count)
        return took

    def deliver(self, ids: Sequence[int], count: int, delay: int) -> float:
        """The same, to some callbacks."""
        stage = self.stage
        attempts = f"SELECT count(*) FROM callbacks_attempt WHERE callback_id = ANY('{{{','.join(map(str, ids))}}}')"
        before = stage.house.value(attempts)
        stage.fill(ids, count)
        began = stage.call("wake", ids)
        stage.sink("wait", delay, count)
        stage.wait_for(attempts, before + count)
        took: float = time.time() - began
        self.rest(ids)
        return took

    def rest(self, ids: Sequence[int]) -> None:
        """Wait until nobody delivers to these callbacks."""
        held = "SELECT count(*) FROM callbacks_delivery WHERE claim_id IS NOT NULL AND callback_id = ANY('{{{}}}')"
        self.stage.wait_for(held.format(",".join(map(str, ids))), 0)


class Usual(Deliverer):
    """A Celery task a delivery: all messages are queued beforehand, and let go at once."""

    share = 1 / 40
    task: str
    queue: str
    done: str
    """What counts the deliveries that are committed."""

    def start(self) -> list[Service]:
        """A worker of the kind that Celery starts by itself."""
        words = ("-Q", self.queue, "-c", str(self.stage.processes))
        return [self.stage.house.start_celery(self.queue, *words, env=CONTENDERS)]

    def calls(self, count: int, delay: int) -> list[list[Any]]:
        """The arguments of each call."""
        raise NotImplementedError

    def turn(self, count: int, delay: int) -> float:
        stage = self.stage
        stage.sink("clear")
        stage.call("queue", self.task, "held", self.calls(count, delay))
        before = stage.house.value(self.done)
        began = time.time()
        stage.redis.rename("held", self.queue)
        stage.sink("wait", delay, count)
        stage.wait_for(self.done, before + count)
        took = time.time() - began
        self.check(delay, count)
        return took


class DjangoWebhook(Usual):
    """The package django-webhook as it comes: it signs, reads its row, stores an event and how it went."""

    name = "django-webhook"
    task = "django_webhook.tasks.fire_webhook"
    queue = "django-webhook"
    done = "SELECT count(*) FROM django_webhook_webhookevent WHERE status = 'SUCCESS'"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._webhooks: dict[int, list[int]] = {}

    def calls(self, count: int, delay: int) -> list[list[Any]]:
        if delay not in self._webhooks:
            self._webhooks[delay] = self.stage.call("webhooks", self.stage.targets(delay))
        ids = self._webhooks[delay]
        payload = json.dumps({"callbackId": "bench", "attributes": [], "events": [event(0)]})
        return [[ids[number % len(ids)], payload, "bench/create", "bench"] for number in range(count)]


class PlainTask(Usual):
    """A task that reads a row, posts with requests and saves an attempt (benchmarks/contenders/plain_task.py)."""

    name = "one task a delivery"
    task = "benchmarks.contenders.plain_task.plain"
    queue = "plain"
    done = "SELECT count(*) FROM callbacks_attempt"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._callbacks: dict[int, list[int]] = {}

    def calls(self, count: int, delay: int) -> list[list[Any]]:
        if delay not in self._callbacks:
            self._callbacks[delay] = self.stage.callbacks(delay)
        return [[id] for id in self.stage.fill(self._callbacks[delay], count)]

    def turn(self, count: int, delay: int) -> float:
        took = super().turn(count, delay)
        self.stage.house.database.execute("DELETE FROM callbacks_notification")
        return took


class TunedTask(PlainTask):
    """The same with its connections kept open, in many threads."""

    name = f"the same, tuned, {TUNED_THREADS} threads"
    task = "benchmarks.contenders.plain_task.tuned"
    queue = "tuned"
    share = 1 / 10

    def start(self) -> list[Service]:
        words = ("-Q", self.queue, "-P", "threads", "-c", str(TUNED_THREADS))
        env = {**CONTENDERS, "KEEP_CONNECTIONS": "1"}
        return [
            self.stage.house.start_celery(f"{self.queue}-{number}", *words, env=env)
            for number in range(self.stage.processes)
        ]


class RawClient(Deliverer):
    """aiohttp alone, without a database (benchmarks/contenders/raw_client.py)."""

    name = "aiohttp alone"

    def turn(self, count: int, delay: int) -> float:
        stage = self.stage
        stage.sink("clear")
        each = count // stage.processes
        at_a_time = RAW_AT_A_TIME * (10 if delay else 1)
        clients = [self._start(each, at_a_time, delay) for _ in range(stage.processes)]
        began = time.time()
        for client in clients:
            print(file=client.stdin, flush=True)
        stage.sink("wait", delay, each * stage.processes)
        took = (time.time() - began) * count / (each * stage.processes)
        for client in clients:
            client.communicate()
        self.check(delay, each * stage.processes)
        return took

    def _start(self, count: int, at_a_time: int, delay: int) -> subprocess.Popen[str]:
        """A process that waits for a line before it begins."""
        argv = [sys.executable, "-m", "benchmarks.contenders.raw_client", self.stage.targets(delay)[0]]
        argv += [str(count), str(at_a_time)]
        client = subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert client.stdout
        client.stdout.readline()
        return client
