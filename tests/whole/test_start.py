"""`script/server` as people run it: everything starts, answers, is refused twice, and goes away."""

import json
import os
import shutil
import signal
import stat
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from launcher.environment import read_environment
from launcher.probes import free_port
from tests.running import SPEED, Running
from tests.server import Server
from tests.waiting import command_line

HONK = {"horn": {"state": "Activated"}}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    home = tmp_path / "home"
    made = Server(home, free_port(None))
    made.environment["SIMULATOR_SPEED"] = SPEED
    yield made
    for pid in made.left():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    note = home / "postgres.path"
    if note.exists():
        shutil.rmtree(note.read_text().strip(), ignore_errors=True)


def callbacks_of_the_first_fleet(demo: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What each is to be told, by its id."""
    api = demo["api"]
    answer = requests.get(
        f"{api['v3']}/fleets/{demo['fleets'][0]['id']}/remote/callbacks",
        params={"client_id": api["client_id"]},
        auth=(api["user"], api["password"]),
        timeout=20,
    )
    return {callback["id"]: callback["subscribe"] for callback in answer.json()["_embedded"]["callbacks"]}


# Beside the one that the room shares, so this or one of the fast room's runs.
@pytest.mark.drawn("houses", 1)
def test_start_use_stop_and_start_again_at_another_port(server: Server, running: Running) -> None:
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
    assert [told["callback"]["webhook"]["target"] for told in callbacks.values()] == [f"{receiver}/hook"]
    login = f"Log in as {demo['web']['user']} with password {demo['web']['password']}\n"
    assert login in server.output.read_text()

    beside = Running(server, demo, read_environment(server.home))
    assert beside.environment["SIMULATOR_URL"] != running.environment["SIMULATOR_URL"]
    for one in (running, beside):
        assert one.final(one.send(one.vehicles("awake")[0], HONK)) == ("Success", None)

    refused = server.run("-m", "launcher.server")
    assert refused.returncode == 1
    assert "already runs" in refused.stdout

    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) == 0
    assert server.left() == []

    old = server.url
    server.move_to(free_port(None))
    process = server.start()
    shown = server.run("-m", "launcher.manage", "demo", "--json")
    moved = Running(server, json.loads(shown.stdout), read_environment(server.home))
    assert moved.demo == json.loads(json.dumps(demo).replace(old.rstrip("/"), server.url.rstrip("/")))
    assert moved.environment["RECEIVER_URL"] == receiver
    still = callbacks_of_the_first_fleet(moved.demo)
    assert {name: still.get(name) for name in callbacks} == callbacks
    path = moved.send(moved.vehicles("awake")[0], HONK, beside.callbacks[beside.fleet["id"]])
    assert moved.final(path, seconds=20) == ("Success", None)
    # Notified at the new address, not found out by asking after a while.
    assert "SentToVehicle" in moved.events(path, least=3)
    process.terminate()
    assert process.wait(30) == 0
    assert server.left() == []
