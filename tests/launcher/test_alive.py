"""A container's health check kills what gives no sign of life, so that Docker starts it again."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.container import alive
from launcher.supervisor import STILL_SECONDS
from tests.waiting import wait_until


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """One that stands still, as SIGSTOP makes it."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        process.send_signal(signal.SIGSTOP)
        yield process
        process.kill()


@pytest.fixture
def proc(tmp_path: Path, process: subprocess.Popen[bytes]) -> Path:
    """A container's /proc: the first process, the service that it has started, a child of that, and this check."""
    folder = tmp_path / "proc"
    for pid, parent in [(1, 0), (process.pid, 1), (999_999_999, process.pid), (os.getpid(), 1)]:
        (folder / str(pid)).mkdir(parents=True)
        (folder / str(pid) / "stat").write_text(f"{pid} (a name) with) R {parent} 1 1")
    (folder / "1/comm").write_text("docker-init\n")
    (folder / "1/fd").mkdir()
    return folder


@pytest.fixture
def pulse(tmp_path: Path) -> Path:
    file = tmp_path / "pulse"
    file.touch()
    return file


def make_old(pulse: Path) -> None:
    before = pulse.stat().st_mtime - STILL_SECONDS - 1
    os.utime(pulse, (before, before))


def test_what_lives_is_left_alone(proc: Path, pulse: Path, process: subprocess.Popen[bytes]) -> None:
    assert alive.main(pulse, proc) == 0
    assert process.poll() is None


def test_what_has_not_begun_is_not_healthy_yet(proc: Path, tmp_path: Path, process: subprocess.Popen[bytes]) -> None:
    assert alive.main(tmp_path / "none", proc) == 1
    assert process.poll() is None


def test_what_stands_still_is_killed_and_that_is_said(
    proc: Path, pulse: Path, process: subprocess.Popen[bytes]
) -> None:
    make_old(pulse)
    assert alive.main(pulse, proc) == 1
    assert process.wait(10) == -signal.SIGKILL
    assert f"Process {process.pid} gave no sign of life" in (proc / "1/fd/2").read_text()


def test_one_that_slept_with_its_host_has_time_for_a_sign(
    proc: Path, pulse: Path, process: subprocess.Popen[bytes]
) -> None:
    make_old(pulse)
    waking = threading.Timer(0.3, pulse.touch)
    waking.start()
    assert alive.main(pulse, proc) == 0
    waking.join()
    assert process.poll() is None


def test_outside_of_a_container_nothing_is_killed(proc: Path, pulse: Path, process: subprocess.Popen[bytes]) -> None:
    (proc / "1/comm").write_text("systemd\n")
    make_old(pulse)
    assert alive.main(pulse, proc) == 1
    assert process.poll() is None
    wait_until(lambda: alive.services(proc) == [], "nothing to be found")
