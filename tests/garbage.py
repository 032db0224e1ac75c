"""pytest plugin: thousands of tests stay to the end, so they are not searched for garbage. `-p tests.garbage`"""

import gc

OFTEN = 20_000
"""So many new objects until Python looks for garbage, as in a program that works with many."""


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(OFTEN, 20, 20)
