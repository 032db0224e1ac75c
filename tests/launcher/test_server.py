"""`script/server` as people run it: everything starts, answers, is refused twice, and goes away."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.environment import ROOT
from launcher.probes import free_port
from tests.launcher.waiting import processes_with, wait_until

KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


class Server:
    """A FleetRemote in a folder of its own; the test session's servers are hidden from it."""

    def __init__(self, home: Path, port: int) -> None:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.environment = {**kept, "FLEETREMOTE_HOME": str(home), "PORT": str(port)}
        self.home = home
        self.output = home.with_name("output")
        self.url = f"http://127.0.0.1:{port}/"

    def start(self) -> subprocess.Popen[bytes]:
        with self.output.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "launcher.server"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        ready = f"FleetRemote is ready at {self.url}\n"
        wait_until(
            lambda: ready in self.output.read_text() or process.poll() is not None,
            "the ready line",
            seconds=90,
        )
        assert process.poll() is None, self.output.read_text()
        return process

    def left(self) -> list[int]:
        """What still runs, PostgreSQL with data outside the home included."""
        note = self.home / "postgres.path"
        markers = [str(self.home), *([note.read_text().strip()] if note.exists() else [])]
        return [pid for marker in markers for pid in processes_with(marker)]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    home = tmp_path / "home"
    made = Server(home, free_port(None))
    yield made
    for pid in made.left():
        os.kill(pid, signal.SIGKILL)
    note = home / "postgres.path"
    if note.exists():
        shutil.rmtree(note.read_text().strip(), ignore_errors=True)


def test_start_use_stop_and_start_again(server: Server) -> None:
    process = server.start()
    with urllib.request.urlopen(f"{server.url}healthz") as answer:
        assert answer.status == 200
    for name in ("demo.json", "secrets.json", "environment.json"):
        assert stat.S_IMODE((server.home / name).stat().st_mode) == 0o600, name

    shown = server.run("-m", "launcher.manage", "demo", "--json")
    demo = json.loads(shown.stdout)
    assert demo["api"]["v3"] == f"{server.url}connectedcar/v3"
    login = f"Log in as {demo['web']['user']} with password {demo['web']['password']}\n"
    assert login in server.output.read_text()

    refused = server.run("-m", "launcher.server")
    assert refused.returncode == 1
    assert "already runs" in refused.stdout

    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(10) == 0
    assert server.left() == []

    started = time.monotonic()
    process = server.start()
    assert time.monotonic() - started < 30
    assert json.loads(server.run("-m", "launcher.manage", "demo", "--json").stdout) == demo
    process.terminate()
    assert process.wait(10) == 0
    assert server.left() == []
