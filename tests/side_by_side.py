"""pytest plugin: which tests go to one process when several run them. Load it with `-p tests.side_by_side`."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Rooms whose tests take long begin first, so that none is left to wait for at the end.
LONG = (
    "tests/breaks",
    "tests/browser",
    "tests/whole",
    "tests/fast",
    "tests/faults",
    "tests/benchmarks",
    "tests/launcher",
)
# The tests of these folders share a whole FleetRemote each.
WHOLE = ("tests/browser/", "tests/whole/", "tests/fast/")


class Sharing(LoadScopeScheduling):
    """Keeps together what shares something dear: the tests of a folder or else of a file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in WHOLE if file.startswith(folder)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing:
    return Sharing(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next((place for place, room in enumerate(LONG) if item.nodeid.startswith(room)), len(LONG))

    items.sort(key=place)
