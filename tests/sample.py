"""pytest plugin: which tests run on another day. Load it with `-p tests.sample`.

`--here` leaves out the rooms whose tests start programs of their own. `--sample SEED` runs a few files of the others,
which it draws with the seed, without those that take long.
"""

import random
from collections.abc import Collection
from functools import cache
from pathlib import Path

import pytest

PROGRAMS = ("browser", "whole", "fast", "faults", "benchmarks", "launcher", "receiver", "simulator")
# They start processes, wait for seconds to pass, ask at every address, migrate, or only read our code.
LEFT_OUT = (
    "fleets/test_budgets.py",
    "remotes/gate/test_pacing.py",
    "rights/test_every_url.py",
    "breaks/test_breaks.py",
    "remotes/test_migrations.py",
)
SHARE = 0.05
"""Of the files."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--here", action="store_true", help="only tests that start no programs of their own")
    parser.addoption("--sample", type=int, metavar="SEED", help="run a sample that is drawn with this seed")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What does not run is not even read: each process would take seconds to do so."""
    tests, seed = config.rootpath / "tests", config.getoption("sample")
    if seed is None and not config.getoption("here"):
        return None
    if collection_path.parent == tests and collection_path.name in PROGRAMS:
        return True
    is_file = collection_path.suffix == ".py" and collection_path.is_relative_to(tests)
    return True if seed is not None and is_file and _name(collection_path, tests) not in _chosen(tests, seed) else None


@cache
def _chosen(tests: Path, seed: int) -> Collection[str]:
    files = {_name(path, tests) for path in tests.rglob("test_*.py")}
    return chosen(seed, {name for name in files if name.partition("/")[0] not in PROGRAMS} - {*LEFT_OUT})


def chosen(seed: int, files: Collection[str]) -> set[str]:
    """The files of a sample; the same for a seed."""
    return set(random.Random(seed).sample(sorted(files), round(SHARE * len(files))))


def _name(path: Path, tests: Path) -> str:
    return path.relative_to(tests).as_posix()
