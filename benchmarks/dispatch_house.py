"""What dispatch is tried on: all of FleetRemote but deliveries, with as many workers for commands as are asked for."""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Self

import psycopg
import redis
import requests

from benchmarks.dispatch_world import Wanted, World
from benchmarks.house import House
from launcher.environment import ROOT, Addresses, Wishes, child_environment, read_wishes
from launcher.probes import answers, exists, free_port
from launcher.process import Command
from launcher.services import Programs
from launcher.supervisor import Service
from simulator.world import CLIENT_ID, PASSWORD, USER


class DispatchHouse(House):
    """Web server, clock, sweeper, workers for commands and, when it is given words, the simulator.

    `app` is the Celery app of the workers, `of_workers` more for the environment of each; unless they start at once,
    `start_workers` does it. Whoever dies is started again, while somebody calls `look_after`.
    """

    def __init__(
        self,
        *,
        app: str = "fleetremote",
        processes: int = 1,
        threads: int = 8,
        web_workers: int = 2,
        speed: float = 1.0,
        simulator: Sequence[str] | None = None,
        variables: Mapping[str, str] | None = None,
        workers_at_once: bool = True,
        of_workers: Sequence[Mapping[str, str]] = (),
    ) -> None:
        self._asked = {"WEB_WORKERS": str(web_workers), "SIMULATOR_SPEED": f"{speed:g}"}
        super().__init__()
        self._app, self._threads = app, threads
        self.variables = {"DISPATCH_PROCESSES": str(processes), **(variables or {})}
        """More for the environment; set before the house is entered."""
        self._simulator_port = free_port(None)
        self._simulator_words = simulator
        self._numbers = range(processes)
        self._workers_at_once = workers_at_once
        self._of_workers = of_workers or [{}] * processes
        self._programs: list[Service] = []

    def __enter__(self) -> Self:
        try:
            self.postgres, self.redis_service = self._stores.services
            others = [] if self._simulator_words is None else [self._simulator(self._simulator_words)]
            self._supervisor.start(*self._stores.services, *others)
            self._supervisor.wait_for(*self._stores.services, *others)
            self.environment = self._environment()
            programs = Programs(self.wishes, self.environment)
            self.migrate(programs)
            self.web = programs.web()
            self.workers = [self._commands_worker(number) for number in self._numbers]
            self.sweeper, self.clock = self._worker(self._app, "sweeps", 0, 4, {}), programs.beat()
            started = [self.web, self.sweeper, self.clock, *(self.workers if self._workers_at_once else [])]
            self._programs = [*started, *others]
            self._supervisor.start(*started)
            self._supervisor.wait_for(*started)
        except BaseException:
            self._close()
            raise
        return self

    @property
    def redis_url(self) -> str:
        return self._stores.redis_url

    @property
    def simulator_url(self) -> str:
        return f"http://127.0.0.1:{self._simulator_port}"

    def start_workers(self, *numbers: int) -> None:
        """Start those workers for commands, all when none is named, when that was left for later."""
        started = [self.workers[number] for number in numbers or self._numbers]
        self._programs += started
        self._supervisor.start(*started)
        self._supervisor.wait_for(*started)

    def start_loop(self, name: str, words: Sequence[str]) -> None:
        """Start a Python module of ours that nobody can ask whether it is there."""
        self._start(name, [sys.executable, "-m", *words], lambda: True)

    def make_world(self, wanted: Wanted) -> World:
        (world,) = self.make_worlds([wanted])
        return world

    def make_worlds(self, wanted: Sequence[Wanted]) -> list[World]:
        made = self.run_with("benchmarks.dispatch_world", [asdict(one) for one in wanted])
        return [World(**world) for world in made]

    def run_with(self, module: str, given: Any) -> Any:
        """Run a Python module of ours with what is given as JSON in a file, and give the JSON that it prints."""
        path = self.home / "run" / "given.json"
        path.write_text(json.dumps(given))
        return json.loads(self.run_module(module, str(path)))

    def ask_simulator(self, method: str, path: str, body: Any = None) -> Any:
        """The simulator's answer to what the published API does not have."""
        answer = requests.request(
            method,
            self.simulator_url + path,
            json=body,
            params={"client_id": CLIENT_ID},
            auth=(USER, PASSWORD),
            timeout=20,
        )
        answer.raise_for_status()
        return answer.json()

    def look_after(self, title: str, probe: Callable[[], str | None], seconds: float) -> None:
        """Keep all running until `probe` gives None; LaunchError with what it gave last after `seconds`."""
        self._supervisor.wait_until(title, probe, seconds)

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self._stores.redis_url)

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows that a query gives. Raises psycopg.OperationalError while PostgreSQL is away."""
        with psycopg.connect(self.database_url, connect_timeout=2) as link:
            found = link.execute(query, values)
            return found.fetchall() if found.description else []

    def log(self, name: str) -> str:
        """The end of a process's log."""
        path = self.home / "log" / f"{name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    def _environment(self) -> dict[str, str]:
        variables = child_environment(
            self.wishes,
            database_url=self.database_url,
            redis_url=self._stores.redis_url,
            addresses=Addresses(self.simulator_url),
        )
        return {**variables, "CALLBACK_ALLOWED_NETWORKS": "127.0.0.0/8", **self.variables}

    def _simulator(self, words: Sequence[str]) -> Service:
        state = self.home / "simulator.sqlite3"
        argv = ["-m", "simulator", "--port", str(self._simulator_port), "--database", str(state)]
        argv += ["--speed", f"{self.wishes.simulator_speed:g}", *words]
        command = self._python("simulator", *argv)
        return Service("the simulator", lambda: command, answers(f"{self.simulator_url}/healthz"))

    def _commands_worker(self, number: int) -> Service:
        return self._worker(self._app, "commands", number, self._threads, self._of_workers[number])

    def _worker(self, app: str, queue: str, number: int, threads: int, more: Mapping[str, str]) -> Service:
        name = f"{queue}-{number}"
        ready = self.home / "run" / f"{name}.ready"
        words = ["-m", "celery", "-A", app, "worker", "-Q", queue, "-P", "threads", "-c", str(threads)]
        words += ["-n", f"{name}@%h", "--without-gossip", "--without-mingle"]
        command = self._python(name, *words, READY_FILE=str(ready), **{**self.environment, **more})
        return Service(f"worker {name}", lambda: command, exists(ready), lambda: ready.unlink(missing_ok=True))

    def _python(self, name: str, *words: str, **variables: str) -> Command:
        argv = [sys.executable, *words]
        return Command(argv, self.home / "log" / f"{name}.log", ROOT, {**os.environ, **variables})

    def _wishes(self, port: int) -> Wishes:
        return read_wishes({"FLEETREMOTE_HOME": str(self.home), "PORT": str(port), **self._asked})

    def _close(self) -> None:
        # Some hold requests open that nobody will answer; and it is quicker.
        for service in self._programs:
            if service.child:
                service.child.kill()
        super()._close()
