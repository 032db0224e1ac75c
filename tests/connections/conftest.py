"""A strict cloud behind mutual TLS, and the command that connects an account there."""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from fleets.storage import clock
from simulator.world import CLIENT_ID, PASSWORD, USER
from tests.simulator.driving import OTHER_OPTIONS
from tests.tls.simulated import MutualTls, mutual_tls_simulator

Lines = list[dict[str, Any]]
Connect = Callable[..., tuple[int, Lines]]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MutualTls]:
    with mutual_tls_simulator(
        tmp_path_factory.mktemp("cloud"), "--speed", "50", "--strict", "422", *OTHER_OPTIONS
    ) as cloud:
        yield cloud


@pytest.fixture(autouse=True)
def clock_is_read_by_this_test_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor reads the database's clock; other tests move the host's."""
    monkeypatch.setattr(clock, "_reading", None)


@pytest.fixture
def options(cloud: MutualTls, tmp_path: Path) -> dict[str, Any]:
    """What the command needs to be let in."""
    password = tmp_path / "password"
    password.write_text(f"{PASSWORD}\n")
    return {
        "name": "Peugeot",
        "url": cloud.base_url,
        "client_id": CLIENT_ID,
        "username": USER,
        "password_file": password,
        "client_cert": cloud.client_file,
        "client_key": cloud.client_key_file,
        "ca": cloud.ca_file,
        "no_send": True,
    }


@pytest.fixture
def connect(options: dict[str, Any], live_server: LiveServer, settings: Any) -> Connect:
    """Run `connect --json`, with other options where some are given; gives exit status and lines."""
    settings.PUBLIC_URL = live_server.url

    def run(**more: Any) -> tuple[int, Lines]:
        out, status = StringIO(), 0
        try:
            call_command("connect", json=True, stdout=out, **{**options, **more})
        except SystemExit as end:
            status = int(end.code or 0)
        return status, [json.loads(line) for line in out.getvalue().splitlines()]

    return run
