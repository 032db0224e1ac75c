"""pytest plugin: `--sample SEED` runs what tells most on another day in little time. Load it with `-p tests.sample`.

That is every test that needs no database, and some files of the others, drawn with the seed. Rooms whose tests start
programs of their own are left out.
"""

import random

import pytest
from django.test import TransactionTestCase

PROGRAMS = ("browser", "whole", "fast", "faults", "benchmarks", "launcher", "receiver", "simulator")
SHARE = 0.1
"""Of the files whose tests need a database."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sample", type=int, metavar="SEED", help="run a sample that is drawn with this seed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    seed = config.getoption("sample")
    if seed is None:
        return
    here = [item for item in items if item.nodeid.split("/")[1] not in PROGRAMS]
    files = sorted({_file(item) for item in here if _needs_database(item)})
    drawn = set(random.Random(seed).sample(files, round(SHARE * len(files))))
    chosen = [item for item in here if not _needs_database(item) or _file(item) in drawn]
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
