"""What tests of several rooms share."""

from collections.abc import Iterator

import pytest

from tests.running import Running, run


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A whole FleetRemote; one a session, since its tests leave it as usable as they found it."""
    yield from run(tmp_path_factory.mktemp("whole") / "home")
