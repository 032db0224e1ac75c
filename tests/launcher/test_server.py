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
from typing import Any

import pytest
import requests

from launcher.environment import read_environment
from launcher.probes import free_port
from tests.server import Server
from tests.waiting import command_line


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


def callbacks_of_the_first_fleet(demo: dict[str, Any]) -> list[dict[str, Any]]:
    api = demo["api"]
    answer = requests.get(
        f"{api['v3']}/fleets/{demo['fleets'][0]['id']}/remote/callbacks",
        params={"client_id": api["client_id"]},
        auth=(api["user"], api["password"]),
        timeout=20,
    )
    return answer.json()["_embedded"]["callbacks"]


def target_of(callback: dict[str, Any]) -> str:
    return callback["subscribe"]["callback"]["webhook"]["target"]


def test_start_use_stop_and_start_again(server: Server) -> None:
    process = server.start()
    with urllib.request.urlopen(f"{server.url}healthz") as answer:
        assert answer.status == 200
    for name in ("demo.json", "secrets.json", "environment.json"):
        assert stat.S_IMODE((server.home / name).stat().st_mode) == 0o600, name

    shown = server.run("-m", "launcher.manage", "demo", "--json")
    demo = json.loads(shown.stdout)
    assert demo["api"]["v3"] == f"{server.url}connectedcar/v3"
    receiver = read_environment(server.home)["RECEIVER_URL"]
    assert urllib.request.urlopen(f"{receiver}/healthz").status == 200
    assert (server.home / "log" / "receiver.log").read_text() == f"receiver is ready at {receiver}\n"
    assert "-Q deliveries" in " ".join(map(command_line, server.left()))
    assert (server.home / "run" / "worker-deliveries.ready").exists()
    callbacks = callbacks_of_the_first_fleet(demo)
    assert [target_of(callback) for callback in callbacks] == [f"{receiver}/hook"]
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
    assert read_environment(server.home)["RECEIVER_URL"] == receiver
    assert callbacks_of_the_first_fleet(demo) == callbacks
    process.terminate()
    assert process.wait(10) == 0
    assert server.left() == []
