"""pytest plugin: of stories that take long and are much alike, each run draws some. Load it with `-p tests.drawn`.

`@pytest.mark.drawn(group, number)`: when more files of the group are asked for, so many of them run, whole. Which ones
follows from FLEETREMOTE_TEST_SEED, which each run draws and prints; `script/test --long` runs all.
"""

import os
import random

import pytest

from tests.long_form import LONG, draw

VARIABLE = "FLEETREMOTE_TEST_SEED"
# Processes that this one starts to share the tests draw the same.
SEED = int(os.environ.setdefault(VARIABLE, str(draw.randrange(1_000_000))))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "drawn(group, number): so many stories of the group run, and others next time")


def pytest_report_header() -> str:
    return f"{VARIABLE}={SEED} draws the same stories again"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if LONG:
        return
    groups: dict[tuple[str, int], dict[str, list[pytest.Item]]] = {}
    for item in items:
        if mark := item.get_closest_marker("drawn"):
            # Tests of a file tell one story, of which none is worth its start alone.
            groups.setdefault(mark.args, {}).setdefault(item.nodeid.partition("::")[0], []).append(item)
    for (group, number), stories in groups.items():
        chosen = drawn(SEED, group, sorted(stories), number)
        for story in stories.keys() - chosen:
            for item in stories[story]:
                item.add_marker(pytest.mark.skip(reason=f"not drawn by {VARIABLE}={SEED}; --long runs it"))


def drawn(seed: int, group: str, stories: list[str], number: int) -> set[str]:
    """So many of the stories; the same ones for a seed."""
    return set(random.Random(f"{seed} {group}").sample(stories, min(number, len(stories))))
