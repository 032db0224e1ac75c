"""pytest plugin: which tests run on another day. Load it with `-p tests.sample`.

`--here` leaves out the rooms whose tests start programs of their own. `--sample SEED` also leaves out most files whose
tests need a database; it draws with the seed which ones stay.
"""

import random

import pytest
from django.test import TransactionTestCase

PROGRAMS = ("browser", "whole", "fast", "faults", "benchmarks", "launcher", "receiver", "simulator")
SHARE = 0.1
"""Of the files whose tests need a database."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--here", action="store_true", help="only tests that start no programs of their own")
    parser.addoption("--sample", type=int, metavar="SEED", help="run a sample that is drawn with this seed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    seed = config.getoption("sample")
    if seed is None and not config.getoption("here"):
        return
    chosen = [item for item in items if item.nodeid.split("/")[1] not in PROGRAMS]
    if seed is not None:
        files = sorted({_file(item) for item in chosen if _needs_database(item)})
        drawn = set(random.Random(seed).sample(files, round(SHARE * len(files))))
        chosen = [item for item in chosen if not _needs_database(item) or _file(item) in drawn]
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
