"""Where deliveries are measured: a house, a subscriber's server, and a clerk who does in Django what is to be done."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from types import TracebackType
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
"""Seconds that anything may take."""

CONTENDERS = {"DJANGO_SETTINGS_MODULE": "benchmarks.contenders.task_settings"}

_FILL = """
INSERT INTO callbacks_notification (callback_id, order_key, remote_action_id, vin, remote_type, event, created_at)
SELECT ids[1 + n %% cardinality(ids)], n / cardinality(ids) / %(events_a_vehicle)s, 'bench', 'VF3ABCDE012345678',
    'Doors', %(event)s, now()
FROM generate_series(0, %(count)s - 1) n, (SELECT %(ids)s::bigint[] AS ids) given
RETURNING id
"""
_TABLES = "callbacks_notification, callbacks_batch, callbacks_attempt"


class Stage:
    """`processes` is how many each contender may use."""

    def __init__(self, house: House, processes: int) -> None:
        self.house = house
        self.processes = processes
        self.redis = redis.Redis.from_url(house.environment["REDIS_URL"])
        self._port = free_port(None)
        house.environment["CALLBACK_ALLOWED_NETWORKS"] = "127.0.0.0/8"
        house.start_program("sink", ["benchmarks.sink", str(self._port)], self._port)
        argv = [sys.executable, "-W", "ignore", "-m", "benchmarks.clerk"]
        pipe = subprocess.PIPE
        self._clerk = subprocess.Popen(
            argv, cwd=ROOT, env=house.whole_environment(CONTENDERS), stdin=pipe, stdout=pipe, text=True
        )
        self.call("migrate")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._clerk.communicate()

    def call(self, name: str, *arguments: Any) -> Any:
        """Have the clerk do something (benchmarks/clerk.py)."""
        assert self._clerk.stdin
        assert self._clerk.stdout
        print(json.dumps([name, *arguments]), file=self._clerk.stdin, flush=True)
        answer = self._clerk.stdout.readline()
        if not answer:
            raise RuntimeError(f"the clerk has ended at {name}")
        return json.loads(answer)

    def sink(self, *words: object) -> Any:
        """Ask the subscriber's server (benchmarks/sink.py)."""
        path = "/".join(map(str, words))
        with urlopen(f"http://127.0.0.1:{self._port}/{path}", timeout=PATIENCE) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def targets(self, delay: int, count: int = CALLBACKS) -> list[str]:
        """Addresses that answer after so many milliseconds."""
        return [f"http://127.0.0.1:{self._port}/{delay}/{number}" for number in range(count)]

    def callbacks(self, delay: int, count: int = CALLBACKS) -> list[int]:
        """New callbacks without batches."""
        ids: list[int] = self.call("callbacks", self.targets(delay, count), 0, 0)
        return ids

    def fill(self, ids: Sequence[int], count: int) -> list[int]:
        """Put events into the outbox, spread over the callbacks and over vehicles; gives their ids."""
        values = {"ids": list(ids), "count": count, "events_a_vehicle": EVENTS_A_VEHICLE, "event": json.dumps(event(0))}
        rows = self.house.database.execute(_FILL, values).fetchall()
        self.house.database.execute(f"VACUUM ANALYZE {_TABLES}")
        return [id for (id,) in rows]

    def wait_for(self, query: str, value: int) -> None:
        """Until a query gives a value; RuntimeError when that takes too long."""
        deadline = time.monotonic() + PATIENCE
        while (found := self.house.value(query)) != value:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{query} gives {found}, not {value}")
            time.sleep(0.005)
