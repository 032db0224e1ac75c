"""What stands still is started again, and commands go meanwhile or soon after; GET /health/ready says so.

Some runs draw it, all at once. FLEETREMOTE_TEST_LONG=1: each in turn, too, for ten minutes with a command a minute, and
connections never heard of again.
"""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from launcher.guardian import Guardian
from launcher.probes import free_port
from launcher.process import Child
from launcher.stores.valkey import EmbeddedValkey
from tests.faults.standstill.black_hole import BlackHole
from tests.long_form import LONG
from tests.running import Running, running_server
from tests.server import Server
from tests.waiting import is_running, wait_until

pytestmark = [pytest.mark.drawn("faults", 2), pytest.mark.timeout(1500 if LONG else 360)]

WORKERS = {"commands": "-Q commands", "deliveries": "-Q deliveries", "sweeps": "-Q sweeps", "clock": "fleetremote beat"}
ALL = tuple(WORKERS)
EACH = [ALL, *((name,) for name in WORKERS)] if LONG else [ALL]
# Seconds within which commands go again on a machine that has nothing else to do, and on any.
SOON, EVER = 30, 90
MINUTES = 10 if LONG else 0


@pytest.fixture(scope="module")
def hole() -> Iterator[BlackHole]:
    """In front of a Valkey of its own."""
    with tempfile.TemporaryDirectory() as folder:
        valkey = EmbeddedValkey(Path(folder), Path(folder) / "log")
        guardian = Guardian()
        child = Child(valkey.command(), guardian)
        wait_until(valkey.is_ready, "Valkey")
        hole = BlackHole(Path(folder) / "hole", Path(folder) / "vk" / "s")
        yield hole
        hole.close()
        child.stop(5)
        guardian.close()


@pytest.fixture(scope="module")
def running(hole: BlackHole, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    server = Server(tmp_path_factory.mktemp("standstill") / "home", free_port(None))
    server.environment["REDIS_URL"] = f"unix://{hole.path}?db=0"
    with running_server(server) as running:
        yield running


def pids(running: Running, names: tuple[str, ...]) -> list[int]:
    found = [pid for name in names for pid in running.processes(WORKERS[name])]
    assert len(found) == len(names)
    return found


def readiness(running: Running) -> tuple[int, dict[str, Any]]:
    answer = requests.get(f"{running.server.url}health/ready", timeout=20)
    return answer.status_code, answer.json()


def until_ready(running: Running) -> None:
    wait_until(lambda: readiness(running)[0] == 200, "all to be ready", EVER)


def command(running: Running, number: int) -> float:
    """Have one carried out; gives the seconds until it was."""
    vehicle = running.vehicles("awake")[number]
    began = time.monotonic()
    assert running.final(running.send(vehicle, {"horn": {"state": "Activated"}}), EVER) == ("Success", None)
    return time.monotonic() - began


def each_minute(running: Running, number: int, meanwhile: Callable[[], object] = bool) -> None:
    """One command a minute, as long as the fault is watched; `meanwhile` is called again and again."""
    for _ in range(MINUTES):
        wait_until(partial(_is_over, time.monotonic() + 60, meanwhile), "the next minute", EVER)
        assert is_soon(command(running, number))


def _is_over(until: float, meanwhile: Callable[[], object]) -> bool:
    meanwhile()
    return time.monotonic() >= until


def is_soon(seconds: float) -> bool:
    """Only where nothing else runs beside it."""
    return not LONG or seconds < SOON


@pytest.mark.parametrize("names", EACH, ids="+".join)
def test_what_is_stopped_is_started_again(running: Running, names: tuple[str, ...]) -> None:
    until_ready(running)
    stopped = pids(running, names)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    assert is_soon(command(running, 0))
    # A command may need none of them, and be done before they are found.
    wait_until(lambda: not any(is_running(pid) for pid in stopped), "those that are stopped to be killed", EVER)
    until_ready(running)
    assert not set(pids(running, names)) & set(stopped)
    said = running.server.output.read_text()
    assert said.count("it gave no sign of life for 15 s. Starting it again") >= len(names)
    each_minute(running, 0)


def test_a_redis_that_is_full_holds_up_no_command(running: Running) -> None:
    until_ready(running)
    running.redis().config_set("maxmemory", 1)
    try:
        assert is_soon(command(running, 2))
        status, told = readiness(running)
        assert status == 503
        assert "Redis takes no messages; it may be full." in str(told)
        assert requests.get(f"{running.server.url}healthz", timeout=20).status_code == 200
    finally:
        running.redis().config_set("maxmemory", 0)
    until_ready(running)


@pytest.mark.parametrize("names", EACH, ids="+".join)
def test_what_hears_nothing_of_redis_goes_by_the_rows(
    running: Running, hole: BlackHole, names: tuple[str, ...]
) -> None:
    until_ready(running)
    before = pids(running, names)

    def swallow() -> None:
        """Who was started again, too."""
        hole.swallowed = frozenset(before + [pid for name in names for pid in running.processes(WORKERS[name])])

    swallow()
    try:
        assert is_soon(command(running, 1))
        each_minute(running, 1, swallow)
        if names == ALL:
            wait_until(lambda: "Celery" in str(readiness(running)), "the silence to be seen", EVER)
    finally:
        hole.swallowed = frozenset()
    # Their connections are never heard of again, so those that poll end and are started again.
    if LONG:
        until_ready(running)
