"""A whole FleetRemote at high speed. What finds the vehicles as they were made goes first, by the name of its file."""

from collections.abc import Iterator

import pytest

from launcher.probes import free_port
from tests.running import Running, running_server
from tests.server import Server


@pytest.fixture(scope="package")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    server = Server(tmp_path_factory.mktemp("fast") / "home", free_port(None))
    server.environment["SIMULATOR_SPEED"] = "200"
    with running_server(server) as running:
        yield running
