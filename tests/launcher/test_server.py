"""`script/server` as people run it: everything starts, answers, is refused twice, and goes away."""

import json
import os
import shutil
import signal
import stat
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.probes import free_port
from tests.server import Server


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
