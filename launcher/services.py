"""The processes of FleetRemote itself: how each is started and how we know that it answers."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from launcher.environment import ROOT, Wishes
from launcher.probes import answers, exists
from launcher.process import Command
from launcher.supervisor import Service


class Programs:
    """Builds the commands; all share the environment `variables`."""

    def __init__(self, wishes: Wishes, variables: Mapping[str, str]) -> None:
        """Hand in what the caller wishes and the variables for every process."""
        self._wishes = wishes
        self._env = {**os.environ, **variables, "PYTHONUNBUFFERED": "1"}

    def manage(self, *words: str) -> Command:
        """Return a run of manage.py."""
        return self._python(words[0], "manage.py", *words)

    def at_start(self, greeting: Path, *, demo: bool) -> Command:
        """Return the run of manage.py that loads the demo, if wished, and leaves in a file what is to be said."""
        words = ["--at", self._wishes.browser_url, "--into", str(greeting), "--demo" if demo else "--no-demo"]
        return self.manage("at_start", *words)

    def simulator(self, url: str) -> Service:
        """Return the stand-in for the manufacturer's cloud at this address."""
        port = urlsplit(url).port
        state = self._wishes.home / "simulator.sqlite3"
        words = ["-m", "simulator", "--host", "127.0.0.1", "--port", str(port)]
        words += ["--database", str(state), "--speed", f"{self._wishes.simulator_speed:g}"]
        return Service(
            title="the simulator",
            command=lambda: self._python("simulator", *words),
            is_ready=answers(f"{url}/healthz"),
        )

    def receiver(self, url: str) -> Service:
        """Return the subscriber that the demo's callback notifies, at this address."""
        port = urlsplit(url).port
        words = ["-m", "fleetremote.receiver", "--host", "127.0.0.1", "--port", str(port)]
        return Service(
            title="the receiver",
            command=lambda: self._python("receiver", *words),
            is_ready=answers(f"{url}/healthz"),
        )

    def web(self) -> Service:
        """Return the web server for pages, API and notifications."""
        wishes = self._wishes
        words = ["-m", "launcher.container.web", "--host", wishes.host]
        words += ["--port", str(wishes.port), "--workers", str(wishes.web_workers)]
        return Service(
            title="the web server",
            command=lambda: self._python("web", *words),
            is_ready=answers(f"{wishes.local_url}/healthz"),
        )

    def worker(self, queue: str, threads: int) -> Service:
        """Return a Celery worker with `threads` threads for one queue."""
        words = ["worker", "-Q", queue, "-P", "threads", "-c", str(threads), "-n", f"{queue}@%h"]
        words += ["--without-gossip", "--without-mingle"]
        return self._celery(f"the worker for {queue}", f"worker-{queue}", *words)

    def beat(self) -> Service:
        """Return Celery's clock."""
        schedule = self._wishes.home / "run" / "beat-schedule"
        return self._celery("the clock", "beat", "beat", "--schedule", str(schedule), "--pidfile=")

    def _celery(self, title: str, name: str, *words: str) -> Service:
        ready_file = self._wishes.home / "run" / f"{name}.ready"
        pulse_file = self._wishes.home / "run" / f"{name}.pulse"
        celery = ("-m", "celery", "-A", "fleetremote", *words)
        # The migration has made Django's checks.
        environment = {"READY_FILE": str(ready_file), "PULSE_FILE": str(pulse_file), "CELERY_SKIP_CHECKS": "1"}
        return Service(
            title=title,
            command=lambda: self._python(name, *celery, env=environment),
            is_ready=exists(ready_file),
            prepare=lambda: ready_file.unlink(missing_ok=True),
            pulse=pulse_file,
        )

    def _python(self, name: str, *words: str, env: Mapping[str, str] | None = None) -> Command:
        log: Path = self._wishes.home / "log" / f"{name}.log"
        argv = [sys.executable, *words]
        return Command(argv=argv, log=log, cwd=ROOT, env={**self._env, **(env or {})})
