"""A whole FleetRemote for this room's tests, which leave it as usable as they found it."""

from collections.abc import Iterator

import pytest

from launcher.probes import free_port
from tests.running import Running, running_server
from tests.server import Server


# Not for the session: it would go on working until the last test of all.
@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_server(Server(tmp_path_factory.mktemp("whole") / "home", free_port(None))) as running:
        yield running


def pytest_itemcollected(item: pytest.Item) -> None:
    """Each run takes some of the stories; those that belong to a smaller group are drawn there."""
    if item.get_closest_marker("drawn") is None:
        item.add_marker(pytest.mark.drawn("stories of a whole FleetRemote", 6, of="files"))
