"""The processes of a crash test: FleetRemote as script/server runs it, with two delivery workers that can be killed."""

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any, Self

import psycopg
import redis

from benchmarks.house import House
from launcher.environment import ROOT, Addresses, Wishes, child_environment, read_wishes
from launcher.probes import exists
from launcher.process import Child, Command
from launcher.services import Programs
from launcher.supervisor import Service
from tests.faults.crash.plan import Plan

WORKERS = 2


class CrashHouse(House):
    """A house whose inhabitants are killed. The supervisor starts them again, as it does in life."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.orders = self.home / "orders"
        self.orders.mkdir()
        self.reserve = self.home / "reserve"
        """Touch it to have the last events put in."""
        self._programs: list[Service] = []

    def __enter__(self) -> Self:
        try:
            self._supervisor.start(*self._stores.services)
            self._supervisor.wait_for(*self._stores.services)
            self.environment = self._environment()
            programs = Programs(self.wishes, self.environment)
            self.migrate(programs)
            self.postgres, self.redis_service = self._stores.services
            self.sweeper, self.clock = programs.worker("sweeps", 2), programs.beat()
            self.workers = [self._victim(number) for number in range(WORKERS)]
            self._programs = [self.sweeper, self.clock, *self.workers]
            self._programs += [programs.web()] if self.plan.over_http else []
            self._supervisor.start(*self._programs)
            self._supervisor.wait_for(*self._programs)
        except BaseException:
            self._close()
            raise
        return self

    def start_producer(self, subscribers: str) -> Child:
        plan = json.dumps(self.plan.as_json())
        words = ["-m", "tests.faults.crash.producing", plan, subscribers, self.wishes.local_url, str(self.reserve)]
        return Child(self._python("producer", *words), self._guardian)

    def look_after(self, title: str, probe: Callable[[], str | None], seconds: float) -> None:
        """Keep all running until `probe` gives None; LaunchError with what it gave last after `seconds`."""
        self._supervisor.wait_until(title, probe, seconds)

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self._stores.redis_url)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows that a query gives. Raises psycopg.OperationalError while PostgreSQL is away."""
        with psycopg.connect(self.database_url, connect_timeout=2) as link:
            return link.execute(query).fetchall()

    def log(self, name: str) -> str:
        """The end of a process's log."""
        path = self.home / "log" / f"{name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    def _environment(self) -> dict[str, str]:
        variables = child_environment(
            self.wishes, database_url=self.database_url, redis_url=self._stores.redis_url, addresses=Addresses()
        )
        lease = {} if self.plan.lease is None else {"CRASH_LEASE": str(self.plan.lease)}
        return {
            **variables,
            **lease,
            "CALLBACK_TIMEOUT": str(self.plan.timeout),
            "CALLBACK_ALLOWED_NETWORKS": "127.0.0.0/8",
            "CRASH_ORDERS": str(self.orders),
        }

    def _close(self) -> None:
        # They are used to it, and it is quicker.
        for service in self._programs:
            if service.child:
                service.child.kill()
        super()._close()

    def _victim(self, number: int) -> Service:
        name = f"victim-{number}"
        ready = self.home / "run" / f"{name}.ready"
        words = ["-m", "celery", "-A", "tests.faults.crash.victim", "worker", "-Q", "deliveries", "-P", "threads"]
        words += ["-c", "2", "-n", f"{name}@%h", "--without-gossip", "--without-mingle"]
        command = self._python(name, *words, READY_FILE=str(ready))
        return Service(
            f"delivery worker {number}",
            lambda: command,
            exists(ready),
            prepare=lambda: ready.unlink(missing_ok=True),
        )

    def _python(self, name: str, *words: str, **variables: str) -> Command:
        argv: Sequence[str] = [sys.executable, *words]
        return Command(argv, self.home / "log" / f"{name}.log", ROOT, self.whole_environment(variables))

    def _wishes(self, port: int) -> Wishes:
        return read_wishes({"FLEETREMOTE_HOME": str(self.home), "PORT": str(port), "WEB_WORKERS": "1"})
