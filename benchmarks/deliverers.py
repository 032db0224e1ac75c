"""The ways to deliver that are measured: FleetRemote's, the usual ones, and the HTTP client alone."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any, Self
from urllib.request import urlopen

import redis

from benchmarks.house import House
from benchmarks.notifications import event
from launcher.environment import ROOT
from launcher.probes import free_port

CALLBACKS = 20
EVENTS_A_VEHICLE = 4
PATIENCE = 120.0
TUNED_THREADS = 16
RAW_AT_A_TIME = 100

_FILL = """
INSERT INTO callbacks_notification (callback_id, order_key, remote_action_id, vin, remote_type, event, created_at)
SELECT ids[1 + n %% cardinality(ids)], vehicle, 'bench', 'VF3ABCDE012345678', 'Doors', %(event)s, now()
FROM generate_series(0, %(count)s - 1) n,
    LATERAL (SELECT %(ids)s::bigint[] AS ids) given,
    LATERAL (SELECT n / cardinality(ids) / %(events_a_vehicle)s AS vehicle) chosen
RETURNING id
"""
_WAITING = "SELECT count(*) FROM callbacks_batch WHERE state = 'waiting'"
_LAST = "SELECT coalesce(max(id), 0) FROM {}"


class Stage:
    """Where all take their turns: a house, a sink, and a clerk. `processes` is what each may use."""

    def __init__(self, house: House, processes: int) -> None:
        self.house = house
        self.processes = processes
        self.port = free_port(None)
        house.environment["CALLBACK_ALLOWED_NETWORKS"] = "127.0.0.0/8"
        house.environment["DJANGO_SETTINGS_MODULE"] = "benchmarks.contenders.task_settings"
        house.run([sys.executable, "manage.py", "migrate", "--no-input"], PATIENCE)
        house.start_program("sink", ["benchmarks.sink", str(self.port)], self.port)
        self._clerk = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.clerk"],
            cwd=ROOT,
            env=house.whole_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._clerk.communicate()

    def call(self, name: str, *arguments: Any) -> Any:
        """Have the clerk do something (benchmarks/clerk.py)."""
        assert self._clerk.stdin
        assert self._clerk.stdout
        self._clerk.stdin.write(json.dumps([name, *arguments]) + "\n")
        self._clerk.stdin.flush()
        answer = self._clerk.stdout.readline()
        if not answer:
            raise RuntimeError(f"the clerk ended at {name}")
        return json.loads(answer)

    def targets(self, delay: int, count: int = CALLBACKS) -> list[str]:
        return [f"http://127.0.0.1:{self.port}/{delay}/{number}" for number in range(count)]

    def sink(self, *words: object) -> Any:
        """Ask the sink (benchmarks/sink.py)."""
        path = "/".join(map(str, words))
        with urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=PATIENCE) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def fill(self, ids: Sequence[int], count: int) -> list[int]:
        """Put events into the outbox, spread over the callbacks and many vehicles; gives their ids."""
        values = {"ids": list(ids), "count": count, "events_a_vehicle": EVENTS_A_VEHICLE, "event": json.dumps(event(0))}
        rows = self.house.database.execute(_FILL, values).fetchall()
        self.house.database.execute("VACUUM ANALYZE callbacks_notification, callbacks_batch, callbacks_attempt")
        return [id for (id,) in rows]

    def wait_for(self, query: str, value: int) -> None:
        """Until a query gives a value; RuntimeError when it takes too long."""
        deadline = time.monotonic() + PATIENCE
        while (found := self.house.value(query)) != value:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{query} gives {found}, not {value}")
            time.sleep(0.005)


class Deliverer:
    """One way to deliver; `turn` gives the seconds that `count` deliveries took, from first wake to last commit."""

    name: str
    is_slow = False
    """Whether it is measured with fewer deliveries."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def turn(self, count: int, delay: int) -> float:
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
        for number in range(stage.processes):
            words = ("-Q", "deliveries", "-P", "threads", "-c", "2")
            stage.house.start_celery(
                f"deliveries-{number}", *words, env={"DJANGO_SETTINGS_MODULE": "fleetremote.settings"}
            )

    def turn(self, count: int, delay: int) -> float:
        stage = self.stage
        if delay not in self._callbacks:
            self._callbacks[delay] = stage.call("callbacks", stage.targets(delay), 0, 0)
        stage.sink("clear")
        last = stage.house.value(_LAST.format("callbacks_attempt"))
        stage.fill(self._callbacks[delay], count)
        began = stage.call("wake", self._callbacks[delay])
        stage.sink("wait", delay, count)
        stage.wait_for(f"SELECT count(*) FROM callbacks_attempt WHERE id > {last}", count)
        took = time.time() - began
        stage.wait_for(_WAITING, 0)
        stage.wait_for("SELECT count(*) FROM callbacks_delivery WHERE claim_id IS NOT NULL", 0)
        self.check(delay, count)
        return took


