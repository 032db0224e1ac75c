"""What tests of several rooms share."""

from collections.abc import Iterator

import pytest

from launcher.probes import free_port
from tests.running import Running, running_server
from tests.server import Server

# Rooms whose tests take long begin first, so that none is left to wait for at the end.
LONG = ("tests/whole", "tests/browser", "tests/faults", "tests/benchmarks", "tests/launcher")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep together what shares something dear: a folder's tests of a whole FleetRemote, else those of a file."""
    file = item.nodeid.partition("::")[0]
    whole = "running" in getattr(item, "fixturenames", ())
    item.add_marker(pytest.mark.xdist_group(file.rpartition("/")[0] if whole else file))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A whole FleetRemote; one a process, since its tests leave it as usable as they found it."""
    with running_server(Server(tmp_path_factory.mktemp("whole") / "home", free_port(None))) as running:
        yield running
