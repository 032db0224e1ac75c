"""What a benchmark runs on: FleetRemote's own durable PostgreSQL and Valkey in a temporary FLEETREMOTE_HOME."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from benchmarks.load import PATIENCE, Job, Result
from benchmarks.seed import Seed
from launcher.environment import LOOPBACK, ROOT, Addresses, Wishes, child_environment, make_home, read_wishes
from launcher.errors import StopRequested
from launcher.guardian import Guardian
from launcher.probes import exists, free_port
from launcher.process import Command
from launcher.services import Programs
from launcher.signals import Signals
from launcher.stores.embedded import Stores
from launcher.supervisor import Service, Supervisor
from tests import migrated

WORKERS = 2


class House:
    """Starts the stores, migrates and seeds them; all that was started ends with the `with` block."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="fleetremote-bench-", dir="/var/tmp"))
        self.wishes = self._wishes(free_port(None))
        make_home(self.home)
        if os.geteuid() == 0:
            self.home.chmod(0o711)  # PostgreSQL's account has to pass through
        self._is_migrated = migrated.place(self.home)
        self._signals = Signals()
        self._guardian = Guardian()
        self._supervisor = Supervisor(self._guardian, self._signals)
        self._stores = Stores(self.wishes)

    def __enter__(self) -> Self:
        try:
            self._supervisor.start(*self._stores.services)
            self._supervisor.wait_for(*self._stores.services)
            variables = child_environment(
                self.wishes, database_url=self.database_url, redis_url=self._stores.redis_url, addresses=Addresses()
            )
            self.environment = {**variables, "CALLBACK_ALLOWED_NETWORKS": LOOPBACK}
            programs = Programs(self.wishes, self.environment)
            self.migrate(programs)
            self.database = psycopg.connect(self.database_url, autocommit=True)
            self.seed = Seed(**json.loads(self.run_module("benchmarks.seed")))
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def migrate(self, programs: Programs) -> None:
        """Unless PostgreSQL's data came migrated."""
        if not self._is_migrated:
            self._supervisor.run_step("Migrating the database", programs.manage("migrate", "--no-input"))

    @property
    def database_url(self) -> str:
        return self._stores.database_url

    def start_web(self) -> int:
        """Start the web server as script/server runs it; gives its port."""
        web = Programs(self.wishes, self.environment).web()
        self._supervisor.start(web)
        self._supervisor.wait_for(web)
        return self.wishes.port

    def start_granian(self, target: str, *words: str, env: Mapping[str, str] | None = None) -> int:
        """Start another application with as many workers; gives its port."""
        port = free_port(None)
        argv = [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--port", str(port)]
        argv += ["--workers", str(WORKERS), "--no-access-log", "--log-level", "warning", *words, target]
        name = target.partition(":")[0]
        self.wait_for(self._start(name, argv, lambda: _listens(port), env))
        return port

    def start_celery(self, name: str, *words: str, env: Mapping[str, str] | None = None) -> Service:
        """Start a Celery worker of FleetRemote's app under this name, without waiting for it."""
        ready = self.home / "run" / f"{name}.ready"
        argv = [sys.executable, "-m", "celery", "-A", "fleetremote", "worker", "-n", f"{name}@%h", *words]
        argv += ["--without-gossip", "--without-mingle", "--loglevel", "warning"]
        return self._start(name, argv, exists(ready), {**(env or {}), "READY_FILE": str(ready)})

    def start_sweeper(self) -> None:
        """Start Celery's clock, and a worker for what it asks for."""
        programs = Programs(self.wishes, self.environment)
        both = [programs.worker("sweeps", 2), programs.beat()]
        self._supervisor.start(*both)
        self._supervisor.wait_for(*both)

    def start_program(self, name: str, words: Sequence[str], port: int) -> None:
        """Start a Python module of ours that listens at a port."""
        self.wait_for(self._start(name, [sys.executable, "-m", *words], lambda: _listens(port)))

    def wait_for(self, *services: Service) -> None:
        """Return when all of them are ready."""
        self._supervisor.wait_for(*services)

    def load(self, job: Job, *, may_refuse: bool = False) -> Result:
        """Run the load generator; RuntimeError when no 2xx came, or any other answer unless that is allowed."""
        text = self.run_module("benchmarks.load", json.dumps(asdict(job)), seconds=job.seconds + 2 * PATIENCE)
        result = Result(**json.loads(text))
        if not result.acknowledged or (result.problem and not may_refuse):
            raise RuntimeError(f"{job.path} with {job.events} events a request: {result}")
        return result

    def run_module(self, module: str, *words: str, seconds: float = 120.0) -> str:
        """Run a Python module of ours in FleetRemote's environment; gives what it printed."""
        return self.run([sys.executable, "-m", module, *words], seconds)

    def run(self, argv: list[str], seconds: float) -> str:
        """Run a program to its end, and stop if we were asked to meanwhile."""
        done = subprocess.run(
            argv, cwd=ROOT, env=self.whole_environment(), capture_output=True, text=True, timeout=seconds
        )
        if self._signals.wishes_to_stop:
            raise StopRequested
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(argv[:3])} ended with {done.returncode}:\n{done.stderr[-3000:]}")
        return done.stdout

    def value(self, query: str) -> Any:
        """The one value that a query gives."""
        row = self.database.execute(query).fetchone()
        return row[0] if row else None

    def whole_environment(self, env: Mapping[str, str] | None = None) -> dict[str, str]:
        """What a process of ours gets."""
        return {**os.environ, **self.environment, **(env or {})}

    def _start(
        self, name: str, argv: list[str], is_ready: Callable[[], bool], env: Mapping[str, str] | None = None
    ) -> Service:
        command = Command(argv, self.home / "log" / f"{name}.log", ROOT, self.whole_environment(env))
        service = Service(name, lambda: command, is_ready)
        self._supervisor.start(service)
        return service

    def _wishes(self, port: int) -> Wishes:
        asked = {"FLEETREMOTE_HOME": str(self.home), "PORT": str(port), "WEB_WORKERS": str(WORKERS)}
        return read_wishes(asked)

    def _close(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
        self._supervisor.stop()
        self._guardian.close()
        self._stores.close()
        noted = self.home / "postgres.path"
        if noted.exists():
            shutil.rmtree(noted.read_text().strip(), ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True
