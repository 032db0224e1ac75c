"""pytest plugin: of tests that take long and are much alike, each run draws some. Load it with `-p tests.drawn`.

`@pytest.mark.drawn(group, number)`: when more files of the group are asked for, so many of them run, whole. With
`of="tests"` single tests are drawn, as the parameters of one.

Which ones follows from FLEETREMOTE_TEST_SEED, which each run draws and prints; with `all`, and in
`script/test --long`, all run.
"""

import os
import random
from collections.abc import Callable, Collection

import pytest

from tests.long_form import LONG, draw

VARIABLE = "FLEETREMOTE_TEST_SEED"
ALL = "all"
"""In place of a seed: nothing is left out."""
# The processes that share the tests get it from the one that hands them out.
SEED = os.environ.setdefault(VARIABLE, str(draw.randrange(1_000_000)))

WHOLE: dict[str, Callable[[pytest.Item], str]] = {
    "tests": lambda item: item.nodeid,
    "files": lambda item: str(item.path),
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "drawn(group, number, of='files'): so many run, and others next time")


def pytest_report_header() -> str:
    return f"{VARIABLE}={SEED} draws the same tests again"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    groups: dict[tuple[str, int], dict[str, list[pytest.Item]]] = {}
    for item in items:
        if mark := item.get_closest_marker("drawn"):
            group, number = mark.args
            whole = WHOLE[mark.kwargs.get("of", "files")](item)
            groups.setdefault((group, number), {}).setdefault(whole, []).append(item)
    for (group, number), found in groups.items():
        for whole in found.keys() - some(group, found, number):
            for item in found[whole]:
                item.add_marker(pytest.mark.skip(reason=f"not drawn by {VARIABLE}={SEED}; --long runs it"))


def others(group: str, number: int, of: str = "files") -> Callable[[pytest.Item], None]:
    """The hook `pytest_itemcollected` of a room: what is drawn in no smaller group there is drawn in this one."""

    def collected(item: pytest.Item) -> None:
        if item.get_closest_marker("drawn") is None:
            item.add_marker(pytest.mark.drawn(group, number, of=of))

    return collected


def some(group: str, found: Collection[str], number: int) -> set[str]:
    """So many of what was found, by the seed of this run; all where none are left out."""
    return set(found) if LONG or SEED == ALL else drawn(SEED, group, found, number)


def drawn(seed: str, group: str, found: Collection[str], number: int) -> set[str]:
    """So many of what was found; the same for a seed."""
    return set(random.Random(f"{seed} {group}").sample(sorted(found), min(number, len(found))))
