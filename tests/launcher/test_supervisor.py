"""The supervisor with stand-in children: restarts, stops in time, leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.environment import ROOT
from launcher.supervisor import APP_GRACE
from tests.waiting import processes_with, wait_until


class Stand:
    """A running stand-in server."""

    def __init__(self, folder: Path, *kinds: str) -> None:
        self.folder = folder
        self.output = folder / "output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.launcher.stand_in", str(folder), *kinds],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for(self, words: str) -> None:
        wait_until(lambda: words in self.said(), f"'{words}'")

    def said(self) -> str:
        return self.output.read_text()

    def pid_of(self, kind: str) -> int:
        return int((self.folder / f"{kind}.pid").read_text())

    def leaves_nothing(self) -> None:
        """What was killed may take its time to go on a busy machine."""
        wait_until(lambda: not processes_with(str(self.folder)), "all processes to be gone", 5)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for pid in processes_with(str(tmp_path)):
        os.kill(pid, signal.SIGKILL)


def test_dead_child_is_started_again_and_that_is_said(folder: Path) -> None:
    stand = Stand(folder, "plain")
    stand.wait_for("ready\n")
    first = stand.pid_of("plain")
    os.kill(first, signal.SIGKILL)
    stand.wait_for("The plain one runs again")
    assert "The plain one stopped: it was killed by SIGKILL. Starting it again" in stand.said()
    assert stand.pid_of("plain") != first
    stand.process.terminate()
    assert stand.process.wait(30) == 0
    stand.leaves_nothing()


def test_one_that_stands_still_is_killed_and_started_again_and_that_is_said(folder: Path) -> None:
    stand = Stand(folder, "alive", "plain")
    stand.wait_for("ready\n")
    first, plain = stand.pid_of("alive"), stand.pid_of("plain")
    os.kill(first, signal.SIGSTOP)
    stand.wait_for("The alive one runs again")
    assert "The alive one stopped: it gave no sign of life for 2 s. Starting it again now" in stand.said()
    assert stand.pid_of("alive") != first
    assert stand.pid_of("plain") == plain
    stand.process.terminate()
    assert stand.process.wait(30) == 0
    stand.leaves_nothing()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("to_group", [True, False], ids=["group", "alone"])
def test_signal_ends_all(folder: Path, number: signal.Signals, to_group: bool) -> None:
    stand = Stand(folder, "plain", "parent")
    stand.wait_for("ready\n")
    (os.killpg if to_group else os.kill)(stand.process.pid, number)
    assert stand.process.wait(30) == 0
    stand.leaves_nothing()


def test_stubborn_child_is_killed_in_time(folder: Path) -> None:
    stand = Stand(folder, "stubborn", "parent")
    stand.wait_for("ready\n")
    stand.process.terminate()
    assert stand.process.wait(30) == 0
    stand.leaves_nothing()


def test_second_signal_shortens_the_wait(folder: Path) -> None:
    stand = Stand(folder, "stubborn")
    stand.wait_for("ready\n")
    started = time.monotonic()
    while stand.process.poll() is None:
        stand.process.terminate()
        time.sleep(0.2)
    assert time.monotonic() - started < APP_GRACE


def test_killed_supervisor_leaves_nothing(folder: Path) -> None:
    stand = Stand(folder, "plain", "stubborn", "parent")
    stand.wait_for("ready\n")
    os.killpg(stand.process.pid, signal.SIGKILL)
    stand.process.wait()
    stand.leaves_nothing()


def test_child_that_cannot_start_is_explained(folder: Path) -> None:
    stand = Stand(folder, "plain", "broken")
    assert stand.process.wait(30) == 1
    said = stand.said()
    assert "Starting the broken one failed: it ended with exit code 3." in said
    assert "    no oil" in said
    assert "What to do: Fill it up." in said
    stand.leaves_nothing()


def test_signal_is_heard_when_the_shell_told_us_to_ignore_it(folder: Path) -> None:
    """A shell without job control starts background jobs with SIGINT ignored."""
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        stand = Stand(folder, "plain")
    finally:
        signal.signal(signal.SIGINT, handler)
    stand.wait_for("ready\n")
    os.kill(stand.process.pid, signal.SIGINT)
    assert stand.process.wait(30) == 0
    stand.leaves_nothing()
