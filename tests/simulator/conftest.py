"""A simulator process and a webhook for each test that asks for them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.simulator.driving import OTHER_OPTIONS, Simulator, Webhook


@pytest.fixture
def start_simulator(tmp_path: Path) -> Iterator[Callable[..., Simulator]]:
    """Start simulators with options; the same name of a database is the same world."""
    started: list[Simulator] = []

    def start(*options: str, name: str = "world") -> Simulator:
        simulator = Simulator(tmp_path / f"{name}.sqlite", *options)
        started.append(simulator)
        return simulator.start()

    yield start
    for simulator in started:
        simulator.stop()


@pytest.fixture
def simulator(start_simulator: Callable[..., Simulator]) -> Simulator:
    """A fresh world with two fleets of v3, fifty times as fast as life."""
    return start_simulator("--speed", "50", *OTHER_OPTIONS)


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Five hundred times as fast as life, for the tests of a file of which each has a vehicle of its own."""
    simulator = Simulator(tmp_path_factory.mktemp("quick") / "world.sqlite", "--speed", "500")
    yield simulator.start()
    simulator.stop()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    """A receiver that answers 200."""
    receiver = Webhook()
    yield receiver
    receiver.close()