class Usual(Deliverer):
    """A Celery task a delivery: all messages are queued beforehand and let go at once."""

    is_slow = True
    task: str
    queue: str
    done: str

    def __init__(self, stage: Stage, *words: str, workers: int = 1, env: dict[str, str] | None = None) -> None:
        super().__init__(stage)
        self._redis = redis.Redis.from_url(stage.house.environment["REDIS_URL"])
        for number in range(workers):
            stage.house.start_celery(f"{self.queue}-{number}", "-Q", self.queue, *words, env=env)

    def calls(self, count: int, delay: int) -> list[list[Any]]:
        """The arguments of each call."""
        raise NotImplementedError

    def turn(self, count: int, delay: int) -> float:
        stage = self.stage
        stage.sink("clear")
        stage.call("queue", self.task, "held", self.calls(count, delay))
        done = stage.house.value(self.done)
        began = time.time()
        self._redis.rename("held", self.queue)
        stage.sink("wait", delay, count)
        stage.wait_for(self.done, done + count)
        took = time.time() - began
        self.check(delay, count)
        return took


class DjangoWebhook(Usual):
    """The package django-webhook as it comes, in Celery's own kind of worker."""

    name = "django-webhook"
    task = "django_webhook.tasks.fire_webhook"
    queue = "django-webhook"
    done = "SELECT count(*) FROM django_webhook_webhookevent WHERE status = 'SUCCESS'"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, "-c", str(stage.processes))
        self._webhooks: dict[int, list[int]] = {}

    def calls(self, count: int, delay: int) -> list[list[Any]]:
        if delay not in self._webhooks:
            self._webhooks[delay] = self.stage.call("webhooks", self.stage.targets(delay))
        payload = json.dumps({"callbackId": "bench", "attributes": [], "events": [event(0)]})
        ids = self._webhooks[delay]
        return [[ids[number % len(ids)], payload, "bench/create", "bench"] for number in range(count)]


class PlainTask(Usual):
    """A task that posts with requests and saves an attempt (benchmarks/contenders/plain_task.py)."""

    name = "a task a delivery"
    task = "benchmarks.contenders.plain_task.plain"
    queue = "plain"
    done = "SELECT count(*) FROM callbacks_attempt"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, *self.words(stage.processes))
        self._callbacks: dict[int, list[int]] = {}

    def words(self, processes: int) -> Sequence[str]:
        return ("-c", str(processes))

    def calls(self, count: int, delay: int) -> list[list[Any]]:
        if delay not in self._callbacks:
            self._callbacks[delay] = self.stage.call("callbacks", self.stage.targets(delay), 0, 0)
        return [[id] for id in self.stage.fill(self._callbacks[delay], count)]

    def turn(self, count: int, delay: int) -> float:
        took = super().turn(count, delay)
        self.stage.house.database.execute("DELETE FROM callbacks_notification")
        return took


class TunedTask(PlainTask):
    """The same with connections kept, and in threads."""

    name = "the same, tuned"
    task = "benchmarks.contenders.plain_task.tuned"
    queue = "tuned"

    def __init__(self, stage: Stage) -> None:
        self._callbacks = {}
        Usual.__init__(
            self,
            stage,
            "-P",
            "threads",
            "-c",
            str(TUNED_THREADS),
            workers=stage.processes,
            env={"KEEP_CONNECTIONS": "1"},
        )


class RawClient(Deliverer):
    """aiohttp alone, without a database (benchmarks/contenders/raw_client.py)."""

    name = "aiohttp alone"

    def turn(self, count: int, delay: int) -> float:
        stage = self.stage
        stage.sink("clear")
        argv = [sys.executable, "-m", "benchmarks.contenders.raw_client", stage.targets(delay)[0]]
        share = count // stage.processes
        clients = [
            subprocess.Popen(
                [*argv, str(share), str(RAW_AT_A_TIME)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(stage.processes)
        ]
        for client in clients:
            assert client.stdout
            client.stdout.readline()
        began = time.time()
        for client in clients:
            assert client.stdin
            client.stdin.write("\n")
            client.stdin.flush()
        stage.sink("wait", delay, share * stage.processes)
        took = time.time() - began
        for client in clients:
            client.communicate()
        self.check(delay, share * stage.processes)
        return took
