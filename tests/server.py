"""A FleetRemote that `script/server` runs, in a folder of its own."""

import os
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

from launcher.environment import ROOT
from launcher.guardian import Guardian
from launcher.stores.postgres import CLOCK
from tests.waiting import processes_with, wait_until

# PYTHONPATH and the last ones are there when the clock is moved (`script/test --at`).
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH", *CLOCK)


@cache
def guardian() -> Guardian:
    """It stops what runs when this process is killed."""
    return Guardian()


class Server:
    """A FleetRemote in a folder of its own; the test session's servers are hidden from it."""

    def __init__(self, home: Path, port: int) -> None:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.environment = {**kept, "FLEETREMOTE_HOME": str(home)}
        self.home = home
        self.output = home.with_name("output")
        self._started: list[subprocess.Popen[bytes]] = []
        self.move_to(port)

    def move_to(self, port: int) -> None:
        """Where it is from its next start on."""
        self.environment["PORT"] = str(port)
        self.url = f"http://127.0.0.1:{port}/"

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        with self.output.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "launcher.server", *words],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started.append(process)
        guardian().watch(process.pid, signal.SIGTERM)
        ready = f"FleetRemote is ready at {self.url}\n"
        wait_until(
            lambda: ready in self.output.read_text() or process.poll() is not None,
            "the ready line",
            seconds=180,
        )
        assert process.poll() is None, self.output.read_text()
        return process

    def left(self) -> list[int]:
        """What still runs, PostgreSQL with data outside the home included."""
        for process in self._started:
            if process.poll() is not None:
                guardian().forget(process.pid)
        note = self.home / "postgres.path"
        markers = [str(self.home), *([note.read_text().strip()] if note.exists() else [])]
        return [pid for marker in markers for pid in processes_with(marker)]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True)
