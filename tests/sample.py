"""pytest plugin: which tests run on another day. Load it with `-p tests.sample`.

`--here` leaves out the rooms whose tests start programs of their own. `--sample SEED` also leaves out files that take
long, and most files whose tests need a database; it draws with the seed which ones stay.
"""

import random
from pathlib import Path

import pytest
from django.test import TransactionTestCase

PROGRAMS = ("browser", "whole", "fast", "faults", "benchmarks", "launcher", "receiver", "simulator")
# They start processes, wait for seconds to pass, or ask at every address: half as long as all that a sample holds.
LONG = ("tests/fleets/test_budgets.py", "tests/remotes/gate/test_pacing.py", "tests/rights/test_every_url.py")
SHARE = 0.05
"""Of the files whose tests need a database."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--here", action="store_true", help="only tests that start no programs of their own")
    parser.addoption("--sample", type=int, metavar="SEED", help="run a sample that is drawn with this seed")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Those rooms are not even read: each process would take seconds to do so."""
    some = config.getoption("here") or config.getoption("sample") is not None
    is_room = collection_path.parent == config.rootpath / "tests"
    return True if some and is_room and collection_path.name in PROGRAMS else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    seed = config.getoption("sample")
    if seed is None:
        return
    quick = [item for item in items if _file(item) not in LONG]
    files = sorted({_file(item) for item in quick if _needs_database(item)})
    drawn = set(random.Random(seed).sample(files, round(SHARE * len(files))))
    chosen = [item for item in quick if not _needs_database(item) or _file(item) in drawn]
    config.hook.pytest_deselected(items=list(set(items) - set(chosen)))
    items[:] = chosen


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _needs_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    if "db" in fixtures or "transactional_db" in fixtures or item.get_closest_marker("django_db") is not None:
        return True
    within = getattr(item, "cls", None)
    return within is not None and issubclass(within, TransactionTestCase)
