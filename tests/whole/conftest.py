"""A whole FleetRemote for this room's tests, which leave it as usable as they found it."""

from collections.abc import Iterator

import pytest

from launcher.probes import free_port
from tests.drawn import others
from tests.running import Running, running_server
from tests.server import Server


# Not for the session: it would go on working until the last test of all.
@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_server(Server(tmp_path_factory.mktemp("whole") / "home", free_port(None))) as running:
        yield running


# Each run takes some of the stories.
pytest_itemcollected = others("stories of a whole FleetRemote", 6)
