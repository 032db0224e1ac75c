"""Receiver processes, each ended with its test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.receiver.driving import SECRET, Receiver
from tests.waiting import wait_until


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Receiver]]:
    """Start receivers with options."""
    started: list[Receiver] = []

    def start(*options: str, kind: type[Receiver] = Receiver, **more: dict[str, str]) -> Receiver:
        receiver = kind(tmp_path / f"output-{len(started)}", *options, **more)
        started.append(receiver)
        wait_until(receiver.is_ready, "the receiver to be ready")
        return receiver

    yield start
    for receiver in started:
        assert receiver.stop() == 0


@pytest.fixture(scope="session")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    receiver = Receiver(tmp_path_factory.mktemp("receiver") / "output", "--secret", SECRET)
    wait_until(receiver.is_ready, "the receiver to be ready")
    yield receiver
    assert receiver.stop() == 0


@pytest.fixture
def receiver(lasting: Receiver) -> Receiver:
    """One that behaves, verifies with SECRET, and has received and said nothing yet."""
    lasting.begin_anew()
    return lasting
