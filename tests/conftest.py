"""What tests of several rooms share."""

from collections.abc import Iterator

import pytest

from launcher.probes import free_port
from tests.running import Running, running_server
from tests.server import Server


def pytest_itemcollected(item: pytest.Item) -> None:
    """A dozen programs on two cores: what waits for several of them gets a second try, which the output counts."""
    if "running" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A whole FleetRemote; one a process, since its tests leave it as usable as they found it."""
    with running_server(Server(tmp_path_factory.mktemp("whole") / "home", free_port(None))) as running:
        yield running
