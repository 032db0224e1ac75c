"""What tests of streams share: the connections of the streams' threads go with each test."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connections

from fleetremote.streams.threads import LOOKING, OPENING, THREADS


@pytest.fixture(autouse=True)
def connections_are_given_back() -> Iterator[None]:
    yield
    all_there = threading.Barrier(THREADS)

    def give_back() -> None:
        all_there.wait(10)
        connections.close_all()

    for done in [pool.submit(give_back) for pool in (OPENING, OPENING, LOOKING)]:
        done.result(20)
